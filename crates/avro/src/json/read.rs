//! The JSON encoding to values.

use serde_json::Value as Json;

use crate::nearest::nearest;
use crate::schema::{AvroSchema, Fixed, NodeId, Record, Type};
use crate::value::{Value, bytes_of, no_number_of};

/// Why a text is no value in the JSON encoding.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// The text is no JSON document.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// JSON, but no value of the schema.
    #[error("{}{problem}", if path.is_empty() { String::new() } else { format!("{path}: ") })]
    Mismatch {
        /// Where: `tags[3]`, `scores["k"].n`; empty for the whole.
        path: String,
        /// What is wrong.
        problem: String,
    },
}

type Read = Result<Value, JsonError>;

impl AvroSchema {
    /// Reads a value in the JSON encoding, as [`AvroSchema::to_json`] writes it. Fields may come in
    /// any order; one that is missing takes its default.
    ///
    /// # Errors
    /// The text is no JSON (a lone surrogate in it among others), or no value of this schema: where,
    /// and what is wrong.
    pub fn from_json(&self, text: &str) -> Result<Value, JsonError> {
        let json =
            serde_json::from_str(text).map_err(|error| JsonError::NotJson(error.to_string()))?;
        self.from_json_value(&json)
    }

    /// The same for JSON that was parsed.
    ///
    /// # Errors
    /// It is no value of this schema.
    pub fn from_json_value(&self, json: &Json) -> Result<Value, JsonError> {
        self.value_of(self.root, json)
    }

    fn value_of(&self, id: NodeId, json: &Json) -> Read {
        let value = match (&self.node(id).kind, json) {
            (Type::Null, Json::Null) => Some(Value::Null),
            (Type::Boolean, Json::Bool(value)) => Some(Value::Boolean(*value)),
            (Type::Int, json) => {
                let number = json.as_i64().and_then(|value| i32::try_from(value).ok());
                number.map(Value::Int)
            }
            (Type::Long, json) => json.as_i64().map(Value::Long),
            (Type::Float, json) => number(json).and_then(single).map(Value::Float),
            (Type::Double, json) => number(json).map(Value::Double),
            (Type::Bytes, Json::String(text)) => bytes_of(text).map(Value::Bytes),
            (Type::Fixed(fixed), Json::String(text)) => fixed_of(fixed, text),
            (Type::String, Json::String(text)) => Some(Value::String(text.clone())),
            (Type::Enum(known), Json::String(text)) => known
                .symbols
                .iter()
                .position(|symbol| symbol == text)
                .map(Value::Enum),
            (Type::Union(branches), json) => return self.branch_of(id, branches, json),
            (Type::Array(items), Json::Array(values)) => {
                let values = values.iter().enumerate().map(|(index, json)| {
                    self.value_of(*items, json)
                        .map_err(|e| e.within(&format!("[{index}]")))
                });
                Some(Value::Array(values.collect::<Result<_, _>>()?))
            }
            (Type::Map(node), Json::Object(object)) => {
                let entries = object.iter().map(|(key, json)| {
                    let value = self.value_of(*node, json);
                    Ok((
                        key.clone(),
                        value.map_err(|e| e.within(&format!("[{key:?}]")))?,
                    ))
                });
                Some(Value::Map(entries.collect::<Result<_, _>>()?))
            }
            (Type::Record(record), Json::Object(object)) => return self.record_of(record, object),
            _ => None,
        };
        value.ok_or_else(|| mismatch(format!("{} is no {}", shown(json), self.label(id))))
    }

    fn branch_of(&self, id: NodeId, branches: &[NodeId], json: &Json) -> Read {
        let null = |id: &NodeId| matches!(self.node(*id).kind, Type::Null);
        let names = || branches.iter().map(|id| self.branch_name(*id));
        let (index, inner) = match json {
            Json::Null => (branches.iter().position(null), json),
            Json::Object(object) if object.len() == 1 => {
                let (key, json) = object.iter().next().expect("one entry");
                (names().position(|name| name == *key), json)
            }
            _ => (None, json),
        };
        match index {
            Some(index) => {
                let value = self.value_of(branches[index], inner)?;
                Ok(Value::Union(index, Box::new(value)))
            }
            None => {
                let names: Vec<String> = names().map(|name| format!("{{\"{name}\": …}}")).collect();
                let label = if branches.is_empty() {
                    self.label(id)
                } else {
                    names.join(" or ")
                };
                let label = label.replace("{\"null\": …}", "null");
                Err(mismatch(format!(
                    "{} is no value of the union: {label}",
                    shown(json)
                )))
            }
        }
    }

    fn record_of(&self, record: &Record, object: &serde_json::Map<String, Json>) -> Read {
        let mut values = Vec::with_capacity(record.fields.len());
        let mut found = 0;
        for field in &record.fields {
            let value = match (object.get(&field.name), &field.default) {
                (Some(json), _) => {
                    found += 1;
                    self.value_of(field.kind, json)
                        .map_err(|e| e.within(&field.name))?
                }
                (None, Some(json)) => {
                    let value = self.default_value(field.kind, json);
                    value.expect("the parser has looked at defaults")
                }
                (None, None) => {
                    return Err(mismatch(format!(
                        "the record {} needs the field `{}`, which has no default",
                        record.name, field.name
                    )));
                }
            };
            values.push(value);
        }
        if found < object.len() {
            let known = || record.fields.iter().map(|field| field.name.as_str());
            let name = object.keys().find(|key| !known().any(|name| name == *key));
            let name = name.expect("there are more keys than fields");
            let hint =
                nearest(name, known()).map_or(String::new(), |n| format!(": is `{n}` meant?"));
            return Err(mismatch(format!(
                "{} is no field of the record {}{hint}",
                shown(&Json::String(name.clone())),
                record.name
            )));
        }
        Ok(Value::Record(values))
    }
}

fn fixed_of(fixed: &Fixed, text: &str) -> Option<Value> {
    let bytes = bytes_of(text).filter(|bytes| bytes.len() == fixed.size)?;
    Some(Value::Fixed(bytes))
}

fn number(json: &Json) -> Option<f64> {
    match json {
        Json::String(text) => no_number_of(text),
        json => json.as_f64(),
    }
}

/// The nearest float; none for a number that would become infinite.
fn single(value: f64) -> Option<f32> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the nearest float is meant"
    )]
    let float = value as f32;
    (float.is_finite() || !value.is_finite()).then_some(float)
}

/// A value for messages, shortened.
fn shown(json: &Json) -> String {
    let what = match json {
        Json::Array(_) => "an array".to_owned(),
        Json::Object(object) => {
            let keys: Vec<&str> = object.keys().take(3).map(String::as_str).collect();
            format!("an object with the keys {:?}", keys.join(", "))
        }
        other => other.to_string(),
    };
    match what.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &what[..at]),
        None => what,
    }
}

fn mismatch(problem: String) -> JsonError {
    JsonError::Mismatch {
        path: String::new(),
        problem,
    }
}

impl JsonError {
    /// The error, one step further in.
    fn within(self, step: &str) -> Self {
        match self {
            Self::Mismatch { path, problem } => {
                let dot = if path.is_empty() || path.starts_with('[') {
                    ""
                } else {
                    "."
                };
                Self::Mismatch {
                    path: format!("{step}{dot}{path}"),
                    problem,
                }
            }
            other => other,
        }
    }
}
