//! Settling: with a frontier that fails, the crawl stops and says so.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use huntsman::core::frontier::{
    Admission, Counts, Job, LeaseId, MemoryFrontier, Settled, Settlement, Supply,
};
use huntsman::core::pace::{Pace, PaceChange};
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

/// The frontier of a job on a disk where a commit takes so long.
struct Slow {
    inner: MemoryFrontier,
    commit: Duration,
    commits: AtomicU32,
    /// Leases with what their pages found: as announced, and as settled.
    told: Mutex<[Vec<LeaseId>; 2]>,
    /// What was not announced is being committed.
    commits_unannounced: AtomicBool,
}

impl Slow {
    fn new(commit: Duration) -> Self {
        Self {
            inner: MemoryFrontier::new(|_: &HostKey| Pace {
                concurrency: 4,
                ..Pace::default()
            }),
            commit,
            commits: AtomicU32::new(0),
            told: Mutex::default(),
            commits_unannounced: AtomicBool::new(false),
        }
    }

    fn tell<'a>(&self, which: usize, all: impl Iterator<Item = &'a Settlement>) {
        let finding = all.filter(|one| !one.found.is_empty());
        self.told.lock().expect("no test failed")[which].extend(finding.map(|one| one.lease));
    }
}

#[async_trait]
impl Frontier for Slow {
    async fn offer(
        &self,
        found: Vec<Candidate>,
        now: Timestamp,
    ) -> Result<Admission, FrontierError> {
        self.inner.offer(found, now).await
    }
    async fn lease(&self, at_most: NonZeroUsize, now: Timestamp) -> Result<Supply, FrontierError> {
        self.inner.lease(at_most, now).await
    }
    fn answered(&self, lease: LeaseId) {
        self.inner.answered(lease);
    }
    async fn announce(&self, coming: &[&Settlement], _: Timestamp) -> Result<bool, FrontierError> {
        self.tell(0, coming.iter().copied());
        let overtakes = self.commits_unannounced.load(Ordering::Relaxed);
        assert!(!overtakes, "an older page is not committed yet");
        Ok(false)
    }
    async fn settle(
        &self,
        batch: Vec<Settlement>,
        now: Timestamp,
    ) -> Result<Vec<Settled>, FrontierError> {
        self.tell(1, batch.iter());
        self.commits.fetch_add(1, Ordering::Relaxed);
        let finds = batch.iter().any(|one| !one.found.is_empty());
        self.commits_unannounced.store(finds, Ordering::Relaxed);
        tokio::time::sleep(self.commit).await;
        self.commits_unannounced.store(false, Ordering::Relaxed);
        self.inner.settle(batch, now).await
    }
    async fn pace(
        &self,
        host: &HostKey,
        change: PaceChange,
        now: Timestamp,
    ) -> Result<(), FrontierError> {
        self.inner.pace(host, change, now).await
    }
    async fn outbox(&self, after: Sequence, at_most: usize) -> Result<Vec<Record>, FrontierError> {
        self.inner.outbox(after, at_most).await
    }
    async fn confirm(&self, up_to: Sequence) -> Result<(), FrontierError> {
        self.inner.confirm(up_to).await
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
        self.inner.counts()
    }
}

/// Sixty pages of so many hosts, four at a time, a tenth of a second each.
async fn sixty_pages(hosts: u32, frontier: Arc<Slow>, delay: Duration) -> f64 {
    let urls: Vec<_> = (0..60)
        .map(|n| format!("http://h{}.example/{n}", n % hosts))
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
        .frontier(frontier)
        .configure(|s| {
            s.lease.delay = Some(Duration::ZERO);
            (s.fetch.concurrency, s.settle.delay) = (4, delay);
        })
        .export("items", items.clone())
        .run(&Stop::new())
        .await
        .expect("it runs");
    assert_eq!((report.pages, items.len(), report.left), (61, 61, 0));
    assert_eq!(visits.urls().len(), 61, "each once");
    report.seconds
}

/// Four pages at a time, each four with a commit of a second, took 16 s one after the other.
async fn on_a_slow_disk(hosts: u32) {
    let slow = Slow::new(Duration::from_secs(1));
    let seconds = sixty_pages(hosts, Arc::new(slow), Duration::ZERO).await;
    assert!(seconds < 8.0, "{seconds} s");
}

#[tokio::test(start_paused = true)]
async fn a_job_goes_on_while_the_disk_is_busy() {
    on_a_slow_disk(20).await;
}

#[tokio::test(start_paused = true)]
async fn a_page_that_waits_for_its_commit_does_not_hold_up_its_host() {
    on_a_slow_disk(1).await;
}

#[tokio::test(start_paused = true)]
async fn pages_share_commits_for_as_long_as_they_may_wait() {
    let mut commits = Vec::new();
    for delay in [0, 1000] {
        let quick = Arc::new(Slow::new(Duration::ZERO));
        let delay = Duration::from_millis(delay);
        let seconds = sixty_pages(20, Arc::clone(&quick), delay).await;
        // Whoever waits holds nobody up, and at the end nobody waits.
        assert!(seconds < 4.0, "{seconds} s");
        commits.push(quick.commits.load(Ordering::Relaxed));
    }
    assert!(commits[0] >= 15, "each four pages have one: {commits:?}");
    assert!(2 * commits[1] < commits[0], "{commits:?}");
}

/// What two pages found is known by the first of them: it must not be known by one that may still be
/// forgotten, while the first is committed.
#[tokio::test(start_paused = true)]
async fn no_page_is_announced_before_an_older_one_that_was_not_is_committed() {
    let urls: Vec<_> = (0..40).map(|n| format!("http://h{n}.example/")).collect();
    let start = urls.clone();
    let link = "<a href='http://common.example/'>x</a>";
    let web = FakeWeb::new().latency(Duration::from_millis(100));
    let web = urls.iter().fold(web, |web, url| web.html(url, link));
    let web = web.html("http://common.example/", "x");
    let slow = Arc::new(Slow::new(Duration::from_millis(250)));
    let report = Crawl::new(Walk { start }, web)
        .frontier(Arc::<Slow>::clone(&slow))
        .configure(|s| {
            s.lease.delay = Some(Duration::ZERO);
            s.fetch.concurrency = 4;
        })
        .run(&Stop::new())
        .await
        .expect("it runs");
    assert_eq!(report.pages, 41);
    let [announced, settled] = &*slow.told.lock().unwrap();
    assert!(!announced.is_empty() && announced.len() < settled.len());
}

/// Follows every link, and counts the pages where it is told to.
struct Chain {
    seen: State<u64>,
    counts: bool,
}

impl Spider for Chain {
    type Page = ();
    type Item = crate::Seen;
    const NAME: &'static str = "chain";

    fn start(&self, out: &mut Output<Self>) {
        out.visit("http://a.example/0", ());
    }

    fn parse(&self, (): (), page: &Response, out: &mut Output<Self>) -> Result<(), ParseError> {
        out.visit_all(page.links(), ());
        if self.counts {
            out.change(&self.seen, |seen| *seen += 1);
        }
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_found_is_announced_in_the_order_of_the_commits() {
    for counts in [false, true] {
        let web = (0..9).fold(FakeWeb::new(), |web, n| {
            let next = format!("<a href=/{}>x</a><a href=/leaf-{n}>x</a>", n + 1);
            web.html(&format!("http://a.example/{n}"), &next)
                .html(&format!("http://a.example/leaf-{n}"), "leaf")
        });
        let web = web.html("http://a.example/9", "end");
        let slow = Arc::new(Slow::new(Duration::from_millis(10)));
        let seen = State::default();
        let report = Crawl::new(
            Chain {
                seen: seen.clone(),
                counts,
            },
            web,
        )
        .frontier(Arc::<Slow>::clone(&slow))
        .configure(|s| s.lease.delay = Some(Duration::ZERO))
        .run(&Stop::new())
        .await
        .expect("it runs");
        assert_eq!(report.pages, 19);
        assert_eq!(seen.read(|seen| *seen), if counts { 19 } else { 0 });
        let [announced, settled] = &*slow.told.lock().unwrap();
        assert_eq!(settled.len(), 9);
        // A page that changes the spider's state is not: the next one is to see the change.
        let expected = if counts { &[][..] } else { settled };
        assert_eq!(announced, expected, "{counts}");
    }
}
