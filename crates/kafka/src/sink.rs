//! The connector, and the sink that the engine sees.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use async_trait::async_trait;
use huntsman_core::{
    Export, ExportError, Guarantee, Opening, Position, Record, Sequence, Violation,
};
use huntsman_export::{Connector, Mode, Words};
use tokio::runtime::Handle;

use crate::address::Address;
use crate::judge::Judge;
use crate::message::Messages;
use crate::patience::Patience;
use crate::properties;
use crate::schemas::schemas;
use crate::session::{Session, failed};
use crate::wanted::{WORDS, Wanted, sink_of};

/// Topics of Kafka: `kafka://localhost:9092/quotes?key=url`. The crate's page says what its words
/// are, and what becomes of items there.
///
/// ```
/// use huntsman_core::ExportError;
/// use huntsman_export::{Connector, Mode, Words};
/// use huntsman_kafka::Kafka;
///
/// let kafka = Kafka;
/// let address = "kafka://localhost/quotes?linger.ms=50";
/// let sink = kafka.sink(address, Mode::Append, &Words::new(address, [("key", "url")]))?;
/// assert_eq!(sink.bytes(), 0);
///
/// let address = "kafka://localhost/quotes?compresion=zstd";
/// let error = kafka.sink(address, Mode::Append, &Words::default()).err().expect("a typing error");
/// assert!(error.to_string().contains("there are compression"), "{error}");
/// # Ok::<(), ExportError>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Kafka;

impl Connector for Kafka {
    fn schemes(&self) -> &'static [&'static str] {
        &["kafka"]
    }

    fn words(&self) -> &'static [&'static str] {
        WORDS
    }

    fn has_own_words(&self) -> bool {
        true
    }

    /// A topic takes items of several types, each with its key; twice the same it takes from one job only
    /// once.
    fn identity(&self, address: &str, words: &Words) -> String {
        let read = Address::read(address).map(|address| address.place());
        format!(
            "{} {}",
            read.unwrap_or_else(|_| address.to_owned()),
            sink_of(words)
        )
    }

    fn sink(
        &self,
        address: &str,
        mode: Mode,
        words: &Words,
    ) -> Result<Box<dyn Export>, ExportError> {
        let wanted = Wanted::read(Address::read(address)?, words)?;
        properties::of_user(&wanted)?;
        if mode == Mode::Replace {
            return Err(ExportError::Place(format!(
                "`{}`: what is in a topic cannot be replaced; add to it with -o",
                wanted.place
            )));
        }
        Ok(Box::new(Topic {
            patience: Arc::new(Patience::new(wanted.flush_timeout)),
            wanted: Arc::new(wanted),
            session: Arc::default(),
            judge: OnceLock::new(),
            bytes: AtomicU64::new(0),
            dead: AtomicU64::new(0),
            known: AtomicU64::new(0),
        }))
    }
}

/// The sink.
struct Topic {
    wanted: Arc<Wanted>,
    session: Arc<Mutex<Option<Session>>>,
    /// None where items that cannot be sent are dead letters.
    judge: OnceLock<Judge>,
    bytes: AtomicU64,
    dead: AtomicU64,
    /// So many of the next records are in the topic already, whatever is against them now.
    known: AtomicU64,
    patience: Arc<Patience>,
}

/// Whether a session ends with what is done.
#[derive(Debug, Clone, Copy)]
enum End {
    Later,
    Now,
}

/// Tells work that blocks when nobody waits for it.
struct Waiting<'a>(Option<&'a Patience>);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(patience) = self.0 {
            patience.give_up();
        }
    }
}

impl Topic {
    /// Runs `work` on the open session where blocking is allowed. The session ends with an error, and
    /// what was not committed with it.
    async fn with_session<T, F>(&self, end: End, work: F) -> Result<T, ExportError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Session) -> Result<T, ExportError> + Send + 'static,
    {
        let shared = Arc::clone(&self.session);
        let closed = failed(&self.wanted, "it is not open");
        self.blocking(move || {
            let mut open = shared.lock().unwrap_or_else(PoisonError::into_inner);
            let mut session = open.take().ok_or(closed)?;
            let done = work(&mut session);
            match (&done, end) {
                (Ok(_), End::Later) => *open = Some(session),
                (Ok(_), End::Now) => {}
                // Readers of committed records would wait for the end of its transaction.
                (Err(_), _) => session.abandon(),
            }
            done
        })
        .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, ExportError> + Send + 'static,
    ) -> Result<T, ExportError> {
        self.patience.begins();
        let mut waiting = Waiting(Some(&self.patience));
        let done = tokio::task::spawn_blocking(work).await;
        waiting.0 = None;
        done.unwrap_or_else(|stopped| Err(failed(&self.wanted, &stopped.to_string())))
    }
}

#[async_trait]
impl Export for Topic {
    async fn open(&self, opening: Opening) -> Result<Sequence, ExportError> {
        let schemas = schemas(&self.wanted, &opening).await?;
        let (wanted, patience) = (Arc::clone(&self.wanted), Arc::clone(&self.patience));
        let messages = Messages::new(&wanted, &opening, &schemas);
        let messages = messages
            .map_err(|reason| ExportError::Place(format!("`{}`: {reason}", wanted.place)))?;
        let messages = Arc::new(messages);
        let shared = Arc::clone(&self.session);
        let runtime = Handle::current();
        let sent = Arc::clone(&messages);
        let opened = self.blocking(move || {
            let mut session = shared.lock().unwrap_or_else(PoisonError::into_inner);
            if session.is_some() {
                return Err(failed(&wanted, "it is opened twice"));
            }
            let opened = Session::open(&wanted, &opening, sent, patience, &runtime)?;
            let opened = session.insert(opened);
            Ok((opened.after(&opening), opened.max_bytes[0], opened.known()))
        });
        let (after, max_bytes, known) = opened.await?;
        self.known.store(known, Ordering::Relaxed);
        if self.wanted.dead_letters.is_none() {
            self.judge.get_or_init(|| Judge {
                messages,
                topic: self.wanted.address.topic.clone(),
                max_bytes,
            });
        }
        Ok(after)
    }

    fn refuses(&self, record: &Record) -> Option<Violation> {
        match self.known.load(Ordering::Relaxed) {
            0 => self.judge.get()?.refuses(record),
            // They are counted off, none may be missing.
            _ => None,
        }
    }

    async fn export(&self, batch: Vec<Record>) -> Result<(), ExportError> {
        let exported = self.with_session(End::Later, move |session| {
            Ok((session.export(batch)?, session.known()))
        });
        let (handed, known) = exported.await?;
        self.known.store(known, Ordering::Relaxed);
        self.bytes.fetch_add(handed.bytes, Ordering::Relaxed);
        self.dead.fetch_add(handed.dead, Ordering::Relaxed);
        Ok(())
    }

    async fn commit(&self, up_to: Sequence) -> Result<Position, ExportError> {
        self.with_session(End::Later, move |session| session.commit(up_to))
            .await?;
        Ok(Position {
            sequence: up_to,
            state: Vec::new(),
        })
    }

    fn ending(&self) {
        self.patience.ends();
    }

    async fn close(&self) -> Result<(), ExportError> {
        self.with_session(End::Now, Session::close).await?;
        if let (Some(topic), dead @ 1..) = (&self.wanted.dead_letters, self.skipped()) {
            let place = &self.wanted.place;
            tracing::warn!(target: "kafka", "{place}: {dead} items are dead letters, in the topic {topic}");
        }
        Ok(())
    }

    /// Without transactions, what was sent stays; of an open transaction, nothing is seen.
    async fn abandon(&self) {
        self.patience.give_up();
        let done = self.with_session(End::Now, |session| {
            session.abandon();
            Ok(())
        });
        // Nobody is left to tell: the crawl failed for another reason.
        done.await.unwrap_or_default();
    }

    /// Bytes of the messages: values, keys and headers, before compression.
    fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Dead letters.
    fn skipped(&self) -> u64 {
        self.dead.load(Ordering::Relaxed)
    }

    fn guarantee(&self) -> Guarantee {
        match self.wanted.transactions {
            _ if !properties::can_promise(&self.wanted) => Guarantee::None,
            true => Guarantee::ExactlyOnce,
            false => Guarantee::AtLeastOnce,
        }
    }
}
