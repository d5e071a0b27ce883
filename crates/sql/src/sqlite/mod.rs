//! SQLite: a file with tables.

mod prepare;
mod row;
mod session;
mod shape;
mod value;

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use huntsman_core::{Export, ExportError, Guarantee, Opening, Position, Record, Sequence};
use huntsman_export::{Connector, Mode, Words};

use crate::wanted::Wanted;
use session::Session;

/// Tables of an SQLite file: `sqlite:items.db?table=quotes&key=url`. The crate's page says what
/// becomes of items there.
///
/// ```
/// use huntsman_core::ExportError;
/// use huntsman_export::{Connector, Mode, Words};
/// use huntsman_sql::Sqlite;
///
/// let words = Words::new("sqlite:books.db", [("key", "upc")]);
/// let sink = Sqlite.sink("sqlite:books.db", Mode::Append, &words)?;
/// assert_eq!(sink.bytes(), 0);
///
/// let error = Sqlite.sink("sqlite:", Mode::Append, &words).err().expect("there is no file");
/// assert_eq!(error.to_string(), "`sqlite:` names no file: write sqlite:items.db");
/// # Ok::<(), ExportError>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Sqlite;

impl Connector for Sqlite {
    fn schemes(&self) -> &'static [&'static str] {
        &["sqlite"]
    }

    fn words(&self) -> &'static [&'static str] {
        &["table", "create", "key"]
    }

    fn sink(
        &self,
        address: &str,
        mode: Mode,
        words: &Words,
    ) -> Result<Box<dyn Export>, ExportError> {
        let path = path(address)?;
        let place = format!("sqlite:{}", path.display());
        let wanted = Wanted::read(words, true, &place)?;
        if wanted.schema.is_some() {
            let reason = format!("`{place}` has schema=: SQLite has no schemas");
            return Err(ExportError::Place(reason));
        }
        Ok(Box::new(Tables {
            target: Arc::new(Target {
                path,
                place,
                mode,
                wanted,
            }),
            session: Arc::default(),
            bytes: Arc::default(),
        }))
    }
}

/// The path in an address: `sqlite:items.db`, `sqlite:///home/me/items.db`. `%3F` is a `?`.
fn path(address: &str) -> Result<PathBuf, ExportError> {
    let rest = address.split_once(':').map_or("", |(_, rest)| rest);
    let rest = rest.split('?').next().unwrap_or_default();
    let shown = address.escape_debug();
    let rest = match rest.strip_prefix("//") {
        None => rest,
        Some(path) if path.starts_with('/') => path,
        Some(_) => {
            return Err(ExportError::Place(format!(
                "`{shown}` names a host, and SQLite is a file: write sqlite:items.db or \
                 sqlite:///folder/items.db"
            )));
        }
    };
    let path = decoded(rest);
    match path.as_str() {
        "" => Err(ExportError::Place(format!(
            "`{shown}` names no file: write sqlite:items.db"
        ))),
        ":memory:" => Err(ExportError::Place(format!(
            "`{shown}` would be gone with the crawl: name a file"
        ))),
        path if path.contains('\0') => {
            Err(ExportError::Place(format!("`{shown}` has NUL in its path")))
        }
        path => Ok(path.into()),
    }
}

/// The text with `%3F` as `?`; what is no such escape stays.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digit = |byte: Option<&u8>| char::from(*byte?).to_digit(16);
        let escaped = (*first == b'%').then(|| digit(after.first()).zip(digit(after.get(1))));
        match escaped.flatten() {
            Some((high, low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// What is asked for.
#[derive(Debug)]
struct Target {
    path: PathBuf,
    /// What messages call it.
    place: String,
    mode: Mode,
    wanted: Wanted,
}

impl Target {
    /// The error for a reason of SQLite.
    fn failed(&self, reason: impl fmt::Display) -> ExportError {
        ExportError::Other(format!("cannot write {}: {reason}", self.place))
    }

    fn error(&self, error: &rusqlite::Error) -> ExportError {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked, DiskFull};
        match error.sqlite_error_code() {
            Some(DatabaseBusy | DatabaseLocked) => self.failed(format_args!(
                "the database is locked: another program has been writing to it for {} s",
                session::PATIENCE.as_secs()
            )),
            Some(DiskFull) => self.failed("the disk is full"),
            _ => self.failed(error),
        }
    }
}

/// The sink.
struct Tables {
    target: Arc<Target>,
    session: Arc<Mutex<Option<Session>>>,
    bytes: Arc<AtomicU64>,
}

impl Tables {
    /// Runs `work` on the open session where blocking is allowed. The session ends unless `work`
    /// hands it back: what it has not committed is gone then.
    async fn with_session<T, F>(&self, work: F) -> Result<T, ExportError>
    where
        T: Send + 'static,
        F: FnOnce(Session) -> Result<(T, Option<Session>), ExportError> + Send + 'static,
    {
        let shared = Arc::clone(&self.session);
        let closed = self.target.failed("it is not open");
        self.blocking(move || {
            let mut session = shared.lock().unwrap_or_else(PoisonError::into_inner);
            let (done, back) = work(session.take().ok_or(closed)?)?;
            *session = back;
            Ok(done)
        })
        .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, ExportError> + Send + 'static,
    ) -> Result<T, ExportError> {
        let done = tokio::task::spawn_blocking(work).await;
        done.unwrap_or_else(|stopped| Err(self.target.failed(stopped)))
    }
}

#[async_trait]
impl Export for Tables {
    async fn open(&self, opening: Opening) -> Result<Sequence, ExportError> {
        let (target, shared) = (Arc::clone(&self.target), Arc::clone(&self.session));
        self.blocking(move || {
            let mut session = shared.lock().unwrap_or_else(PoisonError::into_inner);
            if session.is_some() {
                return Err(target.failed("it is opened twice"));
            }
            let opened = session.insert(Session::open(&target, &opening)?);
            Ok(opened.after())
        })
        .await
    }

    async fn export(&self, batch: Vec<Record>) -> Result<(), ExportError> {
        let bytes = self
            .with_session(move |mut session| {
                let bytes = session.export(&batch)?;
                Ok((bytes, Some(session)))
            })
            .await?;
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        Ok(())
    }

    async fn commit(&self, up_to: Sequence) -> Result<Position, ExportError> {
        self.with_session(move |mut session| {
            session.commit(up_to)?;
            Ok(((), Some(session)))
        })
        .await?;
        Ok(Position {
            sequence: up_to,
            state: Vec::new(),
        })
    }

    async fn close(&self) -> Result<(), ExportError> {
        self.with_session(move |session| {
            session.close()?;
            Ok(((), None))
        })
        .await
    }

    /// What was committed stays, which is every batch without a job; an old table that was to be
    /// replaced is as it was.
    async fn abandon(&self) {
        let done = self.with_session(|session| {
            session.abandon();
            Ok(((), None))
        });
        // Nobody is left to tell: the crawl failed for another reason.
        done.await.unwrap_or_default();
    }

    /// Bytes of the rows, in their Avro form.
    fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    fn guarantee(&self) -> Guarantee {
        Guarantee::ExactlyOnce
    }
}
