//! A schema file as the contract, through `include_schema!` and by hand.

use huntsman::prelude::*;
use huntsman_contract::{Checks, Sight, avro_schema};
use huntsman_core::Item as _;
use serde_json::json;

huntsman_macros::include_schema!("tests/codegen/user.avsc");

mod whole {
    huntsman_macros::include_schema!("tests/codegen/tree.avsc");
    huntsman_macros::include_schema!("tests/codegen/shop.avsc");
}

/// The same as the file, by hand.
#[derive(Serialize, Item)]
#[item(namespace = "com.socialmedia", name = "UserRegistration")]
struct ByHand {
    #[item(format = "email")]
    email: String,
    #[item(min_length = 8)]
    password: String,
    #[item(minimum = 13)]
    age: i32,
}

#[test]
fn a_file_is_the_contract_word_for_word() {
    let user = UserRegistration {
        email: "ada@example.com".to_owned(),
        password: "correct horse".to_owned(),
        age: 36,
    };
    let text = std::fs::read_to_string(super::file("user.avsc")).unwrap();
    assert_eq!(huntsman_core::Item::schema(&user).avro, Some(text.as_str()));
    assert_eq!(USER_REGISTRATION_SCHEMA, text);
    assert!(
        whole::Tree::schemas()[0]
            .avro
            .is_some_and(|text| text.contains("Smaller."))
    );
    assert!(
        whole::ShopItem::schemas()[0]
            .avro
            .is_some_and(|text| text.contains("Article"))
    );
}

#[test]
fn a_file_and_a_derive_say_the_same() {
    let file = avro_schema(UserRegistration::schemas()[0]).unwrap();
    let hand = avro_schema(ByHand::schemas()[0]).unwrap();
    assert_eq!(file.canonical_form(), hand.canonical_form());
    assert_eq!(super::words(&file), super::words(&hand));
    let (file, hand) = (
        Checks::compile(&file).unwrap(),
        Checks::compile(&hand).unwrap(),
    );
    let good = json!({ "email": "ada@example.com", "password": "12345678", "age": 13 });
    for (field, value) in [
        ("age", json!(13)),
        ("email", json!("ada")),
        ("password", json!("1234567")),
        ("age", json!(12)),
        ("age", json!("13")),
        ("other", json!(null)),
    ] {
        let mut item = good.clone();
        item[field] = value;
        let found = [&file, &hand].map(|checks| {
            let mut sight = Sight::default();
            checks.check(&item, &mut sight);
            sight.violations
        });
        assert_eq!(found[0], found[1]);
        assert_eq!(found[0].is_empty(), item == good, "{item}");
    }
    let _unused = |item: ByHand| (item.email, item.password, item.age);
}
