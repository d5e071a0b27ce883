//! Uploads to `object_store`'s store in memory, with faults.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Mutex;

use async_trait::async_trait;
use huntsman_export::{Catalog, Feed, Place, Recovery, Start, Words};
use huntsman_testkit::export_suite::{ExportSuite, Trial};
use object_store::list::{PaginatedListOptions, PaginatedListResult, PaginatedListStore};
use object_store::memory::InMemory;
use object_store::{ObjectStore, ObjectStoreExt};
use proptest::prelude::*;

use super::*;
use crate::address;
use crate::place::remove;
use crate::store::Remote;

/// Small, so that many parts are quick: the store in memory does not mind.
const PART: usize = 16;

/// What the requests to a store were, and which of them go wrong.
#[derive(Default)]
struct Log {
    requests: usize,
    /// The request with this number is not made.
    lost: Option<usize>,
    /// The request with this number is made, and its answer is lost.
    unanswered: Option<usize>,
    /// Uploads that are neither objects nor given up.
    uploads: BTreeSet<String>,
    largest_part: usize,
    sent: u64,
}

/// A store in memory that keeps a log.
struct Logged {
    memory: Arc<InMemory>,
    store: Remote<InMemory>,
    log: Mutex<Log>,
}

impl Logged {
    fn new() -> Arc<Self> {
        let memory = Arc::new(InMemory::new());
        Arc::new(Self {
            store: Remote::new(Arc::clone(&memory), Arc::clone(&memory), Arc::new(NoPages)),
            memory,
            log: Mutex::default(),
        })
    }

    /// Counts a request; whether its answer will be lost.
    fn request(&self) -> Result<bool, StoreError> {
        let mut log = self.log.lock().unwrap();
        log.requests += 1;
        if log.lost == Some(log.requests) {
            return Err(StoreError::Timeout);
        }
        Ok(log.unanswered == Some(log.requests))
    }
}

/// The store in memory has no pages.
struct NoPages;

#[async_trait]
impl PaginatedListStore for NoPages {
    async fn list_paginated(
        &self,
        _: Option<&str>,
        _: PaginatedListOptions,
    ) -> object_store::Result<PaginatedListResult> {
        Err(object_store::Error::NotImplemented {
            operation: "list".to_owned(),
            implementer: "memory".to_owned(),
        })
    }
}

fn answer<T>(lost: bool, answer: T) -> Result<T, StoreError> {
    if lost {
        return Err(StoreError::Timeout);
    }
    Ok(answer)
}

#[async_trait]
impl Store for Logged {
    async fn begin(&self, key: &Path, mark: &Mark) -> Result<String, StoreError> {
        let lost = self.request()?;
        let id = self.store.begin(key, mark).await?;
        self.log.lock().unwrap().uploads.insert(id.clone());
        answer(lost, id)
    }

    async fn part(
        &self,
        key: &Path,
        upload: &str,
        number: usize,
        bytes: Bytes,
    ) -> Result<String, StoreError> {
        let lost = self.request()?;
        {
            let mut log = self.log.lock().unwrap();
            log.largest_part = log.largest_part.max(bytes.len());
            log.sent += bytes.len() as u64;
            // The store in memory has no word of its own for this.
            if !log.uploads.contains(upload) {
                return Err(StoreError::NoUpload);
            }
        }
        answer(lost, self.store.part(key, upload, number, bytes).await?)
    }

    async fn complete(
        &self,
        key: &Path,
        upload: &str,
        parts: Vec<String>,
        only_new: bool,
    ) -> Result<(), StoreError> {
        let lost = self.request()?;
        if only_new && self.store.find(key).await?.is_some() {
            return Err(StoreError::Exists);
        }
        if !self.log.lock().unwrap().uploads.remove(upload) {
            return Err(StoreError::NoUpload);
        }
        self.store.complete(key, upload, parts, false).await?;
        answer(lost, ())
    }

    async fn abort(&self, key: &Path, upload: &str) -> Result<(), StoreError> {
        let lost = self.request()?;
        self.log.lock().unwrap().uploads.remove(upload);
        self.store.abort(key, upload).await?;
        answer(lost, ())
    }

    async fn find(&self, key: &Path) -> Result<Option<Found>, StoreError> {
        let lost = self.request()?;
        answer(lost, self.store.find(key).await?)
    }

    async fn read(&self, key: &Path, of: &Found, range: Range<u64>) -> Result<Bytes, StoreError> {
        let lost = self.request()?;
        answer(lost, self.store.read(key, of, range).await?)
    }

    async fn remove(&self, key: &Path) -> Result<(), StoreError> {
        self.store.remove(key).await
    }

    async fn numbers(&self, before: &str, after: &str) -> Result<Vec<u64>, StoreError> {
        self.store.numbers(before, after).await
    }
}

/// A store with a thread to ask it on.
struct Bench {
    store: Arc<Logged>,
    requests: Arc<Requests>,
    address: Address,
}

impl Bench {
    fn new() -> Self {
        Self {
            store: Logged::new(),
            requests: Arc::new(Requests::start().unwrap()),
            address: address::parse("s3://bucket/folder/items.jsonl").unwrap(),
        }
    }

    fn site(&self) -> Site {
        Site {
            store: Arc::clone(&self.store) as Arc<dyn Store>,
            requests: Arc::clone(&self.requests),
        }
    }

    fn begin(&self, mode: Mode) -> io::Result<Upload> {
        Upload::begin(self.site(), &self.address, mode, Some("job"), PART)
    }

    fn resume(&self, mode: Mode, state: &[u8]) -> io::Result<Upload> {
        Upload::resume(self.site(), &self.address, mode, state)
    }

    /// What a reader finds, if anything.
    fn object(&self) -> Option<Vec<u8>> {
        let (memory, key) = (Arc::clone(&self.store.memory), self.address.key.clone());
        let read = async move { Ok::<_, io::Error>(read_all(&*memory, &key).await) };
        self.requests.wait(read).unwrap()
    }

    fn log<T>(&self, ask: impl FnOnce(&mut Log) -> T) -> T {
        ask(&mut self.store.log.lock().unwrap())
    }

    fn uploads(&self) -> usize {
        self.log(|log| log.uploads.len())
    }

    fn write_object(&self, mode: Mode, bytes: &[u8]) {
        let mut upload = self.begin(mode).unwrap();
        upload.write(bytes).unwrap();
        upload.finish().unwrap();
    }
}

async fn read_all(store: &dyn ObjectStore, key: &Path) -> Option<Vec<u8>> {
    let found = store.get(key).await.ok()?;
    Some(found.bytes().await.unwrap().to_vec())
}

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8).collect()
}

fn delivered(items: u64) -> Delivered {
    Delivered {
        items,
        from: 0,
        to: 0,
        opening: Vec::new(),
        closing: Vec::new(),
    }
}

#[test]
fn an_object_is_there_when_it_is_finished_and_not_before() {
    for length in [0, 1, PART - 1, PART, PART + 1, 5 * PART, 5 * PART + 3] {
        let bench = Bench::new();
        let mut upload = bench.begin(Mode::Append).unwrap();
        for chunk in bytes(length).chunks(7) {
            upload.write(chunk).unwrap();
            assert_eq!(bench.object(), None);
        }
        upload.finish().unwrap();
        assert_eq!(bench.object().unwrap(), bytes(length), "{length}");
        assert_eq!(bench.uploads(), 0);
        assert_eq!(bench.log(|log| log.largest_part), length.min(PART));
    }
}

#[test]
fn what_is_there_is_not_appended_to() {
    let bench = Bench::new();
    bench.write_object(Mode::Append, b"old");
    let error = bench.begin(Mode::Append).err().unwrap();
    assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    assert!(error.to_string().contains("-O"), "{error}");
    assert_eq!(
        (bench.object().unwrap(), bench.uploads()),
        (b"old".to_vec(), 0)
    );
}

#[test]
fn what_is_there_is_replaced_at_once() {
    let bench = Bench::new();
    bench.write_object(Mode::Append, b"old");
    let mut upload = bench.begin(Mode::Replace).unwrap();
    upload.write(&bytes(100)).unwrap();
    assert_eq!(bench.object().unwrap(), b"old");
    upload.finish().unwrap();
    assert_eq!(bench.object().unwrap(), bytes(100));
}

#[test]
fn of_two_writers_one_fails() {
    let bench = Bench::new();
    let (mut one, mut other) = (
        bench.begin(Mode::Append).unwrap(),
        bench.begin(Mode::Append).unwrap(),
    );
    one.write(&bytes(40)).unwrap();
    other.write(&bytes(50)).unwrap();
    one.finish().unwrap();
    let error = other.finish().unwrap_err();
    assert!(error.to_string().contains("another writer"), "{error}");
    assert!(other.fail(&delivered(1)).contains("no object"));
    assert_eq!((bench.object().unwrap(), bench.uploads()), (bytes(40), 0));
}

#[test]
fn without_a_job_nothing_stays_of_a_failure() {
    for length in [0, 3, 5 * PART + 3] {
        for fails in [true, false] {
            let bench = Bench::new();
            let mut upload = bench.begin(Mode::Replace).unwrap();
            upload.write(&bytes(length)).unwrap();
            if fails {
                let became = upload.fail(&delivered(3));
                assert_eq!(
                    became,
                    "no object was made, and 3 items written before are discarded"
                );
            } else {
                upload.abandon(&delivered(3));
            }
            assert_eq!((bench.object(), bench.uploads()), (None, 0));
        }
    }
}

#[test]
fn an_upload_that_cannot_be_given_up_is_told_of() {
    let bench = Bench::new();
    let mut upload = bench.begin(Mode::Replace).unwrap();
    bench.log(|log| log.lost = Some(log.requests + 1));
    let became = upload.fail(&delivered(1));
    assert!(became.contains("1 item stays until it expires"), "{became}");
    assert!(became.contains("in time"), "{became}");
}

#[test]
fn with_a_job_a_failure_leaves_what_it_goes_on_from() {
    let bench = Bench::new();
    let mut upload = bench.begin(Mode::Append).unwrap();
    upload.write(&bytes(40)).unwrap();
    let state = upload.sync().unwrap();
    upload.write(b"lost").unwrap();
    assert!(upload.fail(&delivered(2)).contains("(2 items) waits"));
    upload.abandon(&delivered(2));
    let mut upload = bench.resume(Mode::Append, &state).unwrap();
    upload.write(&bytes(60)[40..]).unwrap();
    upload.finish().unwrap();
    assert_eq!(bench.object().unwrap(), bytes(60));
}

/// Writes so many bytes in small pieces with a position after each; the positions.
fn written(upload: &mut Upload, from: usize, to: usize) -> io::Result<Vec<(usize, Vec<u8>)>> {
    let all = bytes(to);
    let mut states = vec![(from, upload.sync()?)];
    for at in (from..to).step_by(5) {
        let end = (at + 5).min(to);
        upload.write(&all[at..end])?;
        states.push((end, upload.sync()?));
    }
    Ok(states)
}

#[test]
fn a_cut_at_any_position_leaves_what_an_uninterrupted_run_does() {
    let all = bytes(5 * PART + 3);
    for mode in [Mode::Append, Mode::Replace] {
        // More than one run may be cut at the same position.
        for runs in 1..3 {
            let count = written(&mut Bench::new().begin(mode).unwrap(), 0, all.len());
            for cut in 0..count.unwrap().len() {
                let bench = Bench::new();
                let states = written(&mut bench.begin(mode).unwrap(), 0, all.len()).unwrap();
                let (at, state) = &states[cut];
                for _ in 0..runs {
                    let mut upload = bench.resume(mode, state).unwrap();
                    written(&mut upload, *at, all.len()).unwrap();
                }
                let mut upload = bench.resume(mode, state).unwrap();
                upload.write(&all[*at..]).unwrap();
                assert_eq!(bench.object(), None);
                upload.finish().unwrap();
                assert_eq!(bench.object().unwrap(), all, "cut at {at}");
                assert_eq!(bench.uploads(), 0);
            }
        }
    }
}

#[test]
fn a_job_that_did_not_learn_that_the_object_is_made_goes_on_all_the_same() {
    let all = bytes(5 * PART + 3);
    for mode in [Mode::Append, Mode::Replace] {
        let count = written(&mut Bench::new().begin(mode).unwrap(), 0, all.len());
        for cut in 0..count.unwrap().len() {
            let bench = Bench::new();
            let mut upload = bench.begin(mode).unwrap();
            let states = written(&mut upload, 0, all.len()).unwrap();
            upload.finish().unwrap();
            let (at, state) = &states[cut];
            // It happens twice, and then more comes than did before.
            let mut upload = bench.resume(mode, state).unwrap();
            upload.write(&all[*at..]).unwrap();
            upload.finish().unwrap();
            assert_eq!(bench.object().unwrap(), all, "cut at {at}");
            let mut upload = bench.resume(mode, state).unwrap();
            upload.write(&all[*at..]).unwrap();
            upload.write(b"and more").unwrap();
            assert_eq!(bench.object().unwrap(), all);
            upload.finish().unwrap();
            assert_eq!(bench.object().unwrap(), [&all[..], b"and more"].concat());
            assert_eq!(bench.uploads(), 0);
        }
    }
}

#[test]
fn the_beginning_can_be_read_after_a_cut() {
    for length in [0, 1, PART - 1, PART, 3 * PART + 1] {
        let bench = Bench::new();
        let mut upload = bench.begin(Mode::Append).unwrap();
        upload.write(&bytes(length)).unwrap();
        let state = upload.sync().unwrap();
        let mut upload = bench.resume(Mode::Append, &state).unwrap();
        let mut begins = vec![0; 1000];
        let read = upload.read(0, &mut begins).unwrap();
        let known = if length < PART { length } else { PART };
        assert_eq!(begins[..read], bytes(known));
        assert_eq!(upload.read(known as u64, &mut begins).unwrap(), 0);
        assert_eq!(upload.read(u64::MAX, &mut begins).unwrap(), 0);
    }
}

#[test]
fn an_upload_that_is_gone_is_told_of() {
    let bench = Bench::new();
    let mut upload = bench.begin(Mode::Append).unwrap();
    let (_, state) = written(&mut upload, 0, 50).unwrap().pop().unwrap();
    bench.log(|log| log.uploads.clear());
    let error = bench.resume(Mode::Append, &state).err().unwrap();
    assert!(error.to_string().contains("begin the job anew"), "{error}");
    // An object that another made is none of it.
    bench.write_object(Mode::Append, &bytes(50));
    let error = bench.resume(Mode::Append, &state).err().unwrap();
    assert!(error.to_string().contains("another writer"), "{error}");
    let error = bench.resume(Mode::Replace, &state).err().unwrap();
    assert!(error.to_string().contains("begin the job anew"), "{error}");
}

#[test]
fn a_position_of_another_object_is_refused() {
    let bench = Bench::new();
    let state = bench.begin(Mode::Append).unwrap().sync().unwrap();
    let other = address::parse("s3://bucket/other").unwrap();
    let error = Upload::resume(bench.site(), &other, Mode::Append, &state)
        .err()
        .unwrap();
    assert!(
        error.to_string().contains("s3://bucket/folder/items.jsonl"),
        "{error}"
    );
    assert!(bench.resume(Mode::Append, b"").is_err());
}

/// Runs a whole job over a store that goes wrong once; the object, and whether there was an error.
fn job_with_a_fault(mode: Mode, fault: impl FnOnce(&mut Log)) -> (Bench, bool) {
    let all = bytes(3 * PART + 3);
    let bench = Bench::new();
    bench.log(fault);
    let mut last: Option<(usize, Vec<u8>)> = None;
    let mut failed = false;
    for _ in 0..2 {
        let run = (|| {
            let (from, mut upload) = match &last {
                None => (0, bench.begin(mode)?),
                Some((at, state)) => (*at, bench.resume(mode, state)?),
            };
            for at in (from..all.len()).step_by(5) {
                let end = (at + 5).min(all.len());
                let done = upload.write(&all[at..end]).and_then(|()| upload.sync());
                match done {
                    Ok(state) => last = Some((end, state)),
                    Err(error) => {
                        upload.fail(&delivered(1));
                        return Err(error);
                    }
                }
            }
            upload.finish()
        })();
        match run {
            Ok(()) => return (bench, failed),
            Err(error) => assert!(error.to_string().contains("in time"), "{error}"),
        }
        failed = true;
    }
    panic!("a second run fails without a fault");
}

#[test]
fn any_request_may_be_lost_or_its_answer() {
    let (bench, _) = job_with_a_fault(Mode::Append, |_| {});
    let requests = bench.log(|log| log.requests);
    assert!(
        requests >= 7,
        "begin, find, four parts, complete: {requests}"
    );
    for mode in [Mode::Append, Mode::Replace] {
        for number in 1..=requests {
            let (bench, _) = job_with_a_fault(mode, |log| log.lost = Some(number));
            assert_eq!(
                bench.object().unwrap(),
                bytes(3 * PART + 3),
                "lost {number}"
            );
            let (bench, _) = job_with_a_fault(mode, |log| log.unanswered = Some(number));
            assert_eq!(
                bench.object().unwrap(),
                bytes(3 * PART + 3),
                "unanswered {number}"
            );
        }
    }
    // The last request made the object: that its answer is lost does no harm.
    let (_, failed) = job_with_a_fault(Mode::Append, |log| log.unanswered = Some(requests));
    assert!(!failed);
}

#[test]
fn memory_does_not_grow_with_the_object() {
    let part_size = 5 << 20;
    let bench = Bench::new();
    let discard = Arc::new(Discarding::default());
    let site = Site {
        store: Arc::clone(&discard) as Arc<dyn Store>,
        requests: Arc::clone(&bench.requests),
    };
    let mut upload = Upload::begin(site, &bench.address, Mode::Append, None, part_size).unwrap();
    let piece = bytes(70_001);
    let mut length = 0;
    while length < 200 << 20 {
        upload.write(&piece).unwrap();
        length += piece.len();
        assert!(
            upload.held() <= part_size,
            "{} bytes are held",
            upload.held()
        );
    }
    assert!(upload.sync().unwrap().len() < part_size + 300_000);
    upload.finish().unwrap();
    let seen = discard.0.lock().unwrap();
    assert_eq!(seen.iter().sum::<usize>(), length);
    assert_eq!(*seen.iter().max().unwrap(), part_size);
}

/// Keeps nothing but the lengths of parts.
#[derive(Default)]
struct Discarding(Mutex<Vec<usize>>);

#[async_trait]
impl Store for Discarding {
    async fn begin(&self, _: &Path, _: &Mark) -> Result<String, StoreError> {
        Ok("upload".to_owned())
    }

    async fn part(&self, _: &Path, _: &str, _: usize, part: Bytes) -> Result<String, StoreError> {
        self.0.lock().unwrap().push(part.len());
        Ok("part".to_owned())
    }

    async fn complete(&self, _: &Path, _: &str, _: Vec<String>, _: bool) -> Result<(), StoreError> {
        Ok(())
    }

    async fn abort(&self, _: &Path, _: &str) -> Result<(), StoreError> {
        Ok(())
    }

    async fn find(&self, _: &Path) -> Result<Option<Found>, StoreError> {
        Ok(None)
    }

    async fn read(&self, _: &Path, _: &Found, _: Range<u64>) -> Result<Bytes, StoreError> {
        Err(StoreError::NoObject)
    }

    async fn remove(&self, _: &Path) -> Result<(), StoreError> {
        Err(StoreError::NoObject)
    }

    async fn numbers(&self, _: &str, _: &str) -> Result<Vec<u64>, StoreError> {
        Ok(Vec::new())
    }
}

#[test]
fn an_object_has_no_more_parts_than_it_may() {
    let bench = Bench::new();
    let mut upload = bench.begin(Mode::Append).unwrap();
    upload.write(&bytes(MOST_PARTS * PART)).unwrap();
    let error = upload.write(&bytes(PART)).unwrap_err();
    assert!(error.to_string().contains("part_size"), "{error}");
}

/// The place of one bucket in memory.
struct Memory(Arc<Bench>);

impl Place for Memory {
    fn schemes(&self) -> &'static [&'static str] {
        &["memory"]
    }

    fn open(&self, _: &str, start: Start<'_>, _: &Words) -> io::Result<Box<dyn Output>> {
        let (site, address) = (self.0.site(), &self.0.address);
        Ok(Box::new(match start {
            Start::New { mode, job } => Upload::begin(site, address, mode, job, 70_000)?,
            Start::Resume { mode, state, .. } => Upload::resume(site, address, mode, state)?,
        }))
    }

    fn recovery(&self, _: &str) -> Recovery {
        Recovery::Exact
    }

    fn remove(&self, _: &str, mode: Mode, job: &str, _: &Words) -> io::Result<()> {
        if mode == Mode::Replace {
            return Ok(());
        }
        let (site, key, job) = (self.0.site(), self.0.address.key.clone(), job.to_owned());
        let removed = async move { remove(&*site.store, &key, &job).await };
        self.0.requests.wait(removed)
    }
}

/// Feeds of one object in a fresh bucket.
fn trial(format: &str, mode: Mode) -> Trial<Feed> {
    let bench = Arc::new(Bench::new());
    let address = format!("memory://bucket/items?format={format}");
    let read = Arc::clone(&bench);
    let snapshot = Arc::clone(&bench);
    let open = move || {
        let catalog = Catalog::default().place(Memory(Arc::clone(&bench)));
        catalog.feed(&address, mode, &BTreeMap::new()).unwrap()
    };
    let read = move || {
        let object = read.object().expect("an object");
        let text = String::from_utf8(object).unwrap();
        let items = serde_json::Deserializer::from_str(&text).into_iter::<serde_json::Value>();
        let items = items.map(|item| item.unwrap());
        let number = |item: &serde_json::Value| item["number"].as_u64().unwrap();
        items
            .flat_map(|item| match item {
                serde_json::Value::Array(items) => items,
                item => vec![item],
            })
            .map(|item| number(&item))
            .collect()
    };
    Trial::new(open, read).snapshot(move || snapshot.object().unwrap_or_default())
}

#[tokio::test]
async fn feeds_keep_what_sinks_promise() {
    for (format, mode) in [("json", Mode::Append), ("jsonl", Mode::Replace)] {
        ExportSuite::new(|| trial(format, mode))
            .resumes()
            .run()
            .await;
    }
}

proptest! {
    #[test]
    fn any_writes_with_any_cuts_make_the_same_object(
        writes in prop::collection::vec((0_usize..40, any::<bool>()), 0..30),
        append in any::<bool>(),
    ) {
        let mode = if append { Mode::Append } else { Mode::Replace };
        let bench = Bench::new();
        let all = bytes(writes.iter().map(|(length, _)| length).sum());
        let mut at = 0;
        let mut upload = bench.begin(mode).unwrap();
        for (length, cut) in writes {
            if cut {
                let state = upload.sync().unwrap();
                upload.write(&bytes(length)).unwrap();
                upload = bench.resume(mode, &state).unwrap();
            }
            upload.write(&all[at..at + length]).unwrap();
            at += length;
        }
        upload.finish().unwrap();
        prop_assert_eq!(bench.object().unwrap(), all);
    }
}
