//! Archives of other programs.

use std::io::Write as _;
use std::path::Path;

use huntsman_core::{Fetch as _, Method, Request, Url, header};
use huntsman_warc::Replay;

use crate::sample::{Folder, MAX, answer, get, replay};

/// Wget 1.21 wrote it: chunks, gzip, both, a redirect, and target URIs in angle brackets.
#[tokio::test]
async fn wget() {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/archive/wget.warc.gz");
    let replay = replay(&place);
    assert_eq!((replay.facts().responses, replay.facts().damaged), (8, 0));
    let page = |path: &str| {
        Request::get(
            Url::parse("http://127.0.0.1:8123/")
                .unwrap()
                .join(path)
                .unwrap(),
        )
    };
    for (path, word) in [("/chunked", "chunk"), ("/gzip", "gzip"), ("/both", "both")] {
        let came = replay.fetch(page(path)).await.unwrap();
        let body = String::from_utf8(came.body.to_vec()).unwrap();
        assert_eq!(
            body.matches(&format!("<p>{word}</p>")).count(),
            50,
            "{path}"
        );
        assert!(body.ends_with("</p>"), "{path}");
        assert!(!came.headers.contains_key(header::CONTENT_ENCODING));
    }
    let moved = replay.fetch(page("/moved")).await.unwrap();
    assert_eq!(
        (moved.status.as_u16(), &moved.headers["location"]),
        (302, &"/there".parse().unwrap())
    );
    assert_eq!(
        answer(&replay, page("/gone")).await.unwrap(),
        (404, "gone".to_owned())
    );
    let robots = answer(&replay, page("/robots.txt")).await.unwrap();
    assert_eq!(robots.1, "User-agent: *\n");
}

/// A record with these fields and this block.
fn record(kind: &str, fields: &str, block: &[u8]) -> Vec<u8> {
    let length = block.len();
    let mut record =
        format!("WARC/1.0\r\nWARC-Type: {kind}\r\n{fields}Content-Length: {length}\r\n\r\n")
            .into_bytes();
    record.extend_from_slice(block);
    record.extend_from_slice(b"\r\n\r\n");
    record
}

fn response(id: &str, target: &str, more: &str, block: &str) -> Vec<u8> {
    let fields = format!("WARC-Record-ID: <{id}>\r\nWARC-Target-URI: {target}\r\n{more}");
    record("response", &fields, block.as_bytes())
}

fn archive(folder: &Folder, name: &str, records: &[Vec<u8>]) -> Replay {
    std::fs::write(folder.path(name), records.concat()).unwrap();
    Replay::open(&folder.path(name), MAX).unwrap()
}

const PAGE: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\npage";

/// The program names the request of a response before or behind it, or not at all.
#[tokio::test]
async fn requests_and_responses_find_each_other_in_either_order() {
    let folder = Folder::new();
    let request = |id: &str, more: &str| {
        let fields =
            format!("WARC-Record-ID: <{id}>\r\nWARC-Target-URI: http://a.example/form\r\n{more}");
        record(
            "request",
            &fields,
            format!("POST /form HTTP/1.1\r\n\r\n{id}").as_bytes(),
        )
    };
    let block = |word: &str| format!("HTTP/1.1 200 OK\r\n\r\n{word}");
    let target = "http://a.example/form";
    let replay = archive(
        &folder,
        "a.warc",
        &[
            request("q1", "WARC-Concurrent-To: <r1>\r\n"),
            response("r1", target, "", &block("one")),
            request("q2", ""),
            response("r2", target, "WARC-Concurrent-To: <q2>\r\n", &block("two")),
            response("r3", target, "", &block("three")),
            request("q3", "WARC-Concurrent-To: <r3>\r\n"),
            response("r4", target, "WARC-Concurrent-To: <q4>\r\n", &block("four")),
            request("q4", ""),
            response("r5", target, "", &block("five")),
        ],
    );
    for (id, word) in [
        ("q1", "one"),
        ("q2", "two"),
        ("q3", "three"),
        ("q4", "four"),
    ] {
        let post = Request {
            method: Method::POST,
            body: id.into(),
            ..get("/form")
        };
        assert_eq!(answer(&replay, post).await.unwrap().1, word);
    }
    assert_eq!(answer(&replay, get("/form")).await.unwrap().1, "five");
}

#[tokio::test]
async fn what_is_no_page_is_passed_over() {
    let folder = Folder::new();
    let replay = archive(
        &folder,
        "a.warc",
        &[
            record("warcinfo", "", b"software: x\r\n"),
            response(
                "a",
                "dns:a.example",
                "",
                "20261124000000\na.example. 1 IN A 1.2.3.4\n",
            ),
            response("b", "http://a.example/gopher", "", "no HTTP at all"),
            record(
                "metadata",
                "WARC-Target-URI: http://a.example/\r\n",
                b"x: y",
            ),
            record(
                "resource",
                "WARC-Target-URI: http://a.example/\r\n",
                b"page",
            ),
            response("c", "http://a.example/ok", "", PAGE),
            response(
                "d",
                "http://a.example/cut",
                "WARC-Truncated: length\r\n",
                PAGE,
            ),
        ],
    );
    assert_eq!((replay.facts().responses, replay.facts().damaged), (2, 0));
    assert_eq!(answer(&replay, get("/ok")).await.unwrap().1, "page");
    let error = answer(&replay, get("/cut")).await.unwrap_err();
    assert!(
        error.to_string().contains("in part only (length)"),
        "{error}"
    );
}

#[tokio::test]
async fn a_revisit_is_the_page_that_it_refers_to() {
    let folder = Folder::new();
    let revisit = |target: &str, to: &str| {
        let fields = format!(
            "WARC-Target-URI: http://a.example{target}\r\n\
             WARC-Refers-To-Target-URI: http://a.example{to}\r\n"
        );
        record("revisit", &fields, b"HTTP/1.1 200 OK\r\n\r\n")
    };
    let replay = archive(
        &folder,
        "a.warc",
        &[
            response("a", "http://a.example/a", "", PAGE),
            revisit("/b", "/a"),
            revisit("/a", "/a"),
            revisit("/c", "/elsewhere"),
        ],
    );
    assert_eq!(replay.facts().unresolved, 1);
    assert_eq!(answer(&replay, get("/b")).await.unwrap().1, "page");
    assert_eq!(answer(&replay, get("/a")).await.unwrap().1, "page");
    assert!(answer(&replay, get("/c")).await.is_err());
}

/// Some pack a whole file at once, against the advice of the standard.
#[tokio::test]
async fn one_member_may_hold_all_records() {
    let folder = Folder::new();
    let records = [
        response("a", "http://a.example/a", "", PAGE),
        response(
            "b",
            "http://a.example/b",
            "",
            &PAGE.replace("\r\npage", "\r\nother"),
        ),
    ];
    let fast = flate2::Compression::fast();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), fast);
    encoder.write_all(&records.concat()).unwrap();
    let packed = encoder.finish().unwrap();
    let replay = archive(&folder, "a.warc.gz", &[packed]);
    assert_eq!(answer(&replay, get("/b")).await.unwrap().1, "other");
    assert_eq!(answer(&replay, get("/a")).await.unwrap().1, "page");
}

/// The bound holds for what comes out, whatever undoes it.
#[tokio::test]
async fn what_is_too_large_is_refused() {
    let folder = Folder::new();
    let plain = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(2 << 20));
    let chunks = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n",
        2 << 20,
        "x".repeat(2 << 20)
    );
    let head = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(2 << 20));
    let replay = archive(
        &folder,
        "a.warc",
        &[
            response("a", "http://a.example/plain", "", &plain),
            response("b", "http://a.example/chunks", "", &chunks),
            response("c", "http://a.example/head", "", &head),
        ],
    );
    for path in ["/plain", "/chunks"] {
        let error = answer(&replay, get(path)).await.unwrap_err();
        assert_eq!(error.kind(), "too large", "{path}");
    }
    assert_eq!(replay.facts().damaged, 1, "a head without end");
}
