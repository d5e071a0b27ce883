//! The user's own example, from the file to a rejected item.

use std::sync::Arc;

use huntsman_contract::AvroSchema;
use huntsman_contract::policy::{ItemContract, Policy};
use huntsman_core::contract::Fate;
use huntsman_core::{Contract as _, Item, Rejected};
use huntsman_macros::Item;
use serde::Serialize;
use serde_json::json;

use crate::{source, words};

const REGISTRATION: &str = r#"{
  "type": "record",
  "name": "UserRegistration",
  "namespace": "com.socialmedia",
  "fields": [
    {"name": "email", "type": "string", "logicalType": "email"},
    {"name": "password", "type": "string", "minLength": 8},
    {"name": "age", "type": "int", "minimum": 13}
  ]
}"#;

#[derive(Serialize, Item)]
#[item(crate = "words")]
struct Registration {
    email: &'static str,
    password: &'static str,
    age: i32,
}

#[test]
fn a_registration_is_rejected_with_each_reason() {
    let schema = AvroSchema::parse(REGISTRATION).unwrap();
    let contract = ItemContract::with_schema(&schema, Policy::default()).unwrap();
    contract.bind(Registration::schemas()).unwrap();
    assert_eq!(contract.warnings(), Vec::<String>::new());
    let good = Registration {
        email: "ann@example.com",
        password: "correct horse",
        age: 13,
    };
    let judged = contract.judge(Arc::new(good), &source(1), 0);
    assert!(matches!(judged.fate, Fate::Keep(_)), "{judged:?}");
    let bad = Registration {
        email: "nope",
        password: "short",
        age: 12,
    };
    let judged = contract.judge(Arc::new(bad), &source(1), 1);
    let Fate::Quarantine(item) = &judged.fate else {
        panic!("{judged:?}");
    };
    let rejected = Rejected::new(
        &**item,
        judged.violations.clone(),
        &source(1),
        &judged.schema,
    );
    assert_eq!(
        serde_json::to_value(rejected).unwrap(),
        json!({
            "kind": "Registration",
            "item": {"email": "nope", "password": "short", "age": 12},
            "violations": [
                {"path": "email", "rule": "format", "message": "must be an e-mail address", "value": "\"nope\""},
                {"path": "password", "rule": "minLength", "message": "must have at least 8 characters, has 5", "value": "\"short\""},
                {"path": "age", "rule": "minimum", "message": "must be at least 13", "value": "12"}
            ],
            "spider": "test",
            "url": "http://a.test/1",
            "request": "00000000000000000000000000000001",
            "time": 1000,
            "schema": AvroSchema::parse(REGISTRATION).unwrap().version().to_string()
        })
    );
}

#[derive(Serialize, Item)]
#[item(crate = "words", check = adult)]
struct Member {
    #[item(format = "email")]
    email: &'static str,
    #[item(min_length = 8)]
    password: &'static str,
    #[item(minimum = 13)]
    age: i32,
}

fn adult(member: &Member) -> Result<(), &'static str> {
    if member.password == "password" {
        return Err("has a password that all know");
    }
    Ok(())
}

#[test]
fn the_same_rules_in_rust_have_the_same_result() {
    let contract = ItemContract::derived(Policy::default());
    let leaving = contract.bind(Member::schemas()).unwrap();
    assert!(std::ptr::eq(leaving[0], Member::schemas()[0]));
    let judge = |email, password, age| {
        let member = Member {
            email,
            password,
            age,
        };
        let judged = contract.judge(Arc::new(member), &source(1), 0);
        crate::told(&judged)
    };
    assert_eq!(
        judge("ann@example.com", "correct horse", 13),
        ("keep", Vec::new())
    );
    assert_eq!(
        judge("nope", "short", 12),
        (
            "quarantine",
            ["email format", "password minLength", "age minimum"]
                .map(str::to_owned)
                .to_vec()
        )
    );
    assert_eq!(
        judge("ann@example.com", "password", 13),
        ("quarantine", vec![" adult".to_owned()])
    );
    let found = contract.findings();
    assert_eq!(found.rules["Member adult"].items, 1);
    assert_eq!(found.coverage["Member"].fields["email"], 3);
}
