//! `--job`: killed at any moment and run again, a crawl leaves every item once.

use std::time::Duration;

use crate::scratch::{Done, Scratch, finished};

/// The feeds of these crawls: each resumes in its own way.
const FEEDS: &str = "-o books.jsonl -o books.json.gz -o books.avro -O books.xml -o sqlite:books.db";
/// A crawl that takes longer than a kill.
const BOOKS: &str = "books --demo -q -s deliver.commit=50ms";
/// The most runs until a job is done.
const RUNS: u64 = 40;

/// Runs the job, kills it after a while, and so on; what the last run said.
async fn killed_until_done(scratch: &Scratch) -> (u64, Done) {
    for run in 0..RUNS {
        let mut child = scratch.crawl(&format!("{BOOKS} --job job {FEEDS}")).start();
        // From within the first pages to the last ones; later, so that slow machines come to an end.
        let moment = Duration::from_millis(120 + run * 97 % 400 + run * run * 4);
        if tokio::time::timeout(moment, child.wait()).await.is_err() {
            child.kill().await.expect("it can be killed");
        } else {
            return (run, finished(child, "").await);
        }
    }
    panic!("the job is not done after {RUNS} runs");
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[tokio::test]
async fn killed_at_any_moment_it_goes_on_and_every_item_is_there_once() {
    let whole = Scratch::new();
    whole
        .crawl(&format!("{BOOKS} -O books.jsonl"))
        .run()
        .await
        .succeeded();
    let scratch = Scratch::new();
    let (kills, done) = killed_until_done(&scratch).await;
    done.succeeded();
    assert!(kills >= 2, "it was killed {kills} times only");
    let (ours, theirs) = (scratch.read("books.jsonl"), whole.read("books.jsonl"));
    assert_eq!(sorted(&ours), sorted(&theirs));
    assert_eq!(scratch.read("books.xml").matches("<item>").count(), 1000);
    assert_eq!(
        scratch.names(),
        [
            "books.avro",
            "books.db",
            "books.json.gz",
            "books.jsonl",
            "books.xml",
            "job"
        ],
        "nothing else is left"
    );
    let again = scratch
        .crawl(&format!("{BOOKS} --job job {FEEDS}"))
        .run()
        .await;
    let again = again.succeeded();
    assert!(again.err.contains("is finished"), "{}", again.err);
    let sound = scratch.crawl("job check job").run().await.succeeded();
    assert!(sound.out.contains(" seen"), "{}", sound.out);
}

#[tokio::test]
async fn a_job_is_one_spiders_with_its_arguments_and_sinks() {
    let scratch = Scratch::new();
    let begin = "quotes --demo -q -s lease.max_pages=3 --job job -o quotes.jsonl";
    scratch.crawl(begin).run().await.succeeded();
    let shown = scratch.crawl("job show job --json").run().await.succeeded();
    let facts: serde_json::Value = serde_json::from_str(&shown.out).expect("JSON");
    assert_eq!(
        (&facts["spider"], &facts["last"]),
        (&"quotes".into(), &30.into())
    );
    for (words, part) in [
        (
            "books --demo --job job -o quotes.jsonl",
            "the job is the spider `quotes`'s",
        ),
        (
            "quotes --demo -a tag=life --job job -o quotes.jsonl",
            "no arguments",
        ),
        (
            "quotes --demo --job job -o other.jsonl",
            "other.jsonl: it lacks 30 records",
        ),
        ("job show nothing", "there is no job in nothing"),
    ] {
        let done = scratch.crawl(words).run().await;
        assert!(done.err.contains(part), "{words}: {}", done.err);
    }
    let rest = "quotes --demo -q --job job -o quotes.jsonl";
    scratch.crawl(rest).run().await.succeeded();
    assert_eq!(scratch.read("quotes.jsonl").lines().count(), 100);
}
