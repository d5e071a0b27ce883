//! No item is lost, whatever the policy: the counts add up.

use huntsman_core::Contract as _;
use huntsman_core::contract::Fate;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{held, json_of};

fn schema() -> Value {
    json!({"type": "record", "name": "R", "fields": [
        {"name": "id", "type": ["null", "int"], "default": null, "unique": true},
        {"name": "text", "type": "string", "minLength": 2},
        {"name": "n", "type": ["null", "double"], "default": null, "maximum": 10},
        {"name": "tags", "type": {"type": "array", "items": "string"}, "default": [], "maxItems": 2}
    ]})
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..15).prop_map(Value::from),
        (-3.0..15.0).prop_map(|number: f64| json!(number)),
        "[ 0-9a]{0,3}".prop_map(Value::from),
    ]
}

fn item() -> impl Strategy<Value = Value> {
    let tags = prop::collection::vec(scalar(), 0..4);
    let fields = (
        scalar(),
        scalar(),
        scalar(),
        tags,
        prop::collection::vec(any::<bool>(), 5),
    );
    fields.prop_map(|(id, text, n, tags, there)| {
        let all = [
            ("id", id),
            ("text", text),
            ("n", n),
            ("tags", tags.into()),
            ("extra", json!(1)),
        ];
        let there = all.into_iter().zip(there).filter(|(_, there)| *there);
        there
            .map(|((name, value), _)| (name.to_owned(), value))
            .collect()
    })
}

fn outcome() -> impl Strategy<Value = Value> {
    prop::sample::select(vec!["quarantine", "drop", "mark", "warn"]).prop_map(Value::from)
}

proptest! {
    #[test]
    fn with_quarantine_every_item_is_kept_or_quarantined_as_it_came(
        items in prop::collection::vec(item(), 1..30),
        pages in 1_u32..5,
    ) {
        let held = held(&schema(), json!({}));
        let (mut kept, mut quarantined) = (0, 0);
        for (at, item) in (0..).zip(&items) {
            let judged = held.judge_at(item.clone(), at % pages, at / pages);
            match &judged.fate {
                Fate::Keep(out) => {
                    kept += 1;
                    prop_assert!(judged.violations.is_empty());
                    prop_assert_eq!(json_of(&**out), item.to_string());
                }
                Fate::Quarantine(out) => {
                    quarantined += 1;
                    prop_assert!(!judged.violations.is_empty());
                    prop_assert_eq!(json_of(&**out), item.to_string());
                }
                Fate::Drop => prop_assert!(false, "dropped: {item}"),
            }
        }
        let found = held.contract.findings();
        prop_assert_eq!((found.checked, found.quarantined), (kept + quarantined, quarantined));
        prop_assert_eq!(found.checked, items.len() as u64);
        prop_assert_eq!((found.dropped, found.warned, found.coerced), (0, 0, 0));
        let broken: u64 = found.rules.values().map(|rule| rule.items).sum();
        prop_assert!(broken >= quarantined);
    }

    #[test]
    fn counts_add_up_under_any_policy(
        items in prop::collection::vec(item(), 1..30),
        invalid in outcome(),
        of_type in outcome(),
        of_text in outcome(),
        coerce in any::<bool>(),
    ) {
        let rules = json!({"type": of_type, "text": of_text});
        let held = held(&schema(), json!({"invalid": invalid, "rules": rules, "coerce": coerce}));
        let (mut clean, mut flawed, mut dropped, mut quarantined) = (0, 0, 0, 0);
        for (at, item) in (0..).zip(&items) {
            let judged = held.judge_at(item.clone(), 1, at);
            match (&judged.fate, judged.violations.is_empty()) {
                (Fate::Keep(_), true) => clean += 1,
                (Fate::Keep(_), false) => flawed += 1,
                (Fate::Drop, false) => dropped += 1,
                (Fate::Quarantine(_), false) => quarantined += 1,
                (fate, true) => prop_assert!(false, "rejected for nothing: {fate:?}"),
            }
            if let Fate::Keep(out) = &judged.fate {
                prop_assert!(std::ptr::eq(out.schema(), held.leaving));
            }
        }
        let found = held.contract.findings();
        prop_assert_eq!(found.checked, clean + flawed + dropped + quarantined);
        prop_assert_eq!(
            (found.warned, found.dropped, found.quarantined),
            (flawed, dropped, quarantined)
        );
        prop_assert!(found.coerced <= clean + flawed);
        prop_assert!(coerce || found.coerced == 0);
        prop_assert_eq!(found.coverage["R"].items, items.len() as u64);
    }
}
