//! Places that cannot take the items: refused before the first request, exit 3, and what was
//! there before stays as it was, byte for byte.

use std::fs;

use huntsman_site::Server;

use crate::scratch::{Done, Scratch};
use crate::servers::{practice, resolved};

async fn crawled(scratch: &Scratch, server: &Server, places: &str) -> Done {
    let words = format!("quotes -s lease.delay=0s {places} {}", resolved(server));
    scratch.crawl(&words).run().await
}

#[tokio::test]
async fn a_missing_folder_or_a_folder_as_file_is_refused_before_the_first_request() {
    let scratch = Scratch::new();
    let server = practice().await;
    fs::create_dir(scratch.path("folder.json")).unwrap();
    scratch.write("file", "text");
    let mut lines = Vec::new();
    for places in [
        "-o nowhere/quotes.json",
        "-O nowhere/quotes.json",
        "-o folder.json",
        "-O folder.json",
        "-o file/quotes.json",
    ] {
        lines.push(crawled(&scratch, &server, places).await.complaint(3));
    }
    insta::assert_snapshot!(lines.join("\n"), @"
    cannot write nowhere/quotes.json: there is no folder `nowhere`
    cannot write nowhere/quotes.json: there is no folder `nowhere`
    cannot write folder.json: it is a folder
    cannot write folder.json: it is a folder
    cannot write file/quotes.json: `file` is not a folder
    ");
    assert_eq!(server.requests(), 0);
    assert_eq!(scratch.names(), ["file", "folder.json"]);
}

#[tokio::test]
async fn a_full_disk_is_refused_before_the_first_request_where_the_format_begins_with_something() {
    let scratch = Scratch::new();
    let server = practice().await;
    for format in ["json", "csv"] {
        let places = format!("-o /dev/full?format={format}");
        let line = crawled(&scratch, &server, &places).await.complaint(3);
        insta::allow_duplicates! {
            insta::assert_snapshot!(line, @"cannot write /dev/full: No space left on device (os error 28); no item was written");
        }
    }
    assert_eq!(server.requests(), 0);
}

/// JSON Lines begin with the first item, so the crawl has to begin.
#[tokio::test]
async fn a_full_disk_ends_a_crawl_into_json_lines() {
    let scratch = Scratch::new();
    let server = practice().await;
    let places = "-o /dev/full?format=jsonl -o kept.json -q --report report.json";
    let line = crawled(&scratch, &server, places).await.complaint(3);
    insta::assert_snapshot!(line, @"the sink /dev/full?format=jsonl failed: cannot write /dev/full: No space left on device (os error 28); no item was written");
    let report = scratch.json("report.json");
    let finish = &report["finish"]["sink_failed"];
    assert_eq!(finish["sink"], "/dev/full?format=jsonl", "{report}");
    assert!(report["sinks"][0]["error"].is_string(), "{report}");
    // The other place is whole, with what was delivered by then.
    scratch.items("kept.json");
}

#[tokio::test]
async fn a_file_that_is_not_what_its_ending_says_stays_as_it_is() {
    let scratch = Scratch::new();
    let server = practice().await;
    let files = [
        ("note.json", "a note\n"),
        ("page.json", "<!doctype html><p>\u{feff}\r\n"),
        ("cut.json", "[\n{\"text\":\"a\"},\n"),
        ("object.json", "{\"text\":\"a\"}"),
        ("array.jsonl", "[\n{\"text\":\"a\"}\n]\n"),
        ("other.csv", "name,price\r\na,1\r\n"),
        ("more.csv", "text,author,tags,more\r\n"),
    ];
    let mut lines = Vec::new();
    for (name, content) in files {
        scratch.write(name, content);
        let places = format!("-o {name}");
        lines.push(crawled(&scratch, &server, &places).await.complaint(3));
        assert_eq!(scratch.read(name), content, "{name}");
    }
    insta::assert_snapshot!(lines.join("\n"), @"
    note.json is not a JSON array: it begins with `a`; name another file, or replace it with -O
    page.json is not a JSON array: it begins with `<`; name another file, or replace it with -O
    cut.json is not a JSON array: it does not end with `]`: it may have been cut off; name another file, or replace it with -O
    object.json is not a JSON array: it begins with `{`; name another file, or replace it with -O
    array.jsonl is not JSON Lines: it begins with `[`; name another file, or replace it with -O
    other.csv is not a CSV file with these columns: its column 1 is `name`, not `text`; name another file, or replace it with -O
    more.csv is not a CSV file with these columns: its column 4, `more`, is one too many; name another file, or replace it with -O
    ");
    assert_eq!(server.requests(), 0);
    assert_eq!(scratch.names().len(), files.len());
}

#[tokio::test]
async fn one_bad_place_among_good_ones_leaves_nothing_behind() {
    let scratch = Scratch::new();
    let server = practice().await;
    scratch.write("note.json", "a note\n");
    let old = "[\n{\"text\":\"a\",\"author\":\"b\",\"tags\":[]}\n]\n";
    scratch.write("old.json", old);
    let places = "-o new.json -o old.json -O other.csv -o note.json";
    crawled(&scratch, &server, places).await.complaint(3);
    assert_eq!(server.requests(), 0);
    assert_eq!(scratch.read("old.json"), old);
    assert_eq!(scratch.names(), ["note.json", "old.json"]);
}

/// A reader that has enough, like `head`, has all that a command that shows something can give.
#[tokio::test]
async fn what_is_only_shown_ends_quietly_when_nobody_reads_on() {
    let scratch = Scratch::new();
    let crawl = scratch.crawl("quotes --demo -q --job job -o quotes.jsonl");
    crawl.run().await.succeeded();
    for words in [
        "job export job",
        "job export job --table seen",
        "job provenance job",
        "job show job",
        "settings",
        "fetch http://quotes.toscrape.com/ --demo",
    ] {
        let mut child = scratch.crawl(words).start();
        drop(child.stdout.take());
        let done = crate::scratch::finished(child, "").await.succeeded();
        assert_eq!(done.err, "", "{words}");
    }
}

/// A crawl whose reader has enough, though, has items left that it was to deliver.
#[tokio::test]
async fn a_pipe_that_nobody_reads_any_more_ends_the_crawl() {
    let scratch = Scratch::new();
    let mut child = scratch.crawl("quotes --demo -o - -q").start();
    drop(child.stdout.take());
    let done = crate::scratch::finished(child, "").await;
    let line = done.complaint(3);
    assert!(line.contains("Broken pipe"), "{line}");
}
