//! Events: what happened, for logs, counters and progress. Observers neither veto nor wait.

use std::time::Duration;

use http::StatusCode;
use url::Url;

use crate::fetch::FetchError;
use crate::frontier::Counts;

/// Sees every event of a crawl, in order, on the driver's own thread: it must return at once.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use huntsman_core::{Event, Observe};
///
/// #[derive(Default)]
/// struct Pages(AtomicU64);
///
/// impl Observe for Pages {
///     fn on(&self, event: &Event<'_>) {
///         if let Event::Fetched { .. } = event {
///             self.0.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
/// ```
pub trait Observe: Send + Sync + 'static {
    /// Takes note of `event`.
    fn on(&self, event: &Event<'_>);
}

/// One thing that happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Found requests were admitted to the frontier.
    Admitted {
        /// Not seen before.
        new: u64,
        /// Already known.
        known: u64,
    },
    /// A found request was refused.
    Refused {
        /// The request's URL.
        url: &'a Url,
        /// Which rule, and why.
        refusal: &'a crate::admit::Refusal,
    },
    /// A link could not be joined to an absolute URL.
    BadLinks {
        /// How many on this page.
        count: u64,
    },
    /// A response arrived, of whatever status.
    Fetched {
        /// Its URL.
        url: &'a Url,
        /// Its status.
        status: StatusCode,
        /// Body length after decompression.
        bytes: u64,
        /// From sending to the last byte.
        latency: Duration,
    },
    /// A redirect was followed.
    Redirected {
        /// From here.
        from: &'a Url,
        /// To there.
        to: &'a Url,
    },
    /// The request will be tried again.
    Retried {
        /// Its URL.
        url: &'a Url,
        /// Why.
        error: &'a FetchError,
        /// After how long, at least.
        after: Duration,
    },
    /// The request was given up.
    Failed {
        /// Its URL.
        url: &'a Url,
        /// Why.
        error: &'a FetchError,
    },
    /// A page was parsed.
    Parsed {
        /// Its URL.
        url: &'a Url,
        /// Items that it yielded, before refinement.
        items: u64,
        /// Links that it yielded, before admission.
        links: u64,
    },
    /// The spider heard that a request failed, and may have yielded something.
    Heard {
        /// The request's URL.
        url: &'a Url,
        /// Items that it yielded, before refinement.
        items: u64,
    },
    /// A page is what it was in an earlier round of the job: it is not parsed again.
    Unchanged {
        /// Its URL.
        url: &'a Url,
    },
    /// A page could not be parsed: the spider said so, or panicked.
    ParseFailed {
        /// Its URL.
        url: &'a Url,
        /// What the spider said.
        reason: &'a str,
    },
    /// An item was dropped in refinement.
    Dropped {
        /// The page it came from.
        url: &'a Url,
        /// Why.
        reason: &'a str,
    },
    /// A step of refinement could not decide about an item, which is dropped.
    RefineFailed {
        /// The page it came from.
        url: &'a Url,
        /// Which one, by type and place on the page.
        item: &'a str,
        /// Why.
        reason: &'a str,
    },
    /// An item breaks rules.
    Flawed {
        /// The page it came from.
        url: &'a Url,
        /// Which, and where.
        violations: &'a [crate::violation::Violation],
        /// It goes on all the same.
        kept: bool,
        /// It goes to the quarantine; if this is not so either, it is dropped.
        quarantined: bool,
    },
    /// A page is done: its links and items are committed.
    Settled {
        /// Records appended to the outbox.
        records: u64,
        /// Of those, for the quarantine.
        quarantined: u64,
        /// Items left out, since an earlier round of the job has delivered them.
        repeated: u64,
        /// The frontier after it.
        counts: Counts,
    },
    /// A sink took records.
    Delivered {
        /// The sink's name.
        sink: &'a str,
        /// How many.
        records: u64,
    },
    /// A sink failed; it gets nothing more.
    SinkFailed {
        /// The sink's name.
        sink: &'a str,
        /// What it said.
        reason: &'a str,
        /// Whether the crawl goes on without it.
        goes_on: bool,
    },
    /// robots.txt of an origin is known.
    Robots {
        /// Scheme, host and port.
        origin: &'a str,
        /// In a word or two: `rules`, `none`, `unreachable` …
        outcome: &'a str,
    },
}
