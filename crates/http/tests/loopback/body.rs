//! Bodies: their limits, and those that are not whole.

use std::io::Write;
use std::time::Duration;

use http::Method;
use huntsman_core::{Fetch, FetchError, RawResponse, Request};
use huntsman_http::{Http, HttpSettings};

use crate::wire::{Then, Wire, endless, get, http, response, wait};

async fn at_most(max_body: u64, wire: &Wire) -> Result<RawResponse, FetchError> {
    let settings = HttpSettings {
        max_body,
        ..HttpSettings::default()
    };
    let http = Http::new(settings).unwrap();
    http.fetch(Request::get(wire.url("/"))).await
}

#[tokio::test]
async fn a_body_of_many_chunks_is_whole() {
    let expected: Vec<u8> = (0..3_000_000_u32)
        .map(|n| n.to_le_bytes()[0] ^ n.to_le_bytes()[1])
        .collect();
    let announced = get(&Wire::keeping(response("", &expected))).await.unwrap();
    assert_eq!(announced.body, expected);
    let endless = get(&Wire::saying(endless("", &expected))).await.unwrap();
    assert_eq!(endless.body, expected);
    let mut chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for chunk in expected.chunks(70_000) {
        chunked.extend(
            format!("{:x}\r\n", chunk.len())
                .bytes()
                .chain(chunk.iter().copied()),
        );
        chunked.extend(b"\r\n");
    }
    chunked.extend(b"0\r\n\r\n");
    assert_eq!(get(&Wire::keeping(chunked)).await.unwrap().body, expected);
}

#[tokio::test]
async fn the_limit_itself_is_allowed() {
    for body in [response("", &[b'x'; 1000]), endless("", &[b'x'; 1000])] {
        let wire = Wire::saying(body);
        assert_eq!(at_most(1000, &wire).await.unwrap().body.len(), 1000);
        let error = at_most(999, &wire).await.unwrap_err();
        assert!(matches!(error, FetchError::TooLarge(999)), "{error}");
    }
}

#[tokio::test]
async fn an_announced_length_fails_before_the_body() {
    // Not one byte of the body is sent: only the announcement can end this before the time-out.
    let wire = Wire::new(|_, stream| {
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n")
            .unwrap();
        wait(stream, Duration::from_secs(20));
        Then::Close
    });
    let error = at_most(1000, &wire).await.unwrap_err();
    assert!(matches!(error, FetchError::TooLarge(1000)), "{error}");
}

#[tokio::test]
async fn a_body_without_end_is_stopped() {
    let wire = Wire::new(|_, stream| {
        let sent = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        let mut ok = sent.is_ok();
        while ok {
            ok = stream.write_all(&[b'x'; 10_000]).is_ok();
        }
        Then::Close
    });
    let error = at_most(1_000_000, &wire).await.unwrap_err();
    assert!(matches!(error, FetchError::TooLarge(1_000_000)), "{error}");
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_body() {
    for bytes in [
        &b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this"[..],
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n50\r\nhello",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\nhello\r\n",
    ] {
        let error = get(&Wire::saying(bytes)).await.unwrap_err();
        assert_eq!(error.kind(), "body", "{error}");
    }
}

#[tokio::test]
async fn a_dripping_body_is_ended_by_the_time_out() {
    let wire = Wire::new(|_, stream| {
        let _head = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
        while !wait(stream, Duration::from_millis(100)) && stream.write_all(b"x").is_ok() {}
        Then::Close
    });
    let timeout = Duration::from_millis(700);
    let settings = HttpSettings {
        timeout,
        ..HttpSettings::default()
    };
    let http = Http::new(settings).unwrap();
    let fetched = http.fetch(Request::get(wire.url("/")));
    let error = tokio::time::timeout(Duration::from_secs(5), fetched)
        .await
        .expect("the limit ends it")
        .unwrap_err();
    assert!(
        matches!(error, FetchError::Timeout(told) if told == timeout),
        "{error}"
    );
}

#[tokio::test]
async fn responses_without_a_body() {
    let head = Wire::keeping("HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n");
    let mut request = Request::get(head.url("/"));
    request.method = Method::HEAD;
    let http = http();
    for _ in 0..2 {
        let answer = http.fetch(request.clone()).await.unwrap();
        assert!(answer.body.is_empty());
        assert_eq!(answer.headers["content-length"], "99999999999");
    }
    assert_eq!(head.connections(), 1);
    for start in ["204 No Content", "304 Not Modified"] {
        let answer = format!("HTTP/1.1 {start}\r\ncontent-encoding: gzip\r\n\r\n");
        let wire = Wire::keeping(answer);
        for _ in 0..2 {
            let answer = http.fetch(Request::get(wire.url("/"))).await.unwrap();
            assert!(answer.body.is_empty(), "{start}");
        }
        assert_eq!(wire.connections(), 1, "{start}");
    }
    assert!(
        get(&Wire::keeping(response("", b"")))
            .await
            .unwrap()
            .body
            .is_empty()
    );
}
