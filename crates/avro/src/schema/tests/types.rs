//! Types, their words and what else stands with them.

use serde_json::{Value, json};

use super::{read, root, root_record};
use crate::schema::{Fixed, Order, Type};

#[test]
fn the_users_example_is_read_with_all_its_words() {
    let schema = read(
        r#"{"type": "record", "name": "UserRegistration", "namespace": "com.socialmedia", "fields": [
            {"name":"email","type":"string","logicalType":"email"},
            {"name":"password","type":"string","minLength":8},
            {"name":"age","type":"int","minimum":13}]}"#,
    );
    let record = root_record(&schema);
    assert_eq!(record.name.to_string(), "com.socialmedia.UserRegistration");
    assert_eq!(record.fields[0].attributes["logicalType"], "email");
    assert_eq!(record.fields[1].attributes["minLength"], 8);
    assert_eq!(record.fields[2].attributes["minimum"], 13);
    assert!(matches!(schema.node(record.fields[2].kind).kind, Type::Int));
    assert_eq!(schema.nodes().len(), 4);
}

#[test]
fn every_type_is_read_in_every_spelling() {
    let words = [
        "null", "boolean", "int", "long", "float", "double", "bytes", "string",
    ];
    for word in words {
        for text in [
            format!("\"{word}\""),
            format!(r#"{{"type": "{word}"}}"#),
            format!(r#"{{"type": {{"type": "{word}"}}}}"#),
            format!(" \u{feff}\"{word}\" ").trim().to_owned(),
        ] {
            assert_eq!(root(&read(&text)).kind.word(), word);
        }
    }
    let complex = [
        (r#"{"type": "array", "items": "int"}"#, "array"),
        (r#"{"type": "map", "values": ["null", "int"]}"#, "map"),
        (r#"["null", "int"]"#, "union"),
        (r#"{"type": ["null", "int"]}"#, "union"),
        ("[]", "union"),
        (r#"{"type": "fixed", "name": "F", "size": 0}"#, "fixed"),
        (r#"{"type": "enum", "name": "E", "symbols": ["A"]}"#, "enum"),
        (r#"{"type": "record", "name": "R", "fields": []}"#, "record"),
        (r#"{"type": "error", "name": "R", "fields": []}"#, "record"),
    ];
    for (text, word) in complex {
        assert_eq!(root(&read(text)).kind.word(), word);
    }
}

#[test]
fn unknown_words_are_kept_in_order_wherever_they_stand() {
    let words = |attributes: &serde_json::Map<String, Value>| -> Vec<String> {
        attributes.keys().cloned().collect()
    };
    let schema = read(
        r#"{"type": "record", "name": "R", "z": 1, "a": [2], "fields": [
            {"name": "p", "z": 0, "type": {"y": 1, "type": "string", "b": 2, "logicalType": "email", "a": 3}, "b": 1},
            {"name": "u", "type": ["null", {"type": "string", "pattern": "x"}]},
            {"name": "l", "type": {"type": "array", "items": {"type": "int", "minimum": 0}, "minItems": 1, "default": []}},
            {"name": "m", "type": {"type": "map", "values": "int", "maxProperties": 2}},
            {"name": "e", "type": {"type": "enum", "name": "E", "symbols": ["A"], "x-min": 1}},
            {"name": "f", "type": {"type": "fixed", "name": "F", "size": 2, "hex": true}},
            {"name": "d", "type": {"type": "int", "minimum": 5, "logicalType": "date", "maximum": 9, "a": 1}},
            {"name": "n", "type": {"type": {"type": "int", "inner": 1}, "outer": 2}}]}"#,
    );
    assert_eq!(words(&root(&schema).attributes), ["z", "a"]);
    let record = root_record(&schema);
    assert_eq!(words(&record.fields[0].attributes), ["z", "b"]);
    let said = |index: usize| words(&schema.node(record.fields[index].kind).attributes);
    assert_eq!(said(0), ["y", "b", "logicalType", "a"]);
    let Type::Union(branches) = &schema.node(record.fields[1].kind).kind else {
        panic!("a union");
    };
    assert_eq!(schema.node(branches[1]).attributes["pattern"], "x");
    assert_eq!(said(2), ["minItems", "default"]);
    assert_eq!(said(3), ["maxProperties"]);
    assert_eq!(said(4), ["x-min"]);
    assert_eq!(said(5), ["hex"]);
    assert_eq!(said(6), ["minimum", "maximum", "a"]);
    assert_eq!(said(7), ["inner", "outer"]);
}

#[test]
fn what_the_specification_knows_is_no_attribute() {
    let schema = read(
        r#"{"type": "record", "name": "N", "namespace": "a.b", "doc": "What", "aliases": ["Old", "x.Older"], "fields": [
            {"name": "f", "type": "int", "doc": "Why", "aliases": ["g"], "order": "descending", "default": 1},
            {"name": "h", "type": {"type": "enum", "name": "E", "doc": "Which", "symbols": ["A", "B"], "default": "B"}, "order": "ignore"},
            {"name": "i", "type": {"type": "fixed", "name": "c.F", "doc": "Raw", "size": 3}, "doc": null}]}"#,
    );
    let record = root_record(&schema);
    assert!(root(&schema).attributes.is_empty());
    assert_eq!(record.doc, "What");
    let aliases: Vec<String> = record.aliases.iter().map(ToString::to_string).collect();
    assert_eq!(aliases, ["a.b.Old", "x.Older"]);
    let field = &record.fields[0];
    assert_eq!(
        (&*field.doc, &*field.aliases, field.order),
        ("Why", &["g".to_owned()][..], Order::Descending)
    );
    assert_eq!(field.default, Some(json!(1)));
    assert!(field.attributes.is_empty());
    assert_eq!(record.fields[1].order, Order::Ignore);
    let Type::Enum(kind) = &schema.node(record.fields[1].kind).kind else {
        panic!("an enum");
    };
    assert_eq!(kind.name.to_string(), "a.b.E");
    assert_eq!((&*kind.doc, kind.default.as_deref()), ("Which", Some("B")));
    let Type::Fixed(Fixed {
        name, size, doc, ..
    }) = &schema.node(record.fields[2].kind).kind
    else {
        panic!("a fixed");
    };
    assert_eq!((&*name.to_string(), *size, &**doc), ("c.F", 3, "Raw"));
}

#[test]
fn recursive_types_are_one_node() {
    let schema = read(
        r#"{"type": "record", "name": "Tree", "fields": [
            {"name": "left", "type": ["null", "Tree"], "default": null},
            {"name": "all", "type": {"type": "array", "items": "Tree"}}]}"#,
    );
    assert_eq!(schema.nodes().len(), 4);
    let Type::Array(items) = &schema.node(root_record(&schema).fields[1].kind).kind else {
        panic!("an array");
    };
    assert_eq!(*items, schema.root());
}
