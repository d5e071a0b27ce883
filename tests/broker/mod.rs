//! A real broker for a test program, and what a reader of committed records sees on it.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use huntsman_testkit::kafka::Kafka;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Headers, Message};
use rdkafka::{Offset, TopicPartitionList};

/// The broker of all tests that leave it alone; none where Java is missing, which is said.
pub(crate) fn shared() -> Option<&'static Kafka> {
    static SHARED: OnceLock<Option<Kafka>> = OnceLock::new();
    SHARED.get_or_init(own).as_ref()
}

/// One more, for a test that kills it.
pub(crate) fn own() -> Option<Kafka> {
    Kafka::start(env!("CARGO_TARGET_TMPDIR"), &[]).expect("the broker starts")
}

/// A message as a reader has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) headers: BTreeMap<String, Vec<u8>>,
}

impl Read {
    fn of(message: &BorrowedMessage<'_>) -> Self {
        let headers = message.headers().into_iter().flat_map(Headers::iter);
        let headers = headers.map(|header| {
            let value = header.value.unwrap_or_default().to_vec();
            (header.key.to_owned(), value)
        });
        Self {
            key: message.key().map(<[u8]>::to_vec),
            value: message.payload().map(<[u8]>::to_vec),
            headers: headers.collect(),
        }
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        let value = self.value.as_deref().expect("it has a value");
        serde_json::from_slice(value).expect("the value is JSON")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).map_or(&[][..], Vec::as_slice);
        std::str::from_utf8(value).expect("it is text")
    }
}

/// All committed messages of a topic, by partition.
///
/// # Errors
/// The topic cannot be read.
pub(crate) fn read(servers: &str, topic: &str) -> Result<Vec<Read>, KafkaError> {
    let consumer = consumer(servers, "read_committed")?;
    let metadata = consumer.fetch_metadata(Some(topic), Duration::from_secs(30))?;
    let partitions = metadata
        .topics()
        .iter()
        .flat_map(|topic| topic.partitions());
    let mut all = TopicPartitionList::new();
    for partition in partitions {
        settle(servers, &consumer, topic, partition.id())?;
        all.add_partition_offset(topic, partition.id(), Offset::Beginning)?;
    }
    consumer.assign(&all)?;
    let (mut read, mut ended) = (Vec::new(), 0);
    while ended < all.count() {
        match consumer.poll(Duration::from_secs(60)) {
            Some(Ok(message)) => read.push(Read::of(&message)),
            Some(Err(KafkaError::PartitionEOF(_))) => ended += 1,
            Some(Err(error)) => return Err(error),
            None => return Err(KafkaError::NoMessageReceived),
        }
    }
    Ok(read)
}

fn consumer(servers: &str, isolation: &str) -> Result<BaseConsumer, KafkaError> {
    ClientConfig::new()
        .set("bootstrap.servers", servers)
        .set("group.id", "reader")
        .set("enable.partition.eof", "true")
        .set("enable.auto.commit", "false")
        .set("fetch.wait.max.ms", "10")
        .set("isolation.level", isolation)
        .set("allow.auto.create.topics", "false")
        .create()
}

/// Waits for what is committed to be readable: a broker says that a transaction is committed before
/// each partition has heard of it. It gives up after some seconds, since one may be open for good.
fn settle(
    servers: &str,
    committed: &BaseConsumer,
    topic: &str,
    partition: i32,
) -> Result<(), KafkaError> {
    let all = consumer(servers, "read_uncommitted")?;
    let end = |consumer: &BaseConsumer| {
        let marks = consumer.fetch_watermarks(topic, partition, Duration::from_secs(30));
        marks.map(|(_, end)| end)
    };
    for _ in 0..500 {
        if end(committed)? >= end(&all)? {
            break;
        }
        drop(all.poll(Duration::from_millis(10)));
    }
    Ok(())
}
