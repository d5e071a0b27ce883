//! The named points of the code, as its text has them: none can be forgotten.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Points that this harness cannot reach, and who does.
const ELSEWHERE: [&str; 3] = [
    // Both need a server of their own; their crates cut them at each step:
    // `cargo test -p huntsman-bucket --test s3 resume`, `-p huntsman-sql --test tables suite`.
    "bucket.",
    "postgres.",
    // Needs a broker: see `topic`.
    "kafka.",
];

/// Every point that a crawl of this harness has to be killed at.
pub(crate) fn points() -> BTreeSet<String> {
    let mut all = in_the_code();
    all.retain(|name| !ELSEWHERE.iter().any(|other| name.starts_with(other)));
    all
}

/// Every point of the sink for Kafka.
pub(crate) fn of_kafka() -> BTreeSet<String> {
    let mut all = in_the_code();
    all.retain(|name| name.starts_with("kafka."));
    all
}

fn in_the_code() -> BTreeSet<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(crates).expect("the crates are there") {
        let folder = entry.expect("a crate").path();
        // There, the function is at home.
        if !folder.ends_with("core") {
            collect(&folder.join("src"), &mut found);
        }
    }
    found
}

fn collect(folder: &Path, found: &mut BTreeSet<String>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() && !path.ends_with("tests") {
            collect(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).expect("a text");
            found.extend(names(&text));
        }
    }
}

/// The names in the calls of a text.
fn names(text: &str) -> Vec<String> {
    let calls = text.split("failpoint(\"").skip(1);
    let name = |call: &str| call.split('"').next().unwrap_or_default().to_owned();
    calls.map(name).collect()
}

pub(crate) fn every_point_of_the_code_is_found() {
    let text = "failpoint(\"a.b\"); other(\"c\");\n  failpoint(\"d\");";
    assert_eq!(names(text), ["a.b", "d"]);
    let found = in_the_code();
    for part in ["store.", "feed.", "sqlite.", "postgres.", "bucket."] {
        let count = found.iter().filter(|name| name.starts_with(part)).count();
        assert!(count >= 5, "{part} has {count} points only");
    }
    let whole = |name: &String| name.split('.').count() >= 2 && !name.contains(' ');
    assert!(found.iter().all(whole), "{found:?}");
}
