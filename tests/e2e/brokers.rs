//! Brokers that go away or refuse while a crawl writes to their topic.

use std::collections::BTreeSet;
use std::time::Duration;

use huntsman_testkit::kafka::{Kafka, Listener, Setup};

use crate::broker::{own, read};
use crate::scratch::{Scratch, finished};
use crate::servers::Slow;

/// What brokers did not confirm at the end is told, and comes with the next run.
#[huntsman_testkit::needs_java]
#[tokio::test]
async fn what_is_not_confirmed_at_the_end_stays_in_the_outbox() {
    let Some(mut broker) = own() else { return };
    let (servers, scratch) = (broker.address(), Scratch::new());
    let site = Slow::serve(Duration::from_millis(200), "start").await;
    let words = format!(
        "site -a start=http://{}/ -q --job job -s lease.per_host=1 -s lease.delay=0s \
         -o kafka://{servers}/pages?create=true&flush_timeout=2s",
        site.addr
    );
    let crawl = scratch.crawl(&words).start();
    while read(&servers, "pages").map_or(0, |read| read.len()) < 3 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    broker.kill().expect("it can be killed");
    let done = finished(crawl, "").await;
    assert!(done.err.contains("no broker is there"), "{}", done.err);
    assert!(
        done.err.contains("not confirmed after 2s (flush_timeout)"),
        "{}",
        done.err
    );
    done.ended(3);
    let broker = tokio::task::spawn_blocking(move || broker.restart().map(|()| broker));
    let broker = broker.await.expect("no panic").expect("it starts again");
    scratch.crawl(&words).run().await.succeeded();
    let found = read(&broker.address(), "pages").expect("the topic is there");
    let urls: BTreeSet<_> = found
        .iter()
        .map(|read| read.header("huntsman.url"))
        .collect();
    assert_eq!((found.len(), urls.len()), (21, 21));
}

/// The crawl goes on while its broker is away, and waits with what it has.
#[huntsman_testkit::needs_java]
#[tokio::test]
async fn a_broker_that_is_killed_while_crawling_has_every_item_once() {
    killed_while_crawling("", Duration::ZERO).await;
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn a_broker_that_is_away_for_longer_than_a_transaction_has_every_item_once() {
    killed_while_crawling("&transaction.timeout.ms=1500", Duration::from_secs(3)).await;
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn a_login_that_is_refused_within_a_transaction_is_told_and_waited_for() {
    refused_while_crawling("--job job").await;
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn a_login_that_is_refused_while_crawling_is_told_and_waited_for() {
    refused_while_crawling("").await;
}

/// A user is taken away while a crawl runs, and is given back.
async fn refused_while_crawling(job: &str) {
    let scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
    let setup = Setup {
        properties: &[
            ("listener.name.login.sasl.enabled.mechanisms", MECHANISM),
            ("listener.name.login.scram-sha-512.sasl.jaas.config", scram),
        ],
        listeners: &[Listener {
            name: "LOGIN",
            protocol: "SASL_PLAINTEXT",
        }],
        users: &["SCRAM-SHA-512=[name=alice,password=sesame]"],
        ..Setup::default()
    };
    let folder = env!("CARGO_TARGET_TMPDIR");
    let Some(mut broker) = Kafka::start_with(folder, &setup).expect("the broker starts") else {
        return;
    };
    let (plain, login) = (broker.address(), broker.address_of("LOGIN"));
    let site = Slow::serve(Duration::from_millis(200), "start").await;
    let scratch = Scratch::new();
    let words = format!(
        "site -a start=http://{}/ -q {job} -s lease.per_host=1 -s lease.delay=0s --log-file log \
         -o kafka://{}/pages?create=true&security.protocol=sasl_plaintext\
         &sasl.mechanism={MECHANISM}&sasl.username=alice&sasl.password=sesame",
        site.addr,
        login.expect("there is such a listener")
    );
    let mut crawl = scratch.crawl(&words).start();
    while read(&plain, "pages").map_or(0, |read| read.len()) < 3 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // Whoever is connected stays so.
    user(&broker, "--delete-config", MECHANISM);
    broker.kill().expect("it can be killed");
    let broker = tokio::task::spawn_blocking(move || broker.restart().map(|()| broker));
    let broker = broker.await.expect("no panic").expect("it starts again");
    let told = || {
        let log = scratch.read("log");
        let told = log
            .lines()
            .filter(|line| line.contains("the login is refused"));
        told.filter(|line| line.contains("it waits, and tries again"))
            .count()
    };
    while told() == 0 {
        assert_eq!(crawl.try_wait().expect("it is ours"), None);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(!scratch.read("log").contains("sesame"));
    user(
        &broker,
        "--add-config",
        &format!("{MECHANISM}=[password=sesame]"),
    );
    finished(crawl, "").await.succeeded();
    assert_eq!(read(&plain, "pages").expect("the topic is there").len(), 21);
    assert_eq!(told(), 1, "{}", scratch.read("log"));
}

const MECHANISM: &str = "SCRAM-SHA-512";

/// Changes the password of alice.
fn user(broker: &Kafka, change: &str, to: &str) {
    let mut tool = broker.java("org.apache.kafka.tools.ConfigCommand");
    tool.args(["--bootstrap-server", &broker.address(), "--alter"]);
    tool.args(["--entity-type", "users", "--entity-name", "alice"]);
    tool.args([change, to]);
    huntsman_testkit::python::said(&mut tool).expect("the user is changed");
}

/// So long before it is started again.
async fn killed_while_crawling(words: &str, away: Duration) {
    let Some(mut broker) = own() else { return };
    let servers = broker.address();
    let site = Slow::serve(Duration::from_millis(200), "start").await;
    let scratch = Scratch::new();
    let words = format!(
        "site -a start=http://{}/ -q --job job -s lease.per_host=1 -s lease.delay=0s \
         -o kafka://{servers}/pages?create=true&reconnect.backoff.max.ms=500{words}",
        site.addr
    );
    let crawl = scratch.crawl(&words).start();
    // It is somewhere in the middle.
    while read(&servers, "pages").map_or(0, |read| read.len()) < 3 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    broker.kill().expect("it can be killed");
    tokio::time::sleep(away).await;
    let broker = tokio::task::spawn_blocking(move || broker.restart().map(|()| broker));
    let broker = broker.await.expect("no panic").expect("it starts again");
    finished(crawl, "").await.succeeded();
    let found = read(&broker.address(), "pages").expect("the topic is there");
    let mut urls: Vec<_> = found
        .iter()
        .map(|read| read.header("huntsman.url"))
        .collect();
    urls.sort_unstable();
    urls.dedup();
    assert_eq!((found.len(), urls.len()), (21, 21));
}
