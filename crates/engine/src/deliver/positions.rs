//! Where each sink stands: pure.

use std::time::Duration;

use huntsman_core::frontier::Job;
use huntsman_core::{Sequence, Timestamp};

use super::Taken;
use crate::settings::DeliverSettings;

/// Where each sink stands.
#[derive(Debug)]
pub(crate) struct Positions {
    sinks: Vec<Position>,
    last: Sequence,
    confirmed: Sequence,
    batch: u64,
    linger: Duration,
    /// In a crawl with a job: how long what a sink took may wait for its commit, and how many
    /// records of it.
    commit: Option<(Duration, u64)>,
}

#[derive(Debug, Default, Clone)]
struct Position {
    at: Sequence,
    /// Up to here it is durable; the same as `at` without a job.
    kept: Sequence,
    busy: bool,
    failed: bool,
    /// When the oldest record that waits for it has waited long enough.
    due: Option<Timestamp>,
    /// When the oldest record without a commit has waited long enough.
    commit_due: Option<Timestamp>,
}

/// What a sink is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Delivery {
    /// Which one.
    pub(crate) sink: usize,
    /// It takes what comes after this record.
    pub(crate) after: Sequence,
    /// And commits then.
    pub(crate) commit: bool,
}

impl Positions {
    /// Sinks that have nothing yet.
    pub(crate) fn new(sinks: usize, settings: &DeliverSettings) -> Self {
        Self {
            sinks: vec![Position::default(); sinks],
            last: Sequence(0),
            confirmed: Sequence(0),
            batch: settings.batch as u64,
            linger: settings.linger,
            commit: None,
        }
    }

    /// Sinks of a job, which stand at these records.
    pub(crate) fn resume(&mut self, job: &Job, at: &[Sequence], settings: &DeliverSettings) {
        (self.last, self.confirmed) = (job.last, job.confirmed);
        self.commit = Some((settings.commit, (settings.backlog / 4).max(1)));
        for (sink, at) in self.sinks.iter_mut().zip(at) {
            (sink.at, sink.kept) = (*at, *at);
            sink.due = (sink.at < job.last).then(Timestamp::default);
        }
    }

    /// The outbox has grown to `last`.
    pub(crate) fn appended(&mut self, last: Sequence, now: Timestamp) {
        self.last = self.last.max(last);
        for sink in &mut self.sinks {
            if sink.at < self.last && sink.due.is_none() && !sink.failed {
                sink.due = Some(now.after(self.linger));
            }
        }
    }

    /// Records that the slowest sink has yet to take, and to commit where there is a job.
    pub(crate) fn backlog(&self) -> u64 {
        self.last.0 - self.slowest().0
    }

    fn slowest(&self) -> Sequence {
        let alive = self.sinks.iter().filter(|sink| !sink.failed);
        alive.map(|sink| sink.kept).min().unwrap_or(self.last)
    }

    /// What sinks do now. `hurry` waits for no further records.
    pub(crate) fn start(&mut self, now: Timestamp, hurry: bool) -> Vec<Delivery> {
        let mut started = Vec::new();
        for (index, sink) in self.sinks.iter_mut().enumerate() {
            if sink.busy || sink.failed {
                continue;
            }
            let waiting = self.last.0 - sink.at.0;
            let due = hurry || waiting >= self.batch || sink.due.is_some_and(|due| due <= now);
            let takes = waiting > 0 && due;
            let open = sink.at.0 + waiting.min(self.batch) - sink.kept.0;
            let commit = self.commit.is_some_and(|(_, most)| {
                open > 0 && (hurry || open >= most || sink.commit_due.is_some_and(|due| due <= now))
            });
            if takes || commit {
                sink.busy = true;
                started.push(Delivery {
                    sink: index,
                    after: sink.at,
                    commit,
                });
            }
        }
        started
    }

    /// A sink took so many records.
    pub(crate) fn taken(&mut self, index: usize, taken: &Taken, now: Timestamp) {
        let (last, linger, commit) = (self.last, self.linger, self.commit);
        if let Some(sink) = self.sinks.get_mut(index) {
            sink.busy = false;
            sink.at.0 += taken.passed;
            sink.due = (sink.at < last).then(|| now.after(linger));
            match commit {
                Some((after, _)) if !taken.committed => {
                    sink.commit_due.get_or_insert(now.after(after));
                }
                _ => (sink.kept, sink.commit_due) = (sink.at, None),
            }
        }
    }

    /// A sink failed and gets nothing more.
    pub(crate) fn failed(&mut self, index: usize) {
        if let Some(sink) = self.sinks.get_mut(index) {
            (sink.busy, sink.failed) = (false, true);
            (sink.due, sink.commit_due) = (None, None);
        }
    }

    pub(crate) fn has_failed(&self, index: usize) -> bool {
        self.sinks.get(index).is_some_and(|sink| sink.failed)
    }

    /// Up to where the outbox may be dropped, when that is further than before.
    pub(crate) fn confirm(&mut self) -> Option<Sequence> {
        let slowest = self.slowest();
        (slowest > self.confirmed).then(|| {
            self.confirmed = slowest;
            slowest
        })
    }

    /// When the next batch or commit is due although it is small.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        let idle = self.sinks.iter().filter(|sink| !sink.busy);
        idle.flat_map(|sink| [sink.due, sink.commit_due])
            .flatten()
            .min()
    }

    /// Whether no sink has anything to take or to commit.
    pub(crate) fn idle(&self) -> bool {
        let done = |sink: &Position| !sink.busy && sink.at == self.last && sink.kept == sink.at;
        self.sinks.iter().all(|sink| sink.failed || done(sink))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> DeliverSettings {
        DeliverSettings {
            batch: 10,
            linger: Duration::from_millis(100),
            backlog: 100,
            commit: Duration::from_secs(1),
            ..DeliverSettings::default()
        }
    }

    fn took(passed: u64, committed: bool) -> Taken {
        Taken {
            passed,
            taken: passed,
            committed,
        }
    }

    #[test]
    fn small_batches_linger_and_large_ones_do_not() {
        let mut positions = Positions::new(2, &settings());
        positions.appended(Sequence(3), Timestamp(0));
        assert!(positions.start(Timestamp(50), false).is_empty());
        assert_eq!(positions.due(), Some(Timestamp(100)));
        assert_eq!(positions.start(Timestamp(100), false).len(), 2);
        assert!(
            positions.start(Timestamp(100), true).is_empty(),
            "both are busy"
        );
        positions.taken(0, &took(3, false), Timestamp(101));
        assert_eq!(positions.confirm(), None, "the other sink is not done");
        positions.appended(Sequence(13), Timestamp(101));
        let next = Delivery {
            sink: 0,
            after: Sequence(3),
            commit: false,
        };
        assert_eq!(positions.start(Timestamp(101), false), [next]);
        positions.failed(1);
        assert_eq!(
            (positions.confirm(), positions.backlog()),
            (Some(Sequence(3)), 10)
        );
        assert!(!positions.idle());
        positions.taken(0, &took(10, false), Timestamp(102));
        assert!(positions.idle());
        positions.appended(Sequence(14), Timestamp(103));
        positions.taken(0, &took(1, false), Timestamp(103));
        assert_eq!(positions.due(), None, "nothing is due for one that failed");
    }

    #[test]
    fn without_sinks_nothing_waits() {
        let mut positions = Positions::new(0, &DeliverSettings::default());
        positions.appended(Sequence(5), Timestamp(0));
        assert_eq!(
            (positions.backlog(), positions.confirm()),
            (0, Some(Sequence(5)))
        );
        assert!(positions.idle());
    }

    fn resumed() -> Positions {
        let job = Job {
            name: "job".into(),
            began: Timestamp(0),
            resumed: true,
            finished: false,
            confirmed: Sequence(20),
            last: Sequence(30),
        };
        let mut positions = Positions::new(1, &settings());
        positions.resume(&job, &[Sequence(25)], &settings());
        positions
    }

    #[test]
    fn with_a_job_only_what_is_committed_is_confirmed() {
        let mut positions = resumed();
        let first = Delivery {
            sink: 0,
            after: Sequence(25),
            commit: false,
        };
        assert_eq!(positions.start(Timestamp(0), false), [first]);
        positions.taken(0, &took(5, false), Timestamp(0));
        assert_eq!(positions.confirm(), Some(Sequence(25)));
        assert_eq!(positions.backlog(), 5, "it may have to be taken again");
        assert!(!positions.idle());
        assert_eq!(positions.due(), Some(Timestamp(1000)));
        let commit = Delivery {
            sink: 0,
            after: Sequence(30),
            commit: true,
        };
        assert_eq!(positions.start(Timestamp(1000), false), [commit]);
        positions.taken(0, &took(0, true), Timestamp(1000));
        assert_eq!(
            (positions.confirm(), positions.due()),
            (Some(Sequence(30)), None)
        );
        assert!(positions.idle());
    }

    #[test]
    fn a_commit_comes_with_the_last_batch_and_when_much_is_open() {
        let mut positions = resumed();
        assert!(positions.start(Timestamp(0), true)[0].commit, "the end");
        let mut positions = resumed();
        positions.appended(Sequence(60), Timestamp(0));
        for open in [10, 20, 30] {
            let begun = positions.start(Timestamp(0), false);
            assert_eq!(begun[0].commit, open >= 25, "a quarter of the backlog");
            positions.taken(0, &took(10, begun[0].commit), Timestamp(0));
        }
    }
}
