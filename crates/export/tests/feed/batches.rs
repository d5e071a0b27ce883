//! One file after the other.

use std::time::Duration;

use huntsman_core::{Export, ExportError, Item as _, Opening, Timestamp};
use huntsman_export::Feed;
use huntsman_export::Mode::{self, Append, Replace};

use crate::sample::{Failing, Folder, Line, Odd, line, message, records};

async fn opened(folder: &Folder, address: &str, mode: Mode) -> Result<Feed, ExportError> {
    let feed = Feed::new(&folder.place(address), mode)?;
    let opening = Opening::new(Odd::schemas()).of("odd", Timestamp(1_795_556_367_000));
    feed.open(opening).await?;
    Ok(feed)
}

fn lines(numbers: std::ops::Range<u32>) -> Vec<huntsman_core::Record> {
    records(numbers.map(|n| Odd::Line(line(n))))
}

fn count(folder: &Folder, name: &str) -> usize {
    folder.read(name).lines().count()
}

#[tokio::test]
async fn a_file_is_full_with_so_many_items() {
    for mode in [Append, Replace] {
        let folder = Folder::new();
        let address = "%(spider)s-%(time)s-%(batch)03d.jsonl?batch_items=3";
        let feed = opened(&folder, address, mode).await.unwrap();
        feed.export(lines(0..2)).await.unwrap();
        feed.export(lines(2..7)).await.unwrap();
        feed.close().await.unwrap();
        let name = |number: u8| format!("odd-2026-11-24T21-39-27-{number:03}.jsonl");
        let names: Vec<_> = (1..=3).map(name).collect();
        assert_eq!(folder.names(), names);
        let counts: Vec<_> = names.iter().map(|name| count(&folder, name)).collect();
        assert_eq!(counts, [3, 3, 1]);
    }
}

#[tokio::test]
async fn no_file_is_begun_before_its_first_item() {
    let folder = Folder::new();
    let feed = opened(&folder, "%(batch)d.json?batch_items=2", Append)
        .await
        .unwrap();
    feed.export(lines(0..4)).await.unwrap();
    assert_eq!(folder.names(), ["1.json", "2.json"]);
    feed.close().await.unwrap();
    assert_eq!(folder.names(), ["1.json", "2.json"]);
    assert_eq!(folder.read("2.json").matches("line").count(), 2);
}

#[tokio::test]
async fn a_crawl_without_items_leaves_one_file_or_none() {
    for (words, names) in [("", vec!["1.json"]), ("&store_empty=false", vec![])] {
        for mode in [Append, Replace] {
            let folder = Folder::new();
            let address = format!("%(batch)d.json?batch_items=2{words}");
            let feed = opened(&folder, &address, mode).await.unwrap();
            feed.export(Vec::new()).await.unwrap();
            feed.close().await.unwrap();
            assert_eq!(folder.names(), names);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_ends_in_time_also_when_nothing_comes() {
    let folder = Folder::new();
    let feed = opened(&folder, "%(batch)d.json?batch_time=10m", Append)
        .await
        .unwrap();
    feed.export(lines(0..1)).await.unwrap();
    tokio::time::sleep(Duration::from_secs(400)).await;
    feed.export(lines(1..2)).await.unwrap();
    assert!(!folder.read("1.json").ends_with("]\n"));
    // Time runs from the first item.
    tokio::time::sleep(Duration::from_secs(201)).await;
    wait_until(|| folder.read("1.json").ends_with("]\n")).await;
    feed.export(lines(2..3)).await.unwrap();
    tokio::time::sleep(Duration::from_secs(601)).await;
    wait_until(|| folder.read("2.json").ends_with("]\n")).await;
    feed.close().await.unwrap();
    assert_eq!(folder.names(), ["1.json", "2.json"]);
}

/// Waits for what a thread is doing.
async fn wait_until(done: impl Fn() -> bool) {
    for _ in 0..10_000 {
        if done() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("it does not come");
}

#[tokio::test]
async fn a_failure_leaves_the_files_that_were_full() {
    for mode in [Append, Replace] {
        let folder = Folder::new();
        let feed = opened(&folder, "%(batch)d.jsonl?batch_items=2", mode)
            .await
            .unwrap();
        feed.export(lines(0..3)).await.unwrap();
        let failing = Odd::Failing(Failing {
            n: 9,
            panics: false,
        });
        let error = feed.export(records([failing])).await.unwrap_err();
        let text = message(&error);
        assert!(
            text.contains("2.jsonl") && text.contains("(1 item)"),
            "{text}"
        );
        assert_eq!(folder.names(), ["1.jsonl", "2.jsonl.partial"]);
        assert_eq!(
            (count(&folder, "1.jsonl"), count(&folder, "2.jsonl.partial")),
            (2, 1)
        );
    }
}

#[tokio::test]
async fn what_has_no_sense_is_refused_at_once() {
    let folder = Folder::new();
    for (address, reason) in [
        ("x.json?batch_items=2", "needs a number: write %(batch)05d"),
        ("%(batch)d.json", "nothing that ends a batch"),
        ("%(batch)d.json?batch_items=0", "has to hold something"),
        ("%(batch)d.json?batch_items=two", "batch_items=two"),
        ("%(batch)d.json?batch_bytes=2XB", "batch_bytes=2XB"),
        ("%(batch)d.json?batch_time=2", "batch_time=2"),
        (
            "%(tag)s.json",
            "unknown variable `tag`: there are batch, spider, time",
        ),
        ("x.json?level=3", "it goes with compress"),
        ("x.json?compress=gzip&level=10", "from 0 to 9"),
        ("x.json?compress=lzma", "there are gzip, zstd and none"),
        ("x.avro?compress=gzip", "use codec"),
    ] {
        let error = opened(&folder, address, Append).await.unwrap_err();
        assert!(matches!(error, ExportError::Place(_)), "{error}");
        assert!(message(&error).contains(reason), "{error}");
        assert!(folder.names().is_empty());
    }
}

#[tokio::test]
async fn names_from_values_stay_in_the_folder() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("in")).unwrap();
    for spider in ["..", ".", "", "../x", "/tmp/x", "a\0b", "a\\b", "a\nb"] {
        for address in [
            "in/%(spider)s.json",
            "in/%(spider)s/x.json",
            "in/.%(spider)s",
        ] {
            let place = folder.place(address) + "?format=json";
            let feed = Feed::new(&place, Append).unwrap();
            let opening = Opening::new(Line::schemas()).of(spider, Timestamp(0));
            let error = feed.open(opening).await.unwrap_err();
            assert!(message(&error).contains("%(spider)s"), "{error}");
        }
    }
    assert_eq!(folder.names(), ["in"]);
    assert!(
        std::fs::read_dir(folder.path("in"))
            .unwrap()
            .next()
            .is_none()
    );
}

#[tokio::test]
async fn a_file_without_items_is_only_looked_for() {
    for mode in [Append, Replace] {
        let folder = Folder::with("old.json", "[{\"n\":0}]");
        let new = opened(&folder, "new.json?store_empty=false", mode)
            .await
            .unwrap();
        assert_eq!(folder.names(), ["old.json"]);
        new.close().await.unwrap();
        let old = opened(&folder, "old.json?store_empty=false", mode)
            .await
            .unwrap();
        old.close().await.unwrap();
        assert_eq!(
            (folder.names(), folder.read("old.json").as_str()),
            (vec!["old.json".to_owned()], "[{\"n\":0}]")
        );
        let error = opened(&folder, "no/new.json?store_empty=false", mode)
            .await
            .unwrap_err();
        assert!(message(&error).contains("there is no folder"), "{error}");
        let new = opened(&folder, "new.json?store_empty=false", mode)
            .await
            .unwrap();
        new.export(lines(0..1)).await.unwrap();
        new.close().await.unwrap();
        assert_eq!(folder.names(), ["new.json", "old.json"]);
    }
    let folder = Folder::with("x.json", "<html>");
    let error = opened(&folder, "x.json?store_empty=false", Append)
        .await
        .unwrap_err();
    assert!(matches!(error, ExportError::NotOurs { .. }), "{error}");
}
