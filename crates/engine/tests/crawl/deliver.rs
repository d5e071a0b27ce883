//! Delivery: several sinks, failing ones, none.

use std::time::Duration;

use huntsman::prelude::*;
use huntsman::{CrawlError, Finish};
use huntsman_testkit::{Collect, FakeWeb};

use crate::Walk;

fn chain(pages: usize) -> FakeWeb {
    (0..pages).fold(
        FakeWeb::new().latency(Duration::from_millis(300)),
        |web, n| {
            web.html(
                &format!("http://a.example/{n}"),
                &format!("<a href='/{}'>next</a>", n + 1),
            )
        },
    )
}

fn crawl(web: FakeWeb) -> Crawl<Walk> {
    Crawl::new(
        Walk {
            start: vec!["http://a.example/0".to_owned()],
        },
        web,
    )
    .configure(|s| s.lease.delay = Some(Duration::ZERO))
}

#[tokio::test(start_paused = true)]
async fn every_sink_gets_every_record_in_order() {
    let (quick, slow) = (Collect::default(), Collect::slow(Duration::from_secs(2)));
    let report = crawl(chain(20))
        .export("quick", quick.clone())
        .export("slow", slow.clone())
        .run(&Stop::new())
        .await
        .unwrap();
    assert_eq!((report.items, quick.len(), slow.len()), (21, 21, 21));
    assert_eq!(quick.json(), slow.json());
    assert!(quick.is_closed() && slow.is_closed());
    assert!(
        slow.batches() < quick.batches(),
        "the slow one takes larger batches"
    );
    let records: Vec<_> = report
        .sinks
        .iter()
        .map(|sink| (sink.name.as_str(), sink.records))
        .collect();
    assert_eq!(records, [("quick", 21), ("slow", 21)]);
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_fails_ends_the_crawl_and_the_others_keep_what_they_have() {
    let (fine, full) = (Collect::default(), Collect::failing_after(5));
    let web = chain(1000);
    let visits = web.visits();
    let report = crawl(web)
        .export("fine", fine.clone())
        .export("full", full.clone())
        .run(&Stop::new())
        .await
        .unwrap();
    let Finish::SinkFailed { sink, reason } = &report.finish else {
        panic!("{:?}", report.finish)
    };
    assert_eq!(
        (sink.as_str(), reason.as_str()),
        ("full", "the test's sink is full")
    );
    assert!(visits.urls().len() < 20, "the crawl ends soon");
    assert_eq!(
        fine.len() as u64,
        report.items,
        "what is committed is delivered elsewhere"
    );
    assert!(
        fine.is_abandoned() && !fine.is_closed(),
        "it is not a whole crawl"
    );
    assert!(
        !full.is_closed() && !full.is_abandoned(),
        "a sink that failed is not called again"
    );
    assert_eq!(
        report.sinks[1].error.as_deref(),
        Some("the test's sink is full")
    );
    assert_eq!(report.sinks[0].error, None);
}

#[tokio::test(start_paused = true)]
async fn without_a_sink_items_are_counted() {
    let report = crawl(chain(5)).run(&Stop::new()).await.unwrap();
    assert_eq!((report.pages, report.items, report.sinks.len()), (5, 6, 0));
}

#[tokio::test(start_paused = true)]
async fn nowhere_to_start_is_said_before_anything_else() {
    for (start, says) in [
        (
            vec![],
            "nowhere to start: the spider's start visits nothing",
        ),
        (
            vec!["/x"],
            "nowhere to start: a start URL is not an absolute URL",
        ),
        (
            vec!["ftp://a.example/"],
            "nowhere to start: ftp://a.example/ is refused by scheme: ftp is neither http nor https",
        ),
    ] {
        let start = start.into_iter().map(str::to_owned).collect();
        let error = Crawl::new(Walk { start }, FakeWeb::new())
            .run(&Stop::new())
            .await
            .unwrap_err();
        assert!(matches!(error, CrawlError::NoStart(_)));
        assert_eq!(error.to_string(), says);
    }
}

#[tokio::test(start_paused = true)]
async fn an_optional_sink_fails_alone() {
    let (fine, full) = (Collect::default(), Collect::failing_after(5));
    let report = crawl(chain(50))
        .export("fine", fine.clone())
        .export_optional("full", full.clone())
        .run(&Stop::new())
        .await
        .unwrap();
    assert_eq!((&report.finish, report.items), (&Finish::Finished, 51));
    assert_eq!(fine.len(), 51);
    assert!(fine.is_closed(), "it is a whole crawl");
    assert!(!full.is_closed() && !full.is_abandoned() && full.len() <= 5);
    let errors: Vec<_> = report.sinks.iter().map(|s| s.error.as_deref()).collect();
    assert_eq!(errors, [None, Some("the test's sink is full")]);
}

#[tokio::test(start_paused = true)]
async fn without_any_sink_left_the_crawl_ends() {
    let web = chain(1000);
    let visits = web.visits();
    let rejected = Collect::default();
    let report = crawl(web)
        .export_optional("first", Collect::failing_after(3))
        .export_optional("second", Collect::failing_after(5))
        .quarantine("rejected", rejected.clone())
        .run(&Stop::new())
        .await
        .unwrap();
    let Finish::SinkFailed { sink, .. } = &report.finish else {
        panic!("{:?}", report.finish)
    };
    assert!(["first", "second"].contains(&sink.as_str()));
    assert!(visits.urls().len() < 20, "the crawl ends soon");
    assert!(rejected.is_abandoned());
}
