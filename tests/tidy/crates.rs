//! Who may depend on whom, as `cargo metadata` tells it.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::files::empty_name;
use crate::{demand_none, read, root};

/// A crate of the workspace.
pub(crate) struct Member {
    pub(crate) name: String,
    /// From the workspace's folder on: `crates/core`.
    pub(crate) folder: String,
    /// Names of the crates that it is built with: normal and build dependencies.
    needs: Vec<String>,
}

/// What a crate may need of the workspace; `None`: anything under `crates/`.
fn may_need(member: &Member) -> Option<&'static [&'static str]> {
    match member.folder.as_str() {
        "crates/core" | "crates/avro" => Some(&[]),
        "crates/contract" => Some(&["huntsman-avro", "huntsman-core"]),
        "crates/macros" | "crates/registry" => Some(&["huntsman-avro"]),
        "crates/engine" => Some(&["huntsman-core", "huntsman-macros", "huntsman-select"]),
        "spiders" => Some(&["huntsman", "huntsman-cli"]),
        "crates/cli" => None,
        "crates/export" => Some(&["huntsman-avro", "huntsman-contract", "huntsman-core"]),
        // Formats and places for feeds, each too heavy for all.
        "crates/bucket" | "crates/parquet" | "crates/sql" => Some(&[
            "huntsman-avro",
            "huntsman-contract",
            "huntsman-core",
            "huntsman-export",
        ]),
        // And topics, whose schemas a registry has.
        "crates/kafka" => Some(&[
            "huntsman-avro",
            "huntsman-contract",
            "huntsman-core",
            "huntsman-export",
            "huntsman-registry",
        ]),
        "crates/testkit" => Some(&["huntsman-core", "huntsman-testkit-macros"]),
        // The leaves.
        folder if folder.starts_with("crates/") => Some(&["huntsman-core"]),
        _ => None,
    }
}

/// All crates of the workspace.
pub(crate) fn members() -> Vec<Member> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "cargo metadata: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let top = metadata["workspace_root"]
        .as_str()
        .expect("the root is a path");
    let packages = metadata["packages"].as_array().expect("packages is a list");
    packages
        .iter()
        .map(|package| member(package, top))
        .collect()
}

fn member(package: &Value, top: &str) -> Member {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let manifest = Path::new(package["manifest_path"].as_str().expect("a path"));
    let folder = manifest
        .parent()
        .and_then(|folder| folder.strip_prefix(top).ok())
        .expect("a member is in the workspace");
    let dependencies = package["dependencies"].as_array().expect("a list");
    Member {
        name: text(&package["name"]).expect("a crate has a name"),
        folder: folder.to_string_lossy().replace('\\', "/"),
        needs: dependencies
            .iter()
            .filter(|needed| needed["kind"].as_str() != Some("dev"))
            .filter_map(|needed| text(&needed["name"]))
            .collect(),
    }
}

/// Dependencies between crates of the workspace that point the wrong way.
fn wrong_directions(members: &[Member]) -> Vec<String> {
    let mut findings = Vec::new();
    for member in members {
        for needed in &member.needs {
            let Some(other) = members.iter().find(|other| other.name == *needed) else {
                continue;
            };
            let allowed = match may_need(member) {
                Some(names) => names.contains(&needed.as_str()),
                None => other.folder.starts_with("crates/"),
            };
            if !allowed {
                findings.push(format!(
                    "{}: `{}` must not need `{needed}`: only cli puts crates together, leaves know core alone",
                    place(&member.folder, needed),
                    member.name,
                ));
            }
        }
    }
    findings
}

/// `FILE:LINE` of a word in a crate's manifest.
fn place(folder: &str, word: &str) -> String {
    let path = format!("{folder}/Cargo.toml");
    let text = read(&path).unwrap_or_default();
    let line = text.lines().position(|line| line.starts_with(word));
    format!("{path}:{}", 1 + line.unwrap_or(0))
}

#[test]
fn crates_depend_in_one_direction() {
    let members = members();
    assert!(members.len() > 10, "cargo metadata names few crates");
    demand_none("crate direction", &wrong_directions(&members));
}

#[test]
fn crates_are_named_after_what_they_do() {
    let findings: Vec<String> = members()
        .iter()
        .filter_map(|member| {
            let word = empty_name(&member.name)?;
            let place = place(&member.folder, "name");
            Some(format!(
                "{place}: no crate is called `{word}`: name it after what it does"
            ))
        })
        .collect();
    demand_none("crate names", &findings);
}

#[test]
fn wrong_directions_are_found() {
    let member = |name: &str, folder: &str, needs: &[&str]| Member {
        name: name.to_owned(),
        folder: folder.to_owned(),
        needs: needs.iter().map(|&name| name.to_owned()).collect(),
    };
    let members = |changed: Member| {
        let mut all = vec![
            member("huntsman-core", "crates/core", &["url"]),
            member("huntsman-http", "crates/http", &["huntsman-core"]),
            member("huntsman", "crates/engine", &["huntsman-core"]),
            member("huntsman-cli", "crates/cli", &["huntsman", "huntsman-http"]),
            member("huntsman-spiders", "spiders", &["huntsman", "huntsman-cli"]),
        ];
        all.retain(|kept| kept.name != changed.name);
        all.push(changed);
        wrong_directions(&all).len()
    };
    assert_eq!(
        members(member("huntsman-new", "crates/new", &["huntsman-core"])),
        0
    );
    assert_eq!(
        members(member("huntsman-new", "crates/new", &["huntsman-http"])),
        1
    );
    assert_eq!(
        members(member("huntsman-core", "crates/core", &["huntsman-http"])),
        1
    );
    assert_eq!(
        members(member("huntsman", "crates/engine", &["huntsman-http"])),
        1
    );
    assert_eq!(
        members(member("huntsman-cli", "crates/cli", &["huntsman-spiders"])),
        1
    );
    assert_eq!(
        members(member("huntsman-spiders", "spiders", &["huntsman-core"])),
        1
    );
}
