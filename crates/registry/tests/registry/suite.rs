//! What every registry does.

use huntsman_registry::{
    Against, Code, Deleted, FolderRegistry, Level, Mode, Reference, Registering, Registry,
    RegistryError, Schema, Version,
};

use crate::served::Served;

const PLAIN: Registering = Registering {
    normalize: false,
    id: None,
    version: None,
};

fn record(fields: &str) -> Schema {
    Schema::avro(format!(
        r#"{{"type":"record","name":"R","fields":[{fields}]}}"#
    ))
}

fn a() -> Schema {
    record(r#"{"name":"a","type":"int"}"#)
}

/// May follow [`a`] both ways.
fn a_and_b() -> Schema {
    record(r#"{"name":"a","type":"int"},{"name":"b","type":"int","default":1}"#)
}

#[track_caller]
fn code<T: std::fmt::Debug>(done: Result<T, RegistryError>) -> Code {
    done.unwrap_err().code().expect("a registry's own error")
}

/// What registries differ in.
pub(crate) struct Kind {
    pub(crate) has_guids: bool,
    pub(crate) has_modes: bool,
    /// A registration is answered with the version.
    pub(crate) tells_version: bool,
    /// A verdict comes with reasons.
    pub(crate) tells_reasons: bool,
    /// A version that is softly deleted says so.
    pub(crate) tells_deleted: bool,
    /// A version that is softly deleted goes when its schema becomes a version again.
    pub(crate) replaces_deleted: bool,
    /// Blanks are no difference, also without `normalize`.
    pub(crate) ignores_blanks: bool,
    /// A schema whose references are missing is none.
    pub(crate) demands_references: bool,
    /// Schemas with references can be checked.
    pub(crate) checks_references: bool,
    /// The level of all can be taken back.
    pub(crate) resets_level: bool,
    /// The error where a subject has no level of its own.
    pub(crate) no_own_level: Code,
}

/// As Confluent's.
pub(crate) const WHOLE: Kind = Kind {
    has_guids: true,
    has_modes: true,
    tells_version: true,
    tells_reasons: true,
    tells_deleted: true,
    replaces_deleted: true,
    ignores_blanks: true,
    demands_references: true,
    checks_references: true,
    resets_level: true,
    no_own_level: Code::NoOwnLevel,
};

impl Kind {
    fn version(&self, number: u32) -> Option<u32> {
        Some(number).filter(|_| self.tells_version)
    }
}

/// Holds an empty registry, whose level is `BACKWARD`, to what is said of its kind.
pub(crate) async fn all(registry: &dyn Registry, kind: &Kind) {
    versions_and_ids(registry, kind).await;
    spellings(registry).await;
    what_is_not_there(registry, kind).await;
    levels(registry, kind).await;
    what_may_follow(registry, kind).await;
    levels_of_subjects(registry, kind).await;
    deleted_versions(registry, kind).await;
    deleted_subjects(registry, kind).await;
    references(registry, kind).await;
    if kind.has_modes {
        modes(registry).await;
        imports(registry).await;
        numbers(registry).await;
    }
}

async fn versions_and_ids(registry: &dyn Registry, kind: &Kind) {
    let one = registry.register("v/1", &a(), PLAIN).await.unwrap();
    let again = registry.register("v/1", &a(), PLAIN).await.unwrap();
    assert_eq!((one.id, one.version), (again.id, kind.version(1)));
    let two = registry.register("v/1", &a_and_b(), PLAIN).await.unwrap();
    assert!(two.id > one.id);
    let elsewhere = registry.register("w 2", &a(), PLAIN).await.unwrap();
    assert_eq!(elsewhere.id, one.id);
    let latest = registry
        .version("v/1", Version::Latest, false)
        .await
        .unwrap();
    assert_eq!(
        (latest.version, latest.id, latest.subject.as_str()),
        (2, two.id, "v/1")
    );
    assert_eq!(
        registry.versions("v/1", Deleted::Hidden).await.unwrap(),
        [1, 2]
    );
    assert_eq!(
        registry.subjects(Deleted::Hidden).await.unwrap(),
        ["v/1", "w 2"]
    );
    let spelt = Schema::avro(a().text.replace(':', " : "));
    let found = registry
        .look_up("v/1", &spelt, !kind.ignores_blanks, false)
        .await
        .unwrap();
    assert_eq!((found.version, found.id), (1, one.id));
    let by_id = registry.schema_by_id(two.id).await.unwrap();
    assert_eq!(by_id.schema.text, a_and_b().text);
    if kind.has_guids {
        let guid = latest.guid.expect("it has a GUID");
        let by_guid = registry.schema_by_guid(&guid).await.unwrap();
        assert_eq!(by_guid.schema.text, a_and_b().text);
        assert_eq!(registry.ids_of_guid(&guid).await.unwrap(), [two.id]);
    }
    let uses = registry.uses(one.id, false).await.unwrap();
    let uses: Vec<_> = uses
        .iter()
        .map(|used| (used.subject.as_str(), used.version))
        .collect();
    assert_eq!(uses, [("v/1", 1), ("w 2", 1)]);
}

async fn spellings(registry: &dyn Registry) {
    let one = registry
        .version("v/1", Version::Number(1), false)
        .await
        .unwrap();
    let braced = record(r#"{"name":"a","type":{"type":"int"}}"#);
    let how = Registering {
        normalize: true,
        ..PLAIN
    };
    assert_eq!(
        registry.register("v/1", &braced, how).await.unwrap().id,
        one.id
    );
    assert_eq!(
        code(registry.look_up("v/1", &braced, false, false).await),
        Code::SchemaNotFound
    );
    assert_eq!(
        registry
            .look_up("v/1", &braced, true, false)
            .await
            .unwrap()
            .version,
        1
    );
}

async fn what_is_not_there(registry: &dyn Registry, kind: &Kind) {
    let missing = code(registry.versions("none", Deleted::Shown).await);
    assert_eq!(missing, Code::SubjectNotFound);
    let missing = code(registry.version("none", Version::Latest, false).await);
    assert_eq!(missing, Code::SubjectNotFound);
    let missing = code(registry.version("v/1", Version::Number(9), false).await);
    assert_eq!(missing, Code::VersionNotFound);
    let missing = code(registry.look_up("none", &a(), false, false).await);
    assert_eq!(missing, Code::SubjectNotFound);
    let missing = code(
        registry
            .look_up("v/1", &Schema::avro("\"int\""), false, false)
            .await,
    );
    assert_eq!(missing, Code::SchemaNotFound);
    assert_eq!(
        code(registry.schema_by_id(9_999).await),
        Code::SchemaNotFound
    );
    assert_eq!(
        code(registry.uses(9_999, false).await),
        Code::SchemaNotFound
    );
    let guid = "00000000-0000-0000-0000-000000000000";
    let missing = registry.schema_by_guid(guid).await.unwrap_err();
    assert!(missing.is_not_found(), "{missing}");
    if kind.has_guids {
        assert_eq!(missing.code(), Some(Code::SchemaNotFound));
    }
    assert_eq!(
        code(registry.delete_subject("none", false).await),
        Code::SubjectNotFound
    );
    let broken = Schema::avro(r#"{"type":"record","name":"R"}"#);
    assert_eq!(
        code(registry.register("v/1", &broken, PLAIN).await),
        Code::InvalidSchema
    );
    assert_eq!(
        registry.versions("v/1", Deleted::Shown).await.unwrap(),
        [1, 2]
    );
}

async fn levels(registry: &dyn Registry, kind: &Kind) {
    assert_eq!(registry.level(None, true).await.unwrap(), Level::Backward);
    assert_eq!(
        registry.level(Some("l"), true).await.unwrap(),
        Level::Backward
    );
    assert_eq!(
        code(registry.level(Some("l"), false).await),
        kind.no_own_level
    );
}

async fn what_may_follow(registry: &dyn Registry, kind: &Kind) {
    registry.register("l", &a(), PLAIN).await.unwrap();
    let wider = record(r#"{"name":"a","type":"int"},{"name":"b","type":"int"}"#);
    let refused = registry.register("l", &wider, PLAIN).await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.code(), Some(Code::Incompatible));
    assert!(refused.to_string().contains('b'), "{refused}");
    if kind.tells_reasons {
        assert!(refused.to_string().contains("`b`"), "{refused}");
    }
    for against in [
        Against::All,
        Against::Version(Version::Latest),
        Against::Version(Version::Number(1)),
    ] {
        let verdict = registry.check("l", against, &wider, false).await.unwrap();
        assert!(!verdict.is_compatible);
        assert_ne!(verdict.messages.is_empty(), kind.tells_reasons);
        let verdict = registry
            .check("l", against, &a_and_b(), false)
            .await
            .unwrap();
        assert!(verdict.is_compatible);
    }
    let latest = Against::Version(Version::Latest);
    assert!(
        registry
            .check("none", latest, &wider, false)
            .await
            .unwrap()
            .is_compatible
    );
}

async fn levels_of_subjects(registry: &dyn Registry, kind: &Kind) {
    let wider = record(r#"{"name":"a","type":"int"},{"name":"b","type":"int"}"#);
    assert_eq!(
        registry.set_level(Some("l"), Level::Forward).await.unwrap(),
        Level::Forward
    );
    assert_eq!(
        registry.level(Some("l"), false).await.unwrap(),
        Level::Forward
    );
    registry.register("l", &wider, PLAIN).await.unwrap();
    assert_eq!(
        registry.delete_level(Some("l")).await.unwrap(),
        Level::Forward
    );
    if kind.resets_level {
        assert_eq!(
            code(registry.delete_level(Some("l")).await),
            Code::SubjectNotFound
        );
    }
    registry.set_level(None, Level::None).await.unwrap();
    assert_eq!(registry.level(Some("l"), true).await.unwrap(), Level::None);
    registry
        .register("l", &Schema::avro("\"int\""), PLAIN)
        .await
        .unwrap();
    if kind.resets_level {
        assert_eq!(registry.delete_level(None).await.unwrap(), Level::None);
    } else {
        registry.set_level(None, Level::Backward).await.unwrap();
    }
    assert_eq!(registry.level(None, true).await.unwrap(), Level::Backward);
}

async fn deleted_versions(registry: &dyn Registry, kind: &Kind) {
    let one = registry.register("d", &a(), PLAIN).await.unwrap();
    registry.register("d", &a_and_b(), PLAIN).await.unwrap();
    assert_eq!(
        code(registry.delete_version("d", Version::Number(1), true).await),
        Code::VersionNotSoftDeleted
    );
    assert_eq!(
        registry
            .delete_version("d", Version::Number(1), false)
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        code(
            registry
                .delete_version("d", Version::Number(1), false)
                .await
        ),
        Code::VersionSoftDeleted
    );
    assert_eq!(registry.versions("d", Deleted::Hidden).await.unwrap(), [2]);
    assert_eq!(
        registry.versions("d", Deleted::Shown).await.unwrap(),
        [1, 2]
    );
    assert_eq!(
        code(registry.version("d", Version::Number(1), false).await),
        Code::VersionNotFound
    );
    let deleted = registry
        .version("d", Version::Number(1), true)
        .await
        .unwrap();
    assert_eq!(deleted.deleted, kind.tells_deleted);
    // What was written with it can still be read.
    assert_eq!(
        registry.schema_by_id(one.id).await.unwrap().schema.text,
        a().text
    );
    let back = registry.register("d", &a(), PLAIN).await.unwrap();
    assert_eq!((back.id, back.version), (one.id, kind.version(3)));
}

async fn deleted_subjects(registry: &dyn Registry, kind: &Kind) {
    let latest = registry
        .version("d", Version::Number(2), false)
        .await
        .unwrap();
    assert_eq!(
        code(registry.delete_subject("d", true).await),
        Code::SubjectNotSoftDeleted
    );
    assert_eq!(registry.delete_subject("d", false).await.unwrap(), [2, 3]);
    assert_eq!(
        code(registry.delete_subject("d", false).await),
        Code::SubjectSoftDeleted
    );
    assert!(
        !registry
            .subjects(Deleted::Hidden)
            .await
            .unwrap()
            .contains(&"d".to_owned())
    );
    assert!(
        registry
            .subjects(Deleted::Shown)
            .await
            .unwrap()
            .contains(&"d".to_owned())
    );
    assert_eq!(
        code(registry.versions("d", Deleted::Hidden).await),
        Code::SubjectNotFound
    );
    let gone = registry.delete_subject("d", true).await.unwrap();
    match kind.replaces_deleted {
        true => assert_eq!(gone, [2, 3]),
        false => assert_eq!(gone, [1, 2, 3]),
    }
    assert_eq!(
        code(registry.versions("d", Deleted::Shown).await),
        Code::SubjectNotFound
    );
    // Its ids mean what they meant, or nothing.
    let new = registry
        .register("d", &Schema::avro("\"bytes\""), PLAIN)
        .await
        .unwrap();
    assert!(new.id > latest.id);
    assert_eq!(new.version, kind.version(1));
}

async fn references(registry: &dyn Registry, kind: &Kind) {
    let city = Schema::avro(r#"{"type":"enum","name":"geo.City","symbols":["ROME"]}"#);
    registry.register("city", &city, PLAIN).await.unwrap();
    let to = Reference {
        name: "geo.City".to_owned(),
        subject: "city".to_owned(),
        version: 1,
    };
    let trip = Schema {
        references: vec![to],
        ..record(r#"{"name":"to","type":"geo.City"}"#)
    };
    let lost = Schema {
        references: Vec::new(),
        ..trip.clone()
    };
    if kind.demands_references {
        assert_eq!(
            code(registry.register("trip", &lost, PLAIN).await),
            Code::InvalidSchema
        );
    }
    let done = registry.register("trip", &trip, PLAIN).await.unwrap();
    let found = registry.schema_by_id(done.id).await.unwrap();
    assert_eq!(found.schema.references, trip.references);
    assert_eq!(
        registry
            .referenced_by("city", Version::Number(1))
            .await
            .unwrap(),
        [done.id]
    );
    let refused = code(
        registry
            .delete_version("city", Version::Number(1), false)
            .await,
    );
    assert_eq!(refused, Code::ReferenceExists);
    if !kind.checks_references {
        return;
    }
    let wrong = Schema {
        references: trip.references.clone(),
        ..record(r#"{"name":"to","type":"int"}"#)
    };
    let verdict = registry
        .check("trip", Against::All, &wrong, false)
        .await
        .unwrap();
    assert!(!verdict.is_compatible);
}

async fn modes(registry: &dyn Registry) {
    assert_eq!(registry.mode(None, true).await.unwrap(), Mode::ReadWrite);
    assert_eq!(code(registry.mode(Some("m"), false).await), Code::NoOwnMode);
    let one = registry.register("m", &a(), PLAIN).await.unwrap();
    registry
        .set_mode(Some("m"), Mode::ReadOnly, false)
        .await
        .unwrap();
    assert_eq!(
        registry.mode(Some("m"), false).await.unwrap(),
        Mode::ReadOnly
    );
    assert_eq!(
        code(registry.register("m", &a_and_b(), PLAIN).await),
        Code::NotPermitted
    );
    // What is there is no change.
    let again = registry.register("m", &a(), PLAIN).await.unwrap();
    assert_eq!((again.id, again.version), (one.id, one.version));
    assert_eq!(
        code(registry.delete_subject("m", false).await),
        Code::NotPermitted
    );
    assert_eq!(registry.versions("m", Deleted::Hidden).await.unwrap(), [1]);
    assert_eq!(
        registry.delete_mode(Some("m")).await.unwrap(),
        Mode::ReadOnly
    );
    assert_eq!(
        registry.mode(Some("m"), true).await.unwrap(),
        Mode::ReadWrite
    );
    registry.register("m", &a_and_b(), PLAIN).await.unwrap();
}

async fn imports(registry: &dyn Registry) {
    let how = Registering {
        id: Some(5_000),
        version: Some(7),
        ..PLAIN
    };
    let text = Schema::avro(r#"{"type":"fixed","name":"F","size":3}"#);
    assert_eq!(
        code(registry.register("i", &text, how).await),
        Code::NotPermitted
    );
    assert_eq!(
        code(registry.set_mode(Some("m"), Mode::Import, false).await),
        Code::NotPermitted
    );
    registry
        .set_mode(Some("i"), Mode::Import, false)
        .await
        .unwrap();
    assert_eq!(
        code(registry.register("i", &text, PLAIN).await),
        Code::NotPermitted
    );
    let done = registry.register("i", &text, how).await.unwrap();
    assert_eq!((done.id, done.version), (5_000, Some(7)));
    assert_eq!(
        code(registry.register("i", &a(), how).await),
        Code::NotPermitted
    );
    // It is so already.
    registry
        .set_mode(Some("i"), Mode::Import, false)
        .await
        .unwrap();
    let later = Registering {
        version: Some(9),
        ..how
    };
    let done = registry.register("i", &text, later).await.unwrap();
    assert_eq!((done.id, done.version), (5_000, Some(9)));
    registry.delete_mode(Some("i")).await.unwrap();
    let found = registry.version("i", Version::Latest, false).await.unwrap();
    assert_eq!((found.id, found.version), (5_000, 9));
}

/// Outside of imports, a number that is sent is that of the next version.
async fn numbers(registry: &dyn Registry) {
    let at = |version| Registering {
        version: Some(version),
        ..PLAIN
    };
    for (version, schema, is_taken) in [
        (2, a(), false),
        (1, a(), true),
        (3, a_and_b(), false),
        (2, a_and_b(), true),
        // It is that already.
        (1, a(), true),
        (5, a(), false),
    ] {
        let done = registry.register("n", &schema, at(version)).await;
        match is_taken {
            true => assert_eq!(done.unwrap().version, Some(version)),
            false => assert_eq!(code(done), Code::InvalidSchema),
        }
    }
    assert_eq!(
        registry.versions("n", Deleted::Shown).await.unwrap(),
        [1, 2]
    );
}

#[tokio::test]
async fn a_folder_is_a_registry() {
    let folder = tempfile::tempdir().unwrap();
    all(&FolderRegistry::open(folder.path()).unwrap(), &WHOLE).await;
    // And it is one for whoever opens it next.
    FolderRegistry::open(folder.path()).unwrap();
}

#[tokio::test]
async fn a_served_folder_is_a_registry() {
    let served = Served::new().await;
    all(&served.client(), &WHOLE).await;
    served.end().await;
}
