//! A broker that does not let everybody in, shared by the tests of TLS and logins.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use huntsman_core::{Export, Sequence};
use huntsman_testkit::kafka::{Kafka, Listener, Setup};
use huntsman_testkit::sample_records;
use huntsman_testkit::tls::{Authority, Certificate};

use crate::signer::{AUDIENCE, ISSUER, Signer};
use crate::topic::{fresh, job, numbers, sink};

/// The broker: `PLAINTEXT`, and
///
/// | listener | who gets in |
/// | --- | --- |
/// | `TLS` | everybody |
/// | `MTLS` | who has a certificate of the authority |
/// | `LOGIN` | by PLAIN, SCRAM or OAUTHBEARER, without TLS |
/// | `SAFE` | by SCRAM or OAUTHBEARER, with TLS |
/// | `SIGNED` | by OAUTHBEARER with a token that `signer` has signed, with TLS |
pub(crate) struct Guarded {
    pub(crate) broker: Kafka,
    authority: Authority,
    /// Of the same authority.
    client: Certificate,
    /// Nobody trusts it.
    stranger: Authority,
    pub(crate) signer: Signer,
}

const LISTENERS: &[Listener<'static>] = &[
    Listener {
        name: "TLS",
        protocol: "SSL",
    },
    Listener {
        name: "MTLS",
        protocol: "SSL",
    },
    Listener {
        name: "LOGIN",
        protocol: "SASL_PLAINTEXT",
    },
    Listener {
        name: "SAFE",
        protocol: "SASL_SSL",
    },
    Listener {
        name: "SIGNED",
        protocol: "SASL_SSL",
    },
];

/// Alice may log in by each mechanism, with a password of its own.
const USERS: &[&str] = &[
    "SCRAM-SHA-256=[name=alice,password=sesame-256]",
    "SCRAM-SHA-512=[name=alice,password=sesame-512]",
];

const PLAIN: &str = "org.apache.kafka.common.security.plain.PlainLoginModule required \
     user_alice=\"sesame-plain\";";
const SCRAM: &str = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
/// It takes tokens that nobody has signed.
const BEARER: &str =
    "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;";
/// It takes those whose signature, issuer, audience and time are right.
const VALIDATOR: &str =
    "org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler";

/// None where Java is missing.
pub(crate) fn guarded() -> Option<&'static Guarded> {
    static GUARDED: OnceLock<Option<Guarded>> = OnceLock::new();
    GUARDED.get_or_init(Guarded::start).as_ref()
}

impl Guarded {
    fn start() -> Option<Self> {
        let authority = Authority::new("one").unwrap();
        // For its address alone, not for its name.
        let own = authority.certificate(&["127.0.0.1"]).unwrap();
        let mut properties = vec![
            ("ssl.keystore.type", "PEM"),
            ("ssl.keystore.certificate.chain", own.chain.as_str()),
            ("ssl.keystore.key", own.key.as_str()),
            ("ssl.truststore.type", "PEM"),
            ("ssl.truststore.certificates", authority.pem()),
            ("listener.name.mtls.ssl.client.auth", "required"),
            (
                "listener.name.login.sasl.enabled.mechanisms",
                "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
            ),
            (
                "listener.name.safe.sasl.enabled.mechanisms",
                "SCRAM-SHA-512,OAUTHBEARER",
            ),
            (
                "listener.name.signed.sasl.enabled.mechanisms",
                "OAUTHBEARER",
            ),
            (
                "listener.name.signed.oauthbearer.sasl.server.callback.handler.class",
                VALIDATOR,
            ),
            ("sasl.oauthbearer.expected.issuer", ISSUER),
            ("sasl.oauthbearer.expected.audience", AUDIENCE),
            ("listener.name.login.plain.sasl.jaas.config", PLAIN),
            ("listener.name.login.scram-sha-256.sasl.jaas.config", SCRAM),
        ];
        for (name, module) in [
            ("listener.name.login.scram-sha-512.sasl.jaas.config", SCRAM),
            ("listener.name.login.oauthbearer.sasl.jaas.config", BEARER),
            ("listener.name.safe.scram-sha-512.sasl.jaas.config", SCRAM),
            ("listener.name.safe.oauthbearer.sasl.jaas.config", BEARER),
            ("listener.name.signed.oauthbearer.sasl.jaas.config", BEARER),
        ] {
            properties.push((name, module));
        }
        let signer = Signer::new();
        let setup = Setup {
            properties: &properties,
            listeners: LISTENERS,
            users: USERS,
            jwks: Some(&signer.jwks()),
        };
        let broker = Kafka::start_with(env!("CARGO_TARGET_TMPDIR"), &setup).unwrap()?;
        Some(Self {
            broker,
            client: authority.certificate(&["crawler"]).unwrap(),
            stranger: Authority::new("another").unwrap(),
            authority,
            signer,
        })
    }

    pub(crate) fn at(&self, listener: &str) -> String {
        self.broker.address_of(listener).unwrap()
    }

    /// Ten items arrive by a listener in a transaction; their topic.
    pub(crate) async fn takes_transactions(&self, servers: &str, words: &str) -> String {
        let topic = fresh();
        let sink = sink(servers, &topic, &format!("&{words}"));
        sink.open(job(None)).await.unwrap();
        sink.commit(Sequence(0)).await.unwrap();
        sink.export(sample_records(0..10)).await.unwrap();
        sink.commit(Sequence(10)).await.unwrap();
        sink.close().await.unwrap();
        let committed = numbers(&self.plain(), &topic);
        assert_eq!(committed, (0..10).collect::<Vec<_>>(), "{words}");
        topic
    }

    /// Where a topic may be looked at by everybody.
    pub(crate) fn plain(&self) -> String {
        self.broker.address()
    }
}

/// Files of a client, which go with it.
pub(crate) struct Files(tempfile::TempDir);

impl Files {
    pub(crate) fn of(guarded: &Guarded) -> Self {
        let files = Self(tempfile::tempdir().unwrap());
        let stranger = guarded.stranger.certificate(&["crawler"]).unwrap();
        for (name, text) in [
            ("ca.pem", guarded.authority.pem()),
            ("other.pem", guarded.stranger.pem()),
            ("me.pem", &guarded.client.chain),
            ("me.key", &guarded.client.key),
            ("stranger.pem", &stranger.chain),
            ("stranger.key", &stranger.key),
        ] {
            std::fs::write(files.path(name), text).unwrap();
        }
        files
    }

    pub(crate) fn folder(&self) -> &Path {
        self.0.path()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}
