//! An open sink: a producer, what it sent, and where it stands. All of it blocks.

mod regain;
mod send;

use std::sync::Arc;
use std::time::Duration;

use huntsman_core::failpoint::failpoint;
use huntsman_core::{ExportError, Opening, Record, Sequence};
use rdkafka::config::ClientConfig;
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::producer::{BaseProducer, Producer, PurgeConfig};
use tokio::runtime::Handle;

use crate::clock::created;
use crate::delivered::delivered;
use crate::message::{Message, Messages};
use crate::patience::Patience;
use crate::position::Names;
use crate::probe::{Probe, one_line};
use crate::properties;
use crate::reports::Reports;
use crate::transaction::{Transaction, meaning};
use crate::wanted::Wanted;

/// How long one look takes at whether the crawl has given up.
pub(crate) const LOOK: Duration = Duration::from_millis(200);

/// Reports are taken once for so many messages.
const POLL: u64 = 64;

/// And after a batch, so many of whatever librdkafka has to say: each is taken by itself.
const EVENTS: usize = 4;

/// What librdkafka and brokers take if they are told nothing.
const MAX_BYTES: usize = 1_000_000;

/// What was handed over to a producer.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Handed {
    /// Of messages.
    pub(crate) bytes: u64,
    /// Those that are dead letters.
    pub(crate) dead: u64,
}

impl Handed {
    fn and(self, other: Self) -> Self {
        Self {
            bytes: self.bytes + other.bytes,
            dead: self.dead + other.dead,
        }
    }
}

pub(crate) struct Session {
    pub(crate) producer: BaseProducer<Reports>,
    pub(crate) wanted: Arc<Wanted>,
    messages: Arc<Messages>,
    message: Message,
    /// How large a message can be, and a dead letter.
    pub(crate) max_bytes: [usize; 2],
    sent: u64,
    /// Records in the open transaction, and their bytes: another one begins with them if it is lost.
    /// The engine commits before there are many.
    taken: Vec<Record>,
    handed: Handed,
    /// What producers are made of.
    config: ClientConfig,
    /// None where nothing is promised across a crash, or only that nothing is lost.
    transaction: Option<Transaction>,
    patience: Arc<Patience>,
}

impl Session {
    pub(crate) fn open(
        wanted: &Arc<Wanted>,
        opening: &Opening,
        messages: Arc<Messages>,
        patience: Arc<Patience>,
        runtime: &Handle,
    ) -> Result<Self, ExportError> {
        let names = opening.job.as_deref().filter(|_| wanted.transactions);
        let names = names.map(|job| Names::of(job, wanted));
        let group = names.as_ref().map_or("huntsman", |names| &names.group);
        let probe = Probe::new(wanted, group)?;
        probe.topics(runtime)?;
        let own = properties::own_max_bytes(wanted)?;
        let limit = |topic: &str| match (probe.max_bytes(topic, runtime), own) {
            (Some(most), Some(own)) => most.min(own),
            (most, own) => most.or(own).unwrap_or(MAX_BYTES),
        };
        let most = limit(&wanted.address.topic);
        let dead = wanted.dead_letters.as_deref().map_or(most, limit);
        let consumer = probe.end(runtime);
        let config = properties::producer(wanted, names.as_ref(), [most, dead])?;
        let producer = regain::producer(wanted, &config, Reports::of(&wanted.place))?;
        let transaction = match names {
            Some(_) => Some(Transaction::open(
                wanted,
                opening,
                &producer,
                consumer,
                properties::transaction_timeout(&config),
                &patience,
            )?),
            None => None,
        };
        failpoint("kafka.opened");
        Ok(Self {
            producer,
            wanted: Arc::clone(wanted),
            messages,
            message: Message::default(),
            max_bytes: [most, dead],
            sent: 0,
            taken: Vec::new(),
            handed: Handed::default(),
            config,
            transaction,
            patience,
        })
    }

    /// The last record that the topic has for good.
    pub(crate) fn after(&self, opening: &Opening) -> Sequence {
        let standing = self.transaction.as_ref();
        standing.map_or(opening.after(), |transaction| transaction.standing.after())
    }

    /// So many of the next records are in the topic already.
    pub(crate) fn known(&self) -> u64 {
        let transaction = self.transaction.as_ref();
        transaction.map_or(0, |transaction| transaction.standing.known())
    }

    /// Takes a batch.
    pub(crate) fn export(&mut self, mut batch: Vec<Record>) -> Result<Handed, ExportError> {
        let Some(transaction) = &mut self.transaction else {
            return self.hand_over(&batch);
        };
        let known = transaction.standing.skip(batch.len());
        batch.drain(..known);
        let before = self.handed;
        let handed = self.hand_over(&batch);
        self.taken.extend(batch);
        match handed {
            Ok(handed) => self.handed = before.and(handed),
            Err(error) => drop(self.regain(error, None)?),
        }
        Ok(Handed {
            bytes: self.handed.bytes.saturating_sub(before.bytes),
            dead: self.handed.dead.saturating_sub(before.dead),
        })
    }

    /// Hands records over to the producer.
    fn hand_over(&mut self, records: &[Record]) -> Result<Handed, ExportError> {
        if let Some(transaction) = &mut self.transaction {
            transaction.begin(&self.producer)?;
        }
        let mut message = std::mem::take(&mut self.message);
        message.time = created();
        let mut handed = Handed::default();
        let first = self.producer.context().sending(records);
        for (number, record) in (first..).zip(records) {
            let is_dead = self.one(record, number, &mut message).inspect_err(|_| {
                self.producer.context().unsent(number);
            })?;
            self.sent += 1;
            if self.sent.is_multiple_of(POLL) {
                self.producer.poll(Duration::ZERO);
            }
            handed = handed.and(Handed {
                bytes: message.size() as u64,
                dead: u64::from(is_dead),
            });
        }
        self.message = message;
        failpoint("kafka.batch.sent");
        for _ in 0..EVENTS {
            self.producer.poll(Duration::ZERO);
        }
        self.demand_delivered()?;
        Ok(handed)
    }

    /// The error for what librdkafka says against the whole.
    pub(crate) fn failed_by(&self, code: RDKafkaErrorCode) -> ExportError {
        failed(&self.wanted, &meaning(code))
    }

    /// An error if a message was not delivered.
    fn demand_delivered(&self) -> Result<(), ExportError> {
        match self.producer.context().failed() {
            0 => Ok(()),
            failed => Err(self.undelivered().unwrap_or_else(|| self.lost(failed))),
        }
    }

    /// The first message that failed by itself.
    fn undelivered(&self) -> Option<ExportError> {
        let failure = self.producer.context().failure()?;
        Some(ExportError::Item {
            id: failure.sent.id.to_string(),
            url: failure.sent.url.to_string(),
            place: self.wanted.place.clone(),
            reason: format!("it was not delivered: {}", failure.reason),
        })
    }

    /// The error for so many that brokers have not taken.
    fn lost(&self, items: u64) -> ExportError {
        let why = self
            .deleted()
            .map_or_else(String::new, |why| format!(": {why}"));
        failed(
            &self.wanted,
            &format!("{items} items were not delivered{why}"),
        )
    }

    /// What is to be said if the topic was deleted: librdkafka waits for one that is not there.
    fn deleted(&self) -> Option<String> {
        let topic = &self.wanted.address.topic;
        let found = self
            .producer
            .client()
            .fetch_metadata(Some(topic), LOOK)
            .ok()?;
        let error = found.topics().first()?.error()?;
        let code = RDKafkaErrorCode::from(error);
        (code == RDKafkaErrorCode::UnknownTopicOrPartition).then(|| meaning(code))
    }

    fn demand_going(&self) -> Result<(), ExportError> {
        if self.patience.has_given_up() {
            return Err(failed(&self.wanted, "the crawl has given up"));
        }
        match self.patience.is_over() {
            true => Err(self.give_up()),
            false => Ok(()),
        }
    }

    /// Waits until every message is confirmed.
    fn confirm(&self) -> Result<(), ExportError> {
        while !delivered(&self.producer, self.sent, LOOK) {
            self.demand_delivered()?;
            self.demand_going()?;
        }
        self.demand_delivered()?;
        let confirmed = self.producer.context().confirmed();
        match confirmed == self.sent {
            true => {
                self.producer.context().is_taken();
                Ok(())
            }
            false => Err(failed(
                &self.wanted,
                &format!("{confirmed} of {} items are confirmed", self.sent),
            )),
        }
    }

    /// Throws away what is not confirmed, and counts it.
    fn give_up(&self) -> ExportError {
        let confirmed = self.producer.context().confirmed();
        self.producer
            .purge(PurgeConfig::default().queue().inflight());
        self.not_confirmed(self.sent.saturating_sub(confirmed))
    }

    /// The error for so many that brokers do not have at the end.
    fn not_confirmed(&self, open: u64) -> ExportError {
        let patience = humantime::format_duration(self.wanted.flush_timeout);
        let reports = self.producer.context();
        let said = || reports.broker().map(|(_, said)| one_line(&said));
        let said = reports.refused().or_else(|| self.deleted()).or_else(said);
        let said = said.map_or_else(String::new, |said| format!(": {said}"));
        failed(
            &self.wanted,
            &format!(
                "{open} of {} items are not confirmed after {patience} (flush_timeout){said}",
                self.sent
            ),
        )
    }

    /// Makes all that was taken durable, and the position with it.
    pub(crate) fn commit(&mut self, up_to: Sequence) -> Result<(), ExportError> {
        match &self.transaction {
            None => self.confirm(),
            Some(transaction) => self.end(transaction.standing.commit(up_to)),
        }
    }

    pub(crate) fn close(&mut self) -> Result<(), ExportError> {
        self.patience.ends();
        match &self.transaction {
            None => self.confirm(),
            Some(transaction) => self.end(transaction.standing.close()),
        }
    }

    /// Keeps what was sent without a transaction, and nothing of an open one.
    pub(crate) fn abandon(&mut self) {
        match &mut self.transaction {
            None => {
                delivered(&self.producer, self.sent, 10 * LOOK);
            }
            Some(transaction) => transaction.abort(&self.producer),
        }
    }
}

/// The error for a reason.
pub(crate) fn failed(wanted: &Wanted, reason: &str) -> ExportError {
    ExportError::Other(format!("cannot write {}: {reason}", wanted.place))
}
