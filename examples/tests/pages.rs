//! What the README and the guide say is what the code has.

use std::path::Path;

use huntsman::settings::{KEYS, Layers};

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The code of the first example, without the lines that say what it is for.
fn first_example() -> String {
    let text = read("examples/examples/first.rs");
    let code: Vec<_> = text
        .lines()
        .filter(|line| !line.starts_with("//!"))
        .collect();
    code.join("\n").trim().to_owned()
}

#[test]
fn the_spider_of_the_readme_is_the_first_example() {
    let readme = read("README.md");
    let (_, rest) = readme
        .split_once("```rust,no_run\n")
        .expect("the README has Rust code");
    let (code, _) = rest.split_once("```").expect("it ends");
    assert_eq!(code.trim(), first_example());
}

#[test]
fn the_spider_has_25_lines() {
    let code = first_example();
    let (spider, _) = code.split_once("fn main").expect("the example has a main");
    let lines = spider.lines().filter(|line| !line.trim().is_empty());
    assert_eq!(lines.count(), 25);
}

#[test]
fn the_settings_chapter_has_every_key_and_default() {
    let chapter = read("guide/07-settings.md");
    let rows = chapter.lines().filter_map(|line| {
        let cells: Vec<_> = line.strip_prefix("| `")?.split(" | ").collect();
        let key = cells[0].trim_end_matches('`');
        assert!(cells[2].len() > 10, "{key} says little");
        Some((key, cells[1].trim_matches('`').to_owned()))
    });
    let written: Vec<_> = rows.collect();
    let table = Layers::default().table();
    let defaults = table
        .into_iter()
        .map(|(key, value, _)| match value.as_str() {
            "" => (key, "(empty)".to_owned()),
            _ => (key, value),
        });
    let expected: Vec<_> = defaults.collect();
    assert_eq!(written, expected);
    assert_eq!(written.len(), KEYS.len());
}

#[test]
fn every_chapter_is_in_the_table_of_contents() {
    let contents = read("guide/README.md");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guide");
    let files = std::fs::read_dir(folder).expect("the guide is there");
    let names = files.map(|file| {
        file.expect("a file")
            .file_name()
            .into_string()
            .expect("UTF-8")
    });
    let chapters: Vec<_> = names.filter(|name| name != "README.md").collect();
    assert_eq!(chapters.len(), 18);
    for chapter in chapters {
        assert!(contents.contains(&format!("({chapter})")), "{chapter}");
    }
}

#[test]
fn every_example_says_how_to_run_it_and_is_short() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let files = std::fs::read_dir(folder).expect("the examples are there");
    for file in files {
        let path = file.expect("a file").path();
        let name = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let text = std::fs::read_to_string(&path).expect("it can be read");
        assert!(
            text.starts_with("//! ") && text.contains('?'),
            "{name}: which question?"
        );
        assert!(
            text.contains(&format!("--example {name}")),
            "{name}: how to run it?"
        );
        assert!(text.lines().count() <= 80, "{name} is long");
    }
}

#[test]
fn a_format_and_a_place_are_40_lines_at_most() {
    for (name, first) in [
        ("own_format", "struct Yaml"),
        ("own_place", "struct Memory"),
    ] {
        let text = read(&format!("examples/examples/{name}.rs"));
        let (_, code) = text.split_once(first).expect("the type is there");
        let (code, _) = code.split_once("#[tokio::main").expect("main follows");
        let lines = code.lines().map(str::trim);
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("///"));
        assert!(lines.count() < 40, "{name}");
    }
}

/// All Rust code of the workspace, in one text.
fn all_code() -> String {
    fn collect(folder: &Path, code: &mut String) {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() && !path.ends_with("target") {
                collect(&path, code);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                code.push_str(&std::fs::read_to_string(&path).expect("a Rust file"));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut code = String::new();
    for folder in ["crates", "examples", "tests"] {
        collect(&root.join(folder), &mut code);
    }
    code
}

#[test]
fn every_invariant_names_tests_that_exist() {
    let text = read("ARCHITECTURE.md");
    let (_, rest) = text
        .split_once("## Invariants")
        .expect("there are invariants");
    let (invariants, _) = rest.split_once("\n## ").expect("more follows");
    let code = all_code();
    let rows = invariants
        .lines()
        .filter(|line| line.starts_with("| ") && line.ends_with("` |"));
    let mut number = 0;
    for row in rows {
        number += 1;
        assert!(row.starts_with(&format!("| {number} |")), "{row}");
        let tests = row
            .trim_end_matches(" |")
            .rsplit(" | ")
            .next()
            .expect("a cell");
        for test in tests.split(", ") {
            let name = test.trim_matches('`');
            assert!(
                code.contains(&format!("fn {name}(")),
                "{number}: no test {name}"
            );
        }
    }
    assert!(number > 20, "{number} invariants");
}
