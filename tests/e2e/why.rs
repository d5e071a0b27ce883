//! `crawl why`: what became of a URL, in jobs that run, were killed, are done.

use std::time::Duration;

use serde_json::Value;

use crate::scratch::Scratch;

const SEED: &str = "http://books.toscrape.com/";
const SECOND: &str = "http://books.toscrape.com/catalogue/page-2.html";

async fn why(scratch: &Scratch, url: &str) -> Option<Value> {
    let asked = format!("why {url} --job job --json");
    let done = scratch.crawl(&asked).run().await;
    serde_json::from_str(&done.out).ok()
}

/// Asks until this is how things stand.
async fn until(scratch: &Scratch, url: &str, standing: &str) -> Value {
    for _ in 0..100 {
        if let Some(why) = why(scratch, url).await
            && why["standing"] == standing
        {
            return why;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{url} is never {standing}");
}

fn chain(why: &Value) -> Vec<&str> {
    let links = why["chain"].as_array().expect("a list").iter();
    links
        .map(|link| link["url"].as_str().expect("text"))
        .collect()
}

#[tokio::test]
async fn a_job_says_why_while_it_runs_when_it_was_killed_and_when_it_is_done() {
    let scratch = Scratch::new();
    let slow = "books --demo -q --job job -o books.jsonl -s lease.delay=150ms";
    let mut child = scratch.crawl(slow).start();
    let seed = until(&scratch, SEED, "parsed").await;
    assert_eq!(seed["attempts"][0]["status"], 200);
    let second = why(&scratch, SECOND).await.expect("the job is there");
    assert_eq!(chain(&second), [SEED, SECOND]);
    until(&scratch, SECOND, "parsed").await;
    let shown = scratch.crawl("job show job").run().await.succeeded();
    for part in ["books: runs", "done", "queued", "books.jsonl: at record"] {
        assert!(shown.out.contains(part), "{part}: {}", shown.out);
    }
    child.kill().await.expect("it can be killed");

    let killed = why(&scratch, SECOND).await.expect("the job is there");
    assert_eq!(killed["standing"], "parsed");
    assert_eq!(
        killed["attempts"][0]["digest"].as_str().map(str::len),
        Some(64)
    );
    let rest = "books --demo -q --job job -o books.jsonl";
    scratch.crawl(rest).run().await.succeeded();
    let last = "http://books.toscrape.com/catalogue/page-50.html";
    let text = scratch
        .crawl(&format!("why {last}?#x --job job"))
        .run()
        .await;
    let text = text.succeeded().out;
    for part in [
        "in another spelling",
        "fetched and parsed",
        "status 200",
        SECOND,
        "sha256",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let provenance = scratch.crawl("job provenance job").run().await.succeeded();
    let lines: Vec<Value> = provenance
        .out
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(lines.len(), 1000);
    let book = &lines[0];
    assert_eq!(
        (&book["record"], &book["spider"]),
        (&1.into(), &"books".into())
    );
    assert_eq!(book["chain"][0], SEED);
    let id = format!("{}-0", book["request"].as_str().expect("text"));
    let of_item = scratch
        .crawl(&format!("why --item {id} --job job --json"))
        .run()
        .await;
    let of_item: Value = serde_json::from_str(&of_item.succeeded().out).expect("JSON");
    assert_eq!(of_item["url"], book["url"]);
}

#[tokio::test]
async fn what_a_job_does_not_know_is_said_with_the_rule_against_it() {
    let scratch = Scratch::new();
    let few = "books --demo -q --job job -o books.jsonl -s lease.max_pages=3";
    scratch.crawl(few).run().await.succeeded();
    let unknown = scratch
        .crawl("why http://other.example/ --job job")
        .run()
        .await
        .ended(1);
    assert!(unknown.err.contains("has never seen"), "{}", unknown.err);
    let rule = "refuse it by scope: other.example is not among admit.hosts";
    assert!(unknown.out.contains(rule), "{}", unknown.out);
    for (words, part) in [
        ("why books --job job", "is no URL"),
        ("why --item 12 --job job", "is no record's id"),
        (
            "why http://a.example/ --job nothing",
            "there is no job in nothing",
        ),
        ("why --job job", "see --help"),
    ] {
        let complaint = scratch.crawl(words).run().await.complaint(1);
        assert!(complaint.contains(part), "{words}: {complaint}");
    }
}
