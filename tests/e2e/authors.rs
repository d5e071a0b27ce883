//! `crawl authors --demo`: redirected links and broken markup.

use std::collections::HashSet;

use crate::scratch::Scratch;

#[tokio::test]
async fn every_author_is_found_through_redirects_and_broken_markup() {
    let scratch = Scratch::new();
    let words = "authors --demo -o authors.json --report report.json";
    scratch.crawl(words).run().await.succeeded();
    let authors = scratch.items("authors.json");
    assert_eq!(authors.len(), 50);
    let names: HashSet<_> = authors
        .iter()
        .map(|author| author["name"].as_str().unwrap())
        .collect();
    assert_eq!(names.len(), 50, "each author once");
    for author in &authors {
        assert_eq!(author["name"], author["quoted_as"]);
        for field in ["born_date", "born_location", "description"] {
            let text = author[field].as_str().unwrap();
            assert!(!text.is_empty() && text.trim() == text, "{field}: {author}");
        }
    }
    let report = scratch.json("report.json");
    assert_eq!(report["redirects"], 50);
    assert_eq!(report["parse_failed"], 0);
}
