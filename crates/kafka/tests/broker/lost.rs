//! Transactions that a broker ends because they are open for too long.

use std::sync::atomic::Ordering;
use std::time::Duration;

use huntsman_core::{Export, Sequence};
use huntsman_testkit::sample_records;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};

use crate::between::Between;
use crate::topic::{fresh, job, no_job, number, numbers, own, read_as, shared, sink};

/// As short as librdkafka takes it.
const SHORT: &str = "&transaction.timeout.ms=1000";

/// Waits until the broker has ended the transaction of these records, which stand alone in the topic.
async fn ended(servers: &str, topic: &str, records: i64) {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", servers)
        .create()
        .unwrap();
    loop {
        let marks = consumer.fetch_watermarks(topic, 0, Duration::from_secs(30));
        // Behind them is the mark that they do not count.
        if marks.unwrap().1 > records {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_away_for_longer_than_a_transaction_has_each_record_once() {
    let Some(mut broker) = own() else { return };
    let servers = broker.address();
    let words = "&transaction.timeout.ms=2000&reconnect.backoff.max.ms=500";
    let [committed, closed, taken] = ["committed", "closed", "taken"].map(|topic| {
        let sink = sink(&servers, topic, words);
        (topic, sink)
    });
    for (topic, sink) in [&committed, &closed, &taken] {
        sink.open(job(None)).await.unwrap();
        sink.commit(Sequence(0)).await.unwrap();
        sink.export(sample_records(0..100)).await.unwrap();
        sink.commit(Sequence(100)).await.unwrap();
        sink.export(sample_records(100..150)).await.unwrap();
        while read_as(&servers, topic, "read_uncommitted").len() < 150 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    broker.kill().unwrap();
    for (_, sink) in [&committed, &closed, &taken] {
        sink.export(sample_records(150..200)).await.unwrap();
    }
    let back = async move {
        tokio::time::sleep(Duration::from_millis(2500)).await;
        let back = tokio::task::spawn_blocking(move || broker.restart().map(|()| broker));
        back.await.unwrap().unwrap()
    };
    let ends = async {
        committed.1.commit(Sequence(200)).await.unwrap();
        committed.1.export(sample_records(200..210)).await.unwrap();
        committed.1.commit(Sequence(210)).await.unwrap();
    };
    let closes = async { closed.1.close().await.unwrap() };
    let takes = async {
        // Until what it has taken is known to be lost.
        for number in 200..210 {
            tokio::time::sleep(Duration::from_millis(300)).await;
            taken
                .1
                .export(sample_records(number..number + 1))
                .await
                .unwrap();
        }
        taken.1.commit(Sequence(210)).await.unwrap();
    };
    let ((), (), (), broker) = tokio::join!(ends, closes, takes, back);
    for ((topic, _), records) in [(&committed, 210), (&closed, 200), (&taken, 210)] {
        let expected: Vec<_> = (0..records).collect();
        assert_eq!(numbers(&broker.address(), topic), expected, "{topic}");
    }
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn a_transaction_that_the_broker_has_ended_begins_again() {
    let Some(broker) = shared() else { return };
    let (servers, topic) = (broker.address(), fresh());
    let sink = sink(&servers, &topic, SHORT);
    sink.open(job(None)).await.unwrap();
    sink.commit(Sequence(0)).await.unwrap();
    sink.export(sample_records(0..10)).await.unwrap();
    ended(&servers, &topic, 10).await;
    sink.export(sample_records(10..20)).await.unwrap();
    sink.commit(Sequence(20)).await.unwrap();
    sink.export(sample_records(20..30)).await.unwrap();
    sink.close().await.unwrap();
    assert_eq!(numbers(&servers, &topic), (0..30).collect::<Vec<_>>());
    let plain = crate::topic::sink(&servers, &fresh(), "");
    plain.open(no_job()).await.unwrap();
    plain.export(sample_records(0..30)).await.unwrap();
    plain.close().await.unwrap();
    assert_eq!(sink.bytes(), plain.bytes(), "each counts once");
}

/// Also when its own transaction had been open for too long before.
#[huntsman_testkit::needs_java]
#[tokio::test]
async fn a_run_whose_transaction_was_lost_takes_nothing_from_the_one_that_came_after_it() {
    let Some(broker) = shared() else { return };
    let (servers, topic) = (broker.address(), fresh());
    let zombie = sink(&servers, &topic, SHORT);
    zombie.open(job(None)).await.unwrap();
    zombie.commit(Sequence(0)).await.unwrap();
    zombie.export(sample_records(0..3)).await.unwrap();
    ended(&servers, &topic, 3).await;
    let heir = sink(&servers, &topic, "");
    heir.open(job(Some(0))).await.unwrap();
    heir.commit(Sequence(0)).await.unwrap();
    let error = zombie.commit(Sequence(3)).await.unwrap_err().to_string();
    assert!(error.contains("another run of this job"), "{error}");
    heir.export(sample_records(10..12)).await.unwrap();
    heir.commit(Sequence(2)).await.unwrap();
    heir.close().await.unwrap();
    assert_eq!(numbers(&servers, &topic), [10, 11]);
}

/// The position says so, and nothing is sent again.
#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_was_lost_is_found() {
    let Some(between) = Between::start().await else {
        return;
    };
    let (servers, topic) = (&between.address, fresh());
    let sink = sink(servers, &topic, SHORT);
    sink.open(job(None)).await.unwrap();
    sink.commit(Sequence(0)).await.unwrap();
    sink.export(sample_records(0..10)).await.unwrap();
    // Longer than a transaction may be open.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    between.fences.store(true, Ordering::SeqCst);
    sink.commit(Sequence(10)).await.unwrap();
    assert!(!between.fences.load(Ordering::SeqCst));
    sink.export(sample_records(10..20)).await.unwrap();
    sink.commit(Sequence(20)).await.unwrap();
    for isolation in ["read_committed", "read_uncommitted"] {
        let read = read_as(servers, &topic, isolation);
        let numbers: Vec<_> = read.iter().map(number).collect();
        assert_eq!(numbers, (0..20).collect::<Vec<_>>(), "{isolation}");
    }
}
