//! One host of the in-memory frontier: its queue, its pace and when it is due.

use crate::frontier::queue::HostQueue;
use crate::pace::{Pace, PaceChange};
use crate::time::Timestamp;

#[derive(Debug)]
pub(super) struct Host {
    pub(super) queue: HostQueue,
    pace: Pace,
    /// No request starts before this.
    next: Timestamp,
    in_flight: u32,
    held: bool,
    turns: u64,
    /// The order number of its last lease: whoever waited longest goes first.
    pub(super) last_turn: u64,
}

impl Host {
    pub(super) fn new(pace: Pace) -> Self {
        Self {
            queue: HostQueue::default(),
            pace,
            next: Timestamp::default(),
            in_flight: 0,
            held: false,
            turns: 0,
            last_turn: 0,
        }
    }

    /// When its next request may start; `None` when it has none, or only after a settlement.
    pub(super) fn due(&self) -> Option<Timestamp> {
        let may = !self.held
            && self.in_flight < self.pace.concurrency.max(1)
            && self.queue.next_priority().is_some();
        may.then_some(self.next)
    }

    pub(super) fn started(&mut self, now: Timestamp) {
        self.in_flight += 1;
        self.next = self.next.max(self.pace.next(now, self.turns));
        self.turns += 1;
    }

    pub(super) fn ended(&mut self) {
        self.in_flight -= 1;
    }

    pub(super) fn change(&mut self, change: PaceChange, now: Timestamp) {
        match change {
            PaceChange::AtLeast(delay) => {
                self.pace.delay = self.pace.delay.max(delay);
                // The request that is under way counts: the new delay runs from now.
                self.next = self.next.max(now.after(delay));
            }
            PaceChange::NotBefore(time) => {
                self.next = self.next.max(time.min(now.after(super::MAX_WAIT)));
            }
            PaceChange::Hold => self.held = true,
            PaceChange::Release => {
                self.held = false;
                // What was leased before the hold begins only now.
                if self.in_flight > 0 {
                    self.next = self.next.max(self.pace.next(now, self.turns));
                }
            }
        }
    }
}
