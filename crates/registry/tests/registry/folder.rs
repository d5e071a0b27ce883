//! A folder that people write to as well.

use std::fs;

use huntsman_registry::{
    Code, Deleted, FolderRegistry, Level, Mode, Reference, Registering, Registry, Schema, Version,
};
use tempfile::TempDir;

fn with(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn refused(folder: &TempDir) -> String {
    match FolderRegistry::open(folder.path()) {
        Ok(_) => "it is opened".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_version_put_there_by_hand_gets_an_id_that_stays() {
    let folder = with(&[
        ("quotes-value/1.avsc", "{\"type\": \"string\"}\n"),
        ("notes.md", "hello"),
    ]);
    let registry = FolderRegistry::open(folder.path()).unwrap();
    let found = registry
        .version("quotes-value", Version::Latest, false)
        .await
        .unwrap();
    assert_eq!((found.id, found.version), (1, 1));
    let ids = fs::read_to_string(folder.path().join("ids.txt")).unwrap();
    assert_eq!(ids, format!("1 {}\n", found.guid.unwrap()));
    fs::create_dir(folder.path().join("a-value")).unwrap();
    fs::write(folder.path().join("a-value/1.avsc"), "\"int\"").unwrap();
    let other = registry
        .version("a-value", Version::Latest, false)
        .await
        .unwrap();
    assert_eq!(other.id, 2);
    // Spelling in the file is the author's.
    let text = fs::read_to_string(folder.path().join("quotes-value/1.avsc")).unwrap();
    assert_eq!(text, "{\"type\": \"string\"}\n");
    assert_eq!(
        registry.subjects(Deleted::Hidden).await.unwrap(),
        ["a-value", "quotes-value"]
    );
}

#[tokio::test]
async fn a_version_that_consumers_know_is_not_edited() {
    let folder = with(&[("s/1.avsc", "\"int\"")]);
    let registry = FolderRegistry::open(folder.path()).unwrap();
    registry.schema_by_id(1).await.unwrap();
    let path = folder.path().join("s/1.avsc");
    fs::write(&path, "\"long\"").unwrap();
    let error = registry.schema_by_id(1).await.unwrap_err().to_string();
    assert!(
        error.contains("ids.txt") && error.contains("id 1"),
        "{error}"
    );
    fs::write(&path, " \"int\" \n").unwrap();
    registry.schema_by_id(1).await.unwrap();
    fs::remove_file(&path).unwrap();
    assert!(refused(&folder).contains("removed or edited"));
}

#[tokio::test]
async fn what_is_broken_is_named() {
    for (name, text, part) in [
        ("s/1.avsc", "{", "it is no JSON"),
        ("s/1.avsc", "\"nothing\"", "Invalid schema"),
        ("s/one.avsc", "\"int\"", "versions are called 1.avsc"),
        ("s/01.avsc", "\"int\"", "versions are called 1.avsc"),
        ("s.avsc", "\"int\"", "SUBJECT/1.avsc"),
        ("ids.txt", "1 a\n1 b\n", "twice"),
        (
            "registry.json",
            "{\"compatibility\": \"BACK\"}",
            "did you mean",
        ),
        ("registry.json", "{\"colour\": 1}", "unknown field"),
        (
            "s/subject.json",
            "{\"versions\": {\"one\": {}}}",
            "subject.json",
        ),
        ("a b/1.avsc", "\"int\"", "the name of no subject"),
    ] {
        let folder = with(&[(name, text)]);
        let error = refused(&folder);
        let file = name.rsplit('/').next().unwrap();
        let named = error.contains(file) || error.contains("a b");
        assert!(error.contains(part) && named, "{name}: {error}");
    }
}

#[tokio::test]
async fn names_stay_in_the_folder() {
    let folder = with(&[]);
    let registry = FolderRegistry::open(folder.path()).unwrap();
    let schema = Schema::avro("\"int\"");
    for name in ["../huntsman-out", "..", "/etc/x", "a/b", "c:d", "e%2Ff"] {
        registry
            .register(name, &schema, Registering::default())
            .await
            .unwrap();
        assert_eq!(registry.versions(name, Deleted::Hidden).await.unwrap(), [1]);
    }
    assert_eq!(registry.subjects(Deleted::Hidden).await.unwrap().len(), 6);
    for name in ["", "a\0", "a\nb"] {
        let done = registry
            .register(name, &schema, Registering::default())
            .await;
        assert_eq!(done.unwrap_err().code(), Some(Code::InvalidSubject));
    }
    assert!(
        !folder
            .path()
            .parent()
            .unwrap()
            .join("huntsman-out")
            .exists()
    );
}

#[tokio::test]
async fn two_may_use_one_folder() {
    let folder = with(&[]);
    let one = FolderRegistry::open(folder.path()).unwrap();
    let other = FolderRegistry::open(folder.path()).unwrap();
    let how = Registering::default();
    for n in 1..=8 {
        let schema = Schema::avro(format!(r#"{{"type":"fixed","name":"F","size":{n}}}"#));
        let (a, b) = (format!("a{n}"), format!("b{n}"));
        let both = tokio::join!(
            one.register(&a, &schema, how),
            other.register(&b, &schema, how)
        );
        let (a, b) = (both.0.unwrap(), both.1.unwrap());
        assert_eq!((a.id, b.id), (n, n));
    }
    assert_eq!(one.subjects(Deleted::Hidden).await.unwrap().len(), 16);
}

#[tokio::test]
async fn a_schema_has_one_id_wherever_it_comes_from() {
    let folder = with(&[]);
    let registry = FolderRegistry::open(folder.path()).unwrap();
    let schema = Schema::avro("\"int\"");
    let plain = Registering::default();
    let own = registry.register("a", &schema, plain).await.unwrap();
    registry
        .set_mode(Some("b"), Mode::Import, false)
        .await
        .unwrap();
    let with_id = |id| Registering {
        id: Some(id),
        ..plain
    };
    let refused = registry.register("b", &schema, with_id(500)).await;
    assert_eq!(refused.unwrap_err().code(), Some(Code::IdMismatch));
    let done = registry.register("b", &schema, with_id(own.id)).await;
    assert_eq!(done.unwrap().id, own.id);
}

#[tokio::test]
async fn many_ways_to_one_reference_are_one_look() {
    let folder = with(&[]);
    let registry = FolderRegistry::open(folder.path()).unwrap();
    let record = |n: usize| format!(r#"{{"type":"record","name":"R{n}","fields":[]}}"#);
    for n in 0..30 {
        // Each of both leads to all that are before, over and over.
        let to = |_| Reference {
            name: format!("R{}", n - 1),
            subject: format!("s{}", n - 1),
            version: 1,
        };
        let schema = Schema {
            references: if n == 0 {
                Vec::new()
            } else {
                (0..2).map(to).collect()
            },
            ..Schema::avro(record(n))
        };
        let subject = format!("s{n}");
        let done = registry.register(&subject, &schema, Registering::default());
        assert_eq!(done.await.unwrap().version, Some(1), "{n}");
    }
}

/// A record with a city in it, which is the type of another subject.
fn trip(name: &str, subject: &str, version: i32) -> Schema {
    let to = Reference {
        name: "City".to_owned(),
        subject: subject.to_owned(),
        version,
    };
    let fields = r#"[{"name":"to","type":"City"}]"#;
    Schema {
        references: vec![to],
        ..Schema::avro(format!(
            r#"{{"type":"record","name":"{name}","fields":{fields}}}"#
        ))
    }
}

fn city() -> Schema {
    Schema::avro(r#"{"type":"enum","name":"City","symbols":["ROME"]}"#)
}

#[tokio::test]
async fn what_softly_deleted_schemas_refer_to_is_not_deleted_for_good() {
    // -1 is the latest.
    for version in [1, -1] {
        let folder = with(&[]);
        let registry = FolderRegistry::open(folder.path()).unwrap();
        let how = Registering::default();
        registry.register("city", &city(), how).await.unwrap();
        let trip = trip("Trip", "city", version);
        let done = registry.register("trip", &trip, how).await.unwrap();
        let refused = registry.delete_subject("city", false).await.unwrap_err();
        assert_eq!(refused.code(), Some(Code::ReferenceExists));
        registry.delete_subject("trip", false).await.unwrap();
        registry.delete_subject("city", false).await.unwrap();
        let one = Version::Number(1);
        for refused in [
            registry.delete_subject("city", true).await.map(drop),
            registry.delete_version("city", one, true).await.map(drop),
        ] {
            let code = refused.unwrap_err().code();
            assert_eq!(code, Some(Code::ReferenceExists), "{version}");
        }
        let registry = FolderRegistry::open(folder.path()).unwrap();
        let kept = registry.schema_by_id(done.id).await.unwrap();
        assert_eq!(kept.schema.references, trip.references);
        registry.delete_subject("trip", true).await.unwrap();
        registry.delete_subject("city", true).await.unwrap();
        FolderRegistry::open(folder.path()).unwrap();
    }
}

#[tokio::test]
async fn a_subject_that_refers_to_itself_goes_as_a_whole() {
    let folder = with(&[]);
    let registry = FolderRegistry::open(folder.path()).unwrap();
    registry.set_level(None, Level::None).await.unwrap();
    for schema in [city(), trip("Trip", "s", 1)] {
        let done = registry.register("s", &schema, Registering::default());
        done.await.unwrap();
    }
    let one = Version::Number(1);
    let refused = registry.delete_version("s", one, false).await.unwrap_err();
    assert_eq!(refused.code(), Some(Code::ReferenceExists));
    for permanent in [false, true] {
        let gone = registry.delete_subject("s", permanent).await.unwrap();
        assert_eq!(gone, [1, 2]);
    }
}

#[tokio::test]
async fn a_subjects_settings_go_with_its_last_version() {
    let folder = with(&[]);
    let registry = FolderRegistry::open(folder.path()).unwrap();
    let how = Registering::default();
    for text in ["\"int\"", "\"long\""] {
        let done = registry.register("s", &Schema::avro(text), how).await;
        done.unwrap();
    }
    registry.set_level(Some("s"), Level::Forward).await.unwrap();
    registry
        .set_mode(Some("s"), Mode::Import, true)
        .await
        .unwrap();
    for number in [1, 2] {
        let level = registry.level(Some("s"), false).await;
        assert_eq!(level.unwrap(), Level::Forward);
        for permanent in [false, true] {
            let version = Version::Number(number);
            let gone = registry.delete_version("s", version, permanent);
            gone.await.unwrap();
        }
    }
    let level = registry.level(Some("s"), false).await.unwrap_err();
    assert_eq!(level.code(), Some(Code::NoOwnLevel));
    let mode = registry.mode(Some("s"), false).await.unwrap_err();
    assert_eq!(mode.code(), Some(Code::NoOwnMode));
    assert!(!folder.path().join("s").exists());
}

#[tokio::test]
async fn a_deleted_version_that_is_referred_to_stays_when_its_schema_comes_back() {
    let folder = with(&[]);
    let registry = FolderRegistry::open(folder.path()).unwrap();
    let how = Registering::default();
    registry.register("city", &city(), how).await.unwrap();
    let trip = trip("Trip", "city", 1);
    registry.register("trip", &trip, how).await.unwrap();
    registry.delete_subject("trip", false).await.unwrap();
    registry.delete_subject("city", false).await.unwrap();
    let back = registry.register("city", &city(), how).await.unwrap();
    assert_eq!((back.id, back.version), (1, Some(2)));
    let versions = registry.versions("city", Deleted::Shown).await;
    assert_eq!(versions.unwrap(), [1, 2]);
    FolderRegistry::open(folder.path()).unwrap();
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_read() {
    let folder = with(&[("s/1.avsc", "\"int\"")]);
    let registry = FolderRegistry::open(folder.path()).unwrap();
    let (int, long) = (Schema::avro("\"int\""), Schema::avro("\"long\""));
    let plain = Registering::default();
    let done = registry.register("s", &int, plain).await.unwrap();
    // Nobody can write to it, whoever they are.
    fs::remove_file(folder.path().join(".lock")).unwrap();
    fs::create_dir(folder.path().join(".lock")).unwrap();
    let registry = FolderRegistry::open(folder.path()).unwrap();
    let found = registry.look_up("s", &int, false, false).await.unwrap();
    assert_eq!(found.id, done.id);
    // It is there: nothing is written.
    let again = registry.register("s", &int, plain).await.unwrap();
    assert_eq!(again, done);
    let refused = registry.register("s", &long, plain).await;
    let told = refused.unwrap_err().to_string();
    assert!(told.contains("it cannot be written"), "{told}");
    assert!(!folder.path().join("s/2.avsc").exists());
    // An id that is not kept would be another one elsewhere.
    fs::write(folder.path().join("s/2.avsc"), "\"long\"").unwrap();
    let told = registry.schema_by_id(1).await.unwrap_err().to_string();
    assert!(told.contains("ids.txt: it cannot be written"), "{told}");
}
