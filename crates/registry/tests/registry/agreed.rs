//! Subjects, and the schema that a registry and a producer agree on.

use huntsman_avro::AvroSchema;
use huntsman_registry::{
    Code, FolderRegistry, HttpSettings, Level, Otherwise, Part, Reference, Registering,
    Registration, Registry, RegistryError, Schema, Source, Strategy, Version, open, resolve,
};

use crate::http::{Does, Fake, client};
use crate::served::Served;

const SUBJECT: &str = "quotes-value";

fn record(fields: &str) -> String {
    format!(r#"{{"type":"record","name":"Quote","namespace":"q","fields":[{fields}]}}"#)
}

/// With words of a contract, which are to reach the registry.
fn own() -> AvroSchema {
    AvroSchema::parse(&record(
        r#"{"name":"text","type":{"type":"string","minLength":1}},{"name":"n","type":"int","minimum":3}"#,
    ))
    .unwrap()
}

fn how(source: Source) -> Registration {
    Registration {
        source,
        ..Registration::default()
    }
}

async fn has(registry: &dyn Registry, text: &str) -> u32 {
    let schema = Schema::avro(text);
    let done = registry.register(SUBJECT, &schema, Registering::default());
    done.await.unwrap().id
}

#[tokio::test]
async fn ones_own_is_registered_word_for_word_or_looked_up() {
    let served = Served::new().await;
    let registry = open(&served.address, &HttpSettings::default()).unwrap();
    let missing = resolve(&*registry, SUBJECT, &how(Source::LookUp), &own()).await;
    let missing = missing.unwrap_err();
    assert_eq!(missing.code(), Some(Code::SubjectNotFound));
    let told = missing.to_string();
    assert!(
        told.contains("crawl schema register quotes-value"),
        "{told}"
    );
    let done = resolve(&*registry, SUBJECT, &Registration::default(), &own()).await;
    let done = done.unwrap();
    assert_eq!(
        (done.id, done.version, &*done.subject),
        (1, Some(1), SUBJECT)
    );
    assert!(done.guid.is_some());
    let kept = registry.schema_by_id(1).await.unwrap().schema.text;
    let parsed = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(parsed(&kept), parsed(own().text()));
    // The cache knows by now that it is there.
    let found = resolve(&*registry, SUBJECT, &how(Source::LookUp), &own()).await;
    assert_eq!(found.unwrap().id, 1);
    drop(registry);
    served.end().await;
}

#[tokio::test]
async fn what_may_not_follow_is_refused_with_the_reasons() {
    let served = Served::new().await;
    let registry = open(&served.address, &HttpSettings::default()).unwrap();
    has(&*registry, &record(r#"{"name":"text","type":"int"}"#)).await;
    let error = resolve(&*registry, SUBJECT, &Registration::default(), &own()).await;
    let error = error.unwrap_err();
    assert_eq!(error.code(), Some(Code::Incompatible));
    let told = error.to_string();
    assert!(told.contains(SUBJECT), "{told}");
    for reason in ["string does not read int", "the writer lacks the field"] {
        assert!(told.contains(reason), "{told}");
    }
    registry
        .set_level(Some(SUBJECT), Level::None)
        .await
        .unwrap();
    let done = resolve(&*registry, SUBJECT, &Registration::default(), &own()).await;
    assert_eq!(done.unwrap().version, Some(2));
    drop(registry);
    served.end().await;
}

#[tokio::test]
async fn a_servers_bare_no_is_explained_by_a_check() {
    let fake = Fake::new(vec![
        Does::Answers(409, r#"{"error_code":409,"message":"Incompatible"}"#),
        // Karapace has no such question.
        Does::Answers(404, "Not Found"),
        Does::Answers(
            200,
            r#"{"is_compatible":false,"messages":["n is missing"]}"#,
        ),
    ])
    .await;
    let error = resolve(&client(&[&fake]), "s", &Registration::default(), &own()).await;
    let told = error.unwrap_err().to_string();
    assert!(told.starts_with("s: Incompatible; n is missing"), "{told}");
    let asked = fake.asked();
    assert!(asked[1].starts_with("POST /compatibility/subjects/s/versions?verbose=true "));
    assert!(asked[2].starts_with("POST /compatibility/subjects/s/versions/latest?verbose=true "));
}

#[tokio::test]
async fn the_latest_is_taken_if_items_can_be_written_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let registry = FolderRegistry::open(folder.path()).unwrap();
    let missing = resolve(&registry, SUBJECT, &how(Source::Latest), &own()).await;
    assert!(missing.unwrap_err().is_not_found());
    registry.set_level(None, Level::None).await.unwrap();
    let text = r#"{"name":"text","type":"string"}"#;
    for (fields, wanted) in [
        // Wider, and with a default.
        (
            format!(
                r#"{text},{{"name":"n","type":"long"}},{{"name":"m","type":"int","default":1}}"#
            ),
            None,
        ),
        (text.to_owned(), Some("it has no field `n`")),
        (
            format!(r#"{text},{{"name":"n","type":"int"}},{{"name":"must","type":"int"}}"#),
            Some("must"),
        ),
        (
            format!(r#"{text},{{"name":"n","type":"string"}}"#),
            Some("string does not read int"),
        ),
        // Readers would know it by its alias; items do not.
        (
            format!(r#"{text},{{"name":"number","type":"int","aliases":["n"]}}"#),
            Some("it has no field `n`"),
        ),
    ] {
        let id = has(&registry, &record(&fields)).await;
        for source in [Source::Latest, Source::Id(id)] {
            let got = resolve(&registry, SUBJECT, &how(source.clone()), &own()).await;
            match wanted {
                None => {
                    let got = got.unwrap();
                    assert_eq!(got.id, id);
                    assert!(got.schema.text().contains("long"));
                }
                Some(part) => {
                    let told = got.unwrap_err().to_string();
                    assert!(told.contains("items cannot be written with it"), "{told}");
                    assert!(told.contains(part), "{told}");
                }
            }
        }
    }
}

#[tokio::test]
async fn an_id_and_a_guid_pin_a_schema() {
    let folder = tempfile::tempdir().unwrap();
    let registry = FolderRegistry::open(folder.path()).unwrap();
    let one = resolve(&registry, SUBJECT, &Registration::default(), &own())
        .await
        .unwrap();
    let guid = one.guid.unwrap();
    let pinned = resolve(&registry, SUBJECT, &how(Source::Guid(guid.clone())), &own()).await;
    let pinned = pinned.unwrap();
    assert_eq!((pinned.id, pinned.guid.as_ref()), (one.id, Some(&guid)));
    for source in [Source::Id(99), Source::Guid("0".repeat(32))] {
        let error = resolve(&registry, SUBJECT, &how(source), &own()).await;
        assert!(error.unwrap_err().is_not_found());
    }
}

#[tokio::test]
async fn types_of_other_subjects_are_referred_to() {
    let folder = tempfile::tempdir().unwrap();
    let registry = FolderRegistry::open(folder.path()).unwrap();
    let city = r#"{"type":"enum","name":"geo.City","symbols":["ROME"]}"#;
    let known = AvroSchema::parse(city).unwrap();
    let schema = Schema::avro(city);
    let registered = registry.register("city", &schema, Registering::default());
    registered.await.unwrap();
    let registration = Registration {
        references: vec![Reference {
            name: "geo.City".to_owned(),
            subject: "city".to_owned(),
            version: 1,
        }],
        ..Registration::default()
    };
    // One's own schema has all definitions, or only the names.
    let named = record(r#"{"name":"to","type":"geo.City"}"#);
    let defined = record(&format!(r#"{{"name":"to","type":{city}}}"#));
    for trip in [
        AvroSchema::parse_with(&named, &[known]).unwrap(),
        AvroSchema::parse(&defined).unwrap(),
    ] {
        let done = resolve(&registry, "trip", &registration, &trip).await;
        assert_eq!(done.unwrap().id, 2);
        let latest = resolve(&registry, "trip", &how(Source::Latest), &trip).await;
        assert!(latest.unwrap().schema.find("geo.City").is_some());
        let found = registry.version("trip", Version::Latest, false).await;
        assert!(!found.unwrap().schema.text.contains("ROME"));
    }
    // What was registered defines less than items can have.
    let wide = defined.replace(r#"["ROME"]"#, r#"["ROME","OSLO"]"#);
    let wide = AvroSchema::parse(&wide).unwrap();
    let error = resolve(&registry, "trip", &registration, &wide).await;
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("the schema that refers to geo.City: items cannot be written"),
        "{error}"
    );
}

#[tokio::test]
async fn subjects_are_named_by_topic_record_or_both() {
    let folder = tempfile::tempdir().unwrap();
    let registry = FolderRegistry::open(folder.path()).unwrap();
    for (strategy, key, value) in [
        ("topic", "t-key", "t-value"),
        ("record", "q.Quote", "q.Quote"),
        ("topic-record", "t-q.Quote", "t-q.Quote"),
        // A folder ties nothing to topics.
        ("associated", "t-key", "t-value"),
        ("associated:record", "q.Quote", "q.Quote"),
    ] {
        let strategy: Strategy = strategy.parse().unwrap();
        for (part, wanted) in [(Part::Key, key), (Part::Value, value)] {
            let got = strategy
                .subject(&registry, None, "t", part, Some("q.Quote"))
                .await;
            assert_eq!(got.unwrap(), wanted);
        }
    }
    let nameless = Strategy::Record
        .subject(&registry, None, "t", Part::Key, None)
        .await;
    assert!(nameless.unwrap_err().to_string().contains("without a name"));
    let none = Strategy::Associated(Otherwise::Refused);
    assert!(
        none.subject(&registry, None, "t", Part::Key, None)
            .await
            .is_err()
    );
    assert!("topics".parse::<Strategy>().is_err());
}

#[tokio::test]
async fn what_a_registry_has_tied_to_a_topic_is_its_subject() {
    const ONE: &str = r#"[{"subject":"a","associationType":"value","frozen":true},{"subject":"k","associationType":"key"}]"#;
    const TWO: &str =
        r#"[{"subject":"a","associationType":"value"},{"subject":"b","associationType":"value"}]"#;
    let fake = Fake::new(vec![
        Does::Answers(200, ONE),
        Does::Answers(200, TWO),
        Does::Answers(404, r#"{"error_code":404,"message":"HTTP 404 Not Found"}"#),
        Does::Answers(404, "<html>"),
        Does::Answers(200, "[]"),
        Does::Answers(401, "who?"),
    ])
    .await;
    let registry = client(&[&fake]);
    let strategy = Strategy::Associated(Otherwise::Topic);
    let mut got = Vec::new();
    for cluster in [None, Some("lkc-1"), None, None, None, None] {
        let subject = strategy.subject(&registry, cluster, "t", Part::Value, None);
        got.push(subject.await);
    }
    let asked = fake.asked();
    assert!(asked[0].starts_with("GET /associations/resources/-/t "));
    assert!(asked[1].starts_with("GET /associations/resources/lkc-1/t "));
    assert_eq!(got[0], Ok("a".to_owned()));
    assert!(
        got[1]
            .as_ref()
            .unwrap_err()
            .to_string()
            .contains("several subjects")
    );
    for fell_back in &got[2..5] {
        assert_eq!(*fell_back, Ok("t-value".to_owned()));
    }
    assert!(matches!(got[5], Err(RegistryError::Unauthorized { .. })));
}

#[tokio::test]
async fn the_cache_asks_a_server_once() {
    let fake = Fake::new(vec![Does::Answers(200, r#"{"schema":"\"int\""}"#)]).await;
    let registry = open(&fake.address, &HttpSettings::default()).unwrap();
    let ask = || registry.schema_by_id(7);
    let (a, b, c) = tokio::join!(ask(), ask(), ask());
    assert!(a.is_ok() && a == b && b == c);
    assert_eq!(ask().await, a);
    assert_eq!(fake.asked().len(), 1);
}
