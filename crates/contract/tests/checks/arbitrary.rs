//! No schema and no item makes the checks panic.

use huntsman_avro::AvroSchema;
use huntsman_contract::lint::changes;
use huntsman_contract::words::WORDS;
use huntsman_contract::{Checks, Sight};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::compiled;

/// Any JSON value.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[0-9:TZ+@.-]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-e]|\\PC{0,3}", inner, 0..4)
                .prop_map(Value::from_iter),
        ]
    })
}

/// Every word, with any value at all.
fn words() -> impl Strategy<Value = Map<String, Value>> {
    let word = proptest::sample::select(&WORDS[..]).prop_map(|(word, ..)| word.to_owned());
    let few = prop_oneof![value(), (0_i64..5).prop_map(Value::from), Just(json!(true))];
    proptest::collection::btree_map(word, few, 0..4).prop_map(Map::from_iter)
}

fn schema(words: &[Map<String, Value>; 3]) -> AvroSchema {
    let mut field = words[0].clone();
    field.insert("name".to_owned(), json!("a"));
    field.insert("type".to_owned(), json!(["null", "string", "double", "R"]));
    let mut list = words[1].clone();
    list.insert("type".to_owned(), json!("array"));
    list.insert("items".to_owned(), json!(["null", "long", "string"]));
    let mut record = words[2].clone();
    record.insert("type".to_owned(), json!("record"));
    record.insert("name".to_owned(), json!("R"));
    record.insert(
        "fields".to_owned(),
        json!([field, {"name": "b", "type": list, "default": []}]),
    );
    AvroSchema::parse(&Value::Object(record).to_string()).expect("a schema")
}

proptest! {
    #[test]
    fn any_words_compile_or_are_refused(
        words in [words(), words(), words()],
        old in [words(), words(), words()],
        item in value(),
    ) {
        let schema = schema(&words);
        if let Ok(checks) = Checks::compile(&schema) {
            let mut sight = Sight::default();
            checks.check(&item, &mut sight);
            checks.check(&json!({"a": item.clone(), "b": [item]}), &mut sight);
            for violation in &sight.violations {
                prop_assert!(violation.value.chars().count() <= 81);
            }
        }
        let _changes = changes(&schema, &self::schema(&old));
    }

    #[test]
    fn any_item_is_judged(item in value()) {
        let checks = compiled(r#"{"type":"record","name":"R","additionalFields":true,"fields":[
            {"name":"a","type":["null","string","long","double","boolean","R",
                {"type":"array","items":["null","R","string","double"],"uniqueItems":true},
                {"type":"map","values":["null","string","double"]}],"default":null,"unique":true,
             "confluent:rules":[{"name":"r","expr":"this == this"}]},
            {"name":"b","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2},
             "default":"\u0000","multipleOf":0.05},
            {"name":"c","type":{"type":"long","logicalType":"timestamp-micros"},"default":0,
             "minimum":0.5}]}"#);
        let mut sight = Sight::default();
        checks.check(&item, &mut sight);
        checks.check(&json!({"a": item.clone(), "b": item.clone(), "c": item}), &mut sight);
    }

    #[test]
    fn any_expression_compiles_or_is_refused(expression in "[a-z0-9 .()\\[\\]{}'\"+<=>!&|?:,-]{0,20}|\\PC{0,20}") {
        let schema = json!({"type": "record", "name": "R", "fields": [{"name": "v", "type": "int",
            "confluent:rules": [{"name": "r", "expr": expression}]}]});
        let schema = AvroSchema::parse(&schema.to_string()).expect("a schema");
        if let Ok(checks) = Checks::compile(&schema) {
            checks.check(&json!({"v": 1}), &mut Sight::default());
        }
    }
}

#[test]
fn fifty_megabytes_of_text_are_counted() {
    let checks = compiled(r#"{"type":"array","items":{"type":"string","maxLength":60000000}}"#);
    let mut sight = Sight::default();
    let huge = "é".repeat(25_000_000);
    checks.check(&[huge.as_str()], &mut sight);
    assert!(sight.violations.is_empty());
    let strict = compiled(r#"{"type":"array","items":{"type":"string","maxLength":6}}"#);
    strict.check(&[huge.as_str()], &mut sight);
    assert_eq!(
        sight.violations[0].message,
        "must have at most 6 characters, has 25000000"
    );
    assert_eq!(sight.violations[0].value.chars().count(), 81);
}
