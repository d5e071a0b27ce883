//! apache-avro decodes what we write, equally.

use apache_avro::types::Value as Theirs;
use huntsman_avro::container::{Codec, ContainerOptions};
use huntsman_avro::{AvroSchema, NodeId, Type, Value};

use crate::random::Random;

/// Whether a value of theirs is the same; of logical types, that they read the same bytes.
fn same(schema: &AvroSchema, id: NodeId, ours: &Value, theirs: &Theirs) -> bool {
    match (&schema.node(id).kind, ours, theirs) {
        (_, Value::Null, Theirs::Null) => true,
        (_, Value::Boolean(a), Theirs::Boolean(b)) => a == b,
        (_, Value::Int(a), Theirs::Int(b) | Theirs::Date(b) | Theirs::TimeMillis(b)) => a == b,
        (
            _,
            Value::Long(a),
            Theirs::Long(b)
            | Theirs::TimeMicros(b)
            | Theirs::TimestampMillis(b)
            | Theirs::TimestampMicros(b)
            | Theirs::TimestampNanos(b)
            | Theirs::LocalTimestampMillis(b)
            | Theirs::LocalTimestampMicros(b)
            | Theirs::LocalTimestampNanos(b),
        ) => a == b,
        (_, Value::Float(a), Theirs::Float(b)) => a.to_bits() == b.to_bits(),
        (_, Value::Double(a), Theirs::Double(b)) => a.to_bits() == b.to_bits(),
        (_, Value::String(a), Theirs::String(b)) => a == b,
        (_, Value::String(a), Theirs::Uuid(b)) => *a == b.to_string(),
        (_, Value::Fixed(a), Theirs::Uuid(b)) => a == b.as_bytes(),
        (_, Value::Fixed(a), Theirs::Duration(b)) => *a == <[u8; 12]>::from(*b),
        (_, Value::Bytes(a), Theirs::Bytes(b)) | (_, Value::Fixed(a), Theirs::Fixed(_, b)) => {
            a == b
        }
        (_, Value::Bytes(a) | Value::Fixed(a), Theirs::Decimal(b)) => {
            <Vec<u8>>::try_from(b).is_ok_and(|b| b == *a)
        }
        (_, Value::Bytes(_), Theirs::BigDecimal(b)) => {
            let text = schema.view_at(id, ours).to_string();
            text.trim_matches('"')
                .parse()
                .is_ok_and(|a: f64| b.to_string().parse() == Ok(a))
        }
        (_, Value::Enum(a), Theirs::Enum(b, _)) => u32::try_from(*a) == Ok(*b),
        (Type::Union(branches), Value::Union(a, ours), Theirs::Union(b, theirs)) => {
            u32::try_from(*a) == Ok(*b) && same(schema, branches[*a], ours, theirs)
        }
        (Type::Array(items), Value::Array(a), Theirs::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(schema, *items, a, b))
        }
        (Type::Map(values), Value::Map(a), Theirs::Map(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| same(schema, *values, a, b)))
        }
        (Type::Record(record), Value::Record(a), Theirs::Record(b)) => {
            let fields = record.fields.iter().zip(a).zip(b);
            a.len() == b.len()
                && fields.fold(true, |all, ((field, a), (name, b))| {
                    all && field.name == *name && same(schema, field.kind, a, b)
                })
        }
        _ => false,
    }
}

#[test]
fn apache_avro_reads_the_same() {
    let mut random = Random::new(42);
    for case in 0..400 {
        let schema = random.schema();
        let values: Vec<_> = (0..3).map(|_| random.value(&schema)).collect();
        let codec = [Codec::Null, Codec::Deflate, Codec::Snappy, Codec::Zstandard][case % 4];
        let options = ContainerOptions::new([5; 16]).codec(codec);
        let mut writer = options.start(Vec::new(), &schema).unwrap();
        for value in &values {
            writer.append_value(value).unwrap();
        }
        let file = writer.finish().unwrap();
        let reader = apache_avro::Reader::new(&file[..]).unwrap();
        let read: Vec<Theirs> = reader
            .collect::<Result<_, _>>()
            .unwrap_or_else(|e| panic!("{e}: {}", schema.text()));
        assert_eq!(read.len(), values.len());
        for (ours, theirs) in values.iter().zip(&read) {
            assert!(
                same(&schema, schema.root(), ours, theirs),
                "{ours:?}\n{theirs:?}\n{}",
                schema.text()
            );
        }
    }
}
