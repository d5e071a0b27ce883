//! A clock that jumps by years, between runs and within one: nothing is put off for years, and
//! nothing is lost.

use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;

use huntsman_core::frontier::{End, Settlement, Supply};
use huntsman_core::pace::PaceChange;
use huntsman_core::{Frontier, HostKey, Item as _, Position, Sequence, Timestamp};
use huntsman_testkit::Sample;

use super::{done, get, lease_up_to, sample};
use crate::{Options, Store};

const YEAR: u64 = 365 * 24 * 60 * 60 * 1000;
/// Where the clock is right.
const TODAY: u64 = 56 * YEAR;

fn open_at(dir: &Path, now: u64) -> Store {
    let options = Options::new("books", "1", Timestamp(now)).schemas(Sample::schemas());
    Store::open(dir, options).unwrap()
}

/// Leases what is due, by waiting as the store says: the URLs, and the time then.
async fn all(store: &Store, mut now: u64) -> (Vec<String>, u64) {
    let mut urls = Vec::new();
    loop {
        match store
            .lease(NonZeroUsize::MIN, Timestamp(now))
            .await
            .unwrap()
        {
            Supply::Ready(leases) => {
                for lease in leases {
                    urls.push(lease.request.url.path().to_owned());
                    let end = done(&lease, vec![], vec![sample(urls.len() as u64)]);
                    store.settle(vec![end], Timestamp(now)).await.unwrap();
                }
            }
            Supply::NotBefore(time) => {
                assert!(time.0 > now, "it would be asked again and again");
                now = time.0;
            }
            Supply::Leased => panic!("nothing is out"),
            Supply::Drained => break,
        }
    }
    urls.sort();
    (urls, now)
}

/// A run at `now` that takes in three pages of two hosts, tries one again ten seconds later, and
/// puts the other host off by a minute.
async fn begin(store: &Store, now: u64) {
    let found = [
        "http://a.example/1",
        "http://a.example/2",
        "http://b.example/3",
    ]
    .map(get);
    store.offer(found.to_vec(), Timestamp(now)).await.unwrap();
    let lease = lease_up_to(store, 1, now).await.remove(0);
    let again = Settlement {
        end: End::Retry {
            not_before: Timestamp(now + 10_000),
        },
        ..Settlement::done(lease.id)
    };
    store.settle(vec![again], Timestamp(now)).await.unwrap();
    let busy = PaceChange::NotBefore(Timestamp(now + 60_000));
    let host = HostKey::from("b.example");
    store.pace(&host, busy, Timestamp(now)).await.unwrap();
    let slow = PaceChange::AtLeast(Duration::from_secs(2));
    let host = HostKey::from("a.example");
    store.pace(&host, slow, Timestamp(now)).await.unwrap();
}

#[tokio::test]
async fn set_back_by_years_between_runs_nothing_waits_for_the_wrong_time() {
    let dir = tempfile::tempdir().unwrap();
    let store = open_at(dir.path(), TODAY + 10 * YEAR);
    begin(&store, TODAY + 10 * YEAR).await;
    store.close().await.unwrap();
    drop(store);
    // Once more before anything was done: the places on disk are still those of the wrong clock.
    drop(open_at(dir.path(), TODAY));
    let store = open_at(dir.path(), TODAY);
    let (urls, now) = all(&store, TODAY).await;
    assert_eq!(urls, ["/1", "/2", "/3"]);
    // The first page of a.example waits for the site's own delay, the second one once more.
    assert_eq!(now, TODAY + 4_000);
    store.close().await.unwrap();
    drop(store);
    let store = open_at(dir.path(), TODAY);
    assert_eq!(all(&store, TODAY).await.0, [""; 0], "each of them once");
    assert_eq!(store.job().unwrap().last, Sequence(3));
}

#[tokio::test]
async fn set_forward_by_years_between_runs_everything_is_due() {
    let dir = tempfile::tempdir().unwrap();
    let store = open_at(dir.path(), TODAY);
    begin(&store, TODAY).await;
    store.close().await.unwrap();
    drop(store);
    let later = TODAY + 10 * YEAR;
    let store = open_at(dir.path(), later);
    let (urls, now) = all(&store, later).await;
    assert_eq!(urls, ["/1", "/2", "/3"]);
    // The site's own delay still holds.
    assert_eq!(now, later + 2_000);
}

#[tokio::test]
async fn back_and_forth_within_a_run_nothing_is_lost_and_no_host_stands_still() {
    let dir = tempfile::tempdir().unwrap();
    let store = open_at(dir.path(), TODAY);
    begin(&store, TODAY).await;
    // What ends "ten years ago" or "in ten years" is tried again as the engine says.
    let mut tried = 0;
    let (mut now, mut out) = (TODAY, Vec::new());
    for jump in [TODAY + 10 * YEAR, TODAY - 10 * YEAR, TODAY, 0] {
        out.extend(lease_up_to(&store, 9, now).await);
        now = jump;
        for lease in out.drain(..) {
            tried += 1;
            let again = Settlement {
                end: End::Retry {
                    not_before: Timestamp(now).after(Duration::from_secs(5)),
                },
                ..Settlement::done(lease.id)
            };
            store.settle(vec![again], Timestamp(now)).await.unwrap();
        }
    }
    assert!(tried > 0);
    assert_eq!(store.counts().queued, 3);
    // In the run itself the engine's clock cannot jump; the next one has the right time.
    store.close().await.unwrap();
    drop(store);
    let store = open_at(dir.path(), TODAY);
    let (urls, now) = all(&store, TODAY).await;
    assert_eq!(urls, ["/1", "/2", "/3"]);
    assert!(now <= TODAY + 120_000, "it waited for {} ms", now - TODAY);
}

#[tokio::test]
async fn records_and_positions_go_by_their_numbers_whatever_the_clock_says() {
    let dir = tempfile::tempdir().unwrap();
    let mut next = 1;
    for (run, now) in [TODAY, TODAY + 10 * YEAR, TODAY - 10 * YEAR, 0, TODAY]
        .into_iter()
        .enumerate()
    {
        let store = open_at(dir.path(), now);
        let kept = store.position("sink").await.unwrap();
        assert_eq!(
            kept.map_or(1, |position| position.sequence.0 + 1),
            next,
            "run {run}"
        );
        let url = format!("http://a.example/{run}");
        store.offer(vec![get(&url)], Timestamp(now)).await.unwrap();
        let lease = lease_up_to(&store, 1, now + 60_000).await.remove(0);
        let end = done(&lease, vec![], vec![sample(next), sample(next + 1)]);
        // The clock jumps while the page is under way.
        store.settle(vec![end], Timestamp(TODAY)).await.unwrap();
        let records = store.outbox(Sequence(next - 1), 9).await.unwrap();
        assert_eq!(records.len(), 2, "run {run}");
        next += 2;
        let position = Position {
            sequence: Sequence(next - 1),
            state: vec![],
        };
        store.keep("sink", position).await.unwrap();
        store.confirm(Sequence(next - 1)).await.unwrap();
        assert_eq!(store.counts().outbox, 0, "run {run}");
        assert_eq!(store.job().unwrap().began, Timestamp(TODAY), "run {run}");
        store.close().await.unwrap();
    }
}
