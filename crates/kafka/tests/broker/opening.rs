//! What is said before the first request.

use std::net::TcpListener;

use huntsman_core::Export;

use crate::topic::{feed, fresh, job, no_job, numbers, shared, sink};

/// The one line that a sink is refused with.
pub(crate) async fn refused(address: &str) -> String {
    let text = feed(address)
        .unwrap()
        .open(no_job())
        .await
        .unwrap_err()
        .to_string();
    assert!(!text.contains('\n'), "{text}");
    text
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn a_topic_that_is_missing_is_made_if_asked() {
    let Some(broker) = shared() else { return };
    let (servers, topic) = (broker.address(), fresh());
    let error = refused(&format!("kafka://{servers}/{topic}")).await;
    assert_eq!(
        error,
        format!(
            "cannot write kafka://{servers}/{topic}: there is no topic {topic}: make it, or add create=true"
        )
    );
    let error = refused(&format!(
        "kafka://{servers}/{topic}?create=true&replication=3"
    ))
    .await;
    assert!(error.contains("cannot be made"), "{error}");
    let address = format!("kafka://{servers}/{topic}?create=true&partitions=3&retention=1h");
    let sink = feed(&address).unwrap();
    sink.open(no_job()).await.unwrap();
    sink.close().await.unwrap();
    let mut tool = broker.java("org.apache.kafka.tools.TopicCommand");
    tool.args([
        "--bootstrap-server",
        &servers,
        "--describe",
        "--topic",
        &topic,
    ]);
    let described = huntsman_testkit::python::said(&mut tool).unwrap();
    assert!(described.contains("PartitionCount: 3"), "{described}");
    assert!(described.contains("retention.ms=3600000"), "{described}");
    assert_eq!(numbers(&servers, &topic), [] as [u64; 0]);
}

#[tokio::test]
async fn a_broker_that_is_not_there_is_told() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let error = refused(&format!("kafka://127.0.0.1:{port}/t")).await;
    assert!(
        error.contains("no broker can be reached in 10 s") && error.contains("refused"),
        "{error}"
    );
}

#[tokio::test]
async fn a_property_that_is_wrong_is_told() {
    for (address, part) in [
        (
            "kafka://h/t?linger.mss=1",
            "unknown property linger.mss: librdkafka has linger.ms",
        ),
        (
            "kafka://h/t?kafka.compression.type=zip",
            "has compression.type=zip: ",
        ),
    ] {
        let error = refused(address).await;
        assert!(error.contains(part), "{error}");
    }
    for (address, part) in [
        ("kafka://h/t?colour=red", "has the unknown word \"colour\""),
        (
            "kafka://h/t?transactional.id=x",
            "follows from the address and the job",
        ),
        ("kafka://h/t?create=maybe", "it is true or false"),
        (
            "kafka://h/t?sasl.mechanism=OAUTHBEARER",
            "nothing that gives a token: add sasl.oauthbearer.method=oidc",
        ),
    ] {
        let error = feed(address).err().unwrap().to_string();
        assert!(error.contains(part), "{error}");
    }
}

#[tokio::test]
async fn a_field_that_no_item_has_is_told() {
    let error = refused("kafka://h/t?key=numbr").await;
    assert!(error.contains("Sample has no field numbr"), "{error}");
    let error = refused("kafka://h/t?key=number&tombstone=text").await;
    assert!(
        error.contains("tombstone: text is not true or false"),
        "{error}"
    );
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn one_run_of_a_job_fences_the_others() {
    let Some(broker) = shared() else { return };
    let (servers, topic) = (broker.address(), fresh());
    let zombie = sink(&servers, &topic, "");
    zombie.open(job(None)).await.unwrap();
    zombie.commit(huntsman_core::Sequence(0)).await.unwrap();
    zombie
        .export(huntsman_testkit::sample_records(0..3))
        .await
        .unwrap();
    let heir = sink(&servers, &topic, "");
    heir.open(job(Some(0))).await.unwrap();
    let error = zombie
        .commit(huntsman_core::Sequence(3))
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("another run of this job"), "{error}");
    heir.export(huntsman_testkit::sample_records(10..12))
        .await
        .unwrap();
    heir.commit(huntsman_core::Sequence(2)).await.unwrap();
    heir.close().await.unwrap();
    assert_eq!(
        numbers(&servers, &topic),
        [10, 11],
        "what the zombie sent is not committed"
    );
}
