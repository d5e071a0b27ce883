//! Registries behind HTTPS, and whom they let in.

use std::path::{Path, PathBuf};

use huntsman_registry::{
    Credentials, Deleted, HttpRegistry, HttpSettings, Registering, Registry, RegistryError, Schema,
    Secret, TlsFiles,
};
use huntsman_testkit::tls::{Asks, Authority, Certificate, Front};
use tempfile::TempDir;

use crate::served::Served;

/// A registry without TLS, what is before it, and files of who asks.
struct Place {
    authority: Authority,
    stranger: Authority,
    own: Certificate,
    served: Served,
    folder: TempDir,
}

impl Place {
    async fn new() -> Self {
        let authority = Authority::new("one").unwrap();
        Self {
            own: authority.certificate(&["127.0.0.1"]).unwrap(),
            authority,
            stranger: Authority::new("another").unwrap(),
            served: Served::new().await,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn ca(&self) -> PathBuf {
        self.file("ca.pem", self.authority.pem())
    }

    async fn front(&self, asks: Asks<'_>) -> Front {
        let behind = self.served.address.strip_prefix("http://").unwrap();
        Front::before(behind.parse().unwrap(), &self.own, asks)
            .await
            .unwrap()
    }
}

fn settings(host: &str, front: &Front, files: TlsFiles<'_>) -> HttpSettings {
    let settings = HttpSettings::of(&format!("https://{host}:{}", front.port())).unwrap();
    settings.with_files(files).unwrap()
}

async fn subjects(settings: HttpSettings) -> Result<Vec<String>, RegistryError> {
    let registry = HttpRegistry::new(settings).unwrap();
    registry.subjects(Deleted::Hidden).await
}

/// It is told at once: time would not heal it.
async fn refused(settings: HttpSettings) -> String {
    let error = subjects(settings).await.unwrap_err();
    assert!(!error.is_transient(), "{error:?}");
    let text = error.to_string();
    assert!(!text.contains('\n') && !text.contains("PRIVATE"), "{text}");
    text
}

fn trusting(ca: &Path) -> TlsFiles<'_> {
    TlsFiles {
        ca: Some(ca),
        ..TlsFiles::default()
    }
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted_and_no_other() {
    let place = Place::new().await;
    let front = place.front(Asks::Nothing).await;
    let ca = place.ca();
    let registry = HttpRegistry::new(settings("127.0.0.1", &front, trusting(&ca))).unwrap();
    let how = Registering::default();
    let schema = Schema::avro("\"int\"");
    let done = registry.register("quotes-value", &schema, how).await;
    assert_eq!(done.unwrap().id, 1);
    let other = place.file("other.pem", place.stranger.pem());
    for files in [TlsFiles::default(), trusting(&other)] {
        let error = refused(settings("127.0.0.1", &front, files)).await;
        assert!(
            error.contains("no secure connection: the server's certificate is not trusted"),
            "{error}"
        );
    }
    let error = refused(settings("localhost", &front, trusting(&ca))).await;
    assert!(error.contains("is for another name"), "{error}");
    place.served.end().await;
}

#[tokio::test]
async fn a_server_may_want_a_certificate() {
    let place = Place::new().await;
    let front = place.front(Asks::Certificate(&place.authority)).await;
    let (ca, mine) = (
        place.ca(),
        place.authority.certificate(&["crawler"]).unwrap(),
    );
    let (chain, key) = (
        place.file("me.pem", &mine.chain),
        place.file("me.key", &mine.key),
    );
    let both = place.file("both.pem", &format!("{}{}", mine.chain, mine.key));
    for (certificate, key) in [(&chain, Some(&*key)), (&both, None)] {
        let files = TlsFiles {
            certificate: Some(certificate),
            key,
            ..trusting(&ca)
        };
        let listed = subjects(settings("127.0.0.1", &front, files)).await;
        assert_eq!(listed.unwrap(), [] as [String; 0]);
    }
    let error = refused(settings("127.0.0.1", &front, trusting(&ca))).await;
    assert!(
        error.contains("wants a client's certificate, and there is none"),
        "{error}"
    );
    let other = place.stranger.certificate(&["crawler"]).unwrap();
    let (chain, key) = (
        place.file("it.pem", &other.chain),
        place.file("it.key", &other.key),
    );
    let files = TlsFiles {
        certificate: Some(&chain),
        key: Some(&key),
        ..trusting(&ca)
    };
    let error = refused(settings("127.0.0.1", &front, files)).await;
    assert!(
        error.contains("does not take the client's certificate"),
        "{error}"
    );
    place.served.end().await;
}

#[tokio::test]
async fn a_login_goes_through_tls() {
    let place = Place::new().await;
    let ca = place.ca();
    // ada:p4ss
    let basic = place
        .front(Asks::Header("authorization: Basic YWRhOnA0c3M="))
        .await;
    let bearer = place
        .front(Asks::Header("authorization: Bearer t0ken"))
        .await;
    let of = |front: &Front, credentials: Credentials| {
        let mut settings = settings("127.0.0.1", front, trusting(&ca));
        settings.credentials = credentials;
        settings
    };
    let user = |info: &str| Credentials::of_user_info(info).unwrap();
    let token = |text: &str| Credentials::Bearer(Secret::new(text));
    subjects(of(&basic, user("ada:p4ss"))).await.unwrap();
    subjects(of(&bearer, token("t0ken"))).await.unwrap();
    for settings in [
        of(&basic, user("ada:gu3ss")),
        of(&bearer, token("gu3ss")),
        of(&bearer, Credentials::None),
    ] {
        let error = refused(settings).await;
        assert!(
            error.contains("does not accept these credentials (401)"),
            "{error}"
        );
        assert!(!error.contains("gu3ss"), "{error}");
    }
    place.served.end().await;
}

/// One that is not trusted is passed over, as one that is away.
#[tokio::test]
async fn the_next_server_is_asked_where_one_is_not_trusted() {
    let place = Place::new().await;
    let front = place.front(Asks::Nothing).await;
    let forged = place.stranger.certificate(&["127.0.0.1"]).unwrap();
    let behind = place.served.address.strip_prefix("http://").unwrap();
    let other = Front::before(behind.parse().unwrap(), &forged, Asks::Nothing)
        .await
        .unwrap();
    let urls = format!(
        "https://127.0.0.1:{},https://127.0.0.1:{}",
        other.port(),
        front.port()
    );
    let ca = place.ca();
    let settings = HttpSettings::of(&urls).unwrap().with_files(trusting(&ca));
    assert_eq!(
        subjects(settings.unwrap()).await.unwrap(),
        [] as [String; 0]
    );
    place.served.end().await;
}

#[test]
fn files_that_have_no_sense_are_told_without_their_text() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.pem");
    let text = folder.path().join("text.pem");
    std::fs::write(&text, "my s3cret").unwrap();
    let of = |files| HttpSettings::of("https://h").unwrap().with_files(files);
    for (files, part) in [
        (trusting(&missing), "the CA "),
        (
            TlsFiles {
                certificate: Some(&missing),
                ..TlsFiles::default()
            },
            "missing.pem cannot be read",
        ),
        (
            TlsFiles {
                key: Some(&missing),
                ..TlsFiles::default()
            },
            "and no certificate",
        ),
    ] {
        let error = of(files).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    for files in [
        trusting(&text),
        TlsFiles {
            certificate: Some(&text),
            ..TlsFiles::default()
        },
    ] {
        let error = HttpRegistry::new(of(files).unwrap())
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("PEM") && !error.contains("s3cret"),
            "{error}"
        );
    }
}
