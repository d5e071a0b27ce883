//! The house rules, held by tests: how long a file may be, who may know whom, what is never written.
//!
//! Each rule is a function from text to findings, `FILE:LINE: what to do`. One test runs it over the
//! checkout and another shows it a text that breaks it. CONTRIBUTING.md says why the rules are there.

#[path = "tidy/crates.rs"]
mod crates;
#[path = "tidy/files.rs"]
mod files;
#[path = "tidy/house.rs"]
mod house;
#[path = "tidy/java.rs"]
mod java;
#[path = "tidy/scan.rs"]
mod scan;
#[path = "tidy/source.rs"]
mod source;
#[path = "tidy/stages.rs"]
mod stages;

use std::path::PathBuf;

/// The folder of the workspace.
fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("tests/ has a parent").to_path_buf()
}

/// The text of a file of the workspace, or `None` where there is no such file.
fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(root().join(path)).ok()
}

/// Fails with every finding, one a line.
#[track_caller]
fn demand_none(rule: &str, findings: &[String]) {
    assert!(
        findings.is_empty(),
        "\n{rule}: {} to put right\n  {}\n",
        findings.len(),
        findings.join("\n  ")
    );
}
