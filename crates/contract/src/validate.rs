//! Whether the items of a file obey a schema.

use std::collections::BTreeMap;
use std::fmt;

use huntsman_core::{Fingerprint, Violation};
use serde::Serialize;
use thiserror::Error;

use crate::check::{Checks, Sight};
use crate::documents::{Document, DocumentError};
use crate::policy::Policy;
use crate::policy::place;
use crate::policy::unique::{Owner, Seen};

/// Checks items one after another, and yields those that are bad.
///
/// ```
/// use huntsman_contract::{AvroSchema, Checks};
/// use huntsman_contract::documents::Documents;
/// use huntsman_contract::validate::{Validation, json};
///
/// let schema = AvroSchema::parse(
///     r#"{"type": "record", "name": "User", "fields": [{"name": "age", "type": "int"}]}"#,
/// )?;
/// let checks = Checks::compile(&schema)?;
/// let file = "{\"age\": 14}\n{\"age\": \"old\"}\n";
/// let mut validation = Validation::new(&checks, json(Documents::new(file.as_bytes())));
/// let bad = validation.next().expect("one is bad")?;
/// assert_eq!((bad.number, &*bad.violations[0].path), (2, "age"));
/// assert!(validation.next().is_none());
/// assert_eq!((validation.summary().items, validation.summary().bad), (2, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Validation<'a, I> {
    checks: &'a Checks,
    items: Option<I>,
    seen: Seen,
    sight: Sight,
    summary: Summary,
}

/// Why there is no item where one was expected.
#[derive(Debug)]
pub enum Unread {
    /// This one cannot be read, for this reason; the next ones may be fine.
    Item(String),
    /// Nothing more can be read, for this reason.
    Input(String),
}

/// Nothing more can be read.
#[derive(Debug, Error)]
#[error("item {number} cannot be read: {reason}")]
pub struct InputError {
    /// The item's number, from 1 on.
    pub number: u64,
    /// Why.
    pub reason: String,
}

/// An item that breaks rules, or that cannot be read: then the one rule is `readable`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadItem {
    /// From 1 on.
    pub number: u64,
    /// What is wrong with it: the first hundred violations.
    pub violations: Vec<Violation>,
    /// How many more there are.
    pub beyond: usize,
}

/// What was found in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// All items.
    pub items: u64,
    /// Those that are bad.
    pub bad: u64,
    /// Bad items by `path rule`, without list indices and map keys; at most a thousand.
    pub rules: BTreeMap<String, u64>,
}

/// Broken rules told apart in a summary.
const RULES: usize = 1000;
/// Violations of one item that a line shows.
const SHOWN: usize = 5;

impl<'a, T, I> Validation<'a, I>
where
    T: Serialize,
    I: Iterator<Item = Result<T, Unread>>,
{
    /// Holds `items` to `checks`. Values of `unique` fields are told apart within the file, as many
    /// as a crawl remembers by default.
    pub fn new(checks: &'a Checks, items: I) -> Self {
        Self {
            checks,
            items: Some(items),
            seen: Seen::new(Policy::default().max_keys),
            sight: Sight::default(),
            summary: Summary::default(),
        }
    }

    /// What was found so far.
    #[must_use]
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// What is wrong with an item, if anything is.
    fn violations(&mut self, item: Result<T, Unread>) -> Result<Vec<Violation>, InputError> {
        let number = self.summary.items;
        match item {
            Ok(item) => {
                self.checks.check(&item, &mut self.sight);
                let owner = Owner::new(Fingerprint(number.into()), 0);
                let paths = self.checks.paths();
                self.seen
                    .hold(0, paths, &mut self.sight, owner, <[_]>::is_empty);
                Ok(std::mem::take(&mut self.sight.violations))
            }
            Err(Unread::Item(reason)) => {
                self.sight.clear();
                Ok(vec![Violation {
                    path: String::new(),
                    rule: "readable".to_owned(),
                    message: reason,
                    value: String::new(),
                }])
            }
            Err(Unread::Input(reason)) => Err(InputError { number, reason }),
        }
    }

    fn count(&mut self, violations: &[Violation]) {
        self.summary.bad += 1;
        let names = violations.iter().map(|violation| {
            let path = place::plain(&violation.path);
            let space = if path.is_empty() { "" } else { " " };
            format!("{path}{space}{}", violation.rule)
        });
        for name in names.collect::<std::collections::BTreeSet<_>>() {
            let rules = &mut self.summary.rules;
            if rules.len() < RULES || rules.contains_key(&name) {
                *rules.entry(name).or_default() += 1;
            }
        }
    }
}

impl<T, I> Iterator for Validation<'_, I>
where
    T: Serialize,
    I: Iterator<Item = Result<T, Unread>>,
{
    type Item = Result<BadItem, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(item) = self.items.as_mut()?.next() else {
                self.items = None;
                return None;
            };
            self.summary.items += 1;
            match self.violations(item) {
                Ok(violations) if violations.is_empty() => {}
                Ok(violations) => {
                    self.count(&violations);
                    return Some(Ok(BadItem {
                        number: self.summary.items,
                        violations,
                        beyond: self.sight.beyond,
                    }));
                }
                Err(error) => {
                    self.items = None;
                    self.summary.items -= 1;
                    return Some(Err(error));
                }
            }
        }
    }
}

impl<I> fmt::Debug for Validation<'_, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Validation")
            .field("summary", &self.summary)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for BadItem {
    /// One line: `item 2: age: must be int (type; it is "old")`; the first violations of many.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "item {}: ", self.number)?;
        for (index, violation) in self.violations.iter().take(SHOWN).enumerate() {
            let before = if index == 0 { "" } else { "; " };
            write!(f, "{before}{}", one_line(&violation.to_string()))?;
        }
        match (self.violations.len() + self.beyond).saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

/// Control characters would break a line, or a terminal.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            line.extend(c.escape_default());
        } else {
            line.push(c);
        }
    }
    line
}

/// The items of JSON documents.
pub fn json(
    documents: impl Iterator<Item = Result<Document, DocumentError>>,
) -> impl Iterator<Item = Result<serde_json::Value, Unread>> {
    documents.map(|document| match document {
        Ok(document) => Ok(document.value),
        Err(error @ DocumentError::Input { .. }) => Err(Unread::Input(error.to_string())),
        Err(error) => Err(Unread::Item(error.to_string())),
    })
}
