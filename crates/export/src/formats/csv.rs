//! Comma-separated values (RFC 4180) with a header.

use huntsman_core::{AnyItem, Schema};

mod cell;
mod row;

use super::{Ends, Format, LOOK, Resume};
use row::Row;

/// A header and one line for each record, all ended by `\r\n`.
///
/// The columns are the fields of all schemas, in the order in which they first appear.
pub(crate) struct Table {
    row: Row,
}

impl Table {
    pub(crate) fn new(schemas: &[&'static Schema]) -> Self {
        let mut columns = Vec::new();
        for field in schemas.iter().flat_map(|schema| schema.fields) {
            if !columns.contains(&field.name) {
                columns.push(field.name);
            }
        }
        Self {
            row: Row::new(columns),
        }
    }
}

impl Format for Table {
    fn label(&self) -> &'static str {
        "a CSV file with these columns"
    }

    fn begin(&self, out: &mut Vec<u8>) {
        row::line(self.row.columns().iter().map(|name| name.as_bytes()), out);
    }

    fn separate(&self, _: bool, _: &mut Vec<u8>) {}

    fn record(&mut self, item: &dyn AnyItem, out: &mut Vec<u8>) -> Result<(), String> {
        self.row
            .fill(item.fields())
            .map_err(|error| error.to_string())?;
        row::line(self.row.cells(), out);
        Ok(())
    }

    fn end(&self, _: bool, _: &mut Vec<u8>) {}

    fn resume(&self, old: &Ends) -> Result<Resume, String> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(&old.head[..]);
        let mut header = csv::ByteRecord::new();
        reader
            .read_byte_record(&mut header)
            .map_err(|error| error.to_string())?;
        if old.head.len() == LOOK && reader.position().byte() >= LOOK as u64 {
            return Err(format!("its first line is longer than {LOOK} bytes"));
        }
        if let Some(difference) = difference(&header, self.row.columns()) {
            return Err(difference);
        }
        let joint = if old.tail.ends_with(b"\n") {
            b"" as &[u8]
        } else {
            b"\r\n"
        };
        Ok(Resume {
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
