//! Rules that look at a value as a whole.

use huntsman_avro::NodeId;
use huntsman_core::violation::Place;
use serde::Serialize;

use super::digest::{digest, elements};
use super::plan::{Plan, RulesId};
use super::shown::shown;
use super::sight::Sight;
use crate::cel::{Rule, Typing, typed};
use crate::words::Word;

/// Rules that are left to the holder of a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub(super) rules: RulesId,
    pub(super) path: Option<u32>,
    /// The type that the value is of.
    pub(super) kind: NodeId,
    /// Whether the value is a list, map, record or bytes: choices among scalars were looked at.
    pub(super) compound: bool,
}

/// Looks at `value`, which is at `place`.
pub(super) fn check<T: Serialize + ?Sized>(
    plan: &Plan,
    wanted: Wanted,
    value: &T,
    place: &Place<'_>,
    sight: &mut Sight,
) {
    let rules = plan.rules(wanted.rules);
    if rules.unique_items
        && let Some((first, second)) = equal(value, &mut sight.scratch.elements)
    {
        let message = format!("must not repeat items; [{first}] and [{second}] are equal");
        sight.add(place, Word::UniqueItems.text(), message, shown(value));
    }
    if wanted.compound && !rules.choices.is_empty() {
        let hash = digest(value);
        for (word, choices) in &rules.choices {
            if !choices.are(hash) {
                sight.add(place, word.text(), choices.to_string(), shown(value));
            }
        }
    }
    if let (true, Some(path)) = (rules.unique, wanted.path) {
        sight
            .unique
            .push((path as usize, digest(value), shown(value)));
    }
    if !rules.cel.is_empty() {
        let typing = Typing {
            schema: &plan.schema,
            kind: wanted.kind,
        };
        obey(&rules.cel, typing, value, place, sight);
    }
}

fn obey<T: Serialize + ?Sized>(
    rules: &[Rule],
    typing: Typing<'_>,
    value: &T,
    place: &Place<'_>,
    sight: &mut Sight,
) {
    let this = typed(typing, value);
    for rule in rules {
        let obeys = match &this {
            Ok(this) => rule.check(this),
            Err(reason) => Err(format!("CEL has nothing for this value: {reason}")),
        };
        if let Err(message) = obeys {
            sight.add(place, rule.name(), message, shown(value));
        }
    }
}

/// The first two elements of a list that are equal as JSON.
fn equal<T: Serialize + ?Sized>(
    value: &T,
    found: &mut Vec<(u128, usize)>,
) -> Option<(usize, usize)> {
    elements(value, found);
    found.sort_unstable();
    let pairs = found.windows(2).filter(|pair| pair[0].0 == pair[1].0);
    pairs.map(|pair| (pair[0].1, pair[1].1)).min()
}
