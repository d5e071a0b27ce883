//! Defaults: which value is one of which type.

use serde_json::json;

use super::{defaulted, read, record, refused};
use crate::schema::{AvroSchema, SchemaError};

const ACCEPTED: [(&str, &str); 19] = [
    ("\"null\"", "null"),
    ("\"boolean\"", "true"),
    ("\"int\"", "-2147483648"),
    ("\"long\"", "9223372036854775807"),
    ("\"float\"", "1"),
    ("\"float\"", "3.4e38"),
    ("\"double\"", "\"NaN\""),
    ("\"double\"", "1e308"),
    ("\"string\"", "\"é\u{1f600}\""),
    ("\"bytes\"", "\"\\u0000\\u00ff\""),
    (
        r#"{"type": "fixed", "name": "F", "size": 2}"#,
        "\"\\u00ffa\"",
    ),
    (
        r#"{"type": "enum", "name": "E", "symbols": ["A"]}"#,
        "\"A\"",
    ),
    (r#"{"type": "array", "items": "int"}"#, "[1, 2]"),
    (r#"{"type": "map", "values": "int"}"#, r#"{"a": 1}"#),
    // Any branch, since 1.12.
    (r#"["null", "string"]"#, "\"x\""),
    (r#"["null", "string"]"#, "null"),
    (
        r#"[{"type": "array", "items": ["int", "null"]}, "null"]"#,
        "[null, 1]",
    ),
    (
        r#"{"type": "record", "name": "I", "fields": [{"name": "a", "type": "int"}, {"name": "b", "type": "int", "default": 2}]}"#,
        r#"{"a": 1}"#,
    ),
    (r#"["null", "R"]"#, "null"),
];

const REFUSED: [(&str, &str); 18] = [
    ("\"null\"", "0"),
    ("\"boolean\"", "0"),
    ("\"int\"", "2147483648"),
    ("\"int\"", "1.0"),
    ("\"int\"", "\"1\""),
    ("\"long\"", "9223372036854775808"),
    ("\"float\"", "1e300"),
    ("\"float\"", "\"nan\""),
    ("\"double\"", "null"),
    ("\"string\"", "5"),
    ("\"bytes\"", "\"\\u0100\""),
    (r#"{"type": "fixed", "name": "F", "size": 2}"#, "\"a\""),
    (
        r#"{"type": "enum", "name": "E", "symbols": ["A"]}"#,
        "\"B\"",
    ),
    (r#"{"type": "array", "items": "int"}"#, "[1, null]"),
    (r#"{"type": "map", "values": "int"}"#, "[]"),
    (r#"["null", "string"]"#, "5"),
    (
        r#"{"type": "record", "name": "I", "fields": [{"name": "a", "type": "int"}]}"#,
        "{}",
    ),
    (
        r#"{"type": "record", "name": "I", "fields": [{"name": "a", "type": "int"}]}"#,
        r#"{"a": 1, "b": 2}"#,
    ),
];

#[test]
fn defaults_are_values_of_their_type() {
    for (kind, default) in ACCEPTED {
        read(&defaulted(kind, default));
    }
    for (kind, default) in REFUSED {
        let error = AvroSchema::parse(&defaulted(kind, default)).expect_err(default);
        assert!(matches!(error, SchemaError::Default { .. }), "{error}");
    }
}

#[test]
fn defaults_that_never_end_are_refused() {
    refused(
        &defaulted("\"R\"", "{}"),
        "fields[0].default.f: {} is no default for this field: by fields that it leaves out it contains itself",
    );
    // Two of the next, thirty times: a thousand million values.
    let mut inner = r#"{"type": "record", "name": "R0", "fields": []}"#.to_owned();
    for level in 1..=30 {
        inner = format!(
            r#"{{"type": "record", "name": "R{level}", "fields": [
                {{"name": "a", "type": {inner}, "default": {{}}}}, {{"name": "b", "type": "R{}", "default": {{}}}}]}}"#,
            level - 1
        );
    }
    let error = AvroSchema::parse(&inner).unwrap_err().to_string();
    assert!(
        error.ends_with("it stands for more than 100000 values"),
        "{error}"
    );
    // A chain, flat in the text: each leads to the one before.
    let chain = |length: usize| {
        let mut fields = vec![
            r#"{"name": "f0", "type": {"type": "record", "name": "R0", "fields": []}}"#.to_owned(),
        ];
        for level in 1..length {
            fields.push(format!(
                r#"{{"name": "f{level}", "type": {{"type": "record", "name": "R{level}", "fields": [
                    {{"name": "a", "type": "R{}", "default": {{}}}}]}}}}"#,
                level - 1
            ));
        }
        fields
    };
    read(&record(&chain(120).join(",")));
    let error = AvroSchema::parse(&record(&chain(10_000).join(","))).unwrap_err();
    let error = error.to_string();
    assert!(
        error.starts_with("fields[129].type.fields[0].default: {} is no default"),
        "{error}"
    );
    assert!(error.ends_with("values stand too deep in it"), "{error}");
    // The same in a reference, with a default in the text itself.
    let named = read(&record(&chain(120).join(",")));
    let text = defaulted("\"R119\"", "{}").replace("\"R\"", "\"S\"");
    AvroSchema::parse_with(&text, &[named]).unwrap();
}

#[test]
fn is_default_asks_for_one_type() {
    let schema = read(r#"["null", {"type": "array", "items": "int"}]"#);
    assert!(schema.is_default(schema.root(), &json!([1])));
    assert!(!schema.is_default(schema.root(), &json!(["1"])));
}

#[test]
fn unions_within_unions_end() {
    // At each level two records may be meant, and what is wrong is at the bottom.
    let both = r#"[{"type": "record", "name": "A", "fields": [{"name": "x", "type": ["null", "A",
        {"type": "record", "name": "B", "fields": [{"name": "x", "type": ["null", "A", "B"]}]}]}]}, "B"]"#;
    let value = r#"{"x": "#.repeat(60) + "5" + &"}".repeat(60);
    let error = AvroSchema::parse(&defaulted(both, &value)).unwrap_err();
    assert!(matches!(error, SchemaError::Default { .. }), "{error}");
    read(&defaulted(both, &value.replace('5', "null")));
}
