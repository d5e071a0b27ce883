//! The JSON Schema of an item, judged by another implementation.
#![expect(clippy::unwrap_used, reason = "the lint looks only for test functions")]

use std::sync::LazyLock;

use huntsman_contract::{AvroSchema, Checks, Sight, json_schema};
use proptest::prelude::*;
use serde_json::{Value, json};

const SCHEMA: &str = r#"{
    "type": "record", "name": "Item", "namespace": "a.b", "doc": "An item.", "fields": [
        {"name": "text", "type": "string", "minLength": 1, "maxLength": 3, "doc": "Words."},
        {"name": "pattern", "type": ["null", {"type": "string", "pattern": "^[ab]+$"}], "default": null},
        {"name": "mail", "type": "string", "logicalType": "email", "default": "a@b.de"},
        {"name": "int", "type": "int", "minimum": -3, "exclusiveMaximum": 4},
        {"name": "long", "type": ["null", "long", "string"], "multipleOf": 3, "minLength": 2},
        {"name": "double", "type": "double", "enum": [0.5, 1, 2.5]},
        {"name": "choice", "type": ["null", "string"], "enum": ["a", "b"]},
        {"name": "fixedly", "type": {"type": "string", "const": "c"}},
        {"name": "bytes", "type": "bytes", "minLength": 1, "maxLength": 2},
        {"name": "digest", "type": {"type": "fixed", "name": "Two", "size": 2}},
        {"name": "plan", "type": {"type": "enum", "name": "Plan", "symbols": ["A", "B"]}, "default": "A"},
        {"name": "list", "type": {"type": "array", "items": {"type": "int", "maximum": 2}}, "minItems": 1, "uniqueItems": true},
        {"name": "map", "type": {"type": "map", "values": ["null", "a.b.Two"]}, "maxProperties": 1},
        {"name": "day", "type": {"type": "int", "logicalType": "date"}},
        {"name": "sum", "type": {"type": "bytes", "logicalType": "decimal", "precision": 3, "scale": 1}},
        {"name": "id", "type": {"type": "string", "logicalType": "uuid"}},
        {"name": "open", "type": {"type": "string", "contentMediaType": "application/json"}},
        {"name": "within", "type": ["null", "Item"], "default": null},
        {"name": "inner", "type": {"type": "record", "name": "Inner", "additionalFields": true, "fields": [
            {"name": "n", "type": "boolean"}
        ]}}
    ]
}"#;

fn checks() -> (Checks, Value) {
    let schema = AvroSchema::parse(SCHEMA).unwrap();
    (Checks::compile(&schema).unwrap(), json_schema(&schema))
}

fn validator(schema: &Value) -> jsonschema::Validator {
    jsonschema::options()
        .should_validate_formats(true)
        .build(schema)
        .unwrap()
}

fn obeys(checks: &Checks, item: &Value) -> Vec<String> {
    let mut sight = Sight::default();
    checks.check(item, &mut sight);
    sight.violations.iter().map(ToString::to_string).collect()
}

fn good() -> Value {
    json!({
        "text": "abc", "pattern": "ab", "mail": "x@example.com", "int": 3, "long": 9,
        "double": 2.5, "choice": null, "fixedly": "c", "bytes": "\u{ff}a", "digest": [0, 255],
        "plan": "B", "list": [1, 2], "map": { "k": "ab" }, "day": "2026-11-24", "sum": "12.5",
        "id": "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "open": { "any": [1] }, "within": null,
        "inner": { "n": true, "more": 1 }
    })
}

#[test]
fn it_is_valid_by_the_metaschema() {
    let (_, schema) = checks();
    assert!(jsonschema::meta::is_valid(&schema), "{schema:#}");
    let schema = AvroSchema::parse(include_str!("codegen/shop.avsc")).unwrap();
    assert!(jsonschema::meta::is_valid(&json_schema(&schema)));
}

#[test]
fn it_has_the_shape_that_is_promised() {
    let (_, schema) = checks();
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    assert_eq!(schema["$ref"], "#/$defs/a.b.Item");
    let item = &schema["$defs"]["a.b.Item"];
    assert_eq!(item["description"], "An item.");
    assert_eq!(item["additionalProperties"], false);
    assert_eq!(schema["$defs"]["a.b.Inner"]["additionalProperties"], true);
    let fields = &item["properties"];
    assert_eq!(
        fields["text"],
        json!({ "type": "string", "minLength": 1, "maxLength": 3, "description": "Words." })
    );
    assert_eq!(
        fields["pattern"],
        json!({ "type": ["string", "null"], "pattern": "^[ab]+$", "default": null })
    );
    assert_eq!(
        fields["int"],
        json!({ "type": "integer", "minimum": -3, "maximum": 2147483647, "exclusiveMaximum": 4 })
    );
    assert_eq!(
        fields["within"],
        json!({ "anyOf": [{ "$ref": "#/$defs/a.b.Item" }, { "type": "null" }], "default": null })
    );
    let required = item["required"].as_array().unwrap();
    assert!(required.contains(&json!("text")) && !required.contains(&json!("mail")));
}

/// Each changes a good item into one that both refuse.
#[test]
fn what_breaks_a_constraint_is_refused_by_both() {
    let (checks, schema) = checks();
    let validator = validator(&schema);
    assert_eq!(obeys(&checks, &good()), Vec::<String>::new());
    assert!(
        validator.is_valid(&good()),
        "{:?}",
        validator.validate(&good())
    );
    for (field, bad) in [
        ("text", json!("")),
        ("text", json!("abcd")),
        ("text", json!(5)),
        ("pattern", json!("c")),
        ("mail", json!("x")),
        ("int", json!(-4)),
        ("int", json!(4)),
        ("int", json!(1.5)),
        ("long", json!(8)),
        ("long", json!("a")),
        ("long", json!(true)),
        ("double", json!(3)),
        ("choice", json!("c")),
        ("fixedly", json!("d")),
        ("bytes", json!("abc")),
        ("bytes", json!([])),
        ("digest", json!("a")),
        ("digest", json!([1, 256])),
        ("plan", json!("C")),
        ("list", json!([])),
        ("list", json!([1, 1])),
        ("list", json!([3])),
        ("map", json!({ "a": null, "b": null })),
        ("map", json!({ "a": "abc" })),
        ("day", json!("2026-13-24")),
        ("day", json!(true)),
        ("sum", json!(null)),
        ("id", json!("1")),
        ("within", json!({})),
        ("inner", json!({})),
        ("unknown", json!(1)),
    ] {
        let mut item = good();
        item[field] = bad.clone();
        assert!(
            !obeys(&checks, &item).is_empty(),
            "{field} may be {bad} for us"
        );
        assert!(
            !validator.is_valid(&item),
            "{field} may be {bad} by the JSON Schema"
        );
    }
}

/// Values of which some obey and some do not, at any place.
fn value() -> impl Strategy<Value = Value> {
    let simple = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        (-6..12_i64).prop_map(Value::from),
        prop_oneof![
            Just(json!(0.5)),
            Just(json!(2.5)),
            Just(json!(1.0)),
            Just(json!(1e300))
        ],
        "[abc]{0,4}".prop_map(Value::from),
        prop_oneof![
            Just(json!("A")),
            Just(json!("x@example.com")),
            Just(json!("2026-11-24")),
            Just(json!("12.5")),
            Just(json!("f81d4fae-7dec-11d0-a765-00a0c91e6bf6")),
        ],
    ];
    simple.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::hash_map("[kn]", inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]
    #[test]
    fn what_we_accept_the_json_schema_accepts(
        changes in prop::collection::vec((0..19_usize, value()), 1..3),
        nested in any::<bool>(),
    ) {
        static BOTH: LazyLock<(Checks, jsonschema::Validator)> = LazyLock::new(|| {
            let (checks, schema) = checks();
            (checks, validator(&schema))
        });
        let (checks, validator) = &*BOTH;
        let mut item = good();
        for (index, value) in changes {
            let fields = item.as_object_mut().unwrap();
            let name = fields.keys().nth(index).unwrap().clone();
            fields.insert(name, value);
        }
        if nested {
            let mut outer = good();
            outer["within"] = item;
            item = outer;
        }
        if obeys(checks, &item).is_empty() {
            prop_assert!(validator.is_valid(&item), "{item}");
        }
    }
}
