//! What a job remembers from run to run.

use std::num::NonZeroUsize;
use std::time::Duration;

use huntsman_core::frontier::{End, Saved, Settlement, Supply};
use huntsman_core::pace::PaceChange;
use huntsman_core::{
    Field, FieldType as _, Frontier, HostKey, Item, Position, Rejected, Schema, Sequence, Source,
    Stream, Timestamp, Url,
};
use huntsman_testkit::Sample;

use super::{done, get, lease_up_to, open, options, sample};
use crate::{Store, StoreError};

#[tokio::test]
async fn leases_come_back_and_count_their_tries() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    store
        .offer(vec![get("http://a.example/")], Timestamp(0))
        .await
        .unwrap();
    let lease = lease_up_to(&store, 1, 0).await.remove(0);
    let again = Settlement {
        end: End::Retry {
            not_before: Timestamp(500),
        },
        ..Settlement::done(lease.id)
    };
    store.settle(vec![again], Timestamp(0)).await.unwrap();
    drop(store);
    let store = open(dir.path());
    let supply = store.lease(NonZeroUsize::MIN, Timestamp(1)).await.unwrap();
    assert!(
        matches!(supply, Supply::NotBefore(Timestamp(500))),
        "{supply:?}"
    );
    let second = lease_up_to(&store, 1, 500).await.remove(0);
    assert_eq!((second.tried, &second.request), (1, &lease.request));
    drop(store);
    let store = open(dir.path());
    assert_eq!((store.counts().queued, store.counts().leased), (1, 0));
    let third = lease_up_to(&store, 1, 500).await.remove(0);
    assert_eq!((third.tried, &third.request), (1, &lease.request));
    assert!(third.id != second.id && second.id != lease.id);
    let known = store
        .offer(vec![get("http://a.example/")], Timestamp(0))
        .await
        .unwrap();
    assert_eq!((known.new, known.known), (0, 1));
}

#[tokio::test]
async fn paces_are_kept_and_a_wrong_clock_does_not_stop_a_host() {
    let dir = tempfile::tempdir().unwrap();
    let (a, b) = (HostKey::from("a.example"), HostKey::from("b.example"));
    let store = open(dir.path());
    let found = vec![
        get("http://a.example/1"),
        get("http://a.example/2"),
        get("http://b.example/"),
    ];
    store.offer(found, Timestamp(0)).await.unwrap();
    let later = PaceChange::NotBefore(Timestamp(9000));
    store.pace(&a, later, Timestamp(0)).await.unwrap();
    let slow = PaceChange::AtLeast(Duration::from_secs(7));
    store.pace(&a, slow, Timestamp(0)).await.unwrap();
    let far = Timestamp(1 << 50);
    store
        .pace(&b, PaceChange::NotBefore(far), far)
        .await
        .unwrap();
    store.close().await.unwrap();
    drop(store);
    let store = open(dir.path());
    // Due when the job was opened: no host is put off for years.
    let lease = lease_up_to(&store, 1, 1000).await.remove(0);
    assert_eq!(lease.request.url.as_str(), "http://b.example/");
    let supply = store
        .lease(NonZeroUsize::MIN, Timestamp(1000))
        .await
        .unwrap();
    assert!(
        matches!(supply, Supply::NotBefore(Timestamp(9000))),
        "{supply:?}"
    );
    let lease = lease_up_to(&store, 1, 9000).await.remove(0);
    store
        .settle(vec![done(&lease, vec![], vec![])], Timestamp(9000))
        .await
        .unwrap();
    let supply = store
        .lease(NonZeroUsize::MIN, Timestamp(9001))
        .await
        .unwrap();
    assert!(
        matches!(supply, Supply::NotBefore(Timestamp(16_000))),
        "{supply:?}"
    );
    let lease = lease_up_to(&store, 9, 16_000).await.remove(0);
    assert_eq!(lease.request.url.as_str(), "http://a.example/2");
}

#[tokio::test]
async fn positions_and_the_job_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()));
    // A run that took nothing in is none.
    let store = open(dir.path());
    let first = store.job().unwrap();
    assert_eq!((first.resumed, first.began), (false, Timestamp(1000)));
    assert_eq!(store.position("a").await.unwrap(), None);
    let position = |sequence, state: &[u8]| Position {
        sequence: Sequence(sequence),
        state: state.to_vec(),
    };
    store.keep("a", position(1, b"x")).await.unwrap();
    store.keep("a", position(5, b"longer\0")).await.unwrap();
    store.keep("b", position(0, b"")).await.unwrap();
    store
        .offer(vec![get("http://a.example/")], Timestamp(0))
        .await
        .unwrap();
    store.save(vec![cookies(b"old")]).await.unwrap();
    store.save(vec![cookies(b"new")]).await.unwrap();
    drop(store);
    let later = crate::Options {
        now: Timestamp(9999),
        ..options()
    };
    let store = Store::open(dir.path(), later).unwrap();
    let job = store.job().unwrap();
    assert_eq!(
        (job.resumed, job.began, &job.name),
        (true, Timestamp(1000), &first.name)
    );
    assert_eq!(
        store.position("a").await.unwrap(),
        Some(position(5, b"longer\0"))
    );
    assert_eq!(store.position("b").await.unwrap(), Some(position(0, b"")));
    assert_eq!(store.saved("cook").await.unwrap(), [cookies(b"new")]);
    assert_eq!(store.saved("cookies/").await.unwrap(), []);
    let other = tempfile::tempdir().unwrap();
    assert_ne!(open(other.path()).job().unwrap().name, first.name);
}

#[tokio::test]
async fn a_finished_job_says_so_until_it_is_begun_again() {
    let dir = tempfile::tempdir().unwrap();
    let seed = || vec![get("http://a.example/")];
    let finished = || open(dir.path()).job().unwrap().finished;
    let store = open(dir.path());
    store.offer(seed(), Timestamp(0)).await.unwrap();
    let lease = lease_up_to(&store, 1, 0).await.remove(0);
    let page = done(&lease, vec![], vec![sample(1)]);
    store.settle(vec![page], Timestamp(0)).await.unwrap();
    drop(store);
    assert!(!finished());
    let store = open(dir.path());
    store.confirm(Sequence(1)).await.unwrap();
    store.finish().await.unwrap();
    drop(store);
    assert!(finished() && finished());
    let store = open(dir.path());
    assert_eq!(store.counts().outbox, 0);
    store.offer(seed(), Timestamp(0)).await.unwrap();
    drop(store);
    assert!(finished(), "what is known changes nothing");
    let store = open(dir.path());
    store
        .offer(vec![get("http://a.example/new")], Timestamp(0))
        .await
        .unwrap();
    drop(store);
    assert!(!finished());
}

/// Pages with records, of both streams, not taken by any sink.
async fn with_records(store: &Store, pages: u64) {
    let source = Source {
        spider: "books",
        url: Url::parse("http://a.example/").unwrap(),
        base: Url::parse("http://a.example/").unwrap(),
        request: huntsman_core::Fingerprint(7),
        time: Timestamp(9),
    };
    for page in 0..pages {
        let url = format!("http://a.example/{page}");
        store.offer(vec![get(&url)], Timestamp(0)).await.unwrap();
        let lease = lease_up_to(store, 1, 0).await.remove(0);
        let rejected = Rejected::new(&Sample::numbered(page), Vec::new(), &source, "");
        let items = vec![sample(page), rejected.erased()];
        let settled = store
            .settle(vec![done(&lease, vec![], items)], Timestamp(0))
            .await
            .unwrap();
        assert_eq!((settled[0].records, settled[0].quarantined), (2, 1));
    }
}

async fn lines(store: &Store) -> Vec<String> {
    let records = store.outbox(Sequence(0), 1000).await.unwrap();
    let line = |record: &huntsman_core::Record| {
        let json = serde_json::to_string(&record.item.fields()).unwrap();
        let (stream, kind) = (record.item.stream(), record.item.schema().name);
        format!("{} {} {stream:?} {kind} {json}", record.id, record.url)
    };
    records.iter().map(line).collect()
}

#[tokio::test]
async fn records_wait_for_their_sinks_from_run_to_run() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    with_records(&store, 9).await;
    let before = lines(&store).await;
    assert_eq!(before.len(), 18);
    drop(store);
    let store = open(dir.path());
    assert_eq!(lines(&store).await, before);
    let records = store.outbox(Sequence(0), 2).await.unwrap();
    assert!(records[0].item.as_any().is::<crate::Stored>());
    assert_eq!(records[1].item.stream(), Stream::Quarantine);
    store.confirm(Sequence(7)).await.unwrap();
    assert_eq!(store.job().unwrap().confirmed, Sequence(7));
    store.close().await.unwrap();
    drop(store);
    let store = open(dir.path());
    assert_eq!(lines(&store).await, before[7..]);
    assert_eq!(store.counts().outbox, 11);
    store.confirm(Sequence(1000)).await.unwrap();
    assert_eq!(store.job().unwrap().confirmed, Sequence(18));
}

#[tokio::test]
async fn records_beyond_the_memory_for_them_are_read_back() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let small = Store::open(dir.path(), options().outbox_memory(1000)).unwrap();
    let large = open(other.path());
    with_records(&small, 9).await;
    with_records(&large, 9).await;
    assert_eq!(lines(&small).await, lines(&large).await);
    let records = small.outbox(Sequence(0), 18).await.unwrap();
    let read = records
        .iter()
        .filter(|record| record.item.as_any().is::<crate::Stored>());
    let read = read.count();
    assert!((5..18).contains(&read), "{read}");
}

/// The type of before, with a field less.
static CHANGED: Schema = Schema::new("Sample", &[Field::new("number", u64::KIND)]);

#[tokio::test]
async fn records_of_a_type_that_changed_are_refused_until_they_are_delivered() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    with_records(&store, 1).await;
    drop(store);
    let changed = || options().schemas(&[&CHANGED]);
    let error = Store::open(dir.path(), changed()).unwrap_err();
    assert!(
        matches!(&error, StoreError::Schema(kind) if kind == "Sample"),
        "{error}"
    );
    let store = open(dir.path());
    store.confirm(Sequence(2)).await.unwrap();
    drop(store);
    Store::open(dir.path(), changed()).unwrap();
}

/// An item that no serializer can have.
struct Broken;

impl serde::Serialize for Broken {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("no price"))
    }
}

impl Item for Broken {
    fn schemas() -> &'static [&'static Schema] {
        &[]
    }

    fn schema(&self) -> &'static Schema {
        &CHANGED
    }

    fn fields(&self) -> &dyn erased_serde::Serialize {
        self
    }
}

#[tokio::test]
async fn an_item_that_cannot_be_stored_commits_nothing_of_its_batch() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    store
        .offer(vec![get("http://a.example/")], Timestamp(0))
        .await
        .unwrap();
    let lease = lease_up_to(&store, 1, 0).await.remove(0);
    let items = vec![sample(1), std::sync::Arc::new(Broken) as _];
    let found = vec![get("http://a.example/x")];
    let error = store
        .settle(vec![done(&lease, found, items)], Timestamp(0))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the frontier's store failed: an item of type `Sample` from http://a.example/ cannot be \
         stored: no price"
    );
    assert_eq!(
        (
            store.counts().leased,
            store.counts().seen,
            store.counts().outbox
        ),
        (1, 1, 0)
    );
    store
        .settle(vec![done(&lease, vec![], vec![sample(7)])], Timestamp(0))
        .await
        .unwrap();
    assert_eq!(lines(&store).await.len(), 1);
    drop(store);
    assert_eq!(lines(&open(dir.path())).await.len(), 1);
}

#[tokio::test]
async fn calls_at_the_same_time_share_a_commit_and_each_has_its_answer() {
    let dir = tempfile::tempdir().unwrap();
    let options = options().group_delay(Duration::from_millis(2));
    let store = std::sync::Arc::new(Store::open(dir.path(), options).unwrap());
    let mut calls = tokio::task::JoinSet::new();
    for caller in 0..40 {
        let store = std::sync::Arc::clone(&store);
        calls.spawn(async move {
            for n in 0..5 {
                // Each URL is offered by two callers: one of them is the first.
                let url = format!("http://a.example/{}/{n}", caller / 2);
                let admission = store.offer(vec![get(&url)], Timestamp(0)).await.unwrap();
                assert_eq!(admission.new + admission.known, 1);
            }
        });
    }
    while let Some(call) = calls.join_next().await {
        call.unwrap();
    }
    assert_eq!((store.counts().seen, store.counts().queued), (100, 100));
}

fn cookies(value: &[u8]) -> Saved {
    Saved {
        name: "cookies".into(),
        value: value.to_vec(),
    }
}
