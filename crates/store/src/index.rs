//! What is known in memory of what is on disk: enough to lease without a search.
//!
//! A lease writes nothing. Its row stays where it is until it is settled, so whatever a crash
//! interrupts is queued when the job is opened again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::num::NonZeroUsize;
use std::ops::Bound;
use std::sync::Arc;

use huntsman_core::frontier::{Counts, Lease, LeaseId, Supply, Turns};
use huntsman_core::{Fingerprint, HostKey, Timestamp};
use redb::{ReadOnlyTable, ReadTransaction};

use crate::announced::Announcements;
use crate::error::StoreError;
use crate::moves::{Key, Moves};
use crate::outbox::Outbox;
use crate::queue::{AHEAD, Queue};
use crate::request;
use crate::tables::{self, Place, Slot};

/// A lease that is out.
#[derive(Debug, Clone)]
pub(crate) struct Leased {
    pub(crate) place: Place,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) url: Arc<str>,
    /// Its row as it stands, or will stand, on disk.
    pub(crate) row: Arc<[u8]>,
    pub(crate) since: Timestamp,
    /// Whether it counts no longer as under way to its host.
    pub(crate) answered: bool,
}

/// The tables as the last commit left them.
pub(crate) struct Snapshot {
    pub(crate) queue: ReadOnlyTable<&'static [u8; 16], &'static [u8]>,
    pub(crate) delayed: ReadOnlyTable<&'static [u8; 16], &'static [u8]>,
    pub(crate) outbox: ReadOnlyTable<u64, &'static [u8]>,
    pub(crate) seen: ReadOnlyTable<&'static [u8; 16], ()>,
    pub(crate) sinks: ReadOnlyTable<&'static str, &'static [u8]>,
    pub(crate) values: ReadOnlyTable<&'static str, &'static [u8]>,
}

impl Snapshot {
    pub(crate) fn new(transaction: &ReadTransaction) -> Result<Self, StoreError> {
        Ok(Self {
            queue: transaction.open_table(tables::QUEUE)?,
            delayed: transaction.open_table(tables::DELAYED)?,
            outbox: transaction.open_table(tables::OUTBOX)?,
            seen: transaction.open_table(tables::SEEN)?,
            sinks: transaction.open_table(tables::SINKS)?,
            values: transaction.open_table(tables::VALUES)?,
        })
    }
}

/// The state of a store in memory. It changes only after a commit, and then at once; but for what is
/// leased, and what was announced.
pub(crate) struct Index {
    pub(crate) turns: Turns,
    /// The queue of each host, by its number.
    pub(crate) queues: Vec<Queue>,
    /// The name of each host.
    pub(crate) names: Vec<HostKey>,
    /// Requests that wait for their own time: host and priority.
    pub(crate) delayed: BTreeMap<(Timestamp, u64), (u32, i32)>,
    pub(crate) leased: HashMap<LeaseId, Leased>,
    next_lease: u64,
    /// Rows among the queued and the delayed, leased ones too.
    pub(crate) waiting: u64,
    pub(crate) seen: u64,
    /// Pages that are done.
    pub(crate) done: u64,
    pub(crate) outbox: Outbox,
    pub(crate) announced: Announcements,
    /// Hosts whose pace is not on disk as it is here.
    pub(crate) dirty: BTreeSet<u32>,
    pub(crate) snapshot: Snapshot,
    /// What the table of the queues does not know yet.
    pub(crate) moves: Moves,
}

impl Index {
    pub(crate) fn new(turns: Turns, outbox: Outbox, snapshot: Snapshot, run: u64) -> Self {
        Self {
            turns,
            queues: Vec::new(),
            names: Vec::new(),
            delayed: BTreeMap::new(),
            leased: HashMap::new(),
            // No run gives the ids of another.
            next_lease: run << 40,
            waiting: 0,
            seen: 0,
            done: 0,
            outbox,
            announced: Announcements::default(),
            dirty: BTreeSet::new(),
            snapshot,
            moves: Moves::default(),
        }
    }

    pub(crate) fn counts(&self) -> Counts {
        let leased = self.leased.len() as u64;
        Counts {
            queued: self.waiting + self.announced.waiting() - leased,
            leased,
            seen: self.seen + self.announced.unseen(),
            outbox: self.outbox.len(),
        }
    }

    /// The number of a host, which is made if it is new.
    pub(crate) fn host(&mut self, key: &HostKey) -> u32 {
        let at = self.turns.host(key);
        let number = u32::try_from(at).unwrap_or(u32::MAX);
        if at == self.names.len() {
            self.names.push(key.clone());
            self.queues.push(Queue::default());
            self.dirty.insert(number);
        }
        number
    }

    /// Changes a host's queue; its next request is known afterwards.
    pub(crate) fn queue<T>(
        &mut self,
        host: u32,
        change: impl FnOnce(&mut Queue) -> T,
    ) -> Result<T, StoreError> {
        let at = host as usize;
        let result = change(&mut self.queues[at]);
        if self.queues[at].must_read() {
            self.read_ahead(host, None)?;
        }
        self.turns.front(at, self.queues[at].priority());
        Ok(result)
    }

    /// The site has answered.
    pub(crate) fn answered(&mut self, lease: LeaseId) {
        if let Some(leased) = self.leased.get_mut(&lease)
            && !std::mem::replace(&mut leased.answered, true)
        {
            self.turns.ended(leased.place.host as usize);
        }
    }

    pub(crate) fn lease(
        &mut self,
        at_most: NonZeroUsize,
        now: Timestamp,
    ) -> Result<Supply, StoreError> {
        self.wake(now)?;
        let mut leases = Vec::new();
        while leases.len() < at_most.get()
            && let Some(at) = self.turns.start(now)
        {
            leases.push(self.lease_from(at, now)?);
        }
        if !leases.is_empty() {
            return Ok(Supply::Ready(leases));
        }
        let next_delayed = self.delayed.keys().next().map(|(time, _)| *time);
        let next = self.turns.due().into_iter().chain(next_delayed).min();
        Ok(match next {
            Some(time) => Supply::NotBefore(time),
            None if self.waiting + self.announced.waiting() == 0 => Supply::Drained,
            None => Supply::Leased,
        })
    }

    /// Moves what has become due by `now` to its host's queue.
    fn wake(&mut self, now: Timestamp) -> Result<(), StoreError> {
        while let Some(entry) = self.delayed.first_entry()
            && entry.key().0 <= now
        {
            let ((until, order), (host, priority)) = entry.remove_entry();
            let slot = (std::cmp::Reverse(priority), order);
            self.queue(host, |queue| queue.woke(slot, until))?;
        }
        Ok(())
    }

    fn lease_from(&mut self, at: usize, now: Timestamp) -> Result<Lease, StoreError> {
        let host = u32::try_from(at).unwrap_or(u32::MAX);
        let (slot, until) = self.queues[at]
            .lease()
            .ok_or_else(|| StoreError::Damaged("a host has fewer requests than it says".into()))?;
        if self.queues[at].must_read() {
            self.read_ahead(host, Some(slot))?;
        }
        self.turns.front(at, self.queues[at].priority());
        let place = Place { host, slot, until };
        let (row, bytes) = self.row(&place)?;
        self.next_lease += 1;
        let id = LeaseId(self.next_lease);
        let leased = Leased {
            place,
            fingerprint: row.request.fingerprint(),
            url: row.request.url.as_str().into(),
            row: bytes,
            since: now,
            answered: false,
        };
        self.leased.insert(id, leased);
        Ok(Lease {
            id,
            request: row.request,
            tried: row.tried,
            last: row.last.map(Arc::new),
        })
    }

    /// The request at a place, and its row.
    fn row(&self, place: &Place) -> Result<(request::Row, Arc<[u8]>), StoreError> {
        let key = place.key();
        let known = self.announced.row(&key);
        if let Some(row) = known.or_else(|| self.moves.row(&key)) {
            return Ok((request::decode("queue", &key, row)?, Arc::clone(row)));
        }
        let (name, table) = match place.until {
            None => ("queue", &self.snapshot.queue),
            Some(_) => ("delayed", &self.snapshot.delayed),
        };
        let row = table.get(&key)?;
        let row = row.ok_or_else(|| lost(name))?;
        let row = row.value();
        Ok((request::decode(name, &key, row)?, row.into()))
    }

    /// Reads the next places of a host's queue, behind `after`.
    fn read_ahead(&mut self, host: u32, after: Option<Slot>) -> Result<(), StoreError> {
        let all = tables::of_host(host);
        let until = None;
        let after = after.map(|slot| Place { host, slot, until }.key());
        let begin = after.map_or(Bound::Included(*all.start()), Bound::Excluded);
        let range = (begin, Bound::Included(*all.end()));
        let queue = &self.queues[host as usize];
        // What is leased is still there.
        let is_free = |key: &Key| !queue.is_leased(&Place::of_queue(key).slot);
        let mut keys = Vec::with_capacity(AHEAD);
        let rows = (range.0.as_ref(), range.1.as_ref());
        for row in self.snapshot.queue.range::<&Key>(rows)? {
            let key = *row?.0.value();
            if is_free(&key) && !self.moves.has_left(&key) {
                keys.push(key);
            }
            if keys.len() == AHEAD {
                break;
            }
        }
        let announced = self.announced.within(range).filter(|key| is_free(key));
        keys.extend(announced.take(AHEAD));
        for came in self.moves.within(range) {
            keys.extend(came.filter(|key| is_free(key)).take(AHEAD));
        }
        keys.sort_unstable();
        keys.dedup();
        keys.truncate(AHEAD);
        if keys.is_empty() {
            return Err(lost("queue"));
        }
        let slots = keys.iter().map(|key| Place::of_queue(key).slot);
        self.queues[host as usize].read(slots);
        Ok(())
    }
}

fn lost(table: &str) -> StoreError {
    StoreError::Damaged(format!("a row of `{table}` is not there"))
}
