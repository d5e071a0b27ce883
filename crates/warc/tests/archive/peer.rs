//! warcio, which most tools for archives are built on, reads ours, and we read its.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use huntsman_core::{Method, Request};
use huntsman_warc::Archive;

use crate::sample::{Folder, answer, exchange, field, get, options, replay};

const PACKAGE: &str = "warcio==1.8.1";

/// A Python with warcio, made once and shared; none where there is no Python.
fn python() -> Option<PathBuf> {
    if Command::new("python3").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "python3 is missing");
        println!("skipped: there is no python3");
        return None;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let place = folder.join(PACKAGE.replace("==", "-"));
    let lock = File::create(folder.join("warcio.lock")).unwrap();
    lock.lock().unwrap();
    if !place.join("complete").exists() {
        run(Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&place));
        let pip = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            PACKAGE,
        ];
        run(Command::new(place.join("bin/python")).args(pip));
        fs::write(place.join("complete"), "").unwrap();
    }
    Some(place.join("bin/python"))
}

/// Runs it; what it printed.
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

const READ: &str = r#"
import sys
from warcio.archiveiterator import ArchiveIterator
for path in sys.argv[1:]:
    for record in ArchiveIterator(open(path, "rb"), check_digests="raise"):
        head = record.http_headers
        text = record.content_stream().read()
        status = head.get_statuscode() if record.rec_type == "response" else ""
        print(record.rec_type, record.rec_headers.get_header("WARC-Target-URI"), status, len(text))
"#;

#[test]
fn warcio_reads_ours_and_finds_its_digests_right() {
    let Some(python) = python() else { return };
    let folder = Folder::new();
    for name in ["a.warc", "a.warc.gz"] {
        let place = folder.path(name);
        let archive = Archive::open(&place, options()).unwrap();
        let mut post = exchange(get("/form?a=%20"), 303, "");
        post.request.method = Method::POST;
        post.request.body = "q=1".into();
        let mut packed = exchange(get("/gzip"), 200, {
            use std::io::Write as _;
            let fast = flate2::Compression::fast();
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), fast);
            encoder.write_all(&[b'x'; 5000]).unwrap();
            encoder.finish().unwrap()
        });
        for (name, value) in [
            field("content-encoding", "gzip"),
            field("transfer-encoding", "chunked"),
        ] {
            packed.response.headers.insert(name, value);
        }
        let page = exchange(get("/"), 200, "\r\n\r\nWARC/1.1\r\n");
        for exchange in [&post, &packed, &page] {
            archive.keep(exchange).unwrap();
        }
        drop(archive);
        let said = run(Command::new(&python)
            .args(["-m", "warcio.cli", "check"])
            .arg(&place));
        assert!(!said.contains("fail"), "{said}");
        let said = run(Command::new(&python).args(["-c", READ]).arg(&place));
        assert!(said.starts_with("warcinfo "), "{said}");
        assert_eq!(
            said.lines().skip(1).collect::<Vec<_>>(),
            [
                "request http://a.example/form?a=%20  3",
                "response http://a.example/form?a=%20 303 0",
                "request http://a.example/gzip  0",
                "response http://a.example/gzip 200 5000",
                "request http://a.example/  0",
                "response http://a.example/ 200 14",
            ]
        );
    }
}

const WRITE: &str = r#"
import gzip, io, sys
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter
chunks = b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
for path, packed in [(sys.argv[1], True), (sys.argv[2], False)]:
    with open(path, "wb") as out:
        writer = WARCWriter(out, gzip=packed, warc_version="WARC/1.1")
        writer.write_record(writer.create_warcinfo_record("x", {"software": "warcio"}))
        def pair(uri, method, sent, fields, body):
            head = StatusAndHeaders("200 OK", fields, protocol="HTTP/1.1")
            response = writer.create_warc_record(uri, "response", payload=io.BytesIO(body), http_headers=head)
            head = StatusAndHeaders(method + " / HTTP/1.1", [("Host", "a.example")], is_http_request=True)
            request = writer.create_warc_record(uri, "request", payload=io.BytesIO(sent), http_headers=head)
            writer.write_request_response_pair(request, response)
            return response
        first = pair("http://a.example/plain", "GET", b"", [("Content-Type", "text/html")], b"plain")
        pair("http://a.example/chunks", "GET", b"", [("Transfer-Encoding", "chunked")], chunks)
        pair("http://a.example/gzip", "GET", b"", [("Content-Encoding", "gzip")], gzip.compress(b"packed"))
        pair("http://a.example/form", "POST", b"q=1", [], b"posted")
        again = writer.create_revisit_record(
            "http://a.example/again", first.rec_headers.get_header("WARC-Payload-Digest"),
            "http://a.example/plain", first.rec_headers.get_header("WARC-Date"))
        writer.write_record(again)
"#;

#[tokio::test]
async fn we_read_what_warcio_writes() {
    let Some(python) = python() else { return };
    let folder = Folder::new();
    let places = [folder.path("a.warc.gz"), folder.path("a.warc")];
    run(Command::new(&python).args(["-c", WRITE]).args(&places));
    for place in places {
        let replay = replay(&place);
        let facts = replay.facts();
        assert_eq!(
            (facts.responses, facts.damaged, facts.unresolved),
            (4, 0, 0),
            "{facts:?}"
        );
        for (path, body) in [
            ("/plain", "plain"),
            ("/chunks", "hello world"),
            ("/gzip", "packed"),
            ("/again", "plain"),
        ] {
            assert_eq!(answer(&replay, get(path)).await.unwrap().1, body);
        }
        let post = Request {
            method: Method::POST,
            body: "q=1".into(),
            ..get("/form")
        };
        assert_eq!(answer(&replay, post).await.unwrap().1, "posted");
        assert!(answer(&replay, get("/form")).await.is_err());
    }
}
