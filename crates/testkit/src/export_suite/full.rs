//! Places without room.

use huntsman_core::{Export, ExportError, Item, Opening};

use super::cuts::compare;
use super::refusals;
use super::runs;
use super::script::{Run, scripts, uninterrupted};
use super::trial::Trial;
use crate::item::{Sample, sample_records};

/// So many bytes are free.
const ROOM: [u64; 9] = [0, 1, 2, 30, 200, 1000, 4000, 9000, 40_000];

async fn try_run<E: Export>(sink: &E) -> Result<(), ExportError> {
    sink.open(Opening::new(Sample::schemas())).await?;
    for first in (3..303).step_by(50) {
        sink.export(sample_records(first..first + 50)).await?;
    }
    sink.close().await
}

pub(super) async fn a_full_place_fails_the_sink<E: Export>(
    make: &impl Fn() -> Trial<E>,
    appends: bool,
) {
    for room in ROOM {
        let trial = make();
        let Some(full) = &trial.full else { return };
        let case = format!("room for {room} bytes");
        if appends {
            runs::run(&trial, &[(0, 3)]).await;
        }
        let sink = full(room);
        let done = try_run(&sink).await;
        drop(sink);
        assert!(done.is_err() || room > 30, "{case}: all fits into it");
        if appends {
            let numbers = trial.read();
            let there: Vec<_> = (0..numbers.len() as u64).collect();
            let least = if done.is_ok() { 303 } else { 3 };
            assert!(numbers.len() >= least, "{case}: {numbers:?}");
            assert_eq!(numbers, there, "{case}");
        }
        if let Err(error) = done {
            refusals::check_message(&error, &case);
        }
    }
}

pub(super) async fn a_job_goes_on_when_there_is_room<E: Export>(make: &impl Fn() -> Trial<E>) {
    let [steps, ..] = scripts();
    if make().full.is_none() {
        return;
    }
    let expected = uninterrupted(&make(), &steps).await;
    for room in ROOM {
        let case = format!("room for {room} bytes, then for all");
        let trial = make();
        let Some(full) = &trial.full else { return };
        let mut known = (0, None);
        if let Ok(mut run) = Run::begin(full(room), None).await {
            for (number, step) in steps.iter().enumerate() {
                match run.step(step).await {
                    Ok(None) => {}
                    Ok(position) => known = (number + 1, position),
                    Err(_) => break,
                }
            }
            trial.cut(run.sink, None, 4);
        }
        let run = Run::open(&trial, known.1.as_ref(), &case).await;
        run.finish(&steps[known.0..], &case).await;
        compare(&trial, &expected, true, &case);
    }
}
