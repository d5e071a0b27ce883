//! Words that cannot be obeyed: one line each, before the sink within is opened.

use huntsman_core::{ExportError, Field, Kind, Schema};

use crate::items::{given, schema};

fn schemas() -> [&'static Schema; 2] {
    let author = schema("Author", vec![Field::new("name", Kind::Text)]);
    let fields = vec![
        Field::new("title", Kind::Text),
        Field::new("price", Kind::Float(64)),
        Field::new(
            "author",
            Kind::Optional(Box::leak(Box::new(Kind::Struct(author)))),
        ),
        Field::new("tags", Kind::List(&Kind::Text)),
        Field::new("extra", Kind::Any),
    ];
    [schema("Book", fields), author]
}

#[test]
fn what_is_unknown_is_refused_with_the_nearest_first() {
    let mut lines = Vec::new();
    for words in [
        [("types", "Boook,Author"), ("fields", "name")],
        [("types", "Book"), ("fields", "titel,price")],
        [("types", "Book"), ("fields", "author.nam")],
        [("types", "Book"), ("fields", "tags.first")],
        [("types", "Book"), ("fields", "title.length")],
        [("types", "Book"), ("fields", "extra.x")],
        [("types", "Book"), ("fields", "title,price:title")],
        [("types", "Book"), ("fields", "author.name,price:name")],
        [("types", "Book"), ("fields", "title:,price")],
        [("types", "Book"), ("fields", ":cost")],
        [("types", "Book"), ("fields", " ")],
        [("types", ","), ("fields", "title")],
        [("types", "Book,Author"), ("fields", "title")],
        [("types", "Book"), ("filter", "this.prize > 1.0")],
        [("types", "Book"), ("filter", "this.price >")],
        [("types", "Book"), ("filter", "price > 1.0")],
        [("types", "Book"), ("filter", "this.price > 'much'")],
        [("types", "Book,Author"), ("filter", "this.price > 1.0")],
        [("types", "Book"), ("filter", "")],
    ] {
        let Err(error) = given(&words, &schemas(), Vec::new()) else {
            panic!("accepted: {words:?}");
        };
        assert!(matches!(error, ExportError::Place(_)), "{error}");
        let line = error.to_string();
        assert!(!line.contains('\n'), "{line}");
        lines.push(line);
    }
    insta::assert_snapshot!(lines.join("\n"));
}
