//! `crawl fetch`: one URL, redirects followed, its body to standard output.

use huntsman_site::Server;

use crate::scratch::{Done, Scratch};
use crate::servers::{practice, resolved};

async fn fetched(server: &Server, words: &str) -> Done {
    let words = format!("fetch {words} {}", resolved(server));
    Scratch::new().crawl(&words).run().await
}

#[tokio::test]
async fn the_body_goes_to_standard_output_and_nothing_else_is_said() {
    let server = practice().await;
    let done = fetched(&server, "http://quotes.toscrape.com/")
        .await
        .succeeded();
    assert!(done.out.starts_with("<!DOCTYPE html>"), "{}", done.out);
    assert!(done.out.ends_with("</html>\n"), "{}", done.out);
    assert_eq!(done.err, "");
    assert_eq!(
        server.requests(),
        1,
        "this page and no other, robots.txt neither"
    );
}

#[tokio::test]
async fn a_redirect_is_followed() {
    let server = practice().await;
    let done = fetched(&server, "http://faulty.test/redirect/3")
        .await
        .succeeded();
    assert!(done.out.contains("The end of the chain"), "{}", done.out);
    assert_eq!(server.requests(), 4);
}

#[tokio::test]
async fn a_cookie_set_on_the_way_is_sent_along() {
    let server = practice().await;
    let url = "http://faulty.test/cookies/set";
    let done = fetched(&server, url).await.succeeded();
    assert!(done.out.contains("taste=oatmeal"), "{}", done.out);
}

#[tokio::test]
async fn the_header_goes_to_standard_error_when_asked() {
    let server = practice().await;
    for flag in ["-i", "--headers"] {
        let words = format!("{flag} http://faulty.test/charset/header");
        let done = fetched(&server, &words).await.succeeded();
        let date = |line: &&str| !line.starts_with("date:");
        let header: Vec<_> = done.err.lines().filter(date).collect();
        insta::allow_duplicates! {
            insta::assert_snapshot!(header.join("\n"), @"
            HTTP/1.1 200 OK
            content-type: text/html; charset=windows-1252
            content-length: 100
            ");
        }
        assert!(done.out.contains("<title>Charset</title>"));
    }
}

#[tokio::test]
async fn a_body_is_printed_decompressed() {
    let server = practice().await;
    for coding in ["gzip", "deflate", "br", "zstd"] {
        let url = format!("http://faulty.test/encoded/{coding}");
        let done = fetched(&server, &url).await.succeeded();
        assert!(done.out.contains("<title>Encoded page</title>"), "{coding}");
    }
}

#[tokio::test]
async fn an_error_page_is_printed_and_the_code_is_2() {
    let server = practice().await;
    let done = fetched(&server, "http://faulty.test/no/such/page")
        .await
        .ended(2);
    assert!(done.out.contains("Not Found"), "{}", done.out);
    insta::assert_snapshot!(done.err, @"error: http://faulty.test/no/such/page answered 404 Not Found");
}

#[tokio::test]
async fn what_cannot_be_fetched_is_one_line() {
    let server = practice().await;
    let mut lines = Vec::new();
    for (words, code) in [
        ("nonsense", 1),
        ("http://faulty.test/loop", 2),
        ("http://faulty.test/redirect/no-location", 2),
        ("http://faulty.test/truncated", 2),
        ("http://faulty.test/bomb/gzip", 2),
        ("http://faulty.test/slow/5000 -s fetch.timeout=300ms", 2),
        ("file:///etc/passwd", 2),
    ] {
        lines.push(fetched(&server, words).await.complaint(code));
    }
    insta::assert_snapshot!(lines.join("\n"), @r#"
    "nonsense" is no absolute URL: relative URL without a base
    http://faulty.test/loop: more than 10 in a row (fetch.max_redirects)
    http://faulty.test/redirect/no-location: 302 without a Location
    http://faulty.test/truncated: the body is not whole: end of file before message length reached
    http://faulty.test/bomb/gzip: the body is larger than 8388608 bytes (fetch.max_body)
    http://faulty.test/slow/5000: no complete response within 0.3 s
    file:///etc/passwd: the scheme file is not fetched
    "#);
}

#[tokio::test]
async fn the_practice_sites_can_be_fetched_from() {
    let words = "fetch --demo http://books.toscrape.com/";
    let done = Scratch::new().crawl(words).run().await.succeeded();
    assert!(done.out.contains("product_pod"), "{}", done.out);
}
