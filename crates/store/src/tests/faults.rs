//! A disk that fails at each call in turn, and then loses power: what was acknowledged is there,
//! and what was not is there whole or not at all.

use huntsman_core::{Frontier as _, Position, Sequence, Timestamp};

use super::disk::{Disk, Fault};
use super::{done, get, lease_up_to, options, sample};
use crate::{Store, StoreError};

/// What of a store can be told from outside: queued URLs, seen, records, a position.
type Told = (Vec<String>, u64, Vec<String>, Option<u64>);

async fn told(store: &Store) -> Told {
    let leases = lease_up_to(store, 1000, 10_000).await;
    let mut urls: Vec<String> = Vec::new();
    for lease in leases {
        urls.push(format!("{} {}", lease.request.url, lease.tried));
    }
    urls.sort();
    let records = store.outbox(Sequence(0), 1000).await.unwrap();
    let json = |record: &huntsman_core::Record| {
        format!(
            "{} {}",
            record.id,
            serde_json::to_string(&record.item.fields()).unwrap()
        )
    };
    let position = store.position("a").await.unwrap();
    (
        urls,
        store.counts().seen,
        records.iter().map(json).collect(),
        position.map(|position| position.sequence.0),
    )
}

/// A job with some pages of two hosts; one is leased.
async fn prepared(disk: &Disk) -> (Store, huntsman_core::frontier::Lease) {
    let pace = |_: &huntsman_core::HostKey| huntsman_core::pace::Pace {
        concurrency: 1000,
        ..Default::default()
    };
    let store = disk.open(options().pace(pace)).unwrap();
    let seeds = (0..9).map(|n| get(&format!("http://h{}.example/{n}", n % 2)));
    store.offer(seeds.collect(), Timestamp(0)).await.unwrap();
    let lease = lease_up_to(&store, 1, 0).await.remove(0);
    let page = done(&lease, vec![get("http://h0.example/x")], vec![sample(1)]);
    store.settle(vec![page], Timestamp(0)).await.unwrap();
    let position = Position {
        sequence: Sequence(1),
        state: vec![1],
    };
    store.keep("a", position).await.unwrap();
    let lease = lease_up_to(&store, 1, 0).await.remove(0);
    (store, lease)
}

fn again(disk: &Disk) -> Result<Store, StoreError> {
    let pace = |_: &huntsman_core::HostKey| huntsman_core::pace::Pace {
        concurrency: 1000,
        ..Default::default()
    };
    disk.open(options().pace(pace))
}

async fn the_settlement(store: &Store, lease: &huntsman_core::frontier::Lease) -> bool {
    let found = (0..40).map(|n| get(&format!("http://h{}.example/new/{n}", n % 3)));
    let items = (2..12).map(sample).collect();
    let page = done(lease, found.collect(), items);
    store.settle(vec![page], Timestamp(5)).await.is_ok()
}

/// The state before the settlement and after it, and how many calls it takes.
async fn both() -> (Told, Told, u64) {
    let disk = Disk::with_job();
    let (store, _) = prepared(&disk).await;
    disk.kill();
    drop(store);
    let before = told(&again(&disk).unwrap()).await;
    let disk = Disk::with_job();
    let (store, lease) = prepared(&disk).await;
    let calls = disk.calls();
    assert!(the_settlement(&store, &lease).await);
    let calls = disk.calls() - calls;
    disk.cut(1);
    drop(store);
    let after = told(&again(&disk).unwrap()).await;
    assert_ne!(before, after);
    (before, after, calls)
}

#[tokio::test]
async fn a_settlement_is_whole_or_not_there_whatever_fails() {
    let (before, after, calls) = both().await;
    assert!(calls > 5, "{calls}");
    let (mut seen_before, mut seen_after) = (0, 0);
    for fault in [Fault::Full, Fault::Short, Fault::Sync] {
        for call in 0..=calls {
            let disk = Disk::with_job();
            let (store, lease) = prepared(&disk).await;
            disk.fail(call, fault);
            let acknowledged = the_settlement(&store, &lease).await;
            disk.cut(0x9E37_79B9 + call * 77);
            drop(store);
            let found = told(&again(&disk).unwrap()).await;
            if found == before {
                seen_before += 1;
                assert!(!acknowledged, "{fault:?} at {call}: acknowledged and lost");
            } else {
                seen_after += 1;
                assert_eq!(found, after, "{fault:?} at {call}");
            }
        }
    }
    assert!(seen_before > 0 && seen_after > 0);
}

#[tokio::test]
async fn after_a_failure_nothing_more_is_acknowledged() {
    let disk = Disk::with_job();
    let (store, lease) = prepared(&disk).await;
    disk.fail(0, Fault::Full);
    let found = (0..2000).map(|n| get(&format!("http://h0.example/new/{n}")));
    let error = store
        .offer(found.collect(), Timestamp(0))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the frontier's store failed: no room is left for the job's store (no storage space); \
         make some, and resume: nothing is lost"
    );
    assert!(!the_settlement(&store, &lease).await);
    assert!(store.close().await.is_err());
}
