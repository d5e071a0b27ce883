//! Fetching: redirects, retries, failures.

use std::time::Duration;

use huntsman::FetchError;
use huntsman_testkit::{Answer, FakeWeb};

use crate::{urls, walk};

#[tokio::test(start_paused = true)]
async fn a_redirect_is_a_found_request() {
    let web = FakeWeb::new()
        .html(
            "http://a.example/",
            "<a href='/old'>1</a><a href='/older'>2</a>",
        )
        .page(
            "http://a.example/old",
            [Answer::redirect(301, "http://b.example/new")],
        )
        .page("http://a.example/older", [Answer::redirect(302, "/old")])
        .robots("http://b.example", "User-agent: *\nDisallow: /secret\n")
        .html("http://b.example/new", "x");
    let (report, visits, items) = walk(web, "http://a.example/", |_| {}).await;
    assert_eq!(urls(&items), ["http://a.example/", "http://b.example/new"]);
    assert_eq!(
        (
            report.redirects,
            visits.count("http://b.example/robots.txt")
        ),
        (2, 1)
    );
    let last = visits
        .all()
        .into_iter()
        .find(|visit| visit.request.url.path() == "/new")
        .unwrap();
    assert_eq!(last.request.redirects.len(), 1);
    assert_eq!(last.request.depth, 1, "a redirect adds no depth");
}

#[tokio::test(start_paused = true)]
async fn endless_redirects_end() {
    let web = FakeWeb::new().page("http://a.example/", [Answer::redirect(302, "/")]);
    let (report, visits, items) =
        walk(web, "http://a.example/", |s| s.fetch.max_redirects = 4).await;
    assert_eq!(visits.urls().len(), 5);
    assert_eq!((report.failed["redirect"], report.pages), (1, 0));
    assert_eq!(
        items.json()[0]["error"],
        "redirect",
        "the spider hears of it"
    );
}

#[tokio::test(start_paused = true)]
async fn a_page_that_sets_a_cookie_and_sends_back_is_reached() {
    let web = FakeWeb::new()
        .page(
            "http://a.example/",
            [Answer::redirect(302, "/set"), Answer::html("in")],
        )
        .page("http://a.example/set", [Answer::redirect(302, "/")]);
    let (report, _, items) = walk(web, "http://a.example/", |_| {}).await;
    assert_eq!(
        (report.pages, urls(&items)),
        (1, vec!["http://a.example/".to_owned()])
    );
}

#[tokio::test(start_paused = true)]
async fn what_may_pass_is_tried_again() {
    let timeout = || Answer::error(FetchError::Timeout(Duration::from_secs(1)));
    let web = FakeWeb::new().page(
        "http://a.example/",
        [timeout(), Answer::status(503), Answer::html("x")],
    );
    let (report, visits, items) = walk(web, "http://a.example/", |_| {}).await;
    assert_eq!(urls(&items).len(), 1);
    assert_eq!(
        (report.retries["timeout"], report.retries["status 503"]),
        (1, 1)
    );
    let gaps = visits.gaps("a.example");
    assert_eq!(
        gaps.iter().map(Duration::as_secs).collect::<Vec<_>>(),
        [1, 2],
        "doubling"
    );
}

#[tokio::test(start_paused = true)]
async fn what_will_not_pass_is_given_up_and_the_spider_hears_of_it() {
    let web = FakeWeb::new()
        .html(
            "http://a.example/",
            "<a href='/gone'>1</a><a href='/broken'>2</a><a href='/bug'>3</a>",
        )
        .page("http://a.example/gone", [Answer::status(410)])
        .page(
            "http://a.example/broken",
            [Answer::error(FetchError::Connect("refused".into()))],
        )
        .page("http://a.example/bug", [Answer::panic()]);
    let (report, visits, items) = walk(web, "http://a.example/", |_| {}).await;
    assert_eq!(visits.count("http://a.example/gone"), 1);
    assert_eq!(visits.count("http://a.example/broken"), 3);
    assert_eq!(
        (
            report.failed["status 410"],
            report.failed["connect"],
            report.failed["other"]
        ),
        (1, 1, 1)
    );
    let errors = items
        .json()
        .iter()
        .filter(|item| item["error"].is_string())
        .count();
    assert_eq!(errors, 3);
}

#[tokio::test(start_paused = true)]
async fn retry_after_holds_the_whole_host() {
    let web = FakeWeb::new()
        .html(
            "http://a.example/",
            "<a href='/busy'>1</a><a href='/later'>2</a>",
        )
        .page(
            "http://a.example/busy",
            [
                Answer::status(429).header("retry-after", "40"),
                Answer::html("x"),
            ],
        )
        .html("http://a.example/later", "y");
    let (report, visits, _) = walk(web, "http://a.example/", |s| s.lease.per_host = 1).await;
    assert_eq!(report.pages, 3);
    let begun: Vec<u64> = visits
        .all()
        .iter()
        .map(|visit| visit.begun.as_secs())
        .collect();
    assert_eq!(
        begun,
        [0, 0, 0, 40, 40],
        "robots.txt, start, busy; then both after the wait"
    );
}

#[tokio::test(start_paused = true)]
async fn the_referer_is_the_page_it_was_found_on() {
    let web = FakeWeb::new()
        .html("http://a.example/x?y", "<a href='/z'>1</a>")
        .html("http://a.example/z", "");
    let (_, visits, _) = walk(web, "http://a.example/x?y", |_| {}).await;
    let referers: Vec<_> = visits
        .all()
        .iter()
        .map(|visit| visit.request.headers.get("referer").cloned())
        .collect();
    assert_eq!(referers[1], None);
    assert_eq!(referers[2].as_ref().unwrap(), "http://a.example/x?y");
}
