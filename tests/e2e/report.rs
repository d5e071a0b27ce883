//! `--report` and `--quiet`: what a program reads, and what a person reads.

use serde_json::Value;

use crate::scratch::Scratch;
use crate::servers::{nobody, practice};

#[tokio::test]
async fn the_report_is_json_with_every_figure() {
    let scratch = Scratch::new();
    let words = "quotes --demo -o quotes.json -o quotes.csv --report report.json";
    scratch.crawl(words).run().await.succeeded();
    let report = scratch.json("report.json");
    for (field, expected) in [
        ("spider", Value::from("quotes")),
        ("finish", "finished".into()),
        ("pages", 10.into()),
        ("responses", 10.into()),
        ("statuses", serde_json::json!({"200": 10})),
        ("items", 100.into()),
        ("refused", serde_json::json!({})),
        ("retries", serde_json::json!({})),
        ("failed", serde_json::json!({})),
        ("left", 0.into()),
    ] {
        assert_eq!(report[field], expected, "{field}");
    }
    let seconds = report["seconds"].as_f64().unwrap();
    assert!(seconds > 0.0 && seconds < 60.0, "{seconds}");
    let host = &report["hosts"]["quotes.toscrape.com"];
    assert_eq!(host["pages"], 10, "{report}");
    assert_eq!(host["bytes"], report["bytes"]);
    assert!(report["bytes"].as_u64().unwrap() > 10_000);
    let sinks = report["sinks"].as_array().unwrap();
    for (sink, name) in sinks.iter().zip(["quotes.json", "quotes.csv"]) {
        assert_eq!(
            (&sink["name"], &sink["records"]),
            (&name.into(), &100.into())
        );
        let bytes = scratch.read(name).len();
        assert_eq!(sink["bytes"], bytes, "{name}");
    }
    assert_eq!(sinks.len(), 2);
}

#[tokio::test]
async fn a_person_reads_the_same_at_the_end() {
    let scratch = Scratch::new();
    let done = scratch.crawl("quotes --demo -o quotes.json").run().await;
    let said = done.succeeded().err;
    let (first, rest) = said.split_once('\n').unwrap();
    let (end, time) = first.split_once(" in ").unwrap();
    assert_eq!(end, "quotes: finished");
    assert!(time.ends_with(" ms") || time.contains("second"), "{time}");
    insta::assert_snapshot!(rest, @"
    pages    10 (200 × 10; 85.93 KiB)
    items    100
    links    10 new, 0 known already, 0 refused, 0 unreadable
    →        quotes.json: 100 records, 14.02 KiB (exactly once while the process lives)
    ");
}

#[tokio::test]
async fn without_a_terminal_there_is_neither_colour_nor_a_live_line() {
    let scratch = Scratch::new();
    let done = scratch.crawl("quotes --demo").run().await.succeeded();
    assert!(!done.err.contains(['\u{1b}', '\r']), "{:?}", done.err);
}

#[tokio::test]
async fn quiet_says_nothing_and_still_writes_the_report() {
    let scratch = Scratch::new();
    for flag in ["--quiet", "-q"] {
        let words = format!("quotes --demo -O quotes.json --report report.json {flag}");
        let done = scratch.crawl(&words).run().await.succeeded();
        assert_eq!((&*done.out, &*done.err), ("", ""));
        assert_eq!(scratch.json("report.json")["pages"], 10);
    }
}

#[tokio::test]
async fn a_crawl_that_fetched_nothing_has_its_report_too() {
    let scratch = Scratch::new();
    let words = format!(
        "quotes --resolve quotes.toscrape.com={} -s fetch.retries=0 --report report.json",
        nobody().await
    );
    scratch.crawl(&words).run().await.ended(2);
    let report = scratch.json("report.json");
    assert_eq!(
        (&report["pages"], &report["failed"]["connect"]),
        (&0.into(), &1.into())
    );
}

#[tokio::test]
async fn a_limit_ends_the_crawl_and_is_named_in_the_report() {
    let scratch = Scratch::new();
    let words = "quotes --demo -s lease.max_pages=3 -o quotes.json --report report.json";
    scratch.crawl(words).run().await.succeeded();
    let report = scratch.json("report.json");
    assert_eq!(
        report["finish"],
        serde_json::json!({"limit": "lease.max_pages"})
    );
    assert_eq!((&report["pages"], &report["left"]), (&3.into(), &1.into()));
    assert_eq!(scratch.items("quotes.json").len(), 30);
}

#[tokio::test]
async fn a_report_that_cannot_be_written_is_known_before_the_first_request() {
    let scratch = Scratch::new();
    let server = practice().await;
    let words = format!(
        "quotes --resolve quotes.toscrape.com={} --report nowhere/report.json",
        server.addr()
    );
    let done = scratch.crawl(&words).run().await;
    insta::assert_snapshot!(done.complaint(1), @"cannot write the report to nowhere/report.json: No such file or directory (os error 2)");
    assert_eq!(server.requests(), 0);
}

/// What was refused has no report, and is no reason to lose the one of the run before.
#[tokio::test]
async fn a_refused_crawl_leaves_an_older_report_as_it_was() {
    let scratch = Scratch::new();
    scratch.write("report.json", "{\"pages\": 7}");
    scratch.write("quotes.json", "a note");
    let words = "quotes --demo -o quotes.json --report report.json";
    scratch.crawl(words).run().await.complaint(3);
    assert_eq!(scratch.read("report.json"), "{\"pages\": 7}");
}

/// Else the report would be written over the items.
#[tokio::test]
async fn the_report_and_the_items_cannot_be_one_file() {
    let scratch = Scratch::new();
    let old = "[\n{\"text\":\"a\",\"author\":\"b\",\"tags\":[]}\n]\n";
    scratch.write("quotes.json", old);
    let words = "quotes --demo -o quotes.json --report quotes.json";
    scratch.crawl(words).run().await.complaint(1);
    assert_eq!(scratch.read("quotes.json"), old);
}
