//! Parsing: one page through the spider, on a thread where it may take its time.

use std::any::Any;
use std::sync::Arc;

use huntsman_core::{AnyItem, Url};

use crate::output::RawDraft;

/// What one page yielded.
pub(crate) struct Yield {
    pub(crate) items: Items,
    pub(crate) drafts: Vec<RawDraft>,
    /// What links are relative to; a spider's start has none.
    pub(crate) base: Option<Url>,
}

/// The items of one page.
pub(crate) enum Items {
    /// Ready to be settled.
    Refined(Vec<Arc<dyn AnyItem>>),
    /// A `Vec<S::Item>` that has yet to pass the steps.
    Typed(Box<dyn Any + Send>, u64),
}

impl Items {
    pub(crate) fn count(&self) -> u64 {
        match self {
            Self::Refined(items) => items.len() as u64,
            Self::Typed(_, count) => *count,
        }
    }
}
