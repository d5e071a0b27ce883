//! `unique` over the crawl.

use std::sync::atomic::{AtomicU32, Ordering};

use huntsman_core::Contract as _;
use serde_json::{Value, json};

use crate::{Held, held, told};

fn page() -> Value {
    json!({"type": "record", "name": "Page", "fields": [
        {"name": "url", "type": "string", "unique": true},
        {"name": "size", "type": "int", "minimum": 0, "default": 0},
        {"name": "ids", "type": {"type": "array", "items": {"type": "long", "unique": true}}, "default": []}
    ]})
}

fn with(choices: Value) -> Held {
    held(&page(), choices)
}

fn fate(held: &Held, item: Value, page: u32, ordinal: u32) -> &'static str {
    told(&held.judge_at(item, page, ordinal)).0
}

#[test]
fn the_second_item_with_a_value_is_refused() {
    let held = with(json!({}));
    assert_eq!(fate(&held, json!({"url": "a"}), 1, 0), "keep");
    let second = held.judge_at(json!({"url": "a"}), 1, 1);
    assert_eq!(told(&second), ("quarantine", vec!["url unique".to_owned()]));
    assert_eq!(
        second.violations[0].to_string(),
        "url: must be unique, and another item has this value (unique; it is \"a\")"
    );
    assert_eq!(fate(&held, json!({"url": "b"}), 2, 0), "keep");
    let found = held.contract.findings();
    assert_eq!((found.checked, found.quarantined), (3, 1));
    assert_eq!(found.rules["Page.url unique"].items, 1);
}

#[test]
fn a_page_that_is_parsed_again_gets_the_same_judgement() {
    let held = with(json!({}));
    for _ in 0..3 {
        assert_eq!(
            fate(&held, json!({"url": "a", "ids": [1, 2]}), 1, 0),
            "keep"
        );
        assert_eq!(fate(&held, json!({"url": "a"}), 1, 1), "quarantine");
        assert_eq!(
            fate(&held, json!({"url": "b", "ids": [2]}), 2, 0),
            "quarantine"
        );
        assert_eq!(
            fate(&held, json!({"url": "c", "ids": [3, 3]}), 2, 1),
            "quarantine"
        );
    }
}

#[test]
fn an_item_that_is_rejected_owns_nothing() {
    let held = with(json!({}));
    assert_eq!(
        fate(&held, json!({"url": "a", "size": -1}), 1, 0),
        "quarantine"
    );
    assert_eq!(fate(&held, json!({"url": "a"}), 2, 0), "keep");
    // Refused for one of its values, it does not own the others either.
    assert_eq!(
        fate(&held, json!({"url": "a", "ids": [7]}), 3, 0),
        "quarantine"
    );
    assert_eq!(fate(&held, json!({"url": "b", "ids": [7]}), 4, 0), "keep");
}

#[test]
fn an_item_that_is_kept_in_spite_of_a_flaw_owns_its_values() {
    let held = with(json!({"invalid": "warn"}));
    assert_eq!(
        fate(&held, json!({"url": "a", "size": -1, "ids": [1]}), 1, 0),
        "keep"
    );
    let second = held.judge_at(json!({"url": "a", "ids": [1, 2]}), 2, 0);
    assert_eq!(
        told(&second),
        (
            "keep",
            vec!["url unique".to_owned(), "ids unique".to_owned()]
        )
    );
    let third = held.judge_at(json!({"url": "c", "ids": [2]}), 3, 0);
    assert_eq!(told(&third).1, ["ids unique"]);
}

#[test]
fn past_the_limit_nothing_passes_unseen() {
    let held = with(json!({"max_keys": 2}));
    assert_eq!(fate(&held, json!({"url": "a"}), 1, 0), "keep");
    assert_eq!(fate(&held, json!({"url": "b"}), 2, 0), "keep");
    let third = held.judge_at(json!({"url": "c"}), 3, 0);
    assert_eq!(told(&third), ("quarantine", vec!["url unique".to_owned()]));
    assert_eq!(
        third.violations[0].message,
        "must be unique, and nobody can tell: 2 values are remembered, and no more; raise `max_keys`"
    );
    assert_eq!(fate(&held, json!({"url": "b"}), 2, 0), "keep");
    assert_eq!(fate(&held, json!({"url": "b"}), 4, 0), "quarantine");
}

#[test]
fn of_many_threads_one_item_gets_each_value() {
    let held = with(json!({}));
    let kept = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (held, kept) = (&held, &kept);
            scope.spawn(move || {
                for number in 0..200 {
                    let item = json!({"url": format!("u{number}"), "ids": [number]});
                    if fate(held, item, thread, number) == "keep" {
                        kept.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    assert_eq!(kept.into_inner(), 200);
    let found = held.contract.findings();
    assert_eq!((found.checked, found.quarantined), (1600, 1400));
}

#[test]
fn equal_values_of_two_fields_are_two_values() {
    let schema = json!({"type": "record", "name": "R", "fields": [
        {"name": "a", "type": "string", "unique": true},
        {"name": "b", "type": "string", "unique": true}
    ]});
    let held = held(&schema, json!({}));
    assert_eq!(fate(&held, json!({"a": "x", "b": "x"}), 1, 0), "keep");
    assert_eq!(fate(&held, json!({"a": "y", "b": "x"}), 1, 1), "quarantine");
}
