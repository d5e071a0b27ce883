//! Values to the JSON encoding.

use serde::ser::{Error, SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use crate::encode::EncodeError;
use crate::schema::{AvroSchema, NodeId, Type};
use crate::value::{Value, no_number, text_of};

impl AvroSchema {
    /// A value in the JSON encoding: a value of a union is `null` or `{"type": value}`, with the
    /// full name of a named type; bytes are text whose code points they are; NaN and infinities are
    /// texts, as in Java: `"NaN"`, `"Infinity"`, `"-Infinity"`.
    ///
    /// ```
    /// use huntsman_avro::{AvroSchema, Value};
    ///
    /// let schema = AvroSchema::parse(r#"["null", "bytes"]"#)?;
    /// let value = Value::Union(1, Box::new(Value::Bytes(vec![0x41, 0xff])));
    /// let text = schema.to_json(&value)?;
    /// assert_eq!(text, r#"{"bytes":"Aÿ"}"#);
    /// assert_eq!(schema.from_json(&text)?, value);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The value is none of this schema.
    pub fn to_json(&self, value: &Value) -> Result<String, EncodeError> {
        let whole = Encoded {
            schema: self,
            node: self.root,
            value,
        };
        serde_json::to_string(&whole).map_err(EncodeError::custom)
    }

    /// How a union names a branch: the full name of a named type, the word of another.
    pub(super) fn branch_name(&self, id: NodeId) -> String {
        let node = self.node(id);
        node.name()
            .map_or_else(|| node.kind.word().to_owned(), ToString::to_string)
    }
}

struct Encoded<'a> {
    schema: &'a AvroSchema,
    node: NodeId,
    value: &'a Value,
}

impl<'a> Encoded<'a> {
    fn at(&self, node: NodeId, value: &'a Value) -> Self {
        Self {
            schema: self.schema,
            node,
            value,
        }
    }
}

impl Serialize for Encoded<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (&self.schema.node(self.node).kind, self.value) {
            (Type::Null, Value::Null) => serializer.serialize_unit(),
            (Type::Boolean, Value::Boolean(value)) => serializer.serialize_bool(*value),
            (Type::Int, Value::Int(value)) => serializer.serialize_i32(*value),
            (Type::Long, Value::Long(value)) => serializer.serialize_i64(*value),
            (Type::Float, Value::Float(value)) => match no_number((*value).into()) {
                Some(text) => serializer.serialize_str(text),
                None => serializer.serialize_f32(*value),
            },
            (Type::Double, Value::Double(value)) => match no_number(*value) {
                Some(text) => serializer.serialize_str(text),
                None => serializer.serialize_f64(*value),
            },
            (Type::Bytes, Value::Bytes(value)) => serializer.serialize_str(&text_of(value)),
            (Type::Fixed(fixed), Value::Fixed(value)) if value.len() == fixed.size => {
                serializer.serialize_str(&text_of(value))
            }
            (Type::String, Value::String(value)) => serializer.serialize_str(value),
            (Type::Enum(known), Value::Enum(index)) if *index < known.symbols.len() => {
                serializer.serialize_str(&known.symbols[*index])
            }
            (Type::Union(branches), Value::Union(index, value)) if *index < branches.len() => {
                let branch = branches[*index];
                let inner = self.at(branch, value);
                if matches!(self.schema.node(branch).kind, Type::Null) {
                    return inner.serialize(serializer);
                }
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(&self.schema.branch_name(branch), &inner)?;
                map.end()
            }
            _ => self.members(serializer),
        }
    }
}

impl Encoded<'_> {
    fn members<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (&self.schema.node(self.node).kind, self.value) {
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
            (_, value) => Err(S::Error::custom(format_args!(
                "{} of another shape is no {}",
                value.word(),
                self.schema.label(self.node)
            ))),
        }
    }
}
