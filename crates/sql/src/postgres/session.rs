//! An open connection: where rows go, and when they are there for good.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::SinkExt;
use huntsman_core::failpoint::failpoint;
use huntsman_core::{ExportError, Opening, Record, Sequence};
use tokio::task::JoinSet;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Error, Statement};

use super::cells::{self, Form};
use super::{Target, address, prepare, tls};
use crate::position::{FENCED, Standing};
use crate::table::{Table, refused, table_for};
use crate::text::{list, quoted};

/// Why something failed.
pub(super) enum Fault {
    /// What the server or the connection says.
    Server(Error),
    /// What is known already.
    Told(ExportError),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Server(error)
    }
}

/// An open connection. When it is dropped, what was not committed is gone.
pub(super) struct Session {
    pub(super) client: Client,
    pub(super) target: Arc<Target>,
    pub(super) standing: Option<Standing>,
    sinks: Vec<Sink>,
    /// A transaction is open.
    begun: bool,
    /// The one task that speaks with the server.
    connection: JoinSet<Result<(), Error>>,
}

/// The way of rows into one table.
pub(super) struct Sink {
    pub(super) table: Table,
    /// How each column is sent.
    pub(super) forms: Vec<Form>,
    pub(super) copy: Statement,
    /// Brings rows with a key from where they were copied to.
    pub(super) merge: Option<String>,
    /// Puts the rows in the place of the old ones.
    pub(super) replace: Option<String>,
}

/// How much is sent at once.
const CHUNK: usize = 128 * 1024;

/// How long a lock of another session is waited for; a transaction of ours may wait for long.
const SETTINGS: &str = "SET lock_timeout = '30s'; SET idle_in_transaction_session_timeout = 0; \
     SET client_min_messages = warning";

impl Session {
    pub(super) async fn connect(target: Arc<Target>) -> Result<Self, ExportError> {
        let address = &target.address;
        let tls = tls::client(&address.trust).map_err(|reason| target.failed(reason))?;
        let fail = |error: Error| target.failed(address::reason(&error));
        let (client, connection) = Box::pin(address.config.connect(tls)).await.map_err(fail)?;
        let mut tasks = JoinSet::new();
        tasks.spawn(connection);
        client.batch_execute(SETTINGS).await.map_err(fail)?;
        Ok(Self {
            client,
            target,
            standing: None,
            sinks: Vec::new(),
            begun: false,
            connection: tasks,
        })
    }

    /// Makes or checks all tables, or changes nothing.
    pub(super) async fn prepare(&mut self, opening: &Opening) -> Result<(), Fault> {
        self.begin().await?;
        self.sinks = prepare::all(self, opening).await?;
        failpoint("postgres.open.before");
        self.end().await?;
        failpoint("postgres.open.after");
        Ok(())
    }

    /// The last record that is in the database.
    pub(super) fn after(&self) -> Sequence {
        let standing = self.standing.as_ref();
        standing.map(Standing::after).unwrap_or_default()
    }

    pub(super) fn failed(&self, reason: impl std::fmt::Display) -> Fault {
        Fault::Told(self.target.failed(reason))
    }

    /// The name of something in the schema that is asked for, or wherever the server looks.
    pub(super) fn named(&self, name: &str) -> String {
        match &self.target.wanted.schema {
            Some(schema) => format!("{}.{}", quoted(schema), quoted(name)),
            None => quoted(name),
        }
    }

    async fn begin(&mut self) -> Result<(), Fault> {
        if !self.begun {
            self.client.batch_execute("BEGIN").await?;
            self.begun = true;
        }
        Ok(())
    }

    async fn end(&mut self) -> Result<(), Fault> {
        self.client.batch_execute("COMMIT").await?;
        self.begun = false;
        Ok(())
    }

    /// Takes a batch, in one transaction; that of a job goes on until it is committed. Returns the
    /// bytes that were sent.
    pub(super) async fn export(&mut self, batch: &[Record]) -> Result<u64, Fault> {
        let known = self
            .standing
            .as_mut()
            .map(|standing| standing.skip(batch.len()));
        let batch = batch.get(known.unwrap_or_default()..).unwrap_or_default();
        if batch.is_empty() {
            return Ok(0);
        }
        let mut of_table: Vec<Vec<&Record>> = vec![Vec::new(); self.sinks.len()];
        for record in batch {
            let number = table_for(self.sinks.iter().map(|sink| &sink.table), record);
            match number.and_then(|number| of_table.get_mut(number)) {
                Some(records) => records.push(record),
                None => return Err(self.refused(record, "its type was not announced".to_owned())),
            }
        }
        self.begin().await?;
        failpoint("postgres.insert.before");
        let mut bytes = 0;
        for (sink, records) in self.sinks.iter().zip(&of_table) {
            if !records.is_empty() {
                bytes += self.copy(sink, records).await?;
            }
        }
        failpoint("postgres.insert.after");
        if self.standing.is_none() {
            self.end().await?;
        }
        Ok(bytes)
    }

    fn refused(&self, record: &Record, reason: String) -> Fault {
        Fault::Told(refused(record, self.target.place(), reason))
    }

    async fn copy(&self, sink: &Sink, records: &[&Record]) -> Result<u64, Fault> {
        let mut copying = Box::pin(self.client.copy_in(&sink.copy).await?);
        // The signature, no flags, no extension of the header.
        let mut out = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0".to_vec();
        let (mut sent, mut buffer) = (0, Vec::new());
        for record in records {
            row(sink, record, &mut buffer, &mut out)
                .map_err(|reason| self.refused(record, reason))?;
            if out.len() >= CHUNK {
                sent += out.len();
                copying.send(Bytes::from(std::mem::take(&mut out))).await?;
            }
        }
        out.extend((-1_i16).to_be_bytes());
        sent += out.len();
        copying.send(Bytes::from(out)).await?;
        copying
            .as_mut()
            .finish()
            .await
            .map_err(|error| self.hinted(error))?;
        if let Some(merge) = &sink.merge {
            self.client.batch_execute(merge).await?;
        }
        Ok(u64::try_from(sent).unwrap_or_default())
    }

    fn hinted(&self, error: Error) -> Fault {
        if error.code() == Some(&SqlState::UNIQUE_VIOLATION) {
            let reason = address::reason(&error);
            let hint = "with key= and its columns, a row takes the place of the one before";
            return self.failed(format_args!("{reason}; {hint}"));
        }
        Fault::Server(error)
    }

    /// Makes the rows and the position durable, together.
    pub(super) async fn commit(&mut self, up_to: Sequence) -> Result<(), Fault> {
        self.begin().await?;
        let sequence = i64::try_from(up_to.0).unwrap_or(i64::MAX);
        let beyond = self.standing.as_ref().map_or(0, |standing| standing.beyond);
        self.stand("beyond = $5, sequence = $6", &[&beyond, &sequence])
            .await?;
        failpoint("postgres.commit.before");
        self.end().await?;
        failpoint("postgres.commit.after");
        if let Some(standing) = &mut self.standing {
            standing.committed(sequence);
        }
        Ok(())
    }

    /// Sets something in the row of the job, unless another run has it.
    async fn stand(
        &self,
        set: &str,
        more: &[&(dyn tokio_postgres::types::ToSql + Sync)],
    ) -> Result<(), Fault> {
        let Some(standing) = &self.standing else {
            return Ok(());
        };
        let update = format!(
            "UPDATE {} SET {set} WHERE job = $1 AND sink = $2 AND began = $3 AND run = $4",
            self.named("huntsman_positions")
        );
        let mut values: Vec<&(dyn tokio_postgres::types::ToSql + Sync)> = vec![
            &standing.job,
            &standing.sink,
            &standing.began,
            &standing.run,
        ];
        values.extend(more);
        if self.client.execute(&update, &values).await? != 1 {
            return Err(self.failed(FENCED));
        }
        Ok(())
    }

    /// Puts what is left into the tables, in one transaction.
    pub(super) async fn close(&mut self) -> Result<(), Fault> {
        self.begin().await?;
        for replace in self.sinks.iter().filter_map(|sink| sink.replace.as_ref()) {
            self.client.batch_execute(replace).await?;
        }
        let beyond = self
            .standing
            .as_ref()
            .map_or(0, Standing::beyond_at_the_end);
        self.stand("replacing = false, beyond = $5", &[&beyond])
            .await?;
        failpoint("postgres.close.before");
        self.end().await?;
        failpoint("postgres.close.after");
        Ok(())
    }

    /// Says goodbye: the server rolls back what was not committed.
    pub(super) async fn leave(self) {
        let (client, mut connection) = (self.client, self.connection);
        drop(client);
        // Whatever the server answers, nothing depends on it.
        while connection.join_next().await.is_some() {}
    }

    /// The reason for an error. A connection that ended knows more than who wanted to use it.
    pub(super) async fn last_words(self, error: Error) -> String {
        let (client, mut connection) = (self.client, self.connection);
        if !error.is_closed() {
            return address::reason(&error);
        }
        drop(client);
        match connection.join_next().await {
            Some(Ok(Err(cause))) => address::reason(&cause),
            _ => "the server has closed the connection".to_owned(),
        }
    }
}

/// Appends a row: the number of its fields, and each of them.
fn row(
    sink: &Sink,
    record: &Record,
    buffer: &mut Vec<u8>,
    out: &mut Vec<u8>,
) -> Result<(), String> {
    let values = sink.table.values(record, buffer)?;
    let columns = &sink.table.columns;
    let count = i16::try_from(columns.len()).map_err(|_| "it has too many fields".to_owned())?;
    out.extend(count.to_be_bytes());
    for ((column, form), value) in columns.iter().zip(&sink.forms).zip(&values) {
        cells::write(&sink.table, column, *form, value, out)?;
    }
    Ok(())
}

/// The statement that puts the rows of `from` in the place of those of `name`, and removes it.
pub(super) fn replacing(name: &str, from: &str, table: &Table) -> String {
    let columns = list(table.names());
    format!(
        "DELETE FROM {name}; INSERT INTO {name} ({columns}) SELECT {columns} FROM {from} \
         ORDER BY huntsman_row; DROP TABLE {from}"
    )
}
