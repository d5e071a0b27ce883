//! The schema that users bring, word for word.

use serde::Serialize;
use serde_json::json;

use crate::{broken, compiled, said};

const USER: &str = r#"{
  "type": "record",
  "name": "UserRegistration",
  "namespace": "com.socialmedia",
  "fields": [
    {"name":"email","type":"string","logicalType":"email"},
    {"name":"password","type":"string","minLength":8},
    {"name":"age","type":"int","minimum":13}
  ]
}"#;

#[derive(Serialize)]
struct User<'a> {
    email: &'a str,
    password: &'a str,
    age: i64,
}

#[test]
fn a_good_user_passes() {
    let checks = compiled(USER);
    let good = User {
        email: "a@example.com",
        password: "12345678",
        age: 13,
    };
    assert_eq!(said(&checks, &good), [""; 0]);
    assert_eq!(checks.warnings(), [""; 0]);
    assert_eq!(checks.paths(), ["email", "password", "age"]);
}

#[test]
fn a_bad_user_breaks_each_rule() {
    let bad = User {
        email: "nope",
        password: "x",
        age: 1,
    };
    let expected = [
        "email: must be an e-mail address (format; it is \"nope\")",
        "password: must have at least 8 characters, has 1 (minLength; it is \"x\")",
        "age: must be at least 13 (minimum; it is 1)",
    ];
    assert_eq!(said(&compiled(USER), &bad), expected);
    let json = json!({"age": 1, "email": "nope", "password": "x"});
    let mut said = said(&compiled(USER), &json);
    said.sort();
    let mut expected = expected;
    expected.sort_unstable();
    assert_eq!(said, expected);
}

#[test]
fn an_int_beyond_32_bits_is_refused() {
    let item = json!({"email": "a@example.com", "password": "12345678", "age": 1_u64 << 40});
    assert_eq!(broken(&compiled(USER), &item), ["age: type"]);
}

#[test]
fn fields_are_neither_missing_nor_unknown() {
    let item = json!({"email": "a@example.com", "age": 20, "more": 1});
    let expected = ["more: additionalFields", "password: required"];
    assert_eq!(broken(&compiled(USER), &item), expected);
}
