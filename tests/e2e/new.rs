//! `crawl new`: a project that builds, crawls and passes its tests; or one line, and nothing made.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use crate::binary::{cargo, target, workspace};
use crate::scratch::Scratch;

/// A build from nothing on a slow machine.
const LIMIT: Duration = Duration::from_secs(15 * 60);

/// Where the artefacts of all projects of users are: what they depend on is built once.
pub(crate) fn artefacts() -> PathBuf {
    target().join("new-project")
}

/// Cargo in a new project. Its artefacts stay in the target folder, so that a second run is quick.
pub(crate) async fn cargo_in(project: &Path, words: &str) -> Output {
    let output = Command::new(cargo())
        .args(words.split_whitespace())
        .current_dir(project)
        .env("CARGO_TARGET_DIR", artefacts())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = timeout(LIMIT, output).await.expect("cargo ended in time");
    let output = output.expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {words}:\n{said}");
    output
}

/// Gives a project the versions of the workspace, which are those that are on this machine.
pub(crate) fn lock(scratch: &Scratch, project: &str) {
    let lock = scratch.path(project).join("Cargo.lock");
    fs::copy(workspace().join("Cargo.lock"), lock).expect("the workspace has a lock file");
}

#[tokio::test]
async fn a_new_project_crawls_the_practice_site_and_passes_its_tests() {
    let scratch = Scratch::new();
    let done = scratch.crawl("new shop").run().await.succeeded();
    insta::assert_snapshot!(done.out, @"
    made shop; now:
      cd shop
      cargo run --release -- quotes --demo -o quotes.json
    ");
    lock(&scratch, "shop");
    let project = scratch.path("shop");
    let crawl = "run --offline -- quotes --demo -o quotes.json";
    cargo_in(&project, crawl).await;
    assert_eq!(scratch.items("shop/quotes.json").len(), 100);
    let tested = cargo_in(&project, "test --offline").await;
    let said = String::from_utf8_lossy(&tested.stdout);
    assert!(said.contains("1 passed"), "{said}");
}

#[tokio::test]
async fn a_folder_that_is_there_is_left_alone() {
    let scratch = Scratch::new();
    scratch.write("shop/note.txt", "mine");
    scratch.write("stall", "mine");
    let folder = scratch.crawl("new shop").run().await.complaint(1);
    let file = scratch.crawl("new stall").run().await.complaint(1);
    insta::assert_snapshot!(format!("{folder}\n{file}"), @"
    shop is there already; choose another name: File exists (os error 17)
    stall is there already; choose another name: File exists (os error 17)
    ");
    assert_eq!(scratch.names(), ["shop", "stall"]);
    assert_eq!(fs::read_dir(scratch.path("shop")).unwrap().count(), 1);
}

#[tokio::test]
async fn a_bad_name_makes_nothing() {
    let scratch = Scratch::new();
    let mut lines = Vec::new();
    for name in [
        "2shop", "a b", "../shop", "a/b", "", "serde", "huntsman", "-shop",
    ] {
        let done = scratch.crawl("new").word(name).run().await;
        lines.push(done.complaint(1));
    }
    insta::assert_snapshot!(lines.join("\n"), @r#"
    "2shop" is no project name: letters, digits, - and _, a letter first
    "a b" is no project name: letters, digits, - and _, a letter first
    "../shop" is no project name: letters, digits, - and _, a letter first
    "a/b" is no project name: letters, digits, - and _, a letter first
    "" is no project name: letters, digits, - and _, a letter first
    the name "serde" is taken; choose another
    the name "huntsman" is taken; choose another
    no flag -s; see --help
    "#);
    assert_eq!(scratch.names(), [""; 0]);
}
