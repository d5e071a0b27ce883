//! Defaults of a schema as values.

use serde_json::Value as Json;

use super::{Value, bytes_of, no_number_of};
use crate::schema::{AvroSchema, NodeId, Type};

impl AvroSchema {
    /// The value of a default, which the parser has found to be one of the type; fields that it
    /// leaves out take their own. `None` if it is none of the type.
    pub(crate) fn default_value(&self, id: NodeId, json: &Json) -> Option<Value> {
        Some(match (&self.node(id).kind, json) {
            (Type::Null, Json::Null) => Value::Null,
            (Type::Boolean, Json::Bool(value)) => Value::Boolean(*value),
            (Type::Int, json) => Value::Int(i32::try_from(json.as_i64()?).ok()?),
            (Type::Long, json) => Value::Long(json.as_i64()?),
            (Type::Float, json) => Value::Float(float(number(json)?)),
            (Type::Double, json) => Value::Double(number(json)?),
            (Type::Bytes, Json::String(text)) => Value::Bytes(bytes_of(text)?),
            (Type::Fixed(fixed), Json::String(text)) => {
                Value::Fixed(bytes_of(text).filter(|bytes| bytes.len() == fixed.size)?)
            }
            (Type::String, Json::String(text)) => Value::String(text.clone()),
            (Type::Enum(known), Json::String(text)) => {
                Value::Enum(known.symbols.iter().position(|symbol| symbol == text)?)
            }
            (Type::Array(items), Json::Array(values)) => {
                let values = values.iter().map(|value| self.default_value(*items, value));
                Value::Array(values.collect::<Option<_>>()?)
            }
            (Type::Map(values), Json::Object(object)) => {
                let entry = |(key, json): (&String, _)| {
                    Some((key.clone(), self.default_value(*values, json)?))
                };
                Value::Map(object.iter().map(entry).collect::<Option<_>>()?)
            }
            (Type::Union(branches), json) => {
                let first = branches.iter().enumerate().find_map(|(index, branch)| {
                    let fits = self.is_default(*branch, json);
                    fits.then(|| Some((index, self.default_value(*branch, json)?)))?
                });
                let (index, value) = first?;
                Value::Union(index, Box::new(value))
            }
            (Type::Record(record), Json::Object(object)) => {
                let field = |field: &crate::schema::Field| {
                    let json = object.get(&field.name).or(field.default.as_ref())?;
                    self.default_value(field.kind, json)
                };
                Value::Record(record.fields.iter().map(field).collect::<Option<_>>()?)
            }
            _ => return None,
        })
    }
}

fn number(json: &Json) -> Option<f64> {
    match json {
        Json::String(text) => no_number_of(text),
        json => json.as_f64(),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the nearest float is meant"
)]
fn float(value: f64) -> f32 {
    value as f32
}
