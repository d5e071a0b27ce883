//! How large the outbox may become, and how old: pure.

use std::collections::VecDeque;
use std::time::Duration;

use huntsman_core::{Sequence, Timestamp};

use crate::settings::DeliverSettings;

/// What waits for the slowest sink, page by page, and how much of it is too much.
#[derive(Debug)]
pub(crate) struct Budget {
    bytes: u64,
    age: Option<Duration>,
    waiting: VecDeque<Waiting>,
    sum: u64,
}

/// Records that were appended together: the last of them, their bytes, and since when.
#[derive(Debug)]
struct Waiting {
    last: Sequence,
    bytes: u64,
    since: Timestamp,
}

impl Budget {
    pub(super) fn new(settings: &DeliverSettings) -> Self {
        Self {
            bytes: settings.backlog_bytes,
            age: settings.backlog_age,
            waiting: VecDeque::new(),
            sum: 0,
        }
    }

    /// Records up to `last` wait since `now`.
    pub(super) fn appended(&mut self, last: Sequence, bytes: u64, now: Timestamp) {
        if self.waiting.back().is_none_or(|before| before.last < last) {
            self.sum += bytes;
            self.waiting.push_back(Waiting {
                last,
                bytes,
                since: now,
            });
        }
    }

    /// Every sink has the records up to this one. Of those that were appended together, all count
    /// until the last is taken.
    pub(super) fn taken(&mut self, up_to: Sequence) {
        while let Some(first) = self.waiting.front()
            && first.last <= up_to
        {
            self.sum -= first.bytes;
            self.waiting.pop_front();
        }
    }

    /// Whether no further page may be leased.
    pub(super) fn is_full(&self, now: Timestamp) -> bool {
        self.sum >= self.bytes || self.is_late(now)
    }

    /// Whether the slowest sink is not to wait for more: a quarter of the bytes are there, or some
    /// are too old.
    pub(super) fn presses(&self, now: Timestamp) -> bool {
        self.sum.saturating_mul(4) >= self.bytes || self.is_late(now)
    }

    fn is_late(&self, now: Timestamp) -> bool {
        self.due().is_some_and(|due| due <= now)
    }

    /// When the oldest is too old.
    pub(super) fn due(&self) -> Option<Timestamp> {
        let oldest = self.waiting.front()?;
        self.age.map(|age| oldest.since.after(age))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_age_count_until_every_sink_has_the_records() {
        let mut budget = Budget::new(&DeliverSettings {
            backlog_bytes: 1000,
            backlog_age: Some(Duration::from_secs(1)),
            ..DeliverSettings::default()
        });
        assert!(!budget.is_full(Timestamp(u64::MAX)) && !budget.presses(Timestamp(0)));
        budget.appended(Sequence(3), 600, Timestamp(0));
        budget.appended(Sequence(3), 0, Timestamp(5));
        assert!(!budget.is_full(Timestamp(999)) && budget.presses(Timestamp(0)));
        assert!(budget.is_full(Timestamp(1000)));
        budget.appended(Sequence(4), 400, Timestamp(500));
        assert!(budget.is_full(Timestamp(500)), "1000 bytes");
        budget.taken(Sequence(2));
        assert!(budget.is_full(Timestamp(500)), "not all three are taken");
        budget.taken(Sequence(3));
        assert!(!budget.is_full(Timestamp(1499)) && budget.is_full(Timestamp(1500)));
        budget.taken(Sequence(4));
        assert_eq!(budget.due(), None);
    }
}
