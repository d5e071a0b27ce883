//! The steps of a run of a job, and the outbox that they read.

use std::ops::Range;

use huntsman_core::{Export, ExportError, Item, Opening, Position, Sequence, Timestamp};

use super::trial::Trial;
use crate::item::{Sample, sample_records};

/// One step of a run.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// A batch of the samples with these numbers.
    Batch(Range<u64>),
    /// A commit of all that came before.
    Commit,
}

/// Runs that differ in what stands last: records, a commit, or nothing at all.
pub(super) fn scripts() -> [Vec<Step>; 3] {
    use Step::{Batch, Commit};
    [
        vec![
            Commit,
            Batch(0..3),
            Batch(3..4),
            Commit,
            Commit,
            Batch(4..300),
            Commit,
            Batch(300..301),
        ],
        vec![Commit, Batch(0..2), Commit],
        vec![Commit, Commit],
    ]
}

/// The place of a sample in the outbox. Every other record is not the sink's.
fn place(number: u64) -> u64 {
    2 * number + 2
}

/// A sink in a run of a job.
pub(super) struct Run<E> {
    pub(super) sink: E,
    /// The last record of the outbox that it was offered.
    at: Sequence,
}

/// A position as a store gives it back.
pub(super) fn kept(position: &Position) -> Position {
    let text = serde_json::to_string(position).expect("a position can be written as JSON");
    let read = serde_json::from_str(&text).expect("a position can be read from JSON");
    assert_eq!(position, &read, "a position survives being kept");
    read
}

/// How a run of the job is opened at a position.
pub(super) fn opening(position: Option<&Position>) -> Opening {
    Opening::new(Sample::schemas())
        .of("suite", Timestamp(1_700_000_000_000))
        .resuming("job", position.map(kept))
}

impl<E: Export> Run<E> {
    /// Opens this sink at a position of an earlier run.
    pub(super) async fn begin(sink: E, position: Option<&Position>) -> Result<Self, ExportError> {
        let at = sink.open(opening(position)).await?;
        let known = position.map_or(Sequence(0), |position| position.sequence);
        assert!(
            at >= known,
            "opened at {known:?}, the sink says it has all up to {at:?} only"
        );
        Ok(Self { sink, at })
    }

    /// The same for a sink that has to open.
    pub(super) async fn open(trial: &Trial<E>, position: Option<&Position>, case: &str) -> Self {
        let opened = Self::begin(trial.sink(), position).await;
        opened.unwrap_or_else(|error| panic!("{case}: the sink does not open: {error}"))
    }

    /// Takes one step. Records that the sink has already are not offered.
    pub(super) async fn step(&mut self, step: &Step) -> Result<Option<Position>, ExportError> {
        match step {
            Step::Batch(numbers) => {
                let first = (numbers.start..numbers.end).find(|number| place(*number) > self.at.0);
                if let Some(first) = first {
                    self.sink.export(sample_records(first..numbers.end)).await?;
                    // With the record of another sink that follows.
                    self.at = Sequence(place(numbers.end) - 1);
                }
                Ok(None)
            }
            Step::Commit => {
                let position = self.sink.commit(self.at).await?;
                assert_eq!(
                    position.sequence, self.at,
                    "a commit is of all that was offered"
                );
                Ok(Some(kept(&position)))
            }
        }
    }

    /// Takes these steps, and closes the sink.
    pub(super) async fn finish(mut self, steps: &[Step], case: &str) {
        for step in steps {
            let done = self.step(step).await;
            done.unwrap_or_else(|error| panic!("{case}: {step:?}: {error}"));
        }
        let closed = self.sink.close().await;
        closed.unwrap_or_else(|error| panic!("{case}: the sink does not close: {error}"));
    }
}

/// What a whole script leaves in this place.
pub(super) async fn uninterrupted<E: Export>(
    trial: &Trial<E>,
    steps: &[Step],
) -> (Vec<u64>, Option<Vec<u8>>) {
    let run = Run::open(trial, None, "uninterrupted").await;
    run.finish(steps, "uninterrupted").await;
    trial.content()
}
