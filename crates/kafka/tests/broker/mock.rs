//! Faults that librdkafka's own mock makes.

use huntsman_core::Export;
use huntsman_testkit::sample_records;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};

use crate::topic::{feed, no_job, numbers};

fn mock() -> MockCluster<'static, DefaultProducerContext> {
    let mock = MockCluster::new(1).unwrap();
    mock.create_topic("t", 1, 1).unwrap();
    mock
}

#[tokio::test]
async fn what_can_be_tried_again_is() {
    use RDKafkaRespErr::{
        RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR,
        RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
        RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
        RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
        RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
    };
    for error in [
        RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR,
        RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
        RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
        RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
        RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
        RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
        RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
        RD_KAFKA_RESP_ERR__TRANSPORT,
    ] {
        let mock = mock();
        let servers = mock.bootstrap_servers();
        // In one batch: the mock takes the second of two that had errors first, as no broker does.
        let sink = feed(&format!("kafka://{servers}/t?linger=200ms")).unwrap();
        sink.open(no_job()).await.unwrap();
        mock.request_errors(RDKafkaApiKey::Produce, &[error, error]);
        sink.export(sample_records(0..20)).await.unwrap();
        sink.close()
            .await
            .unwrap_or_else(|failed| panic!("{error:?}: {failed}"));
        assert_eq!(
            numbers(&servers, "t"),
            (0..20).collect::<Vec<_>>(),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_leader_that_changes_is_followed() {
    let mock: MockCluster<'static, DefaultProducerContext> = MockCluster::new(3).unwrap();
    mock.create_topic("t", 1, 3).unwrap();
    let servers = mock.bootstrap_servers();
    let sink = feed(&format!("kafka://{servers}/t")).unwrap();
    sink.open(no_job()).await.unwrap();
    for leader in [1, 2, 3, 1] {
        mock.partition_leader("t", 0, Some(leader)).unwrap();
        let first = u64::try_from(leader).unwrap() * 100;
        sink.export(sample_records(first..first + 10))
            .await
            .unwrap();
    }
    sink.close().await.unwrap();
    let mut got = numbers(&servers, "t");
    got.sort_unstable();
    let first: Vec<u64> = [100, 100, 200, 300]
        .iter()
        .flat_map(|n| *n..n + 10)
        .collect();
    let mut expected = first;
    expected.sort_unstable();
    assert_eq!(got, expected);
}

#[tokio::test]
async fn what_cannot_be_is_told_with_its_item() {
    use RDKafkaRespErr::{
        RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
    };
    for (error, part) in [
        (
            RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
            "Message size too large",
        ),
        (
            RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
            "Topic authorization failed",
        ),
    ] {
        let mock = mock();
        let sink = feed(&format!("kafka://{}/t", mock.bootstrap_servers())).unwrap();
        sink.open(no_job()).await.unwrap();
        mock.request_errors(RDKafkaApiKey::Produce, &[error]);
        // The error comes with this batch or at the end.
        let done = match sink.export(sample_records(0..1)).await {
            Ok(()) => sink.close().await,
            failed => failed,
        };
        let text = done.unwrap_err().to_string();
        assert!(
            text.contains(part) && text.contains("http://sample.example/0"),
            "{text}"
        );
    }
}
