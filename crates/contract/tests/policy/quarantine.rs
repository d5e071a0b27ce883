//! A quarantine is read, shown and tried again.

use huntsman_contract::AvroSchema;
use huntsman_contract::quarantine::{Retried, Retry, Summary, read};
use huntsman_contract::records::Records;
use huntsman_core::contract::Fate;
use huntsman_core::{Rejected, Violation};
use serde_json::{Value, json};

use crate::{held, source};

fn quote(least: u32) -> Value {
    json!({"type": "record", "name": "Quote", "fields": [
        {"name": "text", "type": "string", "minLength": least},
        {"name": "id", "type": ["null", "int"], "default": null, "unique": true},
        {"name": "insane", "type": "boolean", "default": false}
    ]})
}

/// The quarantine of these items, as JSON Lines.
fn quarantined(items: &[Value]) -> String {
    let held = held(&quote(5), json!({}));
    let mut lines = String::new();
    for (at, item) in (0..).zip(items) {
        let judged = held.judge_at(item.clone(), at, 0);
        if let Fate::Quarantine(item) = judged.fate {
            let rejected = Rejected::new(&*item, judged.violations, &source(at), &judged.schema);
            lines += &serde_json::to_string(&rejected).unwrap();
            lines.push('\n');
        }
    }
    lines
}

fn records(schema: &Value) -> Records {
    Records::compile(&AvroSchema::parse(&schema.to_string()).unwrap()).unwrap()
}

fn rejected(text: &str) -> Vec<Rejected> {
    read(text.as_bytes())
        .map(|line| line.unwrap().rejected)
        .collect()
}

#[test]
fn what_a_crawl_rejected_is_read_back() {
    let text = quarantined(&[
        json!({"text": "fine by all"}),
        json!({"text": "tiny"}),
        json!({"text": 1}),
    ]);
    let lines: Vec<_> = read(text.as_bytes()).map(Result::unwrap).collect();
    assert_eq!(
        lines.iter().map(|line| line.number).collect::<Vec<_>>(),
        [1, 2]
    );
    assert_eq!(lines[0].rejected.item, json!({"text": "tiny"}));
    assert_eq!(lines[0].rejected.violations[0].rule, "minLength");
    assert_eq!(lines[1].rejected.url, "http://a.test/2");
}

#[test]
fn lines_that_are_no_rejected_items_are_told_and_passed_over() {
    let good = quarantined(&[json!({"text": "tiny"})]);
    let text = format!("{{\"text\": \"an item\"}}\n{good}{{\"kind\": 1\n[]\n");
    let told: Vec<_> = read(text.as_bytes())
        .map(|line| {
            line.map(|line| line.number)
                .map_err(|error| error.to_string())
        })
        .collect();
    assert_eq!(
        told,
        [
            Err("line 1: missing field `kind`: a quarantine has the items that a crawl rejected, as it wrote them".to_owned()),
            Ok(2),
            Err("line 3: column 10: EOF while parsing an object".to_owned()),
            Err("line 4: invalid length 0, expected struct Rejected with 8 elements: a quarantine has the items that a crawl rejected, as it wrote them".to_owned()),
        ]
    );
}

#[test]
fn a_summary_counts_types_and_rules() {
    let text = quarantined(&[
        json!({"text": "tiny"}),
        json!({"text": 1}),
        json!({"text": "four", "id": "x"}),
    ]);
    let mut summary = Summary::default();
    for item in rejected(&text) {
        summary.add(&item);
    }
    assert_eq!(summary.items(), 3);
    assert_eq!(
        summary.to_string(),
        "3 items\n\
         \x20      3  Quote\n\
         \x20      2  Quote.text minLength\n\
         \x20         http://a.test/0: text: must have at least 5 characters, has 4 (minLength; it is \\\"tiny\\\")\n\
         \x20         http://a.test/2: text: must have at least 5 characters, has 4 (minLength; it is \\\"four\\\")\n\
         \x20      1  Quote.id type\n\
         \x20         http://a.test/2: id: must be an int, from -2147483648 to 2147483647, not text (type; it is \\\"x\\\")\n\
         \x20      1  Quote.text type\n\
         \x20         http://a.test/1: text: must be text, not a whole number (type; it is 1)\n"
    );
}

#[test]
fn after_a_fix_what_obeys_passes_and_the_rest_has_new_reasons() {
    let text = quarantined(&[json!({"text": "tiny"}), json!({"text": "abc", "id": "x"})]);
    let schema = quote(4);
    let mut retry = Retry::new(records(&schema), true);
    let [first, second]: [Retried; 2] = rejected(&text)
        .into_iter()
        .map(|rejected| retry.retry(rejected))
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    assert_eq!(first, Retried::Passed(json!({"text": "tiny"})));
    let Retried::Rejected(second) = second else {
        panic!("{second:?}");
    };
    let rules: Vec<_> = second.violations.iter().map(|v| v.to_string()).collect();
    assert_eq!(rules.len(), 2, "{rules:?}");
    assert!(
        rules[0].starts_with("text: must have at least 4 characters, has 3"),
        "{rules:?}"
    );
    assert_eq!(second.url, "http://a.test/1");
    let print = huntsman_avro::Algorithm::Crc64Avro.of(schema.to_string().as_bytes());
    assert_eq!(second.schema, print.to_string());
}

#[test]
fn what_cannot_be_looked_at_again_stays_rejected() {
    let sane = || {
        rejected(&quarantined(&[
            json!({"text": "long enough", "insane": true}),
        ]))
        .remove(0)
    };
    let stays = Retry::new(records(&quote(1)), true).retry(sane());
    let Retried::Rejected(stays) = stays else {
        panic!("{stays:?}");
    };
    assert_eq!(stays.violations[0].rule, "sane");
    let mut retry = Retry::new(records(&quote(1)), true).without("sane");
    assert!(matches!(retry.retry(sane()), Retried::Passed(_)));
}

#[test]
fn a_repetition_stays_one_until_it_may_be_one() {
    let twice = [
        json!({"text": "long enough", "id": 1}),
        json!({"text": "long too", "id": 1}),
    ];
    let text = quarantined(&twice);
    let repetition = rejected(&text).remove(0);
    assert_eq!(repetition.violations[0].rule, "unique");
    let stays = Retry::new(records(&quote(1)), true).retry(repetition.clone());
    assert!(matches!(stays, Retried::Rejected(stays) if stays.violations == repetition.violations));
    let mut schema = quote(1);
    schema["fields"][1]
        .as_object_mut()
        .unwrap()
        .remove("unique");
    let passed = Retry::new(records(&schema), true).retry(repetition);
    assert!(matches!(passed, Retried::Passed(_)));

    // Two that were rejected for other reasons are told apart among themselves.
    let text = quarantined(&[json!({"text": "a", "id": 1}), json!({"text": "b", "id": 1})]);
    let mut retry = Retry::new(records(&quote(1)), true);
    let retried: Vec<_> = rejected(&text)
        .into_iter()
        .map(|r| retry.retry(r))
        .collect();
    assert!(matches!(retried[0], Retried::Passed(_)));
    assert!(matches!(&retried[1], Retried::Rejected(r) if r.violations[0].rule == "unique"));
}

#[test]
fn records_are_matched_by_name() {
    let union = json!([quote(1), {"type": "record", "name": "Author", "fields": []}]);
    let mut retry = Retry::new(records(&union), false);
    let quote = rejected(&quarantined(&[json!({"text": "tiny"})])).remove(0);
    assert!(matches!(retry.retry(quote.clone()), Retried::Passed(_)));
    let other = Rejected {
        kind: "Other".to_owned(),
        violations: vec![Violation {
            path: String::new(),
            rule: "x".to_owned(),
            message: String::new(),
            value: String::new(),
        }],
        ..quote
    };
    assert_eq!(
        retry.retry(other.clone()),
        Retried::NoRecord(Box::new(other))
    );
}
