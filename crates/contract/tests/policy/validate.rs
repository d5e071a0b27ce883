//! Files are held to a schema.

use huntsman_contract::documents::Documents;
use huntsman_contract::validate::{Summary, Unread, Validation, json as items};
use huntsman_contract::{AvroSchema, Checks};

const SCHEMA: &str = r#"{"type": "record", "name": "User", "fields": [
    {"name": "name", "type": "string", "minLength": 2},
    {"name": "age", "type": ["null", "int"], "default": null, "minimum": 13},
    {"name": "id", "type": ["null", "long"], "default": null, "unique": true}
]}"#;

fn checks() -> Checks {
    Checks::compile(&AvroSchema::parse(SCHEMA).unwrap()).unwrap()
}

/// A line for each bad item, and the summary.
fn validate(text: &[u8]) -> (Vec<String>, Summary) {
    let checks = checks();
    let mut validation = Validation::new(&checks, items(Documents::new(text)));
    let lines = validation
        .by_ref()
        .map(|bad| bad.map_or_else(|error| error.to_string(), |bad| bad.to_string()))
        .collect();
    (lines, validation.summary().clone())
}

#[test]
fn each_bad_item_is_one_line() {
    let text = concat!(
        "{\"name\": \"Ann\", \"age\": 14, \"id\": 1}\n",
        "{\"name\": \"B\", \"age\": 12}\n",
        "\n",
        "{\"name\": \"Cleo\", \"id\": 1}\n",
        "{\"name\": \"Dan\", \"extra\": \"a\\u001b[31m\\nb\\u0000\"}\n",
        "not json\n",
        "{\"age\": 12}\n",
        "7\n",
        "{\"name\": \"a\\u0000b\"}\n",
    );
    let (lines, summary) = validate(text.as_bytes());
    assert_eq!(
        lines,
        [
            "item 2: name: must have at least 2 characters, has 1 (minLength; it is \"B\"); age: must be at least 13 (minimum; it is 12)",
            "item 3: id: must be unique, and another item has this value (unique; it is 1)",
            "item 4: extra: is no field of the schema (additionalFields; it is \"a\\u001b[31m\\nb\\u0000\")",
            "item 5: the item: line 6: column 2: expected ident (readable)",
            "item 6: age: must be at least 13 (minimum; it is 12); name: is missing, and has no default (required)",
            "item 7: the item: must be a record User, not a whole number (type; it is 7)",
        ]
    );
    assert_eq!((summary.items, summary.bad), (8, 6));
    assert_eq!(summary.rules["age minimum"], 2);
    assert_eq!(summary.rules["readable"], 1);
}

#[test]
fn an_array_is_checked_like_lines() {
    let (lines, summary) =
        validate(b"[\n{\"name\": \"Ann\"},\n{\"name\": NaN},\n{\"name\": \"x\"}]");
    assert_eq!(
        lines,
        [
            "item 2: the item: line 3: column 10: expected value: JSON has no NaN and no infinity; write null (readable)",
            "item 3: name: must have at least 2 characters, has 1 (minLength; it is \"x\")",
        ]
    );
    assert_eq!((summary.items, summary.bad), (3, 2));
    assert_eq!(validate(b""), (Vec::new(), Summary::default()));
}

#[test]
fn many_violations_are_still_one_line() {
    let schema = r#"{"type": "array", "items": "int"}"#;
    let checks = Checks::compile(&AvroSchema::parse(schema).unwrap()).unwrap();
    let texts = vec!["x"; 250];
    let mut validation = Validation::new(&checks, [Ok(&texts)].into_iter());
    let bad = validation.next().unwrap().unwrap();
    let line = bad.to_string();
    assert!(line.starts_with("item 1: [0]: must be an int"), "{line}");
    assert!(line.ends_with("; and 245 more"), "{line}");
    assert_eq!(validation.summary().rules["type"], 1);
}

#[test]
fn an_item_of_50_mb_is_an_item() {
    let long = "é".repeat(25 << 20);
    let text = format!("{{\"name\": \"{long}\", \"age\": 1}}\n{{\"name\": \"Ann\"}}\n");
    let (lines, summary) = validate(text.as_bytes());
    assert_eq!(
        lines,
        ["item 1: age: must be at least 13 (minimum; it is 1)"]
    );
    assert_eq!((summary.items, summary.bad), (2, 1));
}

#[test]
fn an_input_that_fails_ends_it() {
    let checks = checks();
    let gone = || Err(Unread::Input("the file is gone".to_owned()));
    let item = || Ok(serde_json::json!({"name": "Ann"}));
    let mut validation = Validation::new(&checks, [item(), gone(), item()].into_iter());
    let error = validation.next().unwrap().unwrap_err();
    assert_eq!(error.to_string(), "item 2 cannot be read: the file is gone");
    assert!(validation.next().is_none());
    assert_eq!(
        (validation.summary().items, validation.summary().bad),
        (1, 0)
    );
}

#[test]
fn floats_that_json_does_not_know_are_checked_too() {
    let schema = r#"{"type": "record", "name": "R", "fields": [{"name": "n", "type": "double", "minimum": 0}]}"#;
    let checks = Checks::compile(&AvroSchema::parse(schema).unwrap()).unwrap();
    let item = |n: f64| Ok::<_, Unread>(std::collections::BTreeMap::from([("n", n)]));
    let of = [
        item(f64::NAN),
        item(1.0),
        item(f64::NEG_INFINITY),
        item(f64::INFINITY),
    ];
    let validation = Validation::new(&checks, of.into_iter());
    let numbers: Vec<_> = validation.map(|bad| bad.unwrap().number).collect();
    assert_eq!(numbers[..2], [1, 3]);
}
