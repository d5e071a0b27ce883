//! Whole crawls in paused time, over a disk in memory, that crash at every event: killed, and with
//! the power cut. What the sinks have in the end is what they have without a crash.

use std::future::Future as _;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use huntsman::prelude::*;
use huntsman::{CrawlError, Event, ExportError, Fetch, FetchError, Observe};
use huntsman_core::{Export, Opening, Position, RawResponse, Record, Request, Sequence};
use huntsman_testkit::{Answer, FakeWeb};

use super::disk::Disk;
use crate::Options;

/// Follows every link; a page and a lost page are items of two kinds.
struct Walk;

#[derive(Serialize, Item)]
struct Page {
    url: String,
    links: usize,
}

#[derive(Serialize, Item)]
struct Lost {
    url: String,
    error: String,
}

#[derive(Serialize, Item)]
#[serde(untagged)]
enum Found {
    Page(Page),
    Lost(Lost),
}

impl Spider for Walk {
    type Page = String;
    type Item = Found;
    const NAME: &'static str = "books";

    fn start(&self, out: &mut Output<Self>) {
        out.visit("http://a.example/", "/".to_owned());
    }

    fn parse(&self, _: String, page: &Response, out: &mut Output<Self>) -> Result<(), ParseError> {
        if page.text().contains("BROKEN") {
            return Err("not what it should be".into());
        }
        assert!(!page.text().contains("PANIC"), "the page says so");
        let url = page.url().to_string();
        let mut links = 0;
        for link in page.links() {
            links += 1;
            out.visit(link, link.to_owned());
        }
        if links > 0 {
            // Two items of one page: they come together or not at all.
            let error = "none".to_owned();
            let url = url.clone();
            out.item(Found::Lost(Lost { url, error }));
        }
        out.item(Found::Page(Page { url, links }));
        Ok(())
    }

    fn failed(&self, url: String, error: &FetchError, out: &mut Output<Self>) {
        let error = error.kind();
        out.item(Found::Lost(Lost { url, error }));
    }
}

/// A web that outlives the crawler: two hosts, a redirect, pages that fail once, twice, for ever,
/// and some that cannot be read.
fn web() -> Arc<FakeWeb> {
    let links = |paths: &[&str]| {
        let link = |path: &&str| format!("<a href={path}>x</a>");
        Answer::html(paths.iter().map(link).collect::<String>())
    };
    let web = FakeWeb::new()
        .latency(Duration::from_millis(40))
        .robots("http://b.example", "User-agent: *\nDisallow: /no\n")
        .page(
            "http://a.example/",
            [links(&["/1", "/2", "/busy", "/gone", "http://b.example/"])],
        )
        .page("http://a.example/1", [links(&["/2", "/broken", "/panic"])])
        .page("http://a.example/2", [Answer::redirect(302, "/3")])
        .page("http://a.example/3", [links(&["/1"])])
        .page(
            "http://a.example/busy",
            [
                Answer::status(503).header("retry-after", "2"),
                Answer::error(FetchError::Timeout(Duration::from_secs(1))),
                links(&["/after"]),
            ],
        )
        .html("http://a.example/after", "late")
        .html("http://a.example/broken", "BROKEN")
        .html("http://a.example/panic", "PANIC")
        .page(
            "http://b.example/",
            [links(&["/no", "/4", "http://a.example/3"]).after(Duration::from_secs(3))],
        )
        .html("http://b.example/4", "four");
    Arc::new(web)
}

/// The crawler's way to that web.
struct Way(Arc<FakeWeb>);

#[async_trait]
impl Fetch for Way {
    async fn fetch(&self, request: Request) -> Result<RawResponse, FetchError> {
        self.0.fetch(request).await
    }
}

/// What a sink has on its disk.
#[derive(Default)]
struct Kept {
    rows: Vec<String>,
    /// So many of them outlive a power cut.
    durable: usize,
    generation: u64,
}

type Shelf = Arc<Mutex<Kept>>;

/// A sink of one process: a crash takes its shelf away.
struct Sink {
    shelf: Shelf,
    generation: u64,
    latency: Duration,
}

impl Sink {
    fn of(shelf: &Shelf, latency: u64) -> Self {
        Self {
            generation: shelf.lock().unwrap().generation,
            shelf: Arc::clone(shelf),
            latency: Duration::from_millis(latency),
        }
    }

    fn kept(&self) -> Result<MutexGuard<'_, Kept>, ExportError> {
        let kept = self.shelf.lock().unwrap();
        if kept.generation == self.generation {
            return Ok(kept);
        }
        Err(ExportError::Other("the process is gone".to_owned()))
    }
}

#[async_trait]
impl Export for Sink {
    async fn open(&self, opening: Opening) -> Result<Sequence, ExportError> {
        let state = opening.position.as_ref().map(|position| &position.state);
        let at = state.map_or(0, |state| u64::from_le_bytes(state[..].try_into().unwrap()));
        let mut kept = self.kept()?;
        let at = usize::try_from(at).unwrap();
        assert!(at <= kept.rows.len(), "{at} were durable, and are lost");
        kept.rows.truncate(at);
        Ok(opening.after())
    }

    async fn export(&self, batch: Vec<Record>) -> Result<(), ExportError> {
        tokio::time::sleep(self.latency).await;
        let row = |record: &Record| {
            let item = serde_json::to_string(&record.item.fields()).unwrap();
            format!("{} {item}", record.id)
        };
        self.kept()?.rows.extend(batch.iter().map(row));
        Ok(())
    }

    async fn commit(&self, sequence: Sequence) -> Result<Position, ExportError> {
        tokio::time::sleep(self.latency).await;
        let mut kept = self.kept()?;
        kept.durable = kept.rows.len();
        let state = (kept.durable as u64).to_le_bytes().to_vec();
        Ok(Position { sequence, state })
    }

    async fn close(&self) -> Result<(), ExportError> {
        let mut kept = self.kept()?;
        kept.durable = kept.rows.len();
        Ok(())
    }
}

/// What becomes of what is written when a process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Crash {
    Kill,
    /// What was not synced may be lost, as this number has it.
    Cut(u64),
}

/// What a crawl and its crashes share.
struct World {
    web: Arc<FakeWeb>,
    disk: Disk,
    shelves: [Shelf; 2],
}

impl World {
    fn new() -> Self {
        Self {
            web: web(),
            disk: Disk::with_job(),
            shelves: Default::default(),
        }
    }

    fn crash(&self, crash: Crash) {
        match crash {
            Crash::Kill => self.disk.kill(),
            Crash::Cut(draw) => self.disk.cut(draw),
        }
        for shelf in &self.shelves {
            let mut kept = shelf.lock().unwrap();
            kept.generation += 1;
            if crash != Crash::Kill {
                let durable = kept.durable;
                kept.rows.truncate(durable);
            }
        }
    }

    /// The rows of both sinks, in order of their text.
    fn rows(&self) -> [Vec<String>; 2] {
        [0, 1].map(|sink: usize| {
            let mut rows = self.shelves[sink].lock().unwrap().rows.clone();
            rows.sort();
            rows
        })
    }
}

/// When a run crashes.
#[derive(Debug, Clone, Copy)]
enum When {
    Never,
    /// As this event is told.
    Event(u64),
    /// Before the crawl goes on for this time.
    Step(u64),
}

/// Counts events, and crashes the world at one of them.
struct Events {
    world: Arc<World>,
    seen: Arc<Mutex<u64>>,
    at: Option<(u64, Crash)>,
}

impl Observe for Events {
    fn on(&self, _: &Event<'_>) {
        let mut seen = self.seen.lock().unwrap();
        *seen += 1;
        if let Some((at, crash)) = self.at
            && *seen == at
        {
            self.world.crash(crash);
        }
    }
}

/// How far a run came.
struct Run {
    crashed: bool,
    events: u64,
    steps: u64,
}

fn run(world: &Arc<World>, when: When, crash: Crash) -> Run {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let seen = Arc::new(Mutex::new(0));
    let events = Events {
        world: Arc::clone(world),
        seen: Arc::clone(&seen),
        at: match when {
            When::Event(at) => Some((at, crash)),
            _ => None,
        },
    };
    let (report, steps) = runtime.block_on(async {
        let options = Options::new("books", "1", huntsman::now()).schemas(Found::schemas());
        let store = Arc::new(world.disk.open(options).unwrap());
        let crawl = Crawl::new(Walk, Way(Arc::clone(&world.web)))
            .configure(|settings| {
                settings.deliver.commit = Duration::from_millis(100);
                settings.lease.delay = Some(Duration::from_millis(200));
                settings.parse.threads = Some(1);
            })
            .frontier(store.clone())
            .export("fast", Sink::of(&world.shelves[0], 1))
            .export("slow", Sink::of(&world.shelves[1], 700))
            .observe(events);
        let (stop, mut steps) = (Stop::new(), 0);
        let mut crawling = pin!(crawl.run(&stop));
        let report = std::future::poll_fn(|context| {
            steps += 1;
            if matches!(when, When::Step(at) if at == steps) {
                world.crash(crash);
                return Poll::Ready(None);
            }
            crawling.as_mut().poll(context).map(Some)
        })
        .await;
        if report.is_some() {
            // Of a world that is gone, it says that it failed.
            store.close().await.unwrap_or_default();
        }
        (report, steps)
    });
    let events = *seen.lock().unwrap();
    let crashed = matches!(when, When::Event(at) if at <= events) || report.is_none();
    match report {
        // What it says of the world that it lost is nobody's business.
        _ if crashed => {}
        // The crash came after the end.
        Some(Err(CrawlError::JobFinished(_))) | None => {}
        Some(report) => assert_eq!(report.unwrap().left, 0),
    }
    Run {
        crashed,
        events,
        steps,
    }
}

/// The rows of a crawl that nothing happens to, and how far it comes.
fn whole() -> ([Vec<String>; 2], Run) {
    let world = Arc::new(World::new());
    let run = run(&world, When::Never, Crash::Kill);
    let rows = world.rows();
    assert_eq!(rows[0], rows[1]);
    assert_eq!(rows[0].len(), 13, "{:#?}", rows[0]);
    (rows, run)
}

/// Crashes at each of these moments, each in a world of its own, and once more while it goes on.
fn crashed(moments: impl Iterator<Item = When>, crash: impl Fn(u64) -> Crash) {
    let (expected, _) = whole();
    let mut crashes = 0;
    for (number, when) in (1..).zip(moments) {
        let world = Arc::new(World::new());
        let first = run(&world, when, crash(number));
        crashes += u64::from(first.crashed);
        // The second run crashes soon; the third is the last.
        let soon = When::Step(1 + number % 40);
        if first.crashed && run(&world, soon, crash(number + 1)).crashed {
            run(&world, When::Never, Crash::Kill);
        }
        assert_eq!(world.rows(), expected, "{when:?} {:?}", crash(number));
    }
    assert!(crashes > 40, "{crashes} crashes only");
}

fn cut(number: u64) -> Crash {
    Crash::Cut(0x9E37_79B9 + number * 77)
}

#[test]
fn a_crawl_that_is_killed_at_any_event_leaves_every_item_once() {
    let (_, run) = whole();
    crashed((1..=run.events).map(When::Event), |_| Crash::Kill);
}

#[test]
fn a_crawl_that_loses_power_at_any_event_leaves_every_item_once() {
    let (_, run) = whole();
    crashed((1..=run.events).map(When::Event), cut);
}

#[test]
fn a_crawl_that_is_dropped_at_any_await_leaves_every_item_once() {
    let (_, run) = whole();
    let steps = || (1..=run.steps).map(When::Step);
    crashed(steps(), |_| Crash::Kill);
    crashed(steps(), cut);
}
