//! Settling: with a frontier that fails, the crawl stops and says so.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use huntsman::core::frontier::{
    Admission, Counts, Job, MemoryFrontier, Settled, Settlement, Supply,
};
use huntsman::core::pace::PaceChange;
use huntsman::core::request::Candidate;
use huntsman::core::{FrontierError, HostKey, Record, Sequence, Timestamp};
use huntsman::prelude::*;
use huntsman::{CrawlError, Frontier};
use huntsman_testkit::{Collect, FakeWeb};

use crate::Walk;

/// Cannot settle.
#[derive(Default)]
struct Full(MemoryFrontier);

#[async_trait]
impl Frontier for Full {
    async fn offer(
        &self,
        found: Vec<Candidate>,
        now: Timestamp,
    ) -> Result<Admission, FrontierError> {
        self.0.offer(found, now).await
    }
    async fn lease(&self, at_most: NonZeroUsize, now: Timestamp) -> Result<Supply, FrontierError> {
        self.0.lease(at_most, now).await
    }
    async fn settle(
        &self,
        _: Vec<Settlement>,
        _: Timestamp,
    ) -> Result<Vec<Settled>, FrontierError> {
        Err(FrontierError::Store("the disk is full".to_owned()))
    }
    async fn pace(
        &self,
        host: &HostKey,
        change: PaceChange,
        now: Timestamp,
    ) -> Result<(), FrontierError> {
        self.0.pace(host, change, now).await
    }
    async fn outbox(&self, after: Sequence, at_most: usize) -> Result<Vec<Record>, FrontierError> {
        self.0.outbox(after, at_most).await
    }
    async fn confirm(&self, up_to: Sequence) -> Result<(), FrontierError> {
        self.0.confirm(up_to).await
    }
    fn counts(&self) -> Counts {
        self.0.counts()
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_ends_the_crawl() {
    let web = FakeWeb::new().html("http://a.example/", "x");
    let items = Collect::default();
    let result = Crawl::new(
        Walk {
            start: vec!["http://a.example/".to_owned()],
        },
        web,
    )
    .frontier(Arc::new(Full::default()))
    .export("items", items.clone())
    .run(&Stop::new())
    .await;
    let error = result.unwrap_err();
    assert!(matches!(error, CrawlError::Frontier(_)));
    assert_eq!(
        error.to_string(),
        "the frontier's store failed: the disk is full"
    );
    assert!(items.is_abandoned(), "the sink is told");
    assert!(
        items.is_empty(),
        "nothing is delivered that was not committed"
    );
}

/// The frontier of a job on a slow disk: a commit takes a second.
#[derive(Default)]
struct Slow(MemoryFrontier);

#[async_trait]
impl Frontier for Slow {
    async fn offer(
        &self,
        found: Vec<Candidate>,
        now: Timestamp,
    ) -> Result<Admission, FrontierError> {
        self.0.offer(found, now).await
    }
    async fn lease(&self, at_most: NonZeroUsize, now: Timestamp) -> Result<Supply, FrontierError> {
        self.0.lease(at_most, now).await
    }
    async fn settle(
        &self,
        batch: Vec<Settlement>,
        now: Timestamp,
    ) -> Result<Vec<Settled>, FrontierError> {
        tokio::time::sleep(Duration::from_secs(1)).await;
        self.0.settle(batch, now).await
    }
    async fn pace(
        &self,
        host: &HostKey,
        change: PaceChange,
        now: Timestamp,
    ) -> Result<(), FrontierError> {
        self.0.pace(host, change, now).await
    }
    async fn outbox(&self, after: Sequence, at_most: usize) -> Result<Vec<Record>, FrontierError> {
        self.0.outbox(after, at_most).await
    }
    async fn confirm(&self, up_to: Sequence) -> Result<(), FrontierError> {
        self.0.confirm(up_to).await
    }
    fn job(&self) -> Option<Job> {
        Some(Job {
            name: "slow".into(),
            began: Timestamp(0),
            resumed: false,
            finished: false,
            round: 1,
            before: Sequence(0),
            confirmed: Sequence(0),
            last: Sequence(0),
            bytes: 0,
        })
    }
    fn counts(&self) -> Counts {
        self.0.counts()
    }
}

#[tokio::test(start_paused = true)]
async fn a_job_goes_on_while_the_disk_is_busy() {
    let urls: Vec<_> = (0..60)
        .map(|n| format!("http://h{}.example/{n}", n % 20))
        .collect();
    let link = |url: &String| format!("<a href='{url}'>x</a>");
    let links: String = urls.iter().map(link).collect();
    let web = FakeWeb::new()
        .latency(Duration::from_millis(100))
        .html("http://a.example/", &links);
    let web = urls.iter().fold(web, |web, url| web.html(url, "leaf"));
    let (visits, items) = (web.visits(), Collect::default());
    let start = vec!["http://a.example/".to_owned()];
    let report = Crawl::new(Walk { start }, web)
        .frontier(Arc::new(Slow::default()))
        .configure(|s| {
            s.lease.delay = Some(Duration::ZERO);
            s.fetch.concurrency = 4;
        })
        .export("items", items.clone())
        .run(&Stop::new())
        .await
        .unwrap();
    assert_eq!((report.pages, items.len(), report.left), (61, 61, 0));
    assert_eq!(visits.urls().len(), 61, "each once");
    // Four pages at a time, each four with a commit of a second, took 16 s one after the other.
    assert!(report.seconds < 8.0, "{} s", report.seconds);
}
