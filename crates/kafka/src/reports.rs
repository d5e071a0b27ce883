//! What librdkafka tells: of each message whether it was delivered, and what is wrong with brokers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use huntsman_core::{Record, RecordId};
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{DeliveryResult, ProducerContext};

use crate::refusal::refusal;

/// The record that a message was made of.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) id: RecordId,
    pub(crate) url: Arc<str>,
}

impl Sent {
    pub(crate) fn of(record: &Record) -> Box<Self> {
        Box::new(Self {
            id: record.id,
            url: Arc::clone(&record.url),
        })
    }
}

/// A message that was not delivered.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) sent: Box<Sent>,
    pub(crate) reason: String,
}

#[derive(Debug, Default)]
struct Told {
    /// The first one: those behind it often fail because it did.
    failure: Option<Failure>,
    broker: Option<(RDKafkaErrorCode, String)>,
}

/// What was told so far.
#[derive(Debug, Default)]
pub(crate) struct Reports {
    told: Mutex<Told>,
    confirmed: AtomicU64,
    failed: AtomicU64,
}

impl Reports {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Messages that the brokers have.
    pub(crate) fn confirmed(&self) -> u64 {
        self.confirmed.load(Ordering::Acquire)
    }

    /// Messages that they do not have.
    pub(crate) fn failed(&self) -> u64 {
        self.failed.load(Ordering::Acquire)
    }

    /// The first message that was not delivered; it is told once.
    pub(crate) fn failure(&self) -> Option<Failure> {
        self.told().failure.take()
    }

    /// What was last said against a broker; a refusal stands until the next one.
    pub(crate) fn broker(&self) -> Option<(RDKafkaErrorCode, String)> {
        self.told().broker.clone()
    }

    /// Messages that have their report.
    pub(crate) fn reported(&self) -> u64 {
        self.confirmed() + self.failed()
    }
}

impl ClientContext for Reports {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, text: &str) {
        tracing::debug!(target: "librdkafka", ?level, facility, "{text}");
    }

    fn error(&self, error: KafkaError, reason: &str) {
        let code = error.rdkafka_error_code();
        // It says less than what was said before it.
        let Some(code) = code.filter(|code| *code != RDKafkaErrorCode::AllBrokersDown) else {
            return;
        };
        let mut told = self.told();
        let known = told.broker.as_ref();
        let was_refused = known.is_some_and(|(code, reason)| refusal(*code, reason).is_some());
        if !was_refused || refusal(code, reason).is_some() {
            told.broker = Some((code, reason.to_owned()));
        }
    }
}

impl ConsumerContext for Reports {}

impl AsRef<Self> for Reports {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl ProducerContext for Reports {
    type DeliveryOpaque = Box<Sent>;

    fn delivery(&self, result: &DeliveryResult<'_>, sent: Box<Sent>) {
        match result {
            Ok(_) => {
                self.confirmed.fetch_add(1, Ordering::Release);
            }
            Err((error, _)) => {
                let reason = error
                    .rdkafka_error_code()
                    .map_or_else(|| error.to_string(), |code| code.to_string());
                self.told().failure.get_or_insert(Failure { sent, reason });
                self.failed.fetch_add(1, Ordering::Release);
            }
        }
    }
}
