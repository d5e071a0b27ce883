//! Comma-separated values (RFC 4180) with a header.

use huntsman_core::{ExportError, Kind, Record, Schema};

mod cell;
mod dialect;
mod row;
mod visit;

use super::typed::{Typed, mentions_bytes};
use crate::format::{Encode, Ends, Format, Keep, LOOK};
use crate::words::Words;
use dialect::Dialect;
use row::Row;

/// Comma-separated values (RFC 4180) in UTF-8: `csv`.
///
/// The columns are the fields of all types of items, in the order in which they first appear; an
/// item that lacks one has nothing there.
///
/// | word | |
/// |---|---|
/// | `delimiter` | one character of ASCII that stands between cells, or `tab`; `,` by default |
/// | `header` | `false` leaves the line of names out |
/// | `null` | what stands for `None`; nothing by default |
/// | `escape_formulas` | puts `'` before text that a spreadsheet would take for a formula: text that begins with `=`, `+`, `-`, `@`, NUL or white space but a blank (OWASP, CSV Injection). Numbers are left alone. What is read is then no longer the same text, so it is off by default |
///
/// A cell is quoted where it has to be, and where text would be taken for `None`: empty text is
/// `""`, and `None` an empty cell. PostgreSQL tells the two apart; a reader that does not reads both
/// as empty text, and `null` helps. In a table of one column both are `""`, as readers skip empty
/// lines.
#[derive(Debug, Clone, Copy)]
pub struct Csv;

impl Format for Csv {
    fn names(&self) -> &'static [&'static str] {
        &["csv"]
    }

    fn words(&self) -> &'static [&'static str] {
        Dialect::WORDS
    }

    fn encoder(
        &self,
        schemas: &'static [&'static Schema],
        words: &Words,
    ) -> Result<Box<dyn Encode>, ExportError> {
        Ok(Box::new(Table::new(schemas, Dialect::new(words)?)))
    }
}

/// A header and one line for each record, all ended by `\r\n`.
///
/// The columns are the fields of all schemas, in the order in which they first appear.
struct Table {
    row: Row,
    /// Some column has bytes, which serde may write as a sequence.
    bytes: bool,
}

impl Table {
    fn new(schemas: &[&'static Schema], dialect: Dialect) -> Self {
        let mut columns = Vec::new();
        for field in schemas.iter().flat_map(|schema| schema.fields) {
            if !columns.contains(&field.name) {
                columns.push(field.name);
            }
        }
        let has_bytes = |schema: &&'static Schema| mentions_bytes(&Kind::Struct(schema));
        Self {
            row: Row::new(columns, dialect),
            bytes: schemas.iter().any(has_bytes),
        }
    }
}

impl Encode for Table {
    fn label(&self) -> &'static str {
        "a CSV file with these columns"
    }

    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), String> {
        if self.row.dialect().header {
            self.row.header(out);
        }
        Ok(())
    }

    fn record(&mut self, record: &Record, out: &mut Vec<u8>) -> Result<(), String> {
        let item = &record.item;
        if !self.bytes && self.row.visit(&**item, out) {
            return Ok(());
        }
        let written = if self.bytes {
            let typed = Typed::new(Kind::Struct(item.schema()), item.fields());
            self.row.line(&typed, out)
        } else {
            self.row.line(item.fields(), out)
        };
        written.map_err(|error| error.to_string())
    }

    fn end(&mut self, _: bool, _: &mut Vec<u8>) -> Result<(), String> {
        Ok(())
    }

    fn append(&mut self, old: &Ends) -> Result<Keep, String> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .delimiter(self.row.dialect().delimiter)
            .from_reader(&old.head[..]);
        let mut header = csv::ByteRecord::new();
        reader
            .read_byte_record(&mut header)
            .map_err(|error| error.to_string())?;
        if old.head.len() == LOOK && reader.position().byte() >= LOOK as u64 {
            return Err(format!("its first line is longer than {LOOK} bytes"));
        }
        let columns = self.row.columns();
        if self.row.dialect().header {
            if let Some(difference) = difference(&header, columns) {
                return Err(difference);
            }
        } else if header.len() != columns.len() {
            let (theirs, ours) = (header.len(), columns.len());
            return Err(format!("its first line has {theirs} cells, not {ours}"));
        }
        let joint = if old.tail.ends_with(b"\n") {
            b"" as &[u8]
        } else {
            b"\r\n"
        };
        Ok(Keep {
            keep: old.len,
            joint,
            empty: false,
        })
    }
}

/// The first column in which a header is not ours.
fn difference(header: &csv::ByteRecord, columns: &[&str]) -> Option<String> {
    for number in 0..header.len().max(columns.len()) {
        let theirs = header.get(number).map(|name| {
            let name = String::from_utf8_lossy(name);
            let short: String = name.chars().take(40).collect();
            short.escape_debug().to_string()
        });
        let place = number + 1;
        match (columns.get(number), theirs) {
            (Some(ours), _) if header.get(number) == Some(ours.as_bytes()) => {}
            (Some(ours), Some(theirs)) => {
                return Some(format!("its column {place} is `{theirs}`, not `{ours}`"));
            }
            (Some(ours), None) => return Some(format!("its column {place}, `{ours}`, is missing")),
            (None, Some(theirs)) => {
                return Some(format!("its column {place}, `{theirs}`, is one too many"));
            }
            (None, None) => {}
        }
    }
    None
}
