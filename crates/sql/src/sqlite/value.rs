//! Values as SQLite has them.

use huntsman_avro::Value;
use rusqlite::types::{ToSqlOutput, Value as Owned, ValueRef};

use crate::table::{Column, Sort, Table};

/// The type of a column, which is also its affinity.
pub(super) fn type_name(sort: Sort) -> &'static str {
    match sort {
        Sort::Bool | Sort::Int(_) | Sort::Unsigned => "INTEGER",
        Sort::Float | Sort::Double => "REAL",
        Sort::Bytes => "BLOB",
        Sort::Text
        | Sort::Symbol
        | Sort::Uuid
        | Sort::Decimal { .. }
        | Sort::BigDecimal
        | Sort::Date
        | Sort::Time(_)
        | Sort::Instant(_)
        | Sort::Local(_)
        | Sort::Told
        | Sort::Open
        | Sort::Nested => "TEXT",
    }
}

/// A value as it is bound to a statement.
pub(super) fn bound<'a>(
    table: &Table,
    column: &Column,
    value: &'a Value,
) -> Result<ToSqlOutput<'a>, String> {
    let text = |text: String| ToSqlOutput::Owned(Owned::Text(text));
    let integer = |value: i64| ToSqlOutput::Owned(Owned::Integer(value));
    Ok(match (column.sort, value.inner()) {
        (_, Value::Null) => ToSqlOutput::Owned(Owned::Null),
        (Sort::Bool, Value::Boolean(value)) => integer((*value).into()),
        (Sort::Int(_), Value::Int(value)) => integer((*value).into()),
        (Sort::Int(_), Value::Long(value)) => integer(*value),
        (Sort::Float, Value::Float(value)) => real(&column.name, (*value).into())?,
        (Sort::Double, Value::Double(value)) => real(&column.name, *value)?,
        (Sort::Bytes, Value::Bytes(value) | Value::Fixed(value)) => {
            ToSqlOutput::Borrowed(ValueRef::Blob(value))
        }
        (Sort::Text | Sort::Open, Value::String(value)) => {
            ToSqlOutput::Borrowed(ValueRef::Text(value.as_bytes()))
        }
        (Sort::Nested, _) => text(
            table
                .json(column, value)
                .map_err(|reason| format!("{}: {reason}", column.name))?,
        ),
        (_, value) => text(
            table
                .told(column, value)
                .ok_or_else(|| format!("{}: it is no {}", column.name, word(column.sort)))?,
        ),
    })
}

fn real<'a>(name: &str, value: f64) -> Result<ToSqlOutput<'a>, String> {
    if value.is_nan() {
        return Err(format!("{name}: SQLite has no NaN"));
    }
    Ok(ToSqlOutput::Owned(Owned::Real(value)))
}

/// What the values of a column are, for messages.
pub(super) fn word(sort: Sort) -> &'static str {
    match sort {
        Sort::Bool => "boolean",
        Sort::Int(_) | Sort::Unsigned => "integer",
        Sort::Float | Sort::Double => "number",
        Sort::Bytes => "bytes",
        Sort::Text => "text",
        Sort::Symbol => "symbol",
        Sort::Uuid => "UUID",
        Sort::Decimal { .. } | Sort::BigDecimal => "decimal",
        Sort::Date => "date",
        Sort::Time(_) => "time of day",
        Sort::Instant(_) | Sort::Local(_) => "time",
        Sort::Told => "time or duration",
        Sort::Open | Sort::Nested => "JSON",
    }
}
