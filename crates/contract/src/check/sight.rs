//! What was seen in one item.

use huntsman_avro::NodeId;
use huntsman_core::Violation;
use huntsman_core::violation::Place;

use super::wholes::Wanted;

/// The most violations of one item that are told apart.
const MOST: usize = 100;

/// What [`Checks::check`](super::Checks::check) found in an item. Use one for many items: once it
/// has grown, an item that obeys allocates nothing.
#[derive(Debug, Default)]
pub struct Sight {
    /// The rules that the item breaks, in the order of its fields: the first 100.
    pub violations: Vec<Violation>,
    /// How many more there are.
    pub beyond: usize,
    /// By index of [`Checks::paths`](super::Checks::paths): whether the item has a value there
    /// that is neither missing, null, nor an empty text, list or map. A path through a list or
    /// map counts if it does in any element.
    pub present: Vec<bool>,
    /// Values at places marked `unique`: the index of the path, a hash of the value that is the
    /// same for values that are equal as JSON, and the value as JSON, shortened.
    pub unique: Vec<(usize, u128, String)>,
    pub(super) scratch: Scratch,
}

/// Memory of a walk, kept from item to item.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// For each record on the way: which of its fields were seen.
    pub(super) seen: Vec<bool>,
    /// Room for the keys of maps.
    pub(super) keys: Vec<String>,
    /// Violations whose value is not known yet.
    pub(super) awaiting: Vec<usize>,
    /// Rules that look at a whole value; whoever holds the value does so.
    pub(super) wanted: Vec<Wanted>,
    /// Hashes of the elements of a list, with their indices.
    pub(super) elements: Vec<(u128, usize)>,
    /// The type that the names of a value's fields chose: it is walked through again as that.
    pub(super) chosen: Option<NodeId>,
    /// Whether some part of the item was too deep to look at.
    pub(super) too_deep: bool,
}

impl Sight {
    /// Forgets the last item, keeps the memory. [`Checks::check`](super::Checks::check) does so
    /// itself.
    pub fn clear(&mut self) {
        self.violations.clear();
        self.beyond = 0;
        self.present.clear();
        self.unique.clear();
        self.scratch.seen.clear();
        self.scratch.awaiting.clear();
        self.scratch.wanted.clear();
        self.scratch.chosen = None;
        self.scratch.too_deep = false;
    }

    /// Takes note of a violation; its value is still to come from whoever holds it.
    pub(super) fn broken(&mut self, place: &Place<'_>, rule: &str, message: String) {
        if self.add(place, rule, message, String::new()) {
            self.scratch.awaiting.push(self.violations.len() - 1);
        }
    }

    /// Takes note of a violation; false if there are too many.
    pub(super) fn add(
        &mut self,
        place: &Place<'_>,
        rule: &str,
        message: String,
        value: String,
    ) -> bool {
        if self.violations.len() >= MOST {
            self.beyond += 1;
            return false;
        }
        self.violations.push(Violation {
            path: place.to_string(),
            rule: rule.to_owned(),
            message,
            value,
        });
        true
    }
}
