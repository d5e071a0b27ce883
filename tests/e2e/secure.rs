//! Brokers and registries behind TLS and logins, by the commands of a user; secrets are in no output.

use std::net::SocketAddr;
use std::sync::OnceLock;

use huntsman_testkit::kafka::{Kafka, Listener, Setup};
use huntsman_testkit::tls::{Asks, Authority, Front};

use crate::broker::read;
use crate::registry::Registry;
use crate::scratch::{Crawl, Scratch};
use crate::servers::{practice, resolved};

const PASSWORD: &str = "open-sesame";

/// A broker whose further listener wants TLS and a login by SCRAM, and the authority to trust.
struct Guarded {
    broker: Kafka,
    authority: Authority,
}

impl Guarded {
    fn address(&self) -> String {
        self.broker
            .address_of("SAFE")
            .expect("it has been asked for")
    }
}

fn guarded() -> Option<&'static Guarded> {
    static GUARDED: OnceLock<Option<Guarded>> = OnceLock::new();
    GUARDED.get_or_init(start).as_ref()
}

fn start() -> Option<Guarded> {
    let authority = Authority::new("one").expect("it can be made");
    let own = authority
        .certificate(&["127.0.0.1"])
        .expect("it can be made");
    let user = format!("SCRAM-SHA-512=[name=crawler,password={PASSWORD}]");
    let setup = Setup {
        properties: &[
            ("ssl.keystore.type", "PEM"),
            ("ssl.keystore.certificate.chain", &own.chain),
            ("ssl.keystore.key", &own.key),
            (
                "listener.name.safe.sasl.enabled.mechanisms",
                "SCRAM-SHA-512",
            ),
            (
                "listener.name.safe.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;",
            ),
        ],
        listeners: &[Listener {
            name: "SAFE",
            protocol: "SASL_SSL",
        }],
        users: &[&user],
        ..Setup::default()
    };
    let broker = Kafka::start_with(env!("CARGO_TARGET_TMPDIR"), &setup);
    let broker = broker.expect("the broker starts")?;
    Some(Guarded { broker, authority })
}

/// A folder whose settings have a feed to the topic, with the password of the environment.
fn scratch(guarded: &Guarded, topic: &str) -> Scratch {
    let scratch = Scratch::new();
    scratch.write("ca.pem", guarded.authority.pem());
    scratch.write(
        "crawl.toml",
        format!(
            "[deliver.quotes]\nplace = 'kafka://{}/{topic}'\ncreate = true\n\
             [deliver.quotes.kafka]\nsecurity.protocol = 'sasl_ssl'\n\
             sasl.mechanism = 'SCRAM-SHA-512'\nsasl.username = 'crawler'\n\
             sasl.password = '${{KAFKA_PASSWORD}}'\nssl.ca.location = 'ca.pem'\ndebug = 'all'\n",
            guarded.address()
        ),
    );
    scratch
}

fn with(password: &str, crawl: Crawl) -> Crawl {
    crawl.env("KAFKA_PASSWORD", password)
}

/// Whether it is in what commands said, or in a file that they left, but for that of the password.
fn is_shown(secret: &str, scratch: &Scratch, said: &[&str]) -> bool {
    let is_in = |bytes: &[u8]| {
        bytes
            .windows(secret.len())
            .any(|part| part == secret.as_bytes())
    };
    let mut folders = vec![scratch.path("")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("it can be read") {
            let path = entry.expect("it can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("password") {
                let bytes = std::fs::read(&path).expect("it can be read");
                if is_in(&bytes) {
                    return true;
                }
            }
        }
    }
    said.iter().any(|text| is_in(text.as_bytes()))
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn quotes_go_to_a_guarded_broker_and_come_back() {
    let Some(guarded) = guarded() else { return };
    let scratch = scratch(guarded, "guarded");
    let words =
        "quotes --demo -q --job job --log-level debug --log-file log.txt --report report.json";
    let crawled = with(PASSWORD, scratch.crawl(words)).run().await.succeeded();
    let found = read(&guarded.broker.address(), "guarded").expect("the topic is there");
    assert_eq!(found.len(), 100);
    let log = scratch.read("log.txt");
    assert!(log.contains("librdkafka"), "its own log is there as well");

    // As a container has its secrets.
    scratch.write("password", PASSWORD);
    let tail = format!(
        "tail kafka://{}/guarded?security.protocol=sasl_ssl&sasl.mechanism=SCRAM-SHA-512\
         &sasl.username=crawler&sasl.password=${{file:password}}&ssl.ca.location=ca.pem&kafka.debug=all \
         --from-beginning --exit-at-end --group readers --log-level debug --log-file tail.log",
        guarded.address()
    );
    let tailed = scratch.crawl(&tail).run().await.succeeded();
    assert_eq!(tailed.out.lines().count(), 100);

    let settings = with(PASSWORD, scratch.crawl("settings")).run().await;
    let settings = settings.succeeded();
    assert!(settings.out.contains("kafka.sasl.password = \"***\""));
    let outputs = [&crawled, &tailed, &settings].map(|done| format!("{}{}", done.out, done.err));
    let outputs = outputs.each_ref().map(String::as_str);
    assert!(!is_shown(PASSWORD, &scratch, &outputs));
    assert!(
        is_shown("librdkafka", &scratch, &[]),
        "files are looked into"
    );
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn a_password_that_is_wrong_ends_the_crawl_before_its_first_request() {
    let Some(guarded) = guarded() else { return };
    let scratch = scratch(guarded, "refused");
    let server = practice().await;
    let words = format!(
        "quotes {} --log-level debug --log-file log.txt",
        resolved(&server)
    );
    let line = with("s3cret-guessed", scratch.crawl(&words)).run().await;
    let line = line.complaint(3);
    assert!(line.contains("the login is refused"), "{line}");
    let unset = scratch.crawl(&words).run().await.complaint(1);
    assert!(unset.contains("KAFKA_PASSWORD"), "{unset}");
    // An authority that nobody has been told of.
    let untrusted = format!("{words} -s deliver.quotes.kafka.ssl.ca.location=probe");
    let untrusted = with(PASSWORD, scratch.crawl(&untrusted)).run().await;
    let untrusted = untrusted.complaint(3);
    assert!(
        untrusted.contains("no secure connection to a broker"),
        "{untrusted}"
    );
    assert_eq!(server.requests(), 0);
    for secret in ["s3cret-guessed", PASSWORD] {
        assert!(!is_shown(secret, &scratch, &[&line, &unset, &untrusted]));
    }
}

#[tokio::test]
async fn a_registry_behind_tls_is_asked_with_a_certificate_or_a_login() {
    let scratch = Scratch::new();
    scratch.write("v1.avsc", "{\"type\":\"string\"}");
    let authority = Authority::new("one").expect("it can be made");
    let own = authority
        .certificate(&["127.0.0.1"])
        .expect("it can be made");
    let mine = authority.certificate(&["crawler"]).expect("it can be made");
    scratch.write("ca.pem", authority.pem());
    scratch.write("me.pem", &mine.chain);
    scratch.write("me.key", &mine.key);
    let registry = Registry::start(&scratch).await;
    let behind: SocketAddr = registry
        .address
        .strip_prefix("http://")
        .and_then(|at| at.parse().ok())
        .expect("it is at an address");
    let front = async |asks: Asks<'_>| {
        let front = Front::before(behind, &own, asks).await;
        front.expect("it has a port")
    };
    let mutual = front(Asks::Certificate(&authority)).await;
    // ada:p4ss
    let basic = front(Asks::Header("authorization: Basic YWRhOnA0c3M=")).await;
    let bearer = front(Asks::Header("authorization: Bearer t0ken")).await;
    let ask = |words: &str, front: &Front| {
        let at = format!("--registry https://127.0.0.1:{}", front.port());
        scratch.crawl(&format!("schema {words} {at}"))
    };
    let certificate = "--ca ca.pem --certificate me.pem --key me.key";
    let register = format!("register quotes-value v1.avsc {certificate}");
    let done = ask(&register, &mutual).run().await.succeeded();
    assert_eq!(done.out, "quotes-value: version 1, id 1\n");
    let user = ("REGISTRY_USER_INFO", "ada:p4ss");
    let token = ("REGISTRY_TOKEN", "t0ken");
    for (front, (name, value)) in [(&basic, user), (&bearer, token)] {
        let listed = ask("list --ca ca.pem", front).env(name, value).run().await;
        assert_eq!(listed.succeeded().out, "quotes-value\tBACKWARD\t1 (id 1)\n");
    }
    // As a feed ends.
    for (crawl, code, part) in [
        (
            ask("list --ca ca.pem", &mutual),
            3,
            "wants a client's certificate",
        ),
        (
            ask("list", &mutual),
            3,
            "the server's certificate is not trusted",
        ),
        (ask("list --ca no.pem", &mutual), 1, "no.pem cannot be read"),
        (
            ask("list --ca ca.pem", &basic).env(user.0, "ada:gu3ss"),
            3,
            "does not accept these credentials (401)",
        ),
    ] {
        let line = crawl.run().await.complaint(code);
        assert!(line.contains(part), "{line}");
        assert!(!line.contains("gu3ss"), "{line}");
    }
    registry.end().await;
}
