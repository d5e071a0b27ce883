//! The promises about time: delay, concurrency, back-off.

use std::time::Duration;

use huntsman_core::frontier::{End, Supply};
use huntsman_core::pace::PaceChange;
use huntsman_core::request::Candidate;
use huntsman_core::{Frontier, HostKey, Timestamp};

use super::{at, get, leases, offer, settle, supply};

pub(super) async fn the_delay_is_kept(frontier: &impl Frontier) {
    offer(
        frontier,
        (0..5)
            .map(|n| get(&format!("http://a.example/{n}")))
            .collect(),
    )
    .await;
    let (mut now, mut starts) = (at(10_000), Vec::new());
    while starts.len() < 5 {
        match supply(frontier, 4, now).await {
            Supply::Ready(leases) => {
                assert_eq!(leases.len(), 1, "one at a time while there is a delay");
                starts.push(now.0);
                settle(frontier, &leases[0], End::Done, Vec::new(), now).await;
            }
            Supply::NotBefore(time) => {
                assert!(time > now, "NotBefore lies ahead");
                now = time;
            }
            other => panic!("{other:?} while requests wait"),
        }
    }
    for pair in starts.windows(2) {
        let gap = pair[1] - pair[0];
        assert!((1000..=1500).contains(&gap), "a gap of {gap} ms");
    }
}

pub(super) async fn no_more_at_once_than_allowed(frontier: &impl Frontier) {
    offer(
        frontier,
        (0..5)
            .map(|n| get(&format!("http://a.example/{n}")))
            .collect(),
    )
    .await;
    let first = leases(frontier, 9, at(0)).await;
    assert_eq!(first.len(), 2);
    assert!(matches!(supply(frontier, 9, at(0)).await, Supply::Leased));
    settle(frontier, &first[0], End::Done, Vec::new(), at(1)).await;
    assert_eq!(leases(frontier, 9, at(1)).await.len(), 1);
}

pub(super) async fn an_answered_request_is_not_under_way(frontier: &impl Frontier) {
    let found = (0..5).map(|n| get(&format!("http://a.example/{n}")));
    offer(frontier, found.collect()).await;
    let first = leases(frontier, 9, at(0)).await;
    assert_eq!(first.len(), 2);
    for _ in 0..2 {
        // Said twice, it still frees one place.
        frontier.answered(first[0].id);
    }
    let second = leases(frontier, 9, at(0)).await;
    assert_eq!(second.len(), 1, "one place was freed");
    settle(frontier, &first[0], End::Done, Vec::new(), at(1)).await;
    assert!(
        matches!(supply(frontier, 9, at(1)).await, Supply::Leased),
        "its settlement frees no further one"
    );
    frontier.answered(first[0].id);
    settle(frontier, &first[1], End::Done, Vec::new(), at(1)).await;
    assert_eq!(leases(frontier, 9, at(1)).await.len(), 1);
}

pub(super) async fn one_slow_host_does_not_hold_up_the_others(frontier: &impl Frontier) {
    let mut found: Vec<Candidate> = (0..50)
        .map(|n| get(&format!("http://a.example/{n}")))
        .collect();
    found.extend((0..5).map(|n| get(&format!("http://b{n}.example/"))));
    offer(frontier, found).await;
    assert_eq!(
        leases(frontier, 50, at(0)).await.len(),
        6,
        "one of each host"
    );
}

pub(super) async fn pace_changes_count_at_once(frontier: &impl Frontier) {
    let host = HostKey::from("a.example");
    offer(
        frontier,
        (0..9)
            .map(|n| get(&format!("http://a.example/{n}")))
            .collect(),
    )
    .await;
    let pace = |change, now| frontier.pace(&host, change, now);
    pace(PaceChange::Hold, at(0)).await.expect("pace");
    assert!(
        leases(frontier, 1, at(0)).await.is_empty(),
        "a held host gives nothing"
    );
    pace(PaceChange::Release, at(0)).await.expect("pace");
    assert_eq!(leases(frontier, 1, at(0)).await.len(), 1);
    pace(PaceChange::NotBefore(at(700)), at(0))
        .await
        .expect("pace");
    assert!(matches!(
        supply(frontier, 1, at(1)).await,
        Supply::NotBefore(Timestamp(700))
    ));
    assert_eq!(leases(frontier, 1, at(700)).await.len(), 1);
    pace(PaceChange::AtLeast(Duration::from_secs(2)), at(700))
        .await
        .expect("pace");
    assert!(matches!(
        supply(frontier, 1, at(800)).await,
        Supply::NotBefore(Timestamp(2700))
    ));
}

pub(super) async fn a_retry_comes_back_when_it_is_due(frontier: &impl Frontier) {
    offer(frontier, vec![get("http://a.example/")]).await;
    let lease = leases(frontier, 1, at(0)).await.remove(0);
    assert_eq!(lease.tried, 0);
    settle(
        frontier,
        &lease,
        End::Retry {
            not_before: at(5000),
        },
        Vec::new(),
        at(0),
    )
    .await;
    assert!(matches!(
        supply(frontier, 1, at(10)).await,
        Supply::NotBefore(Timestamp(5000))
    ));
    let again = leases(frontier, 1, at(5000)).await.remove(0);
    assert_eq!((again.tried, &again.request), (1, &lease.request));
    assert_ne!(again.id, lease.id, "a lease's id is never used again");
}
