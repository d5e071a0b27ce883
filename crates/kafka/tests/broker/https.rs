//! A registry behind HTTPS, by the words of an address.

use std::sync::Arc;

use huntsman_core::Export;
use huntsman_kafka::read::{Decoder, Polled, Reader, Source};
use huntsman_registry::{FolderRegistry, serve};
use huntsman_testkit::sample_records;
use huntsman_testkit::tls::{Asks, Authority, Front};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::opening::refused;
use crate::topic::{feed, fresh, no_job, shared};

/// A registry without TLS that wants no login, its authority, and files of who asks.
struct Place {
    at: std::net::SocketAddr,
    authority: Authority,
    folder: TempDir,
    _server: JoinSet<()>,
}

impl Place {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let registry = Arc::new(FolderRegistry::open(folder.path()).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let mut server = JoinSet::new();
        server.spawn(async move {
            let served = serve(registry, listener, std::future::pending()).await;
            served.unwrap();
        });
        let authority = Authority::new("one").unwrap();
        let mine = authority.certificate(&["crawler"]).unwrap();
        for (name, text) in [
            ("ca.pem", authority.pem()),
            ("me.pem", &mine.chain),
            ("me.key", &mine.key),
        ] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Self {
            at,
            authority,
            folder,
            _server: server,
        }
    }

    async fn front(&self, asks: Asks<'_>) -> Front {
        let own = self.authority.certificate(&["127.0.0.1"]).unwrap();
        Front::before(self.at, &own, asks).await.unwrap()
    }

    /// The words of a registry behind it, which is trusted.
    fn words(&self, front: &Front, more: &str) -> String {
        let folder = self.folder.path().display();
        let more = more.replace("FOLDER", &folder.to_string());
        let port = front.port();
        format!("registry=https://127.0.0.1:{port}&registry.ssl.ca.location={folder}/ca.pem{more}")
    }
}

const CERTIFICATE: &str = "&registry.ssl.certificate.location=FOLDER/me.pem\
     &registry.ssl.key.location=FOLDER/me.key";

/// Items are written by the registry's schema, and read by it.
async fn goes_and_comes(servers: &str, words: &str) {
    let topic = fresh();
    let address = format!("kafka://{servers}/{topic}?create=true&partitions=1&{words}");
    let sink = feed(&address).unwrap();
    sink.open(no_job()).await.unwrap();
    sink.export(sample_records(0..3)).await.unwrap();
    sink.close().await.unwrap();
    let source = Source::read(&format!("{address}&from=beginning&until=end")).unwrap();
    let mut decoder = Decoder::open(&source).await.unwrap();
    let reader = Reader::open(&source).await.unwrap();
    let mut numbers = Vec::new();
    while let Polled::Records(records) = reader.next().await.unwrap() {
        for record in &records {
            let mut json = Vec::new();
            decoder.value(record, &mut json).await.unwrap();
            let item: serde_json::Value = serde_json::from_slice(&json).unwrap();
            numbers.push(item["number"].as_u64().unwrap());
        }
    }
    reader.close().await.unwrap();
    assert_eq!(numbers, [0, 1, 2], "{words}");
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn the_registry_of_a_topic_may_be_behind_tls_certificates_and_logins() {
    let Some(broker) = shared() else { return };
    let (servers, place) = (broker.address(), Place::new().await);
    let mutual = place.front(Asks::Certificate(&place.authority)).await;
    // ada:p4ss
    let basic = Asks::Header("authorization: Basic YWRhOnA0c3M=");
    let basic = place.front(basic).await;
    let bearer = place
        .front(Asks::Header("authorization: Bearer t0ken"))
        .await;
    for (front, words) in [
        (&mutual, CERTIFICATE),
        (&basic, "&registry.basic.auth.user.info=ada:p4ss"),
        (&bearer, "&registry.bearer.auth.token=t0ken"),
    ] {
        goes_and_comes(&servers, &place.words(front, words)).await;
    }
}

#[tokio::test]
async fn a_registry_that_refuses_is_told_before_the_first_request() {
    let place = Place::new().await;
    let open = place.front(Asks::Nothing).await;
    let mutual = place.front(Asks::Certificate(&place.authority)).await;
    let bearer = place
        .front(Asks::Header("authorization: Bearer t0ken"))
        .await;
    let untrusted = format!("registry=https://127.0.0.1:{}", open.port());
    let guess = "&registry.bearer.auth.token=gu3ss";
    for (words, part) in [
        (untrusted, "the server's certificate is not trusted"),
        (
            place.words(&mutual, ""),
            "the server wants a client's certificate",
        ),
        (
            place.words(&bearer, guess),
            "does not accept these credentials (401)",
        ),
        (
            place.words(&open, "&registry.ssl.key.location=FOLDER/me.key"),
            "me.key, and no certificate",
        ),
        (
            place.words(&open, "&registry.ssl.certificate.location=FOLDER/you.pem"),
            "you.pem cannot be read",
        ),
    ] {
        // The registry is asked before any broker.
        let error = refused(&format!("kafka://127.0.0.1:9/t?{words}")).await;
        assert!(error.contains(part), "{words}: {error}");
        assert!(!error.contains("gu3ss"), "{error}");
    }
}
