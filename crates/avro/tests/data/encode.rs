//! What an item may deliver for each type, and what is refused.

use std::collections::BTreeMap;

use huntsman_avro::{EncodeFault, Encoder};
use serde::{Serialize, Serializer};
use serde_json::json;

use crate::{encoded, plain, record, refusal, schema};

/// Delivers bytes as such.
struct Bytes(&'static [u8]);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

#[test]
fn numbers_stay_in_range() {
    let int = schema(r#""int""#);
    assert_eq!(
        refusal(&int, &(1_i64 << 40)),
        "the number 1099511627776 is no int"
    );
    assert_eq!(
        refusal(&int, &(i64::from(i32::MIN) - 1)),
        "the number -2147483649 is no int"
    );
    assert_eq!(refusal(&int, &1.0), "the number 1 is no int");
    assert_eq!(refusal(&int, "1"), "the text \"1\" is no int");
    let long = schema(r#""long""#);
    assert_eq!(
        refusal(&long, &u64::MAX),
        "the number 18446744073709551615 is no long"
    );
    assert_eq!(
        refusal(&long, &u128::MAX),
        format!("the number {} is no long", u128::MAX)
    );
    assert_eq!(plain(&long, &i128::from(i64::MIN)), i64::MIN.to_string());
    let float = schema(r#""float""#);
    assert!(refusal(&float, &1e39).ends_with("is no float"));
    assert_eq!(
        refusal(&float, &16_777_217),
        "the number 16777217 is no float"
    );
    assert_eq!(plain(&float, &16_777_216), "16777216.0");
    assert_eq!(plain(&float, &0.1), "0.1");
    assert_eq!(plain(&float, &f64::INFINITY), r#""Infinity""#);
    assert_eq!(plain(&float, "NaN"), r#""NaN""#);
    let double = schema(r#""double""#);
    assert_eq!(
        refusal(&double, &((1_i64 << 53) + 1)),
        "the number 9007199254740993 is no double"
    );
    assert_eq!(plain(&double, &(1_i64 << 53)), "9007199254740992.0");
    assert_eq!(plain(&double, &i128::MIN), "-1.7014118346046923e+38");
    assert_eq!(plain(&double, &0), "0.0");
}

#[test]
fn fields_come_in_any_order() {
    let schema = record(
        r#"{"name": "a", "type": "int"}, {"name": "b", "type": "string", "default": "-"},
        {"name": "c", "type": ["null", "int"], "default": null}, {"name": "d", "type": "int"}"#,
    );
    for item in [
        json!({"a": 1, "b": "x", "c": 2, "d": 3}),
        json!({"d": 3, "c": 2, "b": "x", "a": 1}),
        json!({"a": 1, "d": 3, "b": "x", "c": 2}),
        json!({"b": "x", "a": 1, "c": 2, "d": 3}),
    ] {
        assert_eq!(encoded(&schema, &item), b"\x02\x02x\x02\x04\x06", "{item}");
    }
    assert_eq!(
        encoded(&schema, &json!({"d": 3, "a": 1})),
        b"\x02\x02-\x00\x06"
    );
    assert_eq!(
        encoded(&schema, &json!({"a": 1, "d": 3})),
        b"\x02\x02-\x00\x06"
    );
}

#[derive(Serialize)]
struct Skips {
    a: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    b: Option<&'static str>,
    d: i32,
}

#[test]
fn a_skipped_field_takes_its_default() {
    let schema = record(
        r#"{"name": "a", "type": "int"}, {"name": "b", "type": "string", "default": "-"},
        {"name": "d", "type": "int"}"#,
    );
    assert_eq!(
        encoded(
            &schema,
            &Skips {
                a: 1,
                b: None,
                d: 3
            }
        ),
        b"\x02\x02-\x06"
    );
    assert_eq!(
        encoded(
            &schema,
            &Skips {
                a: 1,
                b: Some("x"),
                d: 3
            }
        ),
        b"\x02\x02x\x06"
    );
    let strict = record(
        r#"{"name": "a", "type": "int"}, {"name": "b", "type": "string"}, {"name": "d", "type": "int"}"#,
    );
    assert_eq!(
        refusal(
            &strict,
            &Skips {
                a: 1,
                b: None,
                d: 3
            }
        ),
        "the record R needs the field `b`, which has no default"
    );
}

#[test]
fn defaults_are_those_of_the_schema() {
    let schema = record(
        r#"{"name": "r", "type": {"type": "record", "name": "In", "fields": [
            {"name": "x", "type": "int", "default": 4}, {"name": "y", "type": "bytes"}]}, "default": {"y": "\u00ff"}},
        {"name": "u", "type": ["null", "string"], "default": "late"},
        {"name": "e", "type": {"type": "enum", "name": "E", "symbols": ["A", "B"]}, "default": "B"},
        {"name": "m", "type": {"type": "map", "values": "double"}, "default": {"k": 1}},
        {"name": "f", "type": "float", "default": "NaN"}"#,
    );
    assert_eq!(
        plain(&schema, &json!({})),
        r#"{"r":{"x":4,"y":"ÿ"},"u":"late","e":"B","m":{"k":1.0},"f":"NaN"}"#
    );
}

#[test]
fn fields_are_those_of_the_schema() {
    let schema =
        record(r#"{"name": "name", "type": "string"}, {"name": "n", "type": "int", "default": 0}"#);
    assert_eq!(
        refusal(&schema, &json!({"nmae": "x"})),
        "`nmae` is no field of the record R: is `name` meant?"
    );
    assert_eq!(
        refusal(&schema, &json!({"n": 1})),
        "the record R needs the field `name`, which has no default"
    );
    assert_eq!(refusal(&schema, &json!([])), "a sequence is no record R");
    assert_eq!(refusal(&schema, &()), "nothing (null) is no record R");
}

/// A struct that delivers a field twice.
struct Twice(&'static [&'static str]);

impl Serialize for Twice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|name| (name, 1)))
    }
}

#[test]
fn a_field_comes_once() {
    let schema = record(r#"{"name": "a", "type": "int"}, {"name": "b", "type": "int"}"#);
    for names in [
        &["a", "a"][..],
        &["b", "b"],
        &["b", "a", "b"],
        &["a", "b", "a"],
    ] {
        let error = refusal(&schema, &Twice(names));
        assert!(error.ends_with("is there twice"), "{names:?}: {error}");
    }
}

#[test]
fn errors_name_the_place() {
    let schema = record(
        r#"{"name": "list", "type": {"type": "array", "items": {"type": "record", "name": "P", "fields": [
            {"name": "x", "type": {"type": "map", "values": ["null", "int"]}}]}}}"#,
    );
    let item = json!({"list": [{"x": {}}, {"x": {"a b": 1, "k": "no"}}]});
    assert_eq!(
        refusal(&schema, &item),
        r#"list[1].x["k"]: the text "no" is no null or int"#
    );
    let mut out = Vec::new();
    let error = Encoder::new(&schema).encode(&item, &mut out).unwrap_err();
    assert_eq!(error.path(), r#"list[1].x["k"]"#);
    assert!(
        matches!(error.fault(), EncodeFault::Mismatch { expected, .. } if expected == "null or int")
    );
}

#[test]
fn logical_types_take_text_and_numbers() {
    for (kind, text, raw) in [
        (
            r#"{"type": "int", "logicalType": "date"}"#,
            "2026-11-24",
            json!(20_781),
        ),
        (
            r#"{"type": "int", "logicalType": "time-millis"}"#,
            "12:30:00.250",
            json!(45_000_250),
        ),
        (
            r#"{"type": "long", "logicalType": "time-micros"}"#,
            "00:00:00.000001",
            json!(1),
        ),
        (
            r#"{"type": "long", "logicalType": "timestamp-millis"}"#,
            "2026-11-24T12:30:00Z",
            json!(1_795_523_400_000_i64),
        ),
        (
            r#"{"type": "long", "logicalType": "timestamp-micros"}"#,
            "1970-01-01T00:00:00.000001Z",
            json!(1),
        ),
        (
            r#"{"type": "long", "logicalType": "timestamp-nanos"}"#,
            "1970-01-01T00:00:00.000000001Z",
            json!(1),
        ),
        (
            r#"{"type": "long", "logicalType": "local-timestamp-millis"}"#,
            "1970-01-01T00:00:01",
            json!(1000),
        ),
        (
            r#"{"type": "long", "logicalType": "local-timestamp-micros"}"#,
            "1969-12-31T23:59:59.999999",
            json!(-1),
        ),
        (
            r#"{"type": "long", "logicalType": "local-timestamp-nanos"}"#,
            "1970-01-01T00:00:01",
            json!(1_000_000_000),
        ),
    ] {
        let schema = schema(kind);
        assert_eq!(encoded(&schema, text), encoded(&schema, &raw), "{kind}");
        assert_eq!(plain(&schema, &raw), format!("\"{text}\""), "{kind}");
        assert!(
            refusal(&schema, "soon").starts_with("the text \"soon\" is no "),
            "{kind}"
        );
    }
    let date = schema(r#"{"type": "int", "logicalType": "date"}"#);
    assert_eq!(
        refusal(&date, "2026-02-30"),
        "the text \"2026-02-30\" is no date (int)"
    );
    let time = schema(r#"{"type": "int", "logicalType": "time-millis"}"#);
    assert_eq!(plain(&time, &-1), "-1");
}

#[test]
fn decimals_keep_to_scale_and_precision() {
    let price =
        schema(r#"{"type": "bytes", "logicalType": "decimal", "precision": 5, "scale": 2}"#);
    assert_eq!(encoded(&price, "12.50"), [0x04, 0x04, 0xe2]);
    assert_eq!(encoded(&price, &12.5), [0x04, 0x04, 0xe2]);
    assert_eq!(encoded(&price, &-1), [0x02, 0x9c]);
    assert_eq!(encoded(&price, &Bytes(&[0x9c])), [0x02, 0x9c]);
    assert_eq!(plain(&price, "-0.5"), r#""-0.50""#);
    assert_eq!(
        refusal(&price, "1.005"),
        "the text \"1.005\", with too many digits after the point, is no decimal(5, 2) (bytes)"
    );
    assert_eq!(
        refusal(&price, &1000),
        "the number 1000, with too many digits, is no decimal(5, 2) (bytes)"
    );
    assert_eq!(plain(&price, &0.1_f32), r#""0.10""#);
    assert!(refusal(&price, &(1.0 / 3.0)).starts_with("the number 0.3333333333333333, with "));
    assert_eq!(
        refusal(&price, &f64::NAN),
        "the number NaN is no decimal(5, 2) (bytes)"
    );
}

#[test]
fn other_logical_types() {
    let fixed = schema(
        r#"{"type": "fixed", "name": "D", "size": 4, "logicalType": "decimal", "precision": 9, "scale": 1}"#,
    );
    assert_eq!(encoded(&fixed, "-0.1"), [0xff; 4]);
    assert_eq!(encoded(&fixed, "25.6"), [0, 0, 1, 0]);
    let big = schema(r#"{"type": "bytes", "logicalType": "big-decimal"}"#);
    assert_eq!(encoded(&big, "12.50"), [0x08, 0x04, 0x04, 0xe2, 0x04]);
    assert_eq!(plain(&big, "12.50"), r#""12.50""#);
    let id = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
    let uuid = schema(r#"{"type": "string", "logicalType": "uuid"}"#);
    assert_eq!(encoded(&uuid, id).len(), 37);
    assert_eq!(
        refusal(&uuid, "f81d"),
        "the text \"f81d\" is no uuid (string)"
    );
    let uuid = schema(r#"{"type": "fixed", "name": "U", "size": 16, "logicalType": "uuid"}"#);
    assert_eq!(encoded(&uuid, id)[..2], [0xf8, 0x1d]);
    assert_eq!(plain(&uuid, id), format!("\"{id}\""));
    let duration =
        schema(r#"{"type": "fixed", "name": "L", "size": 12, "logicalType": "duration"}"#);
    assert_eq!(
        encoded(&duration, "P1M2DT3S"),
        [1, 0, 0, 0, 2, 0, 0, 0, 0xb8, 0x0b, 0, 0]
    );
    assert_eq!(plain(&duration, "P1Y2DT1M"), r#""P12M2DT60S""#);
}

#[test]
fn bytes_come_as_bytes_numbers_or_text() {
    let bytes = schema(r#""bytes""#);
    for got in [
        encoded(&bytes, &Bytes(&[0, 0xff])),
        encoded(&bytes, &vec![0_u8, 0xff]),
        encoded(&bytes, &[0_i64, 255]),
        encoded(&bytes, &json!([0, 255])),
        encoded(&bytes, "\0ÿ"),
    ] {
        assert_eq!(got, [4, 0, 0xff]);
    }
    assert_eq!(refusal(&bytes, "€"), "the text \"€\" is no bytes");
    assert_eq!(
        refusal(&bytes, &[256]),
        "[0]: the number 256 is no byte (0 to 255)"
    );
    let fixed = schema(r#"{"type": "fixed", "name": "F", "size": 2}"#);
    assert_eq!(encoded(&fixed, "aÿ"), [b'a', 0xff]);
    assert_eq!(
        refusal(&fixed, &[1_u8]),
        "a sequence of 1 bytes is no fixed F"
    );
    assert_eq!(
        refusal(&fixed, &Bytes(&[1, 2, 3])),
        "a value of 3 bytes is no fixed F"
    );
    assert_eq!(
        refusal(&schema(r#""string""#), &Bytes(b"abc")),
        "a value of 3 bytes is no string"
    );
}

#[test]
fn a_string_that_holds_json_takes_anything() {
    let schema = schema(
        r#"{"type": "record", "name": "R", "fields": [
        {"name": "raw", "type": {"type": "string", "contentMediaType": "application/json"}},
        {"name": "maybe", "type": ["null", {"type": "string", "contentMediaType": "application/json"}]}]}"#,
    );
    let item = json!({"raw": {"a": [1, null, "x"]}, "maybe": null});
    let raw = br#"{"a":[1,null,"x"]}"#;
    let bytes = [&[36][..], raw, &[0]].concat();
    assert_eq!(encoded(&schema, &item), bytes);
    assert_eq!(plain(&schema, &item), item.to_string());
    let item = json!({"raw": "text", "maybe": [true]});
    assert_eq!(encoded(&schema, &item), b"\x0c\"text\"\x02\x0c[true]");
    assert_eq!(plain(&schema, &item), item.to_string());
}

#[test]
fn sequences_and_maps_may_not_know_their_length() {
    struct Unknown;
    impl Serialize for Unknown {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq((0..100).filter(|n| n % 2 == 0))
        }
    }
    let ints = schema(r#"{"type": "array", "items": "int"}"#);
    assert_eq!(
        encoded(&ints, &Unknown),
        encoded(&ints, &(0..100).step_by(2).collect::<Vec<_>>())
    );
    assert_eq!(encoded(&ints, &(1, 2)), [4, 2, 4, 0]);
    let map = schema(r#"{"type": "map", "values": "int"}"#);
    assert_eq!(encoded(&map, &BTreeMap::from([(7, 1)])), [2, 2, b'7', 2, 0]);
    assert_eq!(
        encoded(
            &map,
            &Skips {
                a: 1,
                b: None,
                d: 3
            }
        ),
        b"\x04\x02a\x02\x02d\x06\x00"
    );
    assert_eq!(
        refusal(&map, &BTreeMap::from([((), 1)])),
        "nothing (null) is no key: text, an integer or a boolean is one"
    );
}

#[test]
fn what_stands_too_deep_is_refused() {
    let list = record(r#"{"name": "next", "type": ["null", "R"]}"#);
    let chain = |length| (0..length).fold(json!(null), |next, _| json!({"next": next}));
    let bytes = encoded(&list, &chain(128));
    assert!(list.decode(&bytes).is_ok());
    assert!(refusal(&list, &chain(129)).ends_with("more than 128 deep within each other"));
}

#[test]
fn an_item_says_itself_what_is_wrong() {
    struct Wrong;
    impl Serialize for Wrong {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("the lock is poisoned"))
        }
    }
    let ints = schema(r#"{"type": "array", "items": "int"}"#);
    assert_eq!(refusal(&ints, &[Wrong]), "[0]: the lock is poisoned");
}
