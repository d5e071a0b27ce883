//! What a page has led to is leased before the page is on disk, and never outlives it alone.

use huntsman_core::frontier::{Account, Answer, Lease, Outcome, Settlement};
use huntsman_core::pace::Pace;
use huntsman_core::{Frontier, FrontierError, HostKey, Position, RawResponse, Sequence, Timestamp};

use super::disk::Disk;
use super::{done, get, lease_up_to, open, options, sample};
use crate::Store;

/// Many at a time.
fn quick(disk: &Disk) -> Store {
    let pace = |_: &HostKey| Pace {
        concurrency: 1000,
        ..Pace::default()
    };
    disk.open(options().pace(pace)).unwrap()
}

fn page(number: u32) -> String {
    format!("http://a.example/{number}")
}

/// A store with one page under way, which has led to so many others that were announced.
async fn announced(store: &Store, links: u32) -> Settlement {
    store
        .offer(vec![get(&page(0))], Timestamp(0))
        .await
        .unwrap();
    let first = lease_up_to(store, 1, 0).await.remove(0);
    let found = (1..=links).map(|number| get(&page(number))).collect();
    let coming = done(&first, found, vec![sample(0)]);
    assert!(store.announce(&[&coming], Timestamp(1)).await.unwrap());
    coming
}

#[tokio::test]
async fn a_crash_between_leased_and_synced_forgets_what_was_found_with_its_page() {
    for cut in [None, Some(1), Some(2), Some(3)] {
        let disk = Disk::with_job();
        let store = quick(&disk);
        let _coming = announced(&store, 3).await;
        let leases = lease_up_to(&store, 2, 1).await;
        assert_eq!(leases.len(), 2, "before any commit");
        // A commit of others takes nothing of it along.
        let position = Position {
            sequence: Sequence(0),
            state: Vec::new(),
        };
        store.keep("sink", position).await.unwrap();
        let counts = store.counts();
        assert_eq!((counts.queued, counts.leased, counts.seen), (1, 3, 4));
        match cut {
            None => disk.kill(),
            Some(draw) => disk.cut(draw),
        }
        drop(store);

        let store = quick(&disk);
        let counts = store.counts();
        assert_eq!((counts.queued, counts.leased, counts.seen), (1, 0, 1));
        let again = lease_up_to(&store, 9, 2).await;
        assert_eq!(again.len(), 1);
        assert_eq!(again[0].request.url.as_str(), page(0));
        let found = (1..=3).map(|number| get(&page(number))).collect();
        let settled = store
            .settle(vec![done(&again[0], found, vec![])], Timestamp(3))
            .await;
        assert_eq!(
            settled.unwrap()[0].admission.new,
            3,
            "nothing of it was known"
        );
        assert_eq!(lease_up_to(&store, 9, 3).await.len(), 3);
    }
}

#[tokio::test]
async fn a_page_and_what_it_led_to_end_in_one_commit() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut coming = announced(&store, 2).await;
    store.answered(coming.lease);
    let child = lease_up_to(&store, 1, 1).await.remove(0);
    let parsed = |url: &str| {
        let raw = RawResponse::ok(url.parse().unwrap(), "body");
        Some(Box::new(Account::from(Outcome::Parsed(Answer::of(&raw)))))
    };
    coming.account = parsed(&page(0));
    let mut end = done(&child, vec![get(&page(2)), get(&page(9))], vec![sample(1)]);
    end.account = parsed(&page(1));
    assert!(store.announce(&[&end], Timestamp(2)).await.unwrap());
    let settled = store.settle(vec![coming, end], Timestamp(2)).await.unwrap();
    assert_eq!((settled[0].admission.new, settled[1].admission.new), (2, 1));
    assert_eq!((settled[1].admission.known, settled[1].last.0), (1, 2));
    drop(store);

    let report = crate::check(dir.path()).unwrap();
    assert_eq!(report.problems, Vec::<String>::new());
    let store = open(dir.path());
    let counts = store.counts();
    assert_eq!((counts.queued, counts.seen, counts.outbox), (2, 4, 2));
    let question = crate::Question::url(&page(1)).unwrap();
    let why = store.why(question).await.unwrap();
    assert_eq!(why.attempts.len(), 1, "{why:?}");
}

#[tokio::test]
async fn a_request_does_not_end_before_the_page_that_it_was_found_on() {
    let disk = Disk::with_job();
    let store = quick(&disk);
    let coming = announced(&store, 1).await;
    let child: Lease = lease_up_to(&store, 1, 1).await.remove(0);
    let early = store
        .settle(vec![Settlement::done(child.id)], Timestamp(2))
        .await;
    let error = early.unwrap_err();
    assert!(
        matches!(&error, FrontierError::Store(why) if why.contains("before the page")),
        "{error}"
    );
    let both = vec![coming, Settlement::done(child.id)];
    store.settle(both, Timestamp(2)).await.unwrap();
    assert_eq!(store.counts().queued, 0);
}

#[tokio::test]
async fn a_long_queue_is_in_order_whether_it_is_on_disk_or_not() {
    let disk = Disk::with_job();
    let store = quick(&disk);
    let coming = announced(&store, 100).await;
    let mut leases = lease_up_to(&store, 30, 1).await;
    let mut batch = vec![coming];
    batch.extend(
        leases
            .iter()
            .take(20)
            .map(|lease| Settlement::done(lease.id)),
    );
    store.settle(batch, Timestamp(2)).await.unwrap();
    // The next ones are behind those on disk.
    let found = (101..=200).map(|number| get(&page(number))).collect();
    let second = done(&leases[25], found, Vec::new());
    assert!(store.announce(&[&second], Timestamp(3)).await.unwrap());
    leases.extend(lease_up_to(&store, 120, 3).await);
    store.settle(vec![second], Timestamp(4)).await.unwrap();
    leases.extend(lease_up_to(&store, 500, 4).await);
    let urls: Vec<_> = leases
        .iter()
        .map(|lease| lease.request.url.to_string())
        .collect();
    assert_eq!(urls, (1..=200).map(page).collect::<Vec<_>>());
}

#[tokio::test]
async fn fingerprints_that_move_to_their_tree_are_never_taken_for_new() {
    let disk = Disk::with_job();
    let store = quick(&disk);
    store.enough_seen(8);
    let mut next = 1;
    store
        .offer(vec![get(&page(0))], Timestamp(0))
        .await
        .unwrap();
    for now in 0..60 {
        let Some(lease) = lease_up_to(&store, 1, now).await.pop() else {
            break;
        };
        // All that were ever found, and three more.
        let found: Vec<_> = (0..next + 3).map(|number| get(&page(number))).collect();
        let coming = done(&lease, found, Vec::new());
        assert!(store.announce(&[&coming], Timestamp(now)).await.unwrap());
        let settled = store.settle(vec![coming], Timestamp(now)).await.unwrap();
        assert_eq!(settled[0].admission.new, 3);
        next += 3;
    }
    assert_eq!(store.counts().seen, u64::from(next));
}
