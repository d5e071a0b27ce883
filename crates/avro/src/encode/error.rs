//! Why an item is no data of a schema.

use std::fmt;

use serde::ser;

/// Why an item is no data of a schema, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodeError(Box<Inner>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    path: String,
    fault: EncodeFault,
}

/// What is wrong at one place of an item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeFault {
    /// A value that its type does not have.
    #[error("{found} is no {expected}")]
    Mismatch {
        /// The type: `int`, `null or string`, `decimal(10, 2) (bytes)`.
        expected: String,
        /// The value, shortened.
        found: String,
    },
    /// A field that the record does not have.
    #[error("`{field}` is no field of the record {record}{hint}")]
    UnknownField {
        /// Its name.
        field: String,
        /// The record's full name.
        record: String,
        /// The nearest name that is known, as a question; or nothing.
        hint: String,
    },
    /// A field without a default is not there.
    #[error("the record {record} needs the field `{field}`, which has no default")]
    MissingField {
        /// Its name.
        field: String,
        /// The record's full name.
        record: String,
    },
    /// A field is there twice.
    #[error("the field `{0}` is there twice")]
    RepeatedField(String),
    /// Values within values beyond any use.
    #[error("values stand more than 128 deep within each other")]
    TooDeep,
    /// What the item itself says when it is serialised.
    #[error("{0}")]
    Item(String),
}

impl EncodeError {
    pub(crate) fn new(fault: EncodeFault) -> Self {
        Self(Box::new(Inner {
            path: String::new(),
            fault,
        }))
    }

    pub(crate) fn mismatch(expected: &str, found: impl Into<String>) -> Self {
        Self::new(EncodeFault::Mismatch {
            expected: expected.to_owned(),
            found: found.into(),
        })
    }

    /// From the item to the place: `name`, `tags[3]`, `scores["k"].n`; empty for the item itself.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// What is wrong there.
    #[must_use]
    pub fn fault(&self) -> &EncodeFault {
        &self.0.fault
    }

    /// The error, as one within this field.
    pub(crate) fn in_field(mut self, name: &str) -> Self {
        let path = &mut self.0.path;
        if !path.is_empty() && !path.starts_with('[') {
            path.insert(0, '.');
        }
        path.insert_str(0, name);
        self
    }

    pub(crate) fn in_index(mut self, index: usize) -> Self {
        self.step(&format!("[{index}]"));
        self
    }

    pub(crate) fn in_key(mut self, key: &str) -> Self {
        self.step(&format!("[{key:?}]"));
        self
    }

    fn step(&mut self, step: &str) {
        let path = &mut self.0.path;
        if !path.is_empty() && !path.starts_with('[') {
            path.insert(0, '.');
        }
        path.insert_str(0, step);
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path() {
            "" => self.fault().fmt(f),
            path => write!(f, "{path}: {}", self.fault()),
        }
    }
}

impl std::error::Error for EncodeError {}

impl ser::Error for EncodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(EncodeFault::Item(message.to_string()))
    }
}
