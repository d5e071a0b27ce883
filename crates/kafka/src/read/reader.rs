//! A topic that is read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rdkafka::config::{ClientConfig, FromClientConfigAndContext};
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::{Offset, TopicPartitionList};

use super::consumer::Poll;
use super::context::Context;
use super::error::ReadError;
use super::handover::Handover;
use super::record::Received;
use super::source::Source;
use crate::probe::{Topic, look};
use crate::properties::{refused_at, set_default};

/// What a reader without a group is called; it commits nothing.
const NO_GROUP: &str = "huntsman-tail";

/// So often, in milliseconds, librdkafka tells which partitions it has seen. It looks for them every five
/// minutes (`topic.metadata.refresh.interval.ms`).
const SEEN: &str = "5000";

/// How long one look takes at whether partitions are given back, and how many there are.
const LEAVING: Duration = Duration::from_millis(20);
const LEAVE: u32 = 250;

/// What comes of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Polled {
    /// The next records, at least one; those of a partition in their order.
    Records(Vec<Received>),
    /// All that was there is read, and no more was asked for.
    End,
}

/// Reads a topic. Records that are done are committed to the group every second, and by
/// [`Reader::close`]; dropped, it commits nothing more.
pub struct Reader {
    source: Source,
    consumer: Arc<BaseConsumer<Context>>,
    handover: Arc<Handover<Result<Polled, ReadError>>>,
    stop: Arc<AtomicBool>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

impl Reader {
    /// Begins to read.
    ///
    /// # Errors
    /// There is no such topic or partition, no broker that answers, or a property has no sense.
    pub async fn open(source: &Source) -> Result<Self, ReadError> {
        let at = source.clone();
        let opened = tokio::task::spawn_blocking(move || Self::begin(at)).await;
        opened.unwrap_or_else(|stopped| Err(source.broker_error(stopped.to_string())))
    }

    fn begin(source: Source) -> Result<Self, ReadError> {
        let config = config(&source);
        let consumer = BaseConsumer::from_config_and_context(&config, Context::default());
        let consumer: BaseConsumer<Context> =
            consumer.map_err(|error| ReadError::Place(refused_at(&source.place, &error)))?;
        let topic = source.topic();
        let there = match look(&consumer, topic).map_err(|reason| source.broker_error(reason))? {
            Topic::There { partitions, .. } => partitions,
            Topic::Missing => {
                return Err(source.broker_error(format!("there is no topic {topic}")));
            }
        };
        consumer.context().is_up();
        begin_at(&source, &consumer, &there).map_err(|reason| source.broker_error(reason))?;
        let (consumer, handover) = (Arc::new(consumer), Arc::new(Handover::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let poll = Poll {
            consumer: Arc::clone(&consumer),
            source: source.clone(),
            handover: Arc::clone(&handover),
            stop: Arc::clone(&stop),
            ended: BTreeSet::new(),
        };
        let thread = std::thread::Builder::new().name("kafka-reader".to_owned());
        let thread = thread.spawn(move || poll.run());
        let thread = thread.map_err(|error| source.broker_error(error.to_string()))?;
        Ok(Self {
            source,
            consumer,
            handover,
            stop,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Waits for what comes next; nothing is lost when this is dropped. After an end or an error
    /// nothing comes any more.
    ///
    /// # Errors
    /// The topic cannot be read any more.
    pub async fn next(&self) -> Result<Polled, ReadError> {
        self.handover.take().await
    }

    /// These records, and all before them in their partitions, are done: they are not read again by
    /// the group. Each is a partition and an offset. What is said of a partition that another member
    /// has by now counts for nothing.
    pub fn done(&self, records: impl IntoIterator<Item = (i32, i64)>) {
        if !self.source.has_group() {
            return;
        }
        let mut last = BTreeMap::new();
        for (partition, offset) in records {
            let known = last.entry(partition).or_insert(offset);
            *known = offset.max(*known);
        }
        for (partition, offset) in last {
            let mut list = TopicPartitionList::new();
            let next = Offset::Offset(offset.saturating_add(1));
            let stored = list
                .add_partition_offset(self.source.topic(), partition, next)
                .and_then(|()| self.consumer.store_offsets(&list));
            if let Err(error) = stored {
                tracing::debug!(target: "kafka", partition, offset, "not stored: {error}");
            }
        }
    }

    fn thread(&self) -> Option<JoinHandle<()>> {
        let thread = self.thread.lock();
        thread.unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Commits what is done, and leaves the group. Nothing comes any more.
    ///
    /// # Errors
    /// The offsets cannot be committed: records that are done will be read again.
    pub async fn close(&self) -> Result<(), ReadError> {
        self.stop.store(true, Ordering::Relaxed);
        let (consumer, thread) = (Arc::clone(&self.consumer), self.thread());
        let has_group = self.source.has_group();
        let closed = tokio::task::spawn_blocking(move || {
            let done = match has_group {
                true => consumer.commit_consumer_state(CommitMode::Sync),
                false => Ok(()),
            };
            // A panic of the thread has been told already.
            let _ended = thread.map(JoinHandle::join);
            consumer.unsubscribe();
            if has_group {
                leave(&consumer);
            }
            done
        });
        match closed.await {
            Ok(Ok(()) | Err(KafkaError::ConsumerCommit(RDKafkaErrorCode::NoOffset))) => Ok(()),
            Ok(Err(error)) => Err(self.source.broker_error(format!(
                "offsets are not committed, what is done will be read again: {error}"
            ))),
            Err(stopped) => Err(self.source.broker_error(stopped.to_string())),
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Gives the partitions back, as librdkafka does for whoever listens; only then the group is left, and
/// the next member need not wait until this one is taken for dead.
fn leave(consumer: &BaseConsumer<Context>) {
    for _ in 0..LEAVE {
        if consumer.assignment().is_ok_and(|own| own.count() == 0) {
            break;
        }
        consumer.poll(LEAVING);
    }
}

/// The properties of the consumer.
fn config(source: &Source) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("client.id", "huntsman");
    for (name, value) in &source.properties {
        config.set(name, value);
    }
    config.set("bootstrap.servers", &source.address.servers);
    config.set("group.id", source.group.as_deref().unwrap_or(NO_GROUP));
    // Offsets of what is done are stored by hand, and committed from there by librdkafka.
    config.set("enable.auto.offset.store", "false");
    config.set(
        "enable.auto.commit",
        if source.has_group() { "true" } else { "false" },
    );
    if source.until_end {
        config.set("enable.partition.eof", "true");
    }
    if source.follows() {
        set_default(&mut config, "statistics.interval.ms", SEEN);
    }
    let defaults = [
        ("allow.auto.create.topics", "false"),
        ("auto.commit.interval.ms", "1000"),
        (
            "auto.offset.reset",
            if source.from_beginning {
                "earliest"
            } else {
                "latest"
            },
        ),
        ("isolation.level", "read_committed"),
        // What is fetched ahead, for all partitions.
        ("queued.max.messages.kbytes", "16384"),
    ];
    for (name, value) in defaults {
        set_default(&mut config, name, value);
    }
    config
}

/// Lets the group tell which partitions are read, or takes those that are named, or all.
fn begin_at(
    source: &Source,
    consumer: &BaseConsumer<Context>,
    there: &[i32],
) -> Result<(), String> {
    let topic = source.topic();
    if source.has_group() && source.partitions.is_empty() {
        let subscribed = consumer.subscribe(&[topic]);
        return subscribed.map_err(|error| error.to_string());
    }
    let missing = source
        .partitions
        .iter()
        .find(|partition| !there.contains(partition));
    if let Some(partition) = missing {
        let last = there.iter().max().copied().unwrap_or_default();
        return Err(format!(
            "the topic {topic} has no partition {partition}: it has 0 to {last}"
        ));
    }
    let partitions = match source.partitions.is_empty() {
        true => there,
        false => &source.partitions,
    };
    let begin = match (source.has_group(), source.from_beginning) {
        (true, _) => Offset::Stored,
        (false, true) => Offset::Beginning,
        (false, false) => Offset::End,
    };
    let mut list = TopicPartitionList::new();
    for partition in partitions {
        let added = list.add_partition_offset(topic, *partition, begin);
        added.map_err(|error| error.to_string())?;
    }
    consumer.context().assign(partitions.iter().copied());
    consumer.assign(&list).map_err(|error| error.to_string())
}
