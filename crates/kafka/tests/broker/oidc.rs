//! OAUTHBEARER, with tokens of an OpenID Connect provider (client credentials, RFC 6749 4.4).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use huntsman_core::Export;
use huntsman_kafka::read::{Polled, Reader, Source};
use huntsman_testkit::http::request;
use huntsman_testkit::sample_records;
use huntsman_testkit::tls::{Asks, Authority, Front};
use rdkafka::config::ClientConfig;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::guarded::{Files, Guarded, guarded};
use crate::opening::refused;
use crate::signer::{AUDIENCE, ISSUER, Signer};
use crate::topic::{fresh, no_job, sink};

const CLIENT: &str = "crawler";
const SECRET: &str = "open-sesame";
const SIGNED_AT: i64 = 1_700_000_000;
const IN_2100: i64 = 4_102_444_800;
const NO_TOKEN: &str = "there is no token for the login";

/// Whether librdkafka was built with it: it wants libcurl. In CI it has to be.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
fn has_oidc() -> bool {
    let native = ClientConfig::new().create_native_config().unwrap();
    let features = native.get("builtin.features").unwrap();
    if features.split(',').any(|feature| feature.trim() == "oidc") {
        return true;
    }
    assert!(std::env::var_os("CI").is_none(), "{features}");
    println!("skipped: librdkafka was built without libcurl");
    false
}

/// Gives tokens to who has the secret, until it is told to stop.
struct Provider {
    address: String,
    given: Arc<AtomicUsize>,
    refused: Arc<AtomicUsize>,
    has_ended: Arc<AtomicBool>,
    _server: JoinSet<()>,
}

impl Provider {
    /// Its tokens are good until then, in seconds of Unix, and signed by nobody.
    async fn start(until: i64) -> Self {
        Self::giving(unsigned(
            &json!({"sub": "crawler", "iat": SIGNED_AT, "exp": until}),
        ))
        .await
    }

    /// It gives this token.
    async fn giving(token: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/token", listener.local_addr().unwrap());
        let given = Arc::new(AtomicUsize::new(0));
        let refused = Arc::new(AtomicUsize::new(0));
        let has_ended = Arc::new(AtomicBool::new(false));
        let counts = [Arc::clone(&given), Arc::clone(&refused)];
        let ended = Arc::clone(&has_ended);
        let mut server = JoinSet::new();
        server.spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let asked = request(&mut stream).await.unwrap();
                let (status, body) = match ended.load(Ordering::Relaxed) {
                    true => refusal(),
                    false => answer(&asked, &token),
                };
                counts[usize::from(status != 200)].fetch_add(1, Ordering::Relaxed);
                let length = body.len();
                let answer = format!(
                    "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n\
                     connection: close\r\ncontent-length: {length}\r\n\r\n{body}"
                );
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        Self {
            address,
            given,
            refused,
            has_ended,
            _server: server,
        }
    }
}

fn refusal() -> (u16, String) {
    let body = r#"{"error":"invalid_client","error_description":"no such client"}"#;
    (401, body.to_owned())
}

fn answer(asked: &str, token: &str) -> (u16, String) {
    let login = STANDARD.encode(format!("{CLIENT}:{SECRET}"));
    let wanted = format!("Authorization: Basic {login}");
    if !asked.lines().any(|line| line.eq_ignore_ascii_case(&wanted)) {
        return refusal();
    }
    let body = format!(r#"{{"access_token":"{token}","token_type":"bearer","expires_in":3600}}"#);
    (200, body)
}

fn unsigned(claims: &Value) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!(
        "{}.{}.",
        part(r#"{"alg":"none"}"#),
        part(&claims.to_string())
    )
}

fn words(protocol: &str, provider: &str, secret: &str) -> String {
    format!(
        "security.protocol={protocol}&sasl.mechanism=OAUTHBEARER&sasl.oauthbearer.method=oidc\
         &sasl.oauthbearer.client.id={CLIENT}&sasl.oauthbearer.client.secret={secret}\
         &sasl.oauthbearer.token.endpoint.url={provider}"
    )
}

async fn arrives(guarded: &Guarded, servers: &str, words: &str) {
    let topic = guarded.takes_transactions(servers, words).await;
    let address = format!("kafka://{servers}/{topic}?{words}&from=beginning&until=end");
    let reader = Reader::open(&Source::read(&address).unwrap())
        .await
        .unwrap();
    let Polled::Records(records) = reader.next().await.unwrap() else {
        panic!("nothing comes");
    };
    assert_eq!(records[0].offset, 0);
    reader.close().await.unwrap();
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn a_client_with_its_secret_gets_a_token_and_writes() {
    let Some(guarded) = guarded() else { return };
    if !has_oidc() {
        return;
    }
    let provider = Provider::start(IN_2100).await;
    let open = words("sasl_plaintext", &provider.address, SECRET);
    arrives(guarded, &guarded.at("LOGIN"), &open).await;
    let files = Files::of(guarded);
    let ca = format!("ssl.ca.location={}/ca.pem", files.folder().display());
    let safe = words("sasl_ssl", &provider.address, SECRET);
    arrives(guarded, &guarded.at("SAFE"), &format!("{safe}&{ca}")).await;
    assert!(provider.given.load(Ordering::Relaxed) > 0);
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn a_token_that_is_not_given_is_told_without_the_secret() {
    let Some(guarded) = guarded() else { return };
    if !has_oidc() {
        return;
    }
    let servers = guarded.at("LOGIN");
    let provider = Provider::start(IN_2100).await;
    let at = |port: u16| format!("http://127.0.0.1:{port}/token");
    let away = {
        // Nobody listens there any more.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    let port = away.to_string();
    for (provider, parts) in [
        (provider.address.clone(), [NO_TOKEN, "invalid_client"]),
        (at(away), [NO_TOKEN, &port]),
    ] {
        let words = words("sasl_plaintext", &provider, "s3cret-guessed");
        let error = refused(&format!("kafka://{servers}/t?create=true&{words}")).await;
        for part in parts {
            assert!(error.contains(part), "{error}");
        }
        assert!(!error.contains("guessed"), "{error}");
    }
    assert_eq!(provider.given.load(Ordering::Relaxed), 0);
}

#[expect(
    clippy::disallowed_methods,
    reason = "a token is good until a time of day"
)]
fn in_seconds(seconds: i64) -> i64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    i64::try_from(now.unwrap().as_secs()).unwrap() + seconds
}

/// The last token is good for what is open already.
#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn a_reader_goes_on_while_the_provider_gives_no_token() {
    let Some(guarded) = guarded() else { return };
    if !has_oidc() {
        return;
    }
    // It is renewed after four fifths of that.
    let provider = Provider::start(in_seconds(20)).await;
    let words = words("sasl_plaintext", &provider.address, SECRET);
    let topic = fresh();
    let sink = sink(&guarded.plain(), &topic, "");
    sink.open(no_job()).await.unwrap();
    let address = format!(
        "kafka://{}/{topic}?{words}&from=beginning",
        guarded.at("LOGIN")
    );
    let reader = Reader::open(&Source::read(&address).unwrap())
        .await
        .unwrap();
    provider.has_ended.store(true, Ordering::Relaxed);
    while provider.refused.load(Ordering::Relaxed) == 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // The reader has been told by the last of them.
    for number in 0..5 {
        sink.export(sample_records(number..number + 1))
            .await
            .unwrap();
        let Polled::Records(records) = reader.next().await.unwrap() else {
            panic!("nothing comes");
        };
        assert_eq!(records[0].offset, i64::try_from(number).unwrap());
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    sink.close().await.unwrap();
    reader.close().await.unwrap();
}

/// What the broker of signed tokens wants of one.
fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "crawler", "iat": SIGNED_AT, "exp": IN_2100,
    })
}

/// A provider behind HTTPS, with a certificate of an authority of its own.
struct Secure {
    provider: Provider,
    front: Front,
    folder: tempfile::TempDir,
}

impl Secure {
    async fn giving(token: String) -> Self {
        let provider = Provider::giving(token).await;
        let authority = Authority::new("login").unwrap();
        let own = authority.certificate(&["127.0.0.1"]).unwrap();
        let behind = provider.address.strip_prefix("http://").unwrap();
        let behind = behind.strip_suffix("/token").unwrap().parse().unwrap();
        let front = Front::before(behind, &own, Asks::Nothing).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("login.pem"), authority.pem()).unwrap();
        Self {
            provider,
            front,
            folder,
        }
    }

    /// How to log in by its tokens at a broker of this authority.
    fn words(&self, broker: &Files) -> String {
        let url = format!("https://127.0.0.1:{}/token", self.front.port());
        let ca = broker.folder().join("ca.pem");
        format!(
            "{}&ssl.ca.location={}",
            words("sasl_ssl", &url, SECRET),
            ca.display()
        )
    }

    /// The same for who trusts its authority.
    fn trusted(&self, broker: &Files) -> String {
        let ca = self.folder.path().join("login.pem");
        format!("{}&https.ca.location={}", self.words(broker), ca.display())
    }
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn a_signed_token_had_by_https_is_taken() {
    let Some(guarded) = guarded() else { return };
    if !has_oidc() {
        return;
    }
    let secure = Secure::giving(guarded.signer.token(&claims())).await;
    let files = Files::of(guarded);
    arrives(guarded, &guarded.at("SIGNED"), &secure.trusted(&files)).await;
    assert!(secure.provider.given.load(Ordering::Relaxed) > 0);
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn a_provider_that_is_not_trusted_is_told_and_has_not_got_the_secret() {
    let Some(guarded) = guarded() else { return };
    if !has_oidc() {
        return;
    }
    let secure = Secure::giving(guarded.signer.token(&claims())).await;
    let servers = guarded.at("SIGNED");
    let files = Files::of(guarded);
    let words = secure.words(&files);
    let error = refused(&format!("kafka://{servers}/t?create=true&{words}")).await;
    assert!(
        error.contains(NO_TOKEN) && error.contains("certificate"),
        "{error}"
    );
    assert!(!error.contains(SECRET), "{error}");
    // It would have given one for the secret.
    assert_eq!(secure.provider.given.load(Ordering::Relaxed), 0);
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn a_token_that_the_broker_does_not_take_is_told() {
    let Some(guarded) = guarded() else { return };
    if !has_oidc() {
        return;
    }
    let servers = guarded.at("SIGNED");
    let files = Files::of(guarded);
    let with = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        guarded.signer.token(&claims)
    };
    for token in [
        Signer::new().token(&claims()),
        unsigned(&claims()),
        with("iss", json!("https://other.example")),
        with("aud", json!("other")),
    ] {
        let secure = Secure::giving(token.clone()).await;
        let words = secure.trusted(&files);
        let error = refused(&format!("kafka://{servers}/t?create=true&{words}")).await;
        for part in ["the login is refused", "invalid_token"] {
            assert!(error.contains(part), "{error}");
        }
        for secret in [SECRET, &token] {
            assert!(!error.contains(secret), "{error}");
        }
        assert!(secure.provider.given.load(Ordering::Relaxed) > 0);
    }
}
