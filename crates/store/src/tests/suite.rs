//! The promises of every frontier, by a store that stays open and by one that is opened anew
//! between the steps.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use huntsman_core::frontier::{Admission, Counts, LeaseId, Settled, Settlement, Supply};
use huntsman_core::pace::{Pace, PaceChange};
use huntsman_core::request::Candidate;
use huntsman_core::{Frontier, FrontierError, HostKey, Record, Sequence, Timestamp};
use huntsman_testkit::frontier_suite;
use tempfile::TempDir;

use super::options;
use crate::Store;

/// A store that is closed and opened again before a step, wherever nothing is under way and no
/// host is held: what a resumed job need not remember.
struct Reopened {
    dir: TempDir,
    pace: Pace,
    store: Mutex<Option<Arc<Store>>>,
    held: Mutex<bool>,
}

impl Reopened {
    fn new(pace: Pace) -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            pace,
            store: Mutex::default(),
            held: Mutex::default(),
        }
    }

    fn same(&self) -> Arc<Store> {
        let mut store = self.store.lock().unwrap();
        let pace = self.pace;
        let open = || {
            let options = options().pace(move |_: &HostKey| pace);
            Arc::new(Store::open(self.dir.path(), options).unwrap())
        };
        Arc::clone(store.get_or_insert_with(open))
    }

    fn again(&self) -> Arc<Store> {
        let store = self.same();
        let idle = store.counts().leased == 0 && !*self.held.lock().unwrap();
        drop(store);
        if idle {
            self.store.lock().unwrap().take();
        }
        self.same()
    }
}

#[async_trait]
impl Frontier for Reopened {
    async fn offer(
        &self,
        found: Vec<Candidate>,
        now: Timestamp,
    ) -> Result<Admission, FrontierError> {
        self.again().offer(found, now).await
    }

    async fn lease(&self, at_most: NonZeroUsize, now: Timestamp) -> Result<Supply, FrontierError> {
        self.again().lease(at_most, now).await
    }

    fn answered(&self, lease: LeaseId) {
        self.same().answered(lease);
    }

    async fn announce(
        &self,
        coming: &[&Settlement],
        now: Timestamp,
    ) -> Result<bool, FrontierError> {
        self.same().announce(coming, now).await
    }

    async fn settle(
        &self,
        batch: Vec<Settlement>,
        now: Timestamp,
    ) -> Result<Vec<Settled>, FrontierError> {
        self.again().settle(batch, now).await
    }

    async fn pace(
        &self,
        host: &HostKey,
        change: PaceChange,
        now: Timestamp,
    ) -> Result<(), FrontierError> {
        match change {
            PaceChange::Hold => *self.held.lock().unwrap() = true,
            PaceChange::Release => *self.held.lock().unwrap() = false,
            _ => {}
        }
        self.same().pace(host, change, now).await
    }

    async fn outbox(&self, after: Sequence, at_most: usize) -> Result<Vec<Record>, FrontierError> {
        self.again().outbox(after, at_most).await
    }

    async fn confirm(&self, up_to: Sequence) -> Result<(), FrontierError> {
        self.again().confirm(up_to).await
    }

    fn counts(&self) -> Counts {
        self.again().counts()
    }
}

#[tokio::test]
async fn keeps_what_every_frontier_promises() {
    let dirs = Mutex::new(Vec::new());
    frontier_suite::all(|pace| {
        let dir = tempfile::tempdir().unwrap();
        let options = options().pace(move |_: &HostKey| pace);
        let store = Store::open(dir.path(), options).unwrap();
        dirs.lock().unwrap().push(dir);
        async move { store }
    })
    .await;
}

#[tokio::test]
async fn keeps_it_when_it_is_opened_anew_between_the_steps() {
    frontier_suite::all(|pace| async move { Reopened::new(pace) }).await;
}
