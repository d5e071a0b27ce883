//! A broker that tests share, sinks on its topics, and what a reader of committed records sees.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use huntsman_core::{Export, ExportError, Item, Opening, Position, Sequence, Timestamp};
use huntsman_export::{Catalog, Mode};
use huntsman_testkit::Sample;
use huntsman_testkit::kafka::Kafka;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Headers, Message};
use rdkafka::{Offset, TopicPartitionList};

/// The broker of all tests that leave it alone; none where Java is missing. It soon ends a
/// transaction that is open for too long.
pub(crate) fn shared() -> Option<&'static Kafka> {
    static SHARED: OnceLock<Option<Kafka>> = OnceLock::new();
    let interval = "transaction.abort.timed.out.transaction.cleanup.interval.ms";
    SHARED.get_or_init(|| start(&[(interval, "200")])).as_ref()
}

/// One more, for a test that kills it.
pub(crate) fn own() -> Option<Kafka> {
    start(&[])
}

pub(crate) fn start(properties: &[(&str, &str)]) -> Option<Kafka> {
    Kafka::start(env!("CARGO_TARGET_TMPDIR"), properties).unwrap()
}

/// A name that no other test has.
pub(crate) fn fresh() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("topic-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

pub(crate) fn feed(address: &str) -> Result<impl Export + use<>, ExportError> {
    huntsman_kafka::connect(Catalog::default()).feed(address, Mode::Append, &BTreeMap::new())
}

/// A sink, not opened, on a topic with one partition.
pub(crate) fn sink(servers: &str, topic: &str, words: &str) -> impl Export + use<> {
    feed(&format!(
        "kafka://{servers}/{topic}?create=true&partitions=1{words}"
    ))
    .unwrap()
}

pub(crate) fn no_job() -> Opening {
    Opening::new(Sample::schemas()).of("spider", Timestamp(1_700_000_000_000))
}

pub(crate) fn job(sequence: Option<u64>) -> Opening {
    let position = sequence.map(|sequence| Position {
        sequence: Sequence(sequence),
        state: Vec::new(),
    });
    no_job().resuming("job", position)
}

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
        let headers = message
            .headers()
            .into_iter()
            .flat_map(|headers| headers.iter());
        let header = |header: rdkafka::message::Header<'_, &[u8]>| {
            (
                header.key.to_owned(),
                header.value.unwrap_or_default().to_vec(),
            )
        };
        Self {
            key: message.key().map(<[u8]>::to_vec),
            value: message.payload().map(<[u8]>::to_vec),
            headers: headers.map(header).collect(),
            partition: message.partition(),
        }
    }

    pub(crate) fn number(&self) -> u64 {
        let value: serde_json::Value =
            serde_json::from_slice(self.value.as_deref().unwrap()).unwrap();
        value["number"].as_u64().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        std::str::from_utf8(&self.headers[name]).unwrap()
    }
}

fn consumer(servers: &str, isolation: &str) -> BaseConsumer {
    ClientConfig::new()
        .set("bootstrap.servers", servers)
        .set("group.id", "reader")
        .set("enable.partition.eof", "true")
        .set("fetch.wait.max.ms", "10")
        .set("reconnect.backoff.ms", "10")
        .set("isolation.level", isolation)
        .set("allow.auto.create.topics", "false")
        .create()
        .unwrap()
}

/// A broker says that a transaction is committed before its end stands in the partitions: waits for
/// that, but not for long, since a transaction may be open for good.
fn settled(servers: &str, committed: &BaseConsumer, topic: &str, partition: i32) {
    let all = consumer(servers, "read_uncommitted");
    let end = |consumer: &BaseConsumer| {
        let marks = consumer.fetch_watermarks(topic, partition, Duration::from_secs(30));
        marks.unwrap().1
    };
    let is_open = || end(committed) < end(&all);
    (0..200).take_while(|_| is_open()).for_each(|_| {
        drop(all.poll(Duration::from_millis(10)));
    });
}

/// All messages of a topic that a reader with this isolation sees, by partition.
pub(crate) fn read_as(servers: &str, topic: &str, isolation: &str) -> Vec<Read> {
    let consumer = consumer(servers, isolation);
    let metadata = consumer
        .fetch_metadata(Some(topic), Duration::from_secs(30))
        .unwrap();
    let partitions = metadata.topics()[0].partitions();
    let mut all = TopicPartitionList::new();
    for partition in partitions {
        if isolation == "read_committed" {
            settled(servers, &consumer, topic, partition.id());
        }
        all.add_partition_offset(topic, partition.id(), Offset::Beginning)
            .unwrap();
    }
    consumer.assign(&all).unwrap();
    let (mut read, mut ended) = (Vec::new(), 0);
    while ended < partitions.len() {
        match consumer.poll(Duration::from_secs(60)) {
            Some(Ok(message)) => read.push(Read::of(&message)),
            Some(Err(KafkaError::PartitionEOF(_))) => ended += 1,
            Some(Err(error)) => panic!("{topic}: {error}"),
            None => panic!("{topic}: nothing comes"),
        }
    }
    read
}

pub(crate) fn read(servers: &str, topic: &str) -> Vec<Read> {
    read_as(servers, topic, "read_committed")
}

pub(crate) fn numbers(servers: &str, topic: &str) -> Vec<u64> {
    read(servers, topic).iter().map(Read::number).collect()
}
