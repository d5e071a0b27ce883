//! Parsing: a page that fails does so alone.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use huntsman::core::frontier::MemoryFrontier;
use huntsman::prelude::*;
use huntsman_testkit::{Collect, FakeWeb};

use crate::{urls, walk};

#[tokio::test(start_paused = true)]
async fn a_panic_or_an_error_fails_one_page_only() {
    let web = FakeWeb::new()
        .html(
            "http://a.example/",
            "<a href='/panics'>1</a><a href='/refuses'>2</a><a href='/fine'>3</a>",
        )
        .html("http://a.example/panics", "PANIC")
        .html("http://a.example/refuses", "REFUSE")
        .html("http://a.example/fine", "x");
    let (report, visits, items) = walk(web, "http://a.example/", |_| {}).await;
    assert_eq!(urls(&items), ["http://a.example/", "http://a.example/fine"]);
    assert_eq!((report.pages, report.parse_failed), (2, 2));
    assert_eq!(report.parse_failures["panicked: the page said so"], 1);
    assert_eq!(
        report.parse_failures["the page is not what it should be"],
        1
    );
    assert_eq!(
        visits.count("http://a.example/from-a-failed-page"),
        0,
        "all of a page or nothing"
    );
}

/// Parses two pages only if both are parsed at the same time.
struct Together {
    barrier: Arc<Barrier>,
    met: Arc<AtomicUsize>,
}

impl Spider for Together {
    type Page = ();
    type Item = crate::Seen;
    const NAME: &'static str = "together";

    fn start(&self, out: &mut Output<Self>) {
        out.visit_all(["http://a.example/1", "http://b.example/2"], ());
    }

    fn parse(&self, (): (), _: &Response, _: &mut Output<Self>) -> Result<(), ParseError> {
        self.barrier.wait();
        self.met.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_are_parsed_side_by_side() {
    let web = FakeWeb::new()
        .html("http://a.example/1", "")
        .html("http://b.example/2", "");
    let met = Arc::new(AtomicUsize::new(0));
    let spider = Together {
        barrier: Arc::new(Barrier::new(2)),
        met: Arc::clone(&met),
    };
    let crawl = Crawl::new(spider, web).configure(|s| s.parse.threads = Some(2));
    // With one at a time the barrier would never open; the limit is for that case alone.
    let report = tokio::time::timeout(Duration::from_secs(60), crawl.run(&Stop::new())).await;
    assert_eq!(
        (report.unwrap().unwrap().pages, met.load(Ordering::Relaxed)),
        (2, 2)
    );
}

/// Its page kind cannot be read back as what it was written from.
struct Renamed;

#[derive(Serialize, Deserialize)]
enum Page {
    #[serde(rename(serialize = "Old"))]
    New,
}

impl Spider for Renamed {
    type Page = Page;
    type Item = crate::Seen;
    const NAME: &'static str = "renamed";

    fn start(&self, out: &mut Output<Self>) {
        out.visit("http://a.example/", Page::New);
    }

    fn parse(&self, _: Page, _: &Response, _: &mut Output<Self>) -> Result<(), ParseError> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_kind_that_cannot_be_read_is_said() {
    let web = FakeWeb::new().html("http://a.example/", "");
    let report = Crawl::new(Renamed, web)
        .export("x", Collect::default())
        .run(&Stop::new())
        .await
        .unwrap();
    let (reason, _) = report.parse_failures.first_key_value().unwrap();
    assert!(
        reason.starts_with("the page kind \"Old\" cannot be read"),
        "{reason}"
    );
}

/// The spider as it was before, whose pages are of another kind.
struct Earlier;

impl Spider for Earlier {
    type Page = String;
    type Item = crate::Seen;
    const NAME: &'static str = "renamed";

    fn start(&self, out: &mut Output<Self>) {
        out.visit("http://a.example/1", "gone".to_owned());
        out.visit("http://a.example/2", "New".to_owned());
        out.visit("http://a.example/3", "gone".to_owned());
    }

    fn parse(&self, _: String, _: &Response, _: &mut Output<Self>) -> Result<(), ParseError> {
        Ok(())
    }
}

/// The same spider now.
struct Later;

#[derive(Serialize, Deserialize)]
enum Kind {
    New,
}

impl Spider for Later {
    type Page = Kind;
    type Item = crate::Seen;
    const NAME: &'static str = "renamed";

    fn start(&self, out: &mut Output<Self>) {
        // Known by now.
        out.visit("http://a.example/1", Kind::New);
    }

    fn parse(&self, _: Kind, _: &Response, _: &mut Output<Self>) -> Result<(), ParseError> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_kind_of_an_earlier_spider_is_given_up_with_the_reason() {
    let frontier = Arc::new(MemoryFrontier::default());
    let urls = [
        "http://a.example/1",
        "http://a.example/2",
        "http://a.example/3",
    ];
    let web = || {
        urls.iter()
            .fold(FakeWeb::new(), |web, url| web.html(url, ""))
    };
    let before = Crawl::new(Earlier, web())
        .frontier(frontier.clone())
        .configure(|s| s.lease.max_pages = Some(1))
        .export("x", Collect::default())
        .run(&Stop::new())
        .await
        .unwrap();
    assert_eq!((before.pages, before.left), (1, 2));
    let report = Crawl::new(Later, web())
        .frontier(frontier)
        .export("x", Collect::default())
        .run(&Stop::new())
        .await
        .unwrap();
    assert_eq!((report.parse_failed, report.left), (1, 0), "{report:?}");
    let (reason, count) = report.parse_failures.first_key_value().unwrap();
    assert!(
        reason.starts_with("the page kind \"gone\" cannot be read"),
        "{reason}"
    );
    assert_eq!(*count, 1);
}
