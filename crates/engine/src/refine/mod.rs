//! Refinement: items through their steps, in order, and the contract as the last of them.
//!
//! A step is a [`Refine`]; the common ones are here. They run in the order in which they are given
//! to [`crate::Crawl::refine`], and the contract judges what they leave.

mod choose;
mod clean;
mod dedupe;
mod enrich;

pub use choose::{Filter, Split};
pub use clean::{Clean, Texts};
pub use dedupe::Dedupe;
pub use enrich::Enrich;

use std::sync::Arc;

use huntsman_core::contract::{Fate, share};
use huntsman_core::{
    AnyItem, Contract, Export, Item, Record, RecordId, Refine, Rejected, Source, Verdict, Violation,
};

use crate::yielded::{Flawed, Refined};

/// What comes behind the steps.
#[derive(Clone, Copy)]
pub(crate) struct Last<'a> {
    pub(crate) contract: Option<&'a dyn Contract>,
    /// Whether some sink takes rejected items.
    pub(crate) quarantine: bool,
    pub(crate) sinks: &'a [Arc<dyn Export>],
}

/// Takes `items` through `steps`, and what is left to the contract.
pub(crate) async fn through<I: Item>(
    steps: &[Box<dyn Refine<I>>],
    items: Vec<I>,
    last: Last<'_>,
    source: &Source,
) -> Refined {
    let mut refined = Refined::default();
    let mut items = items;
    for step in steps {
        items = refined.one_step(&**step, items, last, source).await;
    }
    refined.judge(items, last, source);
    refined
}

/// The share of items that are rejected, which may end the crawl: pure.
#[derive(Debug, Default)]
pub(crate) struct Rejections {
    max: Option<f64>,
    rejected: u64,
    judged: u64,
}

/// Items before which a share says nothing.
const ENOUGH: u64 = 100;

impl Rejections {
    pub(crate) fn new(max: Option<f64>) -> Self {
        Self {
            max,
            ..Self::default()
        }
    }

    /// Goes on from what earlier runs counted.
    pub(crate) fn resume(&mut self, rejected: u64, judged: u64) {
        (self.rejected, self.judged) = (rejected, judged);
    }

    /// Takes note of one page's items.
    pub(crate) fn count(&mut self, refined: &Refined) {
        let rejected = refined.flawed.iter().filter(|flawed| !flawed.kept);
        let dropped = rejected.clone().filter(|flawed| !flawed.quarantined);
        self.judged += (refined.items.len() + dropped.count()) as u64;
        self.rejected += rejected.count() as u64;
    }

    /// How many, of how many, when that is more than may be.
    pub(crate) fn too_many(&self) -> Option<(u64, u64)> {
        let share = share(self.rejected, self.judged);
        let over = self.judged >= ENOUGH && self.max.is_some_and(|max| share > max);
        over.then_some((self.rejected, self.judged))
    }
}

impl Refined {
    /// Takes all items of a page through one step.
    async fn one_step<I: Item>(
        &mut self,
        step: &dyn Refine<I>,
        items: Vec<I>,
        last: Last<'_>,
        source: &Source,
    ) -> Vec<I> {
        let mut kept = Vec::with_capacity(items.len());
        for (ordinal, item) in items.into_iter().enumerate() {
            let kind = item.schema().name;
            match step.refine(item, source).await {
                Ok(Verdict::Keep(item)) => kept.push(item),
                Ok(Verdict::Split(parts)) => kept.extend(parts),
                Ok(Verdict::Drop(reason)) => self.dropped.push(reason),
                Ok(Verdict::Quarantine(item, violations)) => {
                    self.reject(&item, violations, last, source, "");
                }
                Ok(_) => {
                    let reason = "a verdict that this version does not know";
                    self.dropped.push(reason.to_owned());
                }
                Err(error) => {
                    let which = format!("{kind} no. {} of the page", ordinal + 1);
                    self.failed.push((which, error.to_string()));
                }
            }
        }
        kept
    }

    /// Lets the contract decide about each item, where there is one, and the sinks about those that
    /// it keeps.
    pub(crate) fn judge<I: Item>(&mut self, items: Vec<I>, last: Last<'_>, source: &Source) {
        let url: Arc<str> = source.url.as_str().into();
        for (ordinal, item) in items.into_iter().enumerate() {
            let item: Arc<dyn AnyItem> = Arc::new(item);
            let ordinal = u32::try_from(ordinal).unwrap_or(u32::MAX);
            // As it will be settled.
            let place = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
            let record = |item| Record {
                id: RecordId {
                    request: source.request,
                    ordinal: place,
                },
                item,
                url: Arc::clone(&url),
            };
            let Some(contract) = last.contract else {
                self.keep(record(item), Vec::new(), last, source, "");
                continue;
            };
            let judged = contract.judge(item, source, ordinal);
            match judged.fate {
                Fate::Quarantine(item) => {
                    self.reject(&*item, judged.violations, last, source, &judged.schema);
                }
                Fate::Keep(item) => {
                    let record = record(item);
                    self.keep(record, judged.violations, last, source, &judged.schema);
                }
                Fate::Drop => self.flaw(judged.violations, false),
            }
        }
    }

    /// Keeps an item, unless a sink has something against it.
    fn keep(
        &mut self,
        record: Record,
        mut violations: Vec<Violation>,
        last: Last<'_>,
        source: &Source,
        schema: &str,
    ) {
        match last.sinks.iter().find_map(|sink| sink.refuses(&record)) {
            Some(refused) => {
                violations.insert(0, refused);
                self.reject(&*record.item, violations, last, source, schema);
            }
            None => {
                self.items.push(record.item);
                self.flaw(violations, true);
            }
        }
    }

    fn flaw(&mut self, violations: Vec<Violation>, kept: bool) {
        if !kept || !violations.is_empty() {
            self.flawed.push(Flawed {
                violations,
                kept,
                quarantined: false,
            });
        }
    }

    /// Into the quarantine, if there is one.
    fn reject(
        &mut self,
        item: &dyn AnyItem,
        violations: Vec<Violation>,
        last: Last<'_>,
        source: &Source,
        schema: &str,
    ) {
        if last.quarantine {
            let rejected = Rejected::new(item, violations.clone(), source, schema);
            self.items.push(rejected.erased());
        }
        self.flawed.push(Flawed {
            violations,
            kept: false,
            quarantined: last.quarantine,
        });
    }
}
