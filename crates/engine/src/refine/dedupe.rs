//! Deduplication: of items with the same key, the first is kept.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use huntsman_core::{Refine, RefineError, Source, Verdict};

/// Drops items whose key was there before in this crawl. Exact: the keys themselves are compared.
///
/// Memory is bounded by the number of keys; an item past that is an error of its own, since to
/// keep it could repeat it and to drop it could lose it.
///
/// ```
/// use huntsman::refine::Dedupe;
/// struct Book { isbn: String }
///
/// let dedupe = Dedupe::by(|book: &Book| book.isbn.clone()).at_most(2);
/// assert!(dedupe.is_new("a".into()).unwrap());
/// assert!(!dedupe.is_new("a".into()).unwrap());
/// assert!(dedupe.is_new("b".into()).unwrap());
/// assert!(dedupe.is_new("c".into()).unwrap_err().to_string().contains("at_most"));
/// ```
pub struct Dedupe<I, K> {
    key: fn(&I) -> K,
    at_most: usize,
    seen: Mutex<HashSet<K>>,
}

impl<I, K: Hash + Eq> Dedupe<I, K> {
    /// Tells items apart by this key.
    #[must_use]
    pub fn by(key: fn(&I) -> K) -> Self {
        Self {
            key,
            at_most: 5_000_000,
            seen: Mutex::new(HashSet::new()),
        }
    }

    /// Remembers so many keys; five million unless said otherwise.
    #[must_use]
    pub fn at_most(self, at_most: usize) -> Self {
        Self { at_most, ..self }
    }

    /// Whether `key` is there for the first time.
    ///
    /// # Errors
    /// There are as many keys as may be remembered, and this one is none of them.
    pub fn is_new(&self, key: K) -> Result<bool, RefineError> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.contains(&key) {
            return Ok(false);
        }
        if seen.len() >= self.at_most {
            return Err(RefineError(format!(
                "whether it is a duplicate cannot be told: {} keys are remembered, which is all \
                 that Dedupe::at_most allows",
                self.at_most
            )));
        }
        seen.insert(key);
        Ok(true)
    }
}

impl<I, K> std::fmt::Debug for Dedupe<I, K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dedupe")
            .field("at_most", &self.at_most)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl<I: Send + 'static, K: Hash + Eq + Send + 'static> Refine<I> for Dedupe<I, K> {
    async fn refine(&self, item: I, _: &Source) -> Result<Verdict<I>, RefineError> {
        Ok(if self.is_new((self.key)(&item))? {
            Verdict::Keep(item)
        } else {
            Verdict::Drop("duplicate".to_owned())
        })
    }
}
