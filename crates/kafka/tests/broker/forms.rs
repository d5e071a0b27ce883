//! Values without a registry: plain Avro and single objects by their schemas, and JSON.

use std::fs;

use huntsman_core::{Export, Item};
use huntsman_kafka::read::{Decoder, ReadError, Source};
use huntsman_testkit::{Sample, sample_records};
use serde_json::Value;

use crate::python::{everything, records, values, write_all};
use crate::read::send;
use crate::topic::{feed, fresh, no_job, shared};

const EVERYTHING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/broker/everything.avsc");

/// Five samples in a new topic, then five items of every type.
pub(crate) async fn two_types(servers: &str, words: &str) -> String {
    let topic = fresh();
    let address = format!("kafka://{servers}/{topic}?create=true&partitions=1&{words}");
    let sink = feed(&address).unwrap();
    sink.open(no_job()).await.unwrap();
    sink.export(sample_records(0..5)).await.unwrap();
    sink.close().await.unwrap();
    let items: Vec<_> = (5..10).map(everything).collect();
    write_all(&address, &items).await;
    topic
}

async fn written(servers: &str, form: &str) -> String {
    two_types(servers, &format!("value={form}")).await
}

/// What each record is, or what is wrong with it.
async fn told(source: &Source) -> Vec<Result<Value, String>> {
    let mut decoder = Decoder::open(source).await.unwrap();
    let mut told = Vec::new();
    for record in records(source).await {
        let mut json = Vec::new();
        told.push(match decoder.value(&record, &mut json).await {
            Ok(id) => {
                assert_eq!(id, None);
                Ok(serde_json::from_slice(&json).unwrap())
            }
            Err(ReadError::Record(error)) => {
                assert_eq!((error.offset, json.len()), (record.offset, 0));
                Err(error.to_string())
            }
            Err(error) => panic!("{error}"),
        });
    }
    told
}

fn source(servers: &str, topic: &str, words: &str) -> Source {
    let address = format!("kafka://{servers}/{topic}?from=beginning&until=end&{words}");
    Source::read(&address).unwrap()
}

#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn single_objects_are_read_by_the_schemas_that_are_given() {
    let Some(broker) = shared() else { return };
    let (servers, folder) = (broker.address(), tempfile::tempdir().unwrap());
    let topic = written(&servers, "single-object").await;
    let sample = folder.path().join("sample.avsc");
    let schema = huntsman_contract::avro_schema(Sample::schemas()[0]).unwrap();
    fs::write(&sample, schema.text()).unwrap();
    let both = format!(
        "value=single-object&schema_file={},{EVERYTHING}",
        sample.display()
    );
    let both = source(&servers, &topic, &both);
    let mut decoder = Decoder::open(&both).await.unwrap();
    let read = values(&mut decoder, &records(&both).await).await;
    let numbers: Vec<_> = read[..5].iter().map(|item| &item["number"]).collect();
    assert_eq!(numbers, [0, 1, 2, 3, 4]);
    assert_eq!(read[5..], (5..10).map(everything).collect::<Vec<_>>());
    // Of a type whose schema is not given, each record is told, and the others are read.
    let one = source(
        &servers,
        &topic,
        &format!("value=single-object&schema_file={EVERYTHING}"),
    );
    let told = told(&one).await;
    for (offset, said) in told[..5].iter().enumerate() {
        let error = said.as_ref().unwrap_err();
        let start = format!("partition 0, offset {offset}: ");
        assert!(
            error.starts_with(&start) && error.contains("fingerprint"),
            "{error}"
        );
    }
    assert!(told[5..].iter().all(Result::is_ok));
}

#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn plain_avro_is_read_by_its_schema() {
    let Some(broker) = shared() else { return };
    let servers = broker.address();
    let topic = fresh();
    let address = format!("kafka://{servers}/{topic}?create=true&partitions=1&value=avro");
    let items: Vec<_> = (0..50).map(everything).collect();
    write_all(&address, &items).await;
    // A datum that ends too soon, one with more behind it, and a tombstone's opposite: nothing at all.
    let whole = records(&source(&servers, &topic, "value=bytes")).await;
    let datum = whole[7].value.clone().unwrap();
    let more = [&datum[..], b"more"].concat();
    let half = datum[..datum.len() / 2].to_vec();
    send(
        &servers,
        &topic,
        [half, more, Vec::new(), datum].map(|value| (0, value)),
    )
    .await;
    let words = format!("value=avro&schema_file={EVERYTHING}");
    let told = told(&source(&servers, &topic, &words)).await;
    assert_eq!(told.len(), 54);
    for (number, said) in told[..50].iter().enumerate() {
        assert_eq!(said.as_ref(), Ok(&items[number]));
    }
    for (offset, said) in told.iter().enumerate().take(53).skip(50) {
        let error = said.as_ref().unwrap_err();
        assert!(
            error.starts_with(&format!("partition 0, offset {offset}: ")),
            "{error}"
        );
        assert!(!error.contains('\n'), "{error}");
    }
    assert_eq!(told[53].as_ref(), Ok(&items[7]));
}

#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn json_is_read_as_it_is() {
    let Some(broker) = shared() else { return };
    let servers = broker.address();
    let topic = written(&servers, "json").await;
    for words in ["", "value=json"] {
        let told = told(&source(&servers, &topic, words)).await;
        let numbers: Vec<_> = told[..5]
            .iter()
            .map(|said| said.as_ref().unwrap()["number"].as_u64())
            .collect();
        assert_eq!(numbers, [0, 1, 2, 3, 4].map(Some));
        for (number, said) in (5..10).zip(&told[5..]) {
            assert_eq!(said.as_ref().unwrap()["text"], everything(number)["text"]);
        }
    }
}

#[tokio::test]
async fn a_schema_file_that_is_none_is_told_at_once() {
    let this = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/broker/forms.rs");
    for (file, part) in [("/no/such.avsc", "No such file"), (this, "expected value")] {
        let words = format!("kafka://h/t?value=avro&schema_file={file}");
        let error = Decoder::open(&Source::read(&words).unwrap())
            .await
            .unwrap_err();
        assert!(matches!(error, ReadError::Place(_)), "{error:?}");
        let text = error.to_string();
        assert!(
            text.contains(&format!("schema_file={file}: ")) && text.contains(part),
            "{text}"
        );
    }
}
