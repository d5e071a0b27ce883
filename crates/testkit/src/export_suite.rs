//! What every sink promises. Run the suite in a test of your own, with a way to make a fresh place,
//! to open a sink on it and to read back the numbers of the samples in it:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use huntsman_testkit::export_suite::{ExportSuite, Trial};
//! use huntsman_testkit::Collect;
//!
//! ExportSuite::new(|| {
//!     let place = Collect::default();
//!     let read = place.clone();
//!     let number = |json: &serde_json::Value| json["number"].as_u64().unwrap_or_default();
//!     Trial::new(
//!         move || place.clone(),
//!         move || read.json().iter().map(number).collect(),
//!     )
//! })
//! .appends()
//! .resumes()
//! .run()
//! .await;
//! # }
//! ```
//!
//! What is checked:
//!
//! | promise | checks |
//! | --- | --- |
//! | of every sink | each record once, in order; a run without items is whole |
//! | [`ExportSuite::appends`] | a second run goes on behind the first; an empty one changes nothing |
//! | [`ExportSuite::resumes`] | a run of a job that is cut after any step and opened again at the position that was kept, or right after a commit at the one before, leaves what an uninterrupted run leaves; so does one that is cut twice; positions can be kept as JSON; a commit without records is fine; a position is refused when its place is [lost](Trial::loses) |
//! | [`ExportSuite::one_writer`] | a second sink on a place that is being written is refused |
//! | [`ExportSuite::one_shape`] | items of another shape are not appended, and change nothing |
//! | a place that can be [full](Trial::full) | the sink fails, what was there before stays readable, and a job goes on when there is room again |
//!
//! A crawl with a job commits before the first batch, so that there is a position before anything
//! is written; the suite does so, too. A sink's own records are not all that the outbox holds: the
//! sequences have gaps.
//!
//! Several cuts are tried at a time, each on a place of its own: a sink that waits for a server is best
//! tested on a runtime with several threads.

mod cuts;
mod folder;
mod full;
mod refusals;
mod runs;
mod script;
mod trial;

use huntsman_core::Export;

pub use trial::Trial;

/// Runs the checks for a sink that goes on with what is there and promises nothing else: `make`
/// gives a fresh place, as a function that makes a sink on it and one that reads the numbers of
/// the samples in it.
///
/// # Panics
/// When a promise is broken; the message says which.
pub async fn all<E, Open, Read>(make: impl Fn() -> (Open, Read))
where
    E: Export,
    Open: Fn() -> E + Send + Sync + 'static,
    Read: Fn() -> Vec<u64> + Send + Sync + 'static,
{
    let trial = || {
        let (open, read) = make();
        Trial::new(open, read)
    };
    ExportSuite::new(trial).appends().run().await;
}

/// The suite for one kind of sink, by what it promises.
#[derive(Debug, Clone, Copy)]
pub struct ExportSuite<M> {
    make: M,
    appends: bool,
    resumes: bool,
    one_writer: bool,
    one_shape: bool,
}

impl<E: Export, M: Fn() -> Trial<E>> ExportSuite<M> {
    /// What every sink promises; `make` gives a fresh, empty place each time.
    #[must_use]
    pub fn new(make: M) -> Self {
        Self {
            make,
            appends: false,
            resumes: false,
            one_writer: false,
            one_shape: false,
        }
    }

    /// It goes on behind what another run wrote.
    #[must_use]
    pub fn appends(self) -> Self {
        Self {
            appends: true,
            ..self
        }
    }

    /// In a crawl with a job, every record is there once, whenever it was cut.
    #[must_use]
    pub fn resumes(self) -> Self {
        Self {
            resumes: true,
            ..self
        }
    }

    /// It refuses a place that another sink is writing.
    #[must_use]
    pub fn one_writer(self) -> Self {
        Self {
            one_writer: true,
            ..self
        }
    }

    /// It refuses to append items of another shape to what is there.
    #[must_use]
    pub fn one_shape(self) -> Self {
        Self {
            one_shape: true,
            ..self
        }
    }

    /// Runs all checks.
    ///
    /// # Panics
    /// When a promise is broken; the message says which.
    pub async fn run(&self) {
        runs::records_arrive_in_order(&(self.make)()).await;
        runs::a_run_without_items_is_whole(&(self.make)()).await;
        if self.appends {
            runs::a_second_run_goes_on_behind_the_first(&(self.make)()).await;
            runs::a_second_run_without_items_changes_nothing(&(self.make)()).await;
        }
        if self.resumes {
            cuts::all(&self.make, self.appends).await;
            refusals::a_position_without_its_place(&self.make).await;
        }
        if self.one_writer {
            refusals::a_second_writer(&(self.make)(), self.resumes).await;
        }
        if self.one_shape {
            refusals::another_shape(&(self.make)()).await;
        }
        full::a_full_place_fails_the_sink(&self.make, self.appends).await;
        if self.resumes {
            full::a_job_goes_on_when_there_is_room(&self.make).await;
        }
    }
}
