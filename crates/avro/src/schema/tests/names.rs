//! Names: which are allowed, what they mean, and that each is there once.

use serde_json::json;

use super::{read, record, refused, root_record};
use crate::schema::AvroSchema;

#[test]
fn namespaces_are_inherited_and_names_resolved() {
    let schema = read(
        r#"{"type": "record", "name": "Top", "namespace": "a", "fields": [
            {"name": "p", "type": {"type": "record", "name": "b.Other", "namespace": "ignored", "fields": [
                {"name": "q", "type": {"type": "fixed", "name": "In", "size": 1}},
                {"name": "again", "type": "In"}]}},
            {"name": "r", "type": {"type": "fixed", "name": "In", "size": 2}},
            {"name": "bare", "type": {"type": "fixed", "name": "None", "namespace": "", "size": 4}},
            {"name": "dotted", "type": {"type": "fixed", "name": ".Dot", "size": 5}},
            {"name": "s", "type": "In"}, {"name": "t", "type": "b.In"}, {"name": "u", "type": "None"},
            {"name": "v", "type": {"type": "Dot", "doc": "may stand here"}}, {"name": "w", "type": ["null", "a.Top"]}]}"#,
    );
    let record = root_record(&schema);
    let named = |index: usize| {
        let node = schema.node(record.fields[index].kind);
        node.name().expect("a name").to_string()
    };
    let names: Vec<String> = (0..8).map(named).collect();
    assert_eq!(
        names,
        [
            "b.Other", "a.In", "None", "Dot", "a.In", "b.In", "None", "Dot"
        ]
    );
    // One node for a name, however often it is used.
    assert_eq!(record.fields[1].kind, record.fields[4].kind);
    assert_eq!(schema.find("a.In"), Some(record.fields[1].kind));
    assert_eq!(schema.find("a.Top"), Some(schema.root()));
    assert_eq!(schema.find("Top"), None);
}

#[test]
fn names_that_avro_forbids_are_refused() {
    let letters =
        "names start with A-Z, a-z or _, and go on with these and 0-9 (specification 1.12, Names)";
    for name in ["", "1a", "a-b", "a b", "é", "a\u{0}", "a..b", "a.1.b"] {
        let text = json!({"type": "fixed", "name": name, "size": 1}).to_string();
        let shown = name.replace('\u{0}', "\u{fffd}");
        refused(
            &text,
            &format!("name: a type may not be called `{shown}`: {letters}"),
        );
    }
    for name in ["", "1a", "a.b", "a-b", "naïve"] {
        let text = record(&json!({"name": name, "type": "int"}).to_string());
        refused(
            &text,
            &format!("fields[0].name: a field may not be called `{name}`: {letters}"),
        );
        let text = json!({"type": "enum", "name": "E", "symbols": ["A", name]}).to_string();
        refused(
            &text,
            &format!("symbols[1]: a symbol may not be called `{name}`: {letters}"),
        );
        let text = record(&json!({"name": "f", "type": "int", "aliases": [name]}).to_string());
        refused(
            &text,
            &format!("fields[0].aliases[0]: an alias may not be called `{name}`: {letters}"),
        );
    }
    let alias =
        json!({"type": "fixed", "name": "a.F", "aliases": ["G", "1"], "size": 1}).to_string();
    refused(
        &alias,
        &format!("aliases[1]: an alias may not be called `a.1`: {letters}"),
    );
    let reserved = "that is a primitive type (specification 1.12, Names)";
    for name in ["int", "a.string"] {
        let text = json!({"type": "fixed", "name": name, "size": 1}).to_string();
        refused(
            &text,
            &format!("name: a type may not be called `{name}`: {reserved}"),
        );
    }
    // A field or a symbol may be called so.
    read(&record(r#"{"name": "int", "type": "int"}"#));
    let long = "x".repeat(1000) + "-";
    let text = record(&json!({"name": long, "type": "int"}).to_string());
    let error = AvroSchema::parse(&text).unwrap_err().to_string();
    assert!(error.len() < 300, "{error}");
}

#[test]
fn nothing_stands_twice() {
    refused(
        &record(r#"{"name": "f", "type": "int"}, {"name": "f", "type": "long"}"#),
        "fields[1]: the field `f` is there twice: rename one of them",
    );
    refused(
        r#"{"type": "enum", "name": "E", "symbols": ["A", "A"]}"#,
        "symbols[1]: the symbol `A` is there twice: strike one out",
    );
    let fixed = r#"{"type": "fixed", "name": "F", "size": 1}"#;
    refused(
        &record(&format!(
            r#"{{"name": "a", "type": {fixed}}}, {{"name": "b", "type": {fixed}}}"#
        )),
        "fields[1].type: the type `F` is there twice: define it once, and write its name in the other place",
    );
    for (text, name, index) in [
        (r#"["int", "null", "int"]"#, "int", 2),
        (
            r#"["int", {"type": "int", "logicalType": "date"}]"#,
            "int",
            1,
        ),
        (
            r#"[{"type": "map", "values": "int"}, {"type": "map", "values": "long"}]"#,
            "map",
            1,
        ),
        (
            r#"[{"type": "fixed", "name": "F", "size": 1}, "F"]"#,
            "F",
            1,
        ),
    ] {
        refused(
            text,
            &format!(
                "[{index}]: the type `{name}` is there twice: a union has each type once, and each name once"
            ),
        );
    }
    read(
        r#"[{"type": "fixed", "name": "F", "size": 1}, {"type": "fixed", "name": "a.F", "size": 1}]"#,
    );
    for nested in [r#"["null", ["int"]]"#, r#"["null", {"type": ["int"]}]"#] {
        refused(
            nested,
            "[1]: a union may not stand directly in a union: write its types here",
        );
    }
}

#[test]
fn types_are_defined_before_they_are_named() {
    refused(
        &record(
            r#"{"name": "a", "type": "F"}, {"name": "b", "type": {"type": "fixed", "name": "F", "size": 1}}"#,
        ),
        "fields[0].type: there is no type `F`: it is defined further on; define it where it is used first, in reading order, or write its full name",
    );
}
