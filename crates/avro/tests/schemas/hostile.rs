//! Whatever the text: a schema or an error, and what follows from a schema.

use huntsman_avro::compat::{Mode, check};
use huntsman_avro::{Algorithm, AvroSchema};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::generate::changes;
use crate::rows::read;

const WORDS: [&str; 16] = [
    "type",
    "type",
    "type",
    "name",
    "namespace",
    "fields",
    "items",
    "values",
    "symbols",
    "size",
    "default",
    "aliases",
    "logicalType",
    "precision",
    "doc",
    "order",
];
const TEXTS: [&str; 20] = [
    "record",
    "record",
    "enum",
    "fixed",
    "array",
    "map",
    "int",
    "long",
    "string",
    "bytes",
    "null",
    "double",
    "R",
    "a.R",
    "decimal",
    "uuid",
    "",
    "é",
    "descending",
    "\u{0}",
];

/// JSON that is like a schema, more or less.
fn like_a_schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        5 => prop::sample::select(&TEXTS[..]).prop_map(|text| json!(text)),
        1 => any::<i32>().prop_map(|number| json!(number)),
        1 => any::<f64>().prop_map(|number| json!(number)),
        1 => any::<bool>().prop_map(|flag| json!(flag)),
        1 => Just(Value::Null),
        1 => ".*".prop_map(|text| json!(text)),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        let named = ("R|S|T|a\\.T", inner.clone())
            .prop_map(|(name, kind)| json!({"name": name, "type": kind}));
        let record = ("R|S|T|a\\.U", prop::collection::vec(named, 0..4))
            .prop_map(|(name, fields)| json!({"type": "record", "name": name, "fields": fields}));
        let entry = (prop::sample::select(&WORDS[..]), inner.clone());
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec(entry, 0..6).prop_map(|entries| {
                let entries = entries
                    .into_iter()
                    .map(|(word, value)| (word.to_owned(), value));
                Value::Object(entries.collect::<Map<_, _>>())
            }),
            record,
            inner.prop_map(|items| json!({"type": "array", "items": items})),
        ]
    })
}

/// What holds of every schema.
fn sound(schema: &AvroSchema) {
    let names = || schema.nodes().iter().filter_map(|node| node.name());
    let bare = names().any(|name| name.namespace.is_empty());
    // A name without namespace within one with is another name in the canonical form.
    if bare && names().any(|name| !name.namespace.is_empty()) {
        return;
    }
    let form = schema.canonical_form();
    let again = read(&form);
    assert_eq!(again.canonical_form(), form);
    assert_eq!(again.crc_64_avro(), schema.crc_64_avro());
    assert_eq!(again.version(), again.fingerprint(Algorithm::Crc64Avro));
    // Nothing that matters to readers is lost.
    let written = std::slice::from_ref(schema);
    assert_eq!(check(Mode::Backward, &again, written), Ok(()), "{form}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_text_is_read_or_refused(text in ".*") {
        if let Err(error) = AvroSchema::parse(&text) {
            prop_assert!(!error.to_string().contains('\n'));
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _unused = AvroSchema::parse(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_json_is_read_or_refused(value in like_a_schema()) {
        match AvroSchema::parse(&value.to_string()) {
            Ok(schema) => sound(&schema),
            Err(error) => prop_assert!(!error.to_string().contains('\n'), "{error}"),
        }
    }

    #[test]
    fn a_cut_schema_is_refused(cut in 1usize..300) {
        let text = &changes(1)[0].0;
        let cut = cut.min(text.len() - 1);
        if text.is_char_boundary(cut) {
            prop_assert!(AvroSchema::parse(&text[..cut]).is_err());
        }
    }
}

#[test]
fn what_was_generated_is_sound() {
    for (old, new) in changes(300) {
        sound(&read(&old));
        sound(&read(&new));
    }
}
