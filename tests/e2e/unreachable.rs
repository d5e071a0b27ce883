//! A start URL that cannot be reached: exit 2, and the reason.

use crate::scratch::{Done, Scratch};
use crate::servers::{nobody, practice, resolved};

fn last_line(done: &Done) -> &str {
    done.err.lines().last().expect("it says something")
}

#[tokio::test]
async fn a_port_that_refuses_is_named_as_the_reason() {
    let scratch = Scratch::new();
    let words = format!(
        "quotes -s admit.robots=false -s fetch.retries=1 -s fetch.backoff=10ms -s lease.delay=0s -o quotes.json \
         --resolve quotes.toscrape.com={} --report report.json",
        nobody().await
    );
    let done = scratch.crawl(&words).run().await.ended(2);
    insta::assert_snapshot!(last_line(&done), @"error: no page was fetched and parsed; the most frequent reason: connect (1)");
    let report = scratch.json("report.json");
    assert_eq!(report["retries"]["connect"], 1, "{report}");
    assert_eq!(report["failed"]["connect"], 1, "{report}");
    assert_eq!(scratch.items("quotes.json").len(), 0, "still valid JSON");
}

#[tokio::test]
async fn a_start_url_that_is_missing_is_named_as_the_reason() {
    let scratch = Scratch::new();
    let server = practice().await;
    let words = format!(
        "quotes -a tag=a/b/c -s lease.delay=0s {}",
        resolved(&server)
    );
    let done = scratch.crawl(&words).run().await.ended(2);
    insta::assert_snapshot!(last_line(&done), @"error: no page was fetched and parsed; the most frequent reason: status 404 (1)");
}

#[tokio::test]
async fn a_start_url_that_robots_txt_closes_is_not_fetched() {
    let scratch = Scratch::new();
    let server = practice().await;
    let words = format!(
        "site -a start=http://faulty.test/private/ {}",
        resolved(&server)
    );
    let done = scratch.crawl(&words).run().await.ended(2);
    insta::assert_snapshot!(last_line(&done), @"error: no page was fetched and parsed; the most frequent reason: robots (1)");
    assert_eq!(server.hits("faulty.test", "/private/"), 0);
    let free = scratch.crawl(&format!("{words} -s admit.robots=false"));
    free.run().await.succeeded();
    assert_eq!(server.hits("faulty.test", "/private/"), 1);
}

#[tokio::test]
async fn a_server_that_says_nothing_in_time_is_named_as_the_reason() {
    let scratch = Scratch::new();
    let server = practice().await;
    let words = format!(
        "site -a start=http://faulty.test/slow/20000 -s fetch.timeout=300ms -s fetch.retries=0 {}",
        resolved(&server)
    );
    let done = scratch.crawl(&words).run().await.ended(2);
    insta::assert_snapshot!(last_line(&done), @"error: no page was fetched and parsed; the most frequent reason: timeout (1)");
}
