//! `crawl job export` and `crawl job repair`: the store of a job as text, and after damage.

use std::fs;

use serde_json::Value;

use crate::scratch::Scratch;

/// A job that was stopped in its middle.
async fn stopped() -> Scratch {
    let scratch = Scratch::new();
    let begin = "quotes --demo -q -s lease.max_pages=3 --job job -o quotes.jsonl";
    scratch.crawl(begin).run().await.succeeded();
    scratch
}

fn rows(text: &str, table: &str) -> Vec<Value> {
    let rows = text.lines().map(serde_json::from_str);
    let rows = rows.map(|row| row.expect("each line is JSON"));
    rows.filter(|row: &Value| row["table"] == table).collect()
}

#[tokio::test]
async fn a_job_is_exported_as_lines_of_json() {
    let scratch = stopped().await;
    let all = scratch.crawl("job export job").run().await.succeeded().out;
    let shown = scratch.crawl("job show job --json").run().await.succeeded();
    let facts: Value = serde_json::from_str(&shown.out).expect("JSON");
    for (table, fact) in [("queue", "queued"), ("seen", "seen"), ("hosts", "hosts")] {
        assert_eq!(
            rows(&all, table).len() as u64,
            facts[fact],
            "{table}: {all}"
        );
    }
    let waiting = &rows(&all, "queue")[0];
    assert_eq!(waiting["method"], "GET");
    assert!(
        waiting["url"]
            .as_str()
            .is_some_and(|url| url.contains("/page/"))
    );
    let sinks = rows(&all, "sinks");
    let feed = sinks.iter().find(|sink| sink["sink"] == "quotes.jsonl");
    assert_eq!(feed.expect("it has a position")["sequence"], 30);
    assert_eq!(rows(&all, "about").len(), 3);
    assert_eq!(rows(&all, "values")[0]["name"], "arguments");
    let one = scratch.crawl("job export job --table seen -o seen.jsonl");
    one.run().await.succeeded();
    let seen = scratch.read("seen.jsonl");
    assert_eq!(seen.lines().count() as u64, facts["seen"]);
    for (words, part) in [
        (
            "job export job --table seed",
            "no table `seed`; it has about, hosts",
        ),
        ("job export nothing", "there is no job in nothing"),
        ("job export job -o no/such.jsonl", "no/such.jsonl"),
    ] {
        let done = scratch.crawl(words).run().await;
        assert_eq!(done.code, Some(1), "{words}: {}", done.err);
        assert!(done.err.contains(part), "{words}: {}", done.err);
    }
}

#[tokio::test]
async fn a_sound_job_is_left_alone_and_a_damaged_one_goes_on_after_a_repair() {
    let scratch = stopped().await;
    let sound = scratch.crawl("job repair job").run().await.succeeded();
    assert_eq!(sound.out, "the job in job is sound; nothing was changed\n");
    let store = scratch.path("job/store.redb");
    let whole = fs::read(&store).expect("it can be read");
    // The row with what came into the queue: it has the URL of the next page on it.
    let next = b"/page/4/";
    let places = whole.windows(next.len()).enumerate();
    let mut damaged = whole.clone();
    for (at, _) in places.filter(|(_, bytes)| bytes == next) {
        damaged[at] ^= 1;
    }
    fs::write(&store, &damaged).expect("it can be written");
    let refused = scratch.crawl("job check job").run().await;
    assert_eq!(refused.code, Some(2), "{}", refused.err);
    let exported = scratch.crawl("job export job").run().await;
    assert_eq!(exported.code, Some(2), "{}", exported.err);
    assert!(exported.err.contains("lost: moved: "), "{}", exported.err);
    assert!(!rows(&exported.out, "sinks").is_empty());
    let mended = scratch.crawl("job repair job").run().await;
    assert_eq!(mended.code, Some(2), "{}", mended.err);
    assert!(mended.out.contains("lost: moved: 0 of "), "{}", mended.out);
    assert!(mended.out.contains("job/store.damaged-1.redb"));
    assert_eq!(
        fs::read(scratch.path("job/store.damaged-1.redb")).expect("it is kept"),
        damaged
    );
    scratch.crawl("job check job").run().await.succeeded();
    let rest = "quotes --demo -q --job job -o quotes.jsonl";
    scratch.crawl(rest).run().await.succeeded();
    assert_eq!(scratch.read("quotes.jsonl").lines().count(), 30);
}
