//! Single items, each until it is there.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use huntsman_core::Sequence;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::KafkaError;
use rdkafka::message::Message as _;
use rdkafka::{Offset, TopicPartitionList};

use crate::price::record;
use crate::sink::{feed, opening};
use crate::{Failed, now, spread};

/// So many items, …
const ITEMS: u32 = 5000;
/// … one in so long.
const EVERY: Duration = Duration::from_millis(2);

/// Which item has come, and when.
type Come = Result<(usize, f64), KafkaError>;

/// Tells what comes. A reader sees an item when it is confirmed, not before.
fn reader(broker: &str, topic: &str) -> Result<mpsc::Receiver<Come>, Failed> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", broker)
        .set("group.id", "latency")
        .create()?;
    let mut all = TopicPartitionList::new();
    all.add_partition_offset(topic, 0, Offset::Beginning)?;
    consumer.assign(&all)?;
    let (tell, told) = mpsc::sync_channel(ITEMS as usize);
    thread::spawn(move || {
        let (mut come, mut silent) = (0, 0);
        while come <= ITEMS {
            let Some(polled) = consumer.poll(Duration::from_secs(1)) else {
                silent += 1;
                match silent < 60 {
                    true => continue,
                    // The other side finds that some are missing.
                    false => return,
                }
            };
            let number = polled.map(|message| number(message.key()));
            come += 1;
            let told = number.map(|number| (number, now()));
            if tell.send(told).is_err() {
                return;
            }
        }
    });
    Ok(told)
}

fn number(key: Option<&[u8]>) -> usize {
    let text = key.and_then(|key| std::str::from_utf8(key).ok());
    text.and_then(|text| text.parse().ok())
        .unwrap_or(usize::MAX)
}

/// From when a sink is given an item until a reader has it. The key is the item's number.
pub(crate) async fn latency(broker: &str, topic: &str, words: &str) -> Result<String, Failed> {
    let address = &format!("kafka://{broker}/{topic}?key=crawled_at&{words}");
    let sink = feed(address)?;
    sink.open(opening(None)).await?;
    let told = reader(broker, topic)?;
    // Once this has come, everybody knows everybody.
    sink.export(vec![record(ITEMS)]).await?;
    told.recv()??;
    let mut given = Vec::with_capacity(ITEMS as usize);
    let mut ticks = tokio::time::interval(EVERY);
    for number in 0..ITEMS {
        ticks.tick().await;
        let record = record(number);
        given.push(now());
        sink.export(vec![record]).await?;
    }
    sink.close().await?;
    let mut waits = Vec::new();
    for come in told {
        let (number, at) = come?;
        waits.extend(given.get(number).map(|given| at - given));
    }
    match waits.len() == given.len() {
        true => spread(waits),
        false => Err(format!("{} of {ITEMS} items have come", waits.len()).into()),
    }
}

/// Items of a job, each in a transaction of its own.
pub(crate) async fn commits(address: &str) -> Result<String, Failed> {
    let sink = feed(address)?;
    sink.open(opening(Some("commits"))).await?;
    sink.commit(Sequence(0)).await?;
    let mut waits = Vec::new();
    for number in 0..ITEMS / 10 {
        let begun = now();
        sink.export(vec![record(number)]).await?;
        sink.commit(Sequence(u64::from(number) + 1)).await?;
        waits.push(now() - begun);
    }
    sink.close().await?;
    spread(waits)
}
