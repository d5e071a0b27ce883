//! Defaults of fields, where serde can give them too.

use serde_json::Value;

use super::Source;
use super::symbols::variants;
use crate::schema::{NodeId, Type};

/// How serde gives a default.
pub(super) enum Default {
    /// By the type's own default.
    Own,
    /// By a function with this body.
    Function(String),
}

impl Source<'_> {
    /// The default of a field, if it is simple; one of null needs no words.
    pub(super) fn serde_default(&self, id: NodeId, value: &Value) -> Option<Default> {
        let node = self.schema.node(id);
        let own = match (&node.kind, value) {
            (_, Value::Bool(false)) => true,
            (Type::Int | Type::Long, Value::Number(number)) => number.as_i64() == Some(0),
            (Type::String, Value::String(text)) => text.is_empty(),
            (Type::Array(_), Value::Array(values)) => values.is_empty(),
            (Type::Map(_), Value::Object(pairs)) => pairs.is_empty(),
            _ => false,
        };
        if own && node.logical.is_none() {
            return Some(Default::Own);
        }
        self.expression(id, value).map(Default::Function)
    }

    fn expression(&self, id: NodeId, value: &Value) -> Option<String> {
        let node = self.schema.node(id);
        if node.logical.is_some() {
            return None;
        }
        match (&node.kind, value) {
            (Type::Boolean, Value::Bool(value)) => Some(value.to_string()),
            (Type::Int | Type::Long, Value::Number(number)) => Some(number.as_i64()?.to_string()),
            (Type::Double, Value::Number(number)) => Some(format!("{:?}", number.as_f64()?)),
            #[expect(clippy::cast_possible_truncation, reason = "it is a `float`")]
            (Type::Float, Value::Number(number)) => Some(format!("{:?}", number.as_f64()? as f32)),
            (Type::String, Value::String(text)) if text.is_empty() => {
                Some("String::new()".to_owned())
            }
            (Type::String, Value::String(text)) => Some(format!("{text:?}.to_owned()")),
            (Type::Enum(symbols), Value::String(symbol)) => {
                let index = symbols.symbols.iter().position(|known| known == symbol)?;
                let name = self.names.get(&id)?;
                Some(format!("{name}::{}", variants(symbols).get(index)?))
            }
            (Type::Union(branches), value) => match self.beside_null(branches)? {
                only if !value.is_null() => {
                    Some(format!("Some({})", self.expression(only, value)?))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The one type that is with null in a union.
    fn beside_null(&self, branches: &[NodeId]) -> Option<NodeId> {
        let is_null = |id: NodeId| matches!(self.schema.node(id).kind, Type::Null);
        match *branches {
            [one, other] if is_null(one) => Some(other),
            [one, other] if is_null(other) => Some(one),
            _ => None,
        }
    }
}
