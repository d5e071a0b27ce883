//! Settings: built-in < `crawl.toml` < `CRAWL_…` < spider < command line, as `crawl settings`
//! shows them.

use std::fs;

use crate::scratch::{Crawl, Scratch};
use crate::servers::{practice, resolved};

/// The value of a key in a file that is valid TOML, and the origin in the comment above it.
#[track_caller]
fn shown(text: &str, table: &str, name: &str) -> (String, String) {
    let file: toml::Table = text.parse().expect("it is TOML");
    let value = file[table].get(name).map(|value| {
        let json = serde_json::to_value(value).expect("TOML fits into JSON");
        json.to_string()
    });
    let (_, after) = text
        .split_once(&format!("[{table}]\n"))
        .expect("the table is there");
    let lines: Vec<_> = after.lines().collect();
    let is_key = |line: &&str| {
        line.trim_start_matches("# ")
            .starts_with(&format!("{name} ="))
    };
    let at = lines.iter().position(is_key).expect("the key is there");
    let comment = lines[at - 1];
    let (_, origin) = comment.rsplit_once('(').expect("an origin");
    (
        value.unwrap_or_else(|| "unset".to_owned()),
        origin.trim_end_matches(')').to_owned(),
    )
}

async fn settings(crawl: Crawl) -> String {
    let done = crawl.run().await.succeeded();
    assert_eq!(done.err, "");
    done.out
}

#[tokio::test]
async fn settings_are_shown_as_valid_toml_with_every_verb_as_a_table() {
    let text = settings(Scratch::new().crawl("settings")).await;
    let file: toml::Table = text.parse().unwrap();
    let tables: Vec<_> = file.keys().map(String::as_str).collect();
    assert_eq!(
        tables,
        [
            "admit", "deliver", "fetch", "gates", "lease", "parse", "refine", "settle"
        ]
    );
    let built_in = |value: &str| (value.to_owned(), "built-in".to_owned());
    assert_eq!(shown(&text, "fetch", "timeout"), built_in("\"1m\""));
    assert_eq!(shown(&text, "admit", "robots"), built_in("true"));
    assert_eq!(shown(&text, "lease", "max_pages"), built_in("unset"));
}

/// What is shown can be saved as `crawl.toml` and means the same.
#[tokio::test]
async fn what_is_shown_is_a_settings_file() {
    let scratch = Scratch::new();
    let first = scratch
        .crawl("settings -s fetch.timeout=5s -s lease.max_pages=7 -s lease.delay=250ms")
        .word("-s")
        .word("parse.statuses=200-299, 404")
        .word("-s")
        .word("admit.hosts=a.test, b.test");
    let first = settings(first).await;
    scratch.write("crawl.toml", &first);
    let second = settings(scratch.crawl("settings")).await;
    let values = |text: &str| text.parse::<toml::Table>().unwrap();
    assert_eq!(values(&second), values(&first));
    assert_eq!(
        shown(&second, "fetch", "timeout"),
        ("\"5s\"".into(), "crawl.toml".into())
    );
}

#[tokio::test]
async fn each_layer_outranks_the_one_below_and_is_named() {
    let scratch = Scratch::new();
    scratch.write(
        "crawl.toml",
        "[fetch]\ntimeout = \"5s\"\nretries = 4\nbackoff = \"2s\"\n\
         [admit]\nhosts = [\"file.test\"]\n[lease]\nper_host = 3\n",
    );
    fs::create_dir_all(scratch.path("a/b")).unwrap();
    let crawl = scratch
        .crawl("settings quotes -s fetch.backoff=4s")
        .inside(&scratch.path("a/b"))
        .env("CRAWL_FETCH_RETRIES", "6")
        .env("CRAWL_FETCH_BACKOFF", "3s")
        .env("CRAWL_LEASE_MAX_PAGES", "9")
        .env("CRAWLER", "no setting");
    let text = settings(crawl).await;
    for (table, name, value, origin) in [
        ("fetch", "timeout", "\"5s\"", "crawl.toml"),
        ("fetch", "retries", "6", "CRAWL_FETCH_RETRIES"),
        ("fetch", "backoff", "\"4s\"", "command line"),
        ("lease", "max_pages", "9", "CRAWL_LEASE_MAX_PAGES"),
        ("lease", "per_host", "3", "crawl.toml"),
        ("admit", "hosts", "[\"quotes.toscrape.com\"]", "spider"),
        ("fetch", "concurrency", "32", "built-in"),
    ] {
        let expected = (value.to_owned(), origin.to_owned());
        assert_eq!(shown(&text, table, name), expected, "{table}.{name}");
    }
}

#[tokio::test]
async fn a_crawl_obeys_the_file_and_the_environment() {
    let scratch = Scratch::new();
    let server = practice().await;
    scratch.write(
        "crawl.toml",
        format!(
            "[lease]\nmax_pages = 2\ndelay = \"0s\"\n[fetch]\nresolve = [\"quotes.toscrape.com={}\"]\n",
            server.addr()
        ),
    );
    scratch.crawl("quotes -o file.json").run().await.succeeded();
    assert_eq!(scratch.items("file.json").len(), 20);
    let crawl = scratch
        .crawl("quotes -o both.json")
        .env("CRAWL_LEASE_MAX_PAGES", "1");
    crawl.run().await.succeeded();
    assert_eq!(scratch.items("both.json").len(), 10);
    let crawl = scratch
        .crawl("quotes -o all.json -s lease.max_pages=none")
        .env("CRAWL_LEASE_MAX_PAGES", "1");
    crawl.run().await.succeeded();
    assert_eq!(scratch.items("all.json").len(), 100);
}

#[tokio::test]
async fn the_file_of_the_nearest_folder_counts() {
    let scratch = Scratch::new();
    scratch.write("crawl.toml", "[fetch]\nretries = 5\n");
    scratch.write("inner/crawl.toml", "[fetch]\ntimeout = \"7s\"\n");
    let crawl = scratch.crawl("settings").inside(&scratch.path("inner"));
    let text = settings(crawl).await;
    assert_eq!(shown(&text, "fetch", "timeout").1, "crawl.toml");
    assert_eq!(
        shown(&text, "fetch", "retries"),
        ("2".into(), "built-in".into())
    );
}

#[tokio::test]
async fn a_bad_file_is_refused_before_the_first_request() {
    let scratch = Scratch::new();
    let server = practice().await;
    let mut said = Vec::new();
    for file in [
        "fetch = 3\n",
        "[fetch\n",
        "[fetch]\ntimout = \"5s\"\n",
        "[fetch]\ntimeout = 5\n",
        "[fech]\ntimeout = \"5s\"\n",
        "[lease]\nper_host = 0\n[fetch]\nuser_agent = \"\"\n",
        "[lease]\nper_host = -1\nmax_pages = \"few\"\n[export]\nplace = 1\n",
    ] {
        scratch.write("crawl.toml", file);
        let words = format!("quotes -o quotes.json {}", resolved(&server));
        let done = scratch.crawl(&words).run().await.ended(1);
        assert_eq!(done.out, "");
        said.push(done.err);
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
    error: no setting "fetch" (crawl.toml); did you mean "fetch.backoff"?

    error: crawl.toml: line 1: unclosed table, expected `]`

    error: no setting "fetch.timout" (crawl.toml); did you mean "fetch.timeout"?

    error: fetch.timeout = 5 (crawl.toml): invalid type: integer `5`, expected a string

    error: no setting "fech.timeout" (crawl.toml); did you mean "fetch.timeout"?

    error: fetch.user_agent =  (crawl.toml): must be visible ASCII and begin with a product name
           lease.per_host = 0 (crawl.toml): must be at least 1

    error: no setting "export.place" (crawl.toml); did you mean "fetch.allow_private"?
           lease.max_pages = few (crawl.toml): invalid type: string "few", expected u64
           lease.per_host = -1 (crawl.toml): invalid value: integer `-1`, expected u32
    "#);
    assert_eq!(server.requests(), 0);
    assert_eq!(scratch.names(), ["crawl.toml"]);
}

#[tokio::test]
async fn a_variable_that_names_no_setting_is_refused() {
    let scratch = Scratch::new();
    let crawl = scratch.crawl("settings").env("CRAWL_FETCH_TIMOUT", "5s");
    insta::assert_snapshot!(crawl.run().await.complaint(1), @r#"no setting "fetch.timout" (CRAWL_FETCH_TIMOUT); did you mean "fetch.timeout"?"#);
}
