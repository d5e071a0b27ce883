//! What a failed request is called.

use std::net::TcpListener;
use std::time::Duration;

use huntsman_core::{Fetch, FetchError, Request, Url};
use huntsman_http::{Http, HttpSettings};

use crate::wire::{Then, Wire, get, http, wait};

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

#[tokio::test]
async fn a_name_without_address() {
    let error = http()
        .fetch(Request::get(url("http://nosuch.invalid/")))
        .await;
    match error.unwrap_err() {
        FetchError::Dns { host, reason } => {
            assert_eq!(host, "nosuch.invalid");
            assert!(!reason.is_empty());
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_closed_port() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = http()
        .fetch(Request::get(url(&format!("http://{address}/"))))
        .await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), "connect", "{error}");
    assert!(error.to_string().contains("refused"), "{error}");
}

#[tokio::test]
async fn a_server_that_hangs_up() {
    for bytes in [&b""[..], b"HTTP/1.1 200 OK\r\ncontent-"] {
        let wire = Wire::saying(bytes);
        let error = get(&wire).await.unwrap_err();
        assert_eq!(error.kind(), "connect", "{error}");
        // The transport itself does not try again.
        assert_eq!(wire.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_silent_server() {
    let wire = Wire::new(|_, stream| {
        wait(stream, Duration::from_secs(20));
        Then::Close
    });
    let timeout = Duration::from_millis(300);
    let settings = HttpSettings {
        timeout,
        ..HttpSettings::default()
    };
    let http = Http::new(settings).unwrap();
    let error = http.fetch(Request::get(wire.url("/"))).await.unwrap_err();
    assert!(
        matches!(error, FetchError::Timeout(told) if told == timeout),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_silent_handshake_ends_by_the_time_to_connect() {
    // The socket connects by itself; the TLS handshake gets no answer.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let connect_timeout = Duration::from_millis(300);
    let settings = HttpSettings {
        connect_timeout,
        ..HttpSettings::default()
    };
    let http = Http::new(settings).unwrap();
    let error = http
        .fetch(Request::get(url(&format!("https://{address}/"))))
        .await;
    let error = error.unwrap_err();
    assert!(
        matches!(error, FetchError::Timeout(told) if told == connect_timeout),
        "{error:?}"
    );
}

#[tokio::test]
async fn what_is_not_http() {
    for bytes in [
        &b"SSH-2.0-OpenSSH_9.6\r\n\r\n"[..],
        b"\x00\x01\x02\xff\xfe garbage \r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
        b"HTTP/1.1 200 OK\r\na\x00b: c\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello!",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        b"<!doctype html><p>HTTP/0.9</p>\r\n\r\n",
    ] {
        let error = get(&Wire::saying(bytes)).await.unwrap_err();
        let text = String::from_utf8_lossy(bytes);
        assert_eq!(error.kind(), "protocol", "{text:?}: {error}");
    }
}

#[tokio::test]
async fn a_flood_of_fields() {
    let many: String = (0..5000).map(|n| format!("x-{n}: 1\r\n")).collect();
    let long = format!("x-long: {}\r\n", "x".repeat(2_000_000));
    for fields in [many, long] {
        let wire = Wire::saying(format!("HTTP/1.1 200 OK\r\n{fields}\r\n"));
        let error = get(&wire).await.unwrap_err();
        assert_eq!(error.kind(), "protocol", "{error}");
    }
    let fair: String = (0..90)
        .map(|n| format!("x-{n}: {}\r\n", "y".repeat(2000)))
        .collect();
    let wire = Wire::saying(format!(
        "HTTP/1.1 200 OK\r\n{fair}content-length: 0\r\n\r\n"
    ));
    assert_eq!(get(&wire).await.unwrap().headers.len(), 91);
}

#[tokio::test]
async fn fields_need_not_be_ascii() {
    let wire =
        Wire::saying(b"HTTP/1.1 200 \xff\xfe\r\nx-a: \xff\xfe\r\ncontent-length: 2\r\n\r\nok");
    let answer = get(&wire).await.unwrap();
    assert_eq!(answer.headers["x-a"].as_bytes(), b"\xff\xfe");
}

#[tokio::test]
async fn errors_tell_no_secrets() {
    let wire = Wire::saying("nonsense\r\n\r\n");
    let address = wire.address;
    let urls = [
        format!("http://me:hidden@{address}/?token=hidden"),
        "http://me:hidden@nosuch.invalid/?token=hidden".to_owned(),
        "http://me:hidden@127.0.0.1:1/?token=hidden".to_owned(),
        format!("https://me:hidden@{address}/?token=hidden"),
    ];
    // The server waits for the end of a head, which a TLS hello does not have.
    let settings = HttpSettings {
        connect_timeout: Duration::from_millis(300),
        ..HttpSettings::default()
    };
    let http = Http::new(settings).unwrap();
    for text in urls {
        let error = http.fetch(Request::get(url(&text))).await.unwrap_err();
        let told = format!("{error} {error:?}");
        assert!(
            !told.contains("hidden") && !told.contains("token"),
            "{told}"
        );
    }
}

#[tokio::test]
async fn an_unusable_host_is_an_error() {
    // A URL by its own standard, but none that HTTP can carry.
    let error = http().fetch(Request::get(url("http://{{name}}/"))).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), "other", "{error}");
    assert!(!error.is_transient());
}
