//! Items by type and by expression.

use huntsman_core::{Export as _, Sequence};
use huntsman_macros::Item;
use serde::Serialize;

use crate::items::{given, record};

mod words {
    pub(crate) use huntsman_core::*;
    pub(crate) mod erased_serde {
        pub(crate) use ::erased_serde::*;
    }
}

#[derive(Serialize, Item)]
#[item(crate = "words", namespace = "com.example")]
struct Author {
    name: String,
    born: Option<String>,
}

#[derive(Serialize, Item)]
#[item(crate = "words", rule(name = "fair", expr = "this.price < this.old"))]
struct Book {
    title: String,
    #[item(minimum = 1, alias = "amount")]
    price: f64,
    old: f64,
    author: Author,
    editor: Option<Author>,
    stock: Option<u32>,
    name: String,
}

fn author(name: &str) -> Author {
    Author {
        name: name.to_owned(),
        born: None,
    }
}

fn book(title: &str, price: f64, stock: Option<u32>) -> Book {
    Book {
        title: title.to_owned(),
        price,
        old: price + 1.0,
        author: author("Ann"),
        editor: (price > 5.0).then(|| author("Ed")),
        stock,
        name: format!("the {title}"),
    }
}

fn selected(words: &[(&str, &str)]) -> (Vec<String>, u64) {
    let schemas = [words_schema::<Book>(), words_schema::<Author>()];
    let records = vec![
        record(book("A", 1.5, Some(3)), 0),
        record(author("Bob"), 1),
        record(book("C", 9.0, None), 2),
        record(author("Dan"), 3),
    ];
    let (kept, sink) = given(words, &schemas, records).expect("it works in this test");
    (kept.json(), sink.skipped())
}

fn words_schema<I: huntsman_core::Item>() -> &'static huntsman_core::Schema {
    I::schemas()[0]
}

#[test]
fn a_sink_is_asked_about_what_it_would_be_given() {
    let schemas = [words_schema::<Book>(), words_schema::<Author>()];
    let words = [
        ("types", "Book"),
        ("filter", "this.price < 5.0"),
        ("fields", "title"),
    ];
    let (_, sink) = given(&words, &schemas, Vec::new()).unwrap();
    let asked = |record| sink.refuses(&record).map(|refused| refused.message);
    assert_eq!(
        asked(record(book("A", 1.5, None), 0)).as_deref(),
        Some(r#"{"title":"A"}"#)
    );
    assert_eq!(asked(record(book("C", 9.0, None), 0)), None);
    assert_eq!(asked(record(author("Bob"), 0)), None);
}

#[test]
fn types_choose_among_items() {
    let authors = [
        r#"{"name":"Bob","born":null}"#,
        r#"{"name":"Dan","born":null}"#,
    ];
    for types in ["Author", "com.example.Author", " Author ,Author"] {
        let (json, skipped) = selected(&[("types", types)]);
        assert_eq!(
            (json, skipped),
            (authors.map(str::to_owned).to_vec(), 2),
            "{types}"
        );
    }
    assert_eq!(selected(&[("types", "Author,Book")]).1, 0);
    assert_eq!(selected(&[]).0.len(), 4);
}

#[test]
fn a_filter_chooses_among_items_and_sees_fields_that_do_not_leave() {
    let words = [
        ("types", "Book"),
        ("filter", "this.price > 2.0"),
        ("fields", "title"),
    ];
    let (json, skipped) = selected(&words);
    assert_eq!((json, skipped), (vec![r#"{"title":"C"}"#.to_owned()], 3));
    let of_all = [
        (
            "filter",
            "has(this.price) && this.price < 2.0 || this.name == 'Dan'",
        ),
        ("fields", "name"),
    ];
    let (json, skipped) = selected(&of_all);
    let names = [r#"{"name":"the A"}"#, r#"{"name":"Dan"}"#];
    assert_eq!((json, skipped), (names.map(str::to_owned).to_vec(), 2));
}

/// It compares nothing with a number; SQL would leave the row out, too.
#[test]
fn an_item_for_which_the_filter_fails_is_left_out() {
    let words = [
        ("types", "Book"),
        ("filter", "this.stock > 2"),
        ("fields", "title"),
    ];
    assert_eq!(selected(&words), (vec![r#"{"title":"A"}"#.to_owned()], 3));
}

#[test]
fn each_type_has_those_of_the_fields_that_it_has() {
    let (json, skipped) = selected(&[("fields", "price:cost,name,author.name:by,editor.name:ed")]);
    let expected = [
        r#"{"cost":1.5,"name":"the A","by":"Ann","ed":null}"#,
        r#"{"name":"Bob"}"#,
        r#"{"cost":9.0,"name":"the C","by":"Ann","ed":"Ed"}"#,
        r#"{"name":"Dan"}"#,
    ];
    assert_eq!((json, skipped), (expected.map(str::to_owned).to_vec(), 0));
}

#[test]
fn a_schema_says_of_chosen_fields_what_it_said() {
    let schema = |fields: &str| {
        let (kept, _) =
            given(&[("fields", fields)], &[words_schema::<Book>()], Vec::new()).unwrap();
        let schema = kept.schemas.lock().unwrap()[0];
        huntsman_contract::avsc(schema).unwrap()
    };
    assert_eq!(
        schema("stock,price,author.name:by,editor.name:ed"),
        concat!(
            r#"{"type":"record","name":"Book","fields":["#,
            r#"{"name":"stock","type":["null","long"],"default":null},"#,
            r#"{"name":"price","type":"double","aliases":["amount"],"minimum":1},"#,
            r#"{"name":"by","type":"string"},"#,
            r#"{"name":"ed","type":["null","string"],"default":null}]}"#
        ),
        "the rule across fields is gone"
    );
    let renamed = schema("price:cost");
    assert!(!renamed.contains("amount"), "{renamed}");
    let all = schema("name,title,price,old,author,editor,stock");
    assert!(all.contains("confluent:rules"), "{all}");
}

#[tokio::test]
async fn positions_are_those_of_the_sink_within() {
    let schemas = [words_schema::<Author>()];
    let words = [("filter", "this.name == 'Ann'")];
    let (kept, sink) = tokio::task::spawn_blocking(move || {
        given(&words, &schemas, vec![record(author("Bob"), 0)]).unwrap()
    })
    .await
    .unwrap();
    assert_eq!((kept.json().len(), sink.skipped()), (0, 1));
    let position = sink.commit(Sequence(7)).await.unwrap();
    assert_eq!((position.sequence, position.state), (Sequence(7), vec![1]));
}
