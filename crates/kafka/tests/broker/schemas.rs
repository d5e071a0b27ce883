//! Schemas that a registry in a folder agrees to.

use huntsman_core::{Export, ExportError, Item};
use huntsman_kafka::read::{Decoder, Source};
use huntsman_registry::{FolderRegistry, Level, Registering, Registry, Schema, Version, resolved};
use huntsman_testkit::{Sample, sample_records};
use tempfile::TempDir;

use crate::front::{Does, Front, Served};
use crate::opening::refused;
use crate::python::{everything, records, values, write_all};
use crate::topic::{Read, fresh, no_job, read, shared, sink};

/// A registry of its own for a test.
struct Agreed(TempDir);

impl Agreed {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn registry(&self) -> FolderRegistry {
        FolderRegistry::open(self.0.path()).unwrap()
    }

    /// The one message that a sink with these words leaves.
    async fn message(&self, topic: &str, words: &str) -> Result<Read, ExportError> {
        let servers = shared().unwrap().address();
        let folder = self.0.path().display();
        let sink = sink(&servers, topic, &format!("&registry=file:{folder}{words}"));
        sink.open(no_job()).await?;
        sink.export(sample_records(5..6)).await?;
        sink.close().await?;
        Ok(read(&servers, topic).remove(0))
    }
}

fn own() -> Schema {
    let schema = huntsman_contract::avro_schema(Sample::schemas()[0]).unwrap();
    Schema::avro(schema.text())
}

async fn number(registry: &FolderRegistry, schema: &Schema, datum: &[u8]) -> String {
    let schema = resolved(registry, schema).await.unwrap();
    schema.view(&schema.decode(datum).unwrap()).to_string()
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn values_and_keys_have_subjects_of_their_own() {
    if shared().is_none() {
        return;
    }
    let (agreed, topic) = (Agreed::new(), fresh());
    let message = agreed
        .message(&topic, "&key=number&key_as=avro")
        .await
        .unwrap();
    let registry = agreed.registry();
    for (part, bytes, expected) in [
        ("key", message.key.unwrap(), "5"),
        ("value", message.value.unwrap(), r#"{"number":5,"#),
    ] {
        let subject = format!("{topic}-{part}");
        let found = registry
            .version(&subject, Version::Latest, false)
            .await
            .unwrap();
        assert_eq!(bytes[0], 0);
        assert_eq!(bytes[1..5], found.id.to_be_bytes());
        let text = number(&registry, &found.schema, &bytes[5..]).await;
        assert!(text.starts_with(expected), "{text}");
    }
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn subjects_follow_the_strategy() {
    if shared().is_none() {
        return;
    }
    let agreed = Agreed::new();
    let topic = fresh();
    for strategy in ["record", "topic-record", "associated"] {
        let words = format!("&subject={strategy}");
        agreed.message(&topic, &words).await.unwrap();
    }
    let mut subjects = agreed
        .registry()
        .subjects(Default::default())
        .await
        .unwrap();
    subjects.sort();
    let mut expected = [
        "Sample".to_owned(),
        format!("{topic}-Sample"),
        format!("{topic}-value"),
    ];
    expected.sort();
    assert_eq!(subjects, expected);
}

/// Text has no name that a subject could have: its key is named by the topic, unless it is said.
#[huntsman_testkit::needs_java]
#[tokio::test]
async fn keys_have_subjects_of_their_own() {
    if shared().is_none() {
        return;
    }
    let (agreed, topic) = (Agreed::new(), fresh());
    let words = "&key=note&key_as=avro&subject=topic-record";
    let nameless = format!("{words}&key_subject=record");
    let error = agreed.message(&topic, &nameless).await.unwrap_err();
    let error = error.to_string();
    assert!(error.contains("has a schema without a name"), "{error}");
    let registry = agreed.registry();
    let none: [&str; 0] = [];
    assert_eq!(registry.subjects(Default::default()).await.unwrap(), none);
    agreed.message(&topic, words).await.unwrap();
    let mut subjects = registry.subjects(Default::default()).await.unwrap();
    subjects.sort();
    assert_eq!(
        subjects,
        [format!("{topic}-Sample"), format!("{topic}-key")]
    );
}

/// The id of the testkit's cluster.
const CLUSTER: &str = "aHVudHNtYW4tdGVzdHMtMQ";

/// As Confluent's producers do: what a registry ties to a topic, it ties to one of a cluster.
#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn the_subject_of_a_topic_is_asked_for_by_the_id_of_its_cluster() {
    let Some(broker) = shared() else { return };
    let servers = broker.address();
    // Our own registry ties nothing, which is a 404.
    for (ties, subject) in [(false, None), (true, Some("tied"))] {
        let (registry, topic) = (Served::start().await, fresh());
        let front = Front::of(&registry, move |line, _| {
            match ties && line.starts_with("GET /associations/") {
                true => Does::Answers(200, r#"[{"subject":"tied","associationType":"value"}]"#),
                false => Does::Passes,
            }
        });
        let front = front.await;
        let sink = sink(
            &servers,
            &topic,
            &format!("&subject=associated&registry={}", front.url),
        );
        sink.open(no_job()).await.unwrap();
        sink.close().await.unwrap();
        let expected = format!("GET /associations/resources/{CLUSTER}/{topic} HTTP/1.1");
        assert_eq!(front.asked()[0], expected);
        let registered = FolderRegistry::open(registry.folder.path()).unwrap();
        let subjects = registered.subjects(Default::default()).await.unwrap();
        let subject = subject.map_or_else(|| format!("{topic}-value"), str::to_owned);
        assert_eq!(subjects, [subject]);
    }
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn a_guid_stands_in_a_header() {
    if shared().is_none() {
        return;
    }
    let (agreed, topic) = (Agreed::new(), fresh());
    let message = agreed.message(&topic, "&schema_id=header").await.unwrap();
    let header = &message.headers["__value_schema_id"];
    assert_eq!((header.len(), header[0]), (17, 1));
    let registry = agreed.registry();
    let text = number(&registry, &own(), message.value.as_deref().unwrap()).await;
    assert!(text.starts_with(r#"{"number":5,"#), "{text}");
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn items_are_written_with_the_schema_that_was_asked_for() {
    if shared().is_none() {
        return;
    }
    let (agreed, topic) = (Agreed::new(), fresh());
    let registry = agreed.registry();
    // Other names of types, another order, one more field with a default.
    let other = own().text.replacen(
        r#""fields":["#,
        r#""fields":[{"name":"shop","type":"string","default":"ours"},"#,
        1,
    );
    let subject = format!("{topic}-value");
    let done = registry
        .register(&subject, &Schema::avro(other.clone()), Default::default())
        .await
        .unwrap();
    let latest = agreed.message(&topic, "&schema=latest").await.unwrap();
    let by_id = agreed
        .message(&fresh(), &format!("&schema={}", done.id))
        .await
        .unwrap();
    let guid = registry.schema_by_id(done.id).await.unwrap().guid.unwrap();
    let by_guid = agreed.message(&fresh(), &format!("&schema={guid}")).await;
    for message in [latest, by_id, by_guid.unwrap()] {
        let value = message.value.unwrap();
        assert_eq!(value[1..5], done.id.to_be_bytes());
        let text = number(&registry, &Schema::avro(other.clone()), &value[5..]).await;
        assert!(text.starts_with(r#"{"shop":"ours","number":5,"#), "{text}");
    }
}

/// A type of the items that is a schema of its own, and a spelling that is another.
#[huntsman_testkit::needs_java]
#[tokio::test]
async fn types_are_referred_to_and_spellings_are_one() {
    if shared().is_none() {
        return;
    }
    let agreed = Agreed::new();
    let registry = agreed.registry();
    let address = r#"{"type":"record","name":"com.example.Address","fields":[
        {"name":"zip","type":"string"},{"name":"lines","type":{"type":"array","items":"string"}}]}"#;
    let address = Schema::avro(address);
    let register = registry.register("addresses", &address, Default::default());
    register.await.unwrap();
    let topic = fresh();
    let place = format!(
        "kafka://{}/{topic}?create=true&partitions=1&registry=file:{}\
         &references=com.example.Address:addresses:1",
        shared().unwrap().address(),
        agreed.0.path().display()
    );
    let items: Vec<_> = (0..3).map(everything).collect();
    write_all(&place, &items).await;
    let subject = format!("{topic}-value");
    let found = registry.version(&subject, Version::Latest, false);
    let found = found.await.unwrap();
    assert_eq!(found.schema.references[0].subject, "addresses");
    assert!(!found.schema.text.contains("zip"), "{}", found.schema.text);
    let source = Source::read_with(
        &place,
        &[("from", "beginning".into()), ("until", "end".into())],
    );
    let source = source.unwrap();
    let mut decoder = Decoder::open(&source).await.unwrap();
    assert_eq!(values(&mut decoder, &records(&source).await).await, items);

    let spelt = own()
        .text
        .replace(r#""type":"string""#, r#""type":{"type":"string"}"#);
    let (apart, same) = (fresh(), fresh());
    for (topic, words, versions) in [(apart, "", 2), (same, "&normalize=true", 1)] {
        let subject = format!("{topic}-value");
        let normal = Registering {
            normalize: versions == 1,
            ..Default::default()
        };
        let spelt = Schema::avro(spelt.clone());
        registry.register(&subject, &spelt, normal).await.unwrap();
        agreed.message(&topic, words).await.unwrap();
        let all = registry
            .versions(&subject, Default::default())
            .await
            .unwrap();
        assert_eq!(all.len(), versions, "{words}");
    }
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn what_the_registry_has_against_a_schema_is_told() {
    if shared().is_none() {
        return;
    }
    let (agreed, topic) = (Agreed::new(), fresh());
    let error = agreed.message(&topic, "&schema=look-up").await.unwrap_err();
    assert!(error.to_string().contains("40401"), "{error}");
    let error = agreed.message(&topic, "&schema=99").await.unwrap_err();
    assert!(error.to_string().contains("40403"), "{error}");
    let registry = agreed.registry();
    registry.set_level(None, Level::Full).await.unwrap();
    let subject = format!("{topic}-value");
    let other = Schema::avro(
        r#"{"type":"record","name":"Sample","fields":[{"name":"number","type":"string"}]}"#,
    );
    registry
        .register(&subject, &other, Default::default())
        .await
        .unwrap();
    let error = agreed.message(&topic, "").await.unwrap_err();
    assert!(error.to_string().contains("40901"), "{error}");
}

/// Confluent's cloud finds the registry and the rights of who asks by them.
#[tokio::test(flavor = "multi_thread")]
async fn a_registry_of_confluents_cloud_is_told_cluster_and_pool() {
    let registry = Served::start().await;
    for (words, cluster, pool) in [
        ("", None, None),
        (
            "&registry.bearer.auth.logical.cluster=lsrc-7&registry.bearer.auth.identity.pool.id=pool-9\
             &registry.bearer.auth.token=t0ken",
            Some("lsrc-7"),
            Some("pool-9"),
        ),
    ] {
        let front = Front::of(&registry, |_, _| Does::Passes).await;
        // The registry is asked before any broker, and has no such subject.
        let place = format!(
            "kafka://127.0.0.1:9/t?schema=look-up&registry={}",
            front.url
        );
        let error = refused(&format!("{place}{words}")).await;
        assert!(error.contains("40401"), "{error}");
        for (name, expected) in [
            ("target-sr-cluster", cluster),
            ("Confluent-Identity-Pool-Id", pool),
        ] {
            let sent = front.headers(name);
            assert!(!sent.is_empty(), "it was asked");
            let all = sent.iter().all(|value| value.as_deref() == expected);
            assert!(all, "{name}: {sent:?}");
        }
    }
}
