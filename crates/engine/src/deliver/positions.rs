//! Where each sink stands: pure.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use huntsman_core::frontier::Job;
use huntsman_core::{Sequence, Timestamp};

use super::budget::Budget;
use super::{Done, Opened, Taken};
use crate::settings::DeliverSettings;

/// Where each sink stands. What is asked after each event takes as long with ten thousand sinks as
/// with one: it is looked up, and kept right by whatever changes a sink.
#[derive(Debug)]
pub(crate) struct Positions {
    sinks: Vec<Position>,
    last: Sequence,
    confirmed: Sequence,
    /// The last record of earlier runs.
    earlier: Sequence,
    batch: u64,
    linger: Duration,
    /// In a crawl with a job: how long what a sink took may wait for its commit, and how many
    /// records of it.
    commit: Option<(Duration, u64)>,
    /// Sinks that have changed since it was last asked what they do.
    changed: BTreeSet<usize>,
    /// It was last asked in a hurry.
    hurried: bool,
    /// When each sink that waits is due.
    dues: BTreeSet<(Timestamp, usize)>,
    /// How many sinks, but for those that the crawl goes on without, are durable up to a record.
    kept: BTreeMap<Sequence, usize>,
    /// How many of those have something to take or to commit, or are at it.
    undone: usize,
    budget: Budget,
}

#[derive(Debug, Default, Clone)]
struct Position {
    at: Sequence,
    /// Up to here it is durable; the same as `at` without a job.
    kept: Sequence,
    /// What it took so far, and left out in earlier runs.
    done: Done,
    busy: bool,
    failed: bool,
    /// The crawl goes on without it: what it has not taken need not be kept.
    left: bool,
    /// When the oldest record that waits for it has waited long enough.
    due: Option<Timestamp>,
    /// When the oldest record without a commit has waited long enough.
    commit_due: Option<Timestamp>,
    noted: Noted,
}

/// What is noted of a sink where it is looked up.
#[derive(Debug, Default, Clone, Copy)]
struct Noted {
    due: Option<Timestamp>,
    kept: Option<Sequence>,
    undone: bool,
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
    /// The last record of earlier runs.
    pub(crate) earlier: Sequence,
    /// What it took before, and left out in earlier runs.
    pub(crate) done: Done,
}

impl Positions {
    /// Sinks that have nothing yet.
    pub(crate) fn new(sinks: usize, settings: &DeliverSettings) -> Self {
        let mut positions = Self {
            sinks: vec![Position::default(); sinks],
            last: Sequence(0),
            confirmed: Sequence(0),
            earlier: Sequence(0),
            batch: settings.batch as u64,
            linger: settings.linger,
            commit: None,
            changed: BTreeSet::new(),
            hurried: false,
            dues: BTreeSet::new(),
            kept: BTreeMap::new(),
            undone: 0,
            budget: Budget::new(settings),
        };
        (0..sinks).for_each(|index| positions.note(index));
        positions
    }

    /// Sinks of a job, which stand at these records.
    pub(crate) fn resume(&mut self, job: &Job, opened: &[Opened], settings: &DeliverSettings) {
        (self.last, self.confirmed, self.earlier) = (job.last, job.confirmed, job.last);
        self.commits(settings);
        for (index, opened) in opened.iter().enumerate() {
            self.change(index, |sink| {
                (sink.at, sink.kept, sink.done) = (opened.at, opened.at, opened.done);
                sink.due = (sink.at < job.last).then(Timestamp::default);
            });
        }
        if self.slowest() < job.last {
            // They wait since an earlier run, however long ago: they come before new pages.
            self.budget
                .appended(job.last, job.bytes, Timestamp::default());
        }
    }

    /// Sinks commit on the way, not only when they are closed.
    pub(crate) fn commits(&mut self, settings: &DeliverSettings) {
        self.commit = Some((settings.commit, (settings.backlog / 4).max(1)));
    }

    /// Changes a sink, and what is noted of it.
    fn change(&mut self, index: usize, change: impl FnOnce(&mut Position)) {
        if let Some(sink) = self.sinks.get_mut(index) {
            change(sink);
            self.note(index);
        }
    }

    fn note(&mut self, index: usize) {
        let Some(sink) = self.sinks.get_mut(index) else {
            return;
        };
        let before = sink.noted;
        let due = [sink.due, sink.commit_due].into_iter().flatten().min();
        let is_done = !sink.busy && sink.at >= self.last && sink.kept == sink.at;
        let now = Noted {
            due: due.filter(|_| !sink.busy),
            kept: (!sink.left).then_some(sink.kept),
            undone: !sink.failed && !is_done,
        };
        sink.noted = now;
        self.changed.insert(index);
        if let Some(due) = before.due {
            self.dues.remove(&(due, index));
        }
        if let Some(due) = now.due {
            self.dues.insert((due, index));
        }
        if before.kept != now.kept {
            if let Some(count) = before.kept.and_then(|kept| self.kept.get_mut(&kept)) {
                *count -= 1;
            }
            if let Some(kept) = before.kept.filter(|kept| self.kept.get(kept) == Some(&0)) {
                self.kept.remove(&kept);
            }
            if let Some(kept) = now.kept {
                *self.kept.entry(kept).or_default() += 1;
            }
        }
        self.undone = self.undone + usize::from(now.undone) - usize::from(before.undone);
    }

    /// The outbox has grown to `last`, by so many bytes. A sink may have read so far already: the
    /// commit is there before it is told here.
    pub(crate) fn appended(&mut self, last: Sequence, bytes: u64, now: Timestamp) {
        if last > self.last && !self.sinks.is_empty() {
            self.budget.appended(last, bytes, now);
        }
        self.last = self.last.max(last);
        self.budget.taken(self.slowest());
        let (last, due) = (self.last, now.after(self.linger));
        for index in 0..self.sinks.len() {
            self.change(index, |sink| {
                if sink.at < last && !sink.failed {
                    sink.due.get_or_insert(due);
                }
            });
        }
    }

    /// Records that the slowest sink has yet to take, and to commit where there is a job.
    pub(crate) fn backlog(&self) -> u64 {
        self.last.0.saturating_sub(self.slowest().0)
    }

    /// Whether so many bytes wait, or for so long, that no page may be leased.
    pub(crate) fn is_full(&self, now: Timestamp) -> bool {
        self.budget.is_full(now)
    }

    fn slowest(&self) -> Sequence {
        let slowest = self.kept.first_key_value();
        slowest.map_or(self.last, |(kept, _)| *kept)
    }

    /// Whether the others wait for this sink.
    fn is_slowest(&self, index: usize) -> bool {
        let slowest = self.slowest();
        let sink = &self.sinks[index];
        !sink.failed && sink.kept == slowest && sink.kept < self.last
    }

    /// What sinks do now. `hurry` waits for no further records.
    pub(crate) fn start(&mut self, now: Timestamp, hurry: bool) -> Vec<Delivery> {
        let mut asked = std::mem::take(&mut self.changed);
        asked.extend(
            self.dues
                .iter()
                .take_while(|(due, _)| *due <= now)
                .map(|(_, index)| *index),
        );
        if hurry && !self.hurried {
            asked.extend(0..self.sinks.len());
        }
        self.hurried = hurry;
        let presses = self.budget.presses(now);
        if presses {
            asked.extend((0..self.sinks.len()).filter(|index| self.is_slowest(*index)));
        }
        let mut started = Vec::new();
        for index in asked {
            let hurry = hurry || presses && self.is_slowest(index);
            if let Some(delivery) = self.delivery(index, now, hurry) {
                started.push(delivery);
                self.change(index, |sink| sink.busy = true);
            }
        }
        started
    }

    /// What a sink does now.
    fn delivery(&self, index: usize, now: Timestamp, hurry: bool) -> Option<Delivery> {
        let sink = self
            .sinks
            .get(index)
            .filter(|sink| !sink.busy && !sink.failed)?;
        let waiting = self.last.0.saturating_sub(sink.at.0);
        let due = hurry || waiting >= self.batch || sink.due.is_some_and(|due| due <= now);
        let takes = waiting > 0 && due;
        let open = sink.at.0 + waiting.min(self.batch) - sink.kept.0;
        let commit = self.commit.is_some_and(|(_, most)| {
            open > 0 && (hurry || open >= most || sink.commit_due.is_some_and(|due| due <= now))
        });
        (takes || commit).then_some(Delivery {
            sink: index,
            after: sink.at,
            commit,
            earlier: self.earlier,
            done: sink.done,
        })
    }

    /// A sink took so many records.
    pub(crate) fn taken(&mut self, index: usize, taken: &Taken, now: Timestamp) {
        let (last, linger, commit) = (self.last, self.linger, self.commit);
        self.change(index, |sink| {
            sink.busy = false;
            sink.at.0 += taken.passed;
            sink.done.records += taken.taken;
            sink.due = (sink.at < last).then(|| now.after(linger));
            match commit {
                Some((after, _)) if !taken.committed => {
                    sink.commit_due.get_or_insert(now.after(after));
                }
                _ => (sink.kept, sink.commit_due) = (sink.at, None),
            }
        });
    }

    /// A sink failed and gets nothing more; the next run of the job does.
    pub(crate) fn failed(&mut self, index: usize) {
        self.change(index, |sink| {
            (sink.busy, sink.failed) = (false, true);
            (sink.due, sink.commit_due) = (None, None);
        });
    }

    /// The crawl goes on without a sink that failed.
    pub(crate) fn leave(&mut self, index: usize) {
        self.change(index, |sink| sink.left = true);
    }

    pub(crate) fn has_failed(&self, index: usize) -> bool {
        self.sinks.get(index).is_some_and(|sink| sink.failed)
    }

    /// Up to where the outbox may be dropped, when that is further than before.
    pub(crate) fn confirm(&mut self) -> Option<Sequence> {
        let slowest = self.slowest();
        self.budget.taken(slowest);
        (slowest > self.confirmed).then(|| {
            self.confirmed = slowest;
            slowest
        })
    }

    /// When the next batch or commit is due although it is small.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        let first = self.dues.first().map(|(due, _)| *due);
        let idle = |index: &usize| !self.sinks[*index].busy && self.is_slowest(*index);
        let too_old = self.budget.due();
        let too_old = too_old.filter(|_| (0..self.sinks.len()).any(|index| idle(&index)));
        first.into_iter().chain(too_old).min()
    }

    /// Whether no sink has anything to take or to commit.
    pub(crate) fn idle(&self) -> bool {
        self.undone == 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
            refused: Vec::new(),
            committed,
        }
    }

    #[test]
    fn small_batches_linger_and_large_ones_do_not() {
        let mut positions = Positions::new(2, &settings());
        positions.appended(Sequence(3), 0, Timestamp(0));
        assert!(positions.start(Timestamp(50), false).is_empty());
        assert_eq!(positions.due(), Some(Timestamp(100)));
        assert_eq!(positions.start(Timestamp(100), false).len(), 2);
        assert!(
            positions.start(Timestamp(100), true).is_empty(),
            "both are busy"
        );
        positions.taken(0, &took(3, false), Timestamp(101));
        assert_eq!(positions.confirm(), None, "the other sink is not done");
        positions.appended(Sequence(13), 0, Timestamp(101));
        let next = Delivery {
            sink: 0,
            after: Sequence(3),
            commit: false,
            earlier: Sequence(0),
            done: Done {
                records: 3,
                skipped: 0,
            },
        };
        assert_eq!(positions.start(Timestamp(101), false), [next]);
        positions.failed(1);
        assert_eq!(positions.confirm(), None, "the next run is to deliver it");
        positions.leave(1);
        assert_eq!(
            (positions.confirm(), positions.backlog()),
            (Some(Sequence(3)), 10)
        );
        assert!(!positions.idle());
        positions.taken(0, &took(10, false), Timestamp(102));
        assert!(positions.idle());
        positions.appended(Sequence(14), 0, Timestamp(103));
        positions.taken(0, &took(1, false), Timestamp(103));
        assert_eq!(positions.due(), None, "nothing is due for one that failed");
    }

    #[test]
    fn without_sinks_nothing_waits() {
        let mut positions = Positions::new(0, &DeliverSettings::default());
        positions.appended(Sequence(5), 0, Timestamp(0));
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
            round: 1,
            before: Sequence(0),
            bytes: 1000,
        };
        let mut positions = Positions::new(1, &settings());
        let opened = Opened {
            at: Sequence(25),
            done: Done::default(),
        };
        positions.resume(&job, &[opened], &settings());
        positions
    }

    #[test]
    fn with_a_job_only_what_is_committed_is_confirmed() {
        let mut positions = resumed();
        let first = Delivery {
            sink: 0,
            after: Sequence(25),
            commit: false,
            earlier: Sequence(30),
            done: Done::default(),
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
            earlier: Sequence(30),
            done: Done {
                records: 5,
                skipped: 0,
            },
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
        positions.appended(Sequence(60), 0, Timestamp(0));
        for open in [10, 20, 30] {
            let begun = positions.start(Timestamp(0), false);
            assert_eq!(begun[0].commit, open >= 25, "a quarter of the backlog");
            positions.taken(0, &took(10, begun[0].commit), Timestamp(0));
        }
    }

    /// One thing that happens to sinks.
    #[derive(Debug, Clone)]
    enum Step {
        Appended(u64),
        Start(bool),
        Taken(usize, u64),
        Failed(usize),
        Left(usize),
        Later(u64),
    }

    #[test]
    fn a_sink_may_have_read_what_is_only_told_later() {
        let mut positions = resumed();
        let ahead = positions.last.0 + 5 - positions.sinks[0].at.0;
        positions.taken(0, &took(ahead, true), Timestamp(0));
        assert!(positions.delivery(0, Timestamp(0), true).is_none());
        assert!(positions.sinks[0].at > positions.last);
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            (1..30_u64).prop_map(Step::Appended),
            any::<bool>().prop_map(Step::Start),
            (0..4_usize, 0..10_u64).prop_map(|(sink, passed)| Step::Taken(sink, passed)),
            (0..4_usize).prop_map(Step::Failed),
            (0..4_usize).prop_map(Step::Left),
            (0..200_u64).prop_map(Step::Later),
        ];
        proptest::collection::vec(step, 0..60)
    }

    proptest! {
        /// What is looked up is what a look at every sink says.
        #[test]
        fn what_is_noted_is_so(steps in steps(), has_job in any::<bool>()) {
            let mut positions = if has_job { resumed() } else { Positions::new(4, &settings()) };
            let mut now = Timestamp(0);
            for step in steps {
                match step {
                    Step::Appended(more) => {
                        let last = Sequence(positions.last.0 + more);
                        positions.appended(last, 0, now);
                    }
                    Step::Start(hurry) => {
                        let all = 0..positions.sinks.len();
                        let all: Vec<_> =
                            all.filter_map(|sink| positions.delivery(sink, now, hurry)).collect();
                        prop_assert_eq!(positions.start(now, hurry), all);
                    }
                    Step::Taken(sink, passed) => {
                        if let Some(one) = positions.sinks.get(sink).filter(|one| one.busy) {
                            let passed = passed.min(positions.last.0 - one.at.0);
                            positions.taken(sink, &took(passed, passed % 2 == 0), now);
                        }
                    }
                    Step::Failed(sink) => positions.failed(sink),
                    Step::Left(sink) if positions.has_failed(sink) => positions.leave(sink),
                    Step::Left(_) => {}
                    Step::Later(more) => now = Timestamp(now.0 + more),
                }
                let alive = || positions.sinks.iter().filter(|sink| !sink.failed);
                let needed = positions.sinks.iter().filter(|sink| !sink.left);
                let slowest = needed.map(|sink| sink.kept).min();
                prop_assert_eq!(positions.slowest(), slowest.unwrap_or(positions.last));
                let idle = alive().filter(|sink| !sink.busy);
                let due = idle.flat_map(|sink| [sink.due, sink.commit_due]).flatten().min();
                prop_assert_eq!(positions.due(), due);
                let done = |sink: &Position| {
                    !sink.busy && sink.at == positions.last && sink.kept == sink.at
                };
                prop_assert_eq!(positions.idle(), alive().all(done));
            }
        }
    }
}
