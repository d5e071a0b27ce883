//! File formats and places for the items of Huntsman.
//!
//! A [`Feed`] is a format in a place: a JSON array, JSON Lines or CSV, in a file or on standard
//! output. It streams: memory does not grow with the number of items. All text is UTF-8.
//!
//! | | JSON array | JSON Lines | CSV |
//! |---|---|---|---|
//! | names | `json` | `jsonl`, `jl`, `ndjson` | `csv` |
//! | standard | RFC 8259 | one RFC 8259 object a line | RFC 4180, with a header |
//! | line ending | `\n` | `\n` | `\r\n`, as Scrapy and Python's `csv` write it |
//! | `None` | `null` | `null` | empty cell |
//! | NaN, infinity | `null` | `null` | empty cell |
//! | list, map, struct | as it is | as it is | its JSON text in the cell |
//! | no items | `[]` | empty file | the header |
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

mod feed;
mod formats;
mod places;
mod sink;
mod spec;

pub use feed::{Feed, Mode};
