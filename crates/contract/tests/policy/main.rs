//! What becomes of items that break their contract.
#![expect(clippy::unwrap_used, reason = "the lint looks only for test functions")]

mod bind;
mod coerce;
mod coverage;
mod outcomes;
mod quarantine;
mod registration;
mod sums;
mod unique;
mod validate;

use std::sync::Arc;

use huntsman_contract::AvroSchema;
use huntsman_contract::policy::{ItemContract, Policy};
use huntsman_core::contract::Fate;
use huntsman_core::{
    AnyItem, Contract as _, Field, Fingerprint, Item, Judgement, Kind, Schema, Source, Timestamp,
    Url, Violation,
};
use serde_json::Value;

/// Where derived code finds the traits.
mod words {
    pub(crate) use ::erased_serde;
    pub(crate) use huntsman_core::*;
}

/// An item of any shape.
struct Loose(&'static Schema, Value);

impl Item for Loose {
    fn schemas() -> &'static [&'static Schema] {
        &[]
    }
    fn schema(&self) -> &'static Schema {
        self.0
    }
    fn fields(&self) -> &dyn erased_serde::Serialize {
        &self.1
    }
    fn check(&self, found: &mut Vec<Violation>) {
        if self.1.get("insane") == Some(&Value::Bool(true)) {
            found.push(Violation {
                path: "insane".to_owned(),
                rule: "sane".to_owned(),
                message: "is not sane".to_owned(),
                value: "true".to_owned(),
            });
        }
    }
}

/// The schema of an item type with these fields, of which nothing is known.
fn open(name: &'static str, fields: &[&'static str]) -> &'static Schema {
    let fields = fields.iter().map(|field| Field::new(field, Kind::Any));
    Box::leak(Box::new(Schema::new(name, Vec::leak(fields.collect()))))
}

fn policy(json: Value) -> Policy {
    serde_json::from_value(json).unwrap()
}

/// A contract from a file's schema, bound to items of one type with the same fields.
struct Held {
    contract: ItemContract,
    item: &'static Schema,
    leaving: &'static Schema,
}

fn held(schema: &Value, choices: Value) -> Held {
    let text = schema.to_string();
    let names = schema["fields"].as_array().unwrap().iter();
    let names: Vec<&'static str> = names
        .map(|field| &*String::leak(field["name"].as_str().unwrap().to_owned()))
        .collect();
    let name = String::leak(schema["name"].as_str().unwrap().to_owned());
    let item = open(name, &names);
    let schema = AvroSchema::parse(&text).unwrap();
    let contract = ItemContract::with_schema(&schema, policy(choices)).unwrap();
    let leaving = contract.bind(Vec::leak(vec![item])).unwrap()[0];
    Held {
        contract,
        item,
        leaving,
    }
}

impl Held {
    /// Judges the `ordinal`th item of a page.
    fn judge_at(&self, item: Value, page: u32, ordinal: u32) -> Judgement {
        let item = Arc::new(Loose(self.item, item));
        self.contract.judge(item, &source(page), ordinal)
    }

    fn judge(&self, item: Value) -> Judgement {
        self.judge_at(item, 1, 0)
    }

    /// What became of an item, and the rules that it breaks, as `path rule`.
    fn told(&self, item: Value) -> (&'static str, Vec<String>) {
        told(&self.judge(item))
    }
}

fn told(judgement: &Judgement) -> (&'static str, Vec<String>) {
    let fate = match judgement.fate {
        Fate::Keep(_) => "keep",
        Fate::Drop => "drop",
        Fate::Quarantine(_) => "quarantine",
    };
    let rules = judgement.violations.iter();
    let rules = rules.map(|violation| format!("{} {}", violation.path, violation.rule));
    (fate, rules.collect())
}

fn source(page: u32) -> Source {
    let url = Url::parse(&format!("http://a.test/{page}")).unwrap();
    Source {
        spider: "test",
        base: url.clone(),
        url,
        request: Fingerprint(page.into()),
        time: Timestamp(1_000),
    }
}

/// The JSON of an item that was kept.
fn kept(judgement: &Judgement) -> String {
    match &judgement.fate {
        Fate::Keep(item) => json_of(&**item),
        other => panic!("it is not kept: {other:?}; {:?}", judgement.violations),
    }
}

fn json_of(item: &dyn AnyItem) -> String {
    serde_json::to_string(&item.fields()).unwrap()
}
