//! Transactions: the records and the position of the sink, or none of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use huntsman_core::failpoint::failpoint;
use huntsman_core::{ExportError, Opening};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, Producer};
use rdkafka::{Offset, TopicPartitionList};

use crate::delivered::delivered;
use crate::position::{Kept, Standing};
use crate::probe::one_line;
use crate::properties::LINGER;
use crate::reports::Reports;
use crate::session::failed;
use crate::wanted::Wanted;

/// One call is waited for so long; then it is seen whether the crawl has given up.
const CALL: Duration = Duration::from_secs(1);
/// Most reports have come within this, those of messages that linger too.
const SOON: Duration = LINGER.saturating_mul(3);
/// A broker that is there is ready for transactions after so many calls.
const READY: u32 = 30;

pub(crate) struct Transaction {
    wanted: Arc<Wanted>,
    pub(crate) standing: Standing,
    /// Its group is the sink's.
    consumer: BaseConsumer<Reports>,
    is_open: bool,
    stop: Arc<AtomicBool>,
}

impl Transaction {
    /// Fences older runs, which ends their transactions, and finds the position.
    pub(crate) fn open(
        wanted: &Arc<Wanted>,
        opening: &Opening,
        producer: &BaseProducer<Reports>,
        consumer: BaseConsumer<Reports>,
        stop: &Arc<AtomicBool>,
    ) -> Result<Self, ExportError> {
        ready(wanted, producer, stop)?;
        let found = found(&consumer, &wanted.address.topic);
        let found = found
            .map_err(|error| failed(wanted, &format!("its position cannot be read: {error}")))?;
        let standing = Standing::of(opening, found).map_err(|reason| failed(wanted, &reason))?;
        Ok(Self {
            wanted: Arc::clone(wanted),
            standing,
            consumer,
            is_open: false,
            stop: Arc::clone(stop),
        })
    }

    /// Begins one unless there is one.
    pub(crate) fn begin(&mut self, producer: &BaseProducer<Reports>) -> Result<(), ExportError> {
        if !self.is_open {
            let begun = producer.begin_transaction();
            begun.map_err(|error| failed(&self.wanted, &reason(&error)))?;
            self.is_open = true;
        }
        Ok(())
    }

    /// Ends it with this position, and all of so many messages; nothing is done if nothing has
    /// changed.
    pub(crate) fn commit(
        &mut self,
        producer: &BaseProducer<Reports>,
        sent: u64,
        kept: Option<Kept>,
        patience: Option<Duration>,
    ) -> Result<(), ExportError> {
        let Some(kept) = kept else {
            return Ok(());
        };
        self.begin(producer)?;
        let group = self.consumer.group_metadata();
        let group = group.ok_or_else(|| failed(&self.wanted, "the sink has no group"))?;
        let offsets = self
            .offsets(kept)
            .map_err(|error| failed(&self.wanted, &reason(&error)))?;
        let calls = patience.map(|patience| u32::try_from(patience.as_secs()).unwrap_or(u32::MAX));
        self.retried(producer, calls, || {
            producer.send_offsets_to_transaction(&offsets, &group, CALL)
        })?;
        failpoint("kafka.position.sent");
        // What is not there soon is waited for by the call, which also sends what lingers.
        delivered(producer, sent, SOON);
        self.retried(producer, calls, || producer.commit_transaction(CALL))?;
        failpoint("kafka.committed");
        self.is_open = false;
        self.standing.committed(kept);
        Ok(())
    }

    fn offsets(&self, kept: Kept) -> Result<TopicPartitionList, KafkaError> {
        let mut offsets = TopicPartitionList::new();
        let mut offset = offsets.add_partition(&self.wanted.address.topic, 0);
        offset.set_offset(Offset::Offset(kept.offset()))?;
        offset.set_metadata(kept.text());
        Ok(offsets)
    }

    /// Repeats a call while brokers are away; for so many calls at most.
    fn retried(
        &mut self,
        producer: &BaseProducer<Reports>,
        calls: Option<u32>,
        call: impl Fn() -> Result<(), KafkaError>,
    ) -> Result<(), ExportError> {
        let mut tries = 0;
        loop {
            let error = match call() {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            tries += 1;
            let gives_up =
                self.stop.load(Ordering::Relaxed) || calls.is_some_and(|calls| tries > calls);
            if gives_up || !is_retriable(&error) {
                self.abort(producer);
                return Err(failed(&self.wanted, &reason(&error)));
            }
        }
    }

    /// Ends it with nothing. Where that cannot be told to a broker, the next run ends it.
    pub(crate) fn abort(&mut self, producer: &BaseProducer<Reports>) {
        if std::mem::take(&mut self.is_open) {
            producer.abort_transaction(10 * CALL).unwrap_or_default();
        }
    }
}

/// Waits until the transactional id is this run's.
fn ready(
    wanted: &Wanted,
    producer: &BaseProducer<Reports>,
    stop: &AtomicBool,
) -> Result<(), ExportError> {
    // Without a connection, it would look for its coordinator half a second later.
    let _known = producer
        .client()
        .fetch_metadata(Some(&wanted.address.topic), CALL);
    let mut tries = 0;
    loop {
        let Err(error) = producer.init_transactions(CALL) else {
            return Ok(());
        };
        tries += 1;
        if is_retriable(&error) && tries < READY && !stop.load(Ordering::Relaxed) {
            continue;
        }
        return Err(failed(
            wanted,
            &match code(&error) {
                Some(
                    RDKafkaErrorCode::UnsupportedFeature
                    | RDKafkaErrorCode::UnsupportedVersion
                    | RDKafkaErrorCode::OperationTimedOut
                    | RDKafkaErrorCode::InvalidRequest,
                ) => format!(
                    "the broker has no transactions ({}): add guarantee=at_least_once, or use one that \
                 has them",
                    reason(&error)
                ),
                Some(RDKafkaErrorCode::InvalidTransactionTimeout) => format!(
                    "{}: lower transaction.timeout.ms to transaction.max.timeout.ms of the broker",
                    reason(&error)
                ),
                Some(
                    RDKafkaErrorCode::TransactionalIdAuthorizationFailed
                    | RDKafkaErrorCode::ClusterAuthorizationFailed
                    | RDKafkaErrorCode::GroupAuthorizationFailed,
                ) => format!(
                    "{}: this user may not use transactions; let it, or add guarantee=at_least_once",
                    reason(&error)
                ),
                _ => reason(&error),
            },
        ));
    }
}

/// What the sink's group has committed.
fn found(consumer: &BaseConsumer<Reports>, topic: &str) -> Result<Option<Kept>, String> {
    let mut asked = TopicPartitionList::new();
    asked.add_partition(topic, 0);
    let committed = consumer.committed_offsets(asked, 10 * CALL);
    let committed = committed.map_err(|error| reason(&error))?;
    let found = committed
        .find_partition(topic, 0)
        .filter(|found| found.offset() != Offset::Invalid);
    let Some(found) = found else {
        return Ok(None);
    };
    found.error().map_err(|error| reason(&error))?;
    let kept = Kept::read(found.metadata());
    kept.map(Some).ok_or_else(|| {
        format!(
            "{:?} is none: another program commits for its group",
            found.metadata()
        )
    })
}

fn code(error: &KafkaError) -> Option<RDKafkaErrorCode> {
    match error {
        KafkaError::Transaction(error) => Some(error.code()),
        error => error.rdkafka_error_code(),
    }
}

fn is_retriable(error: &KafkaError) -> bool {
    match error {
        KafkaError::Transaction(error) => error.is_retriable() && !error.txn_requires_abort(),
        _ => false,
    }
}

/// What an error means to a user.
pub(crate) fn meaning(code: RDKafkaErrorCode) -> String {
    match code {
        RDKafkaErrorCode::Fenced
        | RDKafkaErrorCode::ProducerFenced
        | RDKafkaErrorCode::InvalidProducerEpoch => {
            "another run of this job, or another of its feeds with the same words, has taken over"
                .to_owned()
        }
        code => code.to_string(),
    }
}

fn reason(error: &KafkaError) -> String {
    match error {
        KafkaError::Transaction(error) => {
            let code = error.code();
            let meant = meaning(code);
            match meant == code.to_string() {
                true => one_line(&error.string()),
                false => meant,
            }
        }
        error => code(error).map_or_else(|| one_line(&error.to_string()), meaning),
    }
}
