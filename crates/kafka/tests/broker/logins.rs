//! Users and passwords.

use huntsman_core::Export;
use huntsman_kafka::read::{Polled, Reader, Source};
use huntsman_testkit::sample_records;

use crate::guarded::{Files, guarded};
use crate::opening::refused;
use crate::topic::{feed, fresh, no_job};

fn words(mechanism: &str, password: &str) -> String {
    format!(
        "security.protocol=sasl_plaintext&sasl.mechanism={mechanism}&sasl.username=alice\
         &sasl.password={password}"
    )
}

/// The values of a topic, as `crawl tail` reads them.
async fn tailed(servers: &str, topic: &str, words: &str) -> usize {
    let words = format!("{words}&from=beginning&until=end&group=readers");
    let source = Source::read(&format!("kafka://{servers}/{topic}?{words}")).unwrap();
    let shown = format!("{source:?}");
    assert!(!shown.contains("sesame"), "{shown}");
    let reader = Reader::open(&source).await.unwrap();
    let mut read = 0;
    while let Polled::Records(records) = reader.next().await.unwrap() {
        read += records.len();
        reader.done(records.iter().map(|one| (one.partition, one.offset)));
    }
    let shown = format!("{reader:?}");
    assert!(!shown.contains("sesame"), "{shown}");
    reader.close().await.unwrap();
    read
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn who_has_the_password_writes_in_a_transaction_and_reads() {
    let Some(guarded) = guarded() else { return };
    let servers = guarded.at("LOGIN");
    for (mechanism, password) in [
        ("PLAIN", "sesame-plain"),
        ("SCRAM-SHA-256", "sesame-256"),
        ("SCRAM-SHA-512", "sesame-512"),
    ] {
        let words = words(mechanism, password);
        let topic = guarded.takes_transactions(&servers, &words).await;
        assert_eq!(tailed(&servers, &topic, &words).await, 10, "{mechanism}");
    }
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn a_login_that_is_refused_is_told_without_the_password() {
    let Some(guarded) = guarded() else { return };
    let servers = guarded.at("LOGIN");
    for mechanism in ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] {
        // That of another mechanism.
        let words = words(mechanism, "sesame-guessed");
        let error = refused(&format!("kafka://{servers}/t?create=true&{words}")).await;
        assert!(error.contains("the login is refused"), "{error}");
        assert!(!error.contains("sesame"), "{error}");
        let source = Source::read(&format!("kafka://{servers}/t?{words}")).unwrap();
        let error = Reader::open(&source).await.unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("the login is refused"), "{shown}");
        assert!(!shown.contains("sesame"), "{shown}");
    }
    // A mechanism that the listener has not.
    let words = words("PLAIN", "sesame-plain").replace("plaintext", "ssl");
    let files = Files::of(guarded);
    let ca = format!("ssl.ca.location={}/ca.pem", files.folder().display());
    let servers = guarded.at("SAFE");
    let error = refused(&format!("kafka://{servers}/t?{words}&{ca}")).await;
    assert!(error.contains("SCRAM-SHA-512"), "{error}");
    // No word at all: the listener hangs up.
    let servers = guarded.at("LOGIN");
    let error = refused(&format!("kafka://{servers}/t?linger.ms=1")).await;
    assert!(error.contains("no broker can be reached"), "{error}");
    assert!(error.contains("security.protocol"), "{error}");
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn scram_over_tls_writes_and_reads() {
    let Some(guarded) = guarded() else { return };
    let files = Files::of(guarded);
    let (servers, topic) = (guarded.at("SAFE"), fresh());
    let ca = format!("ssl.ca.location={}/ca.pem", files.folder().display());
    let words = words("SCRAM-SHA-512", "sesame-512").replace("plaintext", "ssl");
    let words = format!("{words}&{ca}");
    let address = format!("kafka://{servers}/{topic}?create=true&partitions=1&{words}");
    let sink = feed(&address).unwrap();
    sink.open(no_job()).await.unwrap();
    sink.export(sample_records(0..10)).await.unwrap();
    sink.close().await.unwrap();
    assert_eq!(tailed(&servers, &topic, &words).await, 10);
}
