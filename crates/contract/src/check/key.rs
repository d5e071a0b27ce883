//! Keys of maps: text, or what JSON writes as text.

use std::fmt::{Display, Write};

use serde::ser::{Error, Impossible, Serialize, Serializer};

use super::number::Room;
use super::stop::Stop;

/// What `take` makes of the key in text.
///
/// # Errors
/// A key that is neither text, number nor boolean.
pub(super) fn text<K, R>(key: &K, take: impl FnOnce(&str) -> R) -> Result<R, Stop>
where
    K: Serialize + ?Sized,
{
    key.serialize(Key(|text: &str, _| take(text)))
}

/// The byte that a value is, as a whole number.
pub(super) fn byte<T: Serialize + ?Sized>(value: &T) -> Option<u8> {
    let whole = |text: &str, quoted: bool| (!quoted).then(|| text.parse().ok()).flatten();
    value.serialize(Key(whole)).ok().flatten()
}

/// Calls with the text, and whether it was text before.
struct Key<F>(F);

impl<R, F: FnOnce(&str, bool) -> R> Key<F> {
    fn shown(self, value: &dyn Display) -> Result<R, Stop> {
        let mut room = Room::EMPTY;
        let text = write!(room, "{value}").ok().and_then(|()| room.text());
        Ok((self.0)(text.unwrap_or_default(), false))
    }

    fn no<T>() -> Result<T, Stop> {
        Err(Stop::custom("a key of a map must be text"))
    }
}

macro_rules! shown {
    ($($method:ident: $type:ty;)+) => {
        $(fn $method(self, value: $type) -> Result<R, Stop> { self.shown(&value) })+
    };
}

impl<R, F: FnOnce(&str, bool) -> R> Serializer for Key<F> {
    type Ok = R;
    type Error = Stop;
    type SerializeSeq = Impossible<R, Stop>;
    type SerializeTuple = Impossible<R, Stop>;
    type SerializeTupleStruct = Impossible<R, Stop>;
    type SerializeTupleVariant = Impossible<R, Stop>;
    type SerializeMap = Impossible<R, Stop>;
    type SerializeStruct = Impossible<R, Stop>;
    type SerializeStructVariant = Impossible<R, Stop>;

    shown! {
        serialize_bool: bool;
        serialize_i8: i8;
        serialize_i16: i16;
        serialize_i32: i32;
        serialize_i64: i64;
        serialize_i128: i128;
        serialize_u8: u8;
        serialize_u16: u16;
        serialize_u32: u32;
        serialize_u64: u64;
        serialize_u128: u128;
    }

    fn serialize_char(self, value: char) -> Result<R, Stop> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<R, Stop> {
        Ok((self.0)(text, true))
    }

    fn serialize_f32(self, _: f32) -> Result<R, Stop> {
        Self::no()
    }

    fn serialize_f64(self, _: f64) -> Result<R, Stop> {
        Self::no()
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<R, Stop> {
        Self::no()
    }

    fn serialize_none(self) -> Result<R, Stop> {
        Self::no()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<R, Stop> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<R, Stop> {
        Self::no()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<R, Stop> {
        Self::no()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<R, Stop> {
        Ok((self.0)(variant, true))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<R, Stop> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<R, Stop> {
        Self::no()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Stop> {
        Self::no()
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Stop> {
        Self::no()
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, Stop> {
        Self::no()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Stop> {
        Self::no()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Stop> {
        Self::no()
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct, Stop> {
        Self::no()
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Stop> {
        Self::no()
    }
}
