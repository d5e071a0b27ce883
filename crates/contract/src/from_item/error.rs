//! Why an item type has no Avro schema.

use huntsman_avro::SchemaError;

/// Why an item type has no Avro schema. A `place` is `Type.field`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ItemSchemaError {
    /// A name that Avro forbids.
    #[error(
        "{place}: Avro has no {what} called `{name}`: names start with A-Z, a-z or _, and go on \
         with these and 0-9; {remedy}"
    )]
    Name {
        /// Where.
        place: String,
        /// `field`, `type`, `symbol`.
        what: &'static str,
        /// The name.
        name: String,
        /// What to do.
        remedy: &'static str,
    },
    /// Two types have one name.
    #[error(
        "{place}: two different types are called `{name}`: rename one by `#[item(name = \"…\")]`, \
         or set it apart by `#[item(namespace = \"…\")]`"
    )]
    Clash {
        /// Where the second is.
        place: String,
        /// Their full name.
        name: String,
    },
    /// A union has two variants that Avro writes alike.
    #[error(
        "{place}: two variants are both a `{name}` of Avro, and readers could not tell them apart: \
         keep one"
    )]
    Alike {
        /// Where.
        place: String,
        /// The type.
        name: String,
    },
    /// Words stand at elements that are of a named type.
    #[error(
        "{place}: `{word}` cannot stand at elements of the type `{name}`, which is defined once for \
         all places: say it on the fields of `{name}`, or in a function named by `check`"
    )]
    Elements {
        /// Where.
        place: String,
        /// The first of the words.
        word: String,
        /// The type.
        name: String,
    },
    /// A word or a default whose value is not JSON, or a word that means something else in Avro.
    #[error("{place}: `{word}` cannot be {value} here: {reason}")]
    Word {
        /// Where.
        place: String,
        /// The word.
        word: String,
        /// Its value.
        value: String,
        /// Why not.
        reason: String,
    },
    /// A type that schemas cannot express.
    #[error("{place}: no type of Avro is known for {kind}: mark the field `#[item(any)]`")]
    Kind {
        /// Where.
        place: String,
        /// The type.
        kind: String,
    },
    /// What came out is no schema, or what was given by `#[item(avro = …)]`.
    #[error("the schema of `{item}`: {problem}")]
    Schema {
        /// The type's name.
        item: String,
        /// What is wrong.
        #[source]
        problem: SchemaError,
    },
}
