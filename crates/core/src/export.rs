//! Delivery: where records go.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::record::{Record, Sequence};
use crate::schema::Schema;
use crate::time::Timestamp;
use crate::violation::Violation;

/// A sink: a format in a place.
///
/// The engine calls `open` once, before the first request; then `export` with batches in the
/// order of the outbox, never two at once; then `close` once. A sink that returned an error is
/// not called again.
///
/// In a crawl that can be resumed there is `commit` between batches: it makes what was taken
/// durable and says where the sink stands. After a crash, a new sink is opened at the last
/// position that was kept, and gets the records behind it once more: what the old one wrote
/// without a commit is gone by then, so every record is there once.
///
/// ```
/// use std::sync::Mutex;
/// use async_trait::async_trait;
/// use huntsman_core::{Export, ExportError, Opening, Record, Sequence};
///
/// #[derive(Default)]
/// struct Collect(Mutex<Vec<Record>>);
///
/// #[async_trait]
/// impl Export for Collect {
///     async fn open(&self, opening: Opening) -> Result<Sequence, ExportError> {
///         Ok(opening.after())
///     }
///     async fn export(&self, batch: Vec<Record>) -> Result<(), ExportError> {
///         self.0.lock().expect("not poisoned").extend(batch);
///         Ok(())
///     }
///     async fn close(&self) -> Result<(), ExportError> { Ok(()) }
/// }
/// ```
#[async_trait]
pub trait Export: Send + Sync + 'static {
    /// Makes the sink ready, or says why it cannot be. Returns the last record that it has for
    /// good: it is given those behind it. That is [`Opening::after`] for a sink that keeps no
    /// position itself.
    ///
    /// # Errors
    /// The place or what is already there does not suit; what was there is untouched.
    async fn open(&self, opening: Opening) -> Result<Sequence, ExportError>;

    /// What it has against an item that is about to be settled, such as that it is too large for
    /// the place. The crawl rejects it then, as one that breaks its contract: it is counted by this
    /// rule, and goes to the quarantine instead of to any sink. Of what a job has kept from earlier runs,
    /// it is asked when it is given the record: that is counted alike, and left out of this sink alone.
    /// Asked once the sink is open, by many
    /// threads at once, and answered without waiting; of a sink for rejected items, or of one that the crawl
    /// can do without, it is not asked.
    /// By default, nothing.
    fn refuses(&self, record: &Record) -> Option<Violation> {
        let _ = record;
        None
    }

    /// Writes a batch. `Ok` means that these records are the sink's now.
    ///
    /// # Errors
    /// The batch is not, or not wholly, written; the crawl fails.
    async fn export(&self, batch: Vec<Record>) -> Result<(), ExportError>;

    /// Makes all that was taken durable, and says how to find back to here. `up_to` is the last
    /// record of the outbox that the sink was offered, whether it took it or not. Called only in a
    /// crawl with a job ([`Opening::job`]).
    ///
    /// By default, a position without a state: right for a sink whose `export` is durable at once
    /// and which is not harmed by a batch that comes twice.
    ///
    /// # Errors
    /// What was written since the last position may be lost; the crawl fails.
    async fn commit(&self, up_to: Sequence) -> Result<Position, ExportError> {
        Ok(Position {
            sequence: up_to,
            state: Vec::new(),
        })
    }

    /// The crawl has nothing more to do than to deliver: a sink whose place is away waits no longer
    /// than it promises to wait at the end. Comes once or more, beside any other call.
    /// By default, nothing is done.
    fn ending(&self) {}

    /// Makes what was written whole and durable.
    ///
    /// # Errors
    /// What was written may not be whole.
    async fn close(&self) -> Result<(), ExportError>;

    /// Gives up after an error elsewhere: what was written stays or goes, as the sink promises,
    /// but nothing incomplete may look whole. By default, nothing is done.
    async fn abandon(&self) {}

    /// Bytes written so far, for the report.
    fn bytes(&self) -> u64 {
        0
    }

    /// Records that it was given and left out, as it was asked to: those of other types, those
    /// that a filter is against, those that it put elsewhere since its place does not take them.
    fn skipped(&self) -> u64 {
        0
    }

    /// What it promises in a crawl with a job.
    fn guarantee(&self) -> Guarantee {
        Guarantee::AtLeastOnce
    }
}

/// What a sink is told when it is opened.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Opening {
    /// The types of the items that may come, in order.
    pub schemas: &'static [&'static Schema],
    /// The spider's name.
    pub spider: Arc<str>,
    /// When the crawl began; with a job, when its first run did.
    pub time: Timestamp,
    /// The name of the job, the same in each of its runs; none for a crawl that cannot be resumed.
    pub job: Option<Arc<str>>,
    /// Where the sink stood in the last run of the job: what [`Export::commit`] returned.
    pub position: Option<Position>,
    /// In a job that is crawled again, the last record of the rounds before: a sink without a
    /// position begins behind it, whatever it had of them.
    pub before: Sequence,
}

impl Opening {
    /// Items of these types, in a crawl that begins and cannot be resumed.
    #[must_use]
    pub fn new(schemas: &'static [&'static Schema]) -> Self {
        Self {
            schemas,
            spider: "".into(),
            time: Timestamp::default(),
            job: None,
            position: None,
            before: Sequence(0),
        }
    }

    /// The same for this spider, begun at this time.
    #[must_use]
    pub fn of(self, spider: &str, time: Timestamp) -> Self {
        Self {
            spider: spider.into(),
            time,
            ..self
        }
    }

    /// The same as a run of this job, at this position of an earlier run.
    #[must_use]
    pub fn resuming(self, job: &str, position: Option<Position>) -> Self {
        Self {
            job: Some(job.into()),
            position,
            ..self
        }
    }

    /// The same in a further round of the job, behind these records.
    #[must_use]
    pub fn behind(self, before: Sequence) -> Self {
        Self { before, ..self }
    }

    /// Whether the sink begins anew, whatever it had of an earlier round of the job.
    #[must_use]
    pub fn is_anew(&self) -> bool {
        self.position.is_none() && self.before > Sequence(0)
    }

    /// The last record before the position; without one, of the rounds before.
    #[must_use]
    pub fn after(&self) -> Sequence {
        let known = self.position.as_ref().map(|position| position.sequence);
        known.unwrap_or(self.before)
    }
}

/// Where a sink stands: all records up to here are durable there, and none behind it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The last of them.
    pub sequence: Sequence,
    /// How the sink finds back to it, in its own words: the length of a file, above all.
    pub state: Vec<u8>,
}

/// How often a record can arrive when a job is resumed after a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guarantee {
    /// Once.
    ExactlyOnce,
    /// Once, or again after a crash.
    AtLeastOnce,
    /// Once, again or not at all, crash or none: what a promise needs was switched off.
    None,
}

/// A sink chosen while the program runs. Every method is passed on.
#[async_trait]
impl<E: Export + ?Sized> Export for Box<E> {
    async fn open(&self, opening: Opening) -> Result<Sequence, ExportError> {
        (**self).open(opening).await
    }

    fn refuses(&self, record: &Record) -> Option<Violation> {
        (**self).refuses(record)
    }

    async fn export(&self, batch: Vec<Record>) -> Result<(), ExportError> {
        (**self).export(batch).await
    }

    async fn commit(&self, up_to: Sequence) -> Result<Position, ExportError> {
        (**self).commit(up_to).await
    }

    fn ending(&self) {
        (**self).ending();
    }

    async fn close(&self) -> Result<(), ExportError> {
        (**self).close().await
    }

    async fn abandon(&self) {
        (**self).abandon().await;
    }

    fn bytes(&self) -> u64 {
        (**self).bytes()
    }

    fn skipped(&self) -> u64 {
        (**self).skipped()
    }

    fn guarantee(&self) -> Guarantee {
        (**self).guarantee()
    }
}

/// Why a sink failed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The place cannot be opened or written.
    #[error("cannot write {place}: {source}")]
    Io {
        /// The file or address.
        place: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// What is in the place already is not what the sink would go on with.
    #[error("{place} is not {expected}: {reason}; name another file, or replace it with -O")]
    NotOurs {
        /// The file or address.
        place: String,
        /// The format that was expected.
        expected: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The place is not a valid one.
    #[error("{0}")]
    Place(String),
    /// An item cannot be written in this format.
    #[error("item {id} from {url} cannot be written to {place}: {reason}")]
    Item {
        /// The record's identity.
        id: String,
        /// The page it was found on.
        url: String,
        /// The file or address.
        place: String,
        /// What the format said.
        reason: String,
    },
    /// Another reason, of a sink that is not ours.
    #[error("{0}")]
    Other(String),
}
