//! What is said of a pair that does not fit.

use huntsman_avro::compat::{IncompatibilityKind as Kind, MAX_TOLD, can_read};

use crate::rows::{found, read, record};

#[test]
fn messages_say_what_would_mend_it() {
    let told = |reader: &str, writer: &str| -> String {
        can_read(&read(reader), &read(writer)).unwrap_err()[0].to_string()
    };
    let nested = |inner: &str| {
        record(&format!(
            r#"{{"name": "address", "type": ["null", {{"type": "record", "name": "Address", "fields": [{inner}]}}]}}"#
        ))
    };
    assert_eq!(
        told(
            &nested(r#"{"name": "zip", "type": "int"}"#),
            &nested(r#"{"name": "zip", "type": "string"}"#)
        ),
        "/fields/0/type/1: field `address`: no branch of the reader's union reads the record `Address` \
         (/fields/0/type: field `zip`: int does not read string)"
    );
    let flat = |inner: &str| {
        record(&format!(
            r#"{{"name": "address", "type": {{"type": "record", "name": "Address", "fields": [{inner}]}}}}"#
        ))
    };
    assert_eq!(
        told(&flat(r#"{"name": "zip", "type": "int"}"#), &flat("")),
        "/fields/0/type/fields/0: field `address.zip`: the writer lacks the field: give it a default"
    );
    let kind = |symbols: &str| format!(r#"{{"type": "enum", "name": "E", "symbols": {symbols}}}"#);
    assert_eq!(
        told(
            &kind(r#"["A"]"#),
            &kind(r#"["A", "B", "C", "D", "E", "F", "G", "H"]"#)
        ),
        "/symbols: `E` lacks B, C, D, E, F and 2 more: keep them, or give the enum a default"
    );
}

#[test]
fn types_may_lead_far_into_each_other() {
    // Flat in the text, but each type holds the one before, and only the last is compared.
    let chain = |length: usize, first: &str| {
        let mut fields = vec![format!(
            r#"{{"name": "{first}0", "default": {{}}, "type": {{"type": "record", "name": "R0", "fields": []}}}}"#
        )];
        for n in 1..length {
            fields.push(format!(
                r#"{{"name": "{first}{n}", "default": null, "type": ["null", {{"type": "record", "name": "R{n}", "fields": [
                    {{"name": "in", "type": "R{}"}}]}}]}}"#,
                n - 1
            ));
        }
        record(&format!(
            r#"{}, {{"name": "all", "type": "R{}"}}"#,
            fields.join(","),
            length - 1
        ))
    };
    assert_eq!(
        found(&read(&chain(200, "x")), &read(&chain(200, "y"))),
        [""; 0]
    );
    let found = can_read(&read(&chain(5000, "x")), &read(&chain(5000, "y"))).unwrap_err();
    assert_eq!(found[0].kind, Kind::TooDeep);
    let long = read(&chain(5000, "x"));
    assert_eq!(long.canonical_form().matches("\"in\"").count(), 4999);

    // Each type holds two of the one before: twice as many faults each time, told a hundred times.
    let mut inner = r#"{"type": "fixed", "name": "F", "size": 1}"#.to_owned();
    let mut last = "F".to_owned();
    for n in 0..30 {
        inner = format!(
            r#"{{"type": "record", "name": "R{n}", "fields": [{{"name": "a", "type": {inner}}}, {{"name": "b", "type": "{last}"}}]}}"#
        );
        last = format!("R{n}");
    }
    let other = inner.replace("\"size\": 1", "\"size\": 2");
    let found = can_read(&read(&inner), &read(&other)).unwrap_err();
    assert_eq!(found.len(), MAX_TOLD);
}
