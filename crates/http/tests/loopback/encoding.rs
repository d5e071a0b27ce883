//! Compressed bodies.

use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use http::Method;
use huntsman_core::{Fetch, FetchError, Request};
use huntsman_http::{Http, HttpSettings};

use crate::wire::{Wire, get, http, response};

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn encoded(name: &str, data: &[u8]) -> Vec<u8> {
    match name {
        "gzip" => gzip(data),
        "deflate" => {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(data).unwrap();
            encoder.finish().unwrap()
        }
        "br" => {
            let mut out = Vec::new();
            let mut encoder = brotli::CompressorWriter::new(&mut out, 4096, 3, 20);
            encoder.write_all(data).unwrap();
            drop(encoder);
            out
        }
        _ => zstd::encode_all(data, 1).unwrap(),
    }
}

const NAMES: [&str; 4] = ["gzip", "deflate", "br", "zstd"];

fn wire(name: &str, body: &[u8]) -> Wire {
    Wire::keeping(response(&format!("content-encoding: {name}\r\n"), body))
}

#[tokio::test]
async fn each_encoding_is_undone() {
    let expected: Vec<u8> = (0..60_000_u32).flat_map(u32::to_le_bytes).collect();
    for name in NAMES {
        let answer = get(&wire(name, &encoded(name, &expected))).await.unwrap();
        assert!(answer.body == expected, "{name}");
        assert!(!answer.headers.contains_key("content-encoding"), "{name}");
    }
}

#[tokio::test]
async fn a_bomb_is_stopped_at_the_limit() {
    let zeros = vec![0; 5_000_000];
    let settings = HttpSettings {
        max_body: 100_000,
        ..HttpSettings::default()
    };
    let http = Http::new(settings).unwrap();
    for name in NAMES {
        let bomb = encoded(name, &zeros);
        assert!(bomb.len() < 100_000, "{name}: {}", bomb.len());
        let error = http.fetch(Request::get(wire(name, &bomb).url("/"))).await;
        assert!(
            matches!(error, Err(FetchError::TooLarge(100_000))),
            "{name}: {error:?}"
        );
    }
}

#[tokio::test]
async fn the_length_of_a_compressed_body_is_not_judged() {
    // Larger compressed than the limit, smaller without: the limit is for the latter.
    let body = encoded("gzip", b"x");
    assert!(body.len() > 10);
    let settings = HttpSettings {
        max_body: 10,
        ..HttpSettings::default()
    };
    let http = Http::new(settings).unwrap();
    let answer = http.fetch(Request::get(wire("gzip", &body).url("/"))).await;
    assert_eq!(&*answer.unwrap().body, b"x");
}

#[tokio::test]
async fn what_cannot_be_undone_is_no_body() {
    let data = vec![b'x'; 100_000];
    for name in NAMES {
        let whole = encoded(name, &data);
        let error = get(&wire(name, &whole[..whole.len() / 2]))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), "body", "{name} cut: {error}");
        let error = get(&wire(name, b"this is not compressed at all"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), "body", "{name} false: {error}");
    }
}

#[tokio::test]
async fn an_unknown_encoding_is_named() {
    for name in ["br, gzip", "gzip, gzip", "compress", "rot13"] {
        let error = get(&wire(name, b"some bytes")).await.unwrap_err();
        assert_eq!(error.kind(), "body", "{error}");
        assert!(error.to_string().contains(name), "{error}");
    }
    let odd = get(&Wire::keeping(response(
        "content-encoding: \u{ff}\u{fe}\r\n",
        b"x",
    )))
    .await;
    assert_eq!(odd.unwrap_err().kind(), "body");
    let unread = wire("rot13", b"");
    let mut head = Request::get(unread.url("/"));
    head.method = Method::HEAD;
    assert!(http().fetch(head).await.is_ok(), "there is nothing to undo");
    let none = get(&wire("identity", b"plain")).await.unwrap();
    assert_eq!(&*none.body, b"plain");
}

#[tokio::test]
async fn nothing_compressed_is_nothing() {
    for name in NAMES {
        let wire = wire(name, b"");
        assert!(get(&wire).await.unwrap().body.is_empty(), "{name}");
        let mut head = Request::get(wire.url("/"));
        head.method = Method::HEAD;
        assert!(http().fetch(head).await.unwrap().body.is_empty(), "{name}");
    }
}
