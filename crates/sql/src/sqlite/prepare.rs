//! Before the first request: the position of the job, and the tables.

use std::sync::Arc;

use huntsman_core::{ExportError, Opening};
use huntsman_export::Mode;
use rusqlite::{OptionalExtension, params};

use super::session::{Session, Sink};
use super::shape;
use super::value::type_name;
use crate::position::{self, Found};
use crate::table::Table;
use crate::text::{list, on_conflict, quoted};

impl Session {
    /// Finds the position of the job, and takes the sink over.
    pub(super) fn stand(&mut self, opening: &Opening) -> Result<(), ExportError> {
        let target = Arc::clone(&self.target);
        let fail = |error| target.error(&error);
        let Some(standing) = &mut self.standing else {
            return Ok(());
        };
        let connection = &self.connection;
        connection.execute_batch(position::CREATE).map_err(fail)?;
        let found = connection
            .query_row(
                "SELECT began, run, sequence, beyond, replacing FROM main.huntsman_positions \
                 WHERE job = ?1 AND sink = ?2",
                params![standing.job, standing.sink],
                |row| {
                    Ok(Found {
                        began: row.get(0)?,
                        run: row.get(1)?,
                        sequence: row.get(2)?,
                        beyond: row.get(3)?,
                        replacing: row.get(4)?,
                    })
                },
            )
            .optional()
            .map_err(fail)?;
        standing
            .take(found, opening.after())
            .map_err(|reason| target.failed(reason))?;
        connection
            .execute(
                "INSERT OR REPLACE INTO main.huntsman_positions \
                 (job, sink, began, run, sequence, beyond, replacing) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    standing.job,
                    standing.sink,
                    standing.began,
                    standing.run,
                    standing.sequence,
                    standing.beyond,
                    standing.replacing
                ],
            )
            .map_err(fail)?;
        Ok(())
    }

    /// Makes or checks a table, and those beside it.
    pub(super) fn prepare(&self, number: usize, table: Table) -> Result<Sink, ExportError> {
        let (target, key) = (&self.target, &self.target.wanted.key);
        let fail = |error| target.error(&error);
        let name = format!("main.{}", quoted(&table.name));
        if !shape::exists(&self.connection, &table.name).map_err(fail)? {
            if !target.wanted.create {
                return Err(target.failed(format_args!(
                    "there is no table {}, and create=false",
                    table.name
                )));
            }
            self.execute(&made("TABLE", &name, &table, key))
                .map_err(fail)?;
        } else if let Some(difference) =
            shape::difference(&self.connection, &table, key).map_err(fail)?
        {
            return Err(target.failed(format_args!(
                "the table {} has another shape: {difference}",
                table.name
            )));
        }
        let replacing = match &self.standing {
            Some(standing) => standing.replacing,
            None => target.mode == Mode::Replace,
        };
        let aim = if replacing {
            self.waiting(number, &table)?
        } else {
            name.clone()
        };
        let columns = table.names();
        let (listed, conflict) = (list(columns.iter().copied()), on_conflict(&columns, key));
        let marks: Vec<String> = (1..=columns.len()).map(|mark| format!("?{mark}")).collect();
        let values = format!("VALUES ({})", marks.join(", "));
        let stage = self
            .standing
            .is_some()
            .then(|| format!("temp.huntsman_stage_{number}"));
        if let Some(stage) = &stage {
            // Without types: values change only on their way into the table, if at all.
            self.execute(&format!("CREATE TABLE {stage} ({listed})"))
                .map_err(fail)?;
        }
        Ok(Sink {
            insert: match &stage {
                Some(stage) => format!("INSERT INTO {stage} ({listed}) {values}"),
                None => format!("INSERT INTO {aim} ({listed}) {values}{conflict}"),
            },
            // `WHERE` keeps `ON` from being read as that of a join.
            merge: stage.as_ref().map(|stage| {
                format!(
                    "INSERT INTO {aim} ({listed}) SELECT {listed} FROM {stage} WHERE TRUE \
                     ORDER BY _rowid_{conflict}; DELETE FROM {stage}"
                )
            }),
            table,
            name,
            aim,
        })
    }

    /// A table for rows that replace others at the end. That of a job outlives a crash.
    fn waiting(&self, number: usize, table: &Table) -> Result<String, ExportError> {
        let key = &self.target.wanted.key;
        let (name, old) = match &self.standing {
            Some(standing) => {
                let name = format!("main.{}", quoted(&standing.waiting(number)));
                let drop = format!("DROP TABLE IF EXISTS {name}");
                (name, standing.is_new.then_some(drop))
            }
            None => (format!("temp.huntsman_new_{number}"), Some(String::new())),
        };
        if let Some(drop) = old {
            let make = made("TABLE", &name, table, key);
            self.execute(&format!("{drop}; {make}"))
                .map_err(|error| self.target.error(&error))?;
        }
        Ok(name)
    }
}

/// The statement that makes a table.
fn made(what: &str, name: &str, table: &Table, key: &[String]) -> String {
    let columns = table.columns.iter().map(|column| {
        let null = if column.optional { "" } else { " NOT NULL" };
        format!("{} {}{null}", quoted(&column.name), type_name(column.sort))
    });
    let mut parts: Vec<String> = columns.collect();
    if !key.is_empty() {
        parts.push(format!("UNIQUE ({})", list(key.iter().map(String::as_str))));
    }
    format!("CREATE {what} {name} ({})", parts.join(", "))
}
