//! What is found out before the first request.

use std::sync::Arc;

use huntsman_contract::AvroSchema;
use huntsman_contract::policy::{ItemContract, Policy};
use huntsman_core::{Attribute, Contract as _, Field, Kind, Schema};
use serde_json::json;

use crate::{Loose, open, policy, source, told};

static QUOTE: Schema = Schema::new(
    "Quote",
    &[
        Field::new("text", Kind::Text),
        Field::new("price", Kind::Text),
    ],
);
static AUTHOR: Schema = Schema::new("Author", &[Field::new("name", Kind::Text)]);
static BOTH: &[&Schema] = &[&QUOTE, &AUTHOR];
static ONE: &[&Schema] = &[&QUOTE];

const UNION: &str = r#"[
    {"type": "record", "name": "Quote", "namespace": "a", "fields": [
        {"name": "text", "type": "string"}, {"name": "price", "type": "string"}]},
    {"type": "record", "name": "Person", "aliases": ["Author"], "fields": [{"name": "name", "type": "string"}]},
    {"type": "record", "name": "Unused", "fields": []}
]"#;

fn from_file(schema: &str, policy: Policy) -> ItemContract {
    ItemContract::with_schema(&AvroSchema::parse(schema).unwrap(), policy).unwrap()
}

fn problems(contract: &ItemContract, items: &'static [&'static Schema]) -> Vec<String> {
    let problems = contract.bind(items).unwrap_err();
    problems.lines().map(str::to_owned).collect()
}

#[test]
fn types_are_matched_to_records_by_name() {
    from_file(UNION, Policy::default()).bind(BOTH).unwrap();
    let one = r#"{"type": "record", "name": "Anything", "fields": [
        {"name": "price", "type": "string"}, {"name": "text", "type": "string"}]}"#;
    from_file(one, Policy::default()).bind(ONE).unwrap();
    assert_eq!(
        problems(&from_file(one, Policy::default()), BOTH),
        [
            "the spider yields `Quote`, and the schema has `Anything`: give a record of the schema that name, or an alias of that name",
            "the spider yields `Author`, and the schema has `Anything`: give a record of the schema that name, or an alias of that name",
        ]
    );
}

#[test]
fn what_can_never_obey_is_told_line_by_line() {
    let schema = UNION
        .replace(r#""price", "type": "string""#, r#""price", "type": "int""#)
        .replace(
            r#"{"name": "name", "type": "string"}"#,
            r#"{"name": "born", "type": "string"}"#,
        );
    let told = problems(&from_file(&schema, Policy::default()), BOTH);
    assert_eq!(
        told,
        [
            "`Quote.price` is text, and the schema wants int: change one of them, or set `coerce`",
            "`Author.born` is missing, and the schema has no default for it: add the field to `Author`, or a `default` to the schema",
            "`Author.name` is not in the schema: add it to `Person` there, or remove it from the item",
        ]
    );
    let coerced = problems(&from_file(&schema, policy(json!({"coerce": true}))), BOTH);
    assert_eq!(coerced, told[1..]);
}

#[test]
fn a_schema_has_to_be_of_records() {
    for (schema, problem) in [
        (
            r#""string""#,
            "items are records, and the schema is of type string: it has to be a record, or a union of records",
        ),
        (
            r#"["null", {"type": "record", "name": "R", "fields": []}]"#,
            "items are records, and the schema is a union with null in it: it has to be a record, or a union of records",
        ),
    ] {
        let schema = AvroSchema::parse(schema).unwrap();
        let error = ItemContract::with_schema(&schema, Policy::default()).unwrap_err();
        assert_eq!(error.to_string(), problem);
    }
}

#[test]
fn choices_of_what_nobody_knows_are_refused() {
    let contract = from_file(
        UNION,
        policy(json!({"rules": {
            "minLenght": "warn", "prise": "drop", "Quote.text:maximun": "mark", "text:minLength": "warn"
        }})),
    );
    assert_eq!(
        problems(&contract, BOTH),
        [
            "rules: `Quote.text:maximun`: there is no rule `maximun`; did you mean `maximum`?",
            "rules: `minLenght`: there is no rule or path `minLenght`; did you mean `minLength`?",
            "rules: `prise`: there is no rule or path `prise`; did you mean `price`?",
        ]
    );
    let bad = serde_json::from_value::<Policy>(json!({"invalid": "warn", "rule": {}})).unwrap_err();
    assert!(bad.to_string().contains("unknown field `rule`"), "{bad}");
    let bad = serde_json::from_value::<Policy>(json!({"invalid": "ignore"})).unwrap_err();
    assert!(
        bad.to_string().contains("unknown variant `ignore`"),
        "{bad}"
    );
}

#[test]
fn names_of_rules_in_cel_may_be_chosen() {
    let schema = r#"{"type": "record", "name": "Quote",
        "confluent:rules": [{"name": "cheap enough", "expr": "this.price != '9'"}],
        "fields": [{"name": "text", "type": "string"}, {"name": "price", "type": "string"}]}"#;
    let rules = policy(json!({"rules": {"cheap enough": "warn"}}));
    let contract = from_file(schema, rules.clone());
    contract.bind(ONE).unwrap();
    let fate = |price: &str| {
        let item = Loose(&QUOTE, json!({"text": "a", "price": price}));
        told(&contract.judge(Arc::new(item), &source(1), 0))
    };
    assert_eq!(fate("8"), ("keep", Vec::new()));
    assert_eq!(fate("9"), ("keep", vec![" cheap enough".to_owned()]));
    let told = problems(&from_file(UNION, rules), BOTH);
    assert_eq!(told.len(), 1, "{told:?}");
}

#[test]
fn a_derived_schema_that_makes_no_sense_is_refused() {
    static BAD: Schema = Schema::new(
        "Bad",
        &[Field {
            attributes: &[Attribute {
                word: "minLength",
                value: "-1",
            }],
            ..Field::new("text", Kind::Text)
        }],
    );
    static ITEMS: &[&Schema] = &[&BAD];
    let told = problems(&ItemContract::derived(Policy::default()), ITEMS);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].starts_with("`Bad`: ") && told[0].contains("minLength"),
        "{told:?}"
    );
}

#[test]
fn the_column_of_marks_is_nobody_else_s() {
    let taken = open("Taken", &["_violations"]);
    let schema = r#"{"type": "record", "name": "Taken", "fields": [
        {"name": "_violations", "type": "string"}]}"#;
    let contract = from_file(schema, policy(json!({"invalid": "mark"})));
    let told = problems(&contract, Vec::leak(vec![taken]));
    assert!(
        told[0].starts_with("`Taken` has a field `_violations`"),
        "{told:?}"
    );
    from_file(schema, Policy::default())
        .bind(Vec::leak(vec![taken]))
        .unwrap();
}

#[test]
fn a_contract_serves_one_crawl() {
    let contract = from_file(UNION, Policy::default());
    contract.bind(BOTH).unwrap();
    assert_eq!(
        problems(&contract, BOTH),
        ["this contract serves a crawl already: make one for each"]
    );
}
