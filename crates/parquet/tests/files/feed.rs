//! Files that feeds make: appended to, replaced, in batches, cut, failed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use huntsman_core::{
    AnyItem, Export as _, ExportError, Fingerprint, Item as _, Opening, Record, RecordId, Schema,
};
use huntsman_export::{Catalog, Feed, Mode};
use huntsman_macros::Item;
use huntsman_parquet::Parquet;
use huntsman_testkit::export_suite::{ExportSuite, Trial};
use parquet::file::reader::SerializedFileReader;
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::own::rows;

#[derive(Serialize, Item)]
#[item(crate = "crate::words")]
struct Quote {
    n: u64,
    text: String,
}

#[derive(Serialize, Item)]
#[item(crate = "crate::words")]
struct Author {
    name: String,
}

#[derive(Item)]
#[item(crate = "crate::words")]
enum Either {
    Quote(Quote),
    Author(Author),
}

fn quotes(numbers: impl IntoIterator<Item = u64>) -> Vec<Record> {
    let quote = |n| Quote {
        n,
        text: format!("quote {n}"),
    };
    records(numbers.into_iter().map(quote))
}

fn records(items: impl IntoIterator<Item = impl AnyItem>) -> Vec<Record> {
    let record = |(ordinal, item)| Record {
        id: RecordId {
            request: Fingerprint(7),
            ordinal,
        },
        item: Arc::new(item) as Arc<dyn AnyItem>,
        url: "http://example.com/".into(),
    };
    (0..).zip(items).map(record).collect()
}

fn feed(folder: &Path, name: &str, mode: Mode) -> Feed {
    let address = folder.join(name);
    let catalog = Catalog::default().format(Parquet);
    catalog
        .feed(address.to_str().unwrap(), mode, &BTreeMap::new())
        .unwrap()
}

async fn run(
    feed: &Feed,
    schemas: &'static [&'static Schema],
    batches: impl IntoIterator<Item = Vec<Record>>,
) -> Result<(), ExportError> {
    feed.open(Opening::new(schemas)).await?;
    for batch in batches {
        feed.export(batch).await?;
    }
    feed.close().await
}

fn read(path: &Path) -> Vec<Json> {
    rows(fs::read(path).unwrap())
}

fn numbers(path: &Path) -> Vec<u64> {
    let number = |row: &Json| row["record"][0][1].as_u64().unwrap();
    read(path).iter().map(number).collect()
}

fn is_parquet(path: &Path) -> bool {
    SerializedFileReader::new(Bytes::from(fs::read(path).unwrap())).is_ok()
}

/// What is in a folder, by name.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn names(folder: &Path) -> Vec<String> {
    let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    files(folder).iter().map(name).collect()
}

#[tokio::test]
async fn a_file_is_none_until_it_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let feed = feed(folder.path(), "x.parquet?row_group=2", Mode::Append);
    feed.open(Opening::new(Quote::schemas())).await.unwrap();
    for n in 0..9 {
        feed.export(quotes([n])).await.unwrap();
        assert!(files(folder.path()).iter().all(|path| !is_parquet(path)));
    }
    feed.close().await.unwrap();
    assert_eq!(names(folder.path()), ["x.parquet"]);
    let path = folder.path().join("x.parquet");
    assert_eq!(numbers(&path), Vec::from_iter(0..9));
    assert_eq!(feed.bytes(), fs::metadata(path).unwrap().len());
}

#[tokio::test]
async fn nothing_is_appended_and_what_is_there_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.parquet");
    let append = || feed(folder.path(), "x.parquet", Mode::Append);
    run(&append(), Quote::schemas(), [quotes(0..3)])
        .await
        .unwrap();
    let before = fs::read(&path).unwrap();
    let again = run(&append(), Quote::schemas(), [quotes(3..5)]).await;
    let error = again.unwrap_err().to_string();
    for part in [
        "x.parquet is not a file that more items can be added to: a Parquet file ends with its footer",
        "-O",
        "%(batch)05d",
    ] {
        assert!(error.contains(part), "{error}");
    }
    assert_eq!(fs::read(&path).unwrap(), before);
    let replace = feed(folder.path(), "x.parquet", Mode::Replace);
    run(&replace, Quote::schemas(), [quotes(7..9)])
        .await
        .unwrap();
    assert_eq!(numbers(&path), [7, 8]);
    assert_eq!(names(folder.path()), ["x.parquet"]);
}

#[tokio::test]
async fn batches_are_whole_files_and_later_runs_add_some() {
    let folder = tempfile::tempdir().unwrap();
    let name = "x-%(batch)03d.parquet?batch_items=10&codec=snappy";
    let append = || feed(folder.path(), name, Mode::Append);
    let batches = (0..5).map(|n| quotes(n * 5..n * 5 + 5));
    run(&append(), Quote::schemas(), batches).await.unwrap();
    assert_eq!(
        names(folder.path()),
        ["x-001.parquet", "x-002.parquet", "x-003.parquet"]
    );
    run(&append(), Quote::schemas(), [quotes(25..27)])
        .await
        .unwrap();
    let all: Vec<_> = files(folder.path())
        .iter()
        .map(|path| numbers(path))
        .collect();
    assert_eq!(all.concat(), Vec::from_iter(0..27));
    assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), [10, 10, 5, 2]);
}

#[tokio::test]
async fn a_file_has_one_type_and_a_feed_chooses_it() {
    let folder = tempfile::tempdir().unwrap();
    let both = feed(folder.path(), "x.parquet", Mode::Append);
    let error = both
        .open(Opening::new(Either::schemas()))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("types=Quote"), "{error}");
    assert!(names(folder.path()).is_empty());
    let items = || {
        let author = |name: &str| {
            Either::Author(Author {
                name: name.to_owned(),
            })
        };
        let quote = |n| {
            Either::Quote(Quote {
                n,
                text: String::new(),
            })
        };
        records([author("Ada"), quote(1), author("Bob"), quote(2)])
    };
    let one = feed(
        folder.path(),
        "a.parquet?types=Author&fields=name:by",
        Mode::Append,
    );
    run(&one, Either::schemas(), [items()]).await.unwrap();
    let by = |name: &str| json!({"record": [["by", name]]});
    assert_eq!(
        read(&folder.path().join("a.parquet")),
        [by("Ada"), by("Bob")]
    );
    let other = feed(folder.path(), "q.parquet?types=Quote", Mode::Append);
    run(&other, Either::schemas(), [items()]).await.unwrap();
    assert_eq!(numbers(&folder.path().join("q.parquet")), [1, 2]);
}

/// A refused item ends the feed: what was delivered before is kept under another name.
#[tokio::test]
async fn a_failed_feed_leaves_no_file_of_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let feed = feed(folder.path(), "x.parquet", Mode::Append);
    let batches = [quotes(0..3), quotes([3, u64::MAX, 5])];
    let error = run(&feed, Quote::schemas(), batches).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("n: the number 18446744073709551615 is no long"),
        "{text}"
    );
    assert!(!text.contains('\n'));
    assert!(
        !folder.path().join("x.parquet").exists(),
        "{:?}",
        names(folder.path())
    );
}

#[tokio::test]
async fn a_file_without_items_is_whole_and_may_be_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let stored = feed(folder.path(), "x.parquet", Mode::Append);
    run(&stored, Quote::schemas(), []).await.unwrap();
    assert!(read(&folder.path().join("x.parquet")).is_empty());
    let left_out = feed(folder.path(), "y.parquet?store_empty=false", Mode::Append);
    run(&left_out, Quote::schemas(), []).await.unwrap();
    assert_eq!(names(folder.path()), ["x.parquet"]);
}

fn trial() -> Trial<Feed> {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let (kept, path) = (Arc::clone(&folder), folder.path().to_owned());
    let name = "x-%(batch)05d.parquet?batch_items=40";
    let open = move || feed(folder.path(), name, Mode::Append);
    let read = move || {
        let files = files(kept.path());
        files.iter().flat_map(|path| numbers(path)).collect()
    };
    Trial::new(open, read).in_folder(path)
}

/// Every file that is there is read: none is anything but whole.
#[tokio::test]
async fn batches_arrive_in_order() {
    ExportSuite::new(trial).run().await;
}

/// Cut at any byte, and the same to the byte.
#[tokio::test]
async fn a_job_that_is_cut_leaves_what_one_without_a_cut_leaves() {
    let torn = || trial().torn();
    ExportSuite::new(torn).resumes().run().await;
}
