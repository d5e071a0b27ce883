//! Admission: what is known, refused or unreadable.

use huntsman_testkit::{Answer, FakeWeb};

use crate::{urls, walk};

#[tokio::test(start_paused = true)]
async fn each_page_is_fetched_once_and_the_rest_is_counted() {
    let links = "<a href='/b#x'>1</a><a href='/b'>2</a><a href='/b'>3</a><a href='/b?'>4</a>\
        <a href='mailto:a@a.example'>5</a><a href='http://['>6</a><a href='http://other.example/'>7</a>";
    let web = FakeWeb::new()
        .html("http://a.example/", links)
        .html("http://a.example/b", links);
    let (report, visits, items) = walk(web, "http://a.example/", |settings| {
        settings.admit.hosts = vec!["a.example".to_owned()];
    })
    .await;
    assert_eq!(urls(&items), ["http://a.example/", "http://a.example/b"]);
    assert_eq!(visits.urls().len(), 2);
    assert_eq!(
        (report.admitted, report.duplicates, report.bad_links),
        (2, 7, 2)
    );
    assert_eq!(report.refused["scheme"], 2);
    assert_eq!(report.refused["scope"], 2);
}

#[tokio::test(start_paused = true)]
async fn depth_and_length_are_bounds() {
    let mut web = FakeWeb::new();
    for n in 0..9 {
        let long = format!("/{}", "x".repeat(200));
        web = web.html(
            &format!("http://a.example/{n}"),
            &format!("<a href='/{}'>x</a><a href='{long}'>y</a>", n + 1),
        );
    }
    let (report, visits, _) = walk(web, "http://a.example/0", |settings| {
        settings.admit.max_depth = Some(3);
        settings.admit.max_url_length = 100;
    })
    .await;
    assert_eq!(visits.urls().len(), 4);
    assert_eq!((report.refused["depth"], report.refused["length"]), (1, 4));
}

#[tokio::test(start_paused = true)]
async fn robots_are_asked_once_and_obeyed() {
    let links =
        "<a href='/private/1'>1</a><a href='/open'>2</a><a href='http://b.example/private/1'>3</a>";
    let web = FakeWeb::new()
        .robots(
            "http://a.example",
            "User-agent: huntsman\nDisallow: /private/\nCrawl-delay: 3\n",
        )
        .html("http://a.example/", links)
        .html("http://a.example/open", links)
        .html("http://a.example/private/1", "no")
        .html("http://b.example/private/1", "yes");
    let (report, visits, _) = walk(web, "http://a.example/", |_| {}).await;
    assert_eq!(visits.count("http://a.example/robots.txt"), 1);
    assert_eq!(visits.count("http://b.example/robots.txt"), 1);
    assert_eq!(visits.count("http://a.example/private/1"), 0);
    assert_eq!(
        visits.count("http://b.example/private/1"),
        1,
        "a missing robots.txt allows"
    );
    assert_eq!(report.refused["robots"], 2);
    let gaps = visits.gaps("a.example");
    assert!(gaps.iter().all(|gap| gap.as_millis() >= 3000), "{gaps:?}");
}

#[tokio::test(start_paused = true)]
async fn robots_that_stay_broken_forbid_and_that_recover_do_not() {
    let page = "<a href='http://broken.example/'>1</a><a href='http://recovers.example/'>2</a>\
        <a href='http://moved.example/'>3</a>";
    let web = FakeWeb::new()
        .html("http://a.example/", page)
        .page("http://broken.example/robots.txt", [Answer::status(500)])
        .html("http://broken.example/", "no")
        .page(
            "http://recovers.example/robots.txt",
            [Answer::status(503), Answer::status(404)],
        )
        .html("http://recovers.example/", "yes")
        .page(
            "http://moved.example/robots.txt",
            [Answer::redirect(301, "http://b.example/r")],
        )
        .page(
            "http://b.example/r",
            [Answer::status(200).body("User-agent: *\nDisallow: /\n")],
        );
    let (report, visits, _) = walk(web, "http://a.example/", |_| {}).await;
    assert_eq!(visits.count("http://broken.example/"), 0);
    assert_eq!(
        visits.count("http://broken.example/robots.txt"),
        3,
        "as often as a page is tried"
    );
    assert_eq!(visits.count("http://recovers.example/"), 1);
    assert_eq!(visits.count("http://moved.example/"), 0);
    assert_eq!(report.refused["robots"], 2);
}

#[tokio::test(start_paused = true)]
async fn robots_may_be_ignored_on_request() {
    let web = FakeWeb::new()
        .robots("http://a.example", "User-agent: *\nDisallow: /\n")
        .html("http://a.example/", "x");
    let (report, visits, _) = walk(web, "http://a.example/", |settings| {
        settings.admit.robots = false
    })
    .await;
    assert_eq!(
        (report.pages, visits.count("http://a.example/robots.txt")),
        (1, 0)
    );
}
