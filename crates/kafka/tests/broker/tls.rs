//! Brokers behind TLS, and clients that prove who they are by a certificate.

use huntsman_core::Export;
use huntsman_testkit::sample_records;

use crate::guarded::{Files, Guarded, guarded};
use crate::opening::refused;
use crate::topic::{feed, fresh, no_job, numbers, sink};

async fn arrives(guarded: &Guarded, listener: &str, words: &str) {
    let topic = fresh();
    let sink = sink(&guarded.at(listener), &topic, &format!("&{words}"));
    sink.open(no_job()).await.unwrap();
    sink.export(sample_records(0..20)).await.unwrap();
    sink.close().await.unwrap();
    assert_eq!(
        numbers(&guarded.plain(), &topic),
        (0..20).collect::<Vec<_>>()
    );
}

async fn refused_with(servers: &str, words: &str, part: &str) {
    let error = refused(&format!("kafka://{servers}/t?create=true&{words}")).await;
    assert!(error.contains(part), "{servers} {words}: {error}");
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn a_broker_is_trusted_by_its_authority_and_name() {
    let Some(guarded) = guarded() else { return };
    let files = Files::of(guarded);
    let folder = files.folder().display();
    let tls = "security.protocol=ssl&broker.address.family=v4";
    let trusting = format!("{tls}&ssl.ca.location={folder}/ca.pem");
    arrives(guarded, "TLS", &trusting).await;

    let at = guarded.at("TLS");
    let wrong = "no secure connection to a broker";
    refused_with(&at, tls, wrong).await;
    refused_with(
        &at,
        tls,
        "verify that ssl.ca.location is correctly configured",
    )
    .await;
    refused_with(
        &at,
        &format!("{tls}&ssl.ca.location={folder}/other.pem"),
        wrong,
    )
    .await;
    let (_, port) = at.split_once(':').unwrap();
    refused_with(&format!("localhost:{port}"), &trusting, wrong).await;
    // It answers with something else than TLS, or hangs up: whichever comes first.
    let plain = format!("kafka://{}/t?create=true&{trusting}", guarded.plain());
    let error = refused(&plain).await;
    let parts = ["PLAINTEXT broker listener?", "speak its security.protocol"];
    assert!(parts.iter().any(|part| error.contains(part)), "{error}");
    // There is no such file: it is a word that is wrong, not a broker.
    let missing = format!("kafka://{at}/t?{tls}&ssl.ca.location={folder}/missing.pem");
    let error = feed(&missing).err().unwrap().to_string();
    assert!(error.contains("has ssl.ca.location=/"), "{error}");
    assert!(error.contains("missing.pem: No such file"), "{error}");
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn a_broker_may_want_a_certificate() {
    let Some(guarded) = guarded() else { return };
    let files = Files::of(guarded);
    let folder = files.folder().display();
    let tls = format!("security.protocol=ssl&ssl.ca.location={folder}/ca.pem");
    let with = |name: &str| {
        format!(
            "{tls}&ssl.certificate.location={folder}/{name}.pem&ssl.key.location={folder}/{name}.key"
        )
    };
    arrives(guarded, "MTLS", &with("me")).await;
    let at = guarded.at("MTLS");
    let wrong = "no secure connection to a broker";
    refused_with(&at, &tls, wrong).await;
    refused_with(&at, &tls, "it wants a certificate of the client").await;
    refused_with(&at, &with("stranger"), wrong).await;
}
