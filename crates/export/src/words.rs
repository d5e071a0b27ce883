//! The words of a feed: what stands behind the `?` of its address, or in its table.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use huntsman_core::ExportError;

use crate::hidden::hidden;

/// The words of a feed with their values: `fields=title,price`.
///
/// ```
/// use huntsman_export::Words;
///
/// let words = Words::new("out.csv", [("indent", "2"), ("fields", "title,price")]);
/// assert_eq!(words.parse::<u8>("indent")?, Some(2));
/// assert_eq!(words.list("fields"), ["title", "price"]);
/// assert!(!words.flag("store_empty", false)?);
/// # Ok::<(), huntsman_core::ExportError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Words {
    feed: String,
    values: BTreeMap<String, String>,
}

impl Words {
    /// The words of the feed that messages call `feed`.
    #[must_use]
    pub fn new<'a>(feed: &str, words: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let owned = |(word, value): (&str, &str)| (word.to_owned(), value.to_owned());
        Self {
            feed: feed.to_owned(),
            values: words.into_iter().map(owned).collect(),
        }
    }

    /// What messages call the feed.
    pub(crate) fn feed(&self) -> &str {
        &self.feed
    }

    /// Sets a word that is not there.
    pub(crate) fn set_default(&mut self, word: &str, value: &str) {
        let value = value.to_owned();
        self.values.entry(word.to_owned()).or_insert(value);
    }

    /// The same with another value for a word.
    pub(crate) fn with(mut self, word: &str, value: String) -> Self {
        self.values.insert(word.to_owned(), value);
        self
    }

    /// All words, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// The value of a word, as it was written.
    #[must_use]
    pub fn get(&self, word: &str) -> Option<&str> {
        self.values.get(word).map(String::as_str)
    }

    /// The value of a word as something else than text.
    ///
    /// # Errors
    /// It is nothing of the kind.
    pub fn parse<T>(&self, word: &str) -> Result<Option<T>, ExportError>
    where
        T: FromStr,
        T::Err: Display,
    {
        let value = self.get(word);
        let parsed = value.map(|text| text.trim().parse::<T>());
        parsed
            .transpose()
            .map_err(|error| self.refused(word, &error.to_string()))
    }

    /// Whether a word is `true` (also written alone) or `false`; `default` without it.
    ///
    /// # Errors
    /// It is neither.
    pub fn flag(&self, word: &str, default: bool) -> Result<bool, ExportError> {
        match self.get(word) {
            None => Ok(default),
            Some("" | "true") => Ok(true),
            Some("false") => Ok(false),
            Some(_) => Err(self.refused(word, "it is true or false")),
        }
    }

    /// The parts of a value, between commas; none without the word.
    #[must_use]
    pub fn list(&self, word: &str) -> Vec<&str> {
        let parts = self.get(word).unwrap_or_default().split(',');
        parts
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect()
    }

    /// The error for a word whose value has no sense.
    #[must_use]
    pub fn refused(&self, word: &str, reason: &str) -> ExportError {
        let value = printable(&hidden(word, self.get(word).unwrap_or_default()));
        let feed = printable(&self.feed);
        ExportError::Place(format!("`{feed}` has {word}={value}: {reason}"))
    }
}

/// Text in one line: without control characters.
pub(crate) fn printable(text: &str) -> String {
    let escaped = |c: char| match c {
        c if c.is_control() => c.escape_debug().to_string(),
        c => c.to_string(),
    };
    text.chars().map(escaped).collect()
}
