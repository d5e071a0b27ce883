//! The crate that writes the pages reads the same items; all schemas and values.

use bytes::Bytes;
use huntsman_avro::AvroSchema;
use huntsman_avro::iso;
use huntsman_avro::schema::LogicalType;
use parquet::data_type::Decimal;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::expected::{expected, float, hex};
use crate::items::{Drawn, file, kind, record};
use crate::random::Random;

/// The rows of a file, in the form of [`expected`], save that this reader tells fewer types apart.
pub(crate) fn rows(file: Vec<u8>) -> Vec<Json> {
    let reader = SerializedFileReader::new(Bytes::from(file)).unwrap();
    let rows = reader.get_row_iter(None).unwrap();
    rows.map(|row| group(&row.unwrap())).collect()
}

fn group(row: &Row) -> Json {
    let fields = row.get_column_iter();
    let fields = fields.map(|(name, value)| json!([name, plain(value)]));
    json!({"record": fields.collect::<Vec<_>>()})
}

fn plain(field: &Field) -> Json {
    let nanos = |value: i64, unit: i128| json!((i128::from(value) * unit).to_string());
    match field {
        Field::Null => Json::Null,
        Field::Bool(value) => json!(value),
        Field::Int(value) => json!(value),
        Field::Long(value) => json!(value),
        Field::Float(value) => float((*value).into()),
        Field::Double(value) => float(*value),
        Field::Str(value) => json!(value),
        Field::Bytes(value) => json!({"bytes": hex(value.data())}),
        Field::Date(value) => json!({"date": value}),
        Field::TimeMillis(value) => json!({"time": nanos((*value).into(), 1_000_000)}),
        Field::TimeMicros(value) => json!({"time": nanos(*value, 1_000)}),
        Field::TimestampMillis(value) => json!({"stamp": nanos(*value, 1_000_000)}),
        Field::TimestampMicros(value) => json!({"stamp": nanos(*value, 1_000)}),
        Field::Decimal(value) => json!({"decimal": decimal(value)}),
        Field::Group(row) => group(row),
        Field::ListInternal(list) => {
            json!({"list": list.elements().iter().map(plain).collect::<Vec<_>>()})
        }
        Field::MapInternal(map) => {
            let entries = map.entries().iter();
            let entries = entries.map(|(key, value)| json!([plain(key), plain(value)]));
            json!({"map": entries.collect::<Vec<_>>()})
        }
        other => panic!("nothing of ours is {other:?}"),
    }
}

fn decimal(value: &Decimal) -> Json {
    let scale = usize::try_from(value.scale()).unwrap();
    iso::decimal_text(value.data(), scale).unwrap().into()
}

/// What of `expected` this reader can tell.
fn coarse(value: Json) -> Json {
    match value {
        Json::Array(values) => values.into_iter().map(coarse).collect(),
        Json::Object(object) => {
            let (word, value) = object.into_iter().next().unwrap();
            match &word[..] {
                "uuid" => json!({"bytes": value.as_str().unwrap().replace('-', "")}),
                "instant" | "local" => json!({"stamp": value}),
                _ => json!({word: coarse(value)}),
            }
        }
        other => other,
    }
}

/// The reader has no intervals, and no nanoseconds.
fn readable(schema: &AvroSchema) -> bool {
    use LogicalType as L;
    let lacks = [L::Duration, L::TimestampNanos, L::LocalTimestampNanos];
    let logical = schema.nodes().iter().filter_map(|node| node.logical);
    logical.into_iter().all(|logical| !lacks.contains(&logical))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_is_written_is_read_whatever_the_type(seed: u64, row_group in 1_u8..20) {
        let mut random = Random::new(seed);
        let schema = random.schema();
        prop_assume!(readable(&schema));
        let kind = kind(&schema);
        let values: Vec<_> = (0..random.below(30)).map(|_| random.value(&schema)).collect();
        let records = (0..).zip(&values).map(|(number, value)| {
            let (value, schema) = (value.clone(), schema.clone());
            record(number, Drawn { kind: kind[0], schema, value })
        });
        let codec = ["zstd", "snappy", "none"][random.below(3)];
        let row_group: &'static str = String::leak(row_group.to_string());
        let file = file(kind, &[("codec", codec), ("row_group", row_group)], records);
        let wanted: Vec<_> = values
            .iter()
            .map(|value| coarse(expected(&schema, schema.root(), value)))
            .collect();
        prop_assert_eq!(rows(file), wanted, "{}", schema.text());
    }
}
