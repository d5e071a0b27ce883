//! Refinement: what happens to an item between the spider and the outbox.

use async_trait::async_trait;
use thiserror::Error;

/// A step that every item passes, in the order in which steps were added.
///
/// ```
/// use async_trait::async_trait;
/// use huntsman_core::{Refine, RefineError, Verdict};
///
/// struct NotEmpty;
///
/// #[async_trait]
/// impl Refine<String> for NotEmpty {
///     async fn refine(&self, item: String) -> Result<Verdict<String>, RefineError> {
///         Ok(if item.is_empty() { Verdict::Drop("empty".into()) } else { Verdict::Keep(item) })
///     }
/// }
/// ```
#[async_trait]
pub trait Refine<I: Send + 'static>: Send + Sync + 'static {
    /// Looks at one item, and may change it.
    ///
    /// # Errors
    /// The step itself failed; the item is dropped and counted with this reason.
    async fn refine(&self, item: I) -> Result<Verdict<I>, RefineError>;
}

/// What becomes of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict<I> {
    /// It goes on to the next step.
    Keep(I),
    /// It goes no further; counted under this reason.
    Drop(String),
}

/// Why a step could not decide.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct RefineError(pub String);
