//! Delivery: where records go.

use async_trait::async_trait;
use thiserror::Error;

use crate::record::Record;
use crate::schema::Schema;

/// A sink: a format in a place.
///
/// The engine calls `open` once, before the first request; then `export` with batches in the
/// order of the outbox, never two at once; then `close` once. A sink that returned an error is
/// not called again.
///
/// ```
/// use std::sync::Mutex;
/// use async_trait::async_trait;
/// use huntsman_core::{Export, ExportError, Record, Schema};
///
/// #[derive(Default)]
/// struct Collect(Mutex<Vec<Record>>);
///
/// #[async_trait]
/// impl Export for Collect {
///     async fn open(&self, _: &'static [&'static Schema]) -> Result<(), ExportError> { Ok(()) }
///     async fn export(&self, batch: Vec<Record>) -> Result<(), ExportError> {
///         self.0.lock().expect("not poisoned").extend(batch);
///         Ok(())
///     }
///     async fn close(&self) -> Result<(), ExportError> { Ok(()) }
/// }
/// ```
#[async_trait]
pub trait Export: Send + Sync + 'static {
    /// Makes the sink ready for items of these schemas, or says why it cannot be.
    ///
    /// # Errors
    /// The place or what is already there does not suit; what was there is untouched.
    async fn open(&self, schemas: &'static [&'static Schema]) -> Result<(), ExportError>;

    /// Writes a batch. `Ok` means that these records are the sink's now.
    ///
    /// # Errors
    /// The batch is not, or not wholly, written; the crawl fails.
    async fn export(&self, batch: Vec<Record>) -> Result<(), ExportError>;

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
}

/// A sink chosen while the program runs. Every method is passed on.
#[async_trait]
impl<E: Export + ?Sized> Export for Box<E> {
    async fn open(&self, schemas: &'static [&'static Schema]) -> Result<(), ExportError> {
        (**self).open(schemas).await
    }

    async fn export(&self, batch: Vec<Record>) -> Result<(), ExportError> {
        (**self).export(batch).await
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
