//! What the driver's state hears, and what it wants done.

use std::any::Any;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use huntsman_core::frontier::{Admission, Answer, Lease, LeaseId, Settled, Supply};
use huntsman_core::pace::PaceChange;
use huntsman_core::{FetchError, HostKey, RawResponse, Request, Sequence};

use crate::admit::Screened;
use crate::deliver::{Delivery, SinkFailure, Taken as Delivered};
use crate::driver::stop::StopLevel;
use crate::fetch::RobotsAnswer;
use crate::parse::Items;
use crate::settle::Ending;
use crate::state::Change;
use crate::yielded::Refined;

/// Something that happened.
pub(crate) enum Event {
    /// The frontier answered.
    Supplied(Supply),
    /// A response came, or none.
    Fetched {
        lease: LeaseId,
        result: Result<RawResponse, FetchError>,
        latency: Duration,
    },
    /// An answer for robots.txt came, or none.
    Robots {
        origin: String,
        result: Result<RobotsAnswer, FetchError>,
    },
    /// The spider is done with these pages, or failed.
    Parsed(Vec<(LeaseId, Looked)>),
    /// A page's items passed their steps, or a step panicked.
    Refined {
        lease: LeaseId,
        result: Result<Refined, String>,
    },
    /// What was found on pages may be leased, though it is not committed yet.
    Announced,
    /// Pages were committed.
    Settled(Vec<Settled>),
    /// A sink took a batch, or failed.
    Delivered {
        sink: usize,
        result: Result<Delivered, SinkFailure>,
    },
    /// Seeds came, and were taken in.
    Came(Admission),
    /// No more seeds come; the reason if that is none of ours.
    NoMore(Option<String>),
    /// The user wants it to end.
    Stop(StopLevel),
    /// Some time came.
    Tick,
}

/// A page that was looked at.
pub(crate) struct Looked {
    /// The response, where a job is to remember it.
    pub(crate) answer: Option<Answer>,
    pub(crate) verdict: Verdict,
}

/// What a look at a page led to.
pub(crate) enum Verdict {
    Parsed(Parsed),
    /// It is what it was in an earlier round, and the spider did not see it.
    Unchanged,
    Failed(String),
}

impl From<String> for Looked {
    /// A failure by which all else is lost.
    fn from(reason: String) -> Self {
        Self {
            answer: None,
            verdict: Verdict::Failed(reason),
        }
    }
}

/// A page as the spider left it, its links screened.
pub(crate) struct Parsed {
    pub(crate) items: Items,
    /// Items that the spider yielded.
    pub(crate) yielded: u64,
    pub(crate) screened: Screened,
    /// Links that the page yielded, of whatever fate.
    pub(crate) links: u64,
    /// What it does to the spider's state.
    pub(crate) changes: Vec<Change>,
}

/// A page for the spider.
pub(crate) struct Job {
    pub(crate) lease: LeaseId,
    pub(crate) request: Request,
    pub(crate) work: Work,
    /// Whether a job is to remember the response.
    pub(crate) remember: bool,
    /// What it was in an earlier round of the job.
    pub(crate) last: Option<Arc<Answer>>,
}

/// What a spider is to look at.
#[derive(Debug)]
pub(crate) enum Work {
    Response(RawResponse),
    Failure(FetchError),
}

/// Something that is to be done.
pub(crate) enum Action {
    /// Ask the frontier for so many.
    Lease(NonZeroUsize),
    /// Change a host's pace.
    Pace(HostKey, PaceChange),
    /// A host is free for its next request.
    Answered(LeaseId),
    /// Fetch a page.
    Fetch(Box<Lease>),
    /// Fetch a robots.txt.
    FetchRobots {
        origin: String,
        request: Box<Request>,
    },
    /// Give pages to the spider, one after the other, on one thread.
    Parse(Vec<Job>),
    /// Take items through their steps.
    Refine {
        lease: LeaseId,
        items: Box<dyn Any + Send>,
    },
    /// Commit a page.
    Settle(Box<Ending>),
    /// Let a sink take what comes after a position.
    Deliver(Delivery),
    /// Drop what every sink has.
    Confirm(Sequence),
    /// Drop all work that is not committed.
    Abort,
}
