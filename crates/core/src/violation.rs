//! What is wrong with an item: which rule, and where.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One rule that an item breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// Where in the item: `price`, `address.zip`, `tags[3]`, `scores["k"]`; empty for the whole.
    pub path: String,
    /// Which rule, by its word in the schema: `minLength`, `type`, `required`; or by its own name.
    pub rule: String,
    /// What is wrong, for a person.
    pub message: String,
    /// The value as JSON, shortened by [`shortened`].
    pub value: String,
}

impl Violation {
    /// What a rule written in Rust has against `item`, which stands at `place`; or against one
    /// `field` of it, as serde writes it. What the derive macros call.
    #[must_use]
    pub fn in_rust(
        place: &Place<'_>,
        rule: &str,
        message: &dyn fmt::Display,
        item: &dyn erased_serde::Serialize,
        field: Option<&str>,
    ) -> Self {
        let written = serde_json::to_value(item).unwrap_or_default();
        let (path, value) = match field {
            Some(name) => (place.field(name).to_string(), written.get(name).cloned()),
            None => (place.to_string(), Some(written)),
        };
        Self {
            path,
            rule: rule.to_owned(),
            message: message.to_string(),
            value: value.map_or_else(String::new, |value| shortened(&value.to_string())),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() {
            "the item"
        } else {
            &self.path
        };
        write!(f, "{path}: {} ({}", self.message, self.rule)?;
        if self.value.is_empty() {
            f.write_str(")")
        } else {
            write!(f, "; it is {})", self.value)
        }
    }
}

/// The most characters of a value that a message shows.
const SHOWN: usize = 80;

/// `text`, cut to 80 characters with `…` for the rest.
///
/// ```
/// assert_eq!(huntsman_core::violation::shortened("short"), "short");
/// assert_eq!(huntsman_core::violation::shortened(&"é".repeat(100)).chars().count(), 81);
/// ```
#[must_use]
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A place within an item, as a chain from the inside out; text only when it is asked for.
///
/// ```
/// use huntsman_core::violation::Place;
/// let tags = Place::ITEM.field("tags");
/// assert_eq!(tags.index(3).to_string(), "tags[3]");
/// assert_eq!(Place::ITEM.field("scores").key("k").field("n").to_string(), "scores[\"k\"].n");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    within: Option<&'a Self>,
    step: Step<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Item,
    Field(&'a str),
    Index(usize),
    Key(&'a str),
}

impl Place<'_> {
    /// The item as a whole.
    pub const ITEM: Self = Self {
        within: None,
        step: Step::Item,
    };

    fn then<'a>(&'a self, step: Step<'a>) -> Place<'a> {
        Place {
            within: Some(self),
            step,
        }
    }

    /// A field of the record at this place.
    #[must_use]
    pub fn field<'a>(&'a self, name: &'a str) -> Place<'a> {
        self.then(Step::Field(name))
    }

    /// An element of the list at this place.
    #[must_use]
    pub fn index(&self, index: usize) -> Place<'_> {
        self.then(Step::Index(index))
    }

    /// A value of the map at this place.
    #[must_use]
    pub fn key<'a>(&'a self, key: &'a str) -> Place<'a> {
        self.then(Step::Key(key))
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(within) = self.within {
            within.fmt(f)?;
        }
        match self.step {
            Step::Item => Ok(()),
            Step::Field(name) => {
                let nested = self.within.is_some_and(|p| !matches!(p.step, Step::Item));
                write!(f, "{}{name}", if nested { "." } else { "" })
            }
            Step::Index(index) => write!(f, "[{index}]"),
            Step::Key(key) => write!(f, "[{key:?}]"),
        }
    }
}
