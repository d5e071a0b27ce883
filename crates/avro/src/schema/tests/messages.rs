//! Errors: one line that says where, what is wrong and what to do.

use super::{defaulted, record, refused};

fn field(kind: &str) -> String {
    record(&format!(r#"{{"name": "f", "type": {kind}}}"#))
}

#[test]
fn what_is_no_json() {
    refused("", "not JSON: line 1, column 0: EOF while parsing a value");
    refused(
        "{\n \"type\": }",
        "not JSON: line 2, column 10: expected value",
    );
    refused(
        r#""\ud800""#,
        "not JSON: line 1, column 8: unexpected end of hex escape",
    );
    refused(
        "\"int\" 5",
        "not JSON: line 1, column 7: trailing characters",
    );
    refused("1e999", "not JSON: line 1, column 5: number out of range");
}

#[test]
fn what_is_no_type() {
    let shapes = "write a name, an object with `type`, or an array of types";
    refused("5", &format!("schema: 5 is no type: {shapes}"));
    refused(
        &field("null"),
        &format!("fields[0].type: null is no type: {shapes}"),
    );
    refused(
        "{}",
        r#"schema: a type needs `type`: `{"type": "string"}`, for one"#,
    );
    for (kind, message) in [
        (
            r#"{"type": "array"}"#,
            "an array needs `items`, the type of what is in it",
        ),
        (
            r#"{"type": "map"}"#,
            "a map needs `values`, the type of what is in it",
        ),
        (
            r#"{"type": "R", "minLength": 1}"#,
            "`minLength` stands beside the name of a type that is defined elsewhere: write it there, or on the field",
        ),
        (
            r#"{"type": {"type": "int", "minimum": 1}, "minimum": 2}"#,
            "the word `minimum` is there twice: it stands in the inner object too: keep one",
        ),
    ] {
        refused(&field(kind), &format!("fields[0].type: {message}"));
    }
}

#[test]
fn names_that_are_not_known() {
    for (name, hint) in [
        ("strin", "did you mean `string`?"),
        ("Integer", "did you mean `int`?"),
        ("r", "did you mean `R`?"),
        ("date", r#"write {"type": "int", "logicalType": "date"}"#),
        ("array", r#"write {"type": "array", "items": …}"#),
    ] {
        refused(
            &field(&format!("\"{name}\"")),
            &format!("fields[0].type: there is no type `{name}`: {hint}"),
        );
    }
    refused(
        &field(r#"{"type": "array", "items": {"type": "map", "values": ["null", "nul"]}}"#),
        "fields[0].type.items.values[1]: there is no type `nul`: did you mean `null`?",
    );
}

#[test]
fn what_named_types_need() {
    for (kind, message) in [
        (
            r#""record", "name": "R""#,
            "the record `R` needs `fields`, an array (it may be empty)",
        ),
        (
            r#""record", "fields": []"#,
            "this record needs `name`, a text",
        ),
        (
            r#""enum", "name": "E""#,
            "the enum `E` needs `symbols`, an array of names",
        ),
        (
            r#""enum", "name": "E", "symbols": [1]"#,
            "`symbols` is an array of texts",
        ),
        (
            r#""fixed", "name": "F", "namespace": 1, "size": 2"#,
            "`namespace` is a text: `\"com.example\"`",
        ),
        (
            r#""fixed", "name": "F", "aliases": "G", "size": 2"#,
            "`aliases` is an array of texts",
        ),
    ] {
        refused(
            &format!(r#"{{"type": {kind}}}"#),
            &format!("schema: {message}"),
        );
    }
    for size in ["-1", "2147483648", "1.5", "\"3\"", "null"] {
        refused(
            &format!(r#"{{"type": "fixed", "name": "F", "size": {size}}}"#),
            "schema: the fixed `F` needs `size`, its number of bytes, from 0 to 2147483647",
        );
    }
}

#[test]
fn what_fields_need() {
    for (field, message) in [
        (
            "7",
            r#"a field is an object with `name` and `type`: `{"name": "age", "type": "int"}`"#,
        ),
        (r#"{"type": "int"}"#, "a field needs `name`, a text"),
        (r#"{"name": "f"}"#, "the field `f` needs `type`"),
        (
            r#"{"name": "f", "type": "int", "order": "up"}"#,
            "`order` is \"ascending\", \"descending\" or \"ignore\", not \"up\"",
        ),
        (
            r#"{"name": "f", "type": "int", "doc": 5}"#,
            "`doc` is a text",
        ),
    ] {
        refused(&record(field), &format!("fields[0]: {message}"));
    }
}

#[test]
fn what_defaults_should_be() {
    refused(
        r#"{"type": "enum", "name": "E", "symbols": ["A"], "default": "B"}"#,
        "default: \"B\" is no default for the enum `E`: write one of its symbols",
    );
    let whole = "int: write a whole number of 32 bits";
    refused(
        &defaulted("\"int\"", "\"five\""),
        &format!("fields[0].default: \"five\" is no default for {whole}"),
    );
    refused(
        &defaulted(r#"{"type": "array", "items": "int"}"#, "[1, \"2\"]"),
        &format!("fields[0].default[1]: \"2\" is no default for {whole}"),
    );
    refused(
        &defaulted(r#"["null", "int"]"#, "\"\""),
        &format!(
            "fields[0].default: \"\" is no default for this union: null: write null or {whole}"
        ),
    );
    let inner =
        r#"["null", {"type": "record", "name": "I", "fields": [{"name": "a", "type": "int"}]}]"#;
    refused(
        &defaulted(inner, r#"{"a": "x"}"#),
        &format!("fields[0].default.a: \"x\" is no default for {whole}"),
    );
}
