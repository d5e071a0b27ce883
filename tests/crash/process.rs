//! A run of the crawl in a process of its own, and how it ends.

use std::fs::File;
use std::io::Read as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, mpsc};
use std::time::Duration;

use huntsman_site::{Server, Sites, serve};
use huntsman_testkit::failpoints::{COUNTS, POINT};

use tokio::runtime::{Builder, Runtime};

use crate::CRAWL;
use crate::feeds::Crawl;
use crate::topic;

/// No run takes longer.
const LIMIT: Duration = Duration::from_secs(120);

/// The files of a run that are none of the crawl's.
pub(crate) const OWN: [&str; 3] = ["counts.json", "report.json", "stderr.txt"];

/// What a run dies of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Death {
    /// A named point (or any), and the how manieth pass of it.
    Point { name: String, pass: u64 },
    /// So many milliseconds after its start.
    Clock(u64),
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Killed,
    Code(i32),
}

/// Runs the crawl in a folder, to its end or to its death.
pub(crate) fn run(crawl: &Crawl, folder: &Path, death: Option<&Death>) -> End {
    let mut child = start(crawl, folder, death);
    // Its output is closed when it ends, however it does.
    let (tell, ended) = mpsc::sync_channel(1);
    let mut output = child.stdout.take().expect("it is a pipe");
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut said = Vec::new();
            output.read_to_end(&mut said).unwrap_or_default();
            tell.send(()).unwrap_or_default();
        });
        let limit = match death {
            Some(Death::Clock(milliseconds)) => Duration::from_millis(*milliseconds),
            _ => LIMIT,
        };
        let in_time = ended.recv_timeout(limit).is_ok();
        if !in_time {
            child.kill().expect("it can be killed");
        }
        let status = child.wait().expect("it ended");
        assert!(
            in_time || limit < LIMIT,
            "it does not end: {crawl:?} {death:?}"
        );
        match (status.signal(), status.code()) {
            (Some(9), _) => End::Killed,
            (None, Some(code)) => End::Code(code),
            _ => panic!("it ended with {status}: {crawl:?} {death:?}"),
        }
    })
}

/// The faulty site, which `--demo` does not serve: served here as long as the tests run.
fn resolved() -> &'static str {
    static RESOLVED: OnceLock<(Runtime, Server, String)> = OnceLock::new();
    let (_, _, text) = RESOLVED.get_or_init(|| {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        let runtime = runtime.expect("a runtime");
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = runtime.block_on(serve(Sites::Practice, any));
        let server = server.expect("a port is free");
        let text = format!("faulty.test={}", server.addr());
        (runtime, server, text)
    });
    text
}

fn start(crawl: &Crawl, folder: &Path, death: Option<&Death>) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("a program"));
    command
        .args(crawl.words.split_whitespace())
        .args(["--demo", "-q", "--job", "job", "--report", "report.json"])
        .args(["-s", "deliver.commit=20ms", "--resolve", resolved()])
        .current_dir(folder)
        .env_clear()
        .env(CRAWL, "1")
        .env(COUNTS, "counts.json")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(File::create(folder.join("stderr.txt")).expect("a file"));
    for feed in crawl.feeds {
        command.args([feed.flag, &topic::placed(feed.address, folder)]);
    }
    if let Some(Death::Point { name, pass }) = death {
        command.env(POINT, format!("{name}:{pass}"));
    }
    let _alone = alone();
    command.spawn().expect("the program runs")
}

/// Keeps the harness from starting a process while it looks into a store itself: until the new process
/// is the program that it starts, it has what is open here, the store's lock too.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}
