//! Clients of Python on the other side: confluent-kafka with its Avro, and kafka-python.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use huntsman_core::{Export, Item, Opening, Record, Timestamp};
use huntsman_kafka::read::{Decoder, Polled, Reader, Received, Source};
use huntsman_testkit::python::{said, with};
use huntsman_testkit::sample_records;
use serde_json::{Value, json};

use crate::front::Served;
use crate::topic::{feed, fresh, no_job, shared};

mod schema {
    huntsman_macros::include_schema!("tests/broker/everything.avsc");
}

pub(crate) const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/broker/");

/// The program with its packages; none where there is no Python.
fn python() -> Option<PathBuf> {
    let packages = ["confluent-kafka[avro]==2.16.1", "kafka-python==3.0.12"];
    with(env!("CARGO_TARGET_TMPDIR"), &packages).unwrap()
}

/// What a mode of the program prints.
async fn run(python: &PathBuf, words: &[&str]) -> Vec<Value> {
    let mut command = Command::new(python);
    command.arg(format!("{FOLDER}interop.py")).args(words);
    lines(command).await
}

/// What a program prints, a JSON value a line.
pub(crate) async fn lines(mut command: Command) -> Vec<Value> {
    let out = tokio::task::spawn_blocking(move || said(&mut command));
    let out = out.await.unwrap().unwrap();
    out.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// All records of a topic.
pub(crate) async fn records(source: &Source) -> Vec<Received> {
    let reader = Reader::open(source).await.unwrap();
    let mut all = Vec::new();
    while let Polled::Records(records) = reader.next().await.unwrap() {
        all.extend(records);
    }
    reader.close().await.unwrap();
    all
}

/// Values as `crawl tail` has them.
pub(crate) async fn values<'a>(
    decoder: &mut Decoder,
    records: impl IntoIterator<Item = &'a Received>,
) -> Vec<Value> {
    let mut values = Vec::new();
    for record in records {
        let mut json = Vec::new();
        decoder.value(record, &mut json).await.unwrap();
        values.push(serde_json::from_slice(&json).unwrap());
    }
    values
}

/// In the order of a field.
pub(crate) fn sorted(mut values: Vec<Value>, field: &str) -> Vec<Value> {
    values.sort_by_key(|value| value[field].as_i64());
    values
}

/// Makes a topic.
pub(crate) async fn create(servers: &str, topic: &str) {
    let sink = feed(&format!("kafka://{servers}/{topic}?create=true")).unwrap();
    sink.open(no_job()).await.unwrap();
    sink.close().await.unwrap();
}

/// All of a topic, by a registry.
pub(crate) fn reading(servers: &str, topic: &str, registry: &Served) -> Source {
    let words = format!("from=beginning&until=end&registry={}", registry.url);
    Source::read(&format!("kafka://{servers}/{topic}?{words}")).unwrap()
}

#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn what_pythons_avro_serializer_writes_is_read() {
    let (Some(broker), Some(python)) = (shared(), python()) else {
        return;
    };
    let (servers, topic) = (broker.address(), format!("python-{}", fresh()));
    create(&servers, &topic).await;
    let registry = Served::start().await;
    let schema = format!("{FOLDER}everything.avsc");
    let mut written = Vec::new();
    for form in ["prefix", "header"] {
        let words = ["write", &servers, &topic, &registry.url, &schema, form];
        written.extend(run(&python, &words).await);
    }
    assert_eq!(written.len(), 200);
    let source = reading(&servers, &topic, &registry);
    let (records, mut decoder) = (
        records(&source).await,
        Decoder::open(&source).await.unwrap(),
    );
    let by_header = |record: &&Received| record.header("__value_schema_id").is_some();
    let header = records.iter().find(by_header).unwrap();
    let prefix = records.iter().find(|record| !by_header(record)).unwrap();
    values(&mut decoder, [header, prefix]).await;
    // Each schema was asked for once, and is not asked for again.
    drop(registry);
    let read = values(&mut decoder, &records).await;
    assert_eq!(sorted(read, "count"), sorted(written, "count"));
}

/// An item of every type.
pub(crate) fn everything(number: i64) -> Value {
    json!({
        "text": format!("no. {number}: \"é漢🦀\"\n"),
        "note": (number % 2 == 0).then(|| format!("note {number}")),
        "count": number * 3_000_000_000 - 1,
        "small": -number,
        "ratio": 0.25,
        "yes": number % 3 == 0,
        "raw": "\u{0}\u{ff}",
        "sum": format!("{}.50", number),
        "day": "1969-07-20",
        "moment": "2026-11-24T12:30:00Z",
        "plan": if number % 2 == 0 { "FREE" } else { "PAID" },
        "address": {"zip": "01234", "lines": ["a", "b"]},
        "facts": {"n": number},
    })
}

/// Writes these items of every type, in Avro.
pub(crate) async fn write_all(address: &str, items: &[Value]) {
    let sink = feed(address).unwrap();
    sink.open(opening()).await.unwrap();
    sink.export(batch(items)).await.unwrap();
    sink.close().await.unwrap();
}

/// Opens a sink for items of every type.
pub(crate) fn opening() -> Opening {
    let schemas = schema::Everything::schemas();
    Opening::new(schemas).of("spider", Timestamp(1_700_000_000_000))
}

/// Items of every type as a sink is given them.
pub(crate) fn batch(items: &[Value]) -> Vec<Record> {
    let mut batch = sample_records(0..items.len() as u64);
    for (record, item) in batch.iter_mut().zip(items) {
        let mut item = item.clone();
        // Bytes are a list to serde.
        item["raw"] = json!([0, 255]);
        let item: schema::Everything = serde_json::from_value(item).unwrap();
        record.item = Arc::new(item);
    }
    batch
}

#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn pythons_avro_deserializer_reads_what_is_written() {
    let (Some(broker), Some(python)) = (shared(), python()) else {
        return;
    };
    let servers = broker.address();
    let registry = Served::start().await;
    let items: Vec<Value> = (0..100).map(everything).collect();
    for words in ["", "&schema_id=header"] {
        let topic = format!("python-{}", fresh());
        let address = format!(
            "kafka://{servers}/{topic}?create=true&value=avro&registry={}{words}",
            registry.url
        );
        write_all(&address, &items).await;
        let read = run(&python, &["read", &servers, &topic, &registry.url, "100"]).await;
        assert_eq!(sorted(read, "count"), items, "{words}");
        // And so do we.
        let ours = Source::read(&format!("{address}&from=beginning&until=end")).unwrap();
        let mut decoder = Decoder::open(&ours).await.unwrap();
        let read = values(&mut decoder, &records(&ours).await).await;
        assert_eq!(sorted(read, "count"), items, "{words}");
    }
}

#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn kafka_python_reads_avro_with_a_group_by_our_registry() {
    let (Some(broker), Some(python)) = (shared(), python()) else {
        return;
    };
    let (servers, topic) = (broker.address(), format!("python-{}", fresh()));
    let registry = Served::start().await;
    let items: Vec<Value> = (0..100).map(everything).collect();
    let words = format!("create=true&partitions=3&registry={}", registry.url);
    write_all(&format!("kafka://{servers}/{topic}?{words}"), &items).await;
    let mut read = Vec::new();
    // The second member of the group goes on where the first one has committed.
    for count in ["60", "40"] {
        let words = ["example_read", &servers, &topic, &registry.url, count];
        read.extend(run(&python, &words).await);
    }
    assert_eq!(sorted(read, "count"), items);
}

#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn what_kafka_python_registers_and_writes_is_read() {
    let (Some(broker), Some(python)) = (shared(), python()) else {
        return;
    };
    let (servers, topic) = (broker.address(), format!("python-{}", fresh()));
    create(&servers, &topic).await;
    let registry = Served::start().await;
    let schema = format!("{FOLDER}everything.avsc");
    let words = ["example_write", &servers, &topic, &registry.url, &schema];
    let written = run(&python, &words).await;
    assert_eq!(written.len(), 100);
    let source = reading(&servers, &topic, &registry);
    let mut decoder = Decoder::open(&source).await.unwrap();
    let read = values(&mut decoder, &records(&source).await).await;
    assert_eq!(sorted(read, "count"), sorted(written, "count"));
}

#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn kafka_python_reads_json_with_a_group_and_agrees_on_partitions() {
    let (Some(broker), Some(python)) = (shared(), python()) else {
        return;
    };
    let (servers, topic) = (broker.address(), format!("python-{}", fresh()));
    let sink = feed(&format!(
        "kafka://{servers}/{topic}?create=true&partitions=7&key=text"
    ))
    .unwrap();
    sink.open(no_job()).await.unwrap();
    let records = sample_records(0..50);
    sink.export(records.clone()).await.unwrap();
    sink.close().await.unwrap();
    let mut read = run(&python, &["group", &servers, &topic, "30"]).await;
    read.extend(run(&python, &["group", &servers, &topic, "20"]).await);
    let mut numbers: Vec<_> = read.iter().map(|row| row[3]["number"].as_u64()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..50).map(Some).collect::<Vec<_>>());
    // The same keys by the producer of kafka-python, whose partitioner is that of Java.
    let keys: Vec<Value> = read.iter().map(|row| row[2].clone()).collect();
    let keys = Value::Array(keys).to_string();
    let sent = run(&python, &["send", &servers, &topic, &keys]).await;
    for (ours, theirs) in read.iter().zip(&sent) {
        assert_eq!((&ours[2], &ours[0]), (&theirs[0], &theirs[1]));
    }
    assert_eq!(sent.len(), 50);
}
