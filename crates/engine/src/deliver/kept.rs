//! What is kept of a sink: its position, and what it took up to there in this round of the job.

use huntsman_core::{ExportError, Position};

/// What a sink has done up to its position, in all runs of the job's round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Done {
    /// Records that were given to it.
    pub(crate) records: u64,
    /// Of those, the ones that it left out.
    pub(crate) skipped: u64,
}

const BEFORE: usize = 24;

/// A position as the frontier keeps it: what was done stands before the sink's own words.
pub(crate) fn kept(round: u64, done: Done, position: Position) -> Position {
    let mut state = Vec::with_capacity(BEFORE + position.state.len());
    state.extend(round.to_le_bytes());
    state.extend(done.records.to_le_bytes());
    state.extend(done.skipped.to_le_bytes());
    state.extend(position.state);
    Position { state, ..position }
}

/// Back from there. What was done in another round does not count.
pub(crate) fn read(round: u64, kept: Position) -> Result<(Done, Position), ExportError> {
    let cut = || ExportError::Other("the kept position is cut".to_owned());
    let number = |at: usize| {
        let bytes = kept.state.get(at..at + 8).ok_or_else(cut)?;
        Ok::<u64, ExportError>(u64::from_le_bytes(bytes.try_into().map_err(|_| cut())?))
    };
    let (of, records, skipped) = (number(0)?, number(8)?, number(16)?);
    let done = if of == round {
        Done { records, skipped }
    } else {
        Done::default()
    };
    let Position {
        sequence,
        mut state,
    } = kept;
    state.drain(..BEFORE);
    Ok((done, Position { sequence, state }))
}
