//! What a reader of a topic sees.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Headers, Message};
use rdkafka::{Offset, TopicPartitionList};

/// A message as a reader has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) headers: BTreeMap<String, Vec<u8>>,
    pub(crate) partition: i32,
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
            partition: message.partition(),
        }
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        let value = self.value.as_deref().expect("it has a value");
        serde_json::from_slice(value).expect("the value is JSON")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        std::str::from_utf8(&self.headers[name]).expect("it is text")
    }
}

/// All messages of a topic that a reader with this isolation sees, by partition.
///
/// # Errors
/// The topic cannot be read.
pub(crate) fn read_as(
    servers: &str,
    topic: &str,
    isolation: &str,
) -> Result<Vec<Read>, KafkaError> {
    let consumer = consumer(servers, isolation)?;
    let metadata = consumer.fetch_metadata(Some(topic), Duration::from_secs(30))?;
    let partitions = metadata
        .topics()
        .iter()
        .flat_map(|topic| topic.partitions());
    let mut all = TopicPartitionList::new();
    for partition in partitions {
        if isolation == "read_committed" {
            wait_for_commits(servers, &consumer, topic, partition.id())?;
        }
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
        .set("reconnect.backoff.ms", "10")
        .set("isolation.level", isolation)
        .set("allow.auto.create.topics", "false")
        .create()
}

/// A broker says that a transaction is committed before its end stands in the partitions: waits for
/// that, but not for long, since a transaction may be open for good.
fn wait_for_commits(
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
    for _ in 0..200 {
        if end(committed)? >= end(&all)? {
            break;
        }
        drop(all.poll(Duration::from_millis(10)));
    }
    Ok(())
}
