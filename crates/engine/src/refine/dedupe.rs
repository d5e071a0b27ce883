//! Deduplication: of items with the same key, the first is kept.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use huntsman_core::frontier::Saved;
use huntsman_core::lasting::Settling;
use huntsman_core::{Fingerprint, Lasting, Refine, RefineError, Source, Verdict};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Drops items whose key was there before in this crawl. Exact: the keys themselves are compared.
///
/// Memory is bounded by the number of keys; an item past that is an error of its own, since to
/// keep it could repeat it and to drop it could lose it. With a job, keys are those of all its runs: a
/// key is kept with the page that brought it.
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
    name: &'static str,
    keys: Mutex<Keys<K>>,
}

struct Keys<K> {
    seen: HashSet<K>,
    /// In a crawl with a job: the keys of pages that are not committed, as JSON, and the number of
    /// values kept so far.
    open: Option<(HashMap<Fingerprint, Vec<String>>, u64)>,
}

impl<I, K: Hash + Eq> Dedupe<I, K> {
    /// Tells items apart by this key.
    #[must_use]
    pub fn by(key: fn(&I) -> K) -> Self {
        Self {
            key,
            at_most: 5_000_000,
            name: "dedupe",
            keys: Mutex::new(Keys {
                seen: HashSet::new(),
                open: None,
            }),
        }
    }

    /// Remembers so many keys; five million unless said otherwise.
    #[must_use]
    pub fn at_most(self, at_most: usize) -> Self {
        Self { at_most, ..self }
    }

    /// Keeps its keys under this name in a job: for a second step of the kind.
    #[must_use]
    pub fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    fn keys(&self) -> MutexGuard<'_, Keys<K>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether `key` is there for the first time.
    ///
    /// # Errors
    /// There are as many keys as may be remembered, and this one is none of them.
    pub fn is_new(&self, key: K) -> Result<bool, RefineError> {
        let seen = &mut self.keys().seen;
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
impl<I, K> Refine<I> for Dedupe<I, K>
where
    I: Send + 'static,
    K: Hash + Eq + Serialize + DeserializeOwned + Send + 'static,
{
    async fn refine(&self, item: I, source: &Source) -> Result<Verdict<I>, RefineError> {
        let key = (self.key)(&item);
        let bad = |error: serde_json::Error| RefineError(format!("its key: {error}"));
        let text = serde_json::to_string(&key).map_err(bad)?;
        if !self.is_new(key)? {
            return Ok(Verdict::Drop("duplicate".to_owned()));
        }
        if let Some((open, _)) = &mut self.keys().open {
            open.entry(source.request).or_default().push(text);
        }
        Ok(Verdict::Keep(item))
    }

    fn lasting(&self) -> Option<&dyn Lasting> {
        Some(self)
    }
}

impl<I, K: Hash + Eq + DeserializeOwned + Send> Lasting for Dedupe<I, K> {
    fn name(&self) -> &str {
        self.name
    }

    fn is_of_a_round(&self) -> bool {
        true
    }

    fn changed(&self, settling: &[Settling]) -> Vec<Saved> {
        let Some((open, kept)) = &mut self.keys().open else {
            return Vec::new();
        };
        let pages = settling.iter();
        let keys: Vec<String> = pages
            .filter_map(|page| open.remove(&page.request))
            .flatten()
            .collect();
        if keys.is_empty() {
            return Vec::new();
        }
        *kept += 1;
        vec![Saved {
            name: format!("{kept:016x}").into(),
            value: format!("[{}]", keys.join(",")).into_bytes(),
        }]
    }

    fn restore(&self, saved: Vec<Saved>) -> Result<(), String> {
        let mut keys = self.keys();
        keys.open = Some((HashMap::new(), saved.len() as u64));
        for one in saved {
            let some: Vec<K> =
                serde_json::from_slice(&one.value).map_err(|error| error.to_string())?;
            keys.seen.extend(some);
        }
        Ok(())
    }
}
