//! Parquet files of the items of Huntsman.
//!
//! [`Parquet`] is a format for feeds: a program adds it to its
//! [`Catalog`](huntsman_export::Catalog), and `items.parquet` is then a file that pyarrow, pandas,
//! DuckDB, Spark and Polars read. One file holds one type of items, because it has one schema.
//!
//! # Types
//!
//! The columns follow from the item's Avro schema ([`huntsman_contract::avro_schema`]), so that one
//! set of rules says what a number, a date or a union is in every binary form. A field that is no
//! `Option` is `required`.
//!
//! | field | Avro | Parquet |
//! | --- | --- | --- |
//! | `bool` | `boolean` | BOOLEAN |
//! | `i8`, `i16`, `i32`, `u8`, `u16` | `int` | INT32 |
//! | `i64`, `u32`, `u64` | `long` | INT64; an item with a `u64` beyond 2^63 - 1 is refused |
//! | `f32`, `f64` | `float`, `double` | FLOAT, DOUBLE; NaN and infinities as they are |
//! | text | `string` | BYTE_ARRAY, STRING |
//! | bytes | `bytes` | BYTE_ARRAY |
//! | fixed | `fixed` | FIXED_LEN_BYTE_ARRAY |
//! | enum | `enum` | BYTE_ARRAY, STRING: the symbol (pyarrow takes what is marked ENUM for bytes) |
//! | `Option` | union with `null` | `optional` |
//! | list | `array` | LIST of three levels: `list`, `element` |
//! | map | `map` | MAP: `key_value`, `key`, `value` |
//! | struct | `record` | a group |
//! | several types | other unions | a group with an `optional` member for each type, of which one is there: `string`, `long`, or the name of a named type |
//! | date | `date` | INT32, DATE |
//! | time | `time-millis`, `time-micros` | INT32 or INT64, TIME without a zone |
//! | instant | `timestamp-millis`, `-micros`, `-nanos` | INT64, TIMESTAMP in UTC |
//! | date and time | `local-timestamp-…` | INT64, TIMESTAMP without a zone |
//! | UUID | `uuid` | FIXED_LEN_BYTE_ARRAY of 16, UUID |
//! | decimal | `decimal` | DECIMAL: INT32 up to 9 digits, INT64 up to 18, FIXED_LEN_BYTE_ARRAY up to 76 |
//! | decimal of more digits, or of any scale | `decimal`, `big-decimal` | BYTE_ARRAY, STRING: `12.50` |
//! | duration | `duration` | FIXED_LEN_BYTE_ARRAY of 12, INTERVAL |
//! | anything | `string` that holds JSON | BYTE_ARRAY, JSON |
//! | nothing | `null` | INT32, UNKNOWN: always null |
//!
//! pyarrow has decimals of up to 76 digits, DuckDB of up to 38: it reads longer ones as `DOUBLE`.
//!
//! Refused before the crawl begins: a type within itself, a struct without fields, a `fixed` of no
//! bytes, and more than 10,000 columns. Refused item by item: a time outside of the day, a key that
//! a map has twice, and whatever the Avro schema does not take.
//!
//! # Files
//!
//! Rows are held until there is a row group of them: 1,048,576 rows (`row_group=ROWS`), or 64 MiB
//! of memory, whichever comes first. So memory is bounded whatever the length of the file; larger
//! row groups than that would not read faster. Pages are of the first version, with statistics and
//! a page index; values that repeat are in dictionaries.
//!
//! `codec` is `zstd` (also without the word: files are 25 to 40 % smaller than with Snappy, and all
//! readers of the last years have it), `snappy` or `none`.
//!
//! The metadata name Huntsman as the writer; `huntsman.avro.schema` there is the Avro schema, with
//! the documentation and constraints of the fields.
//!
//! A file can only be whole. Without its footer, which comes last, it is no Parquet to anybody, and
//! nothing can be added behind the footer: that is refused. Many files, each whole, are a data set
//! to all readers: `items-%(batch)05d.parquet`.
//!
//! # What it costs to build
//!
//! This crate does without Arrow. Records go straight from Avro's binary encoding to the columns of
//! the crate `parquet`, which is built without its `arrow`. So 14 crates come to those that the
//! command has anyway, and a clean release build takes 54 s of CPU more, where `huntsman-export`
//! with `huntsman-contract` and all that they need takes 185 s (two cores, shared with others).
//! Arrow would be another nine crates.

mod column;
mod datum;
mod error;
mod format;
mod leaf;
mod shape;
mod shred;
mod table;
mod take;

pub use format::Parquet;
