//! Types that an Avro schema of its own describes stay what they are, whatever fields are chosen.

use huntsman_core::{ExportError, Field, Kind, Schema};
use serde_json::{Value as Json, json};

use crate::items::{given, schema};

/// A type that has nothing but its text; `Kind`s cannot say all that stands in it.
fn of(text: &'static str, names: &[&'static str]) -> &'static Schema {
    let fields = names.iter().map(|name| Field::new(name, Kind::Any));
    let made = schema("Item", fields.collect());
    Box::leak(Box::new(Schema {
        avro: Some(text),
        ..*made
    }))
}

fn chosen(schema: &'static Schema, fields: &str) -> Result<Json, ExportError> {
    let (kept, _) = given(&[("fields", fields)], &[schema], Vec::new())?;
    let schema = kept.schemas.lock().expect("no test panics with the lock")[0];
    let parsed = huntsman_contract::avro_schema(schema).expect("it works in this test");
    Ok(serde_json::from_str(parsed.text()).expect("it works in this test"))
}

const ORDER: &str = r#"{"type": "record", "name": "Order", "namespace": "shop", "doc": "One.",
    "aliases": ["old.Order"], "owner": "us",
    "confluent:rules": [{"name": "r", "expr": "this.sum > this.id"}],
    "fields": [
        {"name": "id", "type": {"type": "fixed", "name": "Id", "size": 4}, "order": "descending"},
        {"name": "sum", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}, "minimum": 1},
        {"name": "exact", "type": {"type": "fixed", "name": "Exact", "size": 8, "logicalType": "decimal", "precision": 12, "scale": 3}},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-nanos"}, "doc": "When."},
        {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["NEW", "PAID"], "default": "NEW"}, "default": "NEW"},
        {"name": "before", "type": ["null", "State"], "default": null, "aliases": ["was"]},
        {"name": "twin", "type": "Id"},
        {"name": "how", "type": ["string", "null", {"type": "array", "items": {"type": "string", "minLength": 1}}], "default": ""},
        {"name": "ways", "type": {"type": "map", "values": "State"}},
        {"name": "took", "type": {"type": "fixed", "name": "Took", "size": 12, "logicalType": "duration"}},
        {"name": "odd", "type": {"type": "int", "logicalType": "unheard-of"}}
    ]}"#;

const NAMES: [&str; 11] = [
    "id", "sum", "exact", "at", "state", "before", "twin", "how", "ways", "took", "odd",
];

#[test]
fn a_type_is_defined_where_it_now_comes_first() {
    let schema = chosen(of(ORDER, &NAMES), "twin,before,id:key,state,ways").unwrap();
    let expected = json!({
        "type": "record", "name": "Order", "namespace": "shop", "doc": "One.",
        "aliases": ["old.Order"], "owner": "us",
        "fields": [
            {"name": "twin", "type": {"type": "fixed", "name": "Id", "namespace": "shop", "size": 4}},
            {"name": "before", "type": ["null", {"type": "enum", "name": "State", "namespace": "shop",
                "symbols": ["NEW", "PAID"], "default": "NEW"}], "aliases": ["was"], "default": null},
            {"name": "key", "type": "shop.Id", "order": "descending"},
            {"name": "state", "type": "shop.State", "default": "NEW"},
            {"name": "ways", "type": {"type": "map", "values": "shop.State"}},
        ]
    });
    assert_eq!(schema, expected);
}

#[test]
fn every_type_stays_what_it_is() {
    let schema = chosen(of(ORDER, &NAMES), "odd,took,how,at,exact,sum").unwrap();
    let expected = json!([
        {"name": "odd", "type": {"type": "int", "logicalType": "unheard-of"}},
        {"name": "took", "type": {"type": "fixed", "name": "Took", "namespace": "shop", "size": 12,
            "logicalType": "duration"}},
        {"name": "how", "type": ["string", "null", {"type": "array",
            "items": {"type": "string", "minLength": 1}}], "default": ""},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-nanos"}, "doc": "When."},
        {"name": "exact", "type": {"type": "fixed", "name": "Exact", "namespace": "shop", "size": 8,
            "logicalType": "decimal", "precision": 12, "scale": 3}},
        {"name": "sum", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9,
            "scale": 2}, "minimum": 1},
    ]);
    assert_eq!(schema["fields"], expected);
    assert_eq!(
        schema.get("confluent:rules"),
        None,
        "it is about fields that are gone"
    );
    let all = chosen(of(ORDER, &NAMES), &NAMES.join(",")).unwrap();
    assert!(all["confluent:rules"].is_array(), "{all}");
}

#[test]
fn a_field_of_a_struct_that_may_be_missing_may_be_null() {
    let text = r#"{"type": "record", "name": "Item", "fields": [
        {"name": "maker", "type": ["null", {"type": "record", "name": "Maker", "fields": [
            {"name": "name", "type": "string", "default": "?"},
            {"name": "size", "type": ["int", "null"], "default": 1},
            {"name": "rank", "type": ["int", "string"], "default": 1}]}], "default": null}]}"#;
    let maker = schema(
        "Maker",
        Vec::from(["name", "size", "rank"].map(|name| Field::new(name, Kind::Any))),
    );
    let optional = Kind::Optional(Box::leak(Box::new(Kind::Struct(maker))));
    let made = schema("Item", vec![Field::new("maker", optional)]);
    let made = Box::leak(Box::new(Schema {
        avro: Some(text),
        ..*made
    }));
    let schema = chosen(made, "maker.name,maker.size,maker.rank:place").unwrap();
    let expected = json!([
        {"name": "name", "type": ["null", "string"], "default": null},
        {"name": "size", "type": ["null", "int"], "default": null},
        {"name": "place", "type": ["null", "int", "string"], "default": null},
    ]);
    assert_eq!(schema["fields"], expected);
}

#[test]
fn a_type_within_itself_is_not_taken_in_part() {
    let text = r#"{"type": "record", "name": "Item", "fields": [
        {"name": "name", "type": "string"},
        {"name": "parts", "type": {"type": "array", "items": "Item"}}]}"#;
    let names = chosen(of(text, &["name", "parts"]), "name").unwrap();
    assert_eq!(names["fields"], json!([{"name": "name", "type": "string"}]));
    let error = chosen(of(text, &["name", "parts"]), "parts").unwrap_err();
    assert!(
        error.to_string().contains("`Item` is within itself"),
        "{error}"
    );
}
