//! Types, unions, depth, coverage.

use std::collections::BTreeMap;

use huntsman_contract::Sight;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{broken, compiled, said};

const SHOP: &str = r#"{"type":"record","name":"Shop","fields":[
  {"name":"name","type":"string"},
  {"name":"address","type":["null",{"type":"record","name":"Address","fields":[
     {"name":"city","type":["null","string"]},
     {"name":"zip","type":"string"}]}],"default":null},
  {"name":"tags","type":{"type":"array","items":"string"},"default":[]},
  {"name":"offers","type":{"type":"array","items":{"type":"record","name":"Offer","fields":[
     {"name":"price","type":["null","double"]},
     {"name":"at","type":"Address"}]}},"default":[]},
  {"name":"by_day","type":{"type":"map","values":"Offer"},"default":{}}]}"#;

#[test]
fn paths_are_those_of_the_schema() {
    let expected = [
        "name",
        "address",
        "tags",
        "offers",
        "by_day",
        "address.city",
        "address.zip",
        "offers.price",
        "offers.at",
        "by_day.price",
        "by_day.at",
        "offers.at.city",
        "offers.at.zip",
        "by_day.at.city",
        "by_day.at.zip",
    ];
    assert_eq!(compiled(SHOP).paths(), expected);
}

#[test]
fn presence_is_seen_by_path() {
    let checks = compiled(SHOP);
    let mut sight = Sight::default();
    let mut present = |item: &Value| {
        checks.check(item, &mut sight);
        assert!(sight.violations.is_empty(), "{:?}", sight.violations);
        let paths = checks.paths().iter().zip(&sight.present);
        paths
            .filter(|(_, is)| **is)
            .map(|(path, _)| path.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        present(&json!({"name": "", "tags": [], "by_day": {}})),
        [""; 0]
    );
    assert_eq!(
        present(&json!({"name": "a", "address": {"city": null, "zip": ""}, "tags": [""]})),
        ["name", "address", "tags"]
    );
    let offer = |price: Value| json!({"price": price, "at": {"city": "Ulm", "zip": ""}});
    assert_eq!(
        present(
            &json!({"name": "a", "offers": [offer(Value::Null), offer(json!(1))],
            "by_day": {"mon": offer(Value::Null)}})
        ),
        [
            "name",
            "offers",
            "by_day",
            "offers.price",
            "offers.at",
            "by_day.at",
            "offers.at.city",
            "by_day.at.city"
        ]
    );
}

#[test]
fn paths_and_values_are_shown() {
    let item = json!({
        "name": 1,
        "address": {"zip": "x".repeat(200), "city": 7},
        "tags": ["a", null],
        "offers": [{"price": "1", "at": {"zip": "1"}}],
        "by_day": {"a \"b\"": {"price": true, "at": [1]}},
        "more": {"deep": [1, 2, 3]},
    });
    assert_eq!(
        said(&compiled(SHOP), &item),
        [
            "name: must be text, not a whole number (type; it is 1)",
            "address.city: must be text, not a whole number (type; it is 7)",
            "tags[1]: must be text, not null (type; it is null)",
            "offers[0].price: must be a number, not text (type; it is \"1\")",
            "offers[0].at.city: is missing, and has no default (required)",
            "by_day[\"a \\\"b\\\"\"].price: must be a number, not a boolean (type; it is true)",
            "by_day[\"a \\\"b\\\"\"].at: must be a record Address, not a list (type; it is [1])",
            "more: is no field of the schema (additionalFields; it is {\"deep\":[1,2,3]})",
        ]
    );
}

#[test]
fn long_values_are_shortened_and_many_violations_counted() {
    let checks = compiled(r#"{"type":"array","items":{"type":"string","maxLength":3}}"#);
    let mut sight = Sight::default();
    checks.check(&vec!["x".repeat(1000); 250], &mut sight);
    assert_eq!((sight.violations.len(), sight.beyond), (100, 150));
    assert_eq!(sight.violations[0].value.chars().count(), 81);
    checks.check(&["ok"], &mut sight);
    assert_eq!((sight.violations.len(), sight.beyond), (0, 0));
}

#[test]
fn records_of_a_union_are_told_by_their_fields() {
    let schema = r#"{"type":"record","name":"R","fields":[{"name":"v","type":["null",
        {"type":"record","name":"A","fields":[{"name":"x","type":{"type":"int","minimum":1}}]},
        {"type":"record","name":"B","fields":[{"name":"x","type":{"type":"int","minimum":2}},
            {"name":"y","type":"int","default":0}]},
        {"type":"map","values":"string"}]}]}"#;
    #[derive(Serialize)]
    struct B {
        x: i32,
    }
    #[derive(Serialize)]
    enum V {
        B(BTreeMap<&'static str, i32>),
        Else(&'static str),
    }
    let checks = compiled(schema);
    let v = |value: &dyn erased_serde::Serialize| broken(&checks, &BTreeMap::from([("v", value)]));
    assert_eq!(v(&json!({"x": 1})), [""; 0]);
    assert_eq!(v(&json!({"x": 0})), ["v.x: minimum"]);
    assert_eq!(v(&json!({"x": 1, "y": 2})), ["v.x: minimum"]);
    assert_eq!(v(&B { x: 1 }), ["v.x: minimum"]);
    assert_eq!(v(&V::B(BTreeMap::from([("x", 1)]))), ["v.x: minimum"]);
    assert_eq!(v(&V::Else("text")), [""; 0]);
    assert_eq!(v(&json!({"z": "text"})), [""; 0]);
    assert_eq!(v(&json!({"z": 1})), ["v[\"z\"]: type"]);
    assert_eq!(v(&json!([1])), ["v: type"]);
}

#[test]
fn a_union_names_its_types() {
    let schema = r#"{"type":"record","name":"R","fields":[{"name":"v","type":["null","int",
        {"type":"enum","name":"a.E","symbols":["X"]}]}]}"#;
    assert_eq!(
        said(&compiled(schema), &json!({"v": "Y"})),
        ["v: must be one of null, int, a.E; is text (type; it is \"Y\")"]
    );
}

const CHAIN: &str = r#"{"type":"record","name":"N","fields":[
    {"name":"next","type":["null","N"],"default":null}]}"#;

#[test]
fn depth_has_an_end() {
    let chain = |depth| {
        (0..depth).fold(Value::Null, |inner, _| {
            Value::Object([("next".to_owned(), inner)].into_iter().collect())
        })
    };
    let checks = compiled(CHAIN);
    assert_eq!(checks.paths(), ["next"]);
    assert_eq!(broken(&checks, &chain(128)), [""; 0]);
    let deep = broken(&checks, &chain(129));
    assert_eq!(deep, [format!("{}: depth", ["next"; 128].join("."))]);
    // Beyond all stacks, were it followed; it is dropped level by level.
    let mut item = chain(100_000);
    assert_eq!(broken(&checks, &item).len(), 1);
    while let Some(next) = item.get_mut("next").map(Value::take) {
        item = next;
    }
}

#[test]
fn json_may_stand_where_text_holds_it() {
    let schema = r#"{"type":"record","name":"R","fields":[{"name":"v","type":
        {"type":"string","contentMediaType":"application/json"}}]}"#;
    let checks = compiled(schema);
    for value in [
        json!(null),
        json!("a"),
        json!(1),
        json!([1, {"a": 2}]),
        json!({"a": null}),
    ] {
        assert_eq!(broken(&checks, &json!({"v": value})), [""; 0], "{value}");
    }
}

#[test]
fn unique_values_are_told_with_their_hash() {
    let schema = r#"{"type":"record","name":"R","fields":[
        {"name":"id","type":["null","long","double"],"unique":true},
        {"name":"list","type":{"type":"array","items":{"type":"string","unique":true}}}]}"#;
    let checks = compiled(schema);
    let unique = |item: &Value| {
        let mut sight = Sight::default();
        checks.check(item, &mut sight);
        sight.unique
    };
    let one = unique(&json!({"id": 1, "list": ["a", "b"]}));
    let shown: Vec<_> = one
        .iter()
        .map(|(path, _, shown)| (*path, &**shown))
        .collect();
    assert_eq!(shown, [(0, "1"), (1, "\"a\""), (1, "\"b\"")]);
    assert_eq!(unique(&json!({"id": 1.0, "list": []}))[0].1, one[0].1);
    assert_ne!(unique(&json!({"id": 2, "list": []}))[0].1, one[0].1);
    assert_eq!(unique(&json!({"id": null, "list": []})), []);
}

#[test]
fn what_cannot_be_serialized_is_a_violation() {
    struct Broken;
    impl Serialize for Broken {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("poisoned"))
        }
    }
    let checks = compiled(
        r#"{"type":"record","name":"R","fields":[
        {"name":"a","type":"int"},{"name":"b","type":"int","minimum":5}]}"#,
    );
    #[derive(Serialize)]
    struct R {
        a: Broken,
        b: i32,
    }
    let said = said(&checks, &R { a: Broken, b: 1 });
    assert!(
        said[0].starts_with("a: cannot be read: poisoned (type"),
        "{said:?}"
    );
    assert_eq!(said[1], "b: must be at least 5 (minimum; it is 1)");
}
