//! Values of any type, and what readers are told of them.

use huntsman_core::visit::{self, Visit, Visited};
use huntsman_core::{Item, Schema};
use serde::ser::{
    Serialize, SerializeMap as _, SerializeSeq as _, SerializeStruct as _, Serializer,
};
use serde_json::{Value as Json, json};

/// A value. It serializes as a type of Rust would.
#[derive(Debug, Clone)]
pub(crate) enum Data {
    Nothing,
    Bool(bool),
    /// With its bits.
    Int(i64, u8),
    UInt(u64, u8),
    Single(f32),
    Double(f64),
    Text(String),
    Some(Box<Self>),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
    Struct(&'static Schema, Vec<Self>),
    Bytes(Vec<u8>),
    /// As `Vec<u8>` has them.
    ByteByByte(Vec<u8>),
    Symbol(&'static str),
    /// A logical type by its word, and its text.
    Logical(&'static str, String),
    Any(Json),
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => to.serialize_none(),
            Self::Bool(value) => to.serialize_bool(*value),
            Self::Int(value, 8) => to.serialize_i8((*value).try_into().unwrap()),
            Self::Int(value, 16) => to.serialize_i16((*value).try_into().unwrap()),
            Self::Int(value, 32) => to.serialize_i32((*value).try_into().unwrap()),
            Self::Int(value, _) => to.serialize_i64(*value),
            Self::UInt(value, 8) => to.serialize_u8((*value).try_into().unwrap()),
            Self::UInt(value, 16) => to.serialize_u16((*value).try_into().unwrap()),
            Self::UInt(value, 32) => to.serialize_u32((*value).try_into().unwrap()),
            Self::UInt(value, _) => to.serialize_u64(*value),
            Self::Single(value) => to.serialize_f32(*value),
            Self::Double(value) => to.serialize_f64(*value),
            Self::Text(text) | Self::Logical(_, text) => to.serialize_str(text),
            Self::Some(value) => to.serialize_some(value),
            Self::List(values) => values.serialize(to),
            Self::Map(entries) => {
                let mut map = to.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
            Self::Struct(schema, values) => {
                let mut fields = to.serialize_struct(schema.name, values.len())?;
                for (field, value) in schema.fields.iter().zip(values) {
                    fields.serialize_field(field.name, value)?;
                }
                fields.end()
            }
            Self::Bytes(bytes) => to.serialize_bytes(bytes),
            Self::ByteByByte(bytes) => {
                let mut sequence = to.serialize_seq(None)?;
                for byte in bytes {
                    sequence.serialize_element(byte)?;
                }
                sequence.end()
            }
            Self::Symbol(name) => to.serialize_unit_variant("Enum", 0, name),
            Self::Any(value) => value.serialize(to),
        }
    }
}

impl Data {
    /// What a reader is told: `[tag, value]`, where numbers are text and floats their bits.
    pub(crate) fn told(&self) -> Json {
        match self {
            Self::Nothing => json!(["null"]),
            Self::Bool(value) => json!(["bool", value]),
            Self::Int(value, _) => json!(["int", value.to_string()]),
            Self::UInt(value, _) => json!(["int", value.to_string()]),
            Self::Single(value) => json!(["f32", format!("{:08x}", value.to_bits())]),
            Self::Double(value) => json!(["f64", format!("{:016x}", value.to_bits())]),
            Self::Text(text) => json!(["text", text]),
            Self::Some(value) => value.told(),
            Self::List(values) => {
                let values: Vec<_> = values.iter().map(Self::told).collect();
                json!(["list", values])
            }
            Self::Map(entries) => {
                let told = entries
                    .iter()
                    .map(|(key, value)| json!([key, value.told()]));
                json!(["map", told.collect::<Vec<_>>()])
            }
            Self::Struct(schema, values) => {
                let fields = schema.fields.iter().zip(values);
                let told = fields.map(|(field, value)| json!([field.name, value.told()]));
                json!(["struct", told.collect::<Vec<_>>()])
            }
            Self::Bytes(bytes) | Self::ByteByByte(bytes) => {
                let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                json!(["bytes", hex])
            }
            Self::Symbol(name) => json!(["text", name]),
            Self::Logical(word, text) => json!([word, text]),
            Self::Any(value) => json!(["any", value]),
        }
    }

    /// What JSON has of it.
    pub(crate) fn json(&self) -> Json {
        match self {
            Self::Some(value) => value.json(),
            Self::List(values) => values.iter().map(Self::json).collect(),
            Self::Map(entries) => {
                let entries = entries.iter();
                entries
                    .map(|(key, value)| (key.clone(), value.json()))
                    .collect()
            }
            Self::Struct(schema, values) => {
                let fields = schema.fields.iter().zip(values);
                fields
                    .map(|(field, value)| (field.name.to_owned(), value.json()))
                    .collect()
            }
            Self::Bytes(bytes) | Self::ByteByByte(bytes) => base64(bytes).into(),
            // As it is written: the digits that tell it from others of 32 bits.
            Self::Single(value) => {
                let text = serde_json::to_string(value).unwrap();
                serde_json::from_str(&text).unwrap()
            }
            other => serde_json::to_value(other).unwrap(),
        }
    }

    /// Whether some text in it has a character that XML cannot have.
    pub(crate) fn has_controls(&self) -> bool {
        let told = serde_json::to_string(&self.told()).unwrap();
        // JSON escapes what is below U+0020, and those three it has short escapes for are allowed,
        // but for two.
        told.contains("\\u00") || told.contains("\\b") || told.contains("\\f") || {
            told.contains(['\u{fffe}', '\u{ffff}'])
        }
    }
}

/// Written on purpose once more, another way.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<u8> = bytes
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1))
        .collect();
    let mut text: String = bits
        .chunks(6)
        .map(|six| {
            let value = (0..6).fold(0, |sum, at| sum * 2 + six.get(at).copied().unwrap_or(0));
            char::from(LETTERS[usize::from(value)])
        })
        .collect();
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// An item of any type.
#[derive(Debug, Clone)]
pub(crate) struct Any {
    pub(crate) schema: &'static Schema,
    pub(crate) value: Data,
}

impl Item for Any {
    fn schemas() -> &'static [&'static Schema] {
        &[]
    }

    fn schema(&self) -> &'static Schema {
        self.schema
    }

    fn fields(&self) -> &dyn erased_serde::Serialize {
        &self.value
    }

    fn visit(&self, visit: &mut dyn Visit) -> Visited {
        visit::fields(&self.value, visit)
    }
}
