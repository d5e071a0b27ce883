//! Why items are nothing for Parquet.

use huntsman_avro::EncodeError;
use thiserror::Error;

/// Why items of a schema cannot be columns.
#[derive(Debug, Error)]
pub(crate) enum Unfit {
    #[error(
        "a Parquet file holds one type of items, and these are of {count} ({names}): give each type a feed of its own with types={first}"
    )]
    Several {
        count: usize,
        names: String,
        first: &'static str,
    },
    #[error("the types of the items are not known, so a Parquet file of them has no columns")]
    Unknown,
    #[error("the schema is {0}, and a Parquet file has the fields of a record as its columns")]
    NotRecord(&'static str),
    #[error(
        "{path} holds {name} within itself, and columns have an end: leave the field open (`#[item(any)]`, which becomes JSON), or leave it out (fields=)"
    )]
    Recursive { path: String, name: String },
    #[error("{path} is a {name}, which has no fields, and Parquet has no columns without them")]
    NoFields { path: String, name: String },
    #[error("{path} is a fixed of no bytes, and Parquet has none: leave it out (fields=)")]
    NoBytes { path: String },
    #[error("{path} is a union of no types: no item has a value for it")]
    NoTypes { path: String },
    #[error(
        "it has more than {0} columns: leave some out (fields=), or open a large field (`#[item(any)]`)"
    )]
    TooMany(usize),
    #[error(transparent)]
    Schema(#[from] huntsman_contract::ItemSchemaError),
    #[error(transparent)]
    Parquet(#[from] parquet::errors::ParquetError),
}

/// Why an item is not written.
#[derive(Debug, Error)]
pub(crate) enum Unwritable {
    #[error(transparent)]
    Item(#[from] EncodeError),
    #[error("it has {0} bytes, and a page of Parquet holds 1 GiB")]
    TooLong(usize),
    #[error("{column}: {fault}")]
    Value { column: String, fault: Fault },
}

/// What is wrong with one value.
#[derive(Debug, Error)]
pub(crate) enum Fault {
    #[error("the time of day {0} is not within a day")]
    Time(i64),
    #[error("the decimal has too many digits")]
    Digits,
    #[error("the text is no UUID")]
    Uuid,
    #[error("the key {0:?} is there twice")]
    Key(String),
    #[error("the encoded item ends too early")]
    End,
}
