//! One item as the cells of a row, field by field.

use std::ptr;

use huntsman_core::AnyItem;
use huntsman_core::visit::{NotVisited, Visit, Visited};
use serde::Serialize;

use super::cell::{self, Wrote};
use super::row::{self, Row};
use serde_bytes::Bytes;

impl Row {
    /// Appends the line that [`Row::line`] would, if the item comes field by field, in the order of
    /// the columns; else, or if something is wrong with it, nothing.
    pub(super) fn visit(&mut self, item: &dyn AnyItem, out: &mut Vec<u8>) -> bool {
        self.next = 0;
        let line = out.len();
        let leaves_numbers = self.dialect.leaves_numbers();
        let mut cells = Cells {
            row: self,
            leaves_numbers,
            out,
        };
        if item.visit(&mut cells).is_err() {
            out.truncate(line);
            return false;
        }
        self.pass(self.columns.len(), out);
        row::end(line, out);
        true
    }
}

/// Appends one cell after the other.
struct Cells<'a> {
    row: &'a mut Row,
    /// No number and no bool needs quotes.
    leaves_numbers: bool,
    out: &'a mut Vec<u8>,
}

impl Cells<'_> {
    /// Goes to the column of a field.
    #[inline]
    fn begin(&mut self, field: &'static str) -> Visited {
        let row = &mut *self.row;
        let next = row.columns.get(row.next);
        // A name that is the same text in memory need not be compared.
        if !next.is_some_and(|next| ptr::eq(*next, field) || *next == field) {
            let mut rest = row.columns.iter().skip(row.next);
            let further = rest.position(|column| *column == field).ok_or(NotVisited)?;
            let column = row.next + further;
            row.pass(column, self.out);
            row.next = column;
        }
        if row.next > 0 {
            self.out.push(row.dialect.delimiter);
        }
        row.next += 1;
        Ok(())
    }

    #[inline]
    fn number<T: Serialize>(&mut self, field: &'static str, value: T) -> Visited {
        if !self.leaves_numbers {
            return self.any(field, &value);
        }
        self.begin(field)?;
        cell::write(&value, self.out).map_err(|_| NotVisited)?;
        Ok(())
    }

    fn any<T: Serialize + ?Sized>(&mut self, field: &'static str, value: &T) -> Visited {
        self.begin(field)?;
        let start = self.out.len();
        match cell::write(value, self.out).map_err(|_| NotVisited)? {
            Wrote::Nothing => self.out.extend_from_slice(self.row.dialect.null.as_bytes()),
            wrote => self.row.quote(start, wrote == Wrote::Text, self.out),
        }
        Ok(())
    }
}

impl Visit for Cells<'_> {
    fn null(&mut self, field: &'static str) -> Visited {
        self.begin(field)?;
        self.out.extend_from_slice(self.row.dialect.null.as_bytes());
        Ok(())
    }

    fn bool(&mut self, field: &'static str, value: bool) -> Visited {
        self.number(field, value)
    }

    fn int(&mut self, field: &'static str, value: i64) -> Visited {
        self.number(field, value)
    }

    fn uint(&mut self, field: &'static str, value: u64) -> Visited {
        self.number(field, value)
    }

    fn f32(&mut self, field: &'static str, value: f32) -> Visited {
        self.number(field, value)
    }

    fn f64(&mut self, field: &'static str, value: f64) -> Visited {
        self.number(field, value)
    }

    fn text(&mut self, field: &'static str, value: &str) -> Visited {
        self.begin(field)?;
        let (dialect, cell) = (&self.row.dialect, value.as_bytes());
        if dialect.escape_formulas {
            let start = self.out.len();
            self.out.extend_from_slice(cell);
            self.row.quote(start, true, self.out);
        } else if dialect.is_bare(cell) {
            self.out.extend_from_slice(cell);
        } else {
            row::quoted(cell, self.out);
        }
        Ok(())
    }

    fn bytes(&mut self, field: &'static str, value: &[u8]) -> Visited {
        self.any(field, Bytes::new(value))
    }

    fn other(&mut self, field: &'static str, value: &dyn erased_serde::Serialize) -> Visited {
        self.any(field, value)
    }
}
