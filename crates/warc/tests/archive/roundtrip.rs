//! What was kept comes back.

use std::io::Write as _;

use huntsman_core::{
    Fetch as _, HeaderMap, HeaderName, HeaderValue, Method, RawResponse, Request, StatusCode, Url,
    header,
};
use huntsman_warc::{Archive, Exchange, WarcError, decoded};
use proptest::prelude::*;

use crate::sample::{Folder, MAX, answer, exchange, field, get, options, recorded, replay};

fn headers() -> impl Strategy<Value = HeaderMap> {
    let name = "[a-z][a-z0-9-]{0,12}".prop_map(|name| format!("x-{name}"));
    let value = prop::collection::vec(prop_oneof![0x20_u8..0x7f, 0x80_u8..=0xff], 0..30);
    prop::collection::vec((name, value), 0..6).prop_map(|fields| {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            let value = HeaderValue::from_bytes(value.trim_ascii()).unwrap();
            headers.append(HeaderName::try_from(name).unwrap(), value);
        }
        headers
    })
}

/// Bodies that look like what stands around them.
fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..3000),
        Just(b"\r\n\r\nWARC/1.1\r\nWARC-Type: response\r\nContent-Length: 1\r\n\r\n".to_vec()),
        Just(b"\r\n\r\n".to_vec()),
        Just(b"\x1f\x8b\x08\x00\x00".to_vec()),
        Just(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_exchange_comes_back(
        exchanges in prop::collection::vec(
            (headers(), body(), body(), 200_u16..600, 0..4_usize, headers()), 1..5),
        ending in prop_oneof![Just("warc"), Just("warc.gz")],
    ) {
        let folder = Folder::new();
        let place = folder.path(&format!("a.{ending}"));
        let archive = Archive::open(&place, options()).unwrap();
        let mut kept = Vec::new();
        for (number, (headers, body, sent, status, method, asked)) in exchanges.into_iter().enumerate() {
            let mut request = get(&format!("/{number}?q=%20"));
            request.method = [Method::GET, Method::POST, Method::PUT, Method::HEAD][method].clone();
            request.headers = asked;
            request.body = sent.into();
            let mut exchange = exchange(request, status, body);
            exchange.response.headers = headers;
            archive.keep(&exchange).unwrap();
            kept.push(exchange);
        }
        let replay = replay(&place);
        prop_assert_eq!(replay.facts().responses, kept.len() as u64);
        prop_assert_eq!(replay.facts().damaged, 0);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for Exchange { request, response, .. } in kept {
            let came = runtime.block_on(replay.fetch(request)).unwrap();
            prop_assert_eq!(came.status, response.status);
            prop_assert_eq!(came.body, response.body);
            prop_assert_eq!(came.headers, response.headers);
        }
    }
}

fn packed(encoding: &str, text: &[u8]) -> Vec<u8> {
    let fast = flate2::Compression::fast();
    match encoding {
        "gzip" => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), fast);
            encoder.write_all(text).unwrap();
            encoder.finish().unwrap()
        }
        "deflate" => {
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), fast);
            encoder.write_all(text).unwrap();
            encoder.finish().unwrap()
        }
        "raw" => {
            let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), fast);
            encoder.write_all(text).unwrap();
            encoder.finish().unwrap()
        }
        "br" => {
            let mut out = Vec::new();
            let mut text = text;
            brotli::BrotliCompress(
                &mut text,
                &mut out,
                &brotli::enc::BrotliEncoderParams::default(),
            )
            .unwrap();
            out
        }
        _ => zstd::encode_all(text, 1).unwrap(),
    }
}

/// With the name that the header has for it.
const ENCODINGS: [(&str, &str); 5] = [
    ("gzip", "gzip"),
    ("deflate", "deflate"),
    ("raw", "deflate"),
    ("br", "br"),
    ("zstd", "zstd"),
];

fn compressed(encoding: &str, name: &str, text: &[u8]) -> RawResponse {
    let url = Url::parse("http://a.example/").unwrap();
    let mut response = RawResponse::ok(url, packed(encoding, text));
    let name = HeaderValue::from_str(name).unwrap();
    response.headers.insert(header::CONTENT_ENCODING, name);
    response
}

#[tokio::test]
async fn bodies_are_kept_compressed_and_come_back_decoded() {
    let text = "<p>word</p>".repeat(1000).into_bytes();
    let folder = Folder::new();
    let archive = Archive::open(&folder.path("a"), options()).unwrap();
    for (number, (encoding, name)) in ENCODINGS.into_iter().enumerate() {
        let response = compressed(encoding, name, &text);
        let live = decoded(response.clone(), MAX).unwrap();
        assert_eq!(live.body, text, "{encoding}");
        let mut exchange = exchange(get(&format!("/{number}")), 200, "");
        exchange.response = response;
        archive.keep(&exchange).unwrap();
    }
    let replay = replay(&folder.path("a"));
    for number in 0..ENCODINGS.len() {
        let came = replay.fetch(get(&format!("/{number}"))).await.unwrap();
        assert_eq!(came.body, text);
        assert!(!came.headers.contains_key(header::CONTENT_ENCODING));
    }
}

#[test]
fn what_unpacks_to_too_much_or_is_broken_is_an_error() {
    let bomb = vec![0; 3 << 20];
    for (encoding, name) in ENCODINGS {
        let error = decoded(compressed(encoding, name, &bomb), MAX).unwrap_err();
        assert_eq!(error.kind(), "too large", "{encoding}");
        let mut cut = compressed(encoding, name, b"some text that is long enough to be cut");
        cut.body.truncate(cut.body.len() / 2);
        let error = decoded(cut, MAX).unwrap_err();
        assert_eq!(error.kind(), "body", "{encoding}");
    }
    let twice = compressed("gzip", "br, gzip", &packed("br", b"twice"));
    assert_eq!(decoded(twice, MAX).unwrap().body, "twice");
    let error = decoded(compressed("gzip", "snappy", b"x"), MAX).unwrap_err();
    assert!(error.to_string().contains("snappy"), "{error}");
    let many = compressed("gzip", "gzip, gzip, gzip, gzip, gzip", b"x");
    assert!(decoded(many, MAX).is_err());
}

#[tokio::test]
async fn each_answer_has_its_turn_and_errors_that_were_tried_again_have_none() {
    let folder = Folder::new();
    let place = folder.path("a.warc.gz");
    recorded(
        &place,
        &[
            ("/turn", 200, "first"),
            ("/late", 503, "busy"),
            ("/turn", 200, "second"),
            ("/late", 200, "here"),
            ("/down", 503, "busy"),
            ("/down", 500, "down"),
        ],
    );
    let replay = replay(&place);
    let mut came = Vec::new();
    for path in ["/turn", "/turn", "/turn", "/late", "/down", "/down"] {
        came.push(answer(&replay, get(path)).await.unwrap());
    }
    let expected = [
        (200, "first"),
        (200, "second"),
        (200, "second"),
        (200, "here"),
        (500, "down"),
        (500, "down"),
    ];
    assert_eq!(
        came,
        expected.map(|(status, body)| (status, body.to_owned()))
    );
}

#[tokio::test]
async fn a_later_run_counts_and_what_was_not_recorded_says_so() {
    let folder = Folder::new();
    let place = folder.path("a.warc");
    recorded(
        &place,
        &[("/a", 200, "old"), ("/a", 200, "old"), ("/b", 200, "only")],
    );
    recorded(&place, &[("/a", 200, "new")]);
    let replay = replay(&place);
    assert_eq!(answer(&replay, get("/a")).await.unwrap().1, "new");
    assert_eq!(answer(&replay, get("/a#part")).await.unwrap().1, "new");
    assert_eq!(answer(&replay, get("/b")).await.unwrap().1, "only");
    let error = answer(&replay, get("/c")).await.unwrap_err();
    assert_eq!(error.kind(), "not recorded");
    let robots = answer(&replay, get("/robots.txt")).await.unwrap();
    assert_eq!(robots, (404, String::new()));
    let mut post = get("/a");
    post.method = Method::POST;
    assert!(answer(&replay, post).await.is_err());
}

#[tokio::test]
async fn bodies_tell_requests_apart() {
    let folder = Folder::new();
    let place = folder.path("a.warc.gz");
    let archive = Archive::open(&place, options()).unwrap();
    let post = |body: &'static str| Request {
        method: Method::POST,
        body: body.into(),
        ..get("/search")
    };
    for word in ["cat", "dog"] {
        archive.keep(&exchange(post(word), 200, word)).unwrap();
    }
    let replay = replay(&place);
    for word in ["dog", "cat", "dog"] {
        assert_eq!(answer(&replay, post(word)).await.unwrap().1, word);
    }
    assert!(answer(&replay, post("cow")).await.is_err());
}

#[tokio::test]
async fn robots_are_those_of_the_archive_but_nobody_waits() {
    let folder = Folder::new();
    let place = folder.path("a.warc.gz");
    let text = "User-agent: *\nCrawl-Delay: 60\nDisallow: /x\n";
    recorded(&place, &[("/robots.txt", 200, text)]);
    let robots = answer(&replay(&place), get("/robots.txt")).await.unwrap();
    assert_eq!(robots.1, "User-agent: *\nDisallow: /x\n");
}

#[tokio::test]
async fn a_full_file_is_followed_by_another() {
    let folder = Folder::new();
    for place in [folder.path("a.warc.gz"), folder.path("folder")] {
        let mut options = options();
        options.segment = 2000;
        let archive = Archive::open(&place, options.clone()).unwrap();
        for number in 0..10 {
            let page = exchange(get(&format!("/{number}")), 200, number.to_string());
            archive.keep(&page).unwrap();
        }
        drop(archive);
        // It goes on with the last file.
        let archive = Archive::open(&place, options).unwrap();
        archive.keep(&exchange(get("/10"), 200, "10")).unwrap();
        let replay = replay(&place);
        assert!(replay.facts().files > 3, "{:?}", replay.facts());
        assert_eq!(replay.facts().responses, 11);
        for number in 0..11 {
            let came = answer(&replay, get(&format!("/{number}"))).await.unwrap();
            assert_eq!(came.1, number.to_string());
        }
    }
    assert!(folder.path("a-00001.warc.gz").exists());
    assert!(folder.path("folder/titles-00000.warc.gz").exists());
}

#[test]
fn one_process_has_an_archive() {
    let folder = Folder::new();
    let first = Archive::open(&folder.path("a.warc.gz"), options()).unwrap();
    let error = Archive::open(&folder.path("a.warc.gz"), options()).unwrap_err();
    assert!(matches!(error, WarcError::Busy(_)), "{error}");
    drop(first);
    Archive::open(&folder.path("a.warc.gz"), options()).unwrap();
}

#[test]
fn no_secret_of_a_request_is_kept() {
    let folder = Folder::new();
    let place = folder.path("a.warc");
    let archive = Archive::open(&place, options()).unwrap();
    let mut request = get("/");
    request.url = Url::parse("http://user:hunter2@a.example/").unwrap();
    for (name, value) in [
        field("authorization", "Bearer hunter2"),
        field("cookie", "session=hunter2"),
        field("proxy-authorization", "Basic hunter2"),
    ] {
        request.headers.insert(name, value);
    }
    archive.keep(&exchange(request, 200, "page")).unwrap();
    let text = std::fs::read_to_string(&place).unwrap();
    assert!(!text.contains("hunter2"), "{text}");
    assert_eq!(text.matches(": withheld\r\n").count(), 3, "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&place).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

/// The status is what it was, also one that HTTP does not know.
#[tokio::test]
async fn unusual_statuses_are_kept() {
    let folder = Folder::new();
    let place = folder.path("a.warc");
    recorded(&place, &[("/a", 299, ""), ("/b", 999, "x")]);
    let replay = replay(&place);
    let came = replay.fetch(get("/b")).await.unwrap();
    assert_eq!(came.status, StatusCode::from_u16(999).unwrap());
    assert_eq!(replay.fetch(get("/a")).await.unwrap().body, "");
}
