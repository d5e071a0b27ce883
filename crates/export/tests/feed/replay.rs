//! Runs of a job that are cut anywhere and gone on with: the files are those of an uninterrupted
//! run, to the byte.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use huntsman_core::{
    Export, ExportError, Item as _, Opening, Position, Record, Sequence, Timestamp,
};
use huntsman_export::Feed;
use huntsman_export::Mode::{self, Append, Replace};

use crate::sample::{Folder, Line, line, records};

type Files = BTreeMap<String, Vec<u8>>;

/// The numbers of the records of each batch; after those in `COMMITS`, there is a commit.
const BATCHES: [&[u32]; 6] = [&[1, 2], &[3], &[4, 5, 6, 7], &[], &[8], &[9, 10]];
const COMMITS: [usize; 4] = [0, 2, 3, 4];

/// What a feed is, and what is there before it.
#[derive(Debug, Clone)]
struct Case {
    address: String,
    mode: Mode,
    before: Vec<(String, Vec<u8>)>,
    size: Size,
}

/// How large the records are, and how finely they are cut.
#[derive(Debug, Clone, Copy)]
struct Size {
    /// So many records for each number.
    each: u32,
    /// So many bytes of text in each.
    text: usize,
    /// Each of so many bytes at both ends of what a moment wrote is a cut, …
    ends: usize,
    /// … and each of this stride between them.
    stride: usize,
}

/// A few bytes, cut at every one of them.
const SMALL: Size = Size {
    each: 1,
    text: 0,
    ends: usize::MAX,
    stride: 1,
};

/// Batches of a busy crawl, whose ends are held back for the next write.
const LARGE: Size = Size {
    each: 64,
    text: 1100,
    ends: 12,
    stride: 16_381,
};

impl Size {
    fn records(self, batch: &[u32]) -> Vec<Record> {
        let numbers = batch
            .iter()
            .flat_map(|n| (0..self.each).map(move |i| n * self.each + i));
        records(numbers.map(|n| {
            let Line { n, text } = line(n);
            let text = format!("{text:<width$}", width = self.text);
            Line { n, text }
        }))
    }

    fn cuts(self, from: usize, to: usize) -> impl Iterator<Item = usize> {
        (from..to).filter(move |at| {
            (at - from).min(to - 1 - at) < self.ends || (at - from).is_multiple_of(self.stride)
        })
    }
}

fn opening(position: Option<&Position>) -> Opening {
    let opening = Opening::new(Line::schemas()).of("lines", Timestamp(1_795_556_367_000));
    opening.resuming("job/1", position.cloned())
}

async fn open(
    folder: &Path,
    case: &Case,
    position: Option<&Position>,
) -> Result<Feed, ExportError> {
    let address = folder.join(&case.address);
    let feed = Feed::new(address.to_str().unwrap(), case.mode)?;
    let after = feed.open(opening(position)).await?;
    assert_eq!(after, opening(position).after());
    Ok(feed)
}

/// A folder in memory, where there is one: thousands of crashes are faster there.
fn in_memory() -> Folder {
    let memory = tempfile::tempdir_in("/dev/shm");
    Folder(memory.or_else(|_| tempfile::tempdir()).unwrap())
}

fn read(folder: &Path) -> Files {
    let entries = fs::read_dir(folder).unwrap();
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, fs::read(path).unwrap())
    };
    entries.map(|entry| read(entry.unwrap().path())).collect()
}

fn put(folder: &Path, files: &Files) {
    for name in read(folder)
        .keys()
        .filter(|name| !files.contains_key(*name))
    {
        fs::remove_file(folder.join(name)).unwrap();
    }
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).unwrap();
    }
}

/// A moment of a run: what is on disk, and the last position with the batches behind it.
struct Moment {
    files: Files,
    /// What was there at the position.
    kept: Files,
    position: Position,
    next: usize,
}

/// A whole run, with every moment of it and what it leaves.
async fn whole(case: &Case) -> (Vec<Moment>, Files) {
    let folder = in_memory();
    let folder = folder.0.path();
    for (name, bytes) in &case.before {
        fs::write(folder.join(name), bytes).unwrap();
    }
    let feed = open(folder, case, None).await.unwrap();
    let mut position = feed.commit(Sequence(0)).await.unwrap();
    let mut kept = read(folder);
    let mut next = 0;
    let mut moments = Vec::new();
    let mut moment = |position: &Position, kept: &Files, next| {
        moments.push(Moment {
            files: read(folder),
            kept: kept.clone(),
            position: position.clone(),
            next,
        });
    };
    moment(&position, &kept, next);
    for (number, batch) in BATCHES.iter().enumerate() {
        feed.export(case.size.records(batch)).await.unwrap();
        moment(&position, &kept, next);
        if COMMITS.contains(&number) {
            let last = batch.last().copied().unwrap_or_default();
            let reached = feed.commit(Sequence(last.into())).await.unwrap();
            // The crash comes before the position is known.
            moment(&position, &kept, next);
            (position, kept, next) = (reached, read(folder), number + 1);
            moment(&position, &kept, next);
        }
    }
    feed.close().await.unwrap();
    moment(&position, &kept, next);
    let files = read(folder);
    (moments, files)
}

/// Goes on from a moment, with the batches that come after its position.
async fn go_on(folder: &Path, case: &Case, moment: &Moment) -> Result<(), ExportError> {
    let feed = open(folder, case, Some(&moment.position)).await?;
    for (number, batch) in BATCHES.iter().enumerate().skip(moment.next) {
        feed.export(case.size.records(batch)).await?;
        if COMMITS.contains(&number) {
            feed.commit(Sequence(0)).await?;
        }
    }
    feed.close().await
}

/// All states in which a crash can leave the folder at this moment: each file that grew since the
/// position, cut at each byte of that (or as finely as the size says), or with something else behind.
fn crashes(moment: &Moment, size: Size) -> Vec<Files> {
    let mut all = vec![moment.files.clone()];
    for (name, bytes) in &moment.files {
        // It may have had another name at the position.
        let part = format!(".{name}.part-job-job_1");
        let old = moment.kept.get(&part).or(moment.kept.get(name));
        let from = old.map_or(0, Vec::len).min(bytes.len());
        if old == Some(bytes) || !old.is_none_or(|old| bytes.starts_with(&old[..from])) {
            continue;
        }
        for len in size.cuts(from, bytes.len()) {
            let mut files = moment.files.clone();
            files.insert(name.clone(), bytes[..len].to_vec());
            all.push(files);
        }
        let mut files = moment.files.clone();
        files.insert(name.clone(), [bytes, &b"\0garbage"[..]].concat());
        all.push(files);
    }
    all
}

fn shown(files: &Files) -> String {
    let one = |(name, bytes): (&String, &Vec<u8>)| {
        let begin = &bytes[..bytes.len().min(2000)];
        format!(
            "{name}, {} bytes: {:?}…",
            bytes.len(),
            String::from_utf8_lossy(begin)
        )
    };
    files.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// The number of crashes that were gone on from.
async fn check(case: &Case) -> usize {
    let (moments, expected) = whole(case).await;
    let folder = in_memory();
    let folder = folder.0.path();
    let mut seen = BTreeSet::new();
    for (number, moment) in moments.iter().enumerate() {
        for files in crashes(moment, case.size) {
            if !seen.insert((moment.next, files.clone())) {
                continue;
            }
            put(folder, &files);
            let what = || {
                let state = String::from_utf8_lossy(&moment.position.state);
                format!("{case:?}, moment {number}, {}, {state:?}", shown(&files))
            };
            go_on(folder, case, moment)
                .await
                .unwrap_or_else(|error| panic!("{error}: {}", what()));
            let found = read(folder);
            let shown = || format!("{}\nnot {}", shown(&found), shown(&expected));
            assert!(found == expected, "{}\n{}", shown(), what());
        }
    }
    seen.len()
}

fn case(address: &str, mode: Mode) -> Case {
    Case {
        address: address.to_owned(),
        mode,
        before: Vec::new(),
        size: SMALL,
    }
}

/// Each format, and how it can be compressed.
const FORMS: [(&str, &[&str]); 5] = [
    ("json", &["none", "gzip", "zstd"]),
    ("jsonl", &["none"]),
    ("csv", &["none", "zstd"]),
    ("xml", &["none"]),
    ("avro", &["none"]),
];

/// What a run without a job leaves.
async fn earlier(address: &str) -> Vec<(String, Vec<u8>)> {
    let folder = in_memory();
    let case = case(address, Append);
    let address = folder.0.path().join(&case.address);
    let feed = Feed::new(address.to_str().unwrap(), Append).unwrap();
    feed.open(Opening::new(Line::schemas())).await.unwrap();
    feed.export(records([line(100), line(101)])).await.unwrap();
    feed.close().await.unwrap();
    read(folder.0.path()).into_iter().collect()
}

#[tokio::test]
async fn one_file_of_each_format_mode_and_compression() {
    for (format, compressions) in FORMS {
        for compress in compressions {
            for mode in [Append, Replace] {
                let address = format!("x?format={format}&compress={compress}");
                let new = case(&address, mode);
                assert!(check(&new).await > 100);
                let before = earlier(&address).await;
                assert!(check(&Case { before, ..new }).await > 100);
            }
        }
    }
}

#[tokio::test]
async fn large_batches_whose_ends_are_held_back() {
    for (format, _) in FORMS {
        for mode in [Append, Replace] {
            let large = Case {
                size: LARGE,
                ..case(&format!("x?format={format}"), mode)
            };
            let held = |moment: &Moment| {
                let lens = moment.files.values().map(Vec::len);
                lens.into_iter()
                    .any(|len| len > 0 && len.is_multiple_of(128 << 10))
            };
            let (moments, _) = whole(&large).await;
            assert_eq!(moments.iter().any(held), format != "avro", "{format}");
            assert!(check(&large).await > 100);
        }
    }
}

#[tokio::test]
async fn files_that_are_there_only_with_items() {
    for mode in [Append, Replace] {
        let address = "x?format=json&store_empty=false";
        let new = case(address, mode);
        assert!(check(&new).await > 100);
        let before = earlier(address).await;
        assert!(check(&Case { before, ..new }).await > 100);
    }
}

#[tokio::test]
async fn files_of_others() {
    for (format, before) in [
        ("json", " [{\"n\":0}\n ] \n\n"),
        ("json", "[]"),
        ("json", ""),
        ("jsonl", "{\"n\":0}"),
        ("csv", "n,text"),
    ] {
        let before = vec![("x".to_owned(), before.as_bytes().to_vec())];
        let case = case(&format!("x?format={format}"), Append);
        assert!(check(&Case { before, ..case }).await > 100);
    }
}

#[tokio::test]
async fn batches_of_each_format_mode_and_compression() {
    for (format, compressions) in FORMS {
        for compress in compressions {
            for mode in [Append, Replace] {
                let address =
                    format!("x-%(batch)03d?format={format}&compress={compress}&batch_items=3");
                let new = case(&address, mode);
                assert!(check(&new).await > 100);
                let old = |name: &str| (name.to_owned(), b"old".to_vec());
                let before = vec![old("x-001"), old("x-004"), old("x-")];
                let found = whole(&Case {
                    before: before.clone(),
                    ..new.clone()
                })
                .await
                .1;
                let names: BTreeSet<_> = found.keys().map(String::as_str).collect();
                let all: &[&str] = if mode == Append {
                    &["x-", "x-001", "x-004", "x-005", "x-006", "x-007", "x-008"]
                } else {
                    &["x-", "x-001", "x-002", "x-003", "x-004"]
                };
                assert_eq!(names, all.iter().copied().collect());
                assert!(check(&Case { before, ..new }).await > 100);
            }
        }
    }
}

#[tokio::test]
async fn batches_of_bytes() {
    for (compress, bytes) in [("none", 60), ("gzip", 90)] {
        for mode in [Append, Replace] {
            let address =
                format!("x-%(batch)d?format=jsonl&compress={compress}&batch_bytes={bytes}");
            let new = case(&address, mode);
            assert!(whole(&new).await.1.len() > 2);
            assert!(check(&new).await > 100);
        }
    }
}
