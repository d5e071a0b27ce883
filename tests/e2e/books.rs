//! `crawl books --demo`: a thousand pages of details behind fifty of lists.

use std::collections::HashSet;

use serde_json::Value;

use crate::scratch::Scratch;

const FIELDS: [&str; 8] = [
    "title",
    "price",
    "available",
    "upc",
    "category",
    "rating",
    "description",
    "image",
];

#[tokio::test]
async fn a_thousand_books_of_fifty_categories_have_eight_fields() {
    let scratch = Scratch::new();
    let words = "books --demo -o books.json -o books.csv --report report.json";
    scratch.crawl(words).run().await.succeeded();
    let books = scratch.items("books.json");
    assert_eq!(books.len(), 1_000);
    let distinct = |field: &str| -> usize {
        let values: HashSet<String> = books.iter().map(|book| book[field].to_string()).collect();
        values.len()
    };
    assert_eq!((distinct("upc"), distinct("category")), (1_000, 50));
    for book in &books {
        check(book);
    }
    assert_eq!(scratch.json("report.json")["pages"], 1_050);

    let text = scratch.read("books.csv");
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(rows.headers().unwrap(), &FIELDS[..]);
    assert_eq!(rows.records().map(Result::unwrap).count(), 1_000);
}

#[track_caller]
fn check(book: &Value) {
    let object = book.as_object().expect("an object");
    assert_eq!(object.len(), FIELDS.len(), "{book}");
    for field in FIELDS {
        assert!(object.contains_key(field), "{field}: {book}");
    }
    let price = book["price"].as_f64();
    assert!(price.is_some_and(|price| price > 0.0), "{book}");
    let rating = book["rating"].as_u64();
    assert!(
        rating.is_some_and(|stars| (1..=5).contains(&stars)),
        "{book}"
    );
    assert!(book["available"].is_u64(), "{book}");
    let image = book["image"].as_str();
    let absolute = |url: &str| url.starts_with("http://books.toscrape.com/media/");
    assert!(image.is_some_and(absolute), "{book}");
}
