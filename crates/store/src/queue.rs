//! The queue of one host: all on disk, its front in memory.

use std::collections::{BTreeMap, VecDeque};

use huntsman_core::Timestamp;

use crate::tables::Slot;

/// Places of a host's queue that are read at once, and the most that stand in memory is twice that.
pub(crate) const AHEAD: usize = 16;

/// What is known of a host's queue without looking at the disk.
///
/// `ahead` holds the first places on disk that are not leased; `beyond` counts those behind them.
/// While there are any beyond, `ahead` is not empty.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    ahead: VecDeque<Slot>,
    beyond: u64,
    /// Requests whose own time has come; their rows stand among the delayed.
    woken: BTreeMap<Slot, Timestamp>,
    /// Places that are leased, or whose end is not committed yet.
    leased: Vec<Slot>,
    /// Of all these, places whose rows are not on disk yet.
    unwritten: u64,
}

impl Queue {
    /// The place that is leased next, and since when if it was delayed.
    pub(crate) fn first(&self) -> Option<(Slot, Option<Timestamp>)> {
        let queued = self.ahead.front().map(|slot| (*slot, None));
        let woken = self.woken.first_key_value();
        let woken = woken.map(|(slot, until)| (*slot, Some(*until)));
        queued
            .into_iter()
            .chain(woken)
            .min_by_key(|(slot, _)| *slot)
    }

    /// The priority of the request that comes next.
    pub(crate) fn priority(&self) -> Option<i32> {
        self.first().map(|((priority, _), _)| priority.0)
    }

    /// Takes the first place. Says whether the front is used up while there is more on disk.
    pub(crate) fn lease(&mut self) -> Option<(Slot, Option<Timestamp>)> {
        let (slot, until) = self.first()?;
        if until.is_some() {
            self.woken.pop_first();
        } else {
            self.ahead.pop_front();
            self.leased.push(slot);
        }
        Some((slot, until))
    }

    pub(crate) fn must_read(&self) -> bool {
        self.ahead.is_empty() && self.beyond > 0
    }

    /// Takes places in that were read from the disk, behind those that were leased last.
    pub(crate) fn read(&mut self, slots: impl IntoIterator<Item = Slot>) {
        for slot in slots {
            self.ahead.push_back(slot);
            self.beyond = self.beyond.saturating_sub(1);
        }
    }

    /// So many requests are on disk, and nothing is known of them.
    pub(crate) fn found(&mut self, rows: u64) {
        self.beyond = rows;
    }

    pub(crate) fn is_leased(&self, slot: &Slot) -> bool {
        self.leased.contains(slot)
    }

    /// A request was queued here.
    pub(crate) fn queued(&mut self, slot: Slot) {
        let behind = self.ahead.back().is_none_or(|last| *last < slot);
        if behind && self.beyond > 0 {
            self.beyond += 1;
            return;
        }
        let at = self.ahead.partition_point(|other| *other < slot);
        self.ahead.insert(at, slot);
        if self.ahead.len() > 2 * AHEAD {
            self.beyond += (self.ahead.len() - AHEAD) as u64;
            self.ahead.truncate(AHEAD);
            self.ahead.shrink_to(AHEAD);
        }
    }

    /// A request was queued here that no commit has written yet.
    pub(crate) fn announced(&mut self, slot: Slot) {
        self.unwritten += 1;
        self.queued(slot);
    }

    /// The row of such a request was written, or need not be.
    pub(crate) fn written(&mut self) {
        self.unwritten = self.unwritten.saturating_sub(1);
    }

    /// A delayed request's time has come.
    pub(crate) fn woke(&mut self, slot: Slot, until: Timestamp) {
        self.woken.insert(slot, until);
    }

    /// A lease of this place was settled, and its row is gone. An idle host keeps no room for
    /// requests.
    pub(crate) fn settled(&mut self, slot: &Slot) {
        self.leased.retain(|other| other != slot);
        if self.leased.is_empty() && self.waiting() == 0 {
            *self = Self::default();
        }
    }

    /// Rows in the queue on disk, leased ones too.
    pub(crate) fn rows(&self) -> u64 {
        self.ahead.len() as u64 + self.beyond + self.leased.len() as u64 - self.unwritten
    }

    /// Requests that wait, of those whose time has come.
    pub(crate) fn waiting(&self) -> u64 {
        self.ahead.len() as u64 + self.beyond + self.woken.len() as u64
    }
}
