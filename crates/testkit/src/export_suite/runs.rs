//! Whole runs of a crawl without a job.

use huntsman_core::{Export, Item, Opening};

use super::trial::Trial;
use crate::item::{Sample, sample_records};

/// Opens a sink, gives it these batches of samples, and closes it.
pub(super) async fn run<E: Export>(trial: &Trial<E>, batches: &[(u64, u64)]) {
    let sink = trial.sink();
    sink.open(Opening::new(Sample::schemas()))
        .await
        .expect("the sink opens");
    for (first, end) in batches {
        sink.export(sample_records(*first..*end))
            .await
            .expect("the sink takes a batch");
    }
    sink.close().await.expect("the sink closes");
}

pub(super) async fn records_arrive_in_order<E: Export>(trial: &Trial<E>) {
    run(trial, &[(0, 1), (1, 1), (1, 40), (40, 41)]).await;
    assert_eq!(
        trial.read(),
        (0..41).collect::<Vec<_>>(),
        "every record once, in the order of the outbox"
    );
}

pub(super) async fn a_run_without_items_is_whole<E: Export>(trial: &Trial<E>) {
    run(trial, &[]).await;
    assert_eq!(
        trial.read(),
        [] as [u64; 0],
        "an empty run leaves an empty, whole place"
    );
}

pub(super) async fn a_second_run_goes_on_behind_the_first<E: Export>(trial: &Trial<E>) {
    run(trial, &[(0, 5)]).await;
    run(trial, &[(5, 6), (6, 9)]).await;
    assert_eq!(
        trial.read(),
        (0..9).collect::<Vec<_>>(),
        "what was there stays, what comes follows"
    );
}

pub(super) async fn a_second_run_without_items_changes_nothing<E: Export>(trial: &Trial<E>) {
    run(trial, &[]).await;
    run(trial, &[(0, 3)]).await;
    let (_, before) = trial.content();
    run(trial, &[]).await;
    let (numbers, after) = trial.content();
    assert_eq!(numbers, [0, 1, 2], "an empty run changes nothing");
    assert!(before == after, "an empty run changes nothing, to the byte");
}
