//! What pages have led to whose end is not committed yet: it may be leased, and is on no disk.
//!
//! Nothing of a page is written before its end is. So a crash forgets what was announced together
//! with the page's end, and the page is fetched again; and what was found is in the same commit as
//! the page, or in none.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::ops::RangeBounds;
use std::sync::Arc;

use huntsman_core::frontier::{Admission, LeaseId};
use huntsman_core::request::Candidate;

use crate::error::StoreError;
use crate::index::Index;
use crate::mark::Mark;
use crate::moves::Key;
use crate::request::{self, host_of};
use crate::seen::Seen;
use crate::tables::Place;
use crate::writer::Orders;

/// What one page has led to.
#[derive(Debug, Default)]
pub(crate) struct Announced {
    pub(crate) found: Vec<Foreseen>,
    pub(crate) admission: Admission,
}

/// A request that is queued in memory alone.
#[derive(Debug)]
pub(crate) struct Foreseen {
    pub(crate) host: u32,
    pub(crate) key: [u8; 16],
    pub(crate) row: Arc<[u8]>,
    /// Unless it is known, and asked to be revisited.
    pub(crate) new: Option<Mark>,
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Announcements {
    pages: HashMap<LeaseId, Arc<Announced>>,
    rows: BTreeMap<[u8; 16], Arc<[u8]>>,
    new: u64,
}

impl Announcements {
    pub(crate) fn add(&mut self, lease: LeaseId, announced: Announced) {
        for one in &announced.found {
            self.rows.insert(one.key, Arc::clone(&one.row));
            self.new += u64::from(one.new.is_some());
        }
        self.pages.insert(lease, Arc::new(announced));
    }

    /// The page is committed, and all that it has led to.
    pub(crate) fn remove(&mut self, lease: LeaseId) -> Option<Arc<Announced>> {
        let announced = self.pages.remove(&lease)?;
        for one in &announced.found {
            self.rows.remove(&one.key);
            self.new -= u64::from(one.new.is_some());
        }
        Some(announced)
    }

    pub(crate) fn of(&self, lease: LeaseId) -> Option<&Arc<Announced>> {
        self.pages.get(&lease)
    }

    /// The row under this key of the queue.
    pub(crate) fn row(&self, key: &[u8; 16]) -> Option<&Arc<[u8]>> {
        self.rows.get(key)
    }

    /// Places in the queue between these keys, in order.
    pub(crate) fn within(&self, keys: impl RangeBounds<Key>) -> impl Iterator<Item = Key> {
        self.rows.range(keys).map(|(key, _)| *key)
    }

    /// How many wait, leased ones too.
    pub(crate) fn waiting(&self) -> u64 {
        self.rows.len() as u64
    }

    /// How many were not known before.
    pub(crate) fn unseen(&self) -> u64 {
        self.new
    }
}

impl Index {
    /// Queues what was found on a page before its end is committed.
    pub(crate) fn announce(
        &mut self,
        lease: LeaseId,
        found: &[Candidate],
        seen: &mut Seen,
        orders: &Orders,
    ) -> Result<(), StoreError> {
        if !self.leased.contains_key(&lease) || self.announced.of(lease).is_some() {
            return Ok(());
        }
        let mut announced = Announced::default();
        let marks = seen.look_up(&self.snapshot.seen, found.iter())?;
        for (candidate, mark) in found.iter().zip(marks) {
            let request = &candidate.request;
            let is_new = seen.announce(&self.snapshot.seen, mark)?;
            if !is_new && !request.revisit {
                announced.admission.known += 1;
                continue;
            }
            announced.admission.new += 1;
            let place = Place {
                host: self.host(&host_of(request)),
                slot: (Reverse(request.priority), orders.next()),
                until: None,
            };
            let (host, key) = (place.host, place.key());
            announced.found.push(Foreseen {
                host,
                key,
                row: request::encode(&key, request, 0, host, None).into(),
                new: is_new.then_some(mark),
            });
            self.queue(host, |queue| queue.announced(place.slot))?;
        }
        self.announced.add(lease, announced);
        Ok(())
    }

    /// A page is committed with all that it has led to.
    pub(crate) fn written(&mut self, lease: LeaseId) {
        let Some(announced) = self.announced.remove(lease) else {
            return;
        };
        for one in &announced.found {
            self.queues[one.host as usize].written();
        }
    }
}
