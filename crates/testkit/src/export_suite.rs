//! What every sink promises. Run [`all`] in a test of your own, with a way to open a sink on one
//! place and to read back the numbers of the samples in it:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use huntsman_testkit::{Collect, Sample, export_suite};
//!
//! export_suite::all(|| {
//!     let place = Collect::default();
//!     let read = place.clone();
//!     (move || place.clone(), move || {
//!         let number = |json: serde_json::Value| json["number"].as_u64().unwrap_or_default();
//!         read.json().into_iter().map(number).collect()
//!     })
//! }).await;
//! # }
//! ```

use huntsman_core::{Export, Item};

use crate::item::{Sample, sample_records};

/// Runs the whole suite. `make` gives a fresh place: a function that makes a sink on it, which
/// goes on with what is there, and one that reads the numbers of the samples in it.
///
/// # Panics
/// When a promise is broken; the message says which.
pub async fn all<E: Export, Open: Fn() -> E, Read: Fn() -> Vec<u64>>(
    make: impl Fn() -> (Open, Read),
) {
    let (open, read) = make();
    records_arrive_in_order(&open, &read).await;
    let (open, read) = make();
    a_second_run_goes_on_behind_the_first(&open, &read).await;
    let (open, read) = make();
    a_run_without_items_changes_nothing(&open, &read).await;
}

async fn run<E: Export>(sink: &E, batches: &[(u64, u64)]) {
    sink.open(Sample::schemas()).await.expect("the sink opens");
    for (first, end) in batches {
        sink.export(sample_records(*first..*end))
            .await
            .expect("the sink takes a batch");
    }
    sink.close().await.expect("the sink closes");
}

async fn records_arrive_in_order<E: Export>(open: &impl Fn() -> E, read: &impl Fn() -> Vec<u64>) {
    run(&open(), &[(0, 1), (1, 1), (1, 40), (40, 41)]).await;
    assert_eq!(
        read(),
        (0..41).collect::<Vec<_>>(),
        "every record once, in the order of the outbox"
    );
}

async fn a_second_run_goes_on_behind_the_first<E: Export>(
    open: &impl Fn() -> E,
    read: &impl Fn() -> Vec<u64>,
) {
    run(&open(), &[(0, 5)]).await;
    run(&open(), &[(5, 6), (6, 9)]).await;
    assert_eq!(
        read(),
        (0..9).collect::<Vec<_>>(),
        "what was there stays, what comes follows"
    );
}

async fn a_run_without_items_changes_nothing<E: Export>(
    open: &impl Fn() -> E,
    read: &impl Fn() -> Vec<u64>,
) {
    run(&open(), &[]).await;
    assert_eq!(
        read(),
        [] as [u64; 0],
        "an empty run leaves an empty, whole place"
    );
    run(&open(), &[(0, 3)]).await;
    run(&open(), &[]).await;
    assert_eq!(read(), [0, 1, 2], "an empty run changes nothing");
}
