//! What refinement left of a page's items: data that the driver passes from stage to stage.

use std::sync::Arc;

use huntsman_core::{AnyItem, Violation};

/// What the steps left of a page's items.
#[derive(Default)]
pub(crate) struct Refined {
    /// What is to be settled, in order: items, and rejected ones for the quarantine.
    pub(crate) items: Vec<Arc<dyn AnyItem>>,
    /// The reason of each one that a step dropped.
    pub(crate) dropped: Vec<String>,
    /// Steps that could not decide about an item: which item, and why.
    pub(crate) failed: Vec<(String, String)>,
    /// Items that break rules.
    pub(crate) flawed: Vec<Flawed>,
}

/// An item that breaks rules.
pub(crate) struct Flawed {
    pub(crate) violations: Vec<Violation>,
    pub(crate) kept: bool,
    pub(crate) quarantined: bool,
}
