//! A value for CEL, with the types that it has in Avro.

use std::collections::HashMap;
use std::sync::Arc;

use cel::Value;
use cel::objects::{Key, Map};
use huntsman_avro::{AvroSchema, NodeId, Type};
use serde::Serialize;

/// Where a value belongs.
#[derive(Clone, Copy)]
pub(crate) struct Typing<'a> {
    pub(crate) schema: &'a AvroSchema,
    pub(crate) kind: NodeId,
}

/// `value` as CEL has it.
///
/// # Errors
/// A value that CEL has nothing for, such as an integer beyond 64 bits.
pub(crate) fn typed<T: Serialize + ?Sized>(typing: Typing<'_>, value: &T) -> Result<Value, String> {
    let value = cel::to_value(value).map_err(|error| error.to_string())?;
    Ok(typing.apply(value))
}

impl Typing<'_> {
    fn at(self, kind: NodeId) -> Self {
        Self { kind, ..self }
    }

    fn apply(self, value: Value) -> Value {
        match (&self.schema.node(self.kind).kind, value) {
            (Type::Union(branches), value) => match self.branch(branches, &value) {
                Some(kind) => self.at(kind).apply(value),
                None => value,
            },
            (Type::Float | Type::Double, Value::Int(int)) =>
            {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "what is inexact is refused before"
                )]
                Value::Float(int as f64)
            }
            (Type::Float | Type::Double, Value::UInt(int)) =>
            {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "what is inexact is refused before"
                )]
                Value::Float(int as f64)
            }
            (_, Value::UInt(int)) => i64::try_from(int).map_or(Value::UInt(int), Value::Int),
            (Type::Array(items), Value::List(list)) => {
                let item = self.at(*items);
                let list = list.iter().map(|value| item.apply(value.clone()));
                Value::List(Arc::new(list.collect()))
            }
            (Type::Map(values), Value::Map(map)) => {
                let inner = self.at(*values);
                let pairs = map.map.iter();
                members(pairs.map(|(key, value)| (key.clone(), inner.apply(value.clone()))))
            }
            (Type::Record(_), Value::Map(map)) => self.record(&map),
            (_, value) => value,
        }
    }

    fn record(self, map: &Map) -> Value {
        let Type::Record(record) = &self.schema.node(self.kind).kind else {
            return Value::Map(map.clone());
        };
        let fields = record.fields.iter().filter_map(|field| {
            let key = Key::from(field.name.clone());
            let given = map.map.get(&key).cloned();
            let default = || cel::to_value(field.default.as_ref()?).ok();
            let value = self.at(field.kind).apply(given.or_else(default)?);
            Some((key, value))
        });
        members(fields)
    }

    /// The type of a union that a value is of, as far as its numbers go.
    fn branch(self, branches: &[NodeId], value: &Value) -> Option<NodeId> {
        let fits = |id: &&NodeId, exact: bool| {
            let kind = &self.schema.node(**id).kind;
            match value {
                Value::Int(_) | Value::UInt(_) if exact => matches!(kind, Type::Int | Type::Long),
                Value::Int(_) | Value::UInt(_) => matches!(kind, Type::Float | Type::Double),
                Value::List(_) => matches!(kind, Type::Array(_)),
                Value::Map(map) if exact => match kind {
                    Type::Record(record) => {
                        let known = |key: &Key| match key {
                            Key::String(name) => record.fields.iter().any(|f| f.name == **name),
                            _ => false,
                        };
                        map.map.keys().all(known)
                    }
                    _ => false,
                },
                Value::Map(_) => matches!(kind, Type::Map(_)),
                _ => false,
            }
        };
        let mut all = branches.iter();
        let exact = all.find(|id| fits(id, true));
        exact
            .or_else(|| branches.iter().find(|id| fits(id, false)))
            .copied()
    }
}

fn members(pairs: impl Iterator<Item = (Key, Value)>) -> Value {
    let map: HashMap<Key, Value> = pairs.collect();
    Value::Map(Map { map: Arc::new(map) })
}
