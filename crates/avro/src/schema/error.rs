//! Why a text is no schema.

use super::parse::{MAX_DEPTH, MAX_TEXT};

/// Why a text is no schema: where, what is wrong, and what to do.
///
/// A `path` leads from the whole to the place in the JSON: `fields[2].type`, or `schema` for the
/// whole itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// The text is no JSON document.
    #[error("not JSON: line {line}, column {column}: {reason}")]
    NotJson {
        /// From 1 on.
        line: usize,
        /// In bytes, from 1 on.
        column: usize,
        /// What the JSON parser found.
        reason: String,
    },
    /// The text is longer than a schema may be.
    #[error("a schema of {bytes} bytes is not read: {MAX_TEXT} are the most")]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// Types stand within types beyond any use.
    #[error(
        "{path}: types stand more than {MAX_DEPTH} deep within each other: define inner ones in fields further up, and name them here"
    )]
    TooDeep {
        /// Where.
        path: String,
    },
    /// JSON, but not in the shape of a schema.
    #[error("{path}: {problem}")]
    NotAvro {
        /// Where.
        path: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// A type is named that is not defined.
    #[error("{path}: there is no type `{name}`: {hint}")]
    UnknownType {
        /// Where.
        path: String,
        /// The name.
        name: String,
        /// What to do, with the nearest known name.
        hint: String,
    },
    /// A name that the specification forbids.
    #[error("{path}: {what} may not be called `{name}`: {rule}")]
    Name {
        /// Where.
        path: String,
        /// `a field`, `a type`.
        what: &'static str,
        /// The name.
        name: String,
        /// The rule that it breaks.
        rule: &'static str,
    },
    /// Something stands twice that may stand once.
    #[error("{path}: {what} `{name}` is there twice: {rule}")]
    Duplicate {
        /// Where the second is.
        path: String,
        /// `the field`, `the symbol`.
        what: &'static str,
        /// Its name.
        name: String,
        /// What to do.
        rule: &'static str,
    },
    /// A default that is no value of its type.
    #[error("{path}: {value} is no default for {expected}")]
    Default {
        /// Where.
        path: String,
        /// The value, shortened.
        value: String,
        /// What it should be.
        expected: String,
    },
}
