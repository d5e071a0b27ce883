//! Formats: how records become bytes. They are pure; places do the writing.

use huntsman_core::{AnyItem, Schema};

mod csv;
mod json;
mod lines;

/// How records of some schemas become the bytes of one file.
///
/// A file is `begin`, then for each record `separate` and `record`, then `end`. It is UTF-8.
pub(crate) trait Format: Send {
    /// What a file of it is, with its article: `a JSON array`.
    fn label(&self) -> &'static str;

    /// What stands before all records.
    fn begin(&self, out: &mut Vec<u8>);

    /// What stands before a record; `first` if the file has none before it.
    fn separate(&self, first: bool, out: &mut Vec<u8>);

    /// One record.
    ///
    /// # Errors
    /// Why it cannot be written. `out` may then have grown.
    fn record(&mut self, item: &dyn AnyItem, out: &mut Vec<u8>) -> Result<(), String>;

    /// What stands after all records; `empty` if there are none.
    fn end(&self, empty: bool, out: &mut Vec<u8>);

    /// Where a file that is not empty can be gone on with.
    ///
    /// # Errors
    /// Why it is not a whole file of this format.
    fn resume(&self, old: &Ends) -> Result<Resume, String>;
}

/// How much of either end of a file is looked at.
pub(crate) const LOOK: usize = 64 * 1024;

/// The two ends of a file that is not empty.
pub(crate) struct Ends {
    /// Its first bytes: [`LOOK`], or all.
    pub(crate) head: Vec<u8>,
    /// Its last bytes: [`LOOK`], or all.
    pub(crate) tail: Vec<u8>,
    /// Its length in bytes.
    pub(crate) len: u64,
}

/// How to go on with a file.
#[derive(Debug, PartialEq)]
pub(crate) struct Resume {
    /// So many of its bytes stay; at most [`LOOK`] go.
    pub(crate) keep: u64,
    /// What has to be added to them before anything else.
    pub(crate) joint: &'static [u8],
    /// There are no records in it yet.
    pub(crate) empty: bool,
}

/// A format by its names.
#[derive(Debug)]
pub(crate) struct Known {
    /// Its names, which are also the endings of its files.
    pub(crate) names: &'static [&'static str],
    pub(crate) create: fn(&[&'static Schema]) -> Box<dyn Format>,
}

/// JSON Lines: what standard output gets.
pub(crate) const LINES: &Known = &Known {
    names: &["jsonl", "jl", "ndjson"],
    create: |_| Box::new(lines::Lines),
};

const KNOWN: &[&Known] = &[
    &Known {
        names: &["json"],
        create: |_| Box::new(json::Array),
    },
    LINES,
    &Known {
        names: &["csv"],
        create: |schemas| Box::new(csv::Table::new(schemas)),
    },
];

/// The format with this name, in any case of letters.
pub(crate) fn named(name: &str) -> Option<&'static Known> {
    let is = |known: &&&Known| known.names.iter().any(|own| own.eq_ignore_ascii_case(name));
    KNOWN.iter().find(is).copied()
}

/// All names of all formats.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    KNOWN.iter().flat_map(|known| known.names).copied()
}

/// Appends `item` as one JSON object without line breaks.
fn json_object(item: &dyn AnyItem, out: &mut Vec<u8>) -> Result<(), String> {
    let start = out.len();
    serde_json::to_writer(&mut *out, item.fields()).map_err(|error| error.to_string())?;
    if out[start..].first() != Some(&b'{') {
        return Err("it is not written as a struct or a map".to_owned());
    }
    Ok(())
}

fn is_space(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// How a text begins, for messages.
fn begins(text: &[u8]) -> String {
    let first = String::from_utf8_lossy(text)
        .chars()
        .take(1)
        .collect::<String>();
    format!("it begins with `{}`", first.escape_debug())
}
