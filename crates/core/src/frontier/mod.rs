//! The frontier: what is still to be fetched, what is under way, and what was found.
//!
//! Requests are leased, not popped: what a crash interrupts is leased again. Settling a lease
//! commits a page's end, its found requests and its items in one step. The items stand in the
//! outbox until every sink has them.

mod account;
mod memory;
mod queue;
mod size;
mod turns;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use thiserror::Error;

use crate::export::Position;
use crate::host::HostKey;
use crate::item::AnyItem;
use crate::pace::{Pace, PaceChange};
use crate::record::{Record, Sequence};
use crate::request::{Candidate, Request};
use crate::time::Timestamp;

pub use account::{Account, Answer, Digest, Outcome};
pub use memory::MemoryFrontier;
pub use turns::{PaceState, Turns};

/// Where requests wait, and where finished pages are committed.
///
/// It hands out only what may be fetched now: pace, back-off and priority are its business, so no
/// waiting request holds a connection. Calls may come from one driver only, but any number of
/// leases are out at once.
///
/// ```
/// # use std::num::NonZeroUsize;
/// use huntsman_core::frontier::{MemoryFrontier, Settlement, Supply};
/// use huntsman_core::{Frontier, Request, Timestamp, Url};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let frontier = MemoryFrontier::default();
/// let seed = Request::get(Url::parse("http://example.com/").unwrap());
/// frontier.offer(vec![seed.into()], Timestamp(0)).await.unwrap();
/// let Supply::Ready(leases) = frontier.lease(NonZeroUsize::MIN, Timestamp(0)).await.unwrap() else { panic!() };
/// let done = Settlement::done(leases[0].id);
/// frontier.settle(vec![done], Timestamp(5)).await.unwrap();
/// assert!(matches!(frontier.lease(NonZeroUsize::MIN, Timestamp(5)).await.unwrap(), Supply::Drained));
/// # }
/// ```
#[async_trait]
pub trait Frontier: Send + Sync + 'static {
    /// Takes requests in; those already known (by fingerprint) are only counted, unless they ask
    /// to be revisited.
    ///
    /// # Errors
    /// The store failed; nothing was taken in.
    async fn offer(
        &self,
        found: Vec<Candidate>,
        now: Timestamp,
    ) -> Result<Admission, FrontierError>;

    /// Up to `at_most` requests that may be fetched now.
    ///
    /// # Errors
    /// The store failed; nothing was leased.
    async fn lease(&self, at_most: NonZeroUsize, now: Timestamp) -> Result<Supply, FrontierError>;

    /// The site has answered this lease, or will not: it counts no longer as a request under way to
    /// its host, so that a slow parse or commit does not hold up the next one. Without this call
    /// [`Frontier::settle`] says so; a lease that is not out is passed over.
    fn answered(&self, lease: LeaseId) {
        let _unused = lease;
    }

    /// Says what [`Frontier::settle`] will be told soon, in the same order: requests found on these
    /// pages may be leased from now on, and no page waits for the disk. Nothing is committed by it.
    /// A crash before the settlement forgets what was found, and leases the page again; a request
    /// is settled only together with or after the page that it was found on. Returns whether it
    /// was of use; a frontier may pass over it, as by default, and then waits for the settlement.
    ///
    /// # Errors
    /// The store failed.
    async fn announce(
        &self,
        coming: &[&Settlement],
        now: Timestamp,
    ) -> Result<bool, FrontierError> {
        let _unused = (coming, now);
        Ok(false)
    }

    /// Commits the ends of leases, each with what its page yielded: all of a settlement or nothing.
    ///
    /// # Errors
    /// The store failed and nothing of the batch is committed, or a lease is not out.
    async fn settle(
        &self,
        batch: Vec<Settlement>,
        now: Timestamp,
    ) -> Result<Vec<Settled>, FrontierError>;

    /// Changes the pace of one host, from now on.
    ///
    /// # Errors
    /// The store failed.
    async fn pace(
        &self,
        host: &HostKey,
        change: PaceChange,
        now: Timestamp,
    ) -> Result<(), FrontierError>;

    /// Up to `at_most` records of the outbox that come after `after`, in order.
    ///
    /// # Errors
    /// The store failed.
    async fn outbox(&self, after: Sequence, at_most: usize) -> Result<Vec<Record>, FrontierError>;

    /// Drops the records up to and with `up_to` from the outbox: every sink has them.
    ///
    /// # Errors
    /// The store failed.
    async fn confirm(&self, up_to: Sequence) -> Result<(), FrontierError>;

    /// Keeps where a sink stands, for the next run of the job.
    ///
    /// # Errors
    /// The store failed; the last position that was kept counts.
    async fn keep(&self, sink: &str, position: Position) -> Result<(), FrontierError> {
        let _unused = (sink, position);
        Ok(())
    }

    /// Where this sink stood when that was last kept, in this run or an earlier one.
    ///
    /// # Errors
    /// The store failed.
    async fn position(&self, sink: &str) -> Result<Option<Position>, FrontierError> {
        let _unused = sink;
        Ok(None)
    }

    /// Keeps values for the next run of the job, all or none; each takes the place of an earlier
    /// one of its name.
    ///
    /// # Errors
    /// The store failed; the earlier values stay.
    async fn save(&self, values: Vec<Saved>) -> Result<(), FrontierError> {
        let _unused = values;
        Ok(())
    }

    /// What was last kept under each name that begins so, in this run or an earlier one, in the
    /// order of the names.
    ///
    /// # Errors
    /// The store failed, or is damaged.
    async fn saved(&self, prefix: &str) -> Result<Vec<Saved>, FrontierError> {
        let _unused = prefix;
        Ok(Vec::new())
    }

    /// The job, if what is committed survives the process.
    fn job(&self) -> Option<Job> {
        None
    }

    /// The job is done: nothing is left to fetch, and every sink is closed.
    ///
    /// # Errors
    /// The store failed; the next run finds nothing to fetch and closes the sinks once more.
    async fn finish(&self) -> Result<(), FrontierError> {
        Ok(())
    }

    /// How much is where, cheaply.
    fn counts(&self) -> Counts;
}

/// A crawl that can be resumed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its name, the same in each of its runs and in no other job's.
    pub name: Arc<str>,
    /// When its first run began.
    pub began: Timestamp,
    /// Whether an earlier run took requests in.
    pub resumed: bool,
    /// Whether an earlier run came to its end: [`Frontier::finish`].
    pub finished: bool,
    /// Which round of it: 1 for the first, one more each time that a finished job is crawled again.
    pub round: u64,
    /// The last record of the rounds before.
    pub before: Sequence,
    /// The last record that left the outbox.
    pub confirmed: Sequence,
    /// The last record of the outbox.
    pub last: Sequence,
    /// Bytes of the records in it.
    pub bytes: u64,
}

/// What became of offered requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Admission {
    /// Taken in.
    pub new: u64,
    /// Known already.
    pub known: u64,
}

/// The identity of a lease, never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeaseId(pub u64);

/// A request that is under way.
#[derive(Debug, Clone, PartialEq)]
pub struct Lease {
    /// By which it is settled.
    pub id: LeaseId,
    /// What to fetch.
    pub request: Request,
    /// How often it was tried before.
    pub tried: u32,
    /// What it got in an earlier round of the job, if that is known.
    pub last: Option<Arc<Answer>>,
}

/// What a frontier has to give.
#[derive(Debug)]
pub enum Supply {
    /// At least one, at most as many as asked for.
    Ready(Vec<Lease>),
    /// Nothing now; the next at this time, or earlier if a lease is answered or settled.
    NotBefore(Timestamp),
    /// Nothing until a lease is answered or settled, or a pace is released.
    Leased,
    /// Nothing queued, delayed or leased.
    Drained,
}

/// The end of one lease, and what its page yielded.
#[derive(Debug)]
pub struct Settlement {
    /// Which one.
    pub lease: LeaseId,
    /// How it ended.
    pub end: End,
    /// Requests found on the page.
    pub found: Vec<Candidate>,
    /// Items found on the page, in order.
    pub items: Vec<Arc<dyn AnyItem>>,
    /// What the next run of a job is to know once the page is done; each takes the place of an
    /// earlier one of its name.
    pub values: Vec<Saved>,
    /// What a job is to remember of it.
    pub account: Option<Box<Account>>,
}

impl Settlement {
    /// Of a page that is done and yielded nothing.
    #[must_use]
    pub fn done(lease: LeaseId) -> Self {
        Self {
            lease,
            end: End::Done,
            found: Vec::new(),
            items: Vec::new(),
            values: Vec::new(),
            account: None,
        }
    }
}

/// Something that outlives a run of a job, by its name; what it means is known to the one who gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// Its name.
    pub name: Arc<str>,
    /// What is kept.
    pub value: Vec<u8>,
}

/// How a lease ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// The page is done, or given up, or redirected to a found request: not to be fetched again.
    Done,
    /// To be fetched again, not before this time.
    Retry {
        /// The earliest time.
        not_before: Timestamp,
    },
}

/// What a settlement did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// Of its found requests.
    pub admission: Admission,
    /// Records appended to the outbox.
    pub records: u64,
    /// Of those, for the quarantine.
    pub quarantined: u64,
    /// Items that an earlier round of the job has delivered, and that were left out as it was asked
    /// to.
    pub repeated: u64,
    /// Bytes that they take in the outbox; an estimate where they are not written.
    pub bytes: u64,
    /// The outbox's last record.
    pub last: Sequence,
}

/// How much is where in a frontier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Waiting for their turn, delayed ones too.
    pub queued: u64,
    /// Under way.
    pub leased: u64,
    /// Ever taken in.
    pub seen: u64,
    /// Records in the outbox.
    pub outbox: u64,
}

/// The pace of hosts as the settings give it.
pub trait PaceOf: Send + Sync + 'static {
    /// The pace towards this host.
    fn pace_of(&self, host: &HostKey) -> Pace;
}

impl<F: Fn(&HostKey) -> Pace + Send + Sync + 'static> PaceOf for F {
    fn pace_of(&self, host: &HostKey) -> Pace {
        self(host)
    }
}

/// Why a frontier failed. The crawl stops: going on could lose pages.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FrontierError {
    /// A settlement for something that is not leased.
    #[error("lease {} is not out", .0.0)]
    NotLeased(LeaseId),
    /// The store failed.
    #[error("the frontier's store failed: {0}")]
    Store(String),
}

/// The longest that a host may be put off; a server's wish beyond it is cut.
pub const MAX_WAIT: Duration = Duration::from_secs(24 * 60 * 60);
