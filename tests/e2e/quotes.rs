//! `crawl quotes --demo`: the README's first command, and its one argument.

use std::collections::HashSet;

use serde_json::Value;

use crate::scratch::Scratch;
use crate::servers::{practice, resolved};

#[tokio::test]
async fn the_first_command_of_the_readme_leaves_100_quotations() {
    let scratch = Scratch::new();
    let done = scratch.crawl("quotes --demo -o quotes.json").run().await;
    assert_eq!(done.succeeded().out, "");
    let quotes = scratch.items("quotes.json");
    assert_eq!(quotes.len(), 100);
    let texts: HashSet<_> = quotes
        .iter()
        .map(|quote| quote["text"].to_string())
        .collect();
    assert_eq!(texts.len(), 100, "each quotation once");
    for quote in &quotes {
        let fields: Vec<_> = quote.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["text", "author", "tags"], "{quote}");
        let filled = |field: &str| quote[field].as_str().is_some_and(|text| !text.is_empty());
        assert!(filled("text") && filled("author"), "{quote}");
        assert!(quote["tags"].is_array(), "{quote}");
    }
    assert_eq!(scratch.names(), ["quotes.json"], "nothing else is left");
}

#[tokio::test]
async fn the_word_run_may_be_written() {
    let scratch = Scratch::new();
    let done = scratch
        .crawl("run quotes --demo -o quotes.json")
        .run()
        .await;
    done.succeeded();
    assert_eq!(scratch.items("quotes.json").len(), 100);
}

#[tokio::test]
async fn one_tag_has_its_15_quotations_on_two_pages() {
    let scratch = Scratch::new();
    let server = practice().await;
    let words = format!(
        "quotes -a tag=life -s lease.delay=0s -o life.json {}",
        resolved(&server)
    );
    scratch.crawl(&words).run().await.succeeded();
    let quotes = scratch.items("life.json");
    assert_eq!(quotes.len(), 15);
    for quote in &quotes {
        let tags = quote["tags"].as_array().unwrap();
        assert!(tags.contains(&Value::from("life")), "{quote}");
    }
    let asked = |path: &str| server.hits("quotes.toscrape.com", path);
    assert_eq!((asked("/tag/life/"), asked("/tag/life/page/2/")), (1, 1));
    assert_eq!(asked("/"), 0, "the other tags are left alone");
}

/// The site answers a tag that it does not know with an empty list.
#[tokio::test]
async fn a_tag_that_does_not_exist_has_no_quotations() {
    let scratch = Scratch::new();
    let words = "quotes --demo -a tag=no-such-tag -o none.json --report report.json";
    scratch.crawl(words).run().await.succeeded();
    assert_eq!(scratch.items("none.json").len(), 0);
    let report = scratch.json("report.json");
    assert_eq!((&report["pages"], &report["items"]), (&1.into(), &0.into()));
}
