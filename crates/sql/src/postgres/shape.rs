//! Whether a table that is there can hold the rows, and how they are sent to it.

use std::collections::BTreeSet;

use super::cells::{Form, type_name};
use super::session::{Fault, Session};
use crate::table::Table;
use crate::text::list;

/// A column that is there.
struct Found {
    name: String,
    /// Its type as PostgreSQL writes it.
    declared: String,
    /// Its type, or the one that its domain is made of.
    oid: u32,
    modifier: i32,
    not_null: bool,
    has_default: bool,
    /// It is generated always: it cannot be written.
    generated: bool,
}

const COLUMNS: &str = "SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), \
     CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END, \
     CASE t.typtype WHEN 'd' THEN t.typtypmod ELSE a.atttypmod END, \
     a.attnotnull OR t.typnotnull, a.atthasdef OR a.attidentity <> '', \
     a.attgenerated <> '' OR a.attidentity = 'a' \
     FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid \
     WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";

const TABLE: &str = "SELECT relkind::text, has_table_privilege(oid, 'INSERT'), \
     has_table_privilege(oid, 'SELECT'), has_table_privilege(oid, 'UPDATE'), \
     has_table_privilege(oid, 'DELETE') FROM pg_class WHERE oid = $1";

const UNIQUE: &str = "SELECT array(SELECT a.attname::text FROM pg_attribute a \
     WHERE a.attrelid = i.indrelid AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])) \
     FROM pg_index i WHERE i.indrelid = $1 AND i.indisunique AND i.indisvalid AND i.indimmediate \
     AND i.indpred IS NULL AND i.indexprs IS NULL";

/// The form of each column, or the first difference that keeps rows out.
pub(super) async fn forms(
    session: &Session,
    oid: u32,
    table: &Table,
    replacing: bool,
) -> Result<Vec<Form>, Fault> {
    let key = &session.target.wanted.key;
    let row = session.client.query_one(TABLE, &[&oid]).await?;
    let kind: String = row.get(0);
    if kind != "r" && kind != "p" {
        return Err(session.failed(format_args!("{} is no table", table.name)));
    }
    let needs = [
        (1, "INSERT", true),
        (2, "SELECT", replacing || !key.is_empty()),
        (3, "UPDATE", !key.is_empty()),
        (4, "DELETE", replacing),
    ];
    for (index, right, needed) in needs {
        if needed && !row.get::<_, bool>(index) {
            return Err(session.failed(format_args!(
                "the user has no right to {right} on the table {}",
                table.name
            )));
        }
    }
    let rows = session.client.query(COLUMNS, &[&oid]).await?;
    let columns: Vec<Found> = rows
        .iter()
        .map(|row| Found {
            name: row.get(0),
            declared: row.get(1),
            oid: row.get(2),
            modifier: row.get(3),
            not_null: row.get(4),
            has_default: row.get(5),
            generated: row.get(6),
        })
        .collect();
    let other = |difference: String| {
        session.failed(format_args!(
            "the table {} has another shape: {difference}",
            table.name
        ))
    };
    let forms = fitting(table, &columns).map_err(other)?;
    let wanted: BTreeSet<&str> = key.iter().map(String::as_str).collect();
    let rows = session.client.query(UNIQUE, &[&oid]).await?;
    let is_key =
        |names: Vec<String>| names.iter().map(String::as_str).collect::<BTreeSet<_>>() == wanted;
    if !key.is_empty() && !rows.iter().any(|row| is_key(row.get(0))) {
        return Err(other(format!(
            "no unique index is on the key: CREATE UNIQUE INDEX ON {} ({})",
            session.named(&table.name),
            list(wanted)
        )));
    }
    Ok(forms)
}

fn fitting(table: &Table, columns: &[Found]) -> Result<Vec<Form>, String> {
    let mut forms = Vec::with_capacity(table.columns.len());
    for own in &table.columns {
        let found = columns.iter().find(|column| column.name == own.name);
        let column = found.ok_or_else(|| format!("it has no column {}", own.name))?;
        if column.generated {
            return Err(format!("its column {} is generated", own.name));
        }
        let form = Form::of(column.oid).filter(|form| form.holds(own.sort, column.modifier));
        let form = form.ok_or_else(|| {
            format!(
                "its column {} is {}, which does not keep {} as it is",
                own.name,
                column.declared,
                type_name(own.sort)
            )
        })?;
        if column.not_null && own.optional {
            return Err(format!(
                "its column {} is NOT NULL, and the field may be null",
                own.name
            ));
        }
        forms.push(form);
    }
    let is_filled = |column: &Found| table.columns.iter().any(|own| own.name == column.name);
    let mut open = columns
        .iter()
        .filter(|column| column.not_null && !column.has_default && !column.generated);
    match open.find(|column| !is_filled(column)) {
        Some(column) => Err(format!(
            "its column {} is NOT NULL without a default, and no field fills it",
            column.name
        )),
        None => Ok(forms),
    }
}
