//! Feeds in buckets, as a crawl uses them.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::ops::Range;

use huntsman_core::{Export, ExportError, Item as _, Opening, Sequence};
use huntsman_export::{Catalog, Feed, Mode};
use huntsman_testkit::{Sample, sample_records};

use crate::server::{Bucket, place, server};

/// The address with the words that lead to the server.
fn address(bucket: Bucket, key: &str) -> String {
    let mark = if key.contains('?') { '&' } else { '?' };
    let (address, endpoint) = (bucket.address(key), &bucket.server.endpoint);
    format!("{address}{mark}endpoint={endpoint}&region=us-east-1&part_size=5MiB")
}

fn feed(catalog: &Catalog, address: &str, mode: Mode) -> Result<Feed, ExportError> {
    catalog.feed(address, mode, &BTreeMap::new())
}

fn lines(bytes: &[u8]) -> Vec<u64> {
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    let items = text.lines().map(|line| {
        let item: serde_json::Value = serde_json::from_str(line).expect("an object a line");
        item["number"].as_u64().expect("a number")
    });
    items.collect()
}

fn gzipped_lines(bytes: &[u8]) -> Vec<u64> {
    let mut plain = Vec::new();
    let mut reader = flate2::read::MultiGzDecoder::new(bytes);
    reader.read_to_end(&mut plain).expect("whole members");
    lines(&plain)
}

/// Exports these samples.
async fn export(feed: &Feed, numbers: Range<u64>) {
    feed.export(sample_records(numbers)).await.unwrap();
}

/// The numbers in all objects of a folder, by the rest of their names.
fn numbers(bucket: Bucket, folder: &str) -> Vec<(String, Vec<u64>)> {
    let objects = bucket.folder(folder).into_iter();
    objects
        .map(|(name, bytes)| (name, gzipped_lines(&bytes)))
        .collect()
}

/// A run of a job that is cut after so many steps, and the run that goes on.
async fn cut_run(feed: impl Fn() -> Feed, cut: usize) {
    let batches = [0..3, 3..4, 4..9, 9..11];
    let opening = |position| Opening::new(Sample::schemas()).resuming("job", position);
    let first = feed();
    first.open(opening(None)).await.unwrap();
    let mut known = (0, first.commit(Sequence(0)).await.unwrap());
    for (number, batch) in batches.iter().enumerate() {
        if 2 * number == cut {
            break;
        }
        export(&first, batch.clone()).await;
        if 2 * number + 1 == cut {
            break;
        }
        let position = first.commit(Sequence(batch.end)).await.unwrap();
        known = (number + 1, position);
    }
    if cut == 2 * batches.len() + 1 {
        first.close().await.unwrap();
    }
    drop(first);
    let second = feed();
    let after = second.open(opening(Some(known.1.clone()))).await.unwrap();
    assert_eq!(after, known.1.sequence);
    for batch in &batches[known.0..] {
        export(&second, batch.clone()).await;
        second.commit(Sequence(batch.end)).await.unwrap();
    }
    second.close().await.unwrap();
}

#[tokio::test]
async fn compressed_batches_are_resumed_exactly() {
    let Some(server) = server() else { return };
    let bucket = server.bucket("batches");
    let catalog = Catalog::default().place(server.place("owner"));
    // Others' batches are there before.
    bucket.put("other", "other's");
    for cut in 0..10 {
        let folder = format!("{cut}/items-");
        let name = format!("{folder}%(batch)03d.jsonl.gz?batch_items=4&store_empty=false");
        let address = address(bucket, &name);
        cut_run(|| feed(&catalog, &address, Mode::Append).unwrap(), cut).await;
        let named = |name: &str, numbers: Range<u64>| (name.to_owned(), numbers.collect());
        let expected = [
            named("001.jsonl.gz", 0..4),
            named("002.jsonl.gz", 4..8),
            named("003.jsonl.gz", 8..11),
        ];
        assert_eq!(numbers(bucket, &folder), expected, "cut after {cut}");
    }
    // A further run has further numbers.
    let name = "0/items-%(batch)03d.jsonl.gz?batch_items=4";
    let further = feed(&catalog, &address(bucket, name), Mode::Append).unwrap();
    further.open(Opening::new(Sample::schemas())).await.unwrap();
    export(&further, 20..21).await;
    further.close().await.unwrap();
    let last = numbers(bucket, "0/items-").pop().unwrap();
    assert_eq!(last, ("004.jsonl.gz".to_owned(), vec![20]));
}

#[tokio::test]
async fn a_compressed_object_is_resumed_exactly() {
    let Some(server) = server() else { return };
    let bucket = server.bucket("compressed");
    let catalog = Catalog::default().place(server.place("owner"));
    for cut in 0..10 {
        let address = address(bucket, &format!("{cut}/items.jsonl.gz"));
        cut_run(|| feed(&catalog, &address, Mode::Append).unwrap(), cut).await;
        let found = numbers(bucket, &format!("{cut}/"));
        let expected = [("items.jsonl.gz".to_owned(), (0..11).collect())];
        assert_eq!(found, expected, "cut after {cut}");
    }
}

#[tokio::test]
async fn what_cannot_be_written_is_told_when_it_is_opened() {
    let Some(server) = server() else { return };
    let bucket = server.bucket("refused");
    bucket.put("there.json", "[]");
    let refused = |catalog: Catalog, address: String| async move {
        let feed = feed(&catalog, &address, Mode::Append).unwrap();
        let error = feed.open(Opening::new(&[])).await.unwrap_err();
        assert!(matches!(error, ExportError::Io { .. }), "{error:?}");
        error.to_string()
    };
    let owner = || Catalog::default().place(server.place("owner"));
    let error = refused(owner(), address(bucket, "there.json")).await;
    assert!(
        error.contains("s3://refused/there.json") && error.contains("-O"),
        "{error}"
    );
    let error = refused(owner(), address(bucket, "../x.json")).await;
    assert!(error.contains("`..`"), "{error}");
    let stranger = Catalog::default().place(place("AKIASTRANGER", "hunter2"));
    let error = refused(stranger, address(bucket, "x.json")).await;
    assert!(
        !error.contains("hunter2") && !error.contains('\n'),
        "{error}"
    );
    let unknown = format!("{}&acl=public", address(bucket, "x.json"));
    let error = feed(&owner(), &unknown, Mode::Append)
        .unwrap_err()
        .to_string();
    assert!(error.contains("acl"), "{error}");
    assert_eq!(bucket.keys(), ["there.json"]);
}

#[tokio::test]
async fn without_items_there_is_an_object_or_none() {
    let Some(server) = server() else { return };
    let bucket = server.bucket("empty");
    let catalog = Catalog::default().place(server.place("owner"));
    for key in ["a.json", "b.json?store_empty=false"] {
        let feed = feed(&catalog, &address(bucket, key), Mode::Append).unwrap();
        feed.open(Opening::new(&[])).await.unwrap();
        feed.close().await.unwrap();
    }
    assert_eq!(bucket.keys(), ["a.json"]);
    let empty: serde_json::Value = serde_json::from_slice(&bucket.get("a.json").unwrap()).unwrap();
    assert_eq!(empty, serde_json::json!([]));
    assert_eq!(bucket.uploads(), 0);
}
