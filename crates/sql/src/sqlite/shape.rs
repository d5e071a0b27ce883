//! Whether a table that is there can hold the rows.

use std::collections::BTreeSet;

use rusqlite::{Connection, Result};

use super::value::word;
use crate::table::{Column, Sort, Table};
use crate::text::quoted;

/// A column that is there.
struct Found {
    name: String,
    declared: String,
    not_null: bool,
    has_default: bool,
    /// Its place in the primary key, from 1 on; 0 if it is not in it.
    key: i64,
    generated: bool,
}

/// The columns of a table; none if there is no such table.
fn found(connection: &Connection, table: &str) -> Result<Vec<Found>> {
    let mut query = connection.prepare(
        "SELECT name, type, \"notnull\", dflt_value IS NOT NULL, pk, hidden FROM \
         pragma_table_xinfo(?1, 'main')",
    )?;
    let rows = query.query_map([table], |row| {
        Ok(Found {
            name: row.get(0)?,
            declared: row.get(1)?,
            not_null: row.get(2)?,
            has_default: row.get(3)?,
            key: row.get(4)?,
            generated: row.get::<_, i64>(5)? > 1,
        })
    })?;
    rows.collect()
}

/// Whether there is a table of this name, or something else that is called so.
pub(super) fn exists(connection: &Connection, table: &str) -> Result<bool> {
    Ok(!found(connection, table)?.is_empty())
}

/// The first difference between a table and what its items need; none if it can hold them.
pub(super) fn difference(
    connection: &Connection,
    table: &Table,
    key: &[String],
) -> Result<Option<String>> {
    let kind: String = connection.query_row(
        "SELECT type FROM pragma_table_list(?1) WHERE schema = 'main'",
        [&table.name],
        |row| row.get(0),
    )?;
    if kind != "table" {
        return Ok(Some(format!("it is a {kind}")));
    }
    let columns = found(connection, &table.name)?;
    if let Some(difference) = columns_differ(table, &columns) {
        return Ok(Some(difference));
    }
    if key.is_empty() || is_unique(connection, &table.name, &columns, key)? {
        return Ok(None);
    }
    let listed = key.iter().map(|name| quoted(name)).collect::<Vec<_>>();
    Ok(Some(format!(
        "no unique index is on the key: CREATE UNIQUE INDEX … ON {} ({})",
        quoted(&table.name),
        listed.join(", ")
    )))
}

fn columns_differ(table: &Table, columns: &[Found]) -> Option<String> {
    for own in &table.columns {
        let is_own = |column: &&Found| column.name.eq_ignore_ascii_case(&own.name);
        let Some(column) = columns.iter().find(is_own) else {
            return Some(format!("it has no column {}", own.name));
        };
        if column.generated {
            return Some(format!("its column {} is generated", own.name));
        }
        if !holds(&column.declared, own) {
            let is_without = column.declared.is_empty();
            return Some(format!(
                "its column {} is {}, which does not keep a {} as it is",
                own.name,
                if is_without {
                    "untyped"
                } else {
                    &column.declared
                },
                word(own.sort)
            ));
        }
        if column.not_null && own.optional {
            return Some(format!(
                "its column {} is NOT NULL, and the field may be null",
                own.name
            ));
        }
    }
    let in_key = columns.iter().filter(|column| column.key > 0).count();
    let is_rowid = |column: &Found| {
        in_key == 1 && column.key == 1 && column.declared.eq_ignore_ascii_case("INTEGER")
    };
    let is_filled = |column: &Found| {
        let mut own = table.columns.iter();
        own.any(|own| column.name.eq_ignore_ascii_case(&own.name))
    };
    let mut open = columns.iter().filter(|column| {
        column.not_null && !column.has_default && !column.generated && !is_rowid(column)
    });
    let open = open.find(|column| !is_filled(column))?;
    Some(format!(
        "its column {} is NOT NULL without a default, and no field fills it",
        open.name
    ))
}

/// Whether a column of this declared type keeps our values as they are, by the rules of affinity
/// (sqlite.org/datatype3.html, 3.1).
fn holds(declared: &str, own: &Column) -> bool {
    let declared = declared.to_ascii_uppercase();
    let has = |word: &str| declared.contains(word);
    let is_text = has("CHAR") || has("CLOB") || has("TEXT");
    let is_integer = has("INT");
    let is_blob = has("BLOB") || declared.is_empty();
    let is_real = has("REAL") || has("FLOA") || has("DOUB");
    let is_numeric = !(is_text || is_integer || is_blob || is_real);
    match own.sort {
        Sort::Bool | Sort::Int(_) | Sort::Unsigned => {
            is_integer || !is_text && (is_blob || is_numeric)
        }
        Sort::Float | Sort::Double => !is_integer && !is_text,
        Sort::Bytes => !is_integer && is_blob,
        // They do not look like numbers, so no affinity changes them.
        Sort::Date | Sort::Time(_) | Sort::Instant(_) | Sort::Local(_) => !is_integer && !is_real,
        Sort::Text
        | Sort::Symbol
        | Sort::Uuid
        | Sort::Decimal { .. }
        | Sort::BigDecimal
        | Sort::Told
        | Sort::Open
        | Sort::Nested => !is_integer && (is_text || is_blob),
    }
}

/// Whether these columns, and no others, are unique together.
fn is_unique(
    connection: &Connection,
    table: &str,
    columns: &[Found],
    key: &[String],
) -> Result<bool> {
    let wanted: BTreeSet<String> = key.iter().map(|name| name.to_ascii_lowercase()).collect();
    let in_key = columns.iter().filter(|column| column.key > 0);
    let primary: BTreeSet<String> = in_key
        .map(|column| column.name.to_ascii_lowercase())
        .collect();
    if primary == wanted {
        return Ok(true);
    }
    let mut query = connection.prepare(
        "SELECT i.name, lower(c.name) FROM pragma_index_list(?1, 'main') AS i, \
         pragma_index_info(i.name, 'main') AS c WHERE i.\"unique\" = 1 AND i.partial = 0",
    )?;
    let rows = query.query_map([table], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?))
    })?;
    let rows = rows.collect::<Result<Vec<_>>>()?;
    let names: BTreeSet<&String> = rows.iter().map(|(index, _)| index).collect();
    Ok(names.into_iter().any(|name| {
        let of_index = rows.iter().filter(|(index, _)| index == name);
        // A column without a name is an expression.
        let columns: Option<BTreeSet<String>> =
            of_index.map(|(_, column)| column.clone()).collect();
        columns.as_ref() == Some(&wanted)
    }))
}
