//! Taking down what serde writes of an item.

use std::fmt::{self, Display};

use serde::ser::{
    self, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::value::{Case, Value};

/// What serde writes of `item`.
///
/// # Errors
/// The item's own `Serialize` fails.
pub(crate) fn record(item: &dyn erased_serde::Serialize) -> Result<Value, Failed> {
    erased_serde::serialize(item, Recorder)
}

/// The reason why an item could not be written.
#[derive(Debug)]
pub(crate) struct Failed(pub(crate) String);

impl Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failed {}

impl ser::Error for Failed {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

struct Recorder;

/// A list or a tuple, so far.
struct List {
    case: Option<Case>,
    values: Vec<Value>,
}

/// A map, so far.
struct Pairs {
    pairs: Vec<(Value, Value)>,
    key: Option<Value>,
}

/// A struct, so far.
struct Fields {
    case: Option<Case>,
    name: &'static str,
    fields: Vec<(&'static str, Value)>,
}

impl List {
    fn new(case: Option<Case>, len: usize) -> Self {
        Self {
            case,
            // A length may be a mere claim.
            values: Vec::with_capacity(len.min(1024)),
        }
    }

    fn add<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failed> {
        self.values.push(value.serialize(Recorder)?);
        Ok(())
    }

    fn done(self) -> Value {
        within(self.case, Value::List(self.values))
    }
}

impl Fields {
    fn new(case: Option<Case>, name: &'static str, len: usize) -> Self {
        Self {
            case,
            name,
            fields: Vec::with_capacity(len),
        }
    }

    fn add<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Failed> {
        self.fields.push((key, value.serialize(Recorder)?));
        Ok(())
    }

    fn done(self) -> Value {
        within(self.case, Value::Struct(self.name, self.fields))
    }
}

fn within(case: Option<Case>, value: Value) -> Value {
    match case {
        Some(case) => Value::Case(case, Some(Box::new(value))),
        None => value,
    }
}

macro_rules! plain {
    ($($method:ident($type:ty) => $make:expr;)+) => {
        $(fn $method(self, value: $type) -> Result<Value, Failed> {
            Ok($make(value))
        })+
    };
}

impl Serializer for Recorder {
    type Ok = Value;
    type Error = Failed;
    type SerializeSeq = List;
    type SerializeTuple = List;
    type SerializeTupleStruct = List;
    type SerializeTupleVariant = List;
    type SerializeMap = Pairs;
    type SerializeStruct = Fields;
    type SerializeStructVariant = Fields;

    plain! {
        serialize_bool(bool) => Value::Bool;
        serialize_i8(i8) => |value| Value::Signed(i64::from(value));
        serialize_i16(i16) => |value| Value::Signed(i64::from(value));
        serialize_i32(i32) => |value| Value::Signed(i64::from(value));
        serialize_i64(i64) => Value::Signed;
        serialize_i128(i128) => Value::Wide;
        serialize_u8(u8) => |value| Value::Unsigned(u64::from(value));
        serialize_u16(u16) => |value| Value::Unsigned(u64::from(value));
        serialize_u32(u32) => |value| Value::Unsigned(u64::from(value));
        serialize_u64(u64) => Value::Unsigned;
        serialize_u128(u128) => Value::WideUnsigned;
        serialize_f32(f32) => Value::Single;
        serialize_f64(f64) => Value::Double;
        serialize_char(char) => |value| Value::Text(String::from(value));
        serialize_str(&str) => |value: &str| Value::Text(value.to_owned());
        serialize_bytes(&[u8]) => |value: &[u8]| Value::Bytes(value.to_vec());
    }

    fn serialize_none(self) -> Result<Value, Failed> {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, Failed> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, Failed> {
        Ok(Value::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Value, Failed> {
        Ok(Value::Null)
    }

    fn serialize_unit_variant(
        self,
        of: &'static str,
        number: u32,
        name: &'static str,
    ) -> Result<Value, Failed> {
        Ok(Value::Case(Case { of, number, name }, None))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Value, Failed> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        of: &'static str,
        number: u32,
        name: &'static str,
        value: &T,
    ) -> Result<Value, Failed> {
        let value = value.serialize(self)?;
        Ok(within(Some(Case { of, number, name }), value))
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<List, Failed> {
        Ok(List::new(None, len.unwrap_or_default()))
    }

    fn serialize_tuple(self, len: usize) -> Result<List, Failed> {
        Ok(List::new(None, len))
    }

    fn serialize_tuple_struct(self, _: &'static str, len: usize) -> Result<List, Failed> {
        Ok(List::new(None, len))
    }

    fn serialize_tuple_variant(
        self,
        of: &'static str,
        number: u32,
        name: &'static str,
        len: usize,
    ) -> Result<List, Failed> {
        Ok(List::new(Some(Case { of, number, name }), len))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Pairs, Failed> {
        Ok(Pairs {
            pairs: Vec::new(),
            key: None,
        })
    }

    fn serialize_struct(self, name: &'static str, len: usize) -> Result<Fields, Failed> {
        Ok(Fields::new(None, name, len))
    }

    fn serialize_struct_variant(
        self,
        of: &'static str,
        number: u32,
        name: &'static str,
        len: usize,
    ) -> Result<Fields, Failed> {
        Ok(Fields::new(Some(Case { of, number, name }), name, len))
    }
}

macro_rules! listed {
    ($($trait:ident::$method:ident),+) => {
        $(impl $trait for List {
            type Ok = Value;
            type Error = Failed;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failed> {
                self.add(value)
            }

            fn end(self) -> Result<Value, Failed> {
                Ok(self.done())
            }
        })+
    };
}

listed!(
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field
);

macro_rules! named {
    ($($trait:ident),+) => {
        $(impl $trait for Fields {
            type Ok = Value;
            type Error = Failed;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), Failed> {
                self.add(key, value)
            }

            fn end(self) -> Result<Value, Failed> {
                Ok(self.done())
            }
        })+
    };
}

named!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Pairs {
    type Ok = Value;
    type Error = Failed;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Failed> {
        self.key = Some(key.serialize(Recorder)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failed> {
        let value = value.serialize(Recorder)?;
        let key = self.key.take().unwrap_or(Value::Null);
        self.pairs.push((key, value));
        Ok(())
    }

    fn end(self) -> Result<Value, Failed> {
        Ok(Value::Map(self.pairs))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Serialize;

    use super::*;

    #[derive(Serialize)]
    enum Size {
        Small,
        Of(u8),
        Box(u8, i64),
        Named { width: f32 },
    }

    #[derive(Serialize)]
    struct Meters(f64);

    #[derive(Serialize)]
    struct Everything {
        truth: bool,
        small: i8,
        large: u64,
        single: f32,
        double: Meters,
        text: Option<String>,
        none: Option<String>,
        letter: char,
        unit: (),
        pair: (i32, String),
        list: Vec<Size>,
        map: BTreeMap<i32, Size>,
        any: serde_json::Value,
        wide: u64,
    }

    #[test]
    fn what_is_taken_down_is_written_again_just_so() {
        let item = Everything {
            truth: true,
            small: -3,
            large: u64::MAX,
            single: 0.1,
            double: Meters(0.1),
            text: Some("é\u{0}".to_owned()),
            none: None,
            letter: 'x',
            unit: (),
            pair: (i32::MIN, String::new()),
            list: vec![
                Size::Small,
                Size::Of(1),
                Size::Box(1, -1),
                Size::Named { width: 0.3 },
            ],
            map: BTreeMap::from([(-1, Size::Small), (2, Size::Of(3))]),
            any: serde_json::json!({"z": 1, "a": [null, 1.5]}),
            wide: 1 << 63,
        };
        let value = record(&item).unwrap();
        let before = serde_json::to_string(&item).unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), before);
        assert!(before.contains(r#""single":0.1,"double":0.1"#), "{before}");
        assert_eq!(record(&value).unwrap(), value);
    }

    #[test]
    fn a_failure_of_the_item_is_passed_on() {
        struct Broken;
        impl Serialize for Broken {
            fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                Err(serde::ser::Error::custom("no mood"))
            }
        }
        assert_eq!(record(&[Broken]).unwrap_err().to_string(), "no mood");
    }
}
