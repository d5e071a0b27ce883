//! Leasing: pace, priority, limits, back-pressure.
#![expect(clippy::unwrap_used, reason = "the lint looks only for test functions")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use huntsman::core::{Event, Observe};
use huntsman::prelude::*;
use huntsman::{Finish, Stop};
use huntsman_testkit::{Answer, Collect, FakeWeb};

use crate::{Walk, walk};

fn star(pages: usize, hosts: usize) -> FakeWeb {
    let urls: Vec<_> = (0..pages)
        .map(|n| format!("http://h{}.example/{n}", n % hosts))
        .collect();
    let links: String = urls
        .iter()
        .map(|url| format!("<a href='{url}'>x</a>"))
        .collect();
    let web = FakeWeb::new()
        .latency(Duration::from_millis(100))
        .html("http://a.example/", &links);
    urls.iter().fold(web, |web, url| web.html(url, "leaf"))
}

#[tokio::test(start_paused = true)]
async fn a_polite_crawl_waits_between_requests_to_a_host() {
    let (report, visits, _) =
        walk(star(30, 3), "http://a.example/", |s| s.lease.delay = None).await;
    assert_eq!(report.pages, 31);
    for host in ["h0.example", "h1.example", "h2.example"] {
        let gaps = visits.gaps(host);
        assert_eq!(gaps.len(), 9);
        for gap in gaps {
            assert!((1000..=1501).contains(&gap.as_millis()), "{gap:?}");
        }
    }
    assert!(
        report.seconds < 16.0,
        "the hosts are crawled side by side: {}",
        report.seconds
    );
}

#[tokio::test(start_paused = true)]
async fn concurrency_is_bounded_per_host_and_in_all() {
    let (_, visits, _) = walk(star(60, 6), "http://a.example/", |s| {
        s.lease.per_host = 2;
        s.fetch.concurrency = 7;
    })
    .await;
    assert_eq!(visits.most_at_once(), (7, 2));
}

#[tokio::test(start_paused = true)]
async fn the_body_budget_bounds_connections() {
    let (_, visits, _) = walk(star(40, 40), "http://a.example/", |s| {
        s.fetch.max_body = 1 << 20;
        s.fetch.body_budget = 3 << 20;
    })
    .await;
    assert_eq!(visits.most_at_once().0, 3);
}

#[tokio::test(start_paused = true)]
async fn no_more_pages_than_asked_for() {
    let (report, visits, items) = walk(star(40, 4), "http://a.example/", |s| {
        s.lease.max_pages = Some(10)
    })
    .await;
    assert_eq!(
        (report.pages, items.len(), visits.urls().len()),
        (10, 10, 10)
    );
    assert_eq!(report.finish, Finish::Limit("lease.max_pages".to_owned()));
    assert_eq!(report.left, 31);
}

#[tokio::test(start_paused = true)]
async fn no_longer_than_asked_for() {
    let (report, _, _) = walk(star(100, 1), "http://a.example/", |s| {
        s.lease.delay = Some(Duration::from_secs(1));
        s.lease.max_time = Some(Duration::from_secs(20));
    })
    .await;
    assert_eq!(report.finish, Finish::Limit("lease.max_time".to_owned()));
    assert!((20.0..22.0).contains(&report.seconds), "{}", report.seconds);
}

#[tokio::test(start_paused = true)]
async fn a_slow_sink_stops_leasing_and_loses_nothing() {
    let (web, items) = (star(300, 30), Collect::slow(Duration::from_secs(5)));
    let visits = web.visits();
    let report = Crawl::new(
        Walk {
            start: vec!["http://a.example/".to_owned()],
        },
        web,
    )
    .configure(|s| {
        s.lease.delay = Some(Duration::ZERO);
        s.deliver.backlog = 20;
        s.deliver.batch = 10;
        s.fetch.concurrency = 4;
    })
    .export("slow", items.clone())
    .run(&Stop::new())
    .await
    .unwrap();
    assert_eq!((report.items, items.len()), (301, 301));
    let most = visits
        .all()
        .iter()
        .filter(|visit| visit.begun < Duration::from_secs(5))
        .count();
    assert!(
        most < 60,
        "{most} requests began before the first batch was written"
    );
}

/// What waits for the slow sink, and for the other.
#[derive(Default, Clone)]
struct Waiting(Arc<Mutex<[Waits; 2]>>);

#[derive(Default, Clone, Copy)]
struct Waits {
    now: u64,
    most: u64,
}

impl Observe for Waiting {
    fn on(&self, event: &Event<'_>) {
        let mut sinks = self.0.lock().unwrap();
        match event {
            Event::Settled { records, .. } => sinks.iter_mut().for_each(|sink| {
                sink.now += records;
                sink.most = sink.most.max(sink.now);
            }),
            Event::Delivered { sink, records } => {
                sinks[usize::from(*sink != "slow")].now -= records;
            }
            _ => {}
        }
    }
}

/// A slow disk slows the crawl, and nothing else: the other sink has its records at once, nothing
/// fails for want of time, and never is more in memory than the backlog and what was under way.
#[tokio::test(start_paused = true)]
async fn what_waits_for_a_slow_sink_is_bounded_at_any_time() {
    let (web, slow, quick) = (
        star(300, 30),
        Collect::slow(Duration::from_secs(60)),
        Collect::default(),
    );
    let waiting = Waiting::default();
    let start = vec!["http://a.example/".to_owned()];
    let report = Crawl::new(Walk { start }, web)
        .configure(|s| {
            s.lease.delay = Some(Duration::ZERO);
            s.deliver.backlog = 20;
            s.deliver.batch = 10;
            s.fetch.concurrency = 4;
            s.fetch.timeout = Duration::from_secs(1);
        })
        .export("slow", slow.clone())
        .export("quick", quick.clone())
        .observe(waiting.clone())
        .run(&Stop::new())
        .await
        .unwrap();
    assert_eq!((slow.len(), quick.len()), (301, 301));
    assert_eq!(slow.json(), quick.json());
    assert!(
        report.failed.is_empty() && report.retries.is_empty(),
        "{report:?}"
    );
    let [slow, quick] = *waiting.0.lock().unwrap();
    assert_eq!((slow.now, quick.now), (0, 0));
    // Leases that were given out before the backlog was full: a batch of them.
    assert!((20..60).contains(&slow.most), "{}", slow.most);
    assert!(quick.most <= 20, "{}", quick.most);
    assert!(
        report.seconds > 30.0 * 60.0,
        "it is the sink that takes the time"
    );
}

/// Crawls 300 pages with a sink that takes five seconds for a batch; how many requests began before
/// its first batch was written.
async fn begun_while_the_sink_is_slow(budget: fn(&mut Settings)) -> usize {
    let (web, items) = (star(300, 30), Collect::slow(Duration::from_secs(5)));
    let visits = web.visits();
    let start = vec!["http://a.example/".to_owned()];
    let report = Crawl::new(Walk { start }, web)
        .configure(|s| {
            s.lease.delay = Some(Duration::ZERO);
            s.deliver.batch = 10;
            s.fetch.concurrency = 4;
        })
        .configure(budget)
        .export("slow", items.clone())
        .run(&Stop::new())
        .await
        .unwrap();
    assert_eq!((report.items, items.len()), (301, 301), "nothing is lost");
    let all = visits.all();
    let begun = all.iter().map(|visit| visit.begun);
    begun
        .filter(|begun| *begun < Duration::from_secs(5))
        .count()
}

#[tokio::test(start_paused = true)]
async fn the_outbox_has_a_budget_of_bytes_and_of_age() {
    let free = begun_while_the_sink_is_slow(|_| {}).await;
    assert!(free > 150, "{free} requests: 10,000 records may wait");
    let bytes = begun_while_the_sink_is_slow(|s| s.deliver.backlog_bytes = 1000).await;
    assert!(bytes < 80, "{bytes} requests with a budget of bytes");
    let age = |s: &mut Settings| s.deliver.backlog_age = Some(Duration::from_millis(300));
    let age = begun_while_the_sink_is_slow(age).await;
    assert!(age < 80, "{age} requests with a budget of age");
}

/// Visits three pages with different priorities, and one of them twice.
struct Ordered;

#[derive(Serialize, Item)]
struct Path {
    path: String,
    method: String,
}

impl Spider for Ordered {
    type Page = bool;
    type Item = Path;
    const NAME: &'static str = "ordered";

    fn start(&self, out: &mut Output<Self>) {
        out.request(Draft::get("http://a.example/low", false).priority(-1));
        out.visit("http://a.example/middle", true);
        out.request(
            Draft::post("http://a.example/high", false, "a=1")
                .header("x-a", "b")
                .priority(7),
        );
    }

    fn parse(
        &self,
        again: bool,
        response: &Response,
        out: &mut Output<Self>,
    ) -> Result<(), ParseError> {
        let path = response.url().path().to_owned();
        out.item(Path {
            path: path.clone(),
            method: response.text().to_owned(),
        });
        if again {
            out.visit(&path, false);
            out.request(Draft::get(path, false).revisit());
        }
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn requests_in_full_control() {
    let web = ["low", "middle", "high"]
        .iter()
        .fold(FakeWeb::new(), |web, name| {
            web.page(&format!("http://a.example/{name}"), [Answer::html(*name)])
        });
    let (visits, items) = (web.visits(), Collect::default());
    Crawl::new(Ordered, web)
        .configure(|s| {
            s.lease.delay = Some(Duration::ZERO);
            s.lease.per_host = 1;
            s.admit.robots = false;
        })
        .export("items", items.clone())
        .run(&Stop::new())
        .await
        .unwrap();
    let order: Vec<_> = visits
        .urls()
        .iter()
        .map(|url| url.rsplit('/').next().unwrap().to_owned())
        .collect();
    assert_eq!(
        order,
        ["high", "middle", "middle", "low"],
        "by priority; visited again once, on request"
    );
    let first = &visits.all()[0].request;
    assert_eq!(
        (first.method.as_str(), &first.body[..]),
        ("POST", &b"a=1"[..])
    );
    assert_eq!(first.headers["x-a"], "b");
    assert_eq!(items.len(), 4);
}
