//! Parsing: one page through the spider, on a thread where it may take its time.

use std::any::Any;

use huntsman_core::Url;

use crate::output::RawDraft;
use crate::state::Change;
use crate::yielded::Refined;

/// What one page yielded.
pub(crate) struct Yield {
    pub(crate) items: Items,
    /// Items that it yielded, whatever became of them.
    pub(crate) count: u64,
    pub(crate) drafts: Vec<RawDraft>,
    /// What it does to the spider's state.
    pub(crate) changes: Vec<Change>,
    /// What links are relative to; a spider's start has none.
    pub(crate) base: Option<Url>,
}

/// The items of one page.
pub(crate) enum Items {
    /// Ready to be settled.
    Refined(Refined),
    /// A `(Vec<S::Item>, Source)` that has yet to pass the steps.
    Typed(Box<dyn Any + Send>),
}
