//! Rules in CEL.

use serde::Serialize;
use serde_json::{Value, json};

use crate::{compiled, said};

fn field(kind: &str, expression: &str, value: impl Serialize) -> Vec<String> {
    let schema = json!({"type": "record", "name": "R", "fields": [{
        "name": "v",
        "type": serde_json::from_str::<Value>(kind).expect("JSON"),
        "confluent:rules": [{"name": "it", "expr": expression}],
    }]});
    said(&compiled(&schema.to_string()), &json!({"v": value}))
}

#[test]
fn a_field_obeys_by_true_or_an_empty_text() {
    assert_eq!(field("\"int\"", "this > 3", json!(4)), [""; 0]);
    assert_eq!(
        field("\"int\"", "this > 3", json!(3)),
        ["v: must obey this > 3 (it; it is 3)"]
    );
    let text = "this > 3 ? '' : 'is too small'";
    assert_eq!(field("\"int\"", text, json!(4)), [""; 0]);
    assert_eq!(
        field("\"int\"", text, json!(3)),
        ["v: is too small (it; it is 3)"]
    );
}

#[test]
fn null_is_skipped_and_failures_count() {
    assert_eq!(field(r#"["null","int"]"#, "this > 3", Value::Null), [""; 0]);
    let failed = field("\"string\"", "this > 3", json!("a"));
    assert!(failed[0].starts_with("v: the rule fails: "), "{failed:?}");
    let other = field("\"int\"", "this + 1", json!(1));
    assert_eq!(
        other,
        ["v: the rule yields int instead of a boolean or a text (it; it is 1)"]
    );
}

#[test]
fn numbers_are_those_of_the_schema() {
    assert_eq!(field("\"double\"", "this * 1.5 == 3.0", json!(2)), [""; 0]);
    assert_eq!(field("\"long\"", "this * 2 == 4", json!(2_u64)), [""; 0]);
    assert_eq!(
        field(r#"["null","double"]"#, "this / 2.0 == 1.5", json!(3)),
        [""; 0]
    );
    assert_eq!(
        field(r#"["int","double"]"#, "this / 2 == 1", json!(3)),
        [""; 0]
    );
}

#[test]
fn forms_of_text_are_functions_and_methods() {
    for (expression, good, bad) in [
        ("this.isEmail()", "a@b.co", "a"),
        ("isEmail(this)", "a@b.co", "a"),
        ("isHostname(this)", "example.com", "-"),
        ("this.isUri()", "https://example.com", "/a"),
        ("this.isUuid()", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "f"),
        ("this.isIpv4()", "192.0.2.1", "1"),
        ("this.isIpv6()", "::1", "1"),
        ("this.matches('^a+$')", "aa", "b"),
        ("this.lowerAscii() == 'x'", "X", "Y"),
    ] {
        assert_eq!(
            field("\"string\"", expression, json!(good)),
            [""; 0],
            "{expression}"
        );
        assert_eq!(
            field("\"string\"", expression, json!(bad)).len(),
            1,
            "{expression}"
        );
    }
}

const NESTED: &str = r#"{"type":"record","name":"Order",
  "confluent:rules":[
    {"name":"cheaper","doc":"A sale is cheaper.","expr":"this.sale < this.price"},
    {"name":"note","expr":"this.note == 'none'"},
    {"name":"other","sql":"sale < price"}],
  "fields":[
    {"name":"price","type":"double"},
    {"name":"sale","type":"double"},
    {"name":"note","type":"string","default":"none"},
    {"name":"addr","type":["null",{"type":"record","name":"Address",
       "confluent:rules":[{"name":"zip","expr":"size(this.zip) == 5"}],
       "fields":[{"name":"zip","type":"string",
          "confluent:rules":[{"name":"digits","expr":"this.matches('^[0-9]*$')"}]}]}],"default":null},
    {"name":"tags","type":{"type":"array","items":"Address"},"default":[]},
    {"name":"scores","type":{"type":"map","values":"Address"},"default":{}}]}"#;

#[derive(Serialize)]
struct Order {
    price: f64,
    sale: f64,
}

#[test]
fn records_are_held_to_theirs_wherever_they_stand() {
    let checks = compiled(NESTED);
    assert_eq!(
        said(
            &checks,
            &Order {
                price: 2.0,
                sale: 1.0
            }
        ),
        [""; 0]
    );
    let bad = json!({
        "price": 1, "sale": 2, "note": "none",
        "addr": {"zip": "1"},
        "tags": [{"zip": "12345"}, {"zip": "x2345"}],
        "scores": {"k": {"zip": "123456"}},
    });
    let mut sight = huntsman_contract::Sight::default();
    checks.check(&bad, &mut sight);
    let found: Vec<_> = sight
        .violations
        .iter()
        .map(|v| (&*v.path, &*v.rule, &*v.message))
        .collect();
    assert_eq!(
        found,
        [
            ("addr", "zip", "must obey size(this.zip) == 5"),
            (
                "tags[1].zip",
                "digits",
                "must obey this.matches('^[0-9]*$')"
            ),
            ("scores[\"k\"]", "zip", "must obey size(this.zip) == 5"),
            ("", "cheaper", "A sale is cheaper."),
        ]
    );
}
