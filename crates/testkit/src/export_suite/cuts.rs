//! Runs of a job that are cut.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::slice;
use std::sync::Arc;

use huntsman_core::{Export, Guarantee, Position};
use tokio::task::{JoinError, JoinSet};

use super::folder::Frozen;
use super::runs;
use super::script::{Run, Step, scripts, uninterrupted};
use super::trial::Trial;

/// A run up to a cut.
struct Begun<E> {
    run: Run<E>,
    /// So many steps are done.
    done: usize,
    /// After how many steps, and where: before anything, and after each commit.
    positions: Vec<(usize, Option<Position>)>,
    /// The files at the last commit.
    committed: Option<Frozen>,
}

impl<E: Export> Begun<E> {
    /// Opens a sink after `done` steps at `position`, and takes the steps up to `end`.
    async fn new(
        trial: &Trial<E>,
        steps: &[Step],
        (done, position): (usize, Option<Position>),
        end: usize,
        case: &str,
    ) -> Self {
        let mut run = Run::open(trial, position.as_ref(), case).await;
        let mut positions = vec![(done, position)];
        let mut committed = trial.frozen();
        for (number, step) in steps.iter().enumerate().take(end).skip(done) {
            let reached = run.step(step).await;
            let reached = reached.unwrap_or_else(|error| panic!("{case}: {step:?}: {error}"));
            if reached.is_some() {
                positions.push((number + 1, reached));
                committed = trial.frozen();
            }
        }
        Self {
            run,
            done: end,
            positions,
            committed,
        }
    }

    /// The position that a crawl would know, `back` commits before the last one; none if there is
    /// no such.
    fn known(&self, back: usize) -> Option<(usize, Option<Position>)> {
        let index = self.positions.len().checked_sub(back + 1)?;
        let known = self.positions.get(index)?;
        // Nothing is exported before the first position is kept, and a position is kept before
        // anything else is done.
        let at_commit = self
            .positions
            .last()
            .is_some_and(|last| last.0 == self.done);
        let is_possible = known.1.is_some() || self.done <= 1;
        (is_possible && (back == 0 || at_commit)).then(|| known.clone())
    }

    fn cut(self, trial: &Trial<E>, quarters: usize) {
        trial.cut(self.run.sink, self.committed.as_ref(), quarters);
    }
}

/// One way to be cut and to go on.
#[derive(Debug, Clone, Copy)]
struct Cut {
    /// After so many steps; one more than there are is after the end.
    after: usize,
    /// The position is so many commits old.
    back: usize,
    /// So many quarters are there of what came since the last commit.
    quarters: usize,
    /// The rest comes in one batch.
    at_once: bool,
}

pub(super) async fn all<E: Export>(make: &impl Fn() -> Trial<E>, appends: bool) {
    assert_eq!(
        make().sink().guarantee(),
        Guarantee::ExactlyOnce,
        "the guarantee of a sink that resumes"
    );
    let scripts = scripts();
    if appends {
        cut_once(make, &scripts[0], true).await;
    }
    cut_twice(make, &scripts[0]).await;
    for steps in &scripts {
        cut_once(make, steps, false).await;
    }
}

/// So many places are tried at a time: each is a place of its own, and most of a sink's time goes by
/// while it waits for somebody.
const AT_ONCE: usize = 8;

/// Runs all cases, some at a time.
///
/// # Panics
/// When one does.
async fn each<C>(cases: impl Iterator<Item = C>)
where
    C: Future<Output = ()> + Send + 'static,
{
    let passed = |done: Result<(), JoinError>| match done.map_err(JoinError::try_into_panic) {
        Err(Ok(panic)) => resume_unwind(panic),
        done => assert!(done.is_ok(), "a case was not run to its end"),
    };
    let mut open = JoinSet::new();
    for case in cases {
        if open.len() == AT_ONCE {
            open.join_next().await.into_iter().for_each(passed);
        }
        open.spawn(case);
    }
    while let Some(done) = open.join_next().await {
        passed(done);
    }
}

/// The numbers of another run's items.
const EARLIER: (u64, u64) = (1000, 1003);

/// Adds items of another run, if asked.
async fn begin<E: Export>(trial: &Trial<E>, earlier: bool) {
    if earlier {
        runs::run(trial, &[EARLIER]).await;
    }
}

async fn cut_once<E: Export>(make: &impl Fn() -> Trial<E>, steps: &[Step], earlier: bool) {
    let whole = make();
    begin(&whole, earlier).await;
    let expected = Arc::new(uninterrupted(&whole, steps).await);
    let before = (EARLIER.0..EARLIER.1).filter(|_| earlier);
    let all: Vec<_> = before.chain(numbers(steps)).collect();
    assert_eq!(expected.0, all, "a job has every record once, in order");
    let tears = whole.tears();
    let ways = tears.iter().map(|quarters| (*quarters, 0, false));
    let ways: Vec<_> = ways.chain([(4, 0, true), (4, 1, false)]).collect();
    let cuts = (0..=steps.len() + 1).flat_map(|after| {
        let cut = move |(quarters, back, at_once)| Cut {
            after,
            back,
            quarters,
            at_once,
        };
        ways.iter().copied().map(cut)
    });
    let cases = cuts.map(|cut| {
        let (trial, steps, expected) = (make(), steps.to_vec(), Arc::clone(&expected));
        async move {
            begin(&trial, earlier).await;
            let case = format!("{cut:?} of {steps:?}, earlier items: {earlier}");
            if one_cut(&trial, &steps, cut, &case).await {
                compare(&trial, &expected, !cut.at_once, &case);
            }
        }
    });
    each(cases).await;
}

/// All numbers of a script.
fn numbers(steps: &[Step]) -> impl Iterator<Item = u64> {
    steps.iter().flat_map(|step| match step {
        Step::Batch(numbers) => numbers.clone(),
        Step::Commit => 0..0,
    })
}

/// Whether there is a position that the run can be opened at.
async fn one_cut<E: Export>(trial: &Trial<E>, steps: &[Step], cut: Cut, case: &str) -> bool {
    let mut begun = Begun::new(trial, steps, (0, None), cut.after, case).await;
    if cut.after > steps.len() {
        let closed = begun.run.sink.close().await;
        closed.unwrap_or_else(|error| panic!("{case}: the sink does not close: {error}"));
        begun.committed = trial.frozen();
    }
    let Some((done, position)) = begun.known(cut.back) else {
        return false;
    };
    begun.cut(trial, cut.quarters);
    let run = Run::open(trial, position.as_ref(), case).await;
    let rest = steps.get(done..).unwrap_or_default();
    if cut.at_once {
        let end = numbers(rest).last().map_or(0, |number| number + 1);
        let first = numbers(rest).next().unwrap_or_default();
        run.finish(slice::from_ref(&Step::Batch(first..end)), case)
            .await;
    } else {
        run.finish(rest, case).await;
    }
    true
}

/// A job that is cut, resumed, cut again after a few more steps, and resumed again.
async fn cut_twice<E: Export>(make: &impl Fn() -> Trial<E>, steps: &[Step]) {
    let expected = Arc::new(uninterrupted(&make(), steps).await);
    let pairs = (0..=steps.len()).flat_map(|first| {
        let seconds = [first, steps.len().min(first + 2)];
        seconds.map(|second| [first, second])
    });
    let cases = pairs.map(|ends| {
        let (trial, steps, expected) = (make(), steps.to_vec(), Arc::clone(&expected));
        async move {
            let case = format!("cut after {ends:?} steps of {steps:?}");
            let mut known = (0, None);
            for end in ends {
                let begun = Begun::new(&trial, &steps, known, end, &case).await;
                known = begun.known(0).expect("where it began, at least");
                begun.cut(&trial, 4);
            }
            let run = Run::open(&trial, known.1.as_ref(), &case).await;
            run.finish(&steps[known.0..], &case).await;
            compare(&trial, &expected, true, &case);
        }
    });
    each(cases).await;
}

/// Whether this is what was expected: by number, and also to the byte.
pub(super) fn compare<E>(
    trial: &Trial<E>,
    expected: &(Vec<u64>, Option<Vec<u8>>),
    exactly: bool,
    case: &str,
) {
    let read = catch_unwind(AssertUnwindSafe(|| trial.content()));
    let (numbers, content) = read.unwrap_or_else(|_| panic!("{case}: it cannot be read"));
    if numbers != expected.0 {
        let pairs = numbers.iter().zip(&expected.0);
        let same = pairs.take_while(|(one, other)| one == other).count();
        let next = |all: &[u64]| all[same..all.len().min(same + 5)].to_vec();
        panic!(
            "{case}: not every record once, in order: after {same} records {:?} instead of {:?}",
            next(&numbers),
            next(&expected.0),
        );
    }
    let (true, Some(content), Some(expected)) = (exactly, content, &expected.1) else {
        return;
    };
    let pairs = content.iter().zip(expected);
    let differs = pairs.take_while(|(one, other)| one == other).count();
    let around = |bytes: &[u8]| {
        let near = bytes.get(differs.saturating_sub(40)..).unwrap_or_default();
        String::from_utf8_lossy(&near[..near.len().min(120)]).into_owned()
    };
    assert!(
        content == *expected,
        "{case}: {} bytes, and {} of an uninterrupted run; at {differs}: {:?}, and {:?}",
        content.len(),
        expected.len(),
        around(&content),
        around(expected),
    );
}
