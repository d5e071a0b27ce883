//! Without `#[item(crate = "…")]`, the traits are looked for where users have them.

extern crate self as huntsman;

#[doc(hidden)]
pub mod __private {
    pub use erased_serde;
    pub use huntsman_core::*;
}

use huntsman_core::{Item as _, Kind};
use huntsman_macros::Item;

#[derive(serde::Serialize, Item)]
struct Quote {
    text: String,
    by: Author,
}

#[derive(serde::Serialize, Item)]
struct Author {
    name: String,
}

#[derive(Item)]
enum Found {
    Quote(Quote),
    Author(Author),
}

#[test]
fn the_traits_are_found_in_huntsman() {
    let names: Vec<_> = Found::schemas().iter().map(|schema| schema.name).collect();
    assert_eq!(names, ["Quote", "Author"]);
    let Kind::Struct(by) = Quote::schemas()[0].fields[1].kind else {
        panic!("not a struct")
    };
    assert!(std::ptr::eq(by, Author::schemas()[0]));
    let author = || Author { name: "a".into() };
    let quote = Found::Quote(Quote {
        text: "t".into(),
        by: author(),
    });
    for (found, json) in [
        (quote, r#"{"text":"t","by":{"name":"a"}}"#),
        (Found::Author(author()), r#"{"name":"a"}"#),
    ] {
        assert_eq!(serde_json::to_string(found.fields()).unwrap(), json);
    }
}
