//! The files that hold the other rules: lints, bans, the change log, the map of the crates.

use toml::{Table, Value};

use crate::crates::members;
use crate::{demand_none, read};

const LONGEST_FUNCTION: i64 = 60;
/// What never is called, besides what clippy.toml adds.
const BANNED: [&str; 6] = [
    "std::time::Instant::now",
    "std::time::SystemTime::now",
    "tokio::time::Instant::now",
    "std::thread::sleep",
    "tokio::spawn",
    "tokio::sync::mpsc::unbounded_channel",
];
/// Lints of the workspace, by tool, with the weakest level that will do.
const LINTS: [(&str, &str, &str); 3] = [
    ("rust", "unsafe_code", "forbid"),
    ("rust", "missing_docs", "warn"),
    ("clippy", "too_many_lines", "warn"),
];
const LEVELS: [&str; 4] = ["allow", "warn", "deny", "forbid"];

fn parsed(path: &str, text: &str) -> Result<Table, String> {
    text.parse()
        .map_err(|error| format!("{path}:1: is no TOML: {error}"))
}

/// `FILE:LINE` of the first line with a word, or of the first line.
fn place(path: &str, text: &str, word: &str) -> String {
    let line = text.lines().position(|line| line.contains(word));
    format!("{path}:{}", 1 + line.unwrap_or(0))
}

/// What clippy.toml lacks.
fn bans(text: &str) -> Vec<String> {
    let path = "clippy.toml";
    let table = match parsed(path, text) {
        Ok(table) => table,
        Err(finding) => return vec![finding],
    };
    let mut findings = Vec::new();
    let threshold = "too-many-lines-threshold";
    if table.get(threshold).and_then(Value::as_integer) != Some(LONGEST_FUNCTION) {
        let place = place(path, text, threshold);
        findings.push(format!("{place}: set `{threshold} = {LONGEST_FUNCTION}`"));
    }
    let methods = table.get("disallowed-methods").and_then(Value::as_array);
    let methods = methods.map(Vec::as_slice).unwrap_or_default();
    let path_of = |method: &Value| {
        let named = method.as_str().or_else(|| method.get("path")?.as_str());
        named.unwrap_or_default().to_owned()
    };
    for banned in BANNED {
        if !methods.iter().any(|method| path_of(method) == banned) {
            findings.push(format!(
                "{path}:1: ban `{banned}` in disallowed-methods, with a reason"
            ));
        }
    }
    for method in methods {
        let reason = method.get("reason").and_then(Value::as_str);
        if reason.is_none_or(str::is_empty) {
            let named = path_of(method);
            let place = place(path, text, &named);
            findings.push(format!("{place}: give the ban of `{named}` a reason"));
        }
    }
    findings
}

/// What the lints of the workspace's manifest lack.
fn lints(text: &str) -> Vec<String> {
    let path = "Cargo.toml";
    let table = match parsed(path, text) {
        Ok(table) => table,
        Err(finding) => return vec![finding],
    };
    let strength = |level: &str| LEVELS.iter().position(|known| *known == level);
    let mut findings = Vec::new();
    for (tool, lint, least) in LINTS {
        let set = table
            .get("workspace")
            .and_then(|workspace| workspace.get("lints")?.get(tool)?.get(lint));
        let level = set.and_then(|set| set.as_str().or_else(|| set.get("level")?.as_str()));
        if level.and_then(strength) < strength(least) {
            let place = place(path, text, lint);
            findings.push(format!(
                "{place}: set `{lint} = \"{least}\"` in [workspace.lints.{tool}]"
            ));
        }
    }
    findings
}

/// Whether a crate's manifest takes the workspace's lints.
fn takes_lints(path: &str, text: &str) -> Vec<String> {
    let table = match parsed(path, text) {
        Ok(table) => table,
        Err(finding) => return vec![finding],
    };
    let workspace = table
        .get("lints")
        .and_then(|lints| lints.get("workspace")?.as_bool());
    if workspace == Some(true) {
        return Vec::new();
    }
    let place = place(path, text, "[lints]");
    vec![format!("{place}: write `workspace = true` under `[lints]`")]
}

/// A word that is no part of a longer name: `huntsman` is not in `huntsman-core`.
fn names(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    text.match_indices(word)
        .any(|(at, _)| !text[..at].ends_with(part) && !text[at + word.len()..].starts_with(part))
}

#[test]
fn clippy_bans_what_would_break_the_house() {
    let text = read("clippy.toml").expect("clippy.toml is there");
    demand_none("clippy.toml", &bans(&text));
}

#[test]
fn every_crate_takes_the_lints() {
    let text = read("Cargo.toml").expect("Cargo.toml is there");
    let mut findings = lints(&text);
    for member in members() {
        let path = format!("{}/Cargo.toml", member.folder);
        let text = read(&path).expect("a member has a manifest");
        findings.extend(takes_lints(&path, &text));
    }
    demand_none("lints", &findings);
}

#[test]
fn changes_are_told() {
    let text = read("CHANGELOG.md").unwrap_or_default();
    let told = text
        .lines()
        .any(|line| line.trim_end() == "## [Unreleased]");
    assert!(
        told,
        "CHANGELOG.md:1: keep a section `## [Unreleased]`, and write each change there as users see it"
    );
}

#[test]
fn every_crate_is_on_the_map() {
    let text = read("ARCHITECTURE.md").unwrap_or_default();
    let findings: Vec<String> = members()
        .iter()
        .filter(|member| !names(&text, &member.name) && !names(&text, &member.folder))
        .map(|member| {
            let (name, folder) = (&member.name, &member.folder);
            format!("ARCHITECTURE.md:1: say what `{name}` is for (name it or `{folder}`)")
        })
        .collect();
    demand_none("code map", &findings);
}

#[test]
fn weaker_settings_are_found() {
    let clippy = read("clippy.toml").expect("clippy.toml is there");
    assert_eq!(bans(&clippy.replace("= 60", "= 61")).len(), 1);
    assert_eq!(
        bans(&clippy.replace("\"tokio::spawn\"", "\"tokio::other\"")).len(),
        1
    );
    assert_eq!(
        bans(&clippy.replace("a sleeping thread is a lost core", "")).len(),
        1
    );

    let manifest = read("Cargo.toml").expect("Cargo.toml is there");
    assert_eq!(lints(&manifest.replace("\"forbid\"", "\"deny\"")).len(), 1);
    assert_eq!(
        lints(&manifest.replace("too_many_lines", "large_enum_variant")).len(),
        1
    );

    assert_eq!(
        takes_lints("a/Cargo.toml", "[lints]\nworkspace = true"),
        [""; 0]
    );
    assert_eq!(
        takes_lints("a/Cargo.toml", "[lints.rust]\nunsafe_code = \"deny\"").len(),
        1
    );
    assert!(!names("Huntsman is huntsman-core", "huntsman"));
    assert!(names("`huntsman`: the crawl", "huntsman"));
}
