//! What has to be refused.

use huntsman_core::{Export, ExportError, Item, Opening};

use super::runs;
use super::script::{Run, Step, opening};
use super::trial::Trial;
use crate::item::{OtherSample, Sample, sample_records};

/// One line, and not an empty one.
pub(super) fn check_message(error: &ExportError, case: &str) {
    let text = error.to_string();
    assert!(!text.is_empty() && !text.contains('\n'), "{case}: {text:?}");
}

pub(super) async fn a_position_without_its_place<E: Export>(make: &impl Fn() -> Trial<E>) {
    for loss in 0..make().losses.len() {
        let trial = make();
        let (what, lose) = &trial.losses[loss];
        let mut run = Run::open(&trial, None, what).await;
        let mut position = None;
        for step in [Step::Commit, Step::Batch(0..7), Step::Commit] {
            let reached = run.step(&step).await.expect("the sink takes a step");
            position = reached.or(position);
        }
        drop(run);
        lose();
        match trial.sink().open(opening(position.as_ref())).await {
            Ok(at) => panic!("{what}, and the sink goes on behind {at:?}"),
            Err(error) => check_message(&error, what),
        }
    }
}

pub(super) async fn a_second_writer<E: Export>(trial: &Trial<E>, resumes: bool) {
    let first = trial.sink();
    first
        .open(Opening::new(Sample::schemas()))
        .await
        .expect("the sink opens");
    first
        .export(sample_records(0..3))
        .await
        .expect("the sink takes a batch");
    let mut others = vec![Opening::new(Sample::schemas())];
    others.extend(resumes.then(|| opening(None)));
    for other in others {
        match trial.sink().open(other).await {
            Ok(_) => panic!("two sinks are open on one place"),
            Err(error) => check_message(&error, "a second writer"),
        }
    }
    first
        .export(sample_records(3..4))
        .await
        .expect("the first sink goes on");
    first.close().await.expect("the first sink closes");
    assert_eq!(
        trial.read(),
        [0, 1, 2, 3],
        "the first sink is not disturbed"
    );
    runs::run(trial, &[]).await;
}

pub(super) async fn another_shape<E: Export>(trial: &Trial<E>) {
    runs::run(trial, &[(0, 3)]).await;
    let before = trial.content();
    match trial
        .sink()
        .open(Opening::new(OtherSample::schemas()))
        .await
    {
        Ok(_) => panic!("items of another shape are appended"),
        Err(error) => check_message(&error, "another shape"),
    }
    assert!(before == trial.content(), "a refusal changes nothing");
    runs::run(trial, &[(3, 5)]).await;
    assert_eq!(trial.read(), [0, 1, 2, 3, 4], "the sink goes on after it");
}
