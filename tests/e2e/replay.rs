//! `--record` and `crawl replay`: pages are kept, and parsed again without a site.

use std::time::Duration;

use crate::scratch::{Scratch, finished};
use crate::servers::{self, resolved};

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[tokio::test]
async fn a_replay_has_the_same_items_when_the_server_is_gone() {
    let scratch = Scratch::new();
    let server = servers::practice().await;
    let web = resolved(&server);
    scratch
        .crawl(&format!(
            "books {web} -q -s lease.delay=0s --record books.warc.gz -o live.jsonl"
        ))
        .run()
        .await
        .succeeded();
    server.stop().await;
    // No name is resolved, and no pace is kept: 1050 pages with a second each would take too long.
    let words = "replay books.warc.gz books -o replayed.jsonl --report report.json";
    scratch.crawl(words).run().await.succeeded();
    let (live, replayed) = (scratch.read("live.jsonl"), scratch.read("replayed.jsonl"));
    assert_eq!(sorted(&live), sorted(&replayed));
    assert_eq!(replayed.lines().count(), 1000);
    let report = scratch.json("report.json");
    assert_eq!(
        (&report["pages"], &report["failed"]),
        (&1050.into(), &serde_json::json!({}))
    );
    let same = scratch
        .crawl("diff live.jsonl replayed.jsonl --key upc")
        .run()
        .await;
    assert!(same.succeeded().out.contains("1000 the same"));
}

/// What a spider takes from the same pages after a change.
#[tokio::test]
async fn another_spider_reads_the_same_archive() {
    let scratch = Scratch::new();
    let record = "quotes --demo -q --record kept -o quotes.jsonl";
    scratch.crawl(record).run().await.succeeded();
    let words =
        "replay kept site -a start=http://quotes.toscrape.com/ -o - -q --report report.json";
    let done = scratch.crawl(words).run().await.succeeded();
    assert!(
        done.out.contains("http://quotes.toscrape.com/page/2/"),
        "{}",
        done.out
    );
    let report = scratch.json("report.json");
    let missing = report["failed"]["not recorded"].as_u64();
    assert!(
        missing > Some(50),
        "authors and tags were not crawled: {report}"
    );
    let words = "replay kept quotes -a tag=life -q";
    let done = scratch.crawl(words).run().await.ended(2);
    assert!(done.err.contains("not recorded (1)"), "{}", done.err);
}

#[tokio::test]
async fn errors_redirects_and_robots_are_those_that_were_met() {
    let scratch = Scratch::new();
    let server = servers::practice().await;
    let web = resolved(&server);
    let start = "site -a start=http://faulty.test/ -q --log-level off";
    let quick = "-s fetch.backoff=10ms -s fetch.timeout=2s -s lease.delay=0s";
    let live = format!("{start} {quick} {web} --record kept -o live.jsonl --report live.json");
    scratch.crawl(&live).run().await.succeeded();
    server.stop().await;
    let again = format!("replay kept {start} -o replayed.jsonl --report replayed.json");
    scratch.crawl(&again).run().await.succeeded();
    let (live, replayed) = (scratch.read("live.jsonl"), scratch.read("replayed.jsonl"));
    assert_eq!(sorted(&live), sorted(&replayed));
    let (live, replayed) = (scratch.json("live.json"), scratch.json("replayed.json"));
    for count in ["pages", "redirects", "refused"] {
        assert_eq!(live[count], replayed[count], "{count}");
    }
    assert!(live["redirects"].as_u64() > Some(0), "{live}");
    assert_eq!(live["failed"]["redirect"], replayed["failed"]["redirect"]);
    // What brought no response is not there to be read again.
    let failed = |report: &serde_json::Value| {
        let failed = report["failed"].as_object().expect("counts");
        failed
            .values()
            .filter_map(serde_json::Value::as_u64)
            .sum::<u64>()
    };
    assert_eq!(failed(&live), failed(&replayed), "{live}\n{replayed}");
    assert!(
        replayed["failed"]["not recorded"].as_u64() > Some(0),
        "{replayed}"
    );
    assert_eq!(
        replayed["retries"],
        serde_json::json!({}),
        "nothing is asked for again"
    );
}

/// Every page that was settled is in the recording, whenever the process was killed.
#[tokio::test]
async fn a_job_that_was_killed_can_be_replayed_whole() {
    let scratch = Scratch::new();
    let words = "books --demo -q --job job --record -o books.jsonl -s deliver.commit=50ms";
    let mut kills = 0;
    loop {
        let mut child = scratch.crawl(words).start();
        let moment = Duration::from_millis(150 + kills * 97 % 400 + kills * kills * 20);
        if tokio::time::timeout(moment, child.wait()).await.is_ok() {
            finished(child, "").await.succeeded();
            break;
        }
        child.kill().await.expect("it can be killed");
        kills += 1;
        assert!(kills < 60, "the job is not done");
    }
    assert!(kills >= 2, "it was killed {kills} times only");
    scratch
        .crawl("replay job books -q -o replayed.jsonl")
        .run()
        .await
        .succeeded();
    let (live, replayed) = (scratch.read("books.jsonl"), scratch.read("replayed.jsonl"));
    assert_eq!(sorted(&live), sorted(&replayed));
}

/// A disk without room: the shell lets no file become larger.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_cannot_be_recorded_stops_the_crawl_with_one_error() {
    let scratch = Scratch::new();
    let crawl = crate::binary::crawl().display().to_string();
    let script =
        format!("trap '' XFSZ; ulimit -f 200; exec {crawl} books --demo -q --record full.warc.gz");
    let shell = scratch.program(std::path::Path::new("/bin/sh"), "-c");
    let said = shell.word(script).run().await.complaint(3);
    assert!(
        said.starts_with("the crawl cannot be recorded: full.warc.gz: File too large"),
        "{said}"
    );
    // What was kept before is whole.
    let done = scratch
        .crawl("replay full.warc.gz books --report report.json")
        .run()
        .await;
    assert!(!done.err.contains("damaged"), "{}", done.err);
    assert!(scratch.json("report.json")["pages"].as_u64() > Some(5));
}

#[tokio::test]
async fn damage_is_told_and_the_rest_is_read() {
    let scratch = Scratch::new();
    let record = "quotes --demo -q --record quotes.warc.gz";
    scratch.crawl(record).run().await.succeeded();
    let path = scratch.path("quotes.warc.gz");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    for byte in &mut bytes[middle..middle + 10] {
        *byte ^= 0x55;
    }
    std::fs::write(&path, bytes).unwrap();
    let words = "replay quotes.warc.gz quotes -o -";
    let done = scratch.crawl(words).run().await;
    assert!(
        done.err
            .contains("passed over what is damaged: quotes.warc.gz: at byte "),
        "{}",
        done.err
    );
    assert!(done.out.lines().count() >= 10, "{}", done.err);
}

#[tokio::test]
async fn mistakes_get_one_line() {
    let scratch = Scratch::new();
    scratch.write("page.html", "<html>");
    scratch.write("empty/readme", "");
    scratch.write("text.warc", "<html>");
    scratch.write("a/books-00000.warc.gz", b"PK\x03\x04");
    let mut said = Vec::new();
    for words in [
        "replay nowhere books",
        "replay empty books",
        "replay page.html books",
        "replay text.warc books",
        "replay page.html bucks",
        "replay page.html books --record again",
        "replay page.html books --job job",
        "replay page.html books --demo",
        "books --demo --record",
        "books --demo --record text.warc",
        "books --demo --record page.html",
        "books --demo --record a",
    ] {
        let line = scratch.crawl(words).run().await.complaint(1);
        said.push(format!("{words}\n  {line}"));
    }
    insta::assert_snapshot!(said.join("\n"));
}
