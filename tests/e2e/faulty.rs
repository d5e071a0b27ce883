//! A crawl of `faulty.test`, whose every link leads to something that a crawler has to survive.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::scratch::Scratch;
use crate::servers::{practice, resolved};

/// Crawls the site: its items by path, and the report.
async fn crawled() -> (BTreeMap<String, Value>, Value) {
    let scratch = Scratch::new();
    let server = practice().await;
    let words = format!(
        "site -a start=http://faulty.test/ -s lease.delay=0s -s fetch.timeout=3s -s fetch.retries=1 \
         -s fetch.backoff=100ms -o pages.jsonl --report report.json {}",
        resolved(&server)
    );
    let crawl = scratch
        .crawl(&words)
        .word("-s")
        .word("fetch.max_body=1 MiB");
    crawl.run().await.succeeded();
    let text = scratch.read("pages.jsonl");
    let pages = text.lines().map(|line| {
        let page: Value = serde_json::from_str(line).expect("each line is JSON");
        let url = page["url"].as_str().expect("a page has a URL");
        let path = url
            .strip_prefix("http://faulty.test")
            .expect("of this host");
        (path.to_owned(), page)
    });
    assert_eq!(server.hits("faulty.test", "/private/"), 0, "robots.txt");
    assert_eq!(server.hits("quotes.toscrape.com", "/"), 0, "out of scope");
    (pages.collect(), scratch.json("report.json"))
}

#[tokio::test]
async fn the_faulty_site_is_survived_and_each_loss_counted_by_its_reason() {
    let (pages, report) = crawled().await;
    assert_eq!(report["finish"], "finished");
    assert_eq!(report["left"], 0);
    let failed = &report["failed"];
    assert_eq!(failed["too large"], 1, "the bomb: {failed}");
    assert!(
        failed["body"].as_u64().unwrap() >= 4,
        "cut off, or not what it says: {failed}"
    );
    assert_eq!(
        failed["redirect"], 3,
        "a loop, fifty in a row, and to nowhere: {failed}"
    );
    for path in [
        "/bomb/gzip",
        "/truncated",
        "/truncated/gzip",
        "/encoded/wrong",
        "/loop",
    ] {
        assert!(!pages.contains_key(path), "{path} is no page");
    }
    let refused = &report["refused"];
    assert_eq!(
        (&refused["robots"], &refused["scope"]),
        (&1.into(), &1.into())
    );
    assert!(report["retries"]["body"].as_u64().unwrap() >= 2, "{report}");
    assert!(
        report["retries"]["status 503"].as_u64().unwrap() >= 2,
        "{report}"
    );
}

#[tokio::test]
async fn pages_of_the_faulty_site_that_can_be_read_are_read() {
    let (pages, _) = crawled().await;
    let same = pages["/encoded/identity"]["bytes"].as_u64().unwrap();
    assert!(same > 1_000);
    for coding in ["gzip", "deflate", "br", "zstd"] {
        let page = &pages[&format!("/encoded/{coding}")];
        assert_eq!(page["bytes"], same, "decompressed: {page}");
        assert_eq!(page["title"], "Encoded page");
    }
    for (path, status) in [
        ("/status/200", 200),
        ("/status/404", 404),
        ("/status/410", 410),
        ("/status/418", 418),
        ("/status/500", 500),
        ("/redirect/0", 200),
        ("/redirect/0?status=308", 200),
        ("/cookies/show", 200),
        ("/slow/2000", 200),
        ("/charset/bom", 200),
        ("/charset/wrong", 200),
    ] {
        assert_eq!(pages[path]["status"], status, "{path}");
    }
}

/// Some servers mean by `deflate` the bare format; it is not read, and the reason is said.
#[tokio::test]
async fn deflate_without_its_wrapper_is_a_failure_with_its_reason() {
    let scratch = Scratch::new();
    let server = practice().await;
    let words = format!(
        "fetch http://faulty.test/encoded/raw-deflate {}",
        resolved(&server)
    );
    let said = scratch.crawl(&words).run().await.complaint(2);
    assert!(said.contains("the body is not whole"), "{said}");
}
