//! Which branch a value takes.

use serde::Serialize;
use serde_json::json;

use crate::{encoded, plain, refusal, schema};

/// The number of the branch.
fn branch<T: Serialize + ?Sized>(union: &str, item: &T) -> u8 {
    encoded(&schema(union), item)[0] / 2
}

#[test]
fn exact_comes_before_another_form() {
    for (union, item, number) in [
        (r#"["null", "int", "long", "double"]"#, json!(5), 1),
        (
            r#"["null", "int", "long", "double"]"#,
            json!(1_i64 << 40),
            2,
        ),
        (r#"["null", "double", "long"]"#, json!(5), 2),
        (r#"["null", "double", "string"]"#, json!(5), 1),
        (r#"["float", "double"]"#, json!(0.5), 1),
        (r#"["float", "string"]"#, json!(0.5), 0),
        (r#"["boolean", "int"]"#, json!(true), 0),
        (r#"["bytes", "string"]"#, json!("x"), 1),
        (r#"["null", "bytes"]"#, json!("x"), 1),
        (
            r#"["bytes", {"type": "array", "items": "int"}]"#,
            json!([1]),
            1,
        ),
        (r#"["null", "bytes"]"#, json!([1]), 1),
        (r#"["double", "string"]"#, json!("NaN"), 1),
        (r#"["double", "null"]"#, json!("NaN"), 0),
        (r#"["string", "null"]"#, json!(null), 1),
        (
            r#"[{"type": "enum", "name": "E", "symbols": ["A"]}, "string"]"#,
            json!("A"),
            0,
        ),
        (
            r#"[{"type": "enum", "name": "E", "symbols": ["A"]}, "string"]"#,
            json!("B"),
            1,
        ),
        (
            r#"[{"type": "int", "logicalType": "date"}, "string"]"#,
            json!("2026-11-24"),
            0,
        ),
        (
            r#"[{"type": "int", "logicalType": "date"}, "string"]"#,
            json!("today"),
            1,
        ),
        (
            r#"["string", {"type": "int", "logicalType": "date"}]"#,
            json!("2026-11-24"),
            0,
        ),
        (
            r#"[{"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}, "double"]"#,
            json!(1.25),
            1,
        ),
        (
            r#"["null", {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}]"#,
            json!(1.25),
            1,
        ),
        (
            r#"[{"type": "string", "logicalType": "uuid"}, {"type": "enum", "name": "E", "symbols": ["A"]}]"#,
            json!("A"),
            1,
        ),
    ] {
        assert_eq!(branch(union, &item), number, "{union} {item}");
    }
    assert_eq!(branch(r#"["double", "float"]"#, &0.1_f32), 1);
}

#[test]
fn what_no_branch_has_is_refused() {
    let union = schema(r#"["null", "int", {"type": "enum", "name": "E", "symbols": ["A"]}]"#);
    assert_eq!(
        refusal(&union, "B"),
        "the text \"B\" is no null or int or enum E"
    );
    assert_eq!(
        refusal(&union, &1.5),
        "the number 1.5 is no null or int or enum E"
    );
    assert_eq!(
        refusal(&union, &json!({})),
        "a map or struct is no null or int or enum E"
    );
    assert_eq!(
        refusal(&schema(r#"["int", "string"]"#), &()),
        "nothing (null) is no int or string"
    );
}

const SHAPES: &str = r#"["null",
    {"type": "record", "name": "g.Circle", "fields": [{"name": "r", "type": "int"}, {"name": "at", "type": "string", "default": ""}]},
    {"type": "record", "name": "g.Square", "fields": [{"name": "a", "type": "int"}]},
    {"type": "record", "name": "g.Tile", "fields": [{"name": "a", "type": "int"}]},
    {"type": "map", "values": "int"}]"#;

#[test]
fn records_are_told_apart_by_their_fields() {
    assert_eq!(branch(SHAPES, &json!({"r": 1})), 1);
    assert_eq!(branch(SHAPES, &json!({"at": "x", "r": 1})), 1);
    assert_eq!(branch(SHAPES, &json!({"a": 1})), 2);
    assert_eq!(branch(SHAPES, &json!({"x": 1, "y": 2})), 4);
    assert_eq!(branch(SHAPES, &json!({})), 4);
    assert_eq!(branch(SHAPES, &json!(null)), 0);

    #[derive(Serialize)]
    struct Tile {
        a: i32,
    }
    assert_eq!(branch(SHAPES, &Some(Tile { a: 1 })), 3);
    let records = schema(&SHAPES.replace(r#"{"type": "map", "values": "int"}"#, r#""string""#));
    assert!(
        refusal(&records, &json!({"x": 1, "r": 2}))
            .starts_with("a map or struct with the fields x, r is no ")
    );
}

#[test]
fn variants_go_by_their_name() {
    #[derive(Serialize)]
    #[expect(non_camel_case_types, reason = "names of branches")]
    enum Shape {
        Circle { r: i32 },
        Tile(Inner),
        string(&'static str),
        array(i32, i32),
        Other(i32),
        Unit,
    }
    #[derive(Serialize)]
    struct Inner {
        a: i32,
    }
    assert_eq!(branch(SHAPES, &Shape::Circle { r: 1 }), 1);
    assert_eq!(branch(SHAPES, &Shape::Tile(Inner { a: 1 })), 3);
    assert_eq!(branch(r#"["null", "string"]"#, &Shape::string("x")), 1);
    assert_eq!(
        branch(
            r#"["null", {"type": "array", "items": "int"}]"#,
            &Shape::array(1, 2)
        ),
        1
    );
    // Of another name: a map.
    assert_eq!(
        encoded(&schema(SHAPES), &Shape::Other(5)),
        b"\x08\x02\x0aOther\x0a\x00"
    );
    let map = schema(r#"{"type": "map", "values": {"type": "map", "values": "int"}}"#);
    assert_eq!(
        plain(&map, &Shape::Circle { r: 1 }),
        r#"{"Circle":{"r":1}}"#
    );
    let record = schema(
        r#"{"type": "record", "name": "R", "fields": [{"name": "first", "type": "int", "default": 1},
        {"name": "array", "type": {"type": "array", "items": "int"}}, {"name": "last", "type": "int", "default": 2}]}"#,
    );
    assert_eq!(
        plain(&record, &Shape::array(5, 6)),
        r#"{"first":1,"array":[5,6],"last":2}"#
    );
    assert_eq!(
        plain(&schema(r#"["null", "string"]"#), &Shape::Unit),
        r#""Unit""#
    );
    assert_eq!(
        refusal(&schema(r#""int""#), &Shape::Other(5)),
        "the variant `Other` with data is no int"
    );
}
