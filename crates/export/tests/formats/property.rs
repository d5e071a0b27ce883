//! What is written is read back the same, for any types and values, by readers of Rust.

use huntsman_avro::Encoder;
use huntsman_avro::container::ContainerReader;
use proptest::prelude::*;
use serde_json::Value as Json;

use crate::data::{Any, Data};
use crate::judge::shapes;
use crate::random::Random;
use crate::write::{File, Schemas, records, shape, written};

fn drawn(seed: u64) -> (Schemas, Vec<Any>) {
    let mut random = Random::new(seed);
    let schemas = random.schemas();
    let items = (0..random.below(6)).map(|_| random.item(schemas));
    (schemas, items.collect())
}

/// The text of a cell whose value has no inside.
fn cell(value: &Data) -> Option<String> {
    match value {
        Data::Some(value) => cell(value),
        Data::Nothing => Some(String::new()),
        Data::Text(text) | Data::Logical(_, text) => Some(text.clone()),
        Data::Symbol(name) => Some((*name).to_owned()),
        Data::Int(value, _) => Some(value.to_string()),
        Data::UInt(value, _) => Some(value.to_string()),
        Data::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn json_is_read_back(seed: u64) {
        let (schemas, items) = drawn(seed);
        let expected: Vec<Json> = items.iter().map(|item| item.value.json()).collect();
        for shape in [shape("json", &[]), shape("json", &[("indent", "3")])] {
            let read: Vec<Json> = serde_json::from_slice(&written(&shape, schemas, &items)).unwrap();
            prop_assert_eq!(&read, &expected);
        }
        let lines = String::from_utf8(written(&shape("jsonl", &[]), schemas, &items)).unwrap();
        let read = lines.lines().map(|line| serde_json::from_str(line).unwrap());
        prop_assert_eq!(&read.collect::<Vec<Json>>(), &expected);
    }

    #[test]
    fn csv_is_read_back(seed: u64) {
        let (schemas, items) = drawn(seed);
        let file = written(&shape("csv", &[]), schemas, &items);
        let mut reader = csv::Reader::from_reader(&file[..]);
        let columns = reader.headers().unwrap().clone();
        let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
        prop_assert_eq!(rows.len(), items.len());
        for (row, item) in rows.iter().zip(&items) {
            let Data::Struct(schema, values) = &item.value else { panic!() };
            for (column, read) in columns.iter().zip(row) {
                let index = schema.fields.iter().position(|field| field.name == column);
                let value = index.map(|index| &values[index]);
                if let Some(value @ (Data::List(_) | Data::Map(_) | Data::Struct(..))) = value {
                    let read: Json = serde_json::from_str(read).unwrap();
                    prop_assert_eq!(read, value.json());
                    continue;
                }
                let expected = value.map_or(Some(String::new()), cell);
                if let Some(expected) = expected {
                    prop_assert_eq!(read, expected);
                }
            }
        }
    }

    #[test]
    fn avro_is_read_back(seed: u64) {
        let (schemas, items) = drawn(seed);
        for codec in ["null", "deflate", "snappy", "zstandard"] {
            let file = written(&shape("avro", &[("codec", codec)]), schemas, &items);
            let reader = ContainerReader::new(&file[..]).unwrap();
            let schema = reader.writer_schema().clone();
            let encoder = Encoder::new(&schema);
            let values: Vec<_> = reader.map(Result::unwrap).collect();
            prop_assert_eq!(values.len(), items.len());
            for (value, item) in values.iter().zip(&items) {
                let (mut read, mut expected) = (Vec::new(), Vec::new());
                schema.encode_value(value, &mut read).unwrap();
                let branch = schemas.iter().position(|known| known.name == item.schema.name);
                match schemas.len() {
                    1 => encoder.encode(&item.value, &mut expected).unwrap(),
                    _ => encoder.encode_branch(branch.unwrap(), &item.value, &mut expected).unwrap(),
                }
                prop_assert_eq!(read, expected);
            }
        }
    }

    /// A run that is cut off after a batch and gone on with leaves the file of one that is not; so
    /// does one that appends.
    #[test]
    fn a_file_that_is_gone_on_with_is_the_same(seed: u64, first: usize) {
        let (schemas, items) = drawn(seed);
        let records = records(&items);
        let (old, new) = records.split_at(first % (records.len() + 1));
        for shape in shapes() {
            let mut file = File::new(shape.encoder(schemas));
            file.batch(old).unwrap();
            let cut = file.bytes.clone();
            file.batch(new).unwrap();
            let expected = file.end();
            let mut resumed = File::resume(shape.encoder(schemas), cut, old.is_empty());
            resumed.batch(new).unwrap();
            prop_assert_eq!(&resumed.end(), &expected, "{:?}", shape);

            let mut whole = File::new(shape.encoder(schemas));
            whole.batch(old).unwrap();
            let whole = whole.end();
            if !whole.is_empty() {
                let mut appended = File::append(shape.encoder(schemas), whole).unwrap();
                appended.batch(new).unwrap();
                prop_assert_eq!(&appended.end(), &expected, "{:?}", shape);
            }
        }
    }

    #[test]
    fn xml_takes_what_it_can_have_and_refuses_the_rest(seed: u64) {
        let (schemas, items) = drawn(seed);
        let mut file = File::new(shape("xml", &[]).encoder(schemas));
        for (item, record) in items.iter().zip(records(&items)) {
            let refused = file.record(&record).err();
            prop_assert_eq!(refused.is_some(), item.value.has_controls(), "{:?}", refused);
        }
    }
}
