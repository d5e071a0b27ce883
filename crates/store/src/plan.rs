//! What a command's transaction needs to know, looked up before it begins.

use std::collections::HashSet;
use std::sync::Arc;

use huntsman_core::frontier::{LeaseId, Settlement};
use huntsman_core::request::Candidate;
use huntsman_core::{AnyItem, Record, RecordId, Stream, Timestamp};
use redb::ReadOnlyTable;

use crate::error::StoreError;
use crate::history::ItemDigest;
use crate::index::{Index, Leased};
use crate::outbox;
use crate::request::host_of;
use crate::writer::{Dictionary, Ending, Found, Written};

/// What the commands before in the same group do.
#[derive(Default)]
pub(crate) struct Planning {
    pub(crate) ended: HashSet<LeaseId>,
    pub(crate) keys: HashSet<[u8; 16]>,
    /// The last record.
    pub(crate) last: u64,
}

/// The ends of these leases: all that the index knows of them.
pub(crate) fn ends(
    index: &mut Index,
    batch: Vec<Settlement>,
    now: Timestamp,
    sofar: &Planning,
) -> Result<Vec<Ending>, StoreError> {
    let mut endings: Vec<Ending> = Vec::with_capacity(batch.len());
    let mut these = HashSet::with_capacity(batch.len());
    let mut keys = HashSet::new();
    for settlement in &batch {
        let lease = settlement.lease;
        let Some(leased) = index.leased.get(&lease) else {
            return Err(StoreError::NotLeased(lease));
        };
        if sofar.ended.contains(&lease) || !these.insert(lease) {
            return Err(StoreError::NotLeased(lease));
        }
        let key = leased.place.key();
        if index.announced.row(&key).is_some() && !sofar.keys.contains(&key) && !keys.contains(&key)
        {
            return Err(StoreError::TooEarly(lease));
        }
        if let Some(announced) = index.announced.of(lease) {
            keys.extend(announced.found.iter().map(|one| one.key));
        }
    }
    for mut settlement in batch {
        let Some(leased) = index.leased.get(&settlement.lease).cloned() else {
            return Err(StoreError::NotLeased(settlement.lease));
        };
        let announced = index.announced.of(settlement.lease).cloned();
        let found = std::mem::take(&mut settlement.found);
        endings.push(Ending {
            found: match announced {
                Some(_) => Vec::new(),
                None => hosts(index, found),
            },
            settlement,
            leased,
            announced,
            records: Vec::new(),
            repeated: 0,
            now,
        });
    }
    Ok(endings)
}

pub(crate) fn hosts(index: &mut Index, found: Vec<Candidate>) -> Vec<Found> {
    found
        .into_iter()
        .map(|candidate| (index.host(&host_of(&candidate.request)), candidate))
        .collect()
}

/// The rows of a page's items, numbered from `last` on.
pub(crate) fn written(
    items: Vec<Arc<dyn AnyItem>>,
    leased: &Leased,
    wanted: &Wanted,
    last: &mut u64,
    dictionary: &mut Dictionary,
) -> Result<(Vec<Written>, u64), StoreError> {
    let mut all = Vec::with_capacity(items.len());
    let mut repeated = 0;
    for (ordinal, item) in (0..).zip(items) {
        let kind = dictionary.types.number(item.schema());
        let record = Record {
            id: RecordId {
                request: leased.fingerprint,
                ordinal,
            },
            item,
            url: Arc::clone(&leased.url),
        };
        let row = outbox::encode(*last + 1, &record, kind, &mut dictionary.names)?;
        let digest = wanted.digest(&row)?;
        if let (Some(digest), Some(delivered)) = (&digest, &wanted.delivered)
            && record.item.stream() == Stream::Items
            && delivered.get(digest)?.is_some()
        {
            repeated += 1;
            continue;
        }
        *last += 1;
        all.push(Written {
            sequence: *last,
            row,
            record,
            digest,
        });
    }
    Ok((all, repeated))
}

/// What is to be known of items before they are written.
pub(crate) struct Wanted {
    /// Whether the history is to have their digests.
    pub(crate) digests: bool,
    /// The digests of those that are not to leave again.
    pub(crate) delivered: Option<ReadOnlyTable<&'static ItemDigest, ()>>,
}

impl Wanted {
    fn digest(&self, row: &[u8]) -> Result<Option<ItemDigest>, StoreError> {
        let wanted = self.digests || self.delivered.is_some();
        wanted.then(|| outbox::digest(row)).transpose()
    }
}
