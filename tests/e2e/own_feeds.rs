//! A project of a user's own, built and run: a spider with two types of item, each to its own feed;
//! a format and a system of the project's own; and secrets, which are nowhere to be read.
#![expect(clippy::unwrap_used, reason = "the lint looks only for test functions")]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::new::{artefacts, cargo_in, lock};
use crate::scratch::{Crawl, Scratch};
use crate::servers::{practice, resolved};

const MAIN: &str = include_str!("own_project/main.rs");
const PEOPLE: &str = include_str!("own_project/people.rs");
const FEEDS: &str = include_str!("own_project/feeds.rs");

/// The command of the project, built once.
async fn people() -> &'static Path {
    static BUILT: OnceCell<PathBuf> = OnceCell::const_new();
    BUILT.get_or_init(build).await
}

/// `crawl new`, and what a user changes then.
async fn build() -> PathBuf {
    let scratch = Scratch::new();
    scratch.crawl("new own-people").run().await.succeeded();
    scratch.write("own-people/src/main.rs", MAIN);
    scratch.write("own-people/src/people.rs", PEOPLE);
    scratch.write("own-people/src/feeds.rs", FEEDS);
    fs::remove_file(scratch.path("own-people/src/quotes.rs")).expect("it was made");
    let manifest = scratch.read("own-people/Cargo.toml");
    let export = crate::binary::workspace().join("crates/export");
    let more = format!(
        "[dependencies]\nasync-trait = \"0.1\"\nserde_json = \"1\"\nhuntsman-export = {{ path = {} }}\n",
        json!(export)
    );
    let manifest = manifest.replacen("[dependencies]\n", &more, 1);
    scratch.write("own-people/Cargo.toml", manifest);
    lock(&scratch, "own-people");
    cargo_in(&scratch.path("own-people"), "build --offline").await;
    let name = format!("own-people{}", std::env::consts::EXE_SUFFIX);
    artefacts().join("debug").join(name)
}

async fn crawl(scratch: &Scratch, words: &str) -> Crawl {
    scratch.program(people().await, words)
}

/// What the spiders of ours, of one type each, find on the same site.
async fn expected() -> (Vec<Value>, Vec<Value>) {
    let scratch = Scratch::new();
    for spider in ["quotes", "authors"] {
        let words = format!("{spider} --demo -q -o {spider}.json");
        scratch.crawl(&words).run().await.succeeded();
    }
    let (quotes, authors) = (scratch.items("quotes.json"), scratch.items("authors.json"));
    assert_eq!((quotes.len(), authors.len()), (100, 50));
    (quotes, authors)
}

/// Items in an order that does not depend on which page came first.
fn sorted(mut items: Vec<Value>) -> Vec<Value> {
    items.sort_by_key(Value::to_string);
    items
}

fn lines(text: &str) -> Vec<Value> {
    let item = |line| serde_json::from_str(line).expect("each line is JSON");
    text.lines().map(item).collect()
}

/// The rows of `quotes.csv`, their lists read from JSON.
fn quotes(scratch: &Scratch) -> Vec<Value> {
    let text = scratch.read("quotes.csv");
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let columns: Vec<_> = table.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(columns, ["text", "author", "tags"]);
    let rows = table.records().map(|row| {
        let row = row.expect("it is a row");
        let tags: Value = serde_json::from_str(&row[2]).expect("a list is JSON");
        json!({ "text": row[0], "author": row[1], "tags": tags })
    });
    rows.collect()
}

/// The two files hold what there is, field by field.
async fn has_all(scratch: &Scratch) {
    let (expected_quotes, expected_authors) = expected().await;
    assert_eq!(sorted(quotes(scratch)), sorted(expected_quotes));
    let authors = lines(&scratch.read("authors.jsonl"));
    assert_eq!(sorted(authors), sorted(expected_authors));
}

/// What the report says of the feeds: name, records, left out.
fn sinks(scratch: &Scratch) -> Vec<(String, u64, u64)> {
    let report = scratch.json("report.json");
    let sinks = report["sinks"].as_array().expect("the report has it");
    let told = |sink: &Value| {
        let count = |name: &str| sink[name].as_u64().expect("it is a count");
        let name = sink["name"].as_str().expect("it has a name").to_owned();
        (name, count("records"), count("skipped"))
    };
    sinks.iter().map(told).collect()
}

#[tokio::test]
async fn each_type_of_an_enum_has_its_own_feed() {
    let scratch = Scratch::new();
    let words = "people --demo -q --report report.json \
                 -o quotes.csv?types=Quote -o authors.jsonl?types=Author";
    crawl(&scratch, words).await.run().await.succeeded();
    has_all(&scratch).await;
    assert_eq!(
        sinks(&scratch),
        [
            ("quotes.csv?types=Quote".to_owned(), 100, 50),
            ("authors.jsonl?types=Author".to_owned(), 50, 100),
        ]
    );
}

#[tokio::test]
async fn the_same_feeds_stand_in_tables() {
    let scratch = Scratch::new();
    scratch.write(
        "crawl.toml",
        "[deliver.authors]\nplace = 'authors.jsonl'\ntypes = ['Author']\n\
         [deliver.everything]\nplace = 'all.jsonl'\n\
         [deliver.quotes]\nplace = 'quotes.csv'\ntypes = 'Quote'\n",
    );
    let words = "people --demo -q --report report.json";
    crawl(&scratch, words).await.run().await.succeeded();
    has_all(&scratch).await;
    let of = |name: &str, records, skipped| (name.to_owned(), records, skipped);
    assert_eq!(
        sinks(&scratch),
        [
            of("authors (authors.jsonl)", 50, 100),
            of("everything (all.jsonl)", 150, 0),
            of("quotes (quotes.csv)", 100, 50),
        ]
    );
    let mut all = quotes(&scratch);
    all.extend(lines(&scratch.read("authors.jsonl")));
    assert_eq!(sorted(lines(&scratch.read("all.jsonl"))), sorted(all));
}

#[tokio::test]
async fn a_type_that_is_not_there_is_told_before_the_first_request() {
    let scratch = Scratch::new();
    let server = practice().await;
    for (words, reason) in [
        (
            "types=Qoute",
            "there is no type `Qoute`: there are Quote, Author",
        ),
        (
            "types=Quote,Authors",
            "there is no type `Authors`: there are Author, Quote",
        ),
        ("types=", "it names nothing"),
        (
            "fields=born_date,tag",
            "there is no field `tag`: there are tags, ",
        ),
        // It is one of the other type.
        (
            "types=Author&fields=text",
            "there is no field `text`: there are ",
        ),
    ] {
        let words = format!("people {} -o quotes.csv?{words}", resolved(&server));
        let line = crawl(&scratch, &words).await.run().await.complaint(1);
        assert!(line.starts_with("`quotes.csv` has "), "{line}");
        assert!(line.contains(reason), "{line}");
        assert_eq!(scratch.names(), [""; 0], "{words}");
    }
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn a_format_of_ones_own_stands_beside_the_others() {
    let scratch = Scratch::new();
    let places = "-o few.verse?types=Quote&fields=author,tags&mark=%20= -o few.verse.gz -o few.jsonl?types=Quote";
    let words = format!("people --demo -q -a pages=1 {places}");
    crawl(&scratch, &words).await.run().await.succeeded();
    let verse = scratch.read("few.verse");
    let stanzas: Vec<&str> = verse.split_terminator("\n\n").collect();
    let quotes = lines(&scratch.read("few.jsonl"));
    assert_eq!((stanzas.len(), quotes.len()), (10, 10));
    for (stanza, quote) in stanzas.iter().zip(&quotes) {
        let expected = format!("author = {}\ntags = {}", quote["author"], quote["tags"]);
        assert_eq!(*stanza, expected);
    }
    let packed = fs::read(scratch.path("few.verse.gz")).unwrap();
    assert!(packed.starts_with(b"\x1f\x8b"), "it is gzip");
    // It goes on with what is there.
    crawl(&scratch, &words).await.run().await.succeeded();
    assert_eq!(scratch.read("few.verse"), format!("{verse}{verse}"));
}

#[tokio::test]
async fn help_and_errors_name_what_the_project_brings() {
    let scratch = Scratch::new();
    let help = crawl(&scratch, "people --help").await.run().await;
    let help = help.succeeded().out;
    for (word, own) in [("Formats:", "verse"), ("Places:", "post:")] {
        let line = help.lines().find(|line| line.starts_with(word));
        let line = line.unwrap_or_else(|| panic!("{word} {help}"));
        let mut named = line.split([' ', ',']);
        assert!(named.any(|name| name == own), "{line}");
    }
    for (place, reason) in [
        ("few.vrse", "has an unknown ending: there are .verse, "),
        (
            "few.txt?format=vrese",
            "unknown format `vrese`: there are verse, ",
        ),
        (
            "few.verse?marc=1",
            "has the unknown word `marc`: there are mark, ",
        ),
        (
            "pots://me@desk/box",
            "has the unknown scheme `pots`: there are post, ",
        ),
        (
            "post://me@desk/box?tokken=1",
            "has the unknown word `tokken`: there are token, ",
        ),
    ] {
        let words = format!("people --demo -o {place}");
        let line = crawl(&scratch, &words).await.run().await.complaint(1);
        assert!(line.contains(reason), "{line}");
    }
    assert_eq!(scratch.names(), [""; 0]);
}

/// What it is called in an address has to be written otherwise.
const PASSWORD: &str = "open/sesame@1";

/// No file but what the box itself was told, and nothing that was said, has a secret.
fn nowhere(scratch: &Scratch, said: &[&str]) {
    let names = scratch.names();
    let files = names.iter().filter(|name| *name != "opened");
    let read = files.map(|name| scratch.read(name)).collect::<Vec<_>>();
    let said = said.iter().map(|said| (*said).to_owned());
    for text in read.into_iter().chain(said) {
        for secret in ["sesame", "hush"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[tokio::test]
async fn a_system_of_ones_own_is_told_secrets_and_nobody_else_is() {
    let scratch = Scratch::new();
    let words = "people --demo -a pages=1 --report report.json --log-file log --log-level trace \
                 -o post://me:opensesame@desk/box?types=Author&token=hush";
    let done = crawl(&scratch, words).await.run().await.succeeded();
    let opened = scratch.read("opened");
    assert_eq!(opened, "post://me:opensesame@desk/box hush");
    let authors = scratch.read("box");
    assert!(authors.lines().all(|line| line.starts_with("Author {")));
    assert!(authors.lines().count() > 3, "{authors}");
    let name = "post://me:***@desk/box?types=Author&token=***";
    assert_eq!(sinks(&scratch)[0].0, name);
    assert!(done.err.contains(name), "{}", done.err);
    nowhere(&scratch, &[&done.out, &done.err]);
}

#[tokio::test]
async fn secrets_come_from_the_environment_and_stay_there() {
    let scratch = Scratch::new();
    scratch.write(
        "crawl.toml",
        "[deliver.box]\nplace = 'post://me:${BOX_PASSWORD}@desk/box-%(spider)s-%(pages)s'\n\
         token = '${BOX_TOKEN}'\ntypes = 'Author'\n",
    );
    let words = "people --demo -a pages=1 --report report.json --log-file log --log-level trace";
    let run = crawl(&scratch, words).await;
    let run = run.env("BOX_PASSWORD", PASSWORD).env("BOX_TOKEN", "hush");
    let done = run.run().await.succeeded();
    let opened = scratch.read("opened");
    assert_eq!(opened, "post://me:open%2Fsesame%401@desk/box-people-1 hush");
    assert!(scratch.read("box-people-1").starts_with("Author {"));
    nowhere(&scratch, &[&done.out, &done.err]);
    let settings = crawl(&scratch, "settings").await.run().await.succeeded();
    nowhere(&scratch, &[&settings.out, &settings.err]);
}

#[tokio::test]
async fn a_system_that_fails_repeats_its_secrets_in_vain() {
    let hidden = "cannot post to post://me:***@closed/box as ***: the desk is closed";
    for (place, code, reason) in [
        (
            "post://desk/box?token=${BOX_TOKEN}",
            1,
            "post://desk/box does not say who writes",
        ),
        ("post://me:opensesame@closed/box?token=hush", 3, hidden),
        (
            "post://me:${BOX_PASSWORD}@closed/box?token=${BOX_TOKEN}",
            3,
            hidden,
        ),
        (
            "post://me:${BOX_PASSWORD}@closed/%(spider)s?token=hush",
            3,
            "cannot post to post://me:***@closed/people as ***: the desk is closed",
        ),
        (
            "post://me:${BOX_PASSWORD}@full/box?token=hush",
            3,
            "the sink post://me:***@full/box?token=*** failed: \
             cannot post to post://me:***@full/box as ***: the box is full",
        ),
        (
            "post://me:${BOX_PASSWORT}@desk/box?token=hush",
            1,
            "`post://me:***@desk/box` has ${BOX_PASSWORT}, and the environment has no variable",
        ),
        (
            "post://me:${BOX_PASSWORD@desk/box?token=hush",
            1,
            "`post://me:***@desk/box` has `${` without the name of a variable",
        ),
        (
            "post://me:opensesame@desk/%(batch)05d?token=hush",
            1,
            "has a %(batch)",
        ),
        (
            "post://me:opensesame@desk/%(pagse)s?token=hush",
            1,
            "unknown variable `pagse`",
        ),
        ("${BOX_TOKEN}.jsonl", 1, "and not in the name of a file"),
    ] {
        let scratch = Scratch::new();
        let words =
            "people --demo -q -a pages=1 --report report.json --log-file log --log-level trace -o";
        let run = crawl(&scratch, words).await.word(place);
        let run = run.env("BOX_PASSWORD", PASSWORD).env("BOX_TOKEN", "hush");
        let line = run.run().await.complaint(code);
        assert!(line.contains(reason), "{line}");
        nowhere(&scratch, &[&line]);
    }
}
