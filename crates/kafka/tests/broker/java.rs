//! Clients of Java on the other side: Kafka's own, and Flink's Avro with Confluent's registry client.

use std::process::Command;

use huntsman_core::{Export, Sequence};
use huntsman_kafka::read::Decoder;
use huntsman_testkit::{java, sample_records};
use serde_json::Value;

use crate::front::Served;
use crate::python::{
    FOLDER, batch, create, everything, lines, opening, reading, records, sorted, values, write_all,
};
use crate::topic::{feed, fresh, no_job, read, read_as, shared};

/// The program; none where there is no Java.
fn program() -> Option<Command> {
    java::program(env!("CARGO_TARGET_TMPDIR"), format!("{FOLDER}Interop.java")).unwrap()
}

/// What a mode of the program prints.
async fn run(words: &[&str]) -> Vec<Value> {
    let mut command = program().unwrap();
    command.args(words);
    lines(command).await
}

/// Reads items with a group of two members, one after the other: the partition, key and value of each.
async fn read_by_group(servers: &str, topic: &str, registry: &Served) -> Vec<Value> {
    let mut all = Vec::new();
    for count in ["60", "40"] {
        all.extend(run(&["read", servers, topic, &registry.url, count]).await);
    }
    all
}

fn items(rows: &[Value]) -> Vec<Value> {
    let items = rows.iter().map(|row| row[2].clone());
    sorted(items.collect(), "count")
}

#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn flinks_avro_reads_with_a_group_by_our_registry() {
    let (Some(broker), Some(_)) = (shared(), program()) else {
        return;
    };
    let (servers, topic) = (broker.address(), format!("java-{}", fresh()));
    let registry = Served::start().await;
    let written: Vec<Value> = (0..100).map(everything).collect();
    let words = format!(
        "create=true&partitions=3&key=text&registry={}",
        registry.url
    );
    write_all(&format!("kafka://{servers}/{topic}?{words}"), &written).await;
    let rows = read_by_group(&servers, &topic, &registry).await;
    assert_eq!(items(&rows), written);
    assert!(rows.iter().all(|row| row[1] == row[2]["text"]), "keys");
}

#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn javas_consumer_reads_what_was_committed_alone() {
    let (Some(broker), Some(_)) = (shared(), program()) else {
        return;
    };
    let (servers, topic) = (broker.address(), format!("java-{}", fresh()));
    let registry = Served::start().await;
    let words = format!(
        "create=true&partitions=1&key=text&registry={}",
        registry.url
    );
    let address = format!("kafka://{servers}/{topic}?{words}");
    let written: Vec<Value> = (0..100).map(everything).collect();
    // A run that ends before it has committed.
    let cut = feed(&address).unwrap();
    cut.open(opening().resuming("job", None)).await.unwrap();
    cut.commit(Sequence(0)).await.unwrap();
    cut.export(batch(&written[..30])).await.unwrap();
    let all = || read_as(&servers, &topic, "read_uncommitted").len();
    while all() < 30 {
        tokio::task::yield_now().await;
    }
    cut.abandon().await;
    drop(cut);
    let sink = feed(&address).unwrap();
    sink.open(opening().resuming("job", None)).await.unwrap();
    sink.export(batch(&written)).await.unwrap();
    sink.commit(Sequence(100)).await.unwrap();
    sink.close().await.unwrap();
    assert_eq!(all(), 130);
    let rows = read_by_group(&servers, &topic, &registry).await;
    assert_eq!(items(&rows), written);
}

#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn what_flinks_avro_registers_and_writes_is_read() {
    let (Some(broker), Some(_)) = (shared(), program()) else {
        return;
    };
    let (servers, topic) = (broker.address(), format!("java-{}", fresh()));
    create(&servers, &topic).await;
    let registry = Served::start().await;
    let schema = format!("{FOLDER}everything.avsc");
    let written = run(&["write", &servers, &topic, &registry.url, &schema]).await;
    assert_eq!(written.len(), 100);
    let source = reading(&servers, &topic, &registry);
    let mut decoder = Decoder::open(&source).await.unwrap();
    let read = values(&mut decoder, &records(&source).await).await;
    assert_eq!(sorted(read, "count"), sorted(written, "count"));
}

/// The partition and the key.
fn place(row: &Value) -> (i32, String) {
    let partition = row[0].as_i64().unwrap();
    let key = row[1].as_str().unwrap();
    (partition.try_into().unwrap(), key.to_owned())
}

#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn javas_producer_agrees_on_partitions() {
    let (Some(broker), Some(_)) = (shared(), program()) else {
        return;
    };
    let (servers, topic) = (broker.address(), format!("java-{}", fresh()));
    let address = format!("kafka://{servers}/{topic}?create=true&partitions=7&key=text");
    let sink = feed(&address).unwrap();
    sink.open(no_job()).await.unwrap();
    sink.export(sample_records(0..50)).await.unwrap();
    sink.close().await.unwrap();
    let ours: Vec<_> = read(&servers, &topic)
        .into_iter()
        .map(|one| (one.partition, String::from_utf8(one.key.unwrap()).unwrap()))
        .collect();
    assert_eq!(ours.len(), 50);
    let keys: Vec<_> = ours.iter().map(|(_, key)| key).collect();
    let keys = serde_json::to_string(&keys).unwrap();
    let sent = run(&["send", &servers, &topic, &keys]).await;
    assert_eq!(sent.iter().map(place).collect::<Vec<_>>(), ours);
}
