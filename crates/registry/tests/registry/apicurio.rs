//! Apicurio Registry, by our client: a registry that is not ours.

use huntsman_registry::{Code, HttpRegistry, HttpSettings, Level, Registry};
use huntsman_testkit::apicurio::Apicurio;

use crate::suite::{self, Kind};

/// Apicurio 3.0.9, by its API `ccompat/v7`. Its level is `NONE` until one is set.
const APICURIO: Kind = Kind {
    has_guids: false,
    has_modes: false,
    tells_version: false,
    tells_reasons: false,
    tells_deleted: false,
    replaces_deleted: false,
    ignores_blanks: false,
    demands_references: false,
    checks_references: false,
    resets_level: false,
    no_own_level: Code::SubjectNotFound,
};

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn apicurio_is_a_registry() {
    let started = || Apicurio::start(env!("CARGO_TARGET_TMPDIR"));
    let Some(apicurio) = tokio::task::spawn_blocking(started).await.unwrap().unwrap() else {
        return;
    };
    let registry = HttpRegistry::new(HttpSettings::of(apicurio.url()).unwrap()).unwrap();
    assert_eq!(registry.level(None, true).await.unwrap(), Level::None);
    registry.set_level(None, Level::Backward).await.unwrap();
    suite::all(&registry, &APICURIO).await;
}
