//! Verdicts of registries are those of Java's checker: the rows are judged by it in the tests of
//! `huntsman-avro`.

use huntsman_registry::{Against, FolderRegistry, Level, Registering, Registry, Schema};

use crate::rules;
use crate::served::Served;

async fn judge(registry: &dyn Registry) {
    let rows = rules::rows().0;
    assert!(rows.len() > 100, "{} rows", rows.len());
    for row in rows {
        let (reader, writer) = (Schema::avro(&row.reader), Schema::avro(&row.writer));
        for (level, old, new) in [
            (Level::Backward, &writer, &reader),
            (Level::Forward, &reader, &writer),
        ] {
            registry.set_level(Some("s"), level).await.unwrap();
            registry
                .register("s", old, Registering::default())
                .await
                .unwrap();
            let verdict = registry.check("s", Against::All, new, false).await.unwrap();
            assert_eq!(
                verdict.is_compatible,
                row.found.is_empty(),
                "{level}: {row:?}"
            );
            let done = registry.register("s", new, Registering::default()).await;
            assert_eq!(done.is_ok(), verdict.is_compatible, "{level}: {row:?}");
            registry.delete_subject("s", false).await.unwrap();
            registry.delete_subject("s", true).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_folder_judges_as_java_does() {
    let folder = tempfile::tempdir().unwrap();
    judge(&FolderRegistry::open(folder.path()).unwrap()).await;
}

#[tokio::test]
async fn a_served_folder_judges_as_java_does() {
    let served = Served::new().await;
    judge(&served.client()).await;
    served.end().await;
}
