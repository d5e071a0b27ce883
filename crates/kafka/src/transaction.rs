//! Transactions: the records and the position of the sink, or none of them.
//!
//! A broker ends a transaction that is open for too long, as when brokers were away, and takes nothing
//! more of its producer. Then another one goes on, from the position that the broker has.

use std::sync::Arc;
use std::time::Duration;

use huntsman_core::failpoint::failpoint;
use huntsman_core::{ExportError, Opening};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, Producer};
use rdkafka::{Offset, TopicPartitionList};

use crate::clock::Moment;
use crate::delivered::delivered;
use crate::patience::Patience;
use crate::position::{Kept, Standing};
use crate::probe::one_line;
use crate::properties::LINGER;
use crate::reports::Reports;
use crate::session::{LOOK, failed};
use crate::wanted::Wanted;

/// One call is waited for so long; then it is seen whether the crawl has given up.
const CALL: Duration = Duration::from_secs(1);
/// Most reports have come within this, those of messages that linger too.
const SOON: Duration = LINGER.saturating_mul(3);
/// So long, what librdkafka has to say is listened to.
const SAID: Duration = Duration::from_millis(50);
/// A broker that is there is ready for transactions after so many calls.
const READY: u32 = 30;
/// A transaction that is not ended after so many looks is left to the next run.
const ABORT: u32 = 40;
/// What a transactional id of somebody else means.
const TAKEN_OVER: &str =
    "another run of this job, or another of its feeds with the same words, has taken over";

pub(crate) struct Transaction {
    wanted: Arc<Wanted>,
    pub(crate) standing: Standing,
    /// Its group is the sink's.
    consumer: BaseConsumer<Reports>,
    /// The position that the broker had last.
    known: Option<Kept>,
    /// When it was begun; none if it is not open.
    begun: Option<Moment>,
    /// Whether one of this run has come to its end: the broker has all that it takes.
    is_proven: bool,
    /// A broker ends it after so long.
    timeout: Duration,
    patience: Arc<Patience>,
}

impl Transaction {
    /// Fences older runs, which ends their transactions, and finds the position.
    pub(crate) fn open(
        wanted: &Arc<Wanted>,
        opening: &Opening,
        producer: &BaseProducer<Reports>,
        consumer: BaseConsumer<Reports>,
        timeout: Duration,
        patience: &Arc<Patience>,
    ) -> Result<Self, ExportError> {
        let gives_up = |tries| tries >= READY || patience.is_over();
        ready(wanted, producer, gives_up).map_err(|error| unready(wanted, &error))?;
        let found = found(&consumer, &wanted.address.topic);
        let found = found.map_err(|error| unread(wanted, &error))?;
        let standing = Standing::of(opening, found).map_err(|reason| failed(wanted, &reason))?;
        Ok(Self {
            wanted: Arc::clone(wanted),
            standing,
            consumer,
            known: found,
            begun: None,
            is_proven: false,
            timeout,
            patience: Arc::clone(patience),
        })
    }

    /// Begins one unless there is one.
    pub(crate) fn begin(&mut self, producer: &BaseProducer<Reports>) -> Result<(), ExportError> {
        if self.begun.is_none() {
            // Before the broker's own clock for it runs.
            let now = Moment::now();
            let begun = producer.begin_transaction();
            begun.map_err(|error| failed(&self.wanted, &reason(&error)))?;
            self.begun = Some(now);
        }
        Ok(())
    }

    /// Whether what failed did so since it was open for too long or brokers refuse the client, and
    /// somebody still waits for it.
    pub(crate) fn is_lost(&self, is_refused: bool) -> bool {
        let is_late = |begun: Moment| begun.age(Moment::now()) >= self.timeout;
        (is_refused || self.begun.is_some_and(is_late)) && !self.patience.is_over()
    }

    /// Lets another producer take its place, once there are brokers; whether `kept` was committed in
    /// spite of all. A run that came after it is left alone.
    pub(crate) fn renew(
        &mut self,
        producer: &BaseProducer<Reports>,
        kept: Option<Kept>,
    ) -> Result<bool, ExportError> {
        self.begun = None;
        // To be ready takes the id from whoever has it. What cannot be read yet may be the end of this
        // one's own transaction, which being ready brings about.
        if self.meets_brokers()
            && let Ok(found) = self.found()
        {
            self.is_committed(found, kept)?;
        }
        let ready = ready(&self.wanted, producer, |_| self.patience.is_over());
        ready.map_err(|error| failed(&self.wanted, &reason(&error)))?;
        let found = loop {
            match self.found() {
                Ok(found) => break found,
                Err(Unread::Away(_)) if !self.patience.is_over() => {}
                Err(error) => return Err(unread(&self.wanted, &error)),
            }
        };
        self.is_committed(found, kept)
    }

    /// Waits for brokers that answer; false if nobody waits any more.
    fn meets_brokers(&self) -> bool {
        let client = self.consumer.client();
        while client
            .fetch_metadata(Some(&self.wanted.address.topic), CALL)
            .is_err()
        {
            if self.patience.is_over() {
                return false;
            }
            self.consumer.poll(SAID);
        }
        true
    }

    fn found(&self) -> Result<Option<Kept>, Unread> {
        found(&self.consumer, &self.wanted.address.topic)
    }

    /// Whether the position that was found is the one that was to be kept; an error if it is neither
    /// that nor the one before, since each run has its own.
    fn is_committed(&self, found: Option<Kept>, kept: Option<Kept>) -> Result<bool, ExportError> {
        match found {
            _ if kept.is_some() && found == kept => Ok(true),
            _ if found == self.known => Ok(false),
            _ => Err(failed(&self.wanted, TAKEN_OVER)),
        }
    }

    /// Ends it with this position, and all of so many messages.
    pub(crate) fn commit(
        &mut self,
        producer: &BaseProducer<Reports>,
        sent: u64,
        kept: Kept,
    ) -> Result<(), ExportError> {
        self.begin(producer)?;
        let group = self.consumer.group_metadata();
        let group = group.ok_or_else(|| failed(&self.wanted, "the sink has no group"))?;
        let offsets = self
            .offsets(kept)
            .map_err(|error| failed(&self.wanted, &reason(&error)))?;
        self.retried(producer, || {
            producer.send_offsets_to_transaction(&offsets, &group, CALL)
        })?;
        failpoint("kafka.position.sent");
        // What is not there soon is waited for by the call, which also sends what lingers.
        delivered(producer, sent, SOON);
        self.retried(producer, || producer.commit_transaction(CALL))?;
        failpoint("kafka.committed");
        Ok(())
    }

    /// It has ended with this position.
    pub(crate) fn committed(&mut self, kept: Kept) {
        (self.begun, self.known, self.is_proven) = (None, Some(kept), true);
        self.standing.committed(kept);
    }

    fn offsets(&self, kept: Kept) -> Result<TopicPartitionList, KafkaError> {
        let mut offsets = TopicPartitionList::new();
        let mut offset = offsets.add_partition(&self.wanted.address.topic, 0);
        offset.set_offset(Offset::Offset(kept.offset()))?;
        offset.set_metadata(kept.text());
        Ok(offsets)
    }

    /// Repeats a call while brokers are away; one of the first transaction only for some time, since
    /// there are brokers that never answer a request of it, and no page is fetched before.
    fn retried(
        &self,
        producer: &BaseProducer<Reports>,
        call: impl Fn() -> Result<(), KafkaError>,
    ) -> Result<(), ExportError> {
        let mut tries = 0;
        while let Err(error) = call() {
            tries += 1;
            // What brokers say meanwhile is told.
            producer.poll(SAID);
            let is_over = self.patience.is_over() || !self.is_proven && tries >= READY;
            if is_over || !is_retriable(&error) {
                return Err(match self.is_proven {
                    true => failed(&self.wanted, &reason(&error)),
                    false => unready(&self.wanted, &error),
                });
            }
        }
        Ok(())
    }

    /// Ends it with nothing. Where that cannot be told to a broker, the next run ends it.
    pub(crate) fn abort(&mut self, producer: &BaseProducer<Reports>) {
        if self.begun.take().is_none() {
            return;
        }
        // Reports of what is thrown away have to be taken before it ends.
        for _ in 0..ABORT {
            match producer.abort_transaction(LOOK) {
                Err(error) if is_retriable(&error) => producer.poll(SAID),
                _ => break,
            }
        }
    }
}

/// Waits until the transactional id is this producer's.
fn ready(
    wanted: &Wanted,
    producer: &BaseProducer<Reports>,
    gives_up: impl Fn(u32) -> bool,
) -> Result<(), KafkaError> {
    // Without a connection, it would look for its coordinator half a second later.
    let _known = producer
        .client()
        .fetch_metadata(Some(&wanted.address.topic), CALL);
    let mut tries = 0;
    while let Err(error) = producer.init_transactions(CALL) {
        tries += 1;
        producer.poll(SAID);
        if !is_retriable(&error) || gives_up(tries) {
            return Err(error);
        }
    }
    Ok(())
}

/// Why it is not, of brokers that answer.
fn unready(wanted: &Wanted, error: &KafkaError) -> ExportError {
    use RDKafkaErrorCode as Code;
    let said = reason(error);
    let reason = match code(error) {
        Some(
            Code::UnsupportedFeature
            | Code::UnsupportedVersion
            | Code::OperationTimedOut
            | Code::InvalidRequest,
        ) => format!(
            "the broker has no transactions ({said}): add guarantee=at_least_once, or use one that has \
             them"
        ),
        Some(Code::InvalidTransactionTimeout) => format!(
            "{said}: lower transaction.timeout.ms to transaction.max.timeout.ms of the broker"
        ),
        Some(
            Code::TransactionalIdAuthorizationFailed
            | Code::ClusterAuthorizationFailed
            | Code::GroupAuthorizationFailed,
        ) => format!(
            "{said}: this user may not use transactions; let it, or add guarantee=at_least_once"
        ),
        _ => said,
    };
    failed(wanted, &reason)
}

/// Why the position is not known.
enum Unread {
    /// Brokers are away, or do not let the client in.
    Away(String),
    Not(String),
}

impl From<KafkaError> for Unread {
    fn from(error: KafkaError) -> Self {
        use RDKafkaErrorCode as Code;
        let said = reason(&error);
        match code(&error) {
            Some(
                Code::AllBrokersDown
                | Code::Authentication
                | Code::BrokerNotAvailable
                | Code::BrokerTransportFailure
                | Code::CoordinatorLoadInProgress
                | Code::CoordinatorNotAvailable
                | Code::NetworkException
                | Code::NotCoordinator
                | Code::OperationTimedOut
                | Code::RequestTimedOut
                | Code::WaitingForCoordinator,
            ) => Self::Away(said),
            _ => Self::Not(said),
        }
    }
}

fn unread(wanted: &Wanted, error: &Unread) -> ExportError {
    let (Unread::Away(said) | Unread::Not(said)) = error;
    failed(wanted, &format!("its position cannot be read: {said}"))
}

/// What the sink's group has committed.
fn found(consumer: &BaseConsumer<Reports>, topic: &str) -> Result<Option<Kept>, Unread> {
    let mut asked = TopicPartitionList::new();
    asked.add_partition(topic, 0);
    let committed = consumer.committed_offsets(asked, 10 * CALL)?;
    let found = committed
        .find_partition(topic, 0)
        .filter(|found| found.offset() != Offset::Invalid);
    let Some(found) = found else {
        return Ok(None);
    };
    found.error()?;
    let kept = Kept::read(found.metadata());
    kept.map(Some).ok_or_else(|| {
        Unread::Not(format!(
            "{:?} is none: another program commits for its group",
            found.metadata()
        ))
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
        // A commit waits for messages first.
        KafkaError::Flush(code) => *code == RDKafkaErrorCode::OperationTimedOut,
        _ => false,
    }
}

/// What an error means to a user.
pub(crate) fn meaning(code: RDKafkaErrorCode) -> String {
    match code {
        RDKafkaErrorCode::Fenced
        | RDKafkaErrorCode::ProducerFenced
        | RDKafkaErrorCode::InvalidProducerEpoch => TAKEN_OVER.to_owned(),
        RDKafkaErrorCode::UnknownTopic | RDKafkaErrorCode::UnknownTopicOrPartition => {
            "the topic is not there any more".to_owned()
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
