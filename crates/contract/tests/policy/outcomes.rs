//! Every outcome, for all rules and for some.

use huntsman_core::contract::Fate;
use serde_json::{Value, json};

use crate::{Held, held, json_of, kept, told};

fn quote() -> Value {
    json!({"type": "record", "name": "Quote", "fields": [
        {"name": "text", "type": "string", "minLength": 3},
        {"name": "price", "type": "int", "minimum": 1, "default": 1},
        {"name": "insane", "type": "boolean", "default": false},
        {"name": "tags", "type": {"type": "array", "items": {"type": "string", "maxLength": 2}}, "default": []},
        {"name": "author", "type": ["null", {"type": "record", "name": "Author", "fields": [
            {"name": "name", "type": "string", "minLength": 1}]}], "default": null}
    ]})
}

fn with(choices: Value) -> Held {
    held(&quote(), choices)
}

#[test]
fn an_item_that_obeys_is_kept_as_it_is() {
    for invalid in ["quarantine", "drop", "warn"] {
        let held = with(json!({"invalid": invalid}));
        let judged = held.judge(json!({"text": "to be"}));
        assert_eq!(kept(&judged), r#"{"text":"to be"}"#);
        assert_eq!(judged.violations, []);
        let found = huntsman_core::Contract::findings(&held.contract);
        assert_eq!((found.checked, found.warned, found.rules.len()), (1, 0, 0));
        assert!(std::ptr::eq(held.leaving, held.item));
    }
}

#[test]
fn what_breaks_a_rule_has_the_outcome_of_the_policy() {
    let bad = json!({"text": "x", "price": 0});
    let rules = ["text minLength", "price minimum"].map(str::to_owned);
    for (invalid, fate) in [
        ("quarantine", "quarantine"),
        ("drop", "drop"),
        ("warn", "keep"),
        ("mark", "keep"),
    ] {
        let held = with(json!({"invalid": invalid}));
        assert_eq!(held.told(bad.clone()), (fate, rules.to_vec()), "{invalid}");
        let found = huntsman_core::Contract::findings(&held.contract);
        let counts = (found.quarantined, found.dropped, found.warned);
        let expected = match invalid {
            "quarantine" => (1, 0, 0),
            "drop" => (0, 1, 0),
            _ => (0, 0, 1),
        };
        assert_eq!((found.checked, counts), (1, expected), "{invalid}");
        assert_eq!(found.rules["Quote.text minLength"].items, 1);
        assert_eq!(
            found.rules["Quote.price minimum"].examples,
            ["http://a.test/1: price: must be at least 1 (minimum; it is 0)"]
        );
    }
}

#[test]
fn the_quarantine_gets_the_item_with_the_schema_it_was_held_to() {
    let held = with(json!({}));
    let judged = held.judge(json!({"text": "x"}));
    let Fate::Quarantine(item) = &judged.fate else {
        panic!("{judged:?}");
    };
    assert_eq!(json_of(&**item), r#"{"text":"x"}"#);
    let print = huntsman_avro::Algorithm::Crc64Avro.of(quote().to_string().as_bytes());
    assert_eq!(*judged.schema, print.to_string());
}

#[test]
fn one_rule_or_place_may_have_an_outcome_of_its_own() {
    let held = with(json!({"invalid": "drop", "rules": {
        "minLength": "warn",
        "tags": "quarantine",
        "author:minLength": "drop",
        "Quote.price:minimum": "quarantine",
        "sane()": "warn"
    }}));
    for (item, fate) in [
        (json!({"text": "x"}), "keep"),
        (json!({"text": 1}), "drop"),
        (json!({"text": "abc", "price": 0}), "quarantine"),
        (json!({"text": "abc", "price": "x"}), "drop"),
        (json!({"text": "abc", "tags": ["abc"]}), "quarantine"),
        (json!({"text": "abc", "tags": 1}), "quarantine"),
        (json!({"text": "abc", "author": {"name": ""}}), "drop"),
        (json!({"text": "abc", "insane": true}), "keep"),
    ] {
        assert_eq!(held.told(item.clone()).0, fate, "{item}");
    }
}

#[test]
fn of_several_rules_the_gravest_outcome_counts() {
    let rules =
        json!({"minLength": "warn", "minimum": "mark", "maxLength": "drop", "type": "quarantine"});
    let held = with(json!({"rules": rules}));
    for (item, fate, marked) in [
        (json!({"text": "x"}), "keep", false),
        (json!({"text": "x", "price": 0}), "keep", true),
        (
            json!({"text": "x", "price": 0, "tags": ["abc"]}),
            "drop",
            false,
        ),
        (
            json!({"text": "x", "price": 0, "tags": ["abc", 1]}),
            "quarantine",
            false,
        ),
    ] {
        let judged = held.judge(item.clone());
        assert_eq!(told(&judged).0, fate, "{item}");
        if fate == "keep" {
            let row: Value = serde_json::from_str(&kept(&judged)).unwrap();
            let marks = row["_violations"].as_array().unwrap().len();
            assert_eq!(marks, if marked { 2 } else { 0 }, "{row}");
        }
    }
}

#[test]
fn marked_items_and_clean_ones_leave_in_one_shape() {
    let held = with(json!({"rules": {"price": "mark"}}));
    let names: Vec<_> = held.leaving.fields.iter().map(|field| field.name).collect();
    assert_eq!(
        names,
        ["text", "price", "insane", "tags", "author", "_violations"]
    );
    for (item, row) in [
        (
            json!({"text": "abc"}),
            json!({"text": "abc", "_violations": []}),
        ),
        (
            json!({"text": "abc", "price": -1}),
            json!({"text": "abc", "price": -1, "_violations": ["price: must be at least 1 (minimum; it is -1)"]}),
        ),
    ] {
        let judged = held.judge(item);
        assert_eq!(kept(&judged), row.to_string());
        let Fate::Keep(item) = judged.fate else {
            panic!("kept");
        };
        assert!(std::ptr::eq(item.schema(), held.leaving));
    }
    let Fate::Quarantine(item) = held.judge(json!({"text": "x"})).fate else {
        panic!("quarantined");
    };
    assert_eq!(json_of(&*item), r#"{"text":"x"}"#);
    assert!(std::ptr::eq(item.schema(), held.item));
}

#[test]
fn rules_written_in_rust_count_like_others() {
    let held = with(json!({}));
    let told = held.told(json!({"text": "x", "insane": true}));
    assert_eq!(
        told,
        (
            "quarantine",
            vec!["text minLength".to_owned(), "insane sane".to_owned()]
        )
    );
    assert_eq!(
        huntsman_core::Contract::findings(&held.contract).rules["Quote.insane sane"].items,
        1
    );
}

#[test]
fn violations_that_nobody_lists_have_the_gravest_outcome() {
    let rules = json!({"invalid": "warn", "rules": {"type": "drop"}});
    let tags = |last: Value| {
        let mut tags = vec![json!("abc"); 300];
        tags.push(last);
        json!({"text": "abc", "tags": tags})
    };
    let held = with(rules.clone());
    assert_eq!(
        held.told(json!({"text": "abc", "tags": ["abc", "abc", "abc"]}))
            .0,
        "keep"
    );
    assert_eq!(held.told(tags(json!(1))).0, "drop");
    // Whether a type is wrong past the first hundred is not known here either.
    assert_eq!(held.told(tags(json!("abc"))).0, "drop");
    assert_eq!(
        with(json!({"invalid": "warn"})).told(tags(json!(1))).0,
        "keep"
    );
    let found = huntsman_core::Contract::findings(&held.contract);
    assert_eq!(found.rules["Quote.tags maxLength"].items, 3);
}

#[test]
fn an_item_that_nobody_announced_goes_to_the_quarantine() {
    let held = with(json!({"invalid": "warn"}));
    let item = std::sync::Arc::new(crate::Loose(crate::open("Other", &["a"]), json!({"a": 1})));
    let judged = huntsman_core::Contract::judge(&held.contract, item, &crate::source(1), 0);
    assert_eq!(told(&judged), ("quarantine", vec![" type".to_owned()]));
    assert_eq!(
        judged.violations[0].message,
        "is a `Other`, which the spider did not announce"
    );
}
