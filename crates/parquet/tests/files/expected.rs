//! What a reader of a file has to find: values with what they are, as JSON.

use huntsman_avro::schema::LogicalType as Logical;
use huntsman_avro::{AvroSchema, NodeId, Type, Value, iso};
use serde_json::{Value as Json, json};

/// A value, and the type that it has in a file.
///
/// Plain JSON is null, a boolean, an integer or text. All else is an object with one member that
/// says what it is; times are in nanoseconds.
pub(crate) fn expected(schema: &AvroSchema, id: NodeId, value: &Value) -> Json {
    let node = schema.node(id);
    match (&node.kind, value) {
        (Type::Boolean, Value::Boolean(value)) => json!(value),
        (Type::Int, Value::Int(value)) => integer(node.logical, (*value).into()),
        (Type::Long, Value::Long(value)) => integer(node.logical, *value),
        (Type::Float, Value::Float(value)) => float((*value).into()),
        (Type::Double, Value::Double(value)) => float(*value),
        (Type::Bytes, Value::Bytes(value)) | (Type::Fixed(_), Value::Fixed(value)) => {
            bytes(schema, id, node.logical, value)
        }
        (Type::String, Value::String(value)) => match node.logical {
            Some(Logical::Uuid) => json!({"uuid": value}),
            _ => json!(value),
        },
        (Type::Enum(known), Value::Enum(index)) => json!(known.symbols[*index]),
        (Type::Union(branches), Value::Union(index, value)) => {
            union(schema, branches, *index, value)
        }
        (Type::Array(items), Value::Array(values)) => {
            let values = values.iter().map(|value| expected(schema, *items, value));
            json!({"list": values.collect::<Vec<_>>()})
        }
        (Type::Map(values), Value::Map(entries)) => {
            let entry = |(key, value)| json!([key, expected(schema, *values, value)]);
            let entries = entries.iter().map(|(key, value)| entry((key, value)));
            json!({"map": entries.collect::<Vec<_>>()})
        }
        (Type::Record(record), Value::Record(values)) => {
            let fields = record.fields.iter().zip(values);
            let fields = fields
                .map(|(field, value)| json!([field.name, expected(schema, field.kind, value)]));
            json!({"record": fields.collect::<Vec<_>>()})
        }
        (_, Value::Null) => Json::Null,
        (kind, value) => panic!("{value:?} is no {}", kind.word()),
    }
}

fn union(schema: &AvroSchema, branches: &[NodeId], index: usize, value: &Value) -> Json {
    let typed = |id: &&NodeId| !matches!(schema.node(**id).kind, Type::Null);
    let inner = expected(schema, branches[index], value);
    if matches!(value, Value::Null) || branches.iter().filter(typed).count() == 1 {
        return inner;
    }
    let member = |id: &NodeId| {
        let node = schema.node(*id);
        let word = || node.kind.word().to_owned();
        let name = node.name().map_or_else(word, |name| name.name.clone());
        let there = *id == branches[index];
        json!([name, if there { inner.clone() } else { Json::Null }])
    };
    let members = branches.iter().filter(typed).map(member);
    json!({"record": members.collect::<Vec<_>>()})
}

fn integer(logical: Option<Logical>, value: i64) -> Json {
    let nanos = |unit: i128| json!((i128::from(value) * unit).to_string());
    match logical {
        None => json!(value),
        Some(Logical::Date) => json!({"date": value}),
        Some(Logical::TimeMillis) => json!({"time": nanos(1_000_000)}),
        Some(Logical::TimeMicros) => json!({"time": nanos(1_000)}),
        Some(Logical::TimestampMillis) => json!({"instant": nanos(1_000_000)}),
        Some(Logical::TimestampMicros) => json!({"instant": nanos(1_000)}),
        Some(Logical::TimestampNanos) => json!({"instant": nanos(1)}),
        Some(Logical::LocalTimestampMillis) => json!({"local": nanos(1_000_000)}),
        Some(Logical::LocalTimestampMicros) => json!({"local": nanos(1_000)}),
        Some(Logical::LocalTimestampNanos) => json!({"local": nanos(1)}),
        other => panic!("{other:?} is no integer"),
    }
}

/// By its bits, where there is but one NaN.
pub(crate) fn float(value: f64) -> Json {
    let value = if value.is_nan() { f64::NAN } else { value };
    json!({"float": format!("{:016x}", value.to_bits())})
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(schema: &AvroSchema, id: NodeId, logical: Option<Logical>, value: &[u8]) -> Json {
    match logical {
        Some(Logical::Decimal { precision, scale }) => {
            let text = iso::decimal_text(value, scale).unwrap();
            if precision > 76 {
                json!(text)
            } else {
                json!({"decimal": text})
            }
        }
        Some(Logical::BigDecimal) => {
            let value = Value::Bytes(value.to_vec());
            serde_json::to_value(schema.view_at(id, &value)).unwrap()
        }
        Some(Logical::Uuid) => {
            let value = Value::Fixed(value.to_vec());
            json!({"uuid": serde_json::to_value(schema.view_at(id, &value)).unwrap()})
        }
        Some(Logical::Duration) => json!({"duration": hex(value)}),
        _ => json!({"bytes": hex(value)}),
    }
}
