//! An open database: where rows go, and when they are there for good.

use std::sync::Arc;
use std::time::Duration;

use huntsman_avro::Value;
use huntsman_core::failpoint::failpoint;
use huntsman_core::{ExportError, Opening, Record, Sequence};
use huntsman_export::Mode;
use rusqlite::{CachedStatement, Connection, OpenFlags, Result as Sql, params};

use super::Target;
use super::row::bind;
use super::value::bound;
use crate::position::{FENCED, Standing};
use crate::table::{Table, refused, table_for};
use crate::text::list;

/// How long a lock of another program is waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// An open database. When it is dropped, what was not committed is gone.
pub(super) struct Session {
    pub(super) connection: Connection,
    pub(super) target: Arc<Target>,
    sinks: Vec<Sink>,
    pub(super) standing: Option<Standing>,
    /// The journal was switched to WAL for as long as the crawl runs.
    wal: bool,
    buffer: Vec<u8>,
}

/// The way of rows into one table.
pub(super) struct Sink {
    pub(super) table: Table,
    /// The table itself.
    pub(super) name: String,
    /// Where rows are collected: the table itself, or one that replaces its rows at the end.
    pub(super) aim: String,
    pub(super) insert: String,
    /// Brings the rows of a job from where they wait for a commit: a table in a file of the
    /// connection's own, so that the database is not locked meanwhile.
    pub(super) merge: Option<String>,
}

impl Session {
    /// Opens the database, and makes or checks all tables, or changes nothing.
    pub(super) fn open(target: &Arc<Target>, opening: &Opening) -> Result<Self, ExportError> {
        let wanted = &target.wanted;
        let tables = Table::all(opening.schemas, wanted, false, &target.place)?;
        let is_new = !target.path.exists();
        if is_new && !wanted.create {
            return Err(target.failed("there is no such file, and create=false"));
        }
        let parent = target
            .path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = parent.filter(|folder| !folder.is_dir()) {
            let folder = folder.display();
            return Err(target.failed(format_args!("there is no folder {folder}")));
        }
        let opened = Self::connect(target, opening.job.is_some(), is_new)
            .and_then(|(connection, wal)| Self::ready(target, connection, wal, tables, opening));
        if opened.is_err() && is_new {
            // It was not there before. If it cannot be removed, the error says enough.
            std::fs::remove_file(&target.path).unwrap_or_default();
        }
        opened
    }

    fn connect(
        target: &Target,
        job: bool,
        is_new: bool,
    ) -> Result<(Connection, bool), ExportError> {
        let fail = |error| target.error(&error);
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        if is_new {
            flags |= OpenFlags::SQLITE_OPEN_CREATE;
        }
        let connection = Connection::open_with_flags(&target.path, flags).map_err(fail)?;
        connection.busy_timeout(PATIENCE).map_err(fail)?;
        let schema = connection.query_row("SELECT count(*) FROM main.sqlite_schema", [], |row| {
            row.get::<_, i64>(0)
        });
        schema.map_err(fail)?;
        if connection.is_readonly("main").map_err(fail)? {
            return Err(target.failed("the database is read-only"));
        }
        let pragma = |name: &str, value: &str| connection.pragma_update(None, name, value);
        // Positions outlive a power cut; without a job, the checkpoint at the end is soon enough.
        let durable = if job { "FULL" } else { "NORMAL" };
        pragma("synchronous", durable).map_err(fail)?;
        pragma("temp_store", "FILE").map_err(fail)?;
        if is_new {
            // Readers see the rows while the crawl runs. A database of somebody else stays as it is.
            pragma("journal_mode", "WAL").map_err(fail)?;
        }
        Ok((connection, is_new))
    }

    fn ready(
        target: &Arc<Target>,
        connection: Connection,
        wal: bool,
        tables: Vec<Table>,
        opening: &Opening,
    ) -> Result<Self, ExportError> {
        let fail = |error| target.error(&error);
        let standing = Standing::of(opening, &target.wanted, target.mode == Mode::Replace);
        let mut session = Self {
            connection,
            target: Arc::clone(target),
            sinks: Vec::new(),
            standing,
            wal,
            buffer: Vec::new(),
        };
        session.begin()?;
        session.stand(opening)?;
        for (number, table) in tables.into_iter().enumerate() {
            let sink = session.prepare(number, table)?;
            session.sinks.push(sink);
        }
        failpoint("sqlite.open.before");
        session.execute("COMMIT").map_err(fail)?;
        failpoint("sqlite.open.after");
        Ok(session)
    }

    /// The last record that is in the database.
    pub(super) fn after(&self) -> Sequence {
        let standing = self.standing.as_ref();
        standing.map(Standing::after).unwrap_or_default()
    }

    pub(super) fn execute(&self, statements: &str) -> Sql<()> {
        self.connection.execute_batch(statements)
    }

    /// The lock is taken at once: a transaction that reads first cannot wait for it later.
    fn begin(&self) -> Result<(), ExportError> {
        self.execute("BEGIN IMMEDIATE")
            .map_err(|error| self.target.error(&error))
    }

    /// Takes a batch: into the tables in one transaction, or to where the rows of a job wait.
    /// Returns the bytes of the rows.
    pub(super) fn export(&mut self, batch: &[Record]) -> Result<u64, ExportError> {
        let mut known = 0;
        if let Some(standing) = &mut self.standing {
            known = standing.skip(batch.len());
            self.execute("BEGIN")
                .map_err(|error| self.target.error(&error))?;
        } else {
            self.begin()?;
        }
        let mut bytes = 0;
        let mut buffer = std::mem::take(&mut self.buffer);
        // To look one up takes longer than to bind a field.
        let mut statements: Vec<_> = self.sinks.iter().map(|_| None).collect();
        for record in batch.iter().skip(known) {
            self.insert(record, &mut statements, &mut buffer)?;
            bytes += u64::try_from(buffer.len()).unwrap_or_default();
        }
        drop(statements);
        self.buffer = buffer;
        failpoint("sqlite.insert.before");
        self.execute("COMMIT")
            .map_err(|error| self.target.error(&error))?;
        failpoint("sqlite.insert.after");
        Ok(bytes)
    }

    fn insert<'a>(
        &'a self,
        record: &Record,
        statements: &mut [Option<CachedStatement<'a>>],
        buffer: &mut Vec<u8>,
    ) -> Result<(), ExportError> {
        let target = &self.target;
        let refuse = |reason| refused(record, &target.place, reason);
        let fail = |error| target.error(&error);
        let number = table_for(self.sinks.iter().map(|sink| &sink.table), record);
        let found =
            number.and_then(|number| self.sinks.get(number).zip(statements.get_mut(number)));
        let (sink, place) = found.ok_or_else(|| refuse("its type was not announced".to_owned()))?;
        let statement = match place {
            Some(statement) => statement,
            None => place.insert(self.connection.prepare_cached(&sink.insert).map_err(fail)?),
        };
        if !bind(&sink.table, record, statement, buffer) {
            let values = sink.table.values(record, buffer).map_err(refuse)?;
            for (index, (column, value)) in sink.table.columns.iter().zip(&values).enumerate() {
                let value: &Value = value;
                let bound = bound(&sink.table, column, value).map_err(refuse)?;
                statement
                    .raw_bind_parameter(index + 1, bound)
                    .map_err(fail)?;
            }
        }
        let done = statement.raw_execute();
        done.map(|_rows| ())
            .map_err(|error| match error.sqlite_error_code() {
                Some(rusqlite::ErrorCode::ConstraintViolation | rusqlite::ErrorCode::TooBig) => {
                    refuse(error.to_string())
                }
                _ => fail(error),
            })
    }

    /// Puts the rows that wait and the position into the database, together.
    pub(super) fn commit(&mut self, up_to: Sequence) -> Result<(), ExportError> {
        let target = Arc::clone(&self.target);
        let fail = |error| target.error(&error);
        self.begin()?;
        self.merge()?;
        let sequence = i64::try_from(up_to.0).unwrap_or(i64::MAX);
        if let Some(standing) = &mut self.standing {
            let changed = self.connection.execute(
                "UPDATE main.huntsman_positions SET sequence = ?1, beyond = ?2 \
                 WHERE job = ?3 AND sink = ?4 AND began = ?5 AND run = ?6",
                params![
                    sequence,
                    standing.beyond,
                    standing.job,
                    standing.sink,
                    standing.began,
                    standing.run
                ],
            );
            if changed.map_err(fail)? != 1 {
                return Err(target.failed(FENCED));
            }
            standing.committed(sequence);
        }
        failpoint("sqlite.commit.before");
        self.execute("COMMIT").map_err(fail)?;
        failpoint("sqlite.commit.after");
        Ok(())
    }

    fn merge(&self) -> Result<(), ExportError> {
        for merge in self.sinks.iter().filter_map(|sink| sink.merge.as_ref()) {
            self.execute(merge)
                .map_err(|error| self.target.error(&error))?;
        }
        Ok(())
    }

    /// Puts what is left into the tables, in one transaction, and the file into one piece.
    pub(super) fn close(self) -> Result<(), ExportError> {
        let fail = |error| self.target.error(&error);
        self.begin()?;
        self.merge()?;
        for sink in &self.sinks {
            if sink.aim != sink.name {
                let (name, aim, columns) = (&sink.name, &sink.aim, list(sink.table.names()));
                self.execute(&format!(
                    "DELETE FROM {name}; INSERT INTO {name} ({columns}) SELECT {columns} \
                     FROM {aim} ORDER BY _rowid_; DROP TABLE {aim}"
                ))
                .map_err(fail)?;
            }
        }
        if let Some(standing) = &self.standing {
            let changed = self.connection.execute(
                "UPDATE main.huntsman_positions SET replacing = FALSE, beyond = ?1 \
                 WHERE job = ?2 AND sink = ?3 AND began = ?4 AND run = ?5",
                params![
                    standing.beyond_at_the_end(),
                    standing.job,
                    standing.sink,
                    standing.began,
                    standing.run
                ],
            );
            if changed.map_err(fail)? != 1 {
                return Err(self.target.failed(FENCED));
            }
        }
        failpoint("sqlite.close.before");
        self.execute("COMMIT").map_err(fail)?;
        failpoint("sqlite.close.after");
        self.leave();
        failpoint("sqlite.close.left");
        Ok(())
    }

    /// Ends without what was not committed.
    pub(super) fn abandon(self) {
        self.leave();
    }

    /// Leaves one file behind. Where readers do not let go of the others, the next who opens the
    /// database goes on with them: nothing is lost.
    fn leave(&self) {
        if self.wal {
            let one_file = self
                .connection
                .pragma_update(None, "journal_mode", "DELETE");
            one_file.unwrap_or_default();
        }
    }
}
