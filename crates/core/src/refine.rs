//! Refinement: what happens to an item between the spider and the outbox.

use async_trait::async_trait;
use thiserror::Error;
use url::Url;

use crate::fingerprint::Fingerprint;
use crate::lasting::Lasting;
use crate::time::Timestamp;
use crate::violation::Violation;

/// A step that every item passes, in the order in which steps were added.
///
/// ```
/// use async_trait::async_trait;
/// use huntsman_core::{Refine, RefineError, Source, Verdict};
///
/// struct NotEmpty;
///
/// #[async_trait]
/// impl Refine<String> for NotEmpty {
///     async fn refine(&self, item: String, _: &Source) -> Result<Verdict<String>, RefineError> {
///         Ok(if item.is_empty() { Verdict::Drop("empty".into()) } else { Verdict::Keep(item) })
///     }
/// }
/// ```
#[async_trait]
pub trait Refine<I: Send + 'static>: Send + Sync + 'static {
    /// Looks at one item, and may change it.
    ///
    /// # Errors
    /// The step itself failed; the item is dropped, counted with this reason, and the log names it
    /// and the page it came from.
    async fn refine(&self, item: I, source: &Source) -> Result<Verdict<I>, RefineError>;

    /// What the step knows that the next run of a job is to go on with.
    fn lasting(&self) -> Option<&dyn Lasting> {
        None
    }
}

/// Where an item comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The spider's name.
    pub spider: &'static str,
    /// The URL of the page, after redirects.
    pub url: Url,
    /// What relative links on the page are relative to.
    pub base: Url,
    /// The request that brought the page.
    pub request: Fingerprint,
    /// When the page was parsed.
    pub time: Timestamp,
}

/// What becomes of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict<I> {
    /// It goes on to the next step.
    Keep(I),
    /// These go on in its place, in this order.
    Split(Vec<I>),
    /// It goes no further; counted under this reason.
    Drop(String),
    /// It goes to the quarantine, for these reasons.
    Quarantine(I, Vec<Violation>),
}

/// Why a step could not decide.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct RefineError(pub String);
