//! One value as the text of a cell, before quoting.

use serde::Serialize;
use serde::ser::{self, Impossible, Serializer};
use serde_json::ser::{CompactFormatter, Formatter};
use serde_json::{Error, Result};

use crate::formats::object;

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrote {
    /// Nothing: there is no value.
    Nothing,
    /// Text, as it is.
    Text,
    /// A number, a bool or JSON.
    Other,
}

/// Appends `value` to `out`: text as it is, numbers and bools as JSON has them, NaN and infinity as
/// `NaN`, `inf` and `-inf`, bytes as base64, and everything with an inside as its JSON text.
pub(super) fn write<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) -> Result<Wrote> {
    let start = out.len();
    let mut inside = false;
    let written = value.serialize(Cell {
        out: &mut *out,
        inside: &mut inside,
    });
    if inside {
        out.truncate(start);
        object::compact(value, out)?;
        return Ok(Wrote::Other);
    }
    written
}

/// A value without an inside; of any other, only that it is one.
struct Cell<'a> {
    out: &'a mut Vec<u8>,
    inside: &'a mut bool,
}

impl Cell<'_> {
    fn json<T>(self) -> Result<T> {
        *self.inside = true;
        Err(ser::Error::custom("it has an inside"))
    }

    fn float(self, value: f64, finite: impl FnOnce(&mut Vec<u8>)) -> Result<Wrote> {
        match value {
            _ if value.is_finite() => finite(self.out),
            _ if value.is_nan() => self.out.extend_from_slice(b"NaN"),
            _ if value > 0.0 => self.out.extend_from_slice(b"inf"),
            _ => self.out.extend_from_slice(b"-inf"),
        }
        Ok(Wrote::Other)
    }
}

macro_rules! numbers {
    ($($serialize:ident $write:ident $type:ty;)+) => {
        $(fn $serialize(self, value: $type) -> Result<Wrote> {
            CompactFormatter.$write(self.out, value).map_err(Error::io)?;
            Ok(Wrote::Other)
        })+
    };
}

macro_rules! inside {
    ($($method:ident($($type:ty),*) -> $ok:ident;)+) => {
        $(fn $method(self, $(_: $type),*) -> Result<Self::$ok> { self.json() })+
    };
}

type Never = Impossible<Wrote, Error>;

impl Serializer for Cell<'_> {
    type Ok = Wrote;
    type Error = Error;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Never;
    type SerializeStructVariant = Never;

    numbers! {
        serialize_bool write_bool bool;
        serialize_i8 write_i8 i8;
        serialize_i16 write_i16 i16;
        serialize_i32 write_i32 i32;
        serialize_i64 write_i64 i64;
        serialize_i128 write_i128 i128;
        serialize_u8 write_u8 u8;
        serialize_u16 write_u16 u16;
        serialize_u32 write_u32 u32;
        serialize_u64 write_u64 u64;
        serialize_u128 write_u128 u128;
    }

    inside! {
        serialize_seq(Option<usize>) -> SerializeSeq;
        serialize_tuple(usize) -> SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> SerializeTupleVariant;
        serialize_map(Option<usize>) -> SerializeMap;
        serialize_struct(&'static str, usize) -> SerializeStruct;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> SerializeStructVariant;
    }

    fn serialize_f32(self, value: f32) -> Result<Wrote> {
        self.float(value.into(), |out| {
            // A vector takes all.
            CompactFormatter.write_f32(out, value).unwrap_or_default();
        })
    }

    fn serialize_f64(self, value: f64) -> Result<Wrote> {
        self.float(value, |out| {
            CompactFormatter.write_f64(out, value).unwrap_or_default();
        })
    }

    fn serialize_char(self, value: char) -> Result<Wrote> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<Wrote> {
        self.out.extend_from_slice(value.as_bytes());
        Ok(Wrote::Text)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Wrote> {
        object::base64(value, self.out).map_err(Error::io)?;
        Ok(Wrote::Text)
    }

    fn serialize_none(self) -> Result<Wrote> {
        Ok(Wrote::Nothing)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Wrote> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Wrote> {
        Ok(Wrote::Nothing)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Wrote> {
        Ok(Wrote::Nothing)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Wrote> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Wrote> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Wrote> {
        self.json()
    }

    fn collect_str<T: std::fmt::Display + ?Sized>(self, value: &T) -> Result<Wrote> {
        use std::io::Write as _;
        write!(self.out, "{value}").map_err(Error::io)?;
        Ok(Wrote::Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn wrote(value: impl Serialize) -> (String, Wrote) {
        let mut out = Vec::new();
        // As records have them.
        let value: &dyn erased_serde::Serialize = &value;
        let wrote = write(value, &mut out).unwrap();
        (String::from_utf8(out).unwrap(), wrote)
    }

    fn cell(value: impl Serialize) -> String {
        wrote(value).0
    }

    #[derive(Serialize)]
    enum Size {
        Small,
        Tall(u8),
    }

    struct Bytes;

    impl Serialize for Bytes {
        fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
            serializer.serialize_bytes(&[255, 0, 1, 2])
        }
    }

    #[test]
    fn scalars_are_bare() {
        assert_eq!(cell("a \"b\"\n\t\u{1}\\/é"), "a \"b\"\n\t\u{1}\\/é");
        assert_eq!(cell('x'), "x");
        assert_eq!((cell(true), cell(-1.5), cell(1.0), cell(u64::MAX)), {
            (
                "true".into(),
                "-1.5".into(),
                "1.0".into(),
                "18446744073709551615".into(),
            )
        });
        assert_eq!(cell(i128::MIN), i128::MIN.to_string());
        assert_eq!(
            (cell(0.1_f32), cell(1e300)),
            ("0.1".into(), "1e+300".into())
        );
        assert_eq!(cell(Some(3)), "3");
        assert_eq!(cell(Size::Small), "Small");
        assert_eq!(cell(Bytes), "/wABAg==");
    }

    #[test]
    fn what_is_no_number_is_read_by_python() {
        assert_eq!(cell(f64::NAN), "NaN");
        assert_eq!(
            (cell(f32::INFINITY), cell(f64::NEG_INFINITY)),
            ("inf".into(), "-inf".into())
        );
    }

    #[test]
    fn what_is_not_there_is_nothing() {
        assert_eq!(wrote(None::<u8>), (String::new(), Wrote::Nothing));
        assert_eq!(wrote(()), (String::new(), Wrote::Nothing));
        assert_eq!(wrote(""), (String::new(), Wrote::Text));
    }

    #[test]
    fn what_has_an_inside_is_json() {
        assert_eq!(cell(["a", "\n"]), r#"["a","\n"]"#);
        assert_eq!(cell((None::<u8>, 1, f64::NAN)), "[null,1,null]");
        assert_eq!(cell(BTreeMap::from([("k", vec!["v"])])), r#"{"k":["v"]}"#);
        assert_eq!(cell(Size::Tall(2)), r#"{"Tall":2}"#);
        assert_eq!(cell([Bytes]), r#"["/wABAg=="]"#);
        assert_eq!(cell(Some(vec![Some(1)])), "[1]");
        assert_eq!(wrote(Vec::<u8>::new()), ("[]".to_owned(), Wrote::Other));
    }
}
