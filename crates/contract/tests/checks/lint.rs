//! Constraints that a new version tightens or loosens.

use huntsman_avro::AvroSchema;
use huntsman_contract::lint;

fn schema(fields: &str) -> AvroSchema {
    let text = format!(r#"{{"type":"record","name":"R","fields":[{fields}]}}"#);
    AvroSchema::parse(&text).expect("a schema")
}

fn changes(new: &str, old: &str) -> Vec<String> {
    let found = lint::changes(&schema(new), &schema(old));
    found.iter().map(ToString::to_string).collect()
}

/// A type, a constraint, a narrower one, and what is said of the step.
const STEPS: [(&str, &str, &str, &str); 10] = [
    (
        "string",
        r#""minLength":8"#,
        r#""minLength":12"#,
        "minLength 8 -> 12",
    ),
    (
        "string",
        r#""maxLength":12"#,
        r#""maxLength":8"#,
        "maxLength 12 -> 8",
    ),
    (
        "string",
        r#""x":1"#,
        r#""pattern":"a""#,
        "pattern none -> \"a\"",
    ),
    (
        "string",
        r#""x":1"#,
        r#""logicalType":"email""#,
        "logicalType none -> \"email\"",
    ),
    (
        "int",
        r#""minimum":1"#,
        r#""minimum":1.5"#,
        "minimum 1 -> 1.5",
    ),
    (
        "int",
        r#""exclusiveMaximum":9"#,
        r#""exclusiveMaximum":8"#,
        "exclusiveMaximum 9 -> 8",
    ),
    (
        "double",
        r#""multipleOf":0.1"#,
        r#""multipleOf":0.5"#,
        "multipleOf 0.1 -> 0.5",
    ),
    (
        "string",
        r#""enum":["a","b"]"#,
        r#""enum":["b"]"#,
        "enum [\"a\",\"b\"] -> [\"b\"]",
    ),
    (
        "int",
        r#""unique":false"#,
        r#""unique":true"#,
        "unique false -> true",
    ),
    (
        "int",
        r#""x":1"#,
        r#""confluent:rules":[{"name":"r","expr":"this > 1"}]"#,
        "confluent:rules none -> [{\"name\":\"r\",\"expr\":\"this > 1\"}]",
    ),
];

#[test]
fn each_word_knows_its_direction() {
    for (kind, wide, narrow, said) in STEPS {
        let field = |word| format!(r#"{{"name":"v","type":"{kind}",{word}}}"#);
        let expected = [format!("v: {said} (tightened)")];
        assert_eq!(changes(&field(narrow), &field(wide)), expected);
        let back = changes(&field(wide), &field(narrow));
        assert!(
            back.len() == 1 && back[0].ends_with("(loosened)"),
            "{back:?}"
        );
        assert_eq!(changes(&field(wide), &field(wide)), [""; 0]);
        assert_eq!(changes(&field(narrow), &field(narrow)), [""; 0]);
    }
}

#[test]
fn what_is_merely_different_counts_as_tightened() {
    let field = |word| format!(r#"{{"name":"v","type":"string",{word}}}"#);
    let pattern = changes(&field(r#""pattern":"a""#), &field(r#""pattern":"b""#));
    assert_eq!(pattern, ["v: pattern \"b\" -> \"a\" (tightened)"]);
    let chosen = changes(&field(r#""enum":["a","c"]"#), &field(r#""enum":["a","b"]"#));
    assert!(chosen[0].ends_with("(tightened)"));
}

#[test]
fn the_same_constraint_elsewhere_is_no_change() {
    let new = r#"{"name":"v","type":["null",{"type":"string","minLength":8}]}"#;
    let old = r#"{"name":"v","type":"string","minLength":8.0}"#;
    assert_eq!(changes(new, old), [""; 0]);
    let both = r#"{"name":"v","type":{"type":"string","minLength":3},"minLength":8}"#;
    assert_eq!(changes(both, old), [""; 0]);
}

#[test]
fn nested_places_and_renamed_fields_are_followed() {
    let at = |name: &str, least: u8, open: bool| {
        format!(
            r#"{{"name":"{name}","aliases":["home"],"type":{{"type":"array","items":["null",
               {{"type":"record","name":"Address","additionalFields":{open},"fields":[
                 {{"name":"zip","type":"string","minLength":{least}}},
                 {{"name":"next","type":["null","Address"],"default":null}}]}}]}}}}"#
        )
    };
    assert_eq!(
        changes(&at("addresses", 5, false), &at("home", 4, true)),
        [
            "addresses: additionalFields true -> false (tightened)",
            "addresses.zip: minLength 4 -> 5 (tightened)",
        ]
    );
    assert_eq!(
        changes(
            r#"{"name":"a","type":"int","minimum":1}"#,
            r#"{"name":"b","type":"int"}"#
        ),
        [""; 0]
    );
}
