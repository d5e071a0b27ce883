//! Bytes that are ready, by a bare producer.

use std::time::Duration;

use rdkafka::config::ClientConfig;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};

use crate::{Failed, Stopwatch, price};

/// The headers that a sink writes, which are as long as these.
const HEADERS: [(&str, &str); 6] = [
    ("huntsman.record_id", "0000000000000000000000000001e240-0"),
    ("huntsman.fingerprint", "0000000000000000000000000001e240"),
    ("huntsman.url", "http://shop.example/"),
    ("huntsman.spider", "bench"),
    ("huntsman.crawl_time", "2025-12-22T10:40:00.000Z"),
    ("huntsman.schema", "Price"),
];

fn headers() -> OwnedHeaders {
    let empty = OwnedHeaders::new_with_capacity(HEADERS.len());
    HEADERS.iter().fold(empty, |headers, (key, value)| {
        headers.insert(Header {
            key,
            value: Some(value.as_bytes()),
        })
    })
}

pub(crate) fn bare(
    broker: &str,
    topic: &str,
    items: u32,
    words: &[&str],
) -> Result<String, Failed> {
    let values = price::encoded()?;
    let with_headers = words.contains(&"headers");
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", broker)
        .set("acks", "all")
        .set("enable.idempotence", "true")
        .set("partitioner", "murmur2_random");
    // Properties, such as those that a sink sets.
    for (name, value) in words.iter().filter_map(|word| word.split_once('=')) {
        config.set(name, value);
    }
    let producer: BaseProducer = config.create()?;
    // The brokers are known before, as they are to a sink that is open.
    producer
        .client()
        .fetch_metadata(Some(topic), Duration::from_secs(30))?;
    let watch = Stopwatch::start();
    for value in values.iter().cycle().take(items as usize) {
        let mut next = BaseRecord::<[u8], [u8]>::to(topic).payload(value);
        if with_headers {
            next = next.headers(headers());
        }
        while let Err((error, back)) = producer.send(next) {
            if error != KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull) {
                return Err(error.into());
            }
            next = back;
            producer.poll(Duration::from_millis(20));
        }
        producer.poll(Duration::ZERO);
    }
    producer.flush(Duration::from_secs(600))?;
    Ok(watch.told(items))
}
