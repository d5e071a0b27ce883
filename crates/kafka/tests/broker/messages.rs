//! What a record becomes.

use std::sync::Arc;

use huntsman_avro::{AvroSchema, SingleObject};
use huntsman_core::{
    Export, ExportError, Item as _, Opening, Record, Rejected, Timestamp, Violation,
};
use huntsman_testkit::{Sample, sample_records};

use crate::topic::{fresh, no_job, read, shared, sink};

async fn deliver(sink: &impl Export, records: Vec<Record>) -> Result<(), ExportError> {
    sink.open(no_job()).await?;
    sink.export(records).await?;
    sink.close().await
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn values_keys_and_headers_are_those_of_the_item() {
    let Some(broker) = shared() else { return };
    let topic = fresh();
    let sink = sink(&broker.address(), &topic, "&key=note");
    deliver(&sink, sample_records(0..2)).await.unwrap();
    let got = read(&broker.address(), &topic);
    assert_eq!(got.len(), 2);
    assert_eq!(got[0].key, None, "a null is no key");
    assert_eq!(got[1].key.as_deref(), Some(&b"note 1"[..]));
    let expected = serde_json::to_vec(&Sample::numbered(1)).unwrap();
    assert_eq!(got[1].value, Some(expected));
    let record = &sample_records(1..2)[0];
    assert_eq!(got[1].header("huntsman.record_id"), record.id.to_string());
    assert_eq!(
        got[1].header("huntsman.fingerprint"),
        record.id.request.to_string()
    );
    assert_eq!(got[1].header("huntsman.url"), "http://sample.example/1");
    assert_eq!(got[1].header("huntsman.spider"), "spider");
    assert_eq!(
        got[1].header("huntsman.crawl_time"),
        "2023-11-14T22:13:20.000Z"
    );
    assert_eq!(got[1].header("huntsman.schema"), "Sample");
    assert_eq!(got[1].headers.len(), 6);
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn headers_are_those_that_were_asked_for() {
    let Some(broker) = shared() else { return };
    let url = ("huntsman.url", "http://sample.example/1");
    let spider = ("huntsman.spider", "spider");
    for (words, expected) in [
        ("&headers=url,spider", &[spider, url][..]),
        ("&headers=none", &[]),
    ] {
        let topic = fresh();
        let sink = sink(&broker.address(), &topic, words);
        deliver(&sink, sample_records(1..2)).await.unwrap();
        let got = read(&broker.address(), &topic).remove(0).headers;
        let got = got
            .iter()
            .map(|(name, value)| (name.as_str(), std::str::from_utf8(value).unwrap()));
        assert_eq!(got.collect::<Vec<_>>(), expected, "{words}");
    }
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn keys_and_tombstones_may_be_expressions() {
    let Some(broker) = shared() else { return };
    let topic = fresh();
    let words = "&key='n-' + string(this.number)&tombstone=this.number == 3";
    let sink = sink(&broker.address(), &topic, words);
    deliver(&sink, sample_records(2..4)).await.unwrap();
    let got = read(&broker.address(), &topic);
    let keys: Vec<_> = got.iter().map(|read| read.key.as_deref()).collect();
    assert_eq!(keys, [Some(&b"n-2"[..]), Some(&b"n-3"[..])]);
    assert!(got[0].value.is_some() && got[1].value.is_none());
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn gone_items_are_tombstones() {
    let Some(broker) = shared() else { return };
    let topic = fresh();
    let sink = sink(
        &broker.address(),
        &topic,
        "&key=number&tombstone=is_new&headers=none",
    );
    deliver(&sink, sample_records(2..4)).await.unwrap();
    let got = read(&broker.address(), &topic);
    assert_eq!(got[0].key.as_deref(), Some(&b"2"[..]));
    assert!(got[0].value.is_some() && got[0].headers.is_empty());
    assert_eq!(
        (got[1].key.as_deref(), got[1].value.as_ref()),
        (Some(&b"3"[..]), None)
    );
}

/// Known answers: the partitions that Java's `Utils.murmur2` gives.
#[huntsman_testkit::needs_java]
#[tokio::test]
async fn keys_go_where_those_of_java_go() {
    let Some(broker) = shared() else { return };
    let topic = fresh();
    let address = format!(
        "kafka://{}/{topic}?create=true&partitions=7&key=text&headers=none",
        broker.address()
    );
    let sink = crate::topic::feed(&address).unwrap();
    let keys: [&[u8]; 4] = [b"21", b"foobar", b"a-little-bit-long-string", b"abc"];
    let hashes: [i32; 4] = [-973_932_308, -790_332_482, -985_981_536, 479_470_107];
    let mut records = sample_records(0..4);
    for (record, key) in records.iter_mut().zip(keys) {
        let text = String::from_utf8(key.to_vec()).unwrap();
        record.item = Arc::new(Sample {
            text,
            ..Sample::numbered(0)
        });
    }
    deliver(&sink, records).await.unwrap();
    let got = read(&broker.address(), &topic);
    for (key, hash) in keys.into_iter().zip(hashes) {
        let found = got
            .iter()
            .find(|read| read.key.as_deref() == Some(key))
            .unwrap();
        assert_eq!(
            found.partition,
            (hash & i32::MAX) % 7,
            "{}",
            String::from_utf8_lossy(key)
        );
    }
}

fn schema() -> AvroSchema {
    huntsman_contract::avro_schema(Sample::schemas()[0]).unwrap()
}

fn text(schema: &AvroSchema, datum: &[u8]) -> String {
    schema.view(&schema.decode(datum).unwrap()).to_string()
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn avro_is_a_datum_or_a_single_object() {
    let Some(broker) = shared() else { return };
    let (plain, single) = (fresh(), fresh());
    for (topic, words) in [
        (&plain, "&value=avro"),
        (&single, "&value=single-object&compression=zstd"),
    ] {
        deliver(&sink(&broker.address(), topic, words), sample_records(5..6))
            .await
            .unwrap();
    }
    let value = |topic: &str| read(&broker.address(), topic).remove(0).value.unwrap();
    let schema = schema();
    let datum = value(&plain);
    assert!(text(&schema, &datum).starts_with(r#"{"number":5,"#));
    let object = value(&single);
    let read = SingleObject::new(&schema).decode(&object).unwrap();
    assert_eq!(schema.view(&read).to_string(), text(&schema, &datum));
}

/// At the limit, what is refused is what cannot be sent: to the byte.
#[huntsman_testkit::needs_java]
#[tokio::test]
async fn what_is_refused_is_what_cannot_be_sent() {
    let Some(broker) = shared() else { return };
    for headers in ["all", "none"] {
        let words = format!("&headers={headers}&message.max.bytes=20000&key=number");
        let picky = sink(&broker.address(), &fresh(), &words);
        picky.open(no_job()).await.unwrap();
        let long = |text: usize| {
            let mut record = sample_records(0..1).remove(0);
            record.item = Arc::new(Sample {
                text: "x".repeat(text),
                ..Sample::numbered(0)
            });
            record
        };
        let most = (15_000..20_000).rfind(|text| picky.refuses(&long(*text)).is_none());
        let most = most.unwrap();
        picky.export(vec![long(most)]).await.unwrap();
        let error = picky.export(vec![long(most + 1)]).await.unwrap_err();
        assert!(error.to_string().contains("it is 20001 bytes"), "{error}");
    }
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn a_tombstone_without_a_key_is_refused() {
    let Some(broker) = shared() else { return };
    let words = "&key=note&tombstone=this.number > 5";
    let picky = sink(&broker.address(), &fresh(), words);
    picky.open(no_job()).await.unwrap();
    let mut records = sample_records(5..7);
    for record in &mut records {
        let item = record.item.as_any().downcast_ref::<Sample>().unwrap();
        record.item = Arc::new(Sample {
            note: None,
            ..item.clone()
        });
    }
    assert!(picky.refuses(&records[0]).is_none());
    let refused = picky.refuses(&records[1]).unwrap();
    assert_eq!(refused.rule, "serialization");
    assert_eq!(refused.message, "it is a tombstone without a key");
    picky.close().await.unwrap();
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn an_item_that_is_too_large_is_a_dead_letter_or_refused() {
    let Some(broker) = shared() else { return };
    let (topic, dead) = (fresh(), fresh());
    let mut records = sample_records(0..3);
    let text = "x".repeat(1_100_000);
    records[1].item = Arc::new(Sample {
        text,
        ..Sample::numbered(1)
    });
    let words = format!("&dead_letters={dead}&key=number&headers=none");
    let lettered = sink(&broker.address(), &topic, &words);
    deliver(&lettered, records.clone()).await.unwrap();
    assert_eq!(lettered.skipped(), 1);
    assert_eq!(crate::topic::numbers(&broker.address(), &topic), [0, 2]);
    let letter = read(&broker.address(), &dead).remove(0);
    assert_eq!(
        (crate::topic::number(&letter), letter.key.as_deref()),
        (1, Some(&b"1"[..]))
    );
    assert_eq!(letter.header("huntsman.topic"), topic);
    assert_eq!(letter.header("huntsman.url"), "http://sample.example/1");
    assert_eq!(letter.header("huntsman.rules"), "max.message.bytes");
    // A dead letter is no smaller, and its topic takes no more.
    assert_eq!(letter.json()["text"], "x".repeat(10_000));
    let whole = serde_json::to_vec(records[1].item.as_any().downcast_ref::<Sample>().unwrap());
    let whole = whole.unwrap().len().to_string();
    assert_eq!(letter.header("huntsman.truncated"), whole);
    assert!(
        letter
            .header("huntsman.error")
            .contains("takes 1048588 (max.message.bytes)")
    );

    let taking = sink(&broker.address(), &fresh(), &words);
    taking.open(no_job()).await.unwrap();
    assert!(taking.refuses(&records[1]).is_none(), "it is a dead letter");
    taking.close().await.unwrap();
    let picky = sink(&broker.address(), &fresh(), "");
    assert!(picky.refuses(&records[1]).is_none(), "it is not open");
    picky.open(no_job()).await.unwrap();
    assert!(picky.refuses(&records[0]).is_none());
    let refused = picky.refuses(&records[1]).unwrap();
    assert_eq!(
        (refused.rule.as_str(), refused.path.as_str()),
        ("max.message.bytes", "")
    );
    assert!(refused.message.contains("takes 1048588"), "{refused}");
    picky.close().await.unwrap();
    // It comes all the same.
    let error = deliver(&sink(&broker.address(), &topic, ""), records)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("http://sample.example/1") && error.contains("max.message.bytes"),
        "{error}"
    );
}

/// Such a record would end this run, and each one after it.
#[huntsman_testkit::needs_java]
#[tokio::test]
async fn a_rejected_item_that_is_too_large_is_shortened() {
    let Some(broker) = shared() else { return };
    let (topic, avro) = (fresh(), fresh());
    let item = Sample {
        text: "x".repeat(1_100_000),
        ..Sample::numbered(1)
    };
    let violation = Violation {
        path: "text".to_owned(),
        rule: "maxLength".to_owned(),
        message: "it is long".repeat(1000),
        value: "x".repeat(1_100_000),
    };
    let mut record = sample_records(1..2).remove(0);
    record.item = Arc::new(Rejected {
        kind: "Sample".to_owned(),
        item: serde_json::to_value(&item).unwrap(),
        violations: vec![violation],
        spider: "spider".to_owned(),
        url: record.url.to_string(),
        request: record.id.request.to_string(),
        time: 0,
        schema: String::new(),
    });
    for (topic, words) in [(&topic, "&headers=none"), (&avro, "&value=avro")] {
        let sink = sink(&broker.address(), topic, words);
        let opening = Opening::new(Rejected::schemas()).of("spider", Timestamp(0));
        sink.open(opening).await.unwrap();
        sink.export(vec![record.clone()]).await.unwrap();
        sink.close().await.unwrap();
    }
    let whole = serde_json::to_string(&item).unwrap().len().to_string();
    let letter = read(&broker.address(), &topic).remove(0);
    assert_eq!(letter.json()["text"], "x".repeat(10_000));
    assert_eq!(letter.header("huntsman.truncated"), whole);
    assert_eq!(letter.header("huntsman.rules"), "text:maxLength");
    assert_eq!(letter.header("huntsman.url"), "http://sample.example/1");
    let error = letter.header("huntsman.error");
    assert!(error.starts_with("text: it is long") && error.len() == 1000);
    let letter = read(&broker.address(), &avro).remove(0);
    assert_eq!(letter.header("huntsman.truncated"), whole);
    let schema = huntsman_contract::avro_schema(Rejected::schemas()[0]).unwrap();
    let text = text(&schema, &letter.value.unwrap());
    assert!(
        text.contains("maxLength") && text.len() < 20_000,
        "{}",
        text.len()
    );
}
