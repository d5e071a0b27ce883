//! Tests that need Java say so: where it is missing they are counted as ignored, not as passed.

use crate::demand_none;
use crate::scan::word_then;
use crate::source::{Source, sources};

/// Where tests have brokers, registries and clients of Java.
const FOLDERS: [&str; 5] = [
    "crates/avro/tests/",
    "crates/kafka/tests/",
    "crates/registry/tests/",
    "crates/testkit/tests/",
    "tests/e2e/",
];

/// What starts them, or hands out one that runs.
const STARTS: [&str; 8] = [
    "Kafka::start",
    "Apicurio::start",
    "java::program",
    "Between::start",
    "= jars()",
    "= own() else",
    "guarded()",
    "shared()",
];

/// A function at the left edge of a file.
struct Function<'a> {
    at: usize,
    name: &'a str,
    attributes: &'a str,
    body: &'a str,
}

fn functions(code: &str) -> Vec<Function<'_>> {
    let heads = code.match_indices("fn ").filter_map(|(at, _)| {
        let line = code[..at].rfind('\n').map_or(0, |end| end + 1);
        let (name, _) = code[at + 3..].split_once('(')?;
        let length = code[at..].find("\n}")?;
        let before = code[..line].rfind("\n\n").map_or(0, |end| end + 2);
        (!code[line..].starts_with([' ', '/'])).then(|| Function {
            at,
            name,
            attributes: &code[before..line],
            body: &code[at + 3 + name.len()..at + length],
        })
    });
    heads.collect()
}

/// Whether it calls a function of its own file by its name.
fn calls(body: &str, name: &str) -> bool {
    let mut places = word_then(body, name, "(").into_iter();
    places.any(|at| !body[..at].ends_with(['.', ':']))
}

fn unmarked(source: &Source) -> Vec<String> {
    let all = functions(&source.code);
    let starts = |one: &&Function<'_>| STARTS.iter().any(|start| one.body.contains(start));
    let mut need: Vec<&str> = all.iter().filter(starts).map(|one| one.name).collect();
    loop {
        let further = all
            .iter()
            .find(|one| !need.contains(&one.name) && need.iter().any(|name| calls(one.body, name)));
        match further {
            Some(one) => need.push(one.name),
            None => break,
        }
    }
    let tests = all.iter().filter(|one| {
        let is_test = ["#[test]", "#[tokio::test"].iter();
        let mut is_test = is_test.map(|mark| one.attributes.contains(mark));
        is_test.any(|is| is) && need.contains(&one.name) && !one.attributes.contains("needs_java")
    });
    let what = "mark it `#[huntsman_testkit::needs_java]`, to be counted where Java is missing";
    tests.map(|one| source.at(one.at, what)).collect()
}

#[test]
fn tests_that_need_java_say_so() {
    let all = sources();
    let of_java = all
        .iter()
        .filter(|source| FOLDERS.iter().any(|folder| source.path.starts_with(folder)));
    let findings: Vec<String> = of_java.flat_map(unmarked).collect();
    demand_none("tests that need Java", &findings);
}

#[test]
fn tests_that_do_not_say_so_are_found() {
    let text = "\
#[test]
fn direct() {
    let broker = shared();
}

async fn further() {
    Kafka::start(1);
}

/// What it does.
#[tokio::test(flavor = \"multi_thread\")]
async fn by_another() {
    further().await;
}

#[huntsman_testkit::needs_java]
#[test]
fn marked() {
    let broker = shared();
}

#[test]
fn without() {
    Registry::further();
}
";
    let found = unmarked(&Source::new("tests/e2e/a.rs", text));
    let lines: Vec<_> = found
        .iter()
        .filter_map(|one| one.split(':').nth(1))
        .collect();
    assert_eq!(lines, ["2", "12"]);
}
