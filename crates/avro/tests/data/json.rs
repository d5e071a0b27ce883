//! The JSON encoding.

use huntsman_avro::Value;

use crate::{record, schema, text};

#[test]
fn unions_name_their_branch() {
    let union = schema(
        r#"["null", "string", {"type": "enum", "name": "com.example.E", "symbols": ["A"]}, {"type": "array", "items": "int"}]"#,
    );
    let of = |index, value| Value::Union(index, Box::new(value));
    for (value, json) in [
        (of(0, Value::Null), "null"),
        (of(1, text("a\0é")), "{\"string\":\"a\\u0000é\"}"),
        (of(2, Value::Enum(0)), r#"{"com.example.E":"A"}"#),
        (of(3, Value::Array(vec![Value::Int(1)])), r#"{"array":[1]}"#),
    ] {
        assert_eq!(union.to_json(&value).unwrap(), json);
        assert_eq!(union.from_json(json).unwrap(), value);
    }
}

#[test]
fn floats_are_as_java_writes_them() {
    for (kind, value, json) in [
        (r#""float""#, Value::Float(1.1), "1.1"),
        (
            r#""float""#,
            Value::Float(f32::NEG_INFINITY),
            r#""-Infinity""#,
        ),
        (r#""double""#, Value::Double(1.0), "1.0"),
        (r#""double""#, Value::Double(f64::INFINITY), r#""Infinity""#),
        (
            r#""bytes""#,
            Value::Bytes(vec![0, 0x7f, 0x80, 0xff]),
            "\"\\u0000\u{7f}\u{80}ÿ\"",
        ),
    ] {
        let schema = schema(kind);
        assert_eq!(schema.to_json(&value).unwrap(), json);
        assert_eq!(schema.from_json(json).unwrap(), value);
    }
    assert_eq!(
        schema(r#""double""#)
            .to_json(&Value::Double(f64::NAN))
            .unwrap(),
        r#""NaN""#
    );
    assert_eq!(
        schema(r#""double""#).from_json("3").unwrap(),
        Value::Double(3.0)
    );
}

#[test]
fn what_is_no_value_is_refused_with_its_place() {
    let schema = record(
        r#"{"name": "a", "type": {"type": "array", "items": ["null", "int"]}}, {"name": "b", "type": "bytes", "default": ""}"#,
    );
    for (json, message) in [
        (
            r#"{"a": [{"int": 1}, {"long": 1}]}"#,
            r#"a[1]: an object with the keys "long" is no value of the union: null or {"int": …}"#,
        ),
        (
            r#"{"a": [1]}"#,
            r#"a[0]: 1 is no value of the union: null or {"int": …}"#,
        ),
        (
            r#"{"a": [{"int": 2147483648}]}"#,
            "a[0]: 2147483648 is no int",
        ),
        (r#"{"a": [], "b": "€"}"#, "b: \"€\" is no bytes"),
        (
            r#"{"b": ""}"#,
            "the record R needs the field `a`, which has no default",
        ),
        (
            r#"{"a": [], "c": 1}"#,
            "\"c\" is no field of the record R: is `b` meant?",
        ),
        (r"[1]", "an array is no record R"),
        (
            "{\"b\": \"\\ud800\"}",
            "not JSON: unexpected end of hex escape at line 1 column 14",
        ),
        (
            "{",
            "not JSON: EOF while parsing an object at line 1 column 1",
        ),
    ] {
        let error = schema.from_json(json).unwrap_err().to_string();
        assert!(
            error == message || (error.starts_with("not JSON") && message.starts_with("not JSON")),
            "{error} / {message}"
        );
    }
    assert_eq!(
        schema.from_json(r#"{"a": []}"#).unwrap(),
        Value::Record(vec![Value::Array(vec![]), Value::Bytes(vec![])])
    );
    assert!(
        schema
            .to_json(&Value::Int(1))
            .unwrap_err()
            .to_string()
            .contains("is no record R")
    );
}
