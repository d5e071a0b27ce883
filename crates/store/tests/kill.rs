//! A real process is killed at random moments while it settles. Nothing that it said was
//! committed is lost, nothing is there by halves, and in the end every page was done once.
//!
//! The process says on its output which pages were settled, once the store has acknowledged them.

#![expect(clippy::print_stdout, reason = "one process tells the other")]

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use huntsman_core::frontier::{Settlement, Supply};
use huntsman_core::pace::Pace;
use huntsman_core::{
    Frontier as _, HostKey, Item as _, Position, Request, Sequence, Timestamp, Url,
};
use huntsman_store::{Options, Store, check};
use huntsman_testkit::Sample;

const PAGES: u64 = 3000;
const KILLS: u64 = 20;
/// The first argument of the process that is killed.
const CHILD: &str = "settle-until-killed";

fn open(dir: &Path) -> Store {
    let pace = |_: &HostKey| Pace {
        concurrency: 16,
        ..Pace::default()
    };
    let options = Options::new("kill", "1", Timestamp(0))
        .schemas(Sample::schemas())
        .pace(pace);
    Store::open(dir, options).expect("the job opens")
}

fn page(n: u64) -> huntsman_core::request::Candidate {
    let url = format!("http://h{}.example/{n}", n % 7);
    Request::get(Url::parse(&url).expect("a URL")).into()
}

/// Page n yields three items, and links to the next ones. A sink follows, a batch behind.
async fn crawl(dir: &Path) {
    let store = open(dir);
    store
        .offer(vec![page(0)], Timestamp(0))
        .await
        .expect("offered");
    let at_most = NonZeroUsize::new(8).expect("some");
    loop {
        let supply = store.lease(at_most, Timestamp(0)).await.expect("leased");
        let Supply::Ready(leases) = supply else {
            assert!(matches!(supply, Supply::Drained), "{supply:?}");
            break;
        };
        let numbers: Vec<u64> = leases
            .iter()
            .map(|lease| number(&lease.request.url))
            .collect();
        let batch = leases.iter().zip(&numbers).map(|(lease, n)| Settlement {
            found: (n + 1..(n + 9).min(PAGES)).map(page).collect(),
            items: (0..3)
                .map(|k| Arc::new(Sample::numbered(n * 3 + k)) as _)
                .collect(),
            ..Settlement::done(lease.id)
        });
        let settled = store
            .settle(batch.collect(), Timestamp(0))
            .await
            .expect("settled");
        for n in numbers {
            println!("page {n}");
        }
        let sequence = settled
            .last()
            .map(|settled| settled.last)
            .unwrap_or_default();
        let state = sequence.0.to_le_bytes().to_vec();
        store
            .keep("sink", Position { sequence, state })
            .await
            .expect("kept");
        println!("kept {}", sequence.0);
    }
    println!("end");
}

fn number(url: &Url) -> u64 {
    url.path()[1..].parse().expect("a number")
}

/// What the killed processes said.
#[derive(Default)]
struct Said {
    pages: BTreeSet<u64>,
    kept: u64,
    end: bool,
}

/// Starts the process, and kills it once it has said so many lines.
fn run(dir: &Path, said: &mut Said, lines: u64) {
    let program = std::env::current_exe().expect("a program");
    let child = Command::new(program)
        .arg(CHILD)
        .arg(dir)
        .stdout(Stdio::piped())
        .spawn();
    let mut child = child.expect("it starts");
    let output = BufReader::new(child.stdout.take().expect("its output"));
    for (count, line) in (1..).zip(output.lines()) {
        let line = line.expect("text");
        match line.split_once(' ') {
            Some(("page", n)) => {
                let n = n.parse().expect("a number");
                assert!(said.pages.insert(n), "page {n} was done twice");
            }
            Some((_, sequence)) => said.kept = sequence.parse().expect("a number"),
            None => said.end = true,
        }
        if count == lines {
            // SIGKILL, wherever it is by now; what it said before that is read on.
            child.kill().expect("killed");
        }
    }
    child.wait().expect("it ended");
}

/// All that was said is there, and nothing by halves.
async fn verify(dir: &Path, said: &Said) -> u64 {
    let report = check(dir).expect("the job can be read");
    assert_eq!(report.problems, [] as [&str; 0]);
    let store = open(dir);
    let job = store.job().expect("a job");
    let records = store.outbox(Sequence(0), usize::MAX).await.expect("read");
    assert_eq!(records.len() as u64, job.last.0);
    let mut done = BTreeSet::new();
    for three in records.chunks(3) {
        let n = number(&Url::parse(&three[0].url).expect("a URL"));
        assert!(done.insert(n), "page {n} was committed twice");
        for (k, record) in (0..).zip(three) {
            let json = serde_json::to_value(record.item.fields()).expect("JSON");
            assert_eq!(json["number"], n * 3 + k);
            assert_eq!(u64::from(record.id.ordinal), k);
        }
    }
    assert!(said.pages.is_subset(&done), "an acknowledged page is lost");
    // What a page leads to came with it.
    let counts = store.counts();
    let known = done.iter().map(|n| (n + 9).min(PAGES)).max().unwrap_or(1);
    assert_eq!((counts.leased, counts.seen), (0, known));
    assert_eq!(counts.queued, known - done.len() as u64);
    let position = store.position("sink").await.expect("read");
    let kept = position
        .map(|position| position.sequence.0)
        .unwrap_or_default();
    assert!(
        kept >= said.kept,
        "a position that was acknowledged is lost"
    );
    done.len() as u64
}

async fn kill_again_and_again() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut said, mut draw, mut killed) = (Said::default(), 88_172_645_463_325_252_u64, 0);
    while !said.end {
        draw ^= draw << 13;
        draw ^= draw >> 7;
        draw ^= draw << 17;
        let lines = if killed < KILLS {
            1 + draw % 250
        } else {
            u64::MAX
        };
        run(dir.path(), &mut said, lines);
        let done = verify(dir.path(), &said).await;
        // Its last commits may have gone through without a word.
        said.pages.extend(committed(dir.path()).await);
        assert_eq!(said.pages.len() as u64, done);
        killed += u64::from(!said.end);
    }
    assert!(killed >= 5, "it was killed {killed} times only");
    assert_eq!(said.pages, (0..PAGES).collect());
    println!("killed {killed} times: {PAGES} pages, each once");
}

async fn committed(dir: &Path) -> BTreeSet<u64> {
    let records = open(dir)
        .outbox(Sequence(0), usize::MAX)
        .await
        .expect("read");
    let page = |record: &huntsman_core::Record| number(&Url::parse(&record.url).expect("a URL"));
    records.iter().map(page).collect()
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.expect("a runtime");
    let mut words = std::env::args_os().skip(1);
    if words.next().is_some_and(|word| word == CHILD) {
        let dir = PathBuf::from(words.next().expect("a folder"));
        runtime.block_on(crawl(&dir));
    } else {
        runtime.block_on(kill_again_and_again());
    }
}
