//! How much is read.

use super::{read, record, root_record};
use crate::schema::{AvroSchema, MAX_TEXT, SchemaError};

#[test]
fn depth_and_length_have_limits() {
    let nested = |depth: usize| {
        r#"{"type": "array", "items": "#.repeat(depth) + "\"int\"" + &"}".repeat(depth)
    };
    read(&nested(63));
    let error = AvroSchema::parse(&nested(64)).unwrap_err();
    assert!(matches!(error, SchemaError::TooDeep { .. }), "{error}");
    for text in [
        nested(1000),
        "[".repeat(1_000_000),
        "{\"a\":".repeat(1_000_000),
    ] {
        let error = AvroSchema::parse(&text).unwrap_err();
        assert!(matches!(error, SchemaError::TooDeep { .. }), "{error}");
    }
    let error = AvroSchema::parse(&" ".repeat(MAX_TEXT + 1)).unwrap_err();
    assert_eq!(
        error,
        SchemaError::TooLong {
            bytes: MAX_TEXT + 1
        }
    );
}

#[test]
fn ten_megabytes_are_read() {
    let doc = "what it is for ".repeat(15);
    let text = |last: &str| {
        let field = |n: usize, kind: &str| {
            format!(
                r#"{{"name": "f{n}", "doc": "{doc}", "type": ["null", "{kind}"], "default": null}}"#
            )
        };
        let fields: Vec<String> = (0..35_000).map(|n| field(n, "int")).collect();
        record(&format!("{}, {}", fields.join(","), field(35_000, last)))
    };
    let good = text("int");
    assert!(good.len() > 10_000_000);
    let schema = read(&good);
    assert_eq!(root_record(&schema).fields.len(), 35_001);
    assert_eq!(schema.canonical_form().matches("\"int\"").count(), 35_001);
    let error = AvroSchema::parse(&text("in")).unwrap_err().to_string();
    assert_eq!(
        error,
        "fields[35000].type[1]: there is no type `in`: did you mean `int`?"
    );
}
