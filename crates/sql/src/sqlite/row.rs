//! One item as the parameters of a statement, field by field where it comes so.

use huntsman_avro::RecordFields;
use huntsman_core::Record;
use huntsman_core::visit::{NotVisited, Visit, Visited};
use rusqlite::types::Null;
use rusqlite::{Statement, ToSql};

use crate::table::{Column, Sort, Table};

/// Binds the fields of a record, if each is a scalar that its column has as it is. `buffer` then
/// holds its encoded form: it was held to the schema on the way.
///
/// If not, what was bound is to be bound anew.
pub(super) fn bind(
    table: &Table,
    record: &Record,
    statement: &mut Statement<'_>,
    buffer: &mut Vec<u8>,
) -> bool {
    table.encode_fields(buffer, |fields| {
        let mut row = Row {
            columns: &table.columns,
            statement,
            fields,
            count: 0,
        };
        record.item.visit(&mut row).is_ok() && row.count == table.columns.len()
    })
}

struct Row<'a, 'b, 'c> {
    columns: &'a [Column],
    statement: &'a mut Statement<'c>,
    fields: &'a mut RecordFields<'b>,
    /// Fields that have come.
    count: usize,
}

impl Row<'_, '_, '_> {
    /// Goes to the column of a field: its number.
    fn next(
        &mut self,
        name: &str,
        fits: impl FnOnce(&Column) -> bool,
    ) -> Result<usize, NotVisited> {
        let number = self.count;
        let column = self.columns.get(number);
        let fits = column.is_some_and(|column| column.name == name && fits(column));
        self.count += 1;
        fits.then_some(number).ok_or(NotVisited)
    }

    fn bind(&mut self, number: usize, value: impl ToSql) -> Visited {
        // Why not is said when it is bound again.
        let bound = self.statement.raw_bind_parameter(number + 1, value);
        bound.map_err(|_| NotVisited)
    }
}

impl Visit for Row<'_, '_, '_> {
    fn null(&mut self, field: &'static str) -> Visited {
        let number = self.next(field, |column| column.optional)?;
        self.fields.set_null(number).map_err(|_| NotVisited)?;
        self.bind(number, Null)
    }

    fn bool(&mut self, field: &'static str, value: bool) -> Visited {
        let number = self.next(field, |column| column.sort == Sort::Bool)?;
        self.fields
            .set_bool(number, value)
            .map_err(|_| NotVisited)?;
        self.bind(number, value)
    }

    fn int(&mut self, field: &'static str, value: i64) -> Visited {
        let number = self.next(field, |column| matches!(column.sort, Sort::Int(_)))?;
        self.fields
            .set_long(number, value)
            .map_err(|_| NotVisited)?;
        self.bind(number, value)
    }

    fn uint(&mut self, field: &'static str, value: u64) -> Visited {
        let value = i64::try_from(value).map_err(|_| NotVisited)?;
        self.int(field, value)
    }

    fn f32(&mut self, field: &'static str, value: f32) -> Visited {
        let number = self.next(field, |column| {
            column.sort == Sort::Float && !value.is_nan()
        })?;
        self.fields
            .set_float(number, value)
            .map_err(|_| NotVisited)?;
        self.bind(number, f64::from(value))
    }

    fn f64(&mut self, field: &'static str, value: f64) -> Visited {
        let number = self.next(field, |column| {
            column.sort == Sort::Double && !value.is_nan()
        })?;
        self.fields
            .set_double(number, value)
            .map_err(|_| NotVisited)?;
        self.bind(number, value)
    }

    fn text(&mut self, field: &'static str, value: &str) -> Visited {
        let number = self.next(field, |column| column.sort == Sort::Text)?;
        self.fields
            .set_text(number, value)
            .map_err(|_| NotVisited)?;
        self.bind(number, value)
    }

    fn bytes(&mut self, _: &'static str, _: &[u8]) -> Visited {
        Err(NotVisited)
    }

    fn other(&mut self, _: &'static str, _: &dyn erased_serde::Serialize) -> Visited {
        Err(NotVisited)
    }
}
