//! Settling: the end of each page, its links and its items in one commit.

use std::sync::Arc;

use huntsman_core::frontier::{Account, End, LeaseId, Saved, Settled, Settlement};
use huntsman_core::lasting::Settling;
use huntsman_core::request::Candidate;
use huntsman_core::{AnyItem, Frontier, FrontierError, Request, Stream, Timestamp};

use crate::state::Change;

/// The end of a page, on its way to the commit.
pub(crate) struct Ending {
    pub(crate) settlement: Settlement,
    /// What brought the page; none where it is to be fetched again.
    pub(crate) request: Option<Request>,
    /// What it does to the spider's state.
    pub(crate) changes: Vec<Change>,
}

impl Ending {
    /// What is known of the page, unless it is to be fetched again.
    pub(crate) fn settling(&self) -> Option<Settling> {
        let request = self.request.as_ref().map(Request::fingerprint)?;
        let items = &self.settlement.items;
        let quarantined = items
            .iter()
            .filter(|item| item.stream() == Stream::Quarantine);
        let quarantined = quarantined.count() as u64;
        Some(Settling {
            request,
            items: items.len() as u64 - quarantined,
            quarantined,
        })
    }
}

/// What a page yielded.
#[derive(Default)]
pub(crate) struct Yielded {
    pub(crate) found: Vec<Candidate>,
    pub(crate) items: Vec<Arc<dyn AnyItem>>,
    pub(crate) changes: Vec<Change>,
}

/// A page that is done, with all that it yielded.
pub(crate) fn done(
    lease: LeaseId,
    request: Option<Request>,
    yielded: Yielded,
    account: Option<Box<Account>>,
) -> Ending {
    Ending {
        settlement: Settlement {
            found: yielded.found,
            items: yielded.items,
            account,
            ..Settlement::done(lease)
        },
        request,
        changes: yielded.changes,
    }
}

/// A page that is to be fetched again; it yielded nothing.
pub(crate) fn again(
    lease: LeaseId,
    not_before: Timestamp,
    account: Option<Box<Account>>,
) -> Ending {
    Ending {
        settlement: Settlement {
            account,
            end: End::Retry { not_before },
            ..Settlement::done(lease)
        },
        request: None,
        changes: Vec::new(),
    }
}

/// Commits a batch, with the values that outlive the run once its changes are made. All that came together goes in together, so a
/// durable store needs one sync.
pub(crate) async fn commit(
    frontier: &dyn Frontier,
    mut batch: Vec<Ending>,
    values: impl FnOnce(&[Ending]) -> Vec<Saved>,
    now: Timestamp,
) -> Result<Vec<Settled>, FrontierError> {
    for ending in &mut batch {
        for change in ending.changes.drain(..) {
            change();
        }
    }
    let values = values(&batch);
    let mut batch: Vec<_> = batch.into_iter().map(|one| one.settlement).collect();
    if let Some(last) = batch.last_mut() {
        last.values = values;
    }
    frontier.settle(batch, now).await
}
