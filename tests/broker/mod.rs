//! A real broker for a test program, and what a reader of committed records sees on it.

mod reader;

use std::sync::OnceLock;

use huntsman_testkit::kafka::Kafka;
use rdkafka::error::KafkaError;

pub(crate) use reader::Read;

/// The broker of all tests that leave it alone; none where Java is missing, which is said.
pub(crate) fn shared() -> Option<&'static Kafka> {
    static SHARED: OnceLock<Option<Kafka>> = OnceLock::new();
    SHARED.get_or_init(own).as_ref()
}

/// One more, for a test that kills it.
pub(crate) fn own() -> Option<Kafka> {
    Kafka::start(env!("CARGO_TARGET_TMPDIR"), &[]).expect("the broker starts")
}

/// All committed messages of a topic, by partition.
///
/// # Errors
/// The topic cannot be read.
pub(crate) fn read(servers: &str, topic: &str) -> Result<Vec<Read>, KafkaError> {
    reader::read_as(servers, topic, "read_committed")
}
