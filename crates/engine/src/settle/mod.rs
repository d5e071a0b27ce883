//! Settling: the end of each page, its links and its items in one commit.

use std::sync::Arc;

use huntsman_core::frontier::{End, LeaseId, Settled, Settlement};
use huntsman_core::request::Candidate;
use huntsman_core::{AnyItem, Frontier, FrontierError, Timestamp};

/// A page that is done, with all that it yielded.
pub(crate) fn done(
    lease: LeaseId,
    found: Vec<Candidate>,
    items: Vec<Arc<dyn AnyItem>>,
) -> Settlement {
    Settlement {
        lease,
        end: End::Done,
        found,
        items,
    }
}

/// A page that is to be fetched again; it yielded nothing.
pub(crate) fn again(lease: LeaseId, not_before: Timestamp) -> Settlement {
    Settlement {
        lease,
        end: End::Retry { not_before },
        found: Vec::new(),
        items: Vec::new(),
    }
}

/// Commits a batch. All that came together goes in together, so a durable store needs one sync.
pub(crate) async fn commit(
    frontier: &dyn Frontier,
    batch: Vec<Settlement>,
    now: Timestamp,
) -> Result<Vec<Settled>, FrontierError> {
    frontier.settle(batch, now).await
}
