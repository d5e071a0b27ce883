//! The seven stages of the engine know `huntsman-core` and a few plain modules, never each other.

use crate::demand_none;
use crate::scan::{identifier, word_then};
use crate::source::{Source, sources};

const ENGINE: &str = "crates/engine/src/";
const STAGES: [&str; 7] = [
    "admit", "lease", "fetch", "parse", "refine", "settle", "deliver",
];
/// What a stage may use of its own crate.
const PLAIN: [&str; 8] = [
    "settings", "output", "response", "observe", "clock", "caught", "yielded", "state",
];

/// The modules of a file: `admit/robots.rs` is `admit`, `robots`.
fn modules(path: &str) -> Option<Vec<&str>> {
    let below = path.strip_prefix(ENGINE)?.strip_suffix(".rs")?;
    let mut modules: Vec<&str> = below.split('/').collect();
    if modules.last() == Some(&"mod") {
        modules.pop();
    }
    STAGES.contains(modules.first()?).then_some(modules)
}

/// The first names of a path after `crate::`, also those of a group `{a::b, c}`.
fn first_names(code: &str) -> Vec<&str> {
    let code = code.trim_start();
    let Some(group) = code.strip_prefix('{') else {
        return vec![identifier(code)];
    };
    let (mut depth, mut start, mut names) = (0_usize, true, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => start = true,
            c if depth == 0 && start && !c.is_whitespace() => {
                names.push(identifier(&group[at..]));
                start = false;
            }
            _ => {}
        }
    }
    names
}

/// Where `super::super::` leaves the stage for the crate's root, and the text after it.
fn climbs(code: &str, depth: usize) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for at in word_then(code, "super", "::") {
        if code[..at].trim_end().ends_with("super::") {
            continue;
        }
        let (mut rest, mut steps) = (&code[at..], 0);
        while let Some(after) = rest.strip_prefix("super::") {
            rest = after.trim_start();
            steps += 1;
        }
        if steps >= depth {
            found.push((at, rest));
        }
    }
    found
}

fn stage_imports(source: &Source) -> Vec<String> {
    let Some(modules) = modules(&source.path) else {
        return Vec::new();
    };
    let stage = modules[0];
    let code = &source.code[..source.end_of_code()];
    let mut paths = climbs(code, modules.len());
    for at in word_then(code, "crate", "::") {
        paths.push((
            at,
            code[at..]
                .trim_start_matches("crate")
                .trim_start_matches("::"),
        ));
    }
    let mut findings = Vec::new();
    for (at, path) in paths {
        for name in first_names(path) {
            if name != stage && !PLAIN.contains(&name) {
                findings.push(source.at(
                    at,
                    &format!("`{stage}` must not know `{name}`: move what both need to core or a plain module, or let the driver pass it"),
                ));
            }
        }
    }
    findings
}

#[test]
fn stages_do_not_know_each_other() {
    let sources = sources();
    for stage in STAGES {
        let known = sources
            .iter()
            .any(|source| modules(&source.path).is_some_and(|found| found[0] == stage));
        assert!(
            known,
            "{ENGINE}{stage}: every stage is a module; name it in this test as in the code"
        );
    }
    let findings: Vec<String> = sources.iter().flat_map(stage_imports).collect();
    demand_none("stages", &findings);
}

#[test]
fn each_way_to_another_stage_is_found() {
    let count = |file: &str, text: &str| {
        let source = Source::new(&format!("{ENGINE}{file}"), text);
        stage_imports(&source).len()
    };
    assert_eq!(count("admit/mod.rs", "use crate::fetch::Fate;"), 1);
    assert_eq!(count("admit/mod.rs", "let a = crate::parse::text(b);"), 1);
    assert_eq!(
        count(
            "admit/mod.rs",
            "use crate::{output::{A, B}, parse::C, driver};"
        ),
        2
    );
    assert_eq!(count("admit/mod.rs", "use super::lease::A;"), 1);
    assert_eq!(count("admit/robots.rs", "use super::super::lease::A;"), 1);
    assert_eq!(count("fetch.rs", "use crate::driver::A;"), 1);

    assert_eq!(count("admit/robots.rs", "use super::lease::A;"), 0);
    assert_eq!(
        count(
            "admit/mod.rs",
            "use crate::settings::A; pub(crate) use crate::admit::B;"
        ),
        0
    );
    assert_eq!(
        count(
            "admit/mod.rs",
            "#[cfg(test)]\nmod tests { use crate::fetch::A; }"
        ),
        0
    );
    assert_eq!(count("driver/mod.rs", "use crate::fetch::Fate;"), 0);
}
