//! Registries that are away, slow, or none.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use huntsman_core::{Export, Sequence};
use huntsman_kafka::read::{Decoder, ReadError, Source};
use huntsman_testkit::sample_records;

use crate::forms::two_types;
use crate::front::{Does, Front, Served};
use crate::python::{everything, records, values};
use crate::topic::{feed, fresh, job, no_job, read, shared};

const BUSY: Does = Does::Answers(503, r#"{"error_code":50003,"message":"no master"}"#);

/// Who crawls needs its registry at the start alone.
#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_goes_away_disturbs_no_crawl() {
    let Some(broker) = shared() else { return };
    let (servers, registry) = (broker.address(), Served::start().await);
    let is_away = Arc::new(AtomicBool::new(false));
    let away = Arc::clone(&is_away);
    let front = Front::of(&registry, move |_, _| match away.load(Ordering::SeqCst) {
        true => BUSY,
        false => Does::Passes,
    });
    let front = front.await;
    for opening in [no_job(), job(None)] {
        is_away.store(false, Ordering::SeqCst);
        let topic = fresh();
        let words = format!("create=true&partitions=1&registry={}", front.url);
        let sink = feed(&format!("kafka://{servers}/{topic}?{words}")).unwrap();
        sink.open(opening).await.unwrap();
        is_away.store(true, Ordering::SeqCst);
        let asked = front.asked().len();
        sink.commit(Sequence(0)).await.unwrap();
        sink.export(sample_records(0..20)).await.unwrap();
        sink.commit(Sequence(20)).await.unwrap();
        sink.export(sample_records(20..30)).await.unwrap();
        sink.close().await.unwrap();
        assert_eq!(read(&servers, &topic).len(), 30);
        assert_eq!(front.asked().len(), asked);
    }
}

#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn what_passes_is_waited_for_before_the_first_item() {
    let Some(broker) = shared() else { return };
    let (servers, registry, topic) = (broker.address(), Served::start().await, fresh());
    let front = Front::of(&registry, |_, before| match before {
        0 => BUSY,
        1 => Does::Sleeps,
        _ => Does::Passes,
    });
    let front = front.await;
    let words = format!(
        "create=true&registry={}&registry.request.timeout.ms=500",
        front.url
    );
    let sink = feed(&format!("kafka://{servers}/{topic}?{words}")).unwrap();
    sink.open(no_job()).await.unwrap();
    sink.close().await.unwrap();
    assert_eq!(front.asked().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_pass_is_told_before_the_first_item() {
    let registry = Served::start().await;
    for (does, part) in [
        (BUSY, "no master"),
        (Does::Sleeps, "no answer in time"),
        (
            Does::Answers(200, "<html>a portal</html>"),
            "no answer of a schema registry",
        ),
        (
            Does::Answers(200, r#"{"id":"x"}"#),
            "no answer of a schema registry",
        ),
    ] {
        let front = Front::of(&registry, move |_, _| does.clone()).await;
        let words = "registry.max.retries=0&registry.request.timeout.ms=300";
        // No broker is asked by then.
        let address = format!("kafka://127.0.0.1:9/t?registry={}&{words}", front.url);
        let opened = feed(&address).unwrap().open(no_job()).await;
        let error = opened.unwrap_err().to_string();
        let start = "cannot write kafka://127.0.0.1:9/t: the schema of its value: ";
        assert!(error.starts_with(start) && error.contains(part), "{error}");
        assert!(!error.contains('\n'), "{error}");
    }
}

/// Five items of each of two types, whose schemas are registered in their order.
async fn registered(servers: &str, registry: &Served) -> String {
    two_types(
        servers,
        &format!("subject=record&registry={}", registry.url),
    )
    .await
}

fn reading(servers: &str, topic: &str, front: &Front) -> Source {
    let words = format!(
        "from=beginning&until=end&registry={}&registry.max.retries=0&registry.request.timeout.ms=300",
        front.url
    );
    Source::read(&format!("kafka://{servers}/{topic}?{words}")).unwrap()
}

#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn who_reads_waits_for_a_registry_that_goes_away() {
    let Some(broker) = shared() else { return };
    let (servers, registry) = (broker.address(), Served::start().await);
    let topic = registered(&servers, &registry).await;
    let front = Front::of(&registry, |line, before| {
        match (line.contains("/schemas/ids/2"), before) {
            (true, 0 | 2) => BUSY,
            (true, 1) => Does::Sleeps,
            _ => Does::Passes,
        }
    });
    let front = front.await;
    let source = reading(&servers, &topic, &front);
    let mut decoder = Decoder::open(&source).await.unwrap();
    let read = values(&mut decoder, &records(&source).await).await;
    let numbers: Vec<_> = read[..5].iter().map(|item| &item["number"]).collect();
    assert_eq!(numbers, [0, 1, 2, 3, 4]);
    assert_eq!(read[5..], (5..10).map(everything).collect::<Vec<_>>());
    // Two schemas, and three times in vain.
    assert_eq!(front.asked().len(), 5, "{:?}", front.asked());
}

#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn who_reads_is_told_of_a_registry_that_never_was_there() {
    let Some(broker) = shared() else { return };
    let (servers, registry) = (broker.address(), Served::start().await);
    let topic = registered(&servers, &registry).await;
    for (does, part) in [
        (BUSY, "no master"),
        (
            Does::Answers(200, "<html>"),
            "no answer of a schema registry",
        ),
        (Does::Answers(401, "who?"), "these credentials"),
    ] {
        let front = Front::of(&registry, move |_, _| does.clone()).await;
        let source = reading(&servers, &topic, &front);
        let mut decoder = Decoder::open(&source).await.unwrap();
        let record = records(&source).await.swap_remove(0);
        let mut out = Vec::new();
        let error = decoder.value(&record, &mut out).await.unwrap_err();
        assert!(matches!(error, ReadError::Registry { .. }), "{error:?}");
        assert!(error.to_string().contains(part), "{error}");
        assert_eq!((front.asked().len(), out.len()), (1, 0));
    }
}
