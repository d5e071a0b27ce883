//! Rust from schemas: what is generated compiles, and describes the schema that it came from.

#![expect(clippy::unwrap_used, reason = "the lint looks only for test functions")]
#![expect(
    missing_docs,
    clippy::use_self,
    reason = "generated modules are as schemas are"
)]

extern crate self as huntsman;

pub mod prelude {
    pub use huntsman_macros::{FieldType, Item};
    pub use serde::{Deserialize, Serialize};
}

#[doc(hidden)]
pub mod __private {
    pub use erased_serde;
    pub use huntsman_core::*;
}

pub use huntsman_core as core;

mod included;
pub mod shop;
pub mod tree;

use std::collections::BTreeSet;
use std::path::PathBuf;

use huntsman_avro::schema::Field;
use huntsman_avro::{AvroSchema, NodeId, Type, codegen};
use huntsman_contract::avro_schema;
use huntsman_core::Item as _;
use serde_json::{Map, Value, json};

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/codegen")
        .join(name)
}

fn schema(name: &str) -> AvroSchema {
    AvroSchema::parse(&std::fs::read_to_string(file(name)).unwrap()).unwrap()
}

/// Compares what is generated with the file that this test is compiled with.
fn demand_up_to_date(name: &str) {
    let options = codegen::Options {
        made_from: format!("{name}.avsc"),
        ..codegen::Options::default()
    };
    let made = codegen::rust(&schema(&format!("{name}.avsc")), &options).unwrap();
    let path = file(&format!("{name}.rs"));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let stands = std::fs::read_to_string(&path).unwrap();
    assert_eq!(
        made, stands,
        "{name}.rs is old: run this test with UPDATE=1"
    );
}

/// All that constrains, as `path word = value`; where in a type it stands does not matter.
fn words(schema: &AvroSchema) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::new();
    collect(schema, schema.root(), "", &mut found, &mut seen);
    found
}

fn collect(
    schema: &AvroSchema,
    id: NodeId,
    path: &str,
    found: &mut BTreeSet<String>,
    seen: &mut BTreeSet<NodeId>,
) {
    let node = schema.node(id);
    add(&node.attributes, path, found);
    match &node.kind {
        Type::Array(inner) | Type::Map(inner) => {
            collect(schema, *inner, &format!("{path}[]"), found, seen);
        }
        Type::Union(branches) => {
            for branch in branches {
                collect(schema, *branch, path, found, seen);
            }
        }
        Type::Record(record) if seen.insert(id) => {
            for field in &record.fields {
                let path = format!("{}.{}", record.name, field.name);
                add(&field.attributes, &path, found);
                found.insert(format!("{path} {}", said(field)));
                collect(schema, field.kind, &path, found, seen);
            }
        }
        _ => {}
    }
}

fn said(field: &Field) -> String {
    let null = Value::Null;
    let default = field.default.as_ref().unwrap_or(&null);
    format!(
        "{:?} {:?} {default} {:?}",
        field.doc, field.aliases, field.order
    )
}

fn add(attributes: &Map<String, Value>, path: &str, found: &mut BTreeSet<String>) {
    for (word, value) in attributes {
        let word = if word == "logicalType" {
            "format"
        } else {
            word
        };
        // Numbers may be written in several ways: `1e9` and `1000000000.0`.
        let value = value
            .as_f64()
            .map_or_else(|| value.to_string(), |number| number.to_string());
        found.insert(format!("{path} {word} = {value}"));
    }
}

#[test]
fn generated_files_are_up_to_date() {
    demand_up_to_date("shop");
    demand_up_to_date("tree");
}

#[test]
fn what_is_generated_describes_its_schema() {
    let given = schema("shop.avsc");
    assert_eq!(
        shop::ShopItem::schemas()[0].avro,
        None,
        "the derive alone says it all"
    );
    let derived = avro_schema(shop::ShopItem::schemas()[0]).unwrap();
    assert_eq!(derived.canonical_form(), given.canonical_form());
    assert_eq!(words(&derived), words(&given));
    assert!(words(&given).len() > 60);
}

#[test]
fn what_a_derive_cannot_say_is_in_the_text() {
    let text = std::fs::read_to_string(file("tree.avsc")).unwrap();
    assert_eq!(tree::Tree::schemas()[0].avro, Some(text.as_str()));
    assert_eq!(avro_schema(tree::Tree::schemas()[0]).unwrap().text(), text);
}

#[test]
fn defaults_are_those_of_serde_too() {
    let json = json!({
        "title": "t", "firstSeen": "2026-11-24T00:00:00Z", "sum": "1.50", "id": "",
        "raw": [1], "digest": [0], "tags": [], "matrix": [[1, null]], "times": {},
        "address": { "zip": "1234", "Lines": [] }, "addresses": [], "rank": 1,
        "a_field_of_a_name_that_is_so_long_that_its_line_is_longer_than_lines_may_be": {},
        "value": { "zip": "z", "Lines": [] }
    });
    let item: shop::ShopItem = serde_json::from_value(json).unwrap();
    assert_eq!((item.r#type.as_str(), item.field_self), ("new", true));
    assert_eq!((item.http_status2, item.price, item.ratio), (0, 1.5, 0.1));
    assert_eq!(
        (item.count, item.note.as_deref()),
        (None, Some("http://x/"))
    );
    assert_eq!((item.plan, item.plans.len()), (shop::Plan::PaidYearly, 0));
    assert!(item.long.contains("line's\nend"));
    let address = shop::Address {
        zip: "z".into(),
        lines: Vec::new(),
        default: None,
    };
    assert_eq!(item.value, Some(shop::ShopItemValue::Address(address)));
    let again = serde_json::to_value(&item).unwrap();
    assert_eq!(again["plan"], "paid_yearly");
    assert_eq!(
        serde_json::from_value::<shop::ShopItem>(again).unwrap(),
        item
    );
}

#[test]
fn what_is_no_record_is_refused() {
    let refused = |text| {
        let schema = AvroSchema::parse(text).unwrap();
        codegen::rust(&schema, &codegen::Options::default())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        refused(r#"["null", "int"]"#),
        "an item is a record, and this schema is of type `union`: give the record alone"
    );
    assert_eq!(
        refused(r#"{"type": "record", "name": "a.B", "fields": []}"#),
        "the record `a.B` has no fields, and a type of Rust needs one at least"
    );
}
