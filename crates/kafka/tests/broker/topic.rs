//! A broker that tests share, sinks on its topics, and what a reader of committed records sees.

#[path = "../../../../tests/broker/reader.rs"]
mod reader;

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use huntsman_core::{Export, ExportError, Item, Opening, Position, Sequence, Timestamp};
use huntsman_export::{Catalog, Mode};
use huntsman_testkit::Sample;
use huntsman_testkit::kafka::Kafka;

pub(crate) use reader::Read;

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

/// All messages of a topic that a reader with this isolation sees, by partition.
pub(crate) fn read_as(servers: &str, topic: &str, isolation: &str) -> Vec<Read> {
    reader::read_as(servers, topic, isolation).unwrap_or_else(|error| panic!("{topic}: {error}"))
}

pub(crate) fn read(servers: &str, topic: &str) -> Vec<Read> {
    read_as(servers, topic, "read_committed")
}

pub(crate) fn numbers(servers: &str, topic: &str) -> Vec<u64> {
    read(servers, topic).iter().map(number).collect()
}

/// The number of the sample in a message.
pub(crate) fn number(message: &Read) -> u64 {
    message.json()["number"].as_u64().unwrap()
}
