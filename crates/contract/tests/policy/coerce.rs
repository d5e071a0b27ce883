//! Items that are mended on their way.

use std::sync::Arc;

use huntsman_contract::policy::ItemContract;
use huntsman_core::contract::Fate;
use huntsman_core::{Contract as _, Item, Kind};
use huntsman_macros::Item;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{Held, held, json_of, kept, policy, source, told, words};

fn product() -> Value {
    json!({"type": "record", "name": "Product", "namespace": "shop", "fields": [
        {"name": "name", "type": "string", "maxLength": 5},
        {"name": "price", "type": "double", "minimum": 0},
        {"name": "stock", "type": ["null", "int"], "default": null},
        {"name": "shop", "type": "string", "default": "main"},
        {"name": "tags", "type": {"type": "array", "items": "int"}, "default": []}
    ]})
}

fn with(choices: Value) -> Held {
    held(&product(), choices)
}

#[test]
fn all_items_leave_in_the_shape_of_the_schema() {
    let held = with(json!({"coerce": true}));
    let (names, kinds): (Vec<_>, Vec<_>) = held
        .leaving
        .fields
        .iter()
        .map(|field| (field.name, field.kind))
        .unzip();
    assert_eq!(names, ["name", "price", "stock", "shop", "tags"]);
    assert_eq!(
        kinds[1..3],
        [Kind::Float(64), Kind::Optional(&Kind::Int(32))]
    );
    assert_eq!(
        (held.leaving.name, held.leaving.namespace),
        ("Product", "shop")
    );
    assert_eq!(held.leaving.avro, Some(&*product().to_string()));
    for (item, row) in [
        (
            json!({"price": " 12.5", "name": "  pen ", "stock": "3"}),
            r#"{"name":"pen","price":12.5,"stock":3,"shop":"main","tags":[]}"#,
        ),
        (
            json!({"stock": "", "price": "7", "name": 12, "shop": " x ", "tags": ["1", 2]}),
            r#"{"name":"12","price":7,"stock":null,"shop":" x ","tags":[1,2]}"#,
        ),
        (
            json!({"tags": [1], "price": 1.5, "name": "pen"}),
            r#"{"name":"pen","price":1.5,"stock":null,"shop":"main","tags":[1]}"#,
        ),
    ] {
        let judged = held.judge(item);
        assert_eq!(kept(&judged), row);
        assert_eq!(judged.violations, []);
        let Fate::Keep(item) = judged.fate else {
            panic!("kept");
        };
        assert!(std::ptr::eq(item.schema(), held.leaving));
    }
    let found = held.contract.findings();
    assert_eq!((found.checked, found.coerced, found.warned), (3, 2, 0));
    assert_eq!(found.coverage["Product"].fields["stock"], 1);
}

#[test]
fn what_cannot_be_mended_is_judged_as_it_came() {
    let held = with(json!({"coerce": true}));
    let judged = held.judge(json!({"name": "  pen ", "price": "1,234", "stock": "3"}));
    assert_eq!(
        told(&judged),
        (
            "quarantine",
            ["name maxLength", "price type", "stock type"]
                .map(str::to_owned)
                .to_vec()
        )
    );
    let Fate::Quarantine(item) = judged.fate else {
        panic!("quarantined");
    };
    assert_eq!(
        json_of(&*item),
        r#"{"name":"  pen ","price":"1,234","stock":"3"}"#
    );
    assert!(std::ptr::eq(item.schema(), held.item));
    assert_eq!(held.contract.findings().coerced, 0);
}

#[test]
fn what_is_left_after_mending_is_judged() {
    let held = with(json!({"coerce": true, "rules": {"minimum": "mark", "maxLength": "drop"}}));
    let judged = held.judge(json!({"name": "pen", "price": " -1 "}));
    assert_eq!(
        kept(&judged),
        r#"{"name":"pen","price":-1,"stock":null,"shop":"main","tags":[],"_violations":["price: must be at least 0 (minimum; it is -1)"]}"#
    );
    assert_eq!(told(&judged).1, ["price minimum"]);
    assert_eq!(
        held.told(json!({"name": "fountain pen", "price": "1"})).0,
        "quarantine"
    );
    assert_eq!(
        held.told(json!({"name": "fountain pen", "price": 1})).0,
        "drop"
    );
    let found = held.contract.findings();
    assert_eq!(
        (
            found.coerced,
            found.warned,
            found.quarantined,
            found.dropped
        ),
        (1, 1, 1, 1)
    );
}

#[test]
fn long_lists_are_mended_to_the_end() {
    let held = with(json!({"coerce": true}));
    let tags: Vec<_> = (0..950).map(|n| n.to_string()).collect();
    let judged = held.judge(json!({"name": "pen", "price": 1, "tags": tags}));
    let row: Value = serde_json::from_str(&kept(&judged)).unwrap();
    assert_eq!(row["tags"][949], 949);
}

#[test]
fn values_of_unique_fields_are_told_apart_after_mending() {
    let schema = json!({"type": "record", "name": "R", "fields": [
        {"name": "id", "type": "int", "unique": true}]});
    let held = held(&schema, json!({"coerce": true}));
    assert_eq!(told(&held.judge_at(json!({"id": 1}), 1, 0)).0, "keep");
    let second = held.judge_at(json!({"id": "1"}), 1, 1);
    assert_eq!(told(&second), ("quarantine", vec!["id unique".to_owned()]));
    let Fate::Quarantine(item) = second.fate else {
        panic!("quarantined");
    };
    assert_eq!(json_of(&*item), r#"{"id":"1"}"#);
}

#[derive(Serialize, Item)]
#[item(crate = "words", check = sane)]
struct Typed {
    #[item(max_length = 3)]
    name: String,
    share: f32,
    size: u64,
}

fn sane(typed: &Typed) -> Result<(), &'static str> {
    if typed.size == 13 {
        Err("is unlucky")
    } else {
        Ok(())
    }
}

#[test]
fn derived_items_keep_their_shape_and_their_numbers() {
    let contract = ItemContract::derived(policy(json!({"coerce": true})));
    let leaving = contract.bind(Typed::schemas()).unwrap();
    assert!(std::ptr::eq(leaving[0], Typed::schemas()[0]));
    let typed = |name: &str, size| {
        let name = name.to_owned();
        contract.judge(
            Arc::new(Typed {
                name,
                share: 0.1,
                size,
            }),
            &source(1),
            0,
        )
    };
    let size = i64::MAX as u64;
    for name in ["pen", " pen "] {
        let judged = typed(name, size);
        assert_eq!(
            kept(&judged),
            r#"{"name":"pen","share":0.1,"size":9223372036854775807}"#
        );
    }
    // A rule in Rust saw the item as it was, and what it said stays.
    assert_eq!(told(&typed(" pen ", 13)).0, "quarantine");
    let warns = ItemContract::derived(policy(json!({"coerce": true, "rules": {"sane()": "warn"}})));
    warns.bind(Typed::schemas()).unwrap();
    let item = Typed {
        name: " pen ".to_owned(),
        share: 0.1,
        size: 13,
    };
    let judged = warns.judge(Arc::new(item), &source(1), 0);
    assert_eq!(kept(&judged), r#"{"name":"pen","share":0.1,"size":13}"#);
    assert_eq!(told(&judged).1, [" sane"]);
}
