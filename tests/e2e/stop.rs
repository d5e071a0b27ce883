//! Ctrl-C, SIGTERM and a closed terminal: once drains, twice aborts, three times exits.

use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStderr};

use crate::scratch::{Done, Scratch, finished};
use crate::servers::Slow;

/// Longer than any test waits.
const NEVER: Duration = Duration::from_secs(600);

/// Sends `INT` or `TERM` to a command that this test started.
pub(crate) fn signal(name: &str, child: &Child) {
    let id = child.id().expect("it still runs");
    let sent = Command::new("kill")
        .arg(format!("-{name}"))
        .arg(id.to_string())
        .status();
    assert!(sent.expect("kill runs").success());
}

/// A crawl of a slow site that is about to be stopped, and what it says.
struct Stopping {
    child: Child,
    said: Lines<BufReader<ChildStderr>>,
}

impl Stopping {
    fn start(scratch: &Scratch, site: &Slow, words: &str) -> Self {
        let words = format!("site -a start=http://{}/ {words}", site.addr);
        let mut child = scratch.crawl_on_terminal(&words).start();
        let stderr = child.stderr.take().expect("it is a pipe");
        Self {
            child,
            said: BufReader::new(stderr).lines(),
        }
    }

    /// Sends a signal and waits until the crawl says that it heard it.
    async fn signal(&mut self, name: &str) -> String {
        signal(name, &self.child);
        let line = self.said.next_line().await.expect("the line is text");
        line.expect("it says that it heard")
    }

    async fn ended(self) -> Done {
        finished(self.child, "").await.ended(130)
    }
}

fn titles(items: &[Value]) -> Vec<&str> {
    let title = |item: &Value| item["title"].as_str().map(|title| title.len()).is_some();
    assert!(items.iter().all(title));
    items
        .iter()
        .map(|item| item["title"].as_str().unwrap_or_default())
        .collect()
}

/// The pages under way when the signal came are in the file, those that waited are not.
async fn drains(name: &str) {
    let scratch = Scratch::new();
    let site = Slow::serve(Duration::from_secs(2), "first").await;
    let words = "-s lease.per_host=4 -o pages.json --report report.json";
    let mut crawl = Stopping::start(&scratch, &site, words);
    site.is_asked_for(4).await;
    let line = crawl.signal(name).await;
    assert!(line.starts_with("stopping: "), "{line}");
    crawl.ended().await;
    let items = scratch.items("pages.json");
    assert_eq!(titles(&items), ["first", "late", "late", "late", "late"]);
    assert_eq!(site.asked(), 4, "nothing more was asked for");
    let report = scratch.json("report.json");
    assert_eq!(report["finish"], "stopped");
    assert_eq!((&report["pages"], &report["left"]), (&5.into(), &16.into()));
}

#[tokio::test]
async fn the_first_interrupt_finishes_what_is_under_way() {
    drains("INT").await;
}

#[tokio::test]
async fn a_request_to_terminate_is_like_an_interrupt() {
    drains("TERM").await;
}

#[tokio::test]
async fn a_closed_terminal_is_like_an_interrupt() {
    drains("HUP").await;
}

/// `nohup` says that the command is to go on without a terminal.
#[tokio::test]
async fn with_nohup_a_closed_terminal_changes_nothing() {
    let scratch = Scratch::new();
    let site = Slow::serve(Duration::from_secs(1), "first").await;
    let words = format!(
        "-c exec&nohup&$0&site&-a&start=http://{}/&-q&-o&pages.jsonl&2>errors.txt",
        site.addr
    );
    let mut words = words.splitn(2, ' ');
    let shell = std::path::Path::new("/bin/sh");
    let mut crawl = scratch.program(shell, words.next().unwrap_or_default());
    crawl = crawl.word(words.next().unwrap_or_default().replace('&', " "));
    let child = crawl.word(crate::binary::crawl()).start();
    site.is_asked_for(1).await;
    signal("HUP", &child);
    finished(child, "").await.succeeded();
    assert_eq!(scratch.read("pages.jsonl").lines().count(), 21);
}

/// A machine that is suspended, or a job that is stopped by its shell, goes on as if nothing was.
#[tokio::test]
async fn a_suspended_crawl_goes_on() {
    let scratch = Scratch::new();
    let site = Slow::serve(Duration::from_millis(300), "first").await;
    let words = format!(
        "site -a start=http://{}/ -q --job job -o pages.jsonl",
        site.addr
    );
    let child = scratch.crawl(&words).start();
    site.is_asked_for(4).await;
    signal("STOP", &child);
    tokio::time::sleep(Duration::from_secs(2)).await;
    signal("CONT", &child);
    finished(child, "").await.succeeded();
    assert_eq!(scratch.read("pages.jsonl").lines().count(), 21);
}

/// Stopped in either way, the job is resumed where it was.
#[tokio::test]
async fn a_job_that_was_stopped_is_resumed() {
    let scratch = Scratch::new();
    let site = Slow::serve(Duration::from_millis(500), "first").await;
    let words = format!(
        "site -a start=http://{}/ -q -s lease.per_host=3 --job job -o pages.jsonl",
        site.addr
    );
    for name in ["TERM", "HUP"] {
        // Then it listens to signals.
        let asked = site.asked() + 1;
        let child = scratch.crawl_on_terminal(&words).start();
        site.is_asked_for(asked).await;
        signal(name, &child);
        finished(child, "").await.ended(130);
    }
    scratch.crawl(&words).run().await.succeeded();
    let pages = scratch.read("pages.jsonl");
    let mut urls: Vec<&str> = pages
        .lines()
        .filter_map(|line| line.split('"').nth(3))
        .collect();
    urls.sort_unstable();
    urls.dedup();
    assert_eq!((urls.len(), pages.lines().count()), (21, 21), "{pages}");
}

#[tokio::test]
async fn the_second_interrupt_drops_what_is_under_way_and_keeps_what_is_committed() {
    let scratch = Scratch::new();
    let site = Slow::serve(NEVER, "first").await;
    let words = "-s fetch.timeout=10m -o pages.json -o pages.csv --report report.json";
    let mut crawl = Stopping::start(&scratch, &site, words);
    site.is_asked_for(8).await;
    crawl.signal("INT").await;
    let line = crawl.signal("INT").await;
    assert!(line.starts_with("dropping "), "{line}");
    crawl.ended().await;
    assert_eq!(titles(&scratch.items("pages.json")), ["first"]);
    assert_eq!(scratch.read("pages.csv").lines().count(), 2);
    let report = scratch.json("report.json");
    assert_eq!(report["finish"], "stopped");
    assert_eq!((&report["pages"], &report["left"]), (&1.into(), &20.into()));
}

/// Nobody reads the pipe, so that not even dropping what is under way could end the crawl.
#[tokio::test]
async fn the_third_interrupt_exits_at_once() {
    let scratch = Scratch::new();
    let site = Slow::serve(NEVER, &"long ".repeat(100_000)).await;
    let words = "-s fetch.timeout=10m -o -";
    let mut crawl = Stopping::start(&scratch, &site, words);
    let unread = crawl.child.stdout.take().unwrap();
    site.is_asked_for(8).await;
    crawl.signal("INT").await;
    crawl.signal("INT").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(
        crawl.child.try_wait().unwrap().is_none(),
        "it ended by itself"
    );
    signal("INT", &crawl.child);
    crawl.ended().await;
    drop(unread);
}

#[tokio::test]
async fn replacing_does_not_replace_when_the_crawl_is_stopped_twice_before_the_first_page() {
    let scratch = Scratch::new();
    scratch.write("pages.json", "[\n{\"old\":1}\n]\n");
    let site = Slow::serve(NEVER, "first").await;
    let words = format!(
        "site -a start=http://{}/page/1 -s fetch.timeout=10m -O pages.json",
        site.addr
    );
    let mut child = scratch.crawl(&words).start();
    let stderr = child.stderr.take().unwrap();
    let said = BufReader::new(stderr).lines();
    site.is_asked_for(1).await;
    let mut crawl = Stopping { child, said };
    crawl.signal("INT").await;
    crawl.signal("INT").await;
    crawl.ended().await;
    assert_eq!(scratch.names(), ["pages.json"], "nothing is left beside");
}

/// A registry that takes a connection and never answers: nothing was fetched yet.
#[tokio::test]
async fn a_crawl_that_waits_for_its_sinks_to_open_can_be_stopped() {
    let silent = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let address = silent.local_addr().expect("it has an address");
    let scratch = Scratch::new();
    let words =
        format!("quotes --demo -O quotes.json -o kafka://127.0.0.1:1/t?registry=http://{address}");
    let child = scratch.crawl(&words).start();
    let _asked = silent.accept().await.expect("it is asked");
    signal("INT", &child);
    let done = finished(child, "").await.ended(130);
    assert!(
        done.err.contains("stopped before the first request"),
        "{}",
        done.err
    );
    assert_eq!(scratch.names(), [""; 0], "nothing looks whole");
}
