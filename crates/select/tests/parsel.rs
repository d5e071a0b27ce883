//! Selections against what parsel found; `parsel_oracle.py` writes the cases.

use std::collections::HashMap;

use huntsman_select::{Document, SelectError};
use serde::Deserialize;

#[derive(Deserialize)]
struct Snapshot {
    pages: HashMap<String, String>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    page: String,
    calls: Vec<(String, String)>,
    expected: Vec<String>,
    /// Why this result is not parsel's.
    differs: Option<String>,
}

fn run(page: &Document, calls: &[(String, String)]) -> Result<Vec<String>, SelectError> {
    let mut found = match (calls[0].0.as_str(), calls[0].1.as_str()) {
        ("css", selector) => page.css(selector)?,
        (_, expression) => page.xpath(expression)?,
    };
    for (method, argument) in &calls[1..] {
        found = match method.as_str() {
            "css" => found.css(argument)?,
            "xpath" => found.xpath(argument)?,
            _ => return found.re(argument),
        };
    }
    Ok(found.getall())
}

#[test]
fn finds_what_parsel_finds() {
    let snapshot: Snapshot = serde_json::from_str(include_str!("parsel_cases.json")).unwrap();
    let pages: HashMap<_, _> = snapshot
        .pages
        .iter()
        .map(|(name, text)| (name.as_str(), Document::html(text)))
        .collect();
    let (mut wrong, mut different) = (Vec::new(), 0);
    for case in &snapshot.cases {
        let found = run(&pages[case.page.as_str()], &case.calls);
        let same = found.as_ref() == Ok(&case.expected);
        if case.differs.is_some() {
            different += 1;
        }
        if same == case.differs.is_some() {
            wrong.push(format!(
                "{} {:?}\n  parsel {:?}\n  found  {found:?}\n  {:?}",
                case.page, case.calls, case.expected, case.differs
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert_eq!((snapshot.cases.len(), different), (226, 6));
}
