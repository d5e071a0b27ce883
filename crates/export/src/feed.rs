//! The sink that the engine sees.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use huntsman_core::{Export, ExportError, Record, Schema};

use crate::sink::Sink;
use crate::spec::Spec;

/// What happens to what is in the file already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Go on after it, so that the file stays valid (`-o`).
    Append,
    /// Put a new file in its place when the crawl is done (`-O`).
    Replace,
}

/// One sink: a format in a file or on standard output.
///
/// ```
/// use huntsman_core::{Export, ExportError};
/// use huntsman_export::{Feed, Mode};
///
/// let feed = Feed::new("quotes.jsonl", Mode::Append)?;
/// assert_eq!(feed.name(), "quotes.jsonl");
/// assert_eq!(feed.bytes(), 0);
///
/// let error = Feed::new("quotes.jsno", Mode::Append).unwrap_err().to_string();
/// assert!(error.contains("json"), "{error}");
/// # Ok::<(), ExportError>(())
/// ```
pub struct Feed {
    spec: Arc<Spec>,
    mode: Mode,
    sink: Arc<Mutex<Option<Sink>>>,
    bytes: Arc<AtomicU64>,
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed")
            .field("name", &self.name())
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

impl Feed {
    /// Reads a place; nothing is opened yet.
    ///
    /// `place` is a path, a `file:` URL, or `-` for standard output. The format follows from the
    /// ending (`.json`; `.jsonl`, `.jl` or `.ndjson`; `.csv`) or from `?format=NAME` after the
    /// place, where the names are the endings without their dot. `-` alone is JSON Lines. A `?` in
    /// a file name can be written as `%3F` in a `file:` URL.
    ///
    /// # Errors
    /// [`ExportError::Place`], in one line, for an unknown ending, format, query key or scheme. It
    /// names the known ones, the nearest first.
    pub fn new(place: &str, mode: Mode) -> Result<Self, ExportError> {
        Ok(Self {
            spec: Arc::new(Spec::parse(place)?),
            mode,
            sink: Arc::default(),
            bytes: Arc::default(),
        })
    }

    /// The place as it was given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.spec.given
    }

    /// Runs `work` on the open sink where blocking is allowed. The sink comes back only if `work`
    /// hands it back.
    async fn with_sink<F>(&self, work: F) -> Result<(), ExportError>
    where
        F: FnOnce(Option<Sink>) -> Result<Option<Sink>, ExportError> + Send + 'static,
    {
        let shared = Arc::clone(&self.sink);
        let done = tokio::task::spawn_blocking(move || {
            let mut sink = shared.lock().unwrap_or_else(PoisonError::into_inner);
            *sink = work(sink.take())?;
            Ok(())
        });
        done.await.unwrap_or_else(|stopped| {
            Err(ExportError::Other(format!(
                "writing to {} stopped: {stopped}",
                self.name()
            )))
        })
    }

    fn not_open(&self) -> ExportError {
        ExportError::Other(format!("{} is not open", self.name()))
    }
}

#[async_trait]
impl Export for Feed {
    async fn open(&self, schemas: &'static [&'static Schema]) -> Result<(), ExportError> {
        let (spec, mode, bytes) = (Arc::clone(&self.spec), self.mode, Arc::clone(&self.bytes));
        self.with_sink(move |open| match open {
            Some(_) => Err(ExportError::Other(format!(
                "{} is opened twice",
                spec.given
            ))),
            None => Sink::open(&spec, mode, schemas, bytes).map(Some),
        })
        .await
    }

    async fn export(&self, batch: Vec<Record>) -> Result<(), ExportError> {
        let closed = self.not_open();
        self.with_sink(move |sink| sink.ok_or(closed)?.export(&batch).map(Some))
            .await
    }

    async fn close(&self) -> Result<(), ExportError> {
        let closed = self.not_open();
        self.with_sink(move |sink| sink.ok_or(closed)?.close().map(|()| None))
            .await
    }

    /// Keeps what was delivered, because it counts as delivered: appending closes the file as
    /// [`Feed::close`](Export::close) does, replacing leaves the old file alone and the items in
    /// `NAME.partial`. Without any items, all is as it was before.
    async fn abandon(&self) {
        let done = self.with_sink(|sink| {
            sink.into_iter().for_each(Sink::abandon);
            Ok(None)
        });
        // Nobody is left to tell: the crawl failed for another reason.
        done.await.unwrap_or_default();
    }

    fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}
