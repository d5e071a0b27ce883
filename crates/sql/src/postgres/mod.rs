//! PostgreSQL: tables of a server.

mod address;
mod cells;
mod numeric;
mod passfile;
mod prepare;
mod session;
mod shape;
mod tls;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use huntsman_core::{Export, ExportError, Guarantee, Opening, Position, Record, Sequence};
use huntsman_export::{Connector, Mode, Words};
use tokio::sync::Mutex;

use crate::wanted::Wanted;
use address::Address;
use session::{Fault, Session};

/// Tables of a PostgreSQL server: `postgres://user@host/shop?table=quotes&key=url`. The crate's
/// page says what becomes of items there.
///
/// ```
/// use huntsman_core::ExportError;
/// use huntsman_export::{Connector, Mode, Words};
/// use huntsman_sql::Postgres;
///
/// let words = Words::new("shop", [("table", "books"), ("key", "upc")]);
/// let address = "postgres://me:s3cret@localhost/shop?sslmode=disable";
/// let sink = Postgres.sink(address, Mode::Append, &words)?;
/// assert_eq!(sink.bytes(), 0);
///
/// let address = "postgres://me:s3cret@localhost/shop?sslmode=perhaps";
/// let error = Postgres.sink(address, Mode::Append, &words).err().expect("no such sslmode");
/// assert!(error.to_string().contains("sslmode=perhaps"));
/// assert!(!error.to_string().contains("s3cret"));
/// # Ok::<(), ExportError>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Postgres;

const WORDS: &[&str] = &["table", "create", "key", "schema"];

impl Connector for Postgres {
    fn schemes(&self) -> &'static [&'static str] {
        &["postgres", "postgresql"]
    }

    fn words(&self) -> &'static [&'static str] {
        WORDS
    }

    /// Those of libpq.
    fn has_own_words(&self) -> bool {
        true
    }

    fn sink(
        &self,
        address: &str,
        mode: Mode,
        words: &Words,
    ) -> Result<Box<dyn Export>, ExportError> {
        let address = address::read(address, WORDS, &|name| std::env::var(name).ok())?;
        let wanted = Wanted::read(words, false, &address.shown)?;
        Ok(Box::new(Tables {
            target: Arc::new(Target {
                address,
                mode,
                wanted,
            }),
            session: Mutex::default(),
            bytes: AtomicU64::new(0),
        }))
    }
}

/// What is asked for.
#[derive(Debug)]
struct Target {
    address: Address,
    mode: Mode,
    wanted: Wanted,
}

impl Target {
    /// What messages call it.
    fn place(&self) -> &str {
        &self.address.shown
    }

    fn failed(&self, reason: impl std::fmt::Display) -> ExportError {
        ExportError::Other(format!("cannot write {}: {reason}", self.place()))
    }
}

/// The sink.
struct Tables {
    target: Arc<Target>,
    session: Mutex<Option<Session>>,
    bytes: AtomicU64,
}

impl Tables {
    /// The open session; it is not given back after an error, and what it has not committed is
    /// gone.
    async fn taken(&self) -> Result<Session, ExportError> {
        let session = self.session.lock().await.take();
        session.ok_or_else(|| self.target.failed("it is not open"))
    }

    async fn error(&self, session: Session, fault: Fault) -> ExportError {
        match fault {
            Fault::Told(error) => error,
            Fault::Server(error) => {
                let reason = session.last_words(error).await;
                self.target.failed(reason)
            }
        }
    }
}

#[async_trait]
impl Export for Tables {
    async fn open(&self, opening: Opening) -> Result<Sequence, ExportError> {
        let mut shared = self.session.lock().await;
        if shared.is_some() {
            return Err(self.target.failed("it is opened twice"));
        }
        let mut session = Session::connect(Arc::clone(&self.target)).await?;
        match session.prepare(&opening).await {
            Ok(()) => Ok(shared.insert(session).after()),
            Err(fault) => Err(self.error(session, fault).await),
        }
    }

    async fn export(&self, batch: Vec<Record>) -> Result<(), ExportError> {
        let mut session = self.taken().await?;
        match session.export(&batch).await {
            Ok(bytes) => {
                self.bytes.fetch_add(bytes, Ordering::Relaxed);
                *self.session.lock().await = Some(session);
                Ok(())
            }
            Err(fault) => Err(self.error(session, fault).await),
        }
    }

    async fn commit(&self, up_to: Sequence) -> Result<Position, ExportError> {
        let mut session = self.taken().await?;
        match session.commit(up_to).await {
            Ok(()) => {
                *self.session.lock().await = Some(session);
                Ok(Position {
                    sequence: up_to,
                    state: Vec::new(),
                })
            }
            Err(fault) => Err(self.error(session, fault).await),
        }
    }

    async fn close(&self) -> Result<(), ExportError> {
        let mut session = self.taken().await?;
        match session.close().await {
            Ok(()) => {
                session.leave().await;
                Ok(())
            }
            Err(fault) => Err(self.error(session, fault).await),
        }
    }

    /// What was committed stays, which is every batch without a job; an old table that was to be
    /// replaced is as it was.
    async fn abandon(&self) {
        if let Some(session) = self.session.lock().await.take() {
            session.leave().await;
        }
    }

    /// Bytes of the rows, as they were sent.
    fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    fn guarantee(&self) -> Guarantee {
        Guarantee::ExactlyOnce
    }
}
