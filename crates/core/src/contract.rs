//! The contract: what every item obeys before it leaves.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::item::AnyItem;
use crate::lasting::Lasting;
use crate::refine::Source;
use crate::schema::Schema;
use crate::violation::Violation;

/// The last step of refinement: it holds each item to its schema, and decides what becomes of one
/// that breaks it. Pure but for its counters, and called on the thread that parsed the page.
///
/// ```
/// use std::sync::Arc;
/// use huntsman_core::contract::{Fate, Judgement};
/// use huntsman_core::{AnyItem, Contract, Findings, Schema, Source};
///
/// struct Anything;
///
/// impl Contract for Anything {
///     fn bind(&self, items: &'static [&'static Schema])
///         -> Result<&'static [&'static Schema], String> { Ok(items) }
///     fn judge(&self, item: Arc<dyn AnyItem>, _: &Source, _: u32) -> Judgement {
///         Judgement { fate: Fate::Keep(item), violations: Vec::new(), schema: "".into() }
///     }
///     fn findings(&self) -> Findings { Findings::default() }
/// }
/// ```
pub trait Contract: Send + Sync + 'static {
    /// Takes note of the types of items that will come, before the first request, and says in
    /// which shape they will leave.
    ///
    /// # Errors
    /// What in these types can never obey, in one line.
    fn bind(&self, items: &'static [&'static Schema])
    -> Result<&'static [&'static Schema], String>;

    /// Decides about one item, the page's `ordinal`th from 0 on. A page that is parsed again
    /// yields the same decision.
    fn judge(&self, item: Arc<dyn AnyItem>, source: &Source, ordinal: u32) -> Judgement;

    /// What was found so far.
    fn findings(&self) -> Findings;

    /// What its author may have meant otherwise, a line each; known once bound.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }

    /// What it knows that the next run of a job is to go on with; asked for once bound.
    fn lasting(&self) -> Option<&dyn Lasting> {
        None
    }
}

/// What a contract says of one item.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// What becomes of it.
    pub fate: Fate,
    /// What is wrong with it. It may be kept all the same.
    pub violations: Vec<Violation>,
    /// Which schema it was held to: see [`crate::Rejected::schema`].
    pub schema: Arc<str>,
}

/// What becomes of an item.
#[derive(Debug, Clone)]
pub enum Fate {
    /// It leaves, as it came or mended.
    Keep(Arc<dyn AnyItem>),
    /// It goes no further.
    Drop,
    /// It goes to the quarantine.
    Quarantine(Arc<dyn AnyItem>),
}

/// What becomes of an item that breaks a rule, from the mildest to the gravest. Of several broken
/// rules the gravest outcome counts.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It leaves as it is; the log and the report tell.
    Warn,
    /// It leaves with what is wrong in a column of its own, `_violations`.
    Mark,
    /// It goes no further.
    Drop,
    /// It goes to the quarantine.
    #[default]
    Quarantine,
}

impl Outcome {
    /// Whether the item does not leave.
    #[must_use]
    pub fn rejects(self) -> bool {
        self >= Self::Drop
    }
}

/// What a contract found in a run. Serializes to a part of the JSON of `--report`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Findings {
    /// Items that were looked at.
    pub checked: u64,
    /// Of those, sent to the quarantine.
    pub quarantined: u64,
    /// Of those, dropped.
    pub dropped: u64,
    /// Of those, kept although they break a rule.
    pub warned: u64,
    /// Of those, mended and kept.
    pub coerced: u64,
    /// Broken rules, by `Type.path rule`; list indices and map keys are left out of the path.
    pub rules: BTreeMap<String, RuleFindings>,
    /// By type of item, how many fields had a value.
    pub coverage: BTreeMap<String, Coverage>,
}

impl Findings {
    /// Adds what was found before: counts add up, earlier examples come first.
    pub fn add(&mut self, earlier: &Self) {
        self.checked += earlier.checked;
        self.quarantined += earlier.quarantined;
        self.dropped += earlier.dropped;
        self.warned += earlier.warned;
        self.coerced += earlier.coerced;
        for (name, before) in &earlier.rules {
            let rule = self.rules.entry(name.clone()).or_default();
            rule.items += before.items;
            let most = rule.examples.len().max(before.examples.len());
            rule.examples.splice(0..0, before.examples.iter().cloned());
            rule.examples.truncate(most);
        }
        for (name, before) in &earlier.coverage {
            let coverage = self.coverage.entry(name.clone()).or_default();
            coverage.items += before.items;
            for (path, count) in &before.fields {
                *coverage.fields.entry(path.clone()).or_default() += count;
            }
        }
    }
}

/// One rule of a report.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RuleFindings {
    /// Items that broke it.
    pub items: u64,
    /// The first few, as `URL: violation`.
    pub examples: Vec<String>,
}

/// How complete the items of one type are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Coverage {
    /// Items of the type.
    pub items: u64,
    /// By path, `author` or `address.city`: items in which it is neither missing, null, nor, for
    /// lists, maps and text, empty. A path through a list counts if it does in any element.
    pub fields: BTreeMap<String, u64>,
}

/// A share from 0 to 1; 0 where there is nothing to share.
///
/// ```
/// use huntsman_core::contract::share;
/// assert_eq!((share(1, 4), share(0, 0)), (0.25, 0.0));
/// ```
#[must_use]
pub fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    part as f64 / whole as f64
}
