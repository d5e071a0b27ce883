//! The quarantine: reading it, and trying its items again after a fix.

use std::collections::BTreeMap;
use std::fmt;
use std::io::BufRead;

use huntsman_core::contract::RuleFindings;
use huntsman_core::{Fingerprint, Rejected, Violation};
use serde_json::Value;
use thiserror::Error;

use crate::check::Sight;
use crate::documents::{DocumentError, Documents};
use crate::policy::broken::{self, Broken};
use crate::policy::unique::{Owner, Seen, UNIQUE};
use crate::policy::{Policy, place, rules};
use crate::records::{RecordChecks, Records};

/// Why a line of a quarantine cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum QuarantineError {
    /// It is no JSON, or nothing more can be read.
    #[error("{0}")]
    Document(#[from] DocumentError),
    /// It is JSON, and no rejected item.
    #[error(
        "line {line}: {problem}: a quarantine has the items that a crawl rejected, as it wrote them"
    )]
    NotRejected {
        /// From 1 on.
        line: u64,
        /// What is missing, or wrong.
        problem: String,
    },
}

/// A rejected item, and the line on which it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// From 1 on.
    pub number: u64,
    /// The item with what was wrong.
    pub rejected: Rejected,
}

/// Reads a quarantine: JSON Lines or a JSON array, one item at a time. After an error in a line
/// the next one follows.
///
/// # Errors
/// Of each item: the line cannot be used, and why.
pub fn read<R: BufRead>(input: R) -> impl Iterator<Item = Result<Line, QuarantineError>> {
    Documents::new(input).map(|document| {
        let document = document?;
        match serde_json::from_value(document.value) {
            Ok(rejected) => Ok(Line {
                number: document.line,
                rejected,
            }),
            Err(error) => Err(QuarantineError::NotRejected {
                line: document.line,
                problem: error.to_string(),
            }),
        }
    })
}

/// What a quarantine holds, for a person.
#[derive(Debug, Default)]
pub struct Summary {
    items: u64,
    kinds: BTreeMap<String, u64>,
    broken: Broken,
}

impl Summary {
    /// Counts one item.
    pub fn add(&mut self, rejected: &Rejected) {
        self.items += 1;
        *self.kinds.entry(rejected.kind.clone()).or_default() += 1;
        let rules = broken::named(&rejected.kind, &rejected.violations);
        self.broken.add(&rejected.kind, rules, &rejected.url);
    }

    /// All items.
    #[must_use]
    pub fn items(&self) -> u64 {
        self.items
    }

    /// Items by type.
    #[must_use]
    pub fn kinds(&self) -> &BTreeMap<String, u64> {
        &self.kinds
    }

    /// Broken rules by `Type.path rule`, with up to three examples each.
    #[must_use]
    pub fn rules(&self) -> &BTreeMap<String, RuleFindings> {
        &self.broken.0
    }
}

impl fmt::Display for Summary {
    /// Types, and rules with the most broken first, each with its examples on lines of their own.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.items == 1 { "" } else { "s" };
        writeln!(f, "{} item{plural}", self.items)?;
        for (kind, count) in &self.kinds {
            writeln!(f, "{count:>8}  {kind}")?;
        }
        let mut rules: Vec<_> = self.broken.0.iter().collect();
        rules.sort_by_key(|(_, found)| std::cmp::Reverse(found.items));
        for (name, found) in rules {
            writeln!(f, "{:>8}  {name}", found.items)?;
            for example in &found.examples {
                writeln!(f, "          {}", example.escape_debug())?;
            }
        }
        Ok(())
    }
}

/// Holds rejected items to a schema again.
#[derive(Debug)]
pub struct Retry {
    records: Records,
    /// Whether all items are of one type.
    alone: bool,
    /// Rules that can be looked at here.
    known: Vec<String>,
    let_be: Vec<String>,
    seen: Seen,
    sight: Sight,
    count: u64,
}

/// What came of an item.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Retried {
    /// It obeys: the item, as JSON.
    Passed(Value),
    /// It breaks these rules now.
    Rejected(Box<Rejected>),
    /// The schema has no record for its type; it is as it was.
    NoRecord(Box<Rejected>),
}

impl Retry {
    /// Holds items to `records`; `alone` says that all are of one type, and that its name does not
    /// matter if there is but one record.
    #[must_use]
    pub fn new(records: Records, alone: bool) -> Self {
        Self {
            known: rules::names(records.all().iter().map(RecordChecks::schema)),
            alone,
            let_be: Vec::new(),
            seen: Seen::new(Policy::default().max_keys),
            sight: Sight::default(),
            count: 0,
            records,
        }
    }

    /// Lets a rule be that cannot be looked at here: one written in Rust, or one in CEL that the
    /// schema has no more. Without this, items that broke one stay rejected.
    #[must_use]
    pub fn without(mut self, rule: &str) -> Self {
        self.let_be.push(rule.to_owned());
        self
    }

    /// Checks one item again.
    ///
    /// What cannot be looked at here stays broken: a rule written in Rust, and a value that
    /// another item of the crawl has, as long as the schema wants it unique.
    pub fn retry(&mut self, mut rejected: Rejected) -> Retried {
        let Some(record) = self.records.of("", &rejected.kind, self.alone) else {
            return Retried::NoRecord(Box::new(rejected));
        };
        let kind = self.records.number(record);
        let checks = record.checks();
        checks.check(&rejected.item, &mut self.sight);
        let (paths, sight) = (checks.paths(), &mut self.sight);
        for violation in &rejected.violations {
            let stays = if violation.rule == UNIQUE {
                let path = place::plain(&violation.path);
                sight
                    .unique
                    .iter()
                    .any(|(at, ..)| paths.get(*at).is_some_and(|p| *p == path))
            } else {
                !self.known.contains(&violation.rule)
            };
            if stays && !self.let_be.contains(&violation.rule) {
                sight.violations.push(violation.clone());
            }
        }
        self.count += 1;
        let owner = Owner::new(Fingerprint(self.count.into()), 0);
        let again = |found: &Violation| found.rule == UNIQUE;
        if !sight.violations.iter().any(again) {
            self.seen.hold(kind, paths, sight, owner, <[_]>::is_empty);
        }
        if sight.violations.is_empty() {
            return Retried::Passed(rejected.item);
        }
        rejected.violations = std::mem::take(&mut sight.violations);
        rejected.schema = record.print().to_string();
        Retried::Rejected(Box::new(rejected))
    }
}
