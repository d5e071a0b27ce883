//! A value that says nothing, to try an expression on before there are items.

use std::collections::HashMap;
use std::sync::Arc;

use cel::Value;
use cel::objects::{Key, Map};
use huntsman_avro::{AvroSchema, NodeId, Type};

/// How deep it goes; a record may be within itself.
const DEPTH: usize = 8;

/// A value of a type: empty text, zero, an empty list. None where the type leaves open what kind of
/// value CEL gets: a field of such a type is left out.
pub(super) fn sample(schema: &AvroSchema, kind: NodeId) -> Option<Value> {
    of(schema, kind, DEPTH)
}

fn of(schema: &AvroSchema, kind: NodeId, depth: usize) -> Option<Value> {
    let node = schema.node(kind);
    // Text that holds JSON is whatever the item has; dates and decimals may be text or numbers.
    if depth == 0 || node.logical.is_some() || node.attributes.contains_key("contentMediaType") {
        return None;
    }
    Some(match &node.kind {
        Type::Boolean => Value::Bool(false),
        Type::Int | Type::Long => Value::Int(0),
        Type::Float | Type::Double => Value::Float(0.0),
        Type::String | Type::Enum(_) => Value::String(Arc::default()),
        Type::Array(_) => Value::List(Arc::default()),
        Type::Map(_) => map(HashMap::new()),
        Type::Record(record) => {
            let value = |field: &huntsman_avro::schema::Field| {
                let value = of(schema, field.kind, depth - 1)?;
                Some((Key::from(field.name.clone()), value))
            };
            map(record.fields.iter().filter_map(value).collect())
        }
        Type::Union(branches) => {
            let null = |id: &&NodeId| matches!(schema.node(**id).kind, Type::Null);
            let mut values = branches.iter().filter(|id| !null(id));
            match (values.next(), values.next()) {
                (Some(only), None) => return of(schema, *only, depth),
                _ => return None,
            }
        }
        Type::Null | Type::Bytes | Type::Fixed(_) => return None,
    })
}

fn map(members: HashMap<Key, Value>) -> Value {
    Value::Map(Map {
        map: Arc::new(members),
    })
}
