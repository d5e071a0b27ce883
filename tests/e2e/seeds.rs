//! `--seeds`: start URLs from a topic, none of which is lost.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::config::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use serde_json::Value;

use crate::broker::shared;
use crate::scratch::{Scratch, finished};
use crate::servers::Slow;
use crate::stop::signal;

/// Makes a topic, and sends values.
async fn send(scratch: &Scratch, servers: &str, topic: &str, values: Vec<String>) {
    // A crawl without items makes the topic.
    let words = format!(
        "quotes --demo -q -a tag=no-such-tag -o kafka://{servers}/{topic}?create=true&partitions=3"
    );
    scratch.crawl(&words).run().await;
    let (servers, topic) = (servers.to_owned(), topic.to_owned());
    let sent = tokio::task::spawn_blocking(move || {
        let producer: BaseProducer = ClientConfig::new()
            .set("bootstrap.servers", &servers)
            .create()
            .expect("a producer");
        for (at, value) in (0..).zip(&values) {
            let record = BaseRecord::<(), str>::to(&topic).partition(at % 3);
            producer.send(record.payload(value)).expect("there is room");
        }
        producer
            .flush(Duration::from_secs(60))
            .expect("all is sent");
    });
    sent.await.expect("no panic");
}

/// A crawl of pages that a topic names; links are not followed.
fn crawl(site: &Slow, seeds: &str, more: &str) -> String {
    format!(
        "site -a start=http://{0}/ -a below=/none/ -s fetch.allow_private=127.0.0.1 \
         -s lease.delay=0s --seeds {seeds} {more}",
        site.addr
    )
}

/// How often each path was crawled, by the lines of a file; a line that a crash cut off is none.
fn paths(scratch: &Scratch, names: &[String]) -> BTreeMap<String, u32> {
    let mut paths = BTreeMap::new();
    for name in names {
        let text = std::fs::read_to_string(scratch.path(name)).unwrap_or_default();
        let lines = text.lines();
        for item in lines.filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
            let url = item["url"].as_str().expect("it has a URL");
            let path = url.splitn(4, '/').nth(3).unwrap_or_default();
            *paths.entry(path.to_owned()).or_default() += 1;
        }
    }
    paths
}

fn pages(count: u32, times: u32) -> BTreeMap<String, u32> {
    (1..=count).map(|n| (format!("page/{n}"), times)).collect()
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn seeds_come_from_a_topic_until_its_end() {
    let Some(broker) = shared() else { return };
    let (servers, scratch) = (broker.address(), Scratch::new());
    let site = Slow::serve(Duration::ZERO, "start").await;
    let at = site.addr;
    let mut values: Vec<String> = (1..=10)
        .map(|n| format!("http://{at}/page/{n}\n"))
        .collect();
    values.extend(
        (11..=20).map(|n| format!("{{\"url\": \"http://{at}/page/{n}\", \"priority\": {n}}}")),
    );
    // One that comes twice, and what is none.
    values.push(format!("http://{at}/page/1"));
    values.push("page/2".to_owned());
    values.push("{\"uri\": 1}".to_owned());
    send(&scratch, &servers, "urls", values).await;
    let seeds = format!("kafka://{servers}/urls?group=crawler&until=end");
    let run = |name: &str| scratch.crawl(&crawl(&site, &seeds, &format!("-o {name} -q")));
    let done = run("first.jsonl").run().await.succeeded();
    assert_eq!(paths(&scratch, &["first.jsonl".to_owned()]), pages(20, 1));
    for part in [
        "\"page/2\" is no URL",
        "missing field `url`",
        "2 records are no seeds",
    ] {
        assert!(done.err.contains(part), "{}", done.err);
    }
    // All is settled, so nothing comes again.
    run("second.jsonl").run().await.succeeded();
    assert!(paths(&scratch, &["second.jsonl".to_owned()]).is_empty());
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn the_crawl_waits_for_seeds_and_ctrl_c_ends_it() {
    let Some(broker) = shared() else { return };
    let (servers, scratch) = (broker.address(), Scratch::new());
    let site = Slow::serve(Duration::ZERO, "start").await;
    let page = |n: u32| format!("http://{}/page/{n}", site.addr);
    send(&scratch, &servers, "waited", vec![page(1)]).await;
    let seeds = format!("kafka://{servers}/waited?group=crawler");
    let words = crawl(&site, &seeds, "-o pages.jsonl -q");
    let running = scratch.crawl(&words).start();
    let names = ["pages.jsonl".to_owned()];
    for last in 1..=3 {
        while paths(&scratch, &names) != pages(last, 1) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        send(&scratch, &servers, "waited", vec![page(last + 1)]).await;
    }
    while paths(&scratch, &names) != pages(4, 1) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    signal("INT", &running);
    finished(running, "").await.ended(130);
    let rest = format!("{seeds}&until=end");
    let rest = crawl(&site, &rest, "-o rest.jsonl -q");
    scratch.crawl(&rest).run().await.succeeded();
    assert!(paths(&scratch, &["rest.jsonl".to_owned()]).is_empty());
}

/// Kills it again and again while it crawls: what was not settled comes again.
async fn killed(topic: &str, job: bool) -> (Scratch, Vec<String>) {
    let Some(broker) = shared() else {
        return (Scratch::new(), Vec::new());
    };
    let (servers, scratch) = (broker.address(), Scratch::new());
    let site = Slow::serve(Duration::from_millis(100), "start").await;
    let values = (1..=60).map(|n| format!("http://{}/page/{n}", site.addr));
    send(&scratch, &servers, topic, values.collect()).await;
    let seeds = format!("kafka://{servers}/{topic}?group=crawler&session.timeout.ms=6000");
    let mut names = Vec::new();
    for round in 0..4 {
        // With a job, all runs write to one file.
        let name = format!("pages-{}.jsonl", if job { 0 } else { round });
        let kept = if job { "--job job" } else { "" };
        let more = format!("-o {name} -q -s lease.per_host=2 {kept}");
        let before = paths(&scratch, &names).len();
        names.push(name.clone());
        if round == 3 {
            let seeds = format!("{seeds}&until=end");
            let words = crawl(&site, &seeds, &more);
            scratch.crawl(&words).run().await.succeeded();
            break;
        }
        let mut running = scratch.crawl(&crawl(&site, &seeds, &more)).start();
        // A slow test may come when all are there.
        let awaited = (before + 5).min(60);
        while paths(&scratch, &names).len() < awaited {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        running.kill().await.expect("it can be killed");
    }
    names.dedup();
    (scratch, names)
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn kill_9_loses_no_seed_and_with_a_job_nothing_comes_twice() {
    let (scratch, names) = killed("killed-job", true).await;
    if !names.is_empty() {
        assert_eq!(paths(&scratch, &names), pages(60, 1));
    }
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn kill_9_loses_no_seed_without_a_job() {
    let (scratch, names) = killed("killed", false).await;
    if !names.is_empty() {
        let found = paths(&scratch, &names);
        let expected = pages(60, 1);
        assert!(found.keys().eq(expected.keys()), "{found:?}");
    }
}
