//! Faults that librdkafka's own mock makes.

use huntsman_core::{Export, ExportError, Sequence};
use huntsman_testkit::sample_records;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr as Code};
use tokio::task::JoinSet;

use crate::topic::{feed, job, no_job, numbers};

fn mock() -> MockCluster<'static, DefaultProducerContext> {
    let mock = MockCluster::new(1).unwrap();
    mock.create_topic("t", 1, 1).unwrap();
    mock
}

/// What a broker may say of a batch, and takes it later.
#[tokio::test]
async fn what_can_be_tried_again_is() {
    for error in [
        Code::RD_KAFKA_RESP_ERR_INVALID_MSG,
        Code::RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR,
        Code::RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
        Code::RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
        Code::RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
        Code::RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
        Code::RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
        Code::RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
        Code::RD_KAFKA_RESP_ERR__TRANSPORT,
    ] {
        let mock = mock();
        let servers = mock.bootstrap_servers();
        // In one batch: the mock takes the second of two that had errors first, as no broker does.
        let sink = feed(&format!("kafka://{servers}/t?linger=200ms")).unwrap();
        sink.open(no_job()).await.unwrap();
        mock.request_errors(RDKafkaApiKey::Produce, &[error, error]);
        sink.export(sample_records(0..20)).await.unwrap();
        let closed = sink.close().await;
        closed.unwrap_or_else(|failed| panic!("{error:?}: {failed}"));
        let expected: Vec<_> = (0..20).collect();
        assert_eq!(numbers(&servers, "t"), expected, "{error:?}");
    }
}

/// And of each request of a transaction. All at once: librdkafka takes its time before it asks again.
#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn what_can_be_tried_again_of_a_transaction_is() {
    let coordinator = [
        Code::RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
        Code::RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE,
        Code::RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
        Code::RD_KAFKA_RESP_ERR__TRANSPORT,
    ];
    let concurrent = Some(Code::RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS);
    let (mut mocks, mut all) = (Vec::new(), JoinSet::new());
    for (request, further) in [
        (RDKafkaApiKey::InitProducerId, None),
        (RDKafkaApiKey::AddPartitionsToTxn, concurrent),
        (RDKafkaApiKey::AddOffsetsToTxn, concurrent),
        (RDKafkaApiKey::TxnOffsetCommit, None),
        (RDKafkaApiKey::EndTxn, None),
    ] {
        for error in coordinator.into_iter().chain(further) {
            let mock = mock();
            mock.request_errors(request, &[error, error]);
            let told = format!("{request:?}, {error:?}");
            all.spawn(one_transaction(mock.bootstrap_servers(), told));
            mocks.push(mock);
        }
    }
    let done = all.join_all().await;
    assert_eq!(done.len(), 22);
    let expected: Vec<_> = (0..20).collect();
    for (told, done) in done {
        assert_eq!(done, Ok(expected.clone()), "{told}");
    }
}

/// What a topic has after it.
async fn one_transaction(servers: String, told: String) -> (String, Result<Vec<u64>, String>) {
    let sink = feed(&format!("kafka://{servers}/t")).unwrap();
    let done = async {
        sink.open(job(None)).await?;
        sink.commit(Sequence(0)).await?;
        sink.export(sample_records(0..20)).await?;
        sink.commit(Sequence(20)).await?;
        sink.close().await
    };
    let done: Result<(), ExportError> = done.await;
    let read = done.map(|()| numbers(&servers, "t"));
    (told, read.map_err(|failed| failed.to_string()))
}

/// Brokers that have no transactions, or only some of their requests, are told apart before the first
/// request: a job begins with a transaction of its position.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_broker_without_transactions_is_told_with_both_ways_out() {
    let (mut mocks, mut all) = (Vec::new(), JoinSet::new());
    for missing in [
        RDKafkaApiKey::InitProducerId,
        RDKafkaApiKey::AddOffsetsToTxn,
        RDKafkaApiKey::TxnOffsetCommit,
        RDKafkaApiKey::EndTxn,
    ] {
        let mock = mock();
        mock.apiversion(missing, None, None).unwrap();
        all.spawn(one_transaction(
            mock.bootstrap_servers(),
            format!("{missing:?}"),
        ));
        mocks.push(mock);
    }
    for (missing, done) in all.join_all().await {
        let error = done.unwrap_err();
        let ways = "add guarantee=at_least_once, or use one that has them";
        assert!(
            error.contains("the broker has no transactions") && error.contains(ways),
            "{missing}: {error}"
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
    for (error, part) in [
        (
            Code::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
            "Message size too large",
        ),
        (
            Code::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
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
