//! The faulty site's maze, crawled by the real command at full speed for minutes: memory and
//! handles stay flat.
//!
//! ```console
//! $ just soak 30
//! ```
#![expect(
    clippy::print_stdout,
    reason = "the figures of a soak are for whoever runs it"
)]

#[path = "../e2e/binary.rs"]
mod binary;
mod judge;
mod sample;

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use huntsman_site::{Sites, serve};
use serde_json::Value;
use tokio::process::{Child, Command};

use crate::sample::Sample;

/// How long it takes, in minutes.
const MINUTES: &str = "HUNTSMAN_SOAK";
/// From one look at the process to the next.
const STEP: Duration = Duration::from_secs(2);
/// A crawl ends within this after its time is over.
const END: Duration = Duration::from_secs(60);
const FEEDS: [&str; 4] = ["a.jsonl", "b.csv.gz", "c.avro", "d.xml.zst"];
/// One page after the other, without a pause; what fails is tried again once.
const WORDS: &str = "site -a start=http://faulty.test/maze -q --job job --report report.json \
     -s lease.delay=0s -s lease.per_host=32 -s fetch.concurrency=32 -s fetch.retries=1 \
     -s fetch.backoff=10ms -s fetch.timeout=10s -s fetch.max_body=1MiB";

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[ignore = "takes minutes: just soak"]
async fn memory_and_handles_stay_flat() {
    if !Path::new("/proc/self/fd").exists() {
        assert!(std::env::var_os("CI").is_none(), "there is no /proc");
        println!("skipped: there is no /proc");
        return;
    }
    let minutes = std::env::var(MINUTES).unwrap_or("3".to_owned());
    let minutes: u32 = minutes.parse().expect("HUNTSMAN_SOAK is a number");
    let time = Duration::from_secs(60) * minutes;
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let server = serve(Sites::Practice, any).await.expect("a port is free");
    let mut child = start(folder.path(), &server.addr().to_string(), time);
    let samples = watch(&mut child, folder.path(), time).await;
    let status = child.wait().await.expect("it ended");
    let said = fs::read_to_string(folder.path().join("stderr.txt")).expect("a file");
    assert!(status.success(), "{status}: {said}");
    check_report(folder.path(), server.requests());
    let verdict = judge::judge(&samples);
    print!("{}", judge::chart(&samples));
    println!("{verdict}");
    assert!(verdict.flat(), "{verdict}");
}

fn start(folder: &Path, addr: &str, time: Duration) -> Child {
    let mut command = Command::new(binary::crawl());
    command
        .args(WORDS.split_whitespace())
        .args(["-s", &format!("lease.max_time={}s", time.as_secs())])
        .args(["--resolve", &format!("faulty.test={addr}")])
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(fs::File::create(folder.join("stderr.txt")).expect("a file"))
        .kill_on_drop(true);
    for feed in FEEDS {
        command.args(["-o", feed]);
    }
    command.spawn().expect("the binary runs")
}

/// Looks at the process until it ends.
async fn watch(child: &mut Child, folder: &Path, time: Duration) -> Vec<Sample> {
    let process = child.id().expect("it runs");
    let mut ticks = tokio::time::interval(STEP);
    let mut samples = Vec::new();
    let most = (time + END).as_secs() / STEP.as_secs();
    for _ in 0..most {
        ticks.tick().await;
        if child.try_wait().expect("it can be asked").is_some() {
            return samples;
        }
        // What is closing has given up its memory before it is gone.
        if let Some(sample) = sample::take(process, folder) {
            samples.push(sample);
        }
    }
    panic!("it does not end");
}

/// It was stopped by the time, and every item is in the feed.
fn check_report(folder: &Path, requests: u64) {
    let text = fs::read_to_string(folder.join("report.json")).expect("a report");
    let report: Value = serde_json::from_str(&text).expect("it is JSON");
    assert!(report["finish"].to_string().contains("max_time"), "{text}");
    let lines = fs::read(folder.join(FEEDS[0])).expect("a feed");
    let lines = lines.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(report["items"], lines, "{text}");
    let failed = &report["failed"];
    for reason in ["too large", "body", "redirect"] {
        assert!(failed[reason].as_u64().unwrap_or(0) > 0, "{reason}: {text}");
    }
    println!(
        "{requests} requests, {} pages, {} items, {} s, failed {failed}",
        report["pages"], report["items"], report["seconds"]
    );
}
