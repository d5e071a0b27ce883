//! File formats and places for the items of Huntsman.
//!
//! A [`Feed`] is a format in a place: a JSON array, JSON Lines, CSV, XML or Avro, in a file or on
//! standard output. It streams: memory does not grow with the number of items. All text is UTF-8.
//!
//! | | JSON array | JSON Lines | CSV | XML | Avro |
//! |---|---|---|---|---|---|
//! | names | `json` | `jsonl`, `jl`, `ndjson` | `csv` | `xml` | `avro` |
//! | standard | RFC 8259 | one RFC 8259 object a line | RFC 4180, with a header | XML 1.0 | object container files of Avro 1.12 |
//! | line ending | `\n` | `\n` | `\r\n`, as Scrapy and Python's `csv` write it | `\n` | |
//! | no items | `[]` | empty file | the header | the root element | the header |
//!
//! [`formats`] tells what becomes of each type.
//!
//! # What is on disk, and when
//!
//! | | [`Mode::Append`] | [`Mode::Replace`] |
//! |---|---|---|
//! | while it runs | the file itself, not closed | the old file; the new one in `.NAME.part-PID` |
//! | closed | old and new items in one valid file | the new file, put in place at once |
//! | no items | an old file is unchanged to the byte | the file without items |
//! | abandoned | closed with what was delivered | old file unchanged, items in `NAME.partial` |
//! | failed, old file | unchanged, items in `NAME.partial` | unchanged, items in `NAME.partial` |
//! | failed, no old file | items in `NAME.partial` | items in `NAME.partial` |
//!
//! "Items" are those of the batches before; a batch that failed is not in any file. Where there
//! are none, no `NAME.partial` is made; where there is one already, `NAME.partial-2` is. When
//! there is no room for it, the items stay in the old file, and the error says so.
//!
//! A feed that is dropped without an end leaves what a crash would: a file that is not closed, or
//! `.NAME.part-PID`; and nothing at all if it has no items yet. JSON without its `]` is refused by
//! the next run that would append to it.
//!
//! # In a crawl with a job
//!
//! Each commit makes the file durable up to a position. A run that goes on from there cuts what
//! lies behind it, also an end that was written and files that were begun later, and leaves what an
//! uninterrupted run would. An error, or an end of the crawl, leaves all as a crash would. Until a
//! position in it is known, a new file is `.NAME.part-job-JOB`; one that replaces another stays so
//! until it is closed. A file that is shorter than its position, gone, or another is an error.
//!
//! Compressed files are whole frames, one after the other: about 1 MiB of content each, and one
//! at each commit.

mod address;
mod batches;
mod catalog;
mod check;
mod compress;
mod connector;
mod feed;
mod file;
mod file_feed;
mod format;
pub mod formats;
mod hidden;
mod locate;
mod opened;
mod place;
mod places;
mod plan;
mod position;
mod query;
mod secret;
mod select;
mod sink;
mod spec;
mod start;
mod system_feed;
mod words;

pub use catalog::Catalog;
pub use connector::Connector;
pub use feed::{Feed, Mode};
pub use format::{Encode, Ends, Format, Keep, LOOK};
pub use hidden::hidden;
pub use place::{Delivered, Output, Place, Recovery, Start};
pub use secret::filled;
pub use select::Selected;
pub use words::Words;
