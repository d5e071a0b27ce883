//! A value with its schema: the plain form that people expect.

use std::fmt;

use serde::ser::{Error, SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use super::{Value, no_number, text_of};
use crate::iso;
use crate::schema::{AvroSchema, LogicalType, Node, NodeId, Type};

/// A value and its place in a schema. It is serialised in the plain form:
///
/// | Avro | serde, and JSON |
/// | --- | --- |
/// | record, map | map, in the order of fields or as written |
/// | union | the value alone |
/// | enum | its symbol |
/// | `bytes`, `fixed` | text whose code points are the bytes, as in Avro's own JSON; bytes where the format is binary |
/// | date, times, timestamps | ISO 8601: `2026-11-24`, `12:30:00.250`, `2026-11-24T12:30:00Z`, a local one without `Z` |
/// | decimal, big-decimal | text: `12.50` |
/// | uuid, duration | text: `f81d4fae-7dec-11d0-a765-00a0c91e6bf6`, `P14M3DT1.500S` |
/// | NaN and infinities | `NaN`, `Infinity`, `-Infinity` as text; numbers where the format is binary |
/// | `string` with `"contentMediaType": "application/json"` | the JSON value |
///
/// A value without a text in its logical type (a time of 30 hours) is written as it would be
/// without. An [`Encoder`](crate::Encoder) of the same schema takes all of it back, save that a
/// union's branch is chosen anew. A value that is none of the schema is an error.
#[derive(Debug, Clone, Copy)]
pub struct Typed<'a> {
    schema: &'a AvroSchema,
    node: NodeId,
    value: &'a Value,
}

impl AvroSchema {
    /// A value of this schema, to be serialised in the plain form.
    ///
    /// ```
    /// use huntsman_avro::{AvroSchema, Value};
    ///
    /// let schema = AvroSchema::parse(r#"{"type": "int", "logicalType": "date"}"#)?;
    /// let day = Value::Int(20_781);
    /// assert_eq!(serde_json::to_string(&schema.view(&day))?, r#""2026-11-24""#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn view<'a>(&'a self, value: &'a Value) -> Typed<'a> {
        self.view_at(self.root, value)
    }

    /// The same for a value of one of its types.
    #[must_use]
    pub fn view_at<'a>(&'a self, node: NodeId, value: &'a Value) -> Typed<'a> {
        Typed {
            schema: self,
            node,
            value,
        }
    }
}

impl<'a> Typed<'a> {
    /// The value.
    #[must_use]
    pub fn value(&self) -> &'a Value {
        self.value
    }

    /// The node of its type.
    #[must_use]
    pub fn node(&self) -> &'a Node {
        self.schema.node(self.node)
    }

    /// A field of a record.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<Self> {
        let record = self.node().as_record()?;
        let index = record.fields.iter().position(|field| field.name == name)?;
        let Value::Record(values) = self.value else {
            return None;
        };
        Some(self.at(record.fields[index].kind, values.get(index)?))
    }

    /// A value that is no union: the branch, if it is one.
    #[must_use]
    pub fn inner(&self) -> Self {
        match (&self.node().kind, self.value) {
            (Type::Union(branches), Value::Union(index, value)) => branches
                .get(*index)
                .map_or(*self, |branch| self.at(*branch, value)),
            _ => *self,
        }
    }

    fn at(&self, node: NodeId, value: &'a Value) -> Self {
        Self {
            node,
            value,
            ..*self
        }
    }
}

impl Serialize for Typed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let node = self.node();
        match (&node.kind, self.value) {
            (Type::Null, Value::Null) => serializer.serialize_unit(),
            (Type::Boolean, Value::Boolean(value)) => serializer.serialize_bool(*value),
            (Type::Int, Value::Int(value)) => match text(node.logical, (*value).into()) {
                Some(text) => serializer.serialize_str(&text),
                None => serializer.serialize_i32(*value),
            },
            (Type::Long, Value::Long(value)) => match text(node.logical, *value) {
                Some(text) => serializer.serialize_str(&text),
                None => serializer.serialize_i64(*value),
            },
            (Type::Float, Value::Float(value)) => match no_number((*value).into()) {
                Some(text) if serializer.is_human_readable() => serializer.serialize_str(text),
                _ => serializer.serialize_f32(*value),
            },
            (Type::Double, Value::Double(value)) => match no_number(*value) {
                Some(text) if serializer.is_human_readable() => serializer.serialize_str(text),
                _ => serializer.serialize_f64(*value),
            },
            (Type::Bytes, Value::Bytes(value)) | (Type::Fixed(_), Value::Fixed(value)) => {
                bytes(node.logical, value, serializer)
            }
            (Type::String, Value::String(value)) if node.holds_json() => {
                match serde_json::from_str::<serde_json::Value>(value) {
                    Ok(json) => json.serialize(serializer),
                    Err(_) => serializer.serialize_str(value),
                }
            }
            (Type::String, Value::String(value)) => serializer.serialize_str(value),
            (Type::Enum(known), Value::Enum(index)) => match known.symbols.get(*index) {
                Some(symbol) => serializer.serialize_str(symbol),
                None => Err(S::Error::custom(format_args!(
                    "the enum `{}` has no symbol number {index}",
                    known.name
                ))),
            },
            (Type::Union(branches), Value::Union(index, value)) => match branches.get(*index) {
                Some(branch) => self.at(*branch, value).serialize(serializer),
                None => Err(S::Error::custom(format_args!(
                    "the union has no branch number {index}"
                ))),
            },
            _ => self.members(serializer),
        }
    }
}

impl Typed<'_> {
    /// Values with values in them.
    fn members<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (&self.node().kind, self.value) {
            (Type::Array(items), Value::Array(values)) => {
                let mut list = serializer.serialize_seq(Some(values.len()))?;
                for value in values {
                    list.serialize_element(&self.at(*items, value))?;
                }
                list.end()
            }
            (Type::Map(node), Value::Map(entries)) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, &self.at(*node, value))?;
                }
                map.end()
            }
            (Type::Record(record), Value::Record(values))
                if values.len() == record.fields.len() =>
            {
                let mut map = serializer.serialize_map(Some(values.len()))?;
                for (field, value) in record.fields.iter().zip(values) {
                    map.serialize_entry(&field.name, &self.at(field.kind, value))?;
                }
                map.end()
            }
            (kind, value) => Err(S::Error::custom(format_args!(
                "the schema has {}, the value is {}",
                kind.word(),
                value.word()
            ))),
        }
    }
}

fn text(logical: Option<LogicalType>, value: i64) -> Option<String> {
    iso::text(logical?, value)
}

fn bytes<S: Serializer>(
    logical: Option<LogicalType>,
    bytes: &[u8],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    if let Some(text) = logical.and_then(|logical| bytes_text(logical, bytes)) {
        return serializer.serialize_str(&text);
    }
    if serializer.is_human_readable() {
        serializer.serialize_str(&text_of(bytes))
    } else {
        serializer.serialize_bytes(bytes)
    }
}

/// The text of bytes of a logical type, if they are as it says.
fn bytes_text(logical: LogicalType, bytes: &[u8]) -> Option<String> {
    match logical {
        LogicalType::Decimal { scale, .. } => iso::decimal::text(bytes, i64::try_from(scale).ok()?),
        LogicalType::BigDecimal => big_decimal(bytes),
        LogicalType::Uuid => Some(iso::uuid::text(bytes.try_into().ok()?)),
        LogicalType::Duration => Some(iso::duration::text(bytes.try_into().ok()?)),
        _ => None,
    }
}

/// A big-decimal: the unscaled value as `bytes`, then the scale as an `int`.
fn big_decimal(bytes: &[u8]) -> Option<String> {
    let mut cursor = crate::cursor::Cursor::new(bytes);
    let unscaled = cursor.bytes().ok()?;
    let scale = cursor.int().ok()?;
    cursor
        .is_empty()
        .then(|| iso::decimal::text(unscaled, scale.into()))?
}

impl Node {
    /// Whether it is a `string` whose text is JSON, by the word `contentMediaType`.
    #[must_use]
    pub fn holds_json(&self) -> bool {
        let media = self.attributes.get("contentMediaType");
        media.and_then(serde_json::Value::as_str) == Some("application/json")
    }
}

impl fmt::Display for Typed<'_> {
    /// The plain form as JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}
