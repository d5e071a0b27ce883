//! Mistakes on the command line: one line each, the nearest name, exit 1, and no request made.

use huntsman_site::Server;

use crate::feeds::nearest_alone;
use crate::scratch::{Done, Scratch};
use crate::servers::{practice, resolved};

/// Runs a crawl that would reach the server if it were not refused.
async fn mistaken(server: &Server, words: &str) -> Done {
    let scratch = Scratch::new();
    let crawl = scratch.crawl(&format!("{words} {}", resolved(server)));
    let done = crawl.run().await;
    assert_eq!(server.requests(), 0, "{words}");
    assert_eq!(scratch.names(), [""; 0], "{words}");
    done
}

async fn complaints(all: &[&str]) -> String {
    let server = practice().await;
    let mut lines = Vec::new();
    for words in all {
        lines.push(mistaken(&server, words).await.complaint(1));
    }
    lines.join("\n")
}

#[tokio::test]
async fn an_unknown_spider_command_or_flag_is_met_with_the_nearest() {
    let said = complaints(&[
        "qoutes -o quotes.json",
        "run boks",
        "setings",
        "quotes --demmo",
        "quotes --ouput quotes.json",
        "fetch --header http://quotes.toscrape.com/",
        "quotes books",
    ])
    .await;
    insta::assert_snapshot!(said, @r#"
    no spider or command "qoutes"; did you mean "quotes"? `crawl list` names the spiders
    no spider "boks"; did you mean "books"? `crawl list` names them all
    no spider or command "setings"; did you mean "settings"? `crawl list` names the spiders
    no flag --demmo; did you mean --demo?
    no flag --ouput; did you mean --output?
    no flag --header; did you mean --headers?
    "books" is one word too many; see --help
    "#);
}

#[tokio::test]
async fn an_unknown_or_bad_argument_is_met_with_the_known_ones() {
    let said = complaints(&[
        "quotes -a tga=life",
        "authors -a tag=life",
        "run site",
        "quotes -a tag",
        "quotes -a =life",
        "site -a start=nonsense",
        "site -a start=ftp://faulty.test/",
    ])
    .await;
    insta::assert_snapshot!(said, @r#"
    quotes: no argument "tga"; did you mean "tag"? (known: tag)
    authors: no argument "tag"; this spider takes none
    site: argument "start" is missing; give -a start=VALUE
    invalid value 'tag' for '-a <NAME=VALUE>': it has the form NAME=VALUE; see --help
    invalid value '=life' for '-a <NAME=VALUE>': it has the form NAME=VALUE; see --help
    nowhere to start: a start URL is not an absolute URL
    nowhere to start: ftp://faulty.test/ is refused by scheme: ftp is neither http nor https
    "#);
}

#[tokio::test]
async fn an_unknown_setting_is_met_with_the_nearest() {
    let said = complaints(&[
        "quotes -s fetch.timout=5s",
        "quotes -s lease.dealy=1s",
        "quotes -s lease.delay",
        "fetch http://quotes.toscrape.com/ -s fetch.retrys=1",
    ])
    .await;
    insta::assert_snapshot!(said, @r#"
    no setting "fetch.timout" (command line); did you mean "fetch.timeout"?
    no setting "lease.dealy" (command line); did you mean "lease.delay"?
    invalid value 'lease.delay' for '--set <KEY=VALUE>': it has the form NAME=VALUE; see --help
    no setting "fetch.retrys" (command line); did you mean "fetch.retries"?
    "#);
}

/// People remember the name better than its table.
#[tokio::test]
async fn a_setting_without_its_table_is_met_with_the_one_of_that_name() {
    let said = complaints(&["quotes -s timeout=5s", "quotes -s retries=1"]).await;
    insta::assert_snapshot!(said, @r#"
    no setting "timeout" (command line); did you mean "fetch.timeout"?
    no setting "retries" (command line); did you mean "fetch.retries"?
    "#);
}

/// It would match no status, and so no page.
#[tokio::test]
async fn a_range_of_statuses_from_high_to_low_is_refused() {
    let server = practice().await;
    let done = mistaken(&server, "quotes -s parse.statuses=299-200").await;
    let line = done.complaint(1);
    let told = "parse.statuses = 299-200 (command line): ";
    assert!(line.starts_with(told), "{line}");
}

#[tokio::test]
async fn settings_of_an_unknown_spider_or_argument_are_not_shown() {
    let scratch = Scratch::new();
    let mut lines = Vec::new();
    for words in [
        "settings qotes",
        "settings quotes -a tga=life",
        "settings -s lease.dealy=1s",
    ] {
        lines.push(scratch.crawl(words).run().await.complaint(1));
    }
    insta::assert_snapshot!(lines.join("\n"), @r#"
    no spider "qotes"; did you mean "quotes"? `crawl list` names them all
    no argument "tga"; did you mean "tag"? (known: tag)
    no setting "lease.dealy" (command line); did you mean "lease.delay"?
    "#);
}

#[tokio::test]
async fn an_unknown_ending_or_scheme_is_met_with_the_known_ones() {
    let said = complaints(&[
        "quotes -o quotes.jsno",
        "quotes -o quotes",
        "quotes -O quotes.cvs",
        "quotes -o quotes.txt?format=jsn",
        "quotes -o fiel://bucket/quotes.json",
        "quotes -o a.json -O a.json",
    ])
    .await;
    let said: Vec<_> = said.lines().map(nearest_alone).collect();
    insta::assert_snapshot!(said.join("\n"), @"
    `quotes.jsno` has an unknown ending: there are .json, …
    `quotes` has no ending: there are .parquet, …
    `quotes.cvs` has an unknown ending: there are .csv, …
    `quotes.txt` asks for the unknown format `jsn`: there are json, …
    `fiel://bucket/quotes.json` has the unknown scheme `fiel`: there are file, …
    a.json is named twice; each place takes the items once
    ");
}

#[tokio::test]
async fn all_problems_of_settings_are_told_at_once() {
    let server = practice().await;
    let values = mistaken(
        &server,
        "quotes -s fetch.timeout=soon -s admit.robots=maybe -s lease.dealy=1s -s fetch.max_body=big",
    )
    .await
    .ended(1);
    let ranges = mistaken(
        &server,
        "quotes -s lease.per_host=0 -s fetch.timeout=0s -s lease.jitter=99 -s fetch.max_body=1GiB",
    )
    .await
    .ended(1);
    insta::assert_snapshot!(format!("{}\n{}", values.err, ranges.err), @r#"
    error: fetch.timeout = soon (command line): "soon" is no duration like 500ms, 20s or 2h (expected number at 0)
           admit.robots = maybe (command line): invalid type: string "maybe", expected a boolean
           no setting "lease.dealy" (command line); did you mean "lease.delay"?
           fetch.max_body = big (command line): "big" is no size like 64 KiB, 10 MB or 4096

    error: fetch.body_budget = 256 MiB (built-in): must be at least fetch.max_body, else nothing could be fetched
           fetch.timeout = 0s (command line): must be longer than 0
           lease.jitter = 99.0 (command line): must be between 0 and 10
           lease.per_host = 0 (command line): must be at least 1
    "#);
}

/// Words of a crawl of the demonstration that end it before it begins.
#[tokio::test]
async fn a_start_that_a_rule_refuses_is_one_line() {
    let server = practice().await;
    let words = "quotes -s admit.hosts=books.toscrape.com";
    let done = mistaken(&server, words).await;
    insta::assert_snapshot!(done.complaint(1), @"nowhere to start: http://quotes.toscrape.com/ is refused by scope: quotes.toscrape.com is not among admit.hosts");
}
