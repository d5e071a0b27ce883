//! The one who writes: takes what waits for a commit, and commits it together.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use huntsman_core::failpoint::failpoint;
use huntsman_core::frontier::{Admission, LeaseId, Saved, Settled, Settlement};
use huntsman_core::request::Candidate;
use huntsman_core::{Position, Record, Timestamp};
use redb::{ReadOnlyTable, ReadableDatabase as _};

use crate::about::State;
use crate::announced::Announced;
use crate::error::StoreError;
use crate::facts::Live;
use crate::guard::{Db, guarded, locked};
use crate::history::{ItemDigest, Refusals};
use crate::hosts::Hosts;
use crate::index::{Index, Leased, Snapshot};
use crate::item::Names;
use crate::moves::Moved;
use crate::plan::{Planning, Wanted, ends, hosts, written};
use crate::seen::Seen;
use crate::tables::{self, Place, Slot};
use crate::types::Types;

/// What somebody waits for.
#[derive(Debug)]
pub(crate) enum Command {
    Offer(Vec<Candidate>),
    Settle(Vec<Settlement>),
    Keep(String, Position),
    Save(Vec<Saved>),
    /// The job is done.
    Finish,
    /// Whatever else is not on disk yet.
    Flush,
}

/// What came of it.
#[derive(Debug)]
pub(crate) enum Reply {
    Admission(Admission),
    Settled(Vec<Settled>),
    Done,
}

/// The names and the types in items.
#[derive(Debug)]
pub(crate) struct Dictionary {
    pub(crate) names: Names,
    pub(crate) types: Types,
}

/// Writes to the database.
pub(crate) struct Writer {
    pub(crate) db: Db,
    pub(crate) dictionary: Arc<Mutex<Dictionary>>,
    pub(crate) state: State,
    pub(crate) seen: Arc<Mutex<Seen>>,
    pub(crate) orders: Arc<Orders>,
    pub(crate) hosts: Hosts,
    pub(crate) refusals: Refusals,
    pub(crate) live: Option<Live>,
    /// Why nothing more is written.
    pub(crate) failed: Option<String>,
}

/// Gives out order numbers; none that is on disk comes twice.
#[derive(Debug)]
pub(crate) struct Orders(AtomicU64);

impl Orders {
    pub(crate) fn after(last: u64) -> Self {
        Self(AtomicU64::new(last))
    }

    pub(crate) fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn last(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A command with all that its transaction needs to know.
pub(crate) enum Planned {
    Offer(Vec<Found>),
    Settle(Vec<Ending>),
    Keep(String, Position),
    Save(Vec<Saved>),
    Finish,
    Flush,
}

/// A request and the number of its host.
pub(crate) type Found = (u32, Candidate);

/// The end of a lease.
pub(crate) struct Ending {
    pub(crate) settlement: Settlement,
    pub(crate) leased: Leased,
    pub(crate) found: Vec<Found>,
    /// The same, where it is queued already.
    pub(crate) announced: Option<Arc<Announced>>,
    pub(crate) records: Vec<Written>,
    /// Items that are left out, since an earlier round has delivered them.
    pub(crate) repeated: u64,
    pub(crate) now: Timestamp,
}

impl Ending {
    /// Where in the queue the requests stand that were announced.
    fn keys(&self) -> impl Iterator<Item = [u8; 16]> {
        let found = self.announced.iter().flat_map(|announced| &announced.found);
        found.map(|one| one.key)
    }
}

/// A record with its row.
pub(crate) struct Written {
    pub(crate) sequence: u64,
    pub(crate) row: Vec<u8>,
    pub(crate) record: Record,
    pub(crate) digest: Option<ItemDigest>,
}

/// What a transaction changes, for the index.
#[derive(Default)]
pub(crate) struct Changes {
    pub(crate) queued: Vec<(u32, Slot)>,
    pub(crate) delayed: Vec<((Timestamp, u64), (u32, i32))>,
    pub(crate) settled: Vec<LeaseId>,
    pub(crate) records: Vec<(Record, usize)>,
    /// How the queues change on disk.
    pub(crate) moved: Moved,
    /// By how many rows the queue of a host grows.
    pub(crate) rows: BTreeMap<u32, i64>,
}

type Outcome = Result<Reply, StoreError>;

impl Writer {
    /// Commits all of a group in one transaction. What is wrong with one command alone does not
    /// touch the others; if the transaction fails, all fail, and so does everything after.
    pub(crate) fn commit(
        &mut self,
        index: &Mutex<Index>,
        group: Vec<(Command, Timestamp)>,
    ) -> Vec<Outcome> {
        let now = group.iter().map(|(_, now)| *now).max().unwrap_or_default();
        if let Some(reason) = &self.failed {
            let failed = |_| Err(StoreError::Failed(reason.clone()));
            return group.into_iter().map(failed).collect();
        }
        let mut plan = Vec::with_capacity(group.len());
        let mut outcomes: Vec<Option<Outcome>> = Vec::with_capacity(group.len());
        let mut sofar = Planning {
            last: self.state.last,
            ..Planning::default()
        };
        for (command, now) in group {
            let planned = self.plan(index, command, now, &mut sofar);
            outcomes.push(planned.map_or_else(
                |error| Some(Err(error)),
                |planned| {
                    plan.push(planned);
                    None
                },
            ));
        }
        let replies = match guarded(|| self.write_and_apply(index, plan, now)) {
            Ok(replies) => replies,
            Err(error) => {
                let reason = error.to_string();
                self.failed = Some(reason.clone());
                let mut first = Some(error);
                let error = || first.take().unwrap_or(StoreError::Failed(reason.clone()));
                return outcomes
                    .into_iter()
                    .zip(std::iter::repeat_with(error))
                    .map(|(outcome, error)| outcome.unwrap_or(Err(error)))
                    .collect();
            }
        };
        let mut replies = replies.into_iter().map(Ok);
        let lost = || Err(StoreError::Failed("a commit has no reply".to_owned()));
        outcomes
            .into_iter()
            .map(|outcome| outcome.or_else(|| replies.next()).unwrap_or_else(lost))
            .collect()
    }

    /// Looks up what the command's transaction needs, and refuses what cannot be committed.
    fn plan(
        &self,
        index: &Mutex<Index>,
        command: Command,
        now: Timestamp,
        sofar: &mut Planning,
    ) -> Result<Planned, StoreError> {
        let batch = match command {
            Command::Offer(found) => return Ok(Planned::Offer(hosts(&mut locked(index), found))),
            Command::Keep(sink, position) => return Ok(Planned::Keep(sink, position)),
            Command::Save(values) => return Ok(Planned::Save(values)),
            Command::Finish => return Ok(Planned::Finish),
            Command::Flush => return Ok(Planned::Flush),
            Command::Settle(batch) => batch,
        };
        let mut endings = ends(&mut locked(index), batch, now, sofar)?;
        let mut next = sofar.last;
        let mut wanted = Wanted {
            digests: false,
            delivered: self.delivered()?,
        };
        let mut dictionary = locked(&self.dictionary);
        for ending in &mut endings {
            let items = std::mem::take(&mut ending.settlement.items);
            wanted.digests = ending.settlement.account.is_some();
            (ending.records, ending.repeated) =
                written(items, &ending.leased, &wanted, &mut next, &mut dictionary)?;
        }
        sofar.last = next;
        for ending in &endings {
            sofar.ended.insert(ending.settlement.lease);
            sofar.keys.extend(ending.keys());
        }
        Ok(Planned::Settle(endings))
    }

    /// The items that are not to leave again, if the round is one for new ones.
    fn delivered(&self) -> Result<Option<ReadOnlyTable<&'static ItemDigest, ()>>, StoreError> {
        if !self.state.again.only_new {
            return Ok(None);
        }
        Ok(Some(self.db.begin_read()?.open_table(tables::DELIVERED)?))
    }

    /// Whether all that is known is on disk.
    fn is_flushed(&self, index: &Mutex<Index>) -> bool {
        let index = locked(index);
        index.dirty.is_empty() && index.outbox.confirmed.0 == self.state.confirmed
    }

    fn write_and_apply(
        &mut self,
        index: &Mutex<Index>,
        plan: Vec<Planned>,
        now: Timestamp,
    ) -> Result<Vec<Reply>, StoreError> {
        if plan.iter().all(|planned| matches!(planned, Planned::Flush)) && self.is_flushed(index) {
            return Ok(plan.iter().map(|_| Reply::Done).collect());
        }
        let mut changes = Changes::default();
        let replies = self.write(index, plan, &mut changes)?;
        let snapshot = Snapshot::new(&self.db.begin_read()?)?;
        let mut index = locked(index);
        index.snapshot = snapshot;
        locked(&self.seen).committed();
        index.seen = self.state.seen;
        index.waiting = self.state.waiting;
        index.done = self.state.done;
        index.apply(changes)?;
        failpoint("store.commit.applied");
        // What a sink keeps comes without a time.
        if let Some(live) = self.live.as_mut().filter(|_| now > Timestamp(0)) {
            live.write(&index, now);
        }
        Ok(replies)
    }
}

impl Index {
    /// Follows a commit.
    fn apply(&mut self, changes: Changes) -> Result<(), StoreError> {
        self.moves.apply(changes.moved);
        for lease in changes.settled {
            self.written(lease);
            self.answered(lease);
            let Some(leased) = self.leased.remove(&lease) else {
                continue;
            };
            let Place { host, slot, until } = leased.place;
            if until.is_none() {
                self.queue(host, |queue| queue.settled(&slot))?;
            }
        }
        for (host, slot) in changes.queued {
            self.queue(host, |queue| queue.queued(slot))?;
        }
        self.delayed.extend(changes.delayed);
        for (record, size) in changes.records {
            self.outbox.append(record, size);
        }
        Ok(())
    }
}
