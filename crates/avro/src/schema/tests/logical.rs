//! Logical types: valid on their base alone, attributes otherwise.

use super::{read, root};
use crate::schema::LogicalType as L;

/// What stands after `type`, and the logical type that it makes.
const VALID: [(&str, L); 17] = [
    (r#""int", "logicalType": "date""#, L::Date),
    (r#""int", "logicalType": "time-millis""#, L::TimeMillis),
    (r#""long", "logicalType": "time-micros""#, L::TimeMicros),
    (
        r#""long", "logicalType": "timestamp-millis""#,
        L::TimestampMillis,
    ),
    (
        r#""long", "logicalType": "timestamp-micros""#,
        L::TimestampMicros,
    ),
    (
        r#""long", "logicalType": "timestamp-nanos""#,
        L::TimestampNanos,
    ),
    (
        r#""long", "logicalType": "local-timestamp-millis""#,
        L::LocalTimestampMillis,
    ),
    (
        r#""long", "logicalType": "local-timestamp-micros""#,
        L::LocalTimestampMicros,
    ),
    (
        r#""long", "logicalType": "local-timestamp-nanos""#,
        L::LocalTimestampNanos,
    ),
    (r#""string", "logicalType": "uuid""#, L::Uuid),
    (r#""bytes", "logicalType": "big-decimal""#, L::BigDecimal),
    (
        r#""fixed", "name": "F", "size": 16, "logicalType": "uuid""#,
        L::Uuid,
    ),
    (
        r#""fixed", "name": "F", "size": 12, "logicalType": "duration""#,
        L::Duration,
    ),
    (
        r#""bytes", "logicalType": "decimal", "precision": 9, "scale": 2"#,
        L::Decimal {
            precision: 9,
            scale: 2,
        },
    ),
    (
        r#""bytes", "logicalType": "decimal", "precision": 9"#,
        L::Decimal {
            precision: 9,
            scale: 0,
        },
    ),
    (
        r#""fixed", "name": "F", "size": 4, "logicalType": "decimal", "precision": 9, "scale": 9"#,
        L::Decimal {
            precision: 9,
            scale: 9,
        },
    ),
    (
        r#""fixed", "name": "F", "size": 16, "logicalType": "decimal", "precision": 38"#,
        L::Decimal {
            precision: 38,
            scale: 0,
        },
    ),
];

const INVALID: [&str; 15] = [
    r#""long", "logicalType": "date""#,
    r#""int", "logicalType": "timestamp-millis""#,
    r#""string", "logicalType": "decimal", "precision": 2"#,
    r#""bytes", "logicalType": "uuid""#,
    r#""fixed", "name": "F", "size": 15, "logicalType": "uuid""#,
    r#""fixed", "name": "F", "size": 13, "logicalType": "duration""#,
    r#""fixed", "name": "F", "size": 4, "logicalType": "decimal", "precision": 10"#,
    r#""fixed", "name": "F", "size": 0, "logicalType": "decimal", "precision": 1"#,
    r#""bytes", "logicalType": "decimal""#,
    r#""bytes", "logicalType": "decimal", "precision": 0"#,
    r#""bytes", "logicalType": "decimal", "precision": 2, "scale": 3"#,
    r#""bytes", "logicalType": "decimal", "precision": 2, "scale": -1"#,
    r#""bytes", "logicalType": "decimal", "precision": "2""#,
    r#""string", "logicalType": "email""#,
    r#""string", "logicalType": 7"#,
];

#[test]
fn valid_ones_are_no_attributes() {
    for (words, logical) in VALID {
        let schema = read(&format!(r#"{{"type": {words}, "x": 1}}"#));
        assert_eq!(root(&schema).logical, Some(logical), "{words}");
        let left: Vec<&String> = root(&schema).attributes.keys().collect();
        assert_eq!(left, ["x"], "{words}");
    }
}

#[test]
fn invalid_ones_are_attributes_with_all_their_words() {
    for words in INVALID {
        let schema = read(&format!(r#"{{"type": {words}, "x": 1}}"#));
        assert_eq!(root(&schema).logical, None, "{words}");
        for word in ["logicalType", "precision", "scale", "x"] {
            let said = word == "x" || words.contains(word);
            assert_eq!(root(&schema).attributes.contains_key(word), said, "{words}");
        }
    }
}

#[test]
fn the_outer_object_may_give_it() {
    let schema = read(r#"{"type": {"type": "int", "x": 1}, "logicalType": "date"}"#);
    assert_eq!(root(&schema).logical, Some(L::Date));
    assert_eq!(root(&schema).attributes.len(), 1);
}
