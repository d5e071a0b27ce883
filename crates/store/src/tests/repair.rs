//! Stores that are damaged anywhere: after a repair they are sound, hold nothing that was not there,
//! and what they lack is said.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use huntsman_core::frontier::{End, Saved, Settlement};
use huntsman_core::{Frontier as _, Position, Sequence, Stream, Timestamp};
use proptest::prelude::*;
use redb::{ReadableDatabase as _, ReadableTable as _, TableHandle as _};

use super::{done, get, lease_up_to, open, options, sample};
use crate::item::Names;
use crate::mark::{Mark, Marking};
use crate::types::Types;
use crate::writer::Dictionary;
use crate::{Store, StoreError, check, moved, open as opening, outbox, repair, request, tables};

/// All that a store holds, each in a line, and the number of records that stand for lost ones.
#[expect(clippy::too_many_lines, reason = "a line for each table")]
fn content(dir: &Path) -> (BTreeSet<String>, usize) {
    let db = opening::open_file(&opening::store_file(dir), 1 << 20).unwrap();
    let transaction = db.begin_read().unwrap();
    let mut dictionary = Dictionary {
        names: Names::default(),
        types: Types::anything(),
    };
    opening::load_dictionary(&transaction, &mut dictionary).unwrap();
    let (mut all, mut lost) = (BTreeSet::new(), 0);
    let mut request = |name: &str, key: &[u8; 16], row: &[u8]| {
        let read = request::decode(name, key, row).unwrap();
        all.insert(format!("{name} {} {}", read.request.url, read.tried));
        let mark = Marking::Host.mark(&read.request.into());
        all.insert(format!("seen {mark:?}"));
    };
    moved::each(&transaction, [0; 16]..=[255; 16], |key, row| {
        request("queue", key, row);
        Ok(true)
    })
    .unwrap();
    let delayed = transaction.open_table(tables::DELAYED).unwrap();
    for row in delayed.iter().unwrap() {
        let (key, row) = row.unwrap();
        request("delayed", key.value(), row.value());
    }
    for row in transaction
        .open_table(tables::SEEN)
        .unwrap()
        .iter()
        .unwrap()
    {
        let mark = Mark::of_key(*row.unwrap().0.value());
        all.insert(format!("seen {mark:?}"));
    }
    for row in transaction
        .open_table(tables::FRESH)
        .unwrap()
        .iter()
        .unwrap()
    {
        let (_, row) = row.unwrap();
        let (marks, _) = row.value().as_chunks::<16>();
        for key in marks {
            let mark = Mark::of_key(*key);
            all.insert(format!("seen {mark:?}"));
        }
    }
    for row in transaction
        .open_table(tables::OUTBOX)
        .unwrap()
        .iter()
        .unwrap()
    {
        let (sequence, row) = row.unwrap();
        let Dictionary { names, types } = &dictionary;
        let record = outbox::decode(sequence.value(), row.value(), names, types).unwrap();
        let json = serde_json::to_string(record.item.fields()).unwrap();
        if record.item.stream() == Stream::Quarantine {
            assert!(json.contains("was lost when"), "{json}");
            lost += 1;
        } else {
            all.insert(format!("outbox {} {json}", sequence.value()));
        }
    }
    for (name, table) in [("sinks", tables::SINKS), ("values", tables::VALUES)] {
        for row in transaction.open_table(table).unwrap().iter().unwrap() {
            let (word, row) = row.unwrap();
            all.insert(format!("{name} {} {:?}", word.value(), row.value()));
        }
    }
    (all, lost)
}

/// A job with a little of everything, and all that was ever in it.
async fn job(dir: &Path) -> BTreeSet<String> {
    let store = open(dir);
    store.enough_seen(200);
    let found = (0..300).map(|n| get(&format!("http://h{}.example/{n}", n % 5)));
    store.offer(found.collect(), Timestamp(0)).await.unwrap();
    let (before, _) = {
        store.close().await.unwrap();
        drop(store);
        content(dir)
    };
    let store = open(dir);
    store.enough_seen(200);
    for n in 0..40 {
        let lease = lease_up_to(&store, 1, 0).await.remove(0);
        let links = vec![get(&format!("http://x.example/{n}"))];
        let mut page = done(&lease, links, vec![sample(n)]);
        if n % 7 == 0 {
            let not_before = Timestamp(1000 + n);
            page = Settlement {
                end: End::Retry { not_before },
                ..page
            };
        }
        store.settle(vec![page], Timestamp(0)).await.unwrap();
    }
    let position = Position {
        sequence: Sequence(3),
        state: vec![1, 2, 3],
    };
    store.keep("feed", position).await.unwrap();
    let value = Saved {
        name: "arguments".into(),
        value: b"[]".to_vec(),
    };
    store.save(vec![value]).await.unwrap();
    drop(store);
    let (after, lost) = content(dir);
    assert_eq!(lost, 0);
    // Some were found and settled in between.
    let found = (0..40).map(|n| format!("queue http://x.example/{n} 0"));
    before.union(&after).cloned().chain(found).collect()
}

/// Writes a damaged store, repairs it, and compares. Whether anything was damaged at all.
fn repaired(ever: &BTreeSet<String>, whole: &[u8], damaged: &[u8]) -> Result<bool, StoreError> {
    let dir = tempfile::tempdir().unwrap();
    let file = opening::store_file(dir.path());
    fs::write(&file, whole).unwrap();
    let (was, _) = content(dir.path());
    fs::write(&file, damaged).unwrap();
    let done = match repair(dir.path()) {
        Ok(done) => done,
        Err(error) => {
            assert_eq!(fs::read(&file).unwrap(), damaged, "it is left as it is");
            return Err(error);
        }
    };
    assert_eq!(check(dir.path()).unwrap().problems, [] as [&str; 0]);
    let (now, lost) = content(dir.path());
    // An earlier commit may have been taken, which is said; it has requests that were settled later.
    let earlier = done.lost.iter().any(|line| line.contains("commit"));
    // Nor does a queue without its log know what was settled of late, which is said, too.
    let without_log = |line: &String| line.contains("that ended of late are fetched again, but");
    let settled = earlier || done.lost.iter().any(without_log);
    let most = if settled { ever } else { &was };
    let new: Vec<_> = now.difference(most).collect();
    assert!(new.is_empty(), "{new:?} was not there; {:?}", done.lost);
    let gone: Vec<_> = was.difference(&now).collect();
    assert!(
        gone.is_empty() && lost == 0 || !done.lost.is_empty(),
        "nobody said that these are lost: {gone:?}, and {lost} records"
    );
    for table in ["queue", "seen", "outbox", "sinks", "values", "delayed"] {
        let gone = gone.iter().any(|line| line.starts_with(table));
        let fresh = |line: &String| table == "seen" && line.starts_with("fresh");
        let moved = |line: &String| table == "queue" && line.starts_with("moved");
        let said = |line: &String| line.starts_with(table) || fresh(line) || moved(line);
        assert!(
            !gone || earlier || done.lost.iter().any(said),
            "{table}: {:?}",
            done.lost
        );
    }
    match &done.aside {
        Some(aside) => assert_eq!(fs::read(aside).unwrap(), damaged),
        None => assert_eq!(now, was, "it was said to be sound"),
    }
    let store = Store::open(dir.path(), options()).unwrap();
    drop(store);
    Ok(done.aside.is_some())
}

#[tokio::test]
async fn a_sound_store_stays_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    job(dir.path()).await;
    let file = opening::store_file(dir.path());
    let before = fs::read(&file).unwrap();
    let done = repair(dir.path()).unwrap();
    assert_eq!((&done.aside, done.lost.len()), (&None, 0));
    assert_eq!(done.rows, check(dir.path()).unwrap().rows);
    assert_eq!(fs::read(&file).unwrap().len(), before.len());
    assert_eq!(
        fs::read_dir(dir.path()).unwrap().count(),
        2,
        "store and lock"
    );
}

#[test]
fn every_table_is_repaired() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()));
    let file = opening::store_file(dir.path());
    let db = opening::open_file(&file, 1 << 20).unwrap();
    let transaction = db.begin_read().unwrap();
    let tables = transaction.list_tables().unwrap();
    let names: BTreeSet<String> = tables.map(|table| table.name().to_owned()).collect();
    let known = crate::repair::TABLES.map(str::to_owned);
    assert_eq!(names, known.into());
}

#[tokio::test]
async fn a_job_that_runs_is_not_repaired() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    assert!(matches!(repair(dir.path()), Err(StoreError::Busy(_))));
    drop(store);
    let none = dir.path().join("none");
    assert!(matches!(repair(&none), Err(StoreError::Missing(_))));
}

#[tokio::test]
async fn any_page_may_be_lost() {
    let dir = tempfile::tempdir().unwrap();
    let ever = job(dir.path()).await;
    let whole = fs::read(opening::store_file(dir.path())).unwrap();
    let (mut damaged, mut beyond) = (0, 0);
    for at in (0..whole.len()).step_by(4096) {
        if whole[at..].iter().take(4096).all(|byte| *byte == 0) {
            continue;
        }
        let mut bytes = whole.clone();
        bytes[at..at + 4096].fill(0);
        match repaired(&ever, &whole, &bytes) {
            Ok(was) => damaged += u64::from(was),
            Err(StoreError::Beyond(_)) => beyond += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(damaged > 10, "{damaged}");
    // The page that names the tables, and that which says whose job it is: of a file so small, no
    // earlier copy is left.
    assert!(beyond <= 2, "{beyond} pages are indispensable");
}

#[tokio::test]
async fn what_is_no_store_is_beyond_repair() {
    let dir = tempfile::tempdir().unwrap();
    let file = opening::store_file(dir.path());
    for bytes in [&b""[..], b"SQLite format 3\0", &[0x55; 100_000]] {
        fs::write(&file, bytes).unwrap();
        let error = repair(dir.path()).unwrap_err();
        assert!(error.to_string().contains("beyond repair"), "{error}");
        assert_eq!(fs::read(&file).unwrap(), bytes);
    }
}

/// What may happen to a file.
#[derive(Debug, Clone)]
enum Harm {
    Flip(usize, u8),
    Cut(usize),
    Zero(usize, usize),
}

impl Harm {
    fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let length = bytes.len();
        match *self {
            Self::Flip(at, mask) => bytes[at % length] ^= mask,
            Self::Cut(at) => bytes.truncate(at % length),
            Self::Zero(at, pages) => {
                let begin = at % length / 4096 * 4096;
                let end = (begin + pages * 4096).min(length);
                bytes[begin..end].fill(0);
            }
        }
    }
}

fn harm() -> impl Strategy<Value = Harm> {
    prop_oneof![
        6 => (any::<usize>(), 1..=u8::MAX).prop_map(|(at, mask)| Harm::Flip(at, mask)),
        1 => any::<usize>().prop_map(Harm::Cut),
        3 => (any::<usize>(), 1..4_usize).prop_map(|(at, pages)| Harm::Zero(at, pages)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn whatever_was_damaged_what_is_left_is_sound_and_what_is_lost_is_said(
        harms in prop::collection::vec(harm(), 1..12)
    ) {
        let (ever, whole) = the_job();
        let mut bytes = whole.clone();
        for harm in &harms {
            harm.apply(&mut bytes);
        }
        match repaired(ever, whole, &bytes) {
            Ok(_) | Err(StoreError::Beyond(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// The same job for each case.
fn the_job() -> &'static (BTreeSet<String>, Vec<u8>) {
    static JOB: std::sync::OnceLock<(BTreeSet<String>, Vec<u8>)> = std::sync::OnceLock::new();
    JOB.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let ever = runtime.block_on(job(dir.path()));
        (ever, fs::read(opening::store_file(dir.path())).unwrap())
    })
}
