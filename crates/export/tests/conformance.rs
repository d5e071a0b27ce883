//! Every format keeps the promises of `Export`.

use std::path::Path;
use std::sync::Arc;

use huntsman_export::{Feed, Mode};
use huntsman_testkit::export_suite;

/// Runs the suite on files of this ending; `read` gives the numbers of the samples in one.
async fn suite(ending: &str, read: fn(&Path) -> Vec<u64>) {
    export_suite::all(|| {
        let folder = Arc::new(tempfile::tempdir().expect("a folder"));
        let path = folder.path().join(format!("items.{ending}"));
        let place = path.display().to_string();
        let open = move || Feed::new(&place, Mode::Append).expect("a place");
        let read = move || {
            let _kept = &folder;
            read(&path)
        };
        (open, read)
    })
    .await;
}

fn number(item: &serde_json::Value) -> u64 {
    item["number"].as_u64().expect("a sample has a number")
}

#[tokio::test]
async fn json() {
    suite("json", |path| {
        let text = std::fs::read_to_string(path).expect("the file is there");
        let items: Vec<serde_json::Value> =
            serde_json::from_str(&text).expect("a whole JSON array");
        items.iter().map(number).collect()
    })
    .await;
}

#[tokio::test]
async fn json_lines() {
    suite("jsonl", |path| {
        let text = std::fs::read_to_string(path).expect("the file is there");
        let items = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("a JSON object a line"));
        items.map(|item: serde_json::Value| number(&item)).collect()
    })
    .await;
}

#[tokio::test]
async fn csv() {
    suite("csv", |path| {
        let mut reader = ::csv::Reader::from_path(path).expect("the file is there");
        assert_eq!(reader.headers().expect("a header").get(0), Some("number"));
        let rows = reader.records().map(|row| row.expect("whole rows"));
        rows.map(|row| row[0].parse().expect("a number")).collect()
    })
    .await;
}
