//! Rules for each Rust file: its length, its first line, its names, what is never written in it.

use crate::demand_none;
use crate::scan::{attributes, identifier, word, word_then};
use crate::source::{Source, sources};

const LONGEST_FILE: usize = 400;
const LONGEST_TEST_FILE: usize = 800;
const MOST_FEATURE_SWITCHES: usize = 10;

/// Ends of type names that say nothing about what the type is.
const EMPTY_ENDINGS: [&str; 5] = ["Manager", "Helper", "Handler", "Impl", "Base"];
/// Words in names of crates, modules and files for what belongs nowhere.
const EMPTY_NAMES: [&str; 5] = ["util", "utils", "common", "helper", "helpers"];
/// Macros for code that is not finished.
const UNFINISHED: [&str; 3] = ["todo", "unimplemented", "dbg"];

/// What a file breaks of a rule.
type Rule = fn(&Source) -> Vec<String>;

#[track_caller]
fn hold(rule: &str, check: Rule) {
    let findings: Vec<String> = sources().iter().flat_map(check).collect();
    demand_none(rule, &findings);
}

/// Lines up to the unit tests; a file of tests may be longer.
fn length(source: &Source) -> Vec<String> {
    let (longest, end) = if source.is_test() {
        (LONGEST_TEST_FILE, source.text.len())
    } else {
        (LONGEST_FILE, source.end_of_code())
    };
    let lines = source.text[..end].lines().count();
    if lines <= longest {
        return Vec::new();
    }
    let path = &source.path;
    vec![format!(
        "{path}:{longest}: {lines} lines, at most {longest}; give a behaviour of it a file of its own"
    )]
}

fn module_doc(source: &Source) -> Vec<String> {
    // Inputs of compile-fail tests: their messages name lines, and they are no modules.
    if source.text.starts_with("//!") || source.path.contains("/tests/ui/") {
        return Vec::new();
    }
    vec![source.at(
        0,
        "start the file with a `//!` line that says what it is for",
    )]
}

fn feature_switches(source: &Source) -> Vec<usize> {
    let attributes = attributes(source)
        .into_iter()
        .filter(|attribute| {
            let code = attribute.code;
            let conditional = ["cfg", "cfg_attr"]
                .iter()
                .any(|name| !word_then(code, name, "(").is_empty());
            conditional && !word_then(code, "feature", "=").is_empty()
        })
        .map(|attribute| attribute.at);
    let expressions = word_then(&source.code, "cfg", "!(")
        .into_iter()
        .filter(|at| {
            let line = source.code[*at..].lines().next().unwrap_or_default();
            !word_then(line, "feature", "=").is_empty()
        });
    attributes.chain(expressions).collect()
}

fn features_at_the_top(source: &Source) -> Vec<String> {
    if matches!(source.name(), "lib.rs" | "main.rs") {
        return Vec::new();
    }
    feature_switches(source)
        .into_iter()
        .map(|at| {
            source.at(
                at,
                "switch features in lib.rs or main.rs, a whole module at once",
            )
        })
        .collect()
}

fn suppressed_lints(source: &Source) -> Vec<String> {
    let mut findings = Vec::new();
    for attribute in attributes(source) {
        if !word_then(attribute.code, "allow", "(").is_empty() {
            findings.push(source.at(
                attribute.at,
                "write `#[expect(lint, reason = \"…\")]` for `allow`, or mend what the lint says",
            ));
        }
        let expects = !word_then(attribute.code, "expect", "(").is_empty();
        if expects && !gives_reason(attribute.text) {
            findings.push(source.at(attribute.at, "give this `expect` a `reason = \"…\"`"));
        }
        let inside = attribute.code.trim_start_matches(['#', '!', '[', ' ']);
        if identifier(inside) == "ignore" && !attribute.text.contains('"') {
            findings.push(source.at(attribute.at, "say why: `#[ignore = \"…\"]`"));
        }
    }
    findings
}

fn gives_reason(attribute: &str) -> bool {
    let Some((_, after)) = attribute.split_once("reason") else {
        return false;
    };
    let value = after.trim_start_matches([' ', '=', '\n']);
    value.starts_with('"') && !value.starts_with("\"\"")
}

fn unfinished(source: &Source) -> Vec<String> {
    UNFINISHED
        .iter()
        .flat_map(|name| {
            ["!(", "![", "!{"]
                .into_iter()
                .flat_map(|open| word_then(&source.code, name, open))
                .map(move |at| source.at(at, &format!("finish this: no `{name}!` is kept")))
        })
        .collect()
}

fn type_names(source: &Source) -> Vec<String> {
    let mut findings = Vec::new();
    for kind in ["struct", "enum", "trait", "type", "union"] {
        for at in word(&source.code, kind) {
            // An associated type has the name that its trait gave it, which may not be ours.
            let line = source.code[..at].rsplit('\n').next().unwrap_or_default();
            if kind == "type" && !line.is_empty() && line.trim().is_empty() {
                continue;
            }
            let name = identifier(source.code[at + kind.len()..].trim_start());
            if let Some(ending) = EMPTY_ENDINGS.iter().find(|end| name.ends_with(*end)) {
                findings.push(source.at(
                    at,
                    &format!("name `{name}` after what it is; `{ending}` says nothing"),
                ));
            }
        }
    }
    findings
}

/// The first word of a name that says nothing: `html_utils` has `utils`.
pub(crate) fn empty_name(name: &str) -> Option<&str> {
    name.split(['_', '-', '.'])
        .find(|word| EMPTY_NAMES.contains(word))
}

fn module_names(source: &Source) -> Vec<String> {
    let mut findings = Vec::new();
    if let Some(word) = source.path.split('/').find_map(empty_name) {
        findings.push(source.at(
            0,
            &format!("nothing is called `{word}`: name the file or folder after what it does"),
        ));
    }
    for at in self::word(&source.code, "mod") {
        let name = identifier(source.code[at + "mod".len()..].trim_start());
        if let Some(word) = empty_name(name) {
            findings.push(source.at(
                at,
                &format!("nothing is called `{word}`: name the module after what it does"),
            ));
        }
    }
    findings
}

#[test]
fn files_are_short() {
    hold("file length", length);
}

#[test]
fn modules_say_what_they_are_for() {
    hold("module documentation", module_doc);
}

#[test]
fn features_are_switched_in_one_place() {
    hold("features", features_at_the_top);
    let switches: Vec<String> = sources()
        .iter()
        .flat_map(|source| {
            feature_switches(source)
                .into_iter()
                .map(|at| source.at(at, "a switch; a heavy option is a crate"))
        })
        .collect();
    if switches.len() > MOST_FEATURE_SWITCHES {
        demand_none(
            &format!("features: at most {MOST_FEATURE_SWITCHES} switches in all"),
            &switches,
        );
    }
}

#[test]
fn lints_are_suppressed_with_a_reason() {
    hold("suppressed lints and tests", suppressed_lints);
}

#[test]
fn nothing_is_left_unfinished() {
    hold("unfinished code", unfinished);
}

#[test]
fn types_are_named_after_what_they_are() {
    hold("type names", type_names);
}

#[test]
fn modules_are_named_after_what_they_do() {
    hold("module names", module_names);
}

#[test]
fn each_rule_finds_what_breaks_it() {
    let broken: [(Rule, &str, &str, usize); 13] = [
        (module_doc, "a/b.rs", "\n//! Late.", 1),
        (
            features_at_the_top,
            "a/b.rs",
            "\n#[cfg(any(\nfeature = \"c\"))]",
            2,
        ),
        (
            features_at_the_top,
            "a/b.rs",
            "#[cfg_attr(feature = \"c\", d)]",
            1,
        ),
        (
            features_at_the_top,
            "a/b.rs",
            "if cfg!(feature = \"c\") {}",
            1,
        ),
        (suppressed_lints, "a/b.rs", "\n\n#![allow(c)]", 3),
        (suppressed_lints, "a/b.rs", "#[expect(\nc\n)]", 1),
        (suppressed_lints, "a/b.rs", "#[expect(c, reason = \"\")]", 1),
        (suppressed_lints, "a/b.rs", "#[test]\n#[ignore]", 2),
        (unfinished, "a/b.rs", "fn c() { todo!() }", 1),
        (type_names, "a/b.rs", "pub(crate) struct PageHandler<T>;", 1),
        (module_names, "a/url_utils.rs", "", 1),
        (module_names, "a/common/b.rs", "", 1),
        (module_names, "a/b.rs", "//! C\nmod helpers;", 2),
    ];
    for (rule, path, text, line) in broken {
        let findings = rule(&Source::new(path, text));
        assert_eq!(findings.len(), 1, "{text}: {findings:?}");
        let place = format!("{path}:{line}: ");
        assert!(findings[0].starts_with(&place), "{place} {findings:?}");
    }
}

#[test]
fn long_files_are_found() {
    let lines = |count: usize| "//\n".repeat(count);
    let with_tests = lines(400) + "#[cfg(test)]\nmod tests {\n" + &lines(400) + "}\n";
    assert_eq!(length(&Source::new("a/src/b.rs", &with_tests)), [""; 0]);
    assert_eq!(length(&Source::new("a/src/b.rs", &lines(401))).len(), 1);
    assert_eq!(length(&Source::new("a/tests/b.rs", &lines(800))), [""; 0]);
    assert_eq!(
        length(&Source::new("a/src/b/tests.rs", &lines(801))).len(),
        1
    );
}

#[test]
fn text_and_reasons_break_no_rule() {
    let text = "//! Says `todo!()` and `#[allow(a)]`.\n\
        #[expect(\n    a,\n    reason = \"b\"\n)]\n#[ignore = \"slow\"]\n\
        const A: &str = \"#[allow(b)] mod utils dbg!(c)\";\nif todo != dbg {}\n";
    let source = Source::new("a/b.rs", text);
    for rule in [
        module_doc,
        features_at_the_top,
        suppressed_lints,
        unfinished,
        module_names,
    ] {
        assert_eq!(rule(&source), [""; 0]);
    }
}
