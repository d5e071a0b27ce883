//! How fast is a durable frontier, and how large? Simulated pages without a network: each is
//! leased and settled with an item, links to known pages and links to new ones, until so many
//! URLs are known; then as many pages again as fit a short measurement, at that size. Then so many
//! more by a whole crawl on it, whose pages of 8 KB are simulated, too.
//!
//!     cargo run --release -p huntsman-store --example store_speed -- [memory] [HOSTS] URLS…
//!     cargo run --release -p huntsman-store --example store_speed -- bytes JOB
//!
//! `memory` measures the frontier in memory instead; `bytes` says how large each table of a job's
//! store is, of which the first form tells the sum.

#![expect(clippy::print_stdout, reason = "a benchmark shows what it measured")]

mod web;
mod whole;

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use huntsman_core::frontier::{MemoryFrontier, Settlement, Supply};
use huntsman_core::pace::Pace;
use huntsman_core::{Frontier, HostKey, Item as _, Timestamp};
use huntsman_store::{Options, Store};
use huntsman_testkit::Sample;
use redb::{ReadableDatabase as _, ReadableTableMetadata as _, TableHandle as _};
use web::{Web, host_of};

/// What `crawl` has.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Pages that are settled together, as a busy crawl does.
const BATCH: usize = 64;
const NEW_LINKS: u64 = 10;
pub(crate) const MEASURED_PAGES: usize = 20_000;

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub(crate) fn clock() -> Instant {
    Instant::now()
}

/// Milliseconds of processor time that this process has had (Linux).
pub(crate) fn cpu() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    // A tick is a hundredth of a second everywhere.
    ticks
        .filter_map(|ticks| ticks.parse::<u64>().ok())
        .sum::<u64>()
        * 10
}

pub(crate) struct Measured {
    pub(crate) pages: usize,
    pub(crate) took: Duration,
    pub(crate) cpu: u64,
    pub(crate) settles: Vec<Duration>,
}

/// Crawls until `until` says stop.
async fn crawl(
    frontier: &dyn Frontier,
    web: &mut Web,
    new: u64,
    until: impl Fn(&Web, usize) -> bool,
) -> Measured {
    let (begun, cpu_before) = (clock(), cpu());
    let (mut pages, mut settles) = (0, Vec::new());
    let at_most = NonZeroUsize::new(BATCH).expect("some");
    while !until(web, pages) {
        let supply = frontier.lease(at_most, Timestamp(0)).await.expect("lease");
        let Supply::Ready(leases) = supply else {
            panic!("{supply:?}");
        };
        pages += leases.len();
        let batch = leases.into_iter().map(|lease| {
            let url: Arc<str> = lease.request.url.as_str().into();
            let found = web.links(host_of(&lease.request.url), &url, new);
            Settlement {
                found,
                items: vec![Arc::new(Sample::numbered(lease.id.0))],
                ..Settlement::done(lease.id)
            }
        });
        let batch = batch.collect();
        let settling = clock();
        let settled = frontier.settle(batch, Timestamp(0)).await.expect("settle");
        settles.push(settling.elapsed());
        if let Some(settled) = settled.last() {
            frontier.confirm(settled.last).await.expect("confirm");
        }
    }
    Measured {
        pages,
        took: begun.elapsed(),
        cpu: cpu() - cpu_before,
        settles,
    }
}

/// Megabytes of memory: in all, and without what the system may take back (Linux).
fn memory() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        let number = line.and_then(|line| line.split_whitespace().nth(1));
        number
            .and_then(|number| number.parse::<u64>().ok())
            .unwrap_or_default()
            / 1024
    };
    (line("VmRSS:"), line("RssAnon:"))
}

fn open(dir: &Path) -> Store {
    let options = Options::new("speed", "1", Timestamp(0))
        .schemas(Sample::schemas())
        .pace(pace);
    Store::open(dir, options).expect("the store opens")
}

fn pace(_: &HostKey) -> Pace {
    Pace {
        concurrency: 8,
        ..Pace::default()
    }
}

fn rate(measured: &Measured) -> f64 {
    f64::from(u32::try_from(measured.pages).unwrap_or(u32::MAX)) / measured.took.as_secs_f64()
}

/// Microseconds of processor time a page, that of making the page included.
fn cpu_a_page(measured: &Measured) -> u64 {
    measured.cpu * 1000 / measured.pages.max(1) as u64
}

fn report(urls: u64, growing: &Measured, at_size: &mut Measured, rest: &str) {
    at_size.settles.sort_unstable();
    let share = |percent: usize| {
        let at = (at_size.settles.len() - 1) * percent / 100;
        at_size.settles[at].as_secs_f64() * 1000.0
    };
    let (rss, anon) = memory();
    println!(
        "{urls:>9} {:>9.0} {:>6} {:>9.0} {:>6} {:>7.1} {:>7.1} {rss:>6} {anon:>6} {rest}",
        rate(growing),
        cpu_a_page(growing),
        rate(at_size),
        cpu_a_page(at_size),
        share(50),
        share(99),
    );
}

async fn seeds(frontier: &dyn Frontier, web: &mut Web) {
    let from: Arc<str> = "http://start.example/".into();
    let hosts = web.known.len() as u64;
    let mut seeds = Vec::new();
    for host in 0..hosts {
        seeds.push(Web::link(&web.new_url(host), &from));
    }
    frontier.offer(seeds, Timestamp(0)).await.expect("offer");
}

async fn in_memory(hosts: usize, urls: u64) {
    let (frontier, mut web) = (MemoryFrontier::new(pace), Web::new(hosts));
    seeds(&frontier, &mut web).await;
    let growing = crawl(&frontier, &mut web, NEW_LINKS, |web, _| web.urls >= urls).await;
    let mut at_size = crawl(&frontier, &mut web, 1, |_, pages| pages >= MEASURED_PAGES).await;
    report(web.urls, &growing, &mut at_size, "(memory)");
}

/// Bytes of a closed store's file that hold something.
fn used(file: &Path) -> u64 {
    let db = redb::Database::open(file).expect("it is a database");
    let transaction = db.begin_write().expect("a transaction");
    let stats = transaction.stats().expect("statistics");
    stats.allocated_pages() * stats.page_size() as u64
}

/// How large each table is: rows, bytes of them, and bytes a row with all that the tree adds.
fn sizes(file: &Path) {
    let db = redb::Database::open(file).expect("it is a database");
    let transaction = db.begin_read().expect("a transaction");
    for table in transaction.list_tables().expect("the tables") {
        let name = table.name().to_owned();
        let table = transaction.open_untyped_table(table).expect("a table");
        let (rows, stats) = (
            table.len().expect("a number"),
            table.stats().expect("statistics"),
        );
        let all = stats.stored_bytes() + stats.metadata_bytes() + stats.fragmented_bytes();
        println!(
            "          {name:>9} {rows:>9} rows, {:>6} bytes each, {:>6} with what the tree takes",
            stats.stored_bytes() / rows.max(1),
            all / rows.max(1),
        );
    }
}

async fn on_disk(hosts: usize, urls: u64) {
    let dir = tempfile::tempdir().expect("a folder");
    let mut web = Web::new(hosts);
    let store = Arc::new(open(dir.path()));
    seeds(&*store, &mut web).await;
    let growing = crawl(&*store, &mut web, NEW_LINKS, |web, _| web.urls >= urls).await;
    let mut at_size = crawl(&*store, &mut web, 1, |_, pages| pages >= MEASURED_PAGES).await;
    let whole = whole::crawl(&store, &mut web).await;
    let file = dir.path().join("store.redb");
    let bytes = std::fs::metadata(&file).map_or(0, |data| data.len());
    // What a killed process leaves is the file as it is now.
    let killed = tempfile::tempdir().expect("a folder");
    std::fs::copy(&file, killed.path().join("store.redb")).expect("a copy");
    let counts = store.counts();
    let rest = format!("{:>6} {:>7}", bytes / web.urls, counts.queued);
    report(web.urls, &growing, &mut at_size, &rest);
    println!(
        "          a whole crawl: {:.0} pages a second, {} cpu µs a page",
        rate(&whole),
        cpu_a_page(&whole)
    );
    store.close().await.expect("the store closes");
    drop(store);
    let begun = clock();
    drop(open(dir.path()));
    let closed = begun.elapsed();
    let (begun, cpu_before) = (clock(), cpu());
    let store = open(killed.path());
    let (after_kill, cpu_after) = (begun.elapsed(), cpu() - cpu_before);
    assert_eq!(store.counts().seen, counts.seen, "nothing is lost");
    drop(store);
    let used = used(&file);
    println!("          {} bytes a URL in use", used / web.urls);
    sizes(&file);
    println!(
        "          reopened in {closed:.2?}, after a kill in {after_kill:.2?} ({cpu_after} ms cpu)"
    );
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    if let [word, job] = &words[..]
        && word == "bytes"
    {
        return sizes(&Path::new(job).join("store.redb"));
    }
    let memory = words.first().is_some_and(|word| word == "memory");
    if memory {
        words.remove(0);
    }
    let mut numbers = words
        .iter()
        .map(|word| word.parse::<u64>().expect("a number"));
    let hosts = usize::try_from(numbers.next().unwrap_or(1000)).expect("few hosts");
    let mut sizes: Vec<u64> = numbers.collect();
    if sizes.is_empty() {
        sizes = vec![10_000, 100_000, 1_000_000];
    }
    println!(
        "     URLs growing/s cpu µs   pages/s cpu µs  p50 ms  p99 ms    RSS   anon  B/URL  queued"
    );
    for urls in sizes {
        if memory {
            in_memory(hosts, urls).await;
        } else {
            on_disk(hosts, urls).await;
        }
    }
}
