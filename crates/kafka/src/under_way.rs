//! The records that messages were made of, until each message has its report.
//!
//! They are kept by batch: a lock and a place for each message by itself would cost an item more CPU.

use std::collections::VecDeque;
use std::sync::Arc;

use huntsman_core::{Record, RecordId};

/// The record that a message was made of.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) id: RecordId,
    pub(crate) url: Arc<str>,
}

#[derive(Debug)]
struct Batch {
    /// The number of its first message; the others follow.
    first: usize,
    sent: Vec<Sent>,
    /// So many have no report.
    open: usize,
}

#[derive(Debug, Default)]
pub(crate) struct UnderWay {
    batches: VecDeque<Batch>,
    /// The number of the next message.
    next: usize,
}

impl UnderWay {
    /// Keeps what messages are made of; the number of the first.
    pub(crate) fn keep(&mut self, records: &[Record]) -> usize {
        let sent = records.iter().map(|record| Sent {
            id: record.id,
            url: Arc::clone(&record.url),
        });
        let batch = Batch {
            first: self.next,
            sent: sent.collect(),
            open: records.len(),
        };
        self.next += batch.open;
        let first = batch.first;
        self.batches.push_back(batch);
        first
    }

    /// Those of the last batch from this number on become no messages.
    pub(crate) fn truncate(&mut self, number: usize) {
        if let Some(batch) = self.batches.back_mut() {
            let before = batch.sent.len();
            batch.sent.truncate(number.saturating_sub(batch.first));
            batch.open -= before - batch.sent.len();
        }
        self.forget();
    }

    /// What this message was made of.
    pub(crate) fn of(&self, number: usize) -> Option<&Sent> {
        let batch = self.batches.get(self.batch_of(number)?)?;
        batch.sent.get(number - batch.first)
    }

    /// The message has its report. A batch is kept until the last of it, and of those before it.
    pub(crate) fn reported(&mut self, number: usize) {
        let batch = self.batch_of(number);
        if let Some(batch) = batch.and_then(|at| self.batches.get_mut(at)) {
            batch.open = batch.open.saturating_sub(1);
            if batch.open == 0 {
                self.forget();
            }
        }
    }

    fn batch_of(&self, number: usize) -> Option<usize> {
        let behind = self.batches.partition_point(|batch| batch.first <= number);
        behind.checked_sub(1)
    }

    fn forget(&mut self) {
        while self.batches.front().is_some_and(|batch| batch.open == 0) {
            self.batches.pop_front();
        }
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use huntsman_testkit::Price;

    use super::*;

    fn records(numbers: std::ops::Range<u32>) -> Vec<Record> {
        let one = |number| Price::numbered(number).record(number);
        numbers.map(one).collect()
    }

    #[test]
    fn a_message_is_known_by_its_number() {
        let all = records(0..5);
        let mut under_way = UnderWay::default();
        assert_eq!(
            (under_way.keep(&all[..2]), under_way.keep(&all[2..])),
            (0, 2)
        );
        for (number, record) in all.iter().enumerate() {
            let sent = under_way.of(number).expect("it is kept");
            assert_eq!((sent.id, &sent.url), (record.id, &record.url));
        }
        assert!(under_way.of(5).is_none());
    }

    #[test]
    fn a_batch_is_kept_until_the_last_report() {
        let mut under_way = UnderWay::default();
        under_way.keep(&records(0..2));
        under_way.keep(&records(2..4));
        for number in [3, 0, 2] {
            under_way.reported(number);
            assert_eq!(under_way.batches.len(), 2, "0 or 1 is open");
        }
        under_way.reported(1);
        assert!(under_way.is_empty());
    }

    #[test]
    fn what_becomes_no_message_is_not_waited_for() {
        let mut under_way = UnderWay::default();
        let first = under_way.keep(&records(0..3));
        under_way.truncate(first + 1);
        assert!(under_way.of(first).is_some() && under_way.of(first + 1).is_none());
        under_way.reported(first);
        assert!(under_way.is_empty());
        let second = under_way.keep(&records(3..4));
        assert_eq!(second, 3, "numbers are not used twice");
        under_way.truncate(second);
        assert!(under_way.is_empty());
    }
}
