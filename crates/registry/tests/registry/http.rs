//! Servers that fail, and the client's way with them.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use huntsman_registry::{
    Code, Credentials, Deleted, HttpRegistry, HttpSettings, Registering, Registry, RegistryError,
    Schema, Secret,
};
use huntsman_testkit::http::request;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// What a server does with one request.
#[derive(Clone)]
pub(crate) enum Does {
    Answers(u16, &'static str),
    /// Announces more than it sends.
    Breaks(&'static str),
    /// Says nothing, for so long.
    Sleeps,
}

/// A server that does one thing after the other, and the last for ever; what it was asked.
pub(crate) struct Fake {
    pub(crate) address: String,
    asked: Arc<Mutex<Vec<String>>>,
    _server: JoinSet<()>,
}

impl Fake {
    pub(crate) async fn new(does: Vec<Does>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        let mut server = JoinSet::new();
        server.spawn(async move {
            let mut open = JoinSet::new();
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let request = request(&mut stream).await.unwrap();
                let number = {
                    let mut log = log.lock().unwrap();
                    log.push(request);
                    log.len() - 1
                };
                let now = does.get(number).or(does.last()).cloned().unwrap();
                let (length, text) = match now {
                    Does::Answers(status, body) => {
                        (body.len(), format!("{status} X", ) + "\0" + body)
                    }
                    Does::Breaks(body) => (body.len() + 10, "200 X\0".to_owned() + body),
                    Does::Sleeps => {
                        open.spawn(async move {
                            let _stream = stream;
                            std::future::pending::<()>().await;
                        });
                        continue;
                    }
                };
                let (status, body) = text.split_once('\0').unwrap();
                let answer = format!(
                    "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
                );
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        Self {
            address,
            asked,
            _server: server,
        }
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn settings(urls: &[&Fake]) -> HttpSettings {
    let urls: Vec<_> = urls.iter().map(|fake| fake.address.as_str()).collect();
    let mut settings = HttpSettings::of(&urls.join(",")).unwrap();
    settings.retry_wait = Duration::from_millis(1);
    settings.timeout = Duration::from_millis(300);
    settings
}

pub(crate) fn client(urls: &[&Fake]) -> HttpRegistry {
    HttpRegistry::new(settings(urls)).unwrap()
}

use Does::{Answers, Breaks, Sleeps};

const SUBJECTS: &str = r#"["b","a"]"#;

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    for first in [
        Answers(500, r#"{"error_code":50003,"message":"no master"}"#),
        Answers(503, "<html>busy</html>"),
        Answers(429, ""),
        Answers(408, ""),
        Breaks("[\"a"),
        Sleeps,
    ] {
        let fake = Fake::new(vec![first, Answers(200, SUBJECTS)]).await;
        let subjects = client(&[&fake]).subjects(Deleted::Hidden).await.unwrap();
        assert_eq!(subjects, ["a", "b"]);
        assert_eq!(fake.asked().len(), 2);
    }
}

#[tokio::test]
async fn what_does_not_pass_is_told_after_some_tries() {
    let busy = Answers(503, r#"{"error_code":50004,"message":"unknown leader"}"#);
    let fake = Fake::new(vec![busy]).await;
    let error = client(&[&fake])
        .subjects(Deleted::Hidden)
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some(Code::NoLeader));
    assert!(error.to_string().contains("unknown leader"), "{error}");
    // Once, and three times more.
    assert_eq!(fake.asked().len(), 4);
}

#[tokio::test]
async fn what_is_final_is_asked_once() {
    for (answer, part) in [
        (
            Answers(401, r#"{"error_code":401,"message":"who?"}"#),
            "does not accept these credentials",
        ),
        (Answers(403, "no"), "forbids this (403)"),
        (Answers(404, "<html>nginx</html>"), "404"),
        (
            Answers(422, r#"{"error_code":42201,"message":"bad","more":null}"#),
            "bad",
        ),
        (
            Answers(200, "<html>a portal</html>"),
            "no answer of a schema registry",
        ),
        (Answers(200, "{}"), "no answer of a schema registry"),
    ] {
        let fake = Fake::new(vec![answer]).await;
        let error = client(&[&fake])
            .subjects(Deleted::Hidden)
            .await
            .unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
        assert!(!error.is_transient());
        assert_eq!(fake.asked().len(), 1, "{error}");
    }
}

#[tokio::test]
async fn the_next_server_is_asked_where_one_fails() {
    let gone = {
        // Nobody listens there any more.
        let fake = Fake::new(vec![Answers(200, SUBJECTS)]).await;
        fake.address.clone()
    };
    let (busy, good) = (
        Fake::new(vec![Answers(503, "")]).await,
        Fake::new(vec![Answers(200, SUBJECTS)]).await,
    );
    let urls = format!("{gone},{},{}", busy.address, good.address);
    let mut settings = settings(&[&good]);
    settings.urls = HttpSettings::of(&urls).unwrap().urls;
    let registry = HttpRegistry::new(settings).unwrap();
    for _ in 0..3 {
        registry.subjects(Deleted::Hidden).await.unwrap();
    }
    // The one that answered stays the first.
    assert_eq!((busy.asked().len(), good.asked().len()), (1, 3));
}

#[tokio::test]
async fn credentials_are_sent_and_never_shown() {
    let fake = Fake::new(vec![Answers(401, "no")]).await;
    let mut settings = settings(&[&fake]);
    settings.credentials = Credentials::Basic {
        user: "ada".to_owned(),
        password: Secret::new("p4ss:word"),
    };
    settings.headers = vec![("target-sr-cluster".to_owned(), Secret::new("lsrc-1"))];
    let registry = HttpRegistry::new(settings.clone()).unwrap();
    let error = registry.subjects(Deleted::Hidden).await.unwrap_err();
    let asked = fake.asked().concat().to_ascii_lowercase();
    assert!(asked.contains("authorization: basic "), "{asked}");
    assert!(asked.contains("target-sr-cluster: lsrc-1"), "{asked}");
    settings.credentials = Credentials::Bearer(Secret::new("t0ken"));
    let bearer = HttpRegistry::new(settings).unwrap();
    bearer.subjects(Deleted::Hidden).await.unwrap_err();
    assert!(fake.asked().concat().contains("Bearer t0ken"));
    let shown = format!("{error} {error:?} {registry:?} {bearer:?}");
    for secret in ["p4ss", "t0ken", "lsrc-1"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test]
async fn answers_of_other_servers_are_understood() {
    // Older ones know the id alone; others add what nobody knows.
    let fake = Fake::new(vec![Answers(200, r#"{"id":7}"#)]).await;
    let schema = Schema::avro("\"int\"");
    let how = Registering {
        normalize: true,
        ..Registering::default()
    };
    let done = client(&[&fake])
        .register("a/b c", &schema, how)
        .await
        .unwrap();
    assert_eq!((done.id, done.version, done.guid), (7, None, None));
    let asked = fake.asked().concat();
    assert!(
        asked.starts_with("POST /subjects/a%2Fb%20c/versions?normalize=true "),
        "{asked}"
    );
    // Null is no member: some refuse it.
    assert!(asked.ends_with(r#"{"schema":"\"int\""}"#), "{asked}");
    let fake = Fake::new(vec![Answers(
        409,
        r#"{"error_code":409,"message":"Incompatible","detail":"x"}"#,
    )])
    .await;
    let error = client(&[&fake])
        .register("a", &schema, how)
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some(Code::Incompatible));
    for answer in [
        r#"{"compatibilityLevel":"FULL"}"#,
        r#"{"compatibility":"FULL"}"#,
    ] {
        let fake = Fake::new(vec![Answers(200, answer)]).await;
        let level = client(&[&fake]).level(None, false).await.unwrap();
        assert_eq!(level.to_string(), "FULL");
    }
    let fake = Fake::new(vec![Answers(
        200,
        r#"{"subject":"s","version":3,"id":9,"schema":"\"int\"","references":null,"metadata":null,"ruleSet":null,"schemaType":null,"ts":1,"deleted":null}"#,
    )])
    .await;
    let found = client(&[&fake])
        .look_up("s", &schema, false, false)
        .await
        .unwrap();
    assert_eq!((found.version, found.id, found.guid), (3, 9, None));
}

#[tokio::test]
async fn a_wrong_address_is_said_at_once() {
    for (address, part) in [
        ("registry:8081", "http://HOST:8081"),
        ("", "is no URL"),
        ("http://", "is no URL"),
        ("http://a/?x=1", "ends with its path"),
        ("ftp://u:s3cret@h", "http://HOST:8081"),
        ("file:", "names no folder"),
    ] {
        let error = huntsman_registry::open(address, &HttpSettings::default()).unwrap_err();
        assert!(matches!(error, RegistryError::Setting(_)));
        let shown = error.to_string();
        assert!(
            shown.contains(part) && !shown.contains("s3cret"),
            "{address}: {shown}"
        );
    }
}
