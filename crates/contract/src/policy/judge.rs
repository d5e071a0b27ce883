//! What becomes of one item.

use std::sync::Arc;

use huntsman_core::contract::Fate;
use huntsman_core::{AnyItem, Judgement, Source, Violation};

use super::bind::{Bound, Held};
use super::mark::Marked;
use super::mend::mend;
use super::record::record;
use super::settings::Outcome;
use super::shape::Shaped;
use super::tally::End;
use super::unique::Owner;
use super::value::Value;
use crate::check::Sight;

/// How often an item is mended; each time the first hundred violations are known.
const PASSES: usize = 20;

/// An item that was mended, and what is still wrong with it.
struct Mended {
    value: Value,
    sight: Sight,
}

impl Bound {
    /// Judges an item of the type `held`, the one with this number; `sight` is for its memory.
    pub(super) fn judge(
        &self,
        number: usize,
        held: &Held,
        item: Arc<dyn AnyItem>,
        source: &Source,
        ordinal: u32,
        sight: &mut Sight,
    ) -> Judgement {
        held.record.checks().check(item.fields(), sight);
        let in_rust = sight.violations.len();
        item.check(&mut sight.violations);
        let mut mended = self.mended(held, &*item, sight, in_rust);
        let owner = Owner::new(source.request, ordinal);
        let (value, sight) = match &mut mended {
            Some(mended) => (Some(&mut mended.value), &mut mended.sight),
            None => (None, sight),
        };
        let (paths, beyond) = (held.record.checks().paths(), sight.beyond);
        self.seen.hold(number, paths, sight, owner, |found| {
            !self
                .gravest(held, found, beyond)
                .is_some_and(Outcome::rejects)
        });
        let outcome = self.gravest(held, &sight.violations, beyond);
        let end = match outcome {
            None => End::Clean,
            Some(Outcome::Warn | Outcome::Mark) => End::Flawed,
            Some(Outcome::Drop) => End::Dropped,
            Some(Outcome::Quarantine) => End::Quarantined,
        };
        let kept = matches!(end, End::Clean | End::Flawed);
        let present = sight
            .present
            .iter()
            .enumerate()
            .filter(|(_, there)| **there);
        self.tally.note(
            number,
            present.map(|(path, _)| path),
            end,
            kept && value.is_some(),
        );
        if !sight.violations.is_empty() {
            self.tally
                .flaws(held.item.name, &sight.violations, &source.url);
        }
        let violations = std::mem::take(&mut sight.violations);
        let fate = match end {
            End::Quarantined => Fate::Quarantine(item),
            End::Dropped => Fate::Drop,
            End::Clean | End::Flawed => {
                let value = value.map(|value| std::mem::replace(value, Value::Null));
                let marks = outcome >= Some(Outcome::Mark);
                Fate::Keep(held.leaving(item, value, if marks { &violations } else { &[] }))
            }
        };
        Judgement {
            fate,
            violations,
            schema: Arc::clone(held.record.print()),
        }
    }

    /// The item mended, if it breaks rules and is better then: what is left is kept, and is milder
    /// or less. Rules written in Rust were broken by the item itself, and stay so.
    fn mended(
        &self,
        held: &Held,
        item: &dyn AnyItem,
        sight: &Sight,
        in_rust: usize,
    ) -> Option<Mended> {
        if !self.policy.coerce || in_rust == 0 {
            return None;
        }
        let mut value = record(item.fields()).ok()?;
        let mut again = Sight::default();
        let mut broken = &sight.violations[..in_rust];
        let mut passes = 0;
        while passes < PASSES && mend(&mut value, held.record.schema(), broken) {
            held.record.checks().check(&value, &mut again);
            broken = &again.violations;
            passes += 1;
        }
        if passes == 0 {
            return None;
        }
        again
            .violations
            .extend_from_slice(&sight.violations[in_rust..]);
        let (before, after) = (self.weight(held, sight), self.weight(held, &again));
        let kept = !after.0.is_some_and(Outcome::rejects);
        (kept && after < before).then_some(Mended {
            value,
            sight: again,
        })
    }

    fn weight(&self, held: &Held, sight: &Sight) -> (Option<Outcome>, usize) {
        let outcome = self.gravest(held, &sight.violations, sight.beyond);
        (outcome, sight.violations.len() + sight.beyond)
    }

    /// The outcome of all `violations`, and of so many `beyond` them: nobody knows which rules
    /// these break, so it may be any.
    fn gravest(&self, held: &Held, violations: &[Violation], beyond: usize) -> Option<Outcome> {
        let known = violations.iter().map(|violation| {
            self.choices
                .outcome(held.item.name, &violation.path, &violation.rule)
        });
        known
            .chain((beyond > 0).then(|| self.choices.gravest()))
            .max()
    }
}

impl Held {
    /// The item as it leaves: `mended` in its place if there is one, in the shape of all items.
    fn leaving(
        &self,
        item: Arc<dyn AnyItem>,
        mended: Option<Value>,
        marks: &[Violation],
    ) -> Arc<dyn AnyItem> {
        let value = match mended {
            Some(value) => Some(value),
            None if self.reshape => record(item.fields()).ok(),
            None => None,
        };
        let item = match value {
            Some(value) => Shaped::new(value, self.shape).erased(),
            None => item,
        };
        match self.marked {
            Some(schema) => Arc::new(Marked::new(item, schema, marks)),
            None => item,
        }
    }
}
