//! The broker goes away and comes back, or does not.

use std::time::Duration;

use huntsman_core::{Export, Sequence};
use huntsman_testkit::sample_records;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer as _};

use crate::topic::{job, no_job, numbers, own, read_as, shared, sink};

#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_killed_and_restarted_has_each_record_once() {
    let Some(mut broker) = own() else { return };
    let servers = broker.address();
    let once = sink(&servers, "once", "");
    let idempotent = sink(&servers, "idempotent", "");
    once.open(job(None)).await.unwrap();
    once.commit(Sequence(0)).await.unwrap();
    idempotent.open(no_job()).await.unwrap();
    for sink in [&once as &dyn Export, &idempotent] {
        sink.export(sample_records(0..100)).await.unwrap();
    }
    once.commit(Sequence(100)).await.unwrap();
    broker.kill().unwrap();
    for sink in [&once as &dyn Export, &idempotent] {
        sink.export(sample_records(100..200)).await.unwrap();
    }
    // The commit waits for the broker, which comes back meanwhile.
    let back = tokio::task::spawn_blocking(move || broker.restart().map(|()| broker));
    once.commit(Sequence(200)).await.unwrap();
    let broker = back.await.unwrap().unwrap();
    once.export(sample_records(200..201)).await.unwrap();
    once.close().await.unwrap();
    idempotent.close().await.unwrap();
    assert_eq!(
        numbers(&broker.address(), "once"),
        (0..201).collect::<Vec<_>>()
    );
    assert_eq!(
        numbers(&broker.address(), "idempotent"),
        (0..200).collect::<Vec<_>>()
    );
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn what_is_not_confirmed_at_the_end_is_counted() {
    let Some(mut broker) = own() else { return };
    let sink = sink(&broker.address(), "gone", "&flush_timeout=1s");
    sink.open(no_job()).await.unwrap();
    broker.kill().unwrap();
    sink.export(sample_records(0..7)).await.unwrap();
    let error = sink.close().await.unwrap_err().to_string();
    assert!(
        error.contains("7 of 7 items are not confirmed after 1s (flush_timeout)"),
        "{error}"
    );
}

/// While the crawl goes on, a commit waits for brokers; once it has nothing else to do, for so long.
#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn at_the_end_brokers_that_are_away_are_waited_for_as_long_as_was_said() {
    let Some(mut broker) = own() else { return };
    let servers = broker.address();
    let sinks = ["", "&guarantee=at_least_once"].map(|words| {
        let topic = format!("end{}", words.len());
        sink(&servers, &topic, &format!("&flush_timeout=1s{words}"))
    });
    for sink in &sinks {
        sink.open(job(None)).await.unwrap();
        sink.commit(Sequence(0)).await.unwrap();
    }
    broker.kill().unwrap();
    for sink in &sinks {
        sink.export(sample_records(0..7)).await.unwrap();
        let commit = sink.commit(Sequence(7));
        tokio::pin!(commit);
        let early = tokio::time::timeout(Duration::from_secs(3), &mut commit).await;
        assert!(early.is_err(), "{early:?}");
        sink.ending();
        let ended = tokio::time::timeout(Duration::from_secs(60), commit).await;
        let error = ended.expect("it waits no longer").unwrap_err().to_string();
        let told = "7 of 7 items are not confirmed after 1s (flush_timeout): ";
        assert!(error.contains(told) && error.contains("refused"), "{error}");
    }
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn readers_of_committed_records_do_not_see_those_of_a_crawl_that_was_abandoned() {
    let Some(broker) = shared() else { return };
    let (servers, topic) = (broker.address(), crate::topic::fresh());
    let sink = sink(&servers, &topic, "");
    sink.open(job(None)).await.unwrap();
    sink.commit(Sequence(0)).await.unwrap();
    sink.export(sample_records(0..3)).await.unwrap();
    sink.commit(Sequence(3)).await.unwrap();
    // Some reach the broker before the end, and some are under way to it then.
    sink.export(sample_records(3..100)).await.unwrap();
    while read_as(&servers, &topic, "read_uncommitted").len() <= 3 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    sink.export(sample_records(100..200)).await.unwrap();
    sink.abandon().await;
    // Nobody waits for the end of what nobody will see.
    let [stable, end] = ["read_committed", "read_uncommitted"].map(|isolation| {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &servers);
        let reader: BaseConsumer = config.set("isolation.level", isolation).create().unwrap();
        let marks = reader.fetch_watermarks(&topic, 0, Duration::from_secs(30));
        marks.unwrap().1
    });
    assert_eq!(stable, end);
    assert_eq!(numbers(&servers, &topic), [0, 1, 2]);
}

/// A sink that must wait for room in the queue loses nothing.
#[huntsman_testkit::needs_java]
#[tokio::test]
async fn a_full_queue_is_waited_for() {
    let Some(broker) = shared() else { return };
    let (servers, topic) = (broker.address(), crate::topic::fresh());
    let sink = sink(&servers, &topic, "&queue.buffering.max.messages=10");
    sink.open(no_job()).await.unwrap();
    sink.export(sample_records(0..500)).await.unwrap();
    sink.close().await.unwrap();
    assert_eq!(numbers(&servers, &topic), (0..500).collect::<Vec<_>>());
}

/// The crawl ends, and says why.
#[huntsman_testkit::needs_java]
#[tokio::test]
async fn a_topic_that_is_deleted_while_crawling_is_told() {
    let Some(broker) = shared() else { return };
    let (servers, topic) = (broker.address(), crate::topic::fresh());
    let words = "&topic.metadata.propagation.max.ms=1000&metadata.max.age.ms=1000";
    let sink = sink(&servers, &topic, &format!("{words}&flush_timeout=20s"));
    sink.open(no_job()).await.unwrap();
    sink.export(sample_records(0..1)).await.unwrap();
    let mut tool = broker.java("org.apache.kafka.tools.TopicCommand");
    tool.args([
        "--bootstrap-server",
        &servers,
        "--delete",
        "--topic",
        &topic,
    ]);
    huntsman_testkit::python::said(&mut tool).unwrap();
    // The error comes with one of the next batches, or at the end.
    let mut done = Ok(());
    for number in 1..60 {
        done = sink.export(sample_records(number..number + 1)).await;
        if done.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let error = match done {
        Ok(()) => sink.close().await.unwrap_err(),
        Err(error) => error,
    };
    let error = error.to_string();
    let told = format!("{topic}: the topic is not there any more");
    let of_item = "it was not delivered: the topic is not there any more";
    assert!(error.contains(&told) || error.contains(of_item), "{error}");
}
