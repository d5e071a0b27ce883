//! An item's value without its type, as serde wrote it: nothing is lost, and it can be written
//! again just so.

use serde::Serializer;
use serde::ser::{Serialize, SerializeMap as _, SerializeStruct as _};

/// What serde wrote. Widths of integers are not kept, for no format shows them; that of a float
/// is, for 0.1 with 32 bits and with 64 are two numbers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// Null, or `()`.
    Null,
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    /// Beyond 64 bits.
    Wide(i128),
    /// Beyond what `Wide` holds.
    WideUnsigned(u128),
    Single(f32),
    Double(f64),
    Text(String),
    Bytes(Vec<u8>),
    List(Vec<Self>),
    Map(Vec<(Self, Self)>),
    /// A struct's name, and its fields.
    Struct(&'static str, Vec<(&'static str, Self)>),
    /// A case of an enum, and what it holds: a unit case holds nothing.
    Case(Case, Option<Box<Self>>),
}

/// A case of an enum, as serde names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) of: &'static str,
    pub(crate) number: u32,
    pub(crate) name: &'static str,
}

impl Value {
    /// The text, if it is one.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => to.serialize_none(),
            Self::Bool(value) => to.serialize_bool(*value),
            Self::Signed(value) => to.serialize_i64(*value),
            Self::Unsigned(value) => to.serialize_u64(*value),
            Self::Wide(value) => to.serialize_i128(*value),
            Self::WideUnsigned(value) => to.serialize_u128(*value),
            Self::Single(value) => to.serialize_f32(*value),
            Self::Double(value) => to.serialize_f64(*value),
            Self::Text(value) => to.serialize_str(value),
            Self::Bytes(value) => to.serialize_bytes(value),
            Self::List(values) => to.collect_seq(values),
            Self::Map(pairs) => {
                let mut map = to.serialize_map(Some(pairs.len()))?;
                for (key, value) in pairs {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
            Self::Struct(name, fields) => {
                let mut out = to.serialize_struct(name, fields.len())?;
                for (name, value) in fields {
                    out.serialize_field(name, value)?;
                }
                out.end()
            }
            Self::Case(case, None) => to.serialize_unit_variant(case.of, case.number, case.name),
            Self::Case(case, Some(value)) => {
                to.serialize_newtype_variant(case.of, case.number, case.name, &**value)
            }
        }
    }
}

impl From<serde_json::Value> for Value {
    fn from(json: serde_json::Value) -> Self {
        use serde_json::Value as Json;
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(value),
            Json::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(value), _) => Self::Signed(value),
                (None, Some(value)) => Self::Unsigned(value),
                (None, None) => number.as_f64().map_or(Self::Null, Self::Double),
            },
            Json::String(text) => Self::Text(text),
            Json::Array(values) => Self::List(values.into_iter().map(Self::from).collect()),
            Json::Object(pairs) => {
                let pairs = pairs.into_iter();
                Self::Map(
                    pairs
                        .map(|(key, value)| (Self::Text(key), value.into()))
                        .collect(),
                )
            }
        }
    }
}
