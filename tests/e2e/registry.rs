//! `crawl registry`, and `crawl schema` with a registry: behind HTTP and in a folder.

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

use crate::scratch::{Done, Scratch, finished};
use crate::servers::nobody;
use crate::stop::signal;

const V1: &str =
    r#"{"type":"record","name":"Quote","fields":[{"name":"text","type":"string","minLength":1}]}"#;
const V2: &str = r#"{"type":"record","name":"Quote","fields":[{"name":"text","type":"string"},{"name":"likes","type":"int","default":0}]}"#;
/// What is written as V1 cannot be read as this.
const WRONG: &str = r#"{"type":"record","name":"Quote","fields":[{"name":"text","type":"int"}]}"#;
const CITY: &str = r#"{"type":"enum","name":"geo.City","symbols":["ROME"]}"#;
const TRIP: &str = r#"{"type":"record","name":"Trip","fields":[{"name":"to","type":"geo.City"}]}"#;

fn scratch() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("v1.avsc", V1);
    scratch.write("v2.avsc", V2);
    scratch.write("wrong.avsc", WRONG);
    scratch.write("none.avsc", "{\"type\":");
    scratch.write("city.avsc", CITY);
    scratch.write("trip.avsc", TRIP);
    scratch
}

/// `crawl registry` of the folder `schemas`, and its address.
pub(crate) struct Registry {
    child: Child,
    pub(crate) address: String,
}

impl Registry {
    pub(crate) async fn start(scratch: &Scratch) -> Self {
        let mut child = scratch.crawl("registry --dir schemas --port 0").start();
        let out = child.stdout.as_mut().expect("the output is piped");
        let mut line = String::new();
        let read = BufReader::new(out).read_line(&mut line).await;
        read.expect("the output can be read");
        let address = line
            .split_whitespace()
            .find(|word| word.starts_with("http://"))
            .unwrap_or_else(|| panic!("no address: {line}"));
        Self {
            address: address.to_owned(),
            child,
        }
    }

    pub(crate) async fn end(self) {
        signal("INT", &self.child);
        finished(self.child, "the registry").await.succeeded();
    }
}

async fn schema(scratch: &Scratch, words: &str, registry: &str) -> Done {
    let crawl = scratch.crawl(&format!("schema {words}"));
    crawl.word("--registry").word(registry).run().await
}

/// All that several commands print and say, without the address.
async fn said(scratch: &Scratch, registry: &str, all: &[&str]) -> String {
    let mut said = String::new();
    for words in all {
        let done = schema(scratch, words, registry).await;
        let code = done.code.unwrap_or(-1);
        let told = format!("{}{}", done.out, done.err).replace(registry, "REGISTRY");
        said.push_str(&format!("$ {words}\n{told}= {code}\n"));
    }
    said
}

const ALL: [&str; 33] = [
    "list",
    "register quotes-value v1.avsc",
    "register quotes-value v1.avsc --json",
    "check wrong.avsc quotes-value",
    "register quotes-value wrong.avsc",
    "check v2.avsc quotes-value",
    "register quotes-value v2.avsc",
    "check v1.avsc quotes-value:1",
    "check wrong.avsc quotes-value:latest",
    "check v1.avsc quotes-value:7",
    "check v1.avsc quotes-vlaue",
    "check v1.avsc trips-value --new-subject-ok",
    "check trip.avsc trips-value --new-subject-ok --reference geo.City=cities-value:1",
    "compat quotes-value",
    "compat quotes-value --set FULL",
    "list --json",
    "compat quotes-value --set FULL_TRANSITIVE",
    "check v1.avsc quotes-value",
    "compat quotes-value --set NONE",
    "check wrong.avsc quotes-value",
    "register cities-value city.avsc",
    "register trips-value trip.avsc --reference geo.City=cities-value:1",
    "check trip.avsc trips-value --reference geo.City=cities-value:1",
    "show quotes-value:1",
    "show 2",
    "show quotes-value --form columns",
    "show trips-value",
    "show trips-value --form columns",
    "delete quotes-value --permanent",
    "delete quotes-value:1",
    "list quotes --deleted",
    "delete quotes-value",
    "delete quotes-value --permanent",
];

#[tokio::test]
async fn a_served_folder_is_asked_by_every_command() {
    let scratch = scratch();
    let registry = Registry::start(&scratch).await;
    let said = said(&scratch, &registry.address, &ALL).await;
    registry.end().await;
    // The GUID is made of the text alone, so it is the same everywhere.
    insta::assert_snapshot!(said);
}

#[tokio::test]
async fn a_folder_says_what_a_server_over_it_says() {
    let (served, alone) = (scratch(), scratch());
    std::fs::create_dir(alone.path("schemas")).expect("it can be made");
    let registry = Registry::start(&served).await;
    let by_server = said(&served, &registry.address, &ALL).await;
    registry.end().await;
    let by_folder = said(&alone, "file:schemas", &ALL).await;
    assert_eq!(by_folder, by_server);
}

#[tokio::test]
async fn mistakes_get_one_line() {
    let scratch = scratch();
    let all = [
        "register quotes-value none.avsc",
        "register quotes-value missing.avsc",
        "register trips-value v1.avsc --reference geo.City",
        "show quotes-value",
        "show quotes-value:9",
        "show 77",
        "check v1.avsc none-value",
        "check v1.avsc none-value:1",
        "check v1.avsc none-value --mode FULL",
        "check none.avsc quotes-value",
        "check missing.avsc quotes-value",
        "check none.avsc none-value --new-subject-ok --reference geo.City",
        "check v1.avsc a b",
        "compat quotes-value --set SIDEWAYS",
        "delete none-value",
    ];
    insta::assert_snapshot!(said(&scratch, "file:schemas", &all).await);
}

#[tokio::test]
async fn an_address_that_is_none_is_told_without_its_secrets() {
    let scratch = scratch();
    for (address, part) in [
        ("localhost:8081", "http://HOST:8081"),
        ("ftp://me:s3cret@host", "http://HOST:8081"),
        ("file:", "names no folder"),
        ("file:v1.avsc", "v1.avsc"),
    ] {
        let done = schema(&scratch, "list", address).await;
        let line = done.complaint(1);
        assert!(line.contains(part), "{address}: {line}");
        assert!(!line.contains("s3cret"), "{line}");
    }
    let done = scratch.crawl("schema list").run().await.ended(1);
    assert!(done.err.contains("--registry <URL>"), "{}", done.err);
}

#[tokio::test]
async fn the_environment_names_the_registry_and_help_does_not_show_it() {
    let scratch = scratch();
    let url = ("REGISTRY_URL", "file:schemas");
    let register = scratch.crawl("schema register quotes-value v1.avsc");
    let done = register.env(url.0, url.1).run().await.succeeded();
    assert_eq!(done.out, "quotes-value: version 1, id 1\n");
    let help = scratch.crawl("schema list --help");
    let help = help.env(url.0, "http://me:s3cret@host").run().await;
    let help = help.succeeded().out;
    assert!(
        help.contains("REGISTRY_URL") && !help.contains("s3cret"),
        "{help}"
    );
    for command in ["list", "register", "check", "show", "compat", "delete"] {
        let help = scratch.crawl(&format!("schema {command} --help"));
        let help = help.run().await.succeeded().out;
        assert!(help.contains("Examples:\n"), "{command}: {help}");
    }
}

#[tokio::test]
async fn a_spider_registers_the_schema_of_its_items() {
    let scratch = scratch();
    let words = "register quotes-value quotes";
    let done = schema(&scratch, words, "file:schemas").await.succeeded();
    assert_eq!(done.out, "quotes-value: version 1, id 1\n");
    let shown = schema(&scratch, "show quotes-value", "file:schemas").await;
    let own = scratch.crawl("schema show quotes").run().await.succeeded();
    let parsed = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(parsed(&shown.succeeded().out), parsed(&own.out));
}

/// `show` and `check` have forms of their own without a registry, which the variable leaves alone.
#[tokio::test]
async fn the_environment_names_the_registry_for_what_is_not_here() {
    let scratch = scratch();
    let words = "register quotes-value v1.avsc";
    schema(&scratch, words, "file:schemas").await.succeeded();
    let mut said = String::new();
    for words in [
        "show quotes-value:1",
        "show v1.avsc --form columns",
        "show quotes --form columns",
        "show qoutes-value",
        "check v2.avsc quotes-value",
        "check quotes quotes-value:1",
        "check quotes v1.avsc",
        "check v2.avsc v1.avsc --mode FULL",
        "check v2.avsc quotes-value --mode FULL",
        "check v2.avsc qoutes-value",
        "check v2.avsc v1.avsc --ca ca.pem",
    ] {
        let crawl = scratch.crawl(&format!("schema {words}"));
        let done = crawl.env("REGISTRY_URL", "file:schemas").run().await;
        let code = done.code.unwrap_or(-1);
        said.push_str(&format!("$ {words}\n{}{}= {code}\n", done.out, done.err));
    }
    for words in [
        "check v2.avsc quotes-value",
        "check v2.avsc v1.avsc --new-subject-ok",
        "check v2.avsc v1.avsc --reference a=b:1",
        "show quotes --certificate me.pem",
    ] {
        let crawl = scratch.crawl(&format!("schema {words}"));
        let line = crawl.env("REGISTRY_URL", "").run().await.complaint(1);
        said.push_str(&format!("no registry $ {words}\n{line}\n"));
    }
    insta::assert_snapshot!(said);
}

#[tokio::test]
async fn who_only_asks_makes_no_folder() {
    let scratch = scratch();
    let before = scratch.names();
    for words in [
        "list",
        "show quotes-value",
        "check v1.avsc quotes-value",
        "check v1.avsc quotes-value --new-subject-ok",
        "compat quotes-value",
        "compat --unset",
        "delete quotes-value",
    ] {
        for registry in ["file:typo", "file://typo/deep"] {
            let line = schema(&scratch, words, registry).await.complaint(1);
            assert!(line.contains("there is no folder typo"), "{words}: {line}");
        }
    }
    assert_eq!(scratch.names(), before);
    for (words, folder) in [
        ("register quotes-value v1.avsc", "registered"),
        ("compat --set FULL", "set"),
    ] {
        let registry = format!("file:{folder}");
        schema(&scratch, words, &registry).await.succeeded();
        assert!(scratch.path(folder).is_dir(), "{words}");
    }
}

#[tokio::test]
async fn a_registry_that_is_away_is_waited_for_and_told_of() {
    let scratch = scratch();
    let nobody = format!("http://{}", nobody().await);
    let done = schema(&scratch, "list", &nobody).await;
    let done = done.ended(3);
    let lines: Vec<_> = done.err.lines().collect();
    assert!(lines[0].starts_with("waiting for the registry"), "{done:?}");
    assert!(lines[1].starts_with(&format!("error: {nobody}/subjects: ")));
    assert_eq!((lines.len(), &*done.out), (2, ""));
}

/// A paragraph has no line that ends before its next word would be too long.
#[tokio::test]
async fn the_text_below_the_flags_is_wrapped_where_it_is_full() {
    const WIDTH: usize = 100;
    let scratch = scratch();
    for command in [
        "tail",
        "registry",
        "schema list",
        "schema show",
        "schema check",
        "schema register",
        "schema compat",
        "schema delete",
    ] {
        let help = scratch.crawl(command).word("--help").run().await;
        let help = help.succeeded().out;
        let (_, text) = help.split_once("\nExamples:\n").expect("there are some");
        let lines: Vec<_> = text.lines().collect();
        for pair in lines.windows(2) {
            let (line, next) = (pair[0], pair[1]);
            let word = next.split(' ').next().unwrap_or_default();
            let is_apart = line.is_empty() || word.is_empty() || line.starts_with(' ');
            let is_full = line.chars().count() + 1 + word.chars().count() > WIDTH;
            assert!(is_apart || is_full, "{command}: {line}|{next}");
        }
        let example = lines.iter().take_while(|line| !line.is_empty());
        for line in example {
            let whole = ["  crawl ", "  REGISTRY_URL="];
            let is_whole = whole.iter().any(|start| line.starts_with(start));
            assert!(is_whole, "{command}: an example is broken: {line}");
        }
    }
}
