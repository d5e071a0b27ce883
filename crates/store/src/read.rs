//! What a store is asked for while it runs.

use std::num::NonZeroUsize;
use std::sync::MutexGuard;

use huntsman_core::frontier::{LeaseId, Saved, Settlement, Supply};
use huntsman_core::request::Candidate;
use huntsman_core::{Position, Record, Sequence, Timestamp};
use redb::ReadableDatabase as _;

use crate::bytes::unseal;
use crate::error::StoreError;
use crate::guard::{guarded, locked};
use crate::index::Index;
use crate::lookup;
use crate::outbox;
use crate::seen::Seen;
use crate::store::Shared;
use crate::why::{Question, Why};
use crate::writer::Dictionary;

/// Requests that wait, of which there are enough for a while.
const PLENTY: u64 = 4096;

/// Fingerprints that take as much of the cache as a request, about.
const SEEN_IN_A_ROW: u64 = 8;

impl Shared {
    /// Records that are in memory, if no commit has the index.
    pub(crate) fn outbox_at_once(&self, after: Sequence, at_most: usize) -> Option<Vec<Record>> {
        let index = self.index.try_lock().ok()?;
        let first = after.max(index.outbox.confirmed).0 + 1;
        let all = (first..=index.outbox.last.0).take(at_most);
        all.map(|sequence| index.outbox.recent(sequence).cloned())
            .collect()
    }

    pub(crate) fn outbox(
        &self,
        after: Sequence,
        at_most: usize,
    ) -> Result<Vec<Record>, StoreError> {
        let index = locked(&self.index);
        let first = after.max(index.outbox.confirmed).0 + 1;
        let mut records = Vec::new();
        for sequence in (first..=index.outbox.last.0).take(at_most) {
            if let Some(record) = index.outbox.recent(sequence) {
                records.push(record.clone());
                continue;
            }
            let row = index.snapshot.outbox.get(sequence)?;
            let row = row.ok_or_else(|| StoreError::Damaged("a record is gone".to_owned()))?;
            let Dictionary { names, types } = &*locked(&self.dictionary);
            records.push(outbox::decode(sequence, row.value(), names, types)?);
        }
        Ok(records)
    }

    /// Nothing waits for it but a commit that is under way.
    pub(crate) fn why(&self, question: &Question) -> Result<Why, StoreError> {
        let leased = locked(&self.index).under_way(question)?;
        let (transaction, state) = {
            let writer = locked(&self.writer);
            (writer.db.begin_read()?, writer.state)
        };
        lookup::answer(
            &transaction,
            &self.identity,
            &state,
            leased.as_ref(),
            question,
        )
    }

    pub(crate) fn saved(&self, prefix: &str) -> Result<Vec<Saved>, StoreError> {
        let index = locked(&self.index);
        let mut saved = Vec::new();
        for row in index.snapshot.values.range(prefix..)? {
            let (name, value) = row?;
            let name = name.value();
            if !name.starts_with(prefix) {
                break;
            }
            saved.push(Saved {
                name: name.into(),
                value: unseal("values", name.as_bytes(), value.value())?.0.to_vec(),
            });
        }
        Ok(saved)
    }

    pub(crate) fn position(&self, sink: &str) -> Result<Option<Position>, StoreError> {
        let index = locked(&self.index);
        let Some(row) = index.snapshot.sinks.get(sink)? else {
            return Ok(None);
        };
        let mut reader = unseal("sinks", sink.as_bytes(), row.value())?;
        let position = Position {
            sequence: Sequence(reader.uint()?),
            state: reader.bytes()?.to_vec(),
        };
        reader.end()?;
        Ok(Some(position))
    }

    /// Queues what was found before its page is settled, where that waits for nobody.
    pub(crate) fn announce_at_once<'a>(
        &self,
        coming: impl Iterator<Item = &'a Settlement>,
    ) -> Option<Result<bool, StoreError>> {
        let index = self.index.try_lock().ok()?;
        let seen = self.seen.try_lock().ok()?;
        let found = coming.map(|one| (one.lease, &one.found[..]));
        Some(self.announce_to(index, seen, found))
    }

    pub(crate) fn announce(&self, found: &[(LeaseId, Vec<Candidate>)]) -> Result<bool, StoreError> {
        // In this order: nobody who has the seen waits for the index.
        let index = locked(&self.index);
        let seen = locked(&self.seen);
        let found = found.iter().map(|(lease, found)| (*lease, &found[..]));
        self.announce_to(index, seen, found)
    }

    /// Where plenty waits, nobody misses what is found next; and what is known has to be in the
    /// cache, or the search would wait for the disk.
    fn announce_to<'a>(
        &self,
        mut index: MutexGuard<'_, Index>,
        mut seen: MutexGuard<'_, Seen>,
        mut found: impl Iterator<Item = (LeaseId, &'a [Candidate])>,
    ) -> Result<bool, StoreError> {
        let waiting = index.waiting + index.announced.waiting();
        if waiting >= PLENTY || index.seen / SEEN_IN_A_ROW > self.in_cache {
            return Ok(false);
        }
        let announced = guarded(|| {
            found.try_for_each(|(lease, found)| {
                index.announce(lease, found, &mut seen, &self.orders)
            })
        });
        drop((index, seen));
        if let Err(error) = &announced {
            // Something is queued that nobody knows of: nothing more is to be committed.
            locked(&self.writer).failed.get_or_insert(error.to_string());
        }
        announced.map(|()| true)
    }

    /// Leases where that waits for nobody: no commit has the index, and what is queued fits in
    /// the cache.
    pub(crate) fn lease_at_once(
        &self,
        at_most: NonZeroUsize,
        now: Timestamp,
    ) -> Option<Result<Supply, StoreError>> {
        let index = self.index.try_lock().ok()?;
        (index.waiting <= self.in_cache).then(|| self.lease_from(index, at_most, now))
    }

    pub(crate) fn lease(
        &self,
        at_most: NonZeroUsize,
        now: Timestamp,
    ) -> Result<Supply, StoreError> {
        self.lease_from(locked(&self.index), at_most, now)
    }

    fn lease_from(
        &self,
        mut index: MutexGuard<'_, Index>,
        at_most: NonZeroUsize,
        now: Timestamp,
    ) -> Result<Supply, StoreError> {
        let supply = guarded(|| index.lease(at_most, now));
        drop(index);
        if let Err(error) = &supply {
            // Something was leased that nobody knows of: nothing more is to be committed.
            locked(&self.writer).failed.get_or_insert(error.to_string());
        }
        supply
    }
}
