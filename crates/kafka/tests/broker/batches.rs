//! What the words make of the batches that a broker stores, by the file that it keeps them in.

use std::sync::Arc;

use huntsman_core::{Export, Record, Sequence};
use huntsman_testkit::kafka::Kafka;
use huntsman_testkit::{Sample, sample_records};

use crate::topic::{fresh, job, no_job, numbers, shared, sink};

/// What stands at the head of a batch: its codec, and how many records it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Batch {
    codec: i16,
    records: i32,
}

/// The number at a place of a batch.
fn number<const N: usize>(batch: &[u8], at: usize) -> [u8; N] {
    batch[at..at + N].try_into().unwrap()
}

/// All batches of a topic's first partition that are not marks of transactions.
fn batches(broker: &Kafka, topic: &str) -> Vec<Batch> {
    let log = broker.log_of(topic, 0).join("00000000000000000000.log");
    let bytes = std::fs::read(log).unwrap();
    let (mut rest, mut all) = (&bytes[..], Vec::new());
    // The one that is being written may be cut off.
    while let Some(head) = rest.get(..61) {
        assert_eq!(head[16], 2, "the version of the format");
        let length = 12 + i32::from_be_bytes(number(head, 8)) as usize;
        let Some(behind) = rest.get(length..) else {
            break;
        };
        let attributes = i16::from_be_bytes(number(head, 21));
        if attributes & 0x20 == 0 {
            all.push(Batch {
                codec: attributes & 7,
                records: i32::from_be_bytes(number(head, 57)),
            });
        }
        rest = behind;
    }
    all
}

/// Items that become smaller: what does not is sent as it is, whatever the codec.
fn wordy(count: u64) -> Vec<Record> {
    let mut records = sample_records(0..count);
    for record in &mut records {
        let item = record.item.as_any().downcast_ref::<Sample>().unwrap();
        record.item = Arc::new(Sample {
            text: "again and ".repeat(100),
            ..item.clone()
        });
    }
    records
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn batches_have_the_codec_that_was_asked_for() {
    let Some(broker) = shared() else { return };
    let servers = broker.address();
    for (words, codec) in [
        ("", 0),
        ("&compression=none", 0),
        ("&compression=lz4", 3),
        ("&compression=zstd", 4),
    ] {
        let topic = fresh();
        let sink = sink(&servers, &topic, words);
        sink.open(no_job()).await.unwrap();
        for records in wordy(30).chunks(10) {
            sink.export(records.to_vec()).await.unwrap();
        }
        sink.close().await.unwrap();
        let stored = batches(broker, &topic);
        let records: i32 = stored.iter().map(|batch| batch.records).sum();
        assert_eq!(records, 30, "{words}: {stored:?}");
        let right = stored.iter().all(|batch| batch.codec == codec);
        assert!(right, "{words}: {stored:?}");
        let expected: Vec<u64> = (0..30).collect();
        assert_eq!(numbers(&servers, &topic), expected, "{words}");
    }
}

/// What does not linger is there while what came before it still waits for others.
#[huntsman_testkit::needs_java]
#[tokio::test]
async fn items_that_linger_share_a_batch() {
    let Some(broker) = shared() else { return };
    let (servers, prompt_topic, patient_topic) = (broker.address(), fresh(), fresh());
    let prompt = sink(&servers, &prompt_topic, "&linger=0s");
    let patient = sink(&servers, &patient_topic, "&linger=50s");
    prompt.open(no_job()).await.unwrap();
    // The end of a transaction sends what lingers.
    patient.open(job(None)).await.unwrap();
    patient.commit(Sequence(0)).await.unwrap();
    let alone = Batch {
        codec: 0,
        records: 1,
    };
    for (round, five) in sample_records(0..200).chunks(5).enumerate() {
        for one in five {
            patient.export(vec![one.clone()]).await.unwrap();
        }
        prompt.export(vec![five[0].clone()]).await.unwrap();
        // Without a commit, which would wait for nobody.
        while batches(broker, &prompt_topic).len() <= round {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(batches(broker, &prompt_topic), [alone; 40]);
    assert_eq!(batches(broker, &patient_topic), []);
    prompt.close().await.unwrap();
    patient.commit(Sequence(200)).await.unwrap();
    patient.close().await.unwrap();
    let stored = batches(broker, &patient_topic);
    let records: i32 = stored.iter().map(|batch| batch.records).sum();
    assert_eq!(records, 200, "{stored:?}");
    assert!(stored.len() <= 5, "{stored:?}");
}
