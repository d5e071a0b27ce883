//! Verdicts of registries are those of Java's checker: the rows are judged by it in the tests of
//! `huntsman-avro`.

use huntsman_registry::{
    Against, Code, FolderRegistry, HttpRegistry, HttpSettings, Level, Registering, Registry,
    RegistryError, Schema, Verdict,
};
use huntsman_testkit::apicurio::Apicurio;

use crate::rows::Row;
use crate::rules;
use crate::served::Served;

/// What a registry says of a schema that is to follow another: asked, and told.
type Said = (Result<Verdict, RegistryError>, Result<u32, RegistryError>);

/// Whether it says what the row says.
fn is_as_said(row: &Row, (verdict, registered): &Said) -> bool {
    let verdict = verdict.as_ref().ok().map(|verdict| verdict.is_compatible);
    let registered = match registered {
        Ok(_) => Some(true),
        Err(error) if error.code() == Some(Code::Incompatible) => Some(false),
        Err(_) => None,
    };
    let expected = Some(row.found.is_empty());
    (verdict, registered) == (expected, expected)
}

/// Judges each row in both directions. The rows that the registry sees otherwise, and what it says.
async fn judge(registry: &dyn Registry) -> Vec<(Row, Said)> {
    let rows = rules::rows().0;
    assert!(rows.len() > 100, "{} rows", rows.len());
    let mut others = Vec::new();
    for level in [Level::Backward, Level::Forward] {
        registry.set_level(None, level).await.unwrap();
        for row in &rows {
            let (reader, writer) = (Schema::avro(&row.reader), Schema::avro(&row.writer));
            let (old, new) = match level {
                Level::Backward => (&writer, &reader),
                _ => (&reader, &writer),
            };
            let first = registry.register("s", old, Registering::default());
            first
                .await
                .unwrap_or_else(|error| panic!("{row:?}: {error}"));
            let verdict = registry.check("s", Against::All, new, false).await;
            let second = registry.register("s", new, Registering::default());
            let said = (verdict, second.await.map(|done| done.id));
            if !is_as_said(row, &said) {
                others.push((row.clone(), said));
            }
            registry.delete_subject("s", false).await.unwrap();
            registry.delete_subject("s", true).await.unwrap();
        }
    }
    others
}

#[tokio::test]
async fn a_folder_judges_as_java_does() {
    let folder = tempfile::tempdir().unwrap();
    let others = judge(&FolderRegistry::open(folder.path()).unwrap()).await;
    assert!(others.is_empty(), "{others:?}");
}

#[tokio::test]
async fn a_served_folder_judges_as_java_does() {
    let served = Served::new().await;
    let others = judge(&served.client()).await;
    assert!(others.is_empty(), "{others:?}");
    served.end().await;
}

/// What Apicurio 3.0.9 sees otherwise: where two fields of the writer are one of the reader's, Java's checker
/// has no verdict but an exception, and Apicurio takes that for a schema that is none. Ours says that
/// the one cannot read the other.
const OF_APICURIO: &str = "AMBIGUOUS_FIELD";

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn apicurio_judges_as_java_does_but_where_java_has_no_verdict() {
    let started = || Apicurio::start(env!("CARGO_TARGET_TMPDIR"));
    let Some(apicurio) = tokio::task::spawn_blocking(started).await.unwrap().unwrap() else {
        return;
    };
    let settings = HttpSettings::of(apicurio.url()).unwrap();
    let others = judge(&HttpRegistry::new(settings).unwrap()).await;
    // One row, in both directions.
    assert_eq!(others.len(), 2, "{others:?}");
    for (row, (verdict, registered)) in others {
        assert!(row.found[0].starts_with(OF_APICURIO), "{row:?}");
        let no = verdict.unwrap_err();
        assert_eq!(no.code(), Some(Code::InvalidSchema), "{row:?}: {no}");
        assert!(registered.is_err(), "{row:?}");
    }
}
