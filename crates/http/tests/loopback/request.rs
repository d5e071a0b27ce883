//! What is sent.

use std::time::Duration;

use http::{HeaderValue, Method, StatusCode};
use huntsman_core::{Fetch, Request, Url};
use huntsman_http::{Http, HttpError, HttpSettings};

use crate::wire::{Then, Wire, field, found, get, http, response};

fn mapped(resolve: &str) -> Http {
    let settings = HttpSettings {
        resolve: vec![resolve.parse().unwrap()],
        ..HttpSettings::default()
    };
    Http::new(settings).unwrap()
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

#[tokio::test]
async fn the_usual_fields_and_no_others() {
    let wire = Wire::keeping(response("x-mine: 1\r\n", b"hello"));
    let answer = get(&wire).await.unwrap();
    assert_eq!(
        (answer.status, &*answer.body),
        (StatusCode::OK, &b"hello"[..])
    );
    assert_eq!(answer.headers["x-mine"], "1");
    assert_eq!(answer.url, wire.url("/"));
    let sent = wire.requests().remove(0);
    assert!(sent.starts_with("GET / HTTP/1.1\r\n"), "{sent}");
    assert_eq!(field(&sent, "host"), Some(&*wire.address.to_string()));
    assert_eq!(
        field(&sent, "accept"),
        Some("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
    );
    let encodings = field(&sent, "accept-encoding").unwrap();
    for name in ["gzip", "deflate", "br", "zstd"] {
        assert!(
            encodings.split(',').any(|one| one.trim() == name),
            "{encodings}"
        );
    }
    assert!(field(&sent, "user-agent").unwrap().starts_with("Huntsman/"));
    assert_eq!(
        sent.lines().filter(|line| line.contains(": ")).count(),
        4,
        "{sent}"
    );
}

#[tokio::test]
async fn method_body_and_own_fields_are_sent() {
    let wire = Wire::keeping(response("", b""));
    let mut request = Request::get(wire.url("/form?q=1#part"));
    request.method = Method::POST;
    request.body = "a=1".into();
    for (name, value) in [
        ("user-agent", "mine"),
        ("accept", "text/plain"),
        ("x-a", "1"),
    ] {
        request
            .headers
            .insert(name, HeaderValue::from_static(value));
    }
    http().fetch(request).await.unwrap();
    let sent = wire.requests().remove(0);
    assert!(sent.starts_with("POST /form?q=1 HTTP/1.1\r\n"), "{sent}");
    assert!(sent.ends_with("\r\n\r\na=1"), "{sent}");
    assert_eq!(field(&sent, "user-agent"), Some("mine"));
    assert_eq!(field(&sent, "accept"), Some("text/plain"));
    assert_eq!(field(&sent, "x-a"), Some("1"));
}

#[tokio::test]
async fn user_and_password_become_authorization() {
    let wire = Wire::keeping(response("", b""));
    let mut with_password = wire.url("/");
    with_password.set_username("me").unwrap();
    with_password.set_password(Some("p w")).unwrap();
    let answer = http()
        .fetch(Request::get(with_password.clone()))
        .await
        .unwrap();
    assert_eq!(answer.url, with_password);
    // base64 of "me:p w"
    assert_eq!(
        field(&wire.requests()[0], "authorization"),
        Some("Basic bWU6cCB3")
    );
    assert_eq!(
        field(&wire.requests()[0], "host"),
        Some(&*wire.address.to_string())
    );
    let mut own = Request::get(with_password);
    own.headers
        .insert("authorization", HeaderValue::from_static("Bearer x"));
    http().fetch(own).await.unwrap();
    assert_eq!(
        field(&wire.requests()[1], "authorization"),
        Some("Bearer x")
    );
}

#[tokio::test]
async fn redirects_are_answers() {
    let wire = Wire::keeping("HTTP/1.1 302 Found\r\nlocation: /next\r\ncontent-length: 0\r\n\r\n");
    let answer = get(&wire).await.unwrap();
    assert_eq!(answer.status, StatusCode::FOUND);
    assert_eq!(answer.headers["location"], "/next");
    assert_eq!(wire.requests().len(), 1);
}

#[tokio::test]
async fn errors_of_the_server_are_answers() {
    let wire = Wire::keeping("HTTP/1.1 503 No\r\nretry-after: 3\r\ncontent-length: 4\r\n\r\nbusy");
    let answer = get(&wire).await.unwrap();
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(&*answer.body, b"busy");
    assert_eq!(wire.requests().len(), 1);
}

#[tokio::test]
async fn one_connection_serves_many_requests() {
    let wire = Wire::keeping(response("", b"x"));
    let http = http();
    for _ in 0..5 {
        http.fetch(Request::get(wire.url("/"))).await.unwrap();
        http.fetch(found(wire.url("/found"))).await.unwrap();
    }
    assert_eq!(wire.connections(), 1);
}

#[tokio::test]
async fn idle_connections_are_given_up() {
    let wire = Wire::keeping(response("", b"x"));
    let settings = HttpSettings {
        idle_timeout: Duration::from_millis(50),
        ..HttpSettings::default()
    };
    let http = Http::new(settings).unwrap();
    http.fetch(Request::get(wire.url("/"))).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    http.fetch(Request::get(wire.url("/"))).await.unwrap();
    assert_eq!(wire.connections(), 2);
}

#[tokio::test]
async fn a_given_address_replaces_host_and_port_at_the_socket_only() {
    let wire = Wire::keeping(response("", b"x"));
    let http = mapped(&format!("shop.example={}", wire.address));
    for (text, host) in [
        ("http://shop.example/", "shop.example"),
        ("http://shop.example:80/", "shop.example"),
        ("http://shop.example:8080/", "shop.example:8080"),
    ] {
        // A link rather than a seed: the mapping itself allows the private address.
        let answer = http.fetch(found(url(text))).await.unwrap();
        assert_eq!(answer.url, url(text));
        assert_eq!(field(wire.requests().last().unwrap(), "host"), Some(host));
    }
    let other = http.fetch(found(url("http://nosuch.invalid/"))).await;
    assert_eq!(other.unwrap_err().kind(), "dns");
}

#[tokio::test]
async fn curls_form_keeps_the_port() {
    let wire = Wire::keeping(response("", b"x"));
    let port = wire.address.port();
    let http = mapped(&format!("shop.invalid:{port}:127.0.0.1"));
    let text = format!("http://shop.invalid:{port}/");
    http.fetch(found(url(&text))).await.unwrap();
    let host = format!("shop.invalid:{port}");
    assert_eq!(field(&wire.requests()[0], "host"), Some(&*host));
    let other_port = http.fetch(found(url("http://shop.invalid/"))).await;
    assert_eq!(other_port.unwrap_err().kind(), "dns");
}

#[tokio::test]
async fn of_two_addresses_the_later_holds() {
    let wires = [0, 1].map(|_| Wire::keeping(response("", b"x")));
    let settings = HttpSettings {
        resolve: wires
            .iter()
            .map(|wire| format!("a.invalid={}", wire.address).parse().unwrap())
            .collect(),
        ..HttpSettings::default()
    };
    let http = Http::new(settings).unwrap();
    http.fetch(found(url("http://a.invalid/"))).await.unwrap();
    assert_eq!(wires.map(|wire| wire.requests().len()), [0, 1]);
}

#[test]
fn a_bad_user_agent_is_named() {
    let settings = HttpSettings {
        user_agent: "two\nlines".to_owned(),
        ..HttpSettings::default()
    };
    let error = Http::new(settings).unwrap_err();
    assert_eq!(error, HttpError::UserAgent("two\nlines".to_owned()));
}

#[tokio::test]
async fn other_schemes_are_not_fetched() {
    for text in ["ftp://example.com/", "file:///etc/hosts", "data:,x"] {
        let error = http().fetch(Request::get(url(text))).await.unwrap_err();
        assert_eq!(error.kind(), "scheme", "{text}");
    }
}

#[tokio::test]
async fn dropping_the_future_closes_the_connection() {
    let closed = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let noted = std::sync::Arc::clone(&closed);
    let wire = Wire::new(move |_, stream| {
        let gone = crate::wire::wait(stream, Duration::from_secs(5));
        noted.store(gone, std::sync::atomic::Ordering::SeqCst);
        Then::Close
    });
    let http = http();
    let request = http.fetch(Request::get(wire.url("/")));
    assert!(
        tokio::time::timeout(Duration::from_millis(300), request)
            .await
            .is_err()
    );
    for _ in 0..40 {
        if closed.load(std::sync::atomic::Ordering::SeqCst) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the connection is still open");
}
