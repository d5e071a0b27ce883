//! A crawl that is cut after any of its steps, and resumed, has the same pages and items as one
//! that is not, and every item once.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::Arc;

use huntsman_core::frontier::{End, Lease, Settlement, Supply};
use huntsman_core::{Frontier as _, Position, Sequence, Timestamp};

use super::disk::Disk;
use super::{get, options, sample};
use crate::Store;

/// What a crawl leaves: pages, each as often as it was done, and the sink's lines in order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Left {
    pages: BTreeSet<String>,
    lines: Vec<String>,
}

/// The web: page n leads to 2n + 1 and 2n + 2, and back to 0; every third fails at first.
fn ending(lease: &Lease, now: u64) -> Settlement {
    let n: u64 = lease.request.url.path()[1..].parse().unwrap();
    let fails = n.is_multiple_of(3) && lease.tried == 0;
    let url = |n: u64| get(&format!("http://h{}.example/{n}", n % 3));
    let found = [2 * n + 1, 2 * n + 2, 0].map(url);
    Settlement {
        end: if fails {
            End::Retry {
                not_before: Timestamp(now + 10),
            }
        } else {
            End::Done
        },
        found: if n < 20 && !fails {
            found.to_vec()
        } else {
            Vec::new()
        },
        items: if fails {
            Vec::new()
        } else {
            (0..n % 3).map(|k| sample(n * 10 + k)).collect()
        },
        ..Settlement::done(lease.id)
    }
}

/// A file of lines, with the length that was synced.
#[derive(Debug, Default)]
struct Sink {
    lines: Vec<String>,
    at: Sequence,
}

impl Sink {
    /// Goes back to where it is known to have stood.
    async fn open(&mut self, store: &Store) {
        let position = store.position("sink").await.unwrap();
        let (at, length) = position.map_or((Sequence(0), 0), |position| {
            let length: [u8; 8] = position.state.try_into().unwrap();
            (position.sequence, u64::from_le_bytes(length))
        });
        self.at = at;
        self.lines.truncate(usize::try_from(length).unwrap());
    }

    async fn take(&mut self, store: &Store) {
        let records = store.outbox(self.at, 3).await.unwrap();
        for record in records {
            self.at.0 += 1;
            let json = serde_json::to_string(&record.item.fields()).unwrap();
            self.lines
                .push(format!("{} {} {json}", record.id, record.url));
        }
    }

    async fn commit(&self, store: &Store) {
        let state = (self.lines.len() as u64).to_le_bytes().to_vec();
        let position = Position {
            sequence: self.at,
            state,
        };
        store.keep("sink", position).await.unwrap();
        store.confirm(self.at).await.unwrap();
    }
}

/// Crawls on, at most so many steps. Says whether it came to the end.
async fn crawl(store: &Store, sink: &mut Sink, left: &mut Left, most: usize) -> bool {
    sink.open(store).await;
    store
        .offer(vec![get("http://h0.example/0")], Timestamp(0))
        .await
        .unwrap();
    let (mut now, mut leases, mut drained) = (0, Vec::new(), false);
    for step in 0..most {
        match step % 5 {
            0 | 2 => {
                let at_most = NonZeroUsize::new(2).unwrap();
                match store.lease(at_most, Timestamp(now)).await.unwrap() {
                    Supply::Ready(more) => leases.extend(more),
                    Supply::NotBefore(time) => now = time.0,
                    Supply::Leased => {}
                    Supply::Drained => drained = true,
                }
            }
            1 => {
                let batch: Vec<_> = leases.iter().map(|lease| ending(lease, now)).collect();
                let ended: Vec<_> = batch.iter().map(|one| one.end == End::Done).collect();
                store.settle(batch, Timestamp(now)).await.unwrap();
                for (lease, done) in leases.drain(..).zip(ended) {
                    // Only now is it done: a page is never done twice.
                    assert!(!done || left.pages.insert(lease.request.url.to_string()));
                }
            }
            3 => sink.take(store).await,
            _ => sink.commit(store).await,
        }
        let delivered = sink.at == store.job().unwrap().confirmed;
        if drained && delivered && sink.at == store.job().unwrap().last {
            return true;
        }
    }
    false
}

#[tokio::test]
async fn a_cut_after_any_step_changes_nothing() {
    let mut whole = Left::default();
    let mut sink = Sink::default();
    let disk = Disk::with_job();
    let store = disk.open(options()).unwrap();
    assert!(crawl(&store, &mut sink, &mut whole, usize::MAX).await);
    whole.lines = sink.lines;
    whole.lines.sort();
    assert!(whole.pages.len() > 40 && whole.lines.len() > 30);
    let mut cuts = 0;
    for most in (1..).step_by(4) {
        let disk = Disk::with_job();
        let (mut sink, mut left) = (Sink::default(), Left::default());
        let store = disk.open(options()).unwrap();
        let finished = crawl(&store, &mut sink, &mut left, most).await;
        disk.cut(most as u64 * 0x9E37_79B9);
        drop(store);
        let store = disk.open(options()).unwrap();
        assert!(crawl(&store, &mut sink, &mut left, usize::MAX).await);
        left.lines = std::mem::take(&mut sink.lines);
        let in_order = left.lines.clone();
        left.lines.sort();
        left.lines.dedup();
        assert_eq!(
            left.lines.len(),
            in_order.len(),
            "twice, after {most} steps"
        );
        assert_eq!(left, whole, "after {most} steps");
        cuts += 1;
        if finished {
            break;
        }
    }
    assert!(cuts > 20, "{cuts}");
}

#[tokio::test(start_paused = true)]
async fn paused_time_stands_while_the_store_works() {
    let store = Arc::new(Disk::with_job().open(options()).unwrap());
    let slow = tokio::time::sleep(std::time::Duration::from_secs(3600));
    tokio::select! {
        biased;
        offered = store.offer(vec![get("http://h0.example/0")], Timestamp(0)) => {
            assert_eq!(offered.unwrap().new, 1);
        }
        () = slow => panic!("time ran on while the store was at work"),
    }
}
