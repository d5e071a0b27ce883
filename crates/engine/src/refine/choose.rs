//! Choosing: items that are not wanted, and items that are several.

use async_trait::async_trait;
use huntsman_core::{Refine, RefineError, Source, Verdict};

/// Keeps the items for which a function says yes; the others are counted under a reason.
///
/// ```
/// use huntsman::refine::Filter;
/// struct Book { price: f64 }
/// let cheap = Filter::new("too dear", |book: &Book| book.price < 20.0);
/// # let _ = cheap;
/// ```
pub struct Filter<I> {
    reason: &'static str,
    keep: fn(&I) -> bool,
}

impl<I> Filter<I> {
    /// Keeps what `keep` says yes to.
    #[must_use]
    pub fn new(reason: &'static str, keep: fn(&I) -> bool) -> Self {
        Self { reason, keep }
    }
}

impl<I> std::fmt::Debug for Filter<I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Filter")
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl<I: Send + 'static> Refine<I> for Filter<I> {
    async fn refine(&self, item: I, _: &Source) -> Result<Verdict<I>, RefineError> {
        Ok(if (self.keep)(&item) {
            Verdict::Keep(item)
        } else {
            Verdict::Drop(self.reason.to_owned())
        })
    }
}

/// Makes several items of one, or none.
///
/// ```
/// use huntsman::refine::Split;
/// struct Offer { shop: String, sizes: Vec<u8> }
/// let one_each = Split::new(|offer: Offer| {
///     let one = |size| Offer { shop: offer.shop.clone(), sizes: vec![size] };
///     offer.sizes.iter().copied().map(one).collect()
/// });
/// # let _ = one_each;
/// ```
pub struct Split<I>(fn(I) -> Vec<I>);

impl<I> Split<I> {
    /// Puts what `parts` returns in the place of each item.
    #[must_use]
    pub fn new(parts: fn(I) -> Vec<I>) -> Self {
        Self(parts)
    }
}

impl<I> std::fmt::Debug for Split<I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Split")
    }
}

#[async_trait]
impl<I: Send + 'static> Refine<I> for Split<I> {
    async fn refine(&self, item: I, _: &Source) -> Result<Verdict<I>, RefineError> {
        Ok(Verdict::Split((self.0)(item)))
    }
}
