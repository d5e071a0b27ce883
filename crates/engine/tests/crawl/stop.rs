//! Stopping: drain, abort, and what is left.

use std::time::Duration;

use huntsman::prelude::*;
use huntsman::{Finish, Report};
use huntsman_testkit::{Collect, FakeWeb, Visits};

use crate::Walk;

/// An endless web: ten links on each page, each page taking a second.
fn endless() -> FakeWeb {
    (0..2000).fold(FakeWeb::new().latency(Duration::from_secs(1)), |web, n| {
        let links: String = (1..=10)
            .map(|k| format!("<a href='/{}'>x</a>", n * 10 + k))
            .collect();
        web.html(&format!("http://a.example/{n}"), &links)
    })
}

async fn stopped(after: Duration, abort: bool) -> (Report, Visits, Collect) {
    let (web, items, stop) = (endless(), Collect::default(), Stop::new());
    let visits = web.visits();
    let crawl = Crawl::new(
        Walk {
            start: vec!["http://a.example/0".to_owned()],
        },
        web,
    )
    .configure(|s| s.lease.delay = Some(Duration::ZERO))
    .export("items", items.clone());
    let signal = async {
        tokio::time::sleep(after).await;
        if abort { stop.abort() } else { stop.drain() }
    };
    let (report, ()) = tokio::join!(crawl.run(&stop), signal);
    (report.expect("the crawl runs"), visits, items)
}

#[tokio::test(start_paused = true)]
async fn a_drain_finishes_what_is_under_way() {
    let (report, visits, items) = stopped(Duration::from_millis(5500), false).await;
    assert_eq!(report.finish, Finish::Stopped);
    assert!((6.0..6.3).contains(&report.seconds), "{}", report.seconds);
    assert!(
        visits.all().iter().all(|visit| visit.ended.is_some()),
        "nothing is cut off"
    );
    let ok = items
        .json()
        .iter()
        .filter(|item| item["error"].is_null())
        .count() as u64;
    assert_eq!(ok, report.pages);
    assert!(report.left > 0 && items.is_closed());
}

#[tokio::test(start_paused = true)]
async fn an_abort_drops_what_is_under_way_and_keeps_what_is_committed() {
    let (report, visits, items) = stopped(Duration::from_millis(5500), true).await;
    assert_eq!(report.finish, Finish::Stopped);
    assert!((5.4..5.8).contains(&report.seconds), "{}", report.seconds);
    assert!(
        visits.all().iter().any(|visit| visit.ended.is_none()),
        "some were cut off"
    );
    assert_eq!(items.len() as u64, report.items);
    assert!(items.is_closed());
}

#[tokio::test(start_paused = true)]
async fn what_is_said_before_the_start_counts() {
    let (web, stop) = (endless(), Stop::new());
    stop.drain();
    let visits = web.visits();
    let report = Crawl::new(
        Walk {
            start: vec!["http://a.example/0".to_owned()],
        },
        web,
    )
    .run(&stop)
    .await
    .unwrap();
    assert_eq!(report.finish, Finish::Stopped);
    assert!(visits.urls().len() <= 1);
}
