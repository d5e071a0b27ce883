//! What is known of the robots.txt of each origin.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use huntsman_core::host::origin;
use huntsman_core::robots::Robots;
use huntsman_core::{Admit, Refusal, Request, Timestamp, Url};

/// How long a robots.txt is believed (RFC 9309 §2.4).
const FRESH: Duration = Duration::from_secs(24 * 60 * 60);
/// How long it is believed that there is no way to it.
const FRESH_UNREACHABLE: Duration = Duration::from_secs(60 * 60);

/// The robots.txt of origins, shared between the driver, which learns them, and the rule that
/// asks them. One per crawl.
#[derive(Default)]
pub(crate) struct RobotsCache {
    known: RwLock<HashMap<Box<str>, Known>>,
    /// The time as the driver last told it: rules are asked on threads that know no clock.
    now: AtomicU64,
}

struct Known {
    robots: Arc<Robots>,
    until: Timestamp,
    reachable: bool,
}

impl RobotsCache {
    /// Tells the time.
    pub(crate) fn tick(&self, now: Timestamp) {
        self.now.store(now.0, Ordering::Relaxed);
    }

    /// The rules of the URL's origin; `None` when they are not known, or no longer fresh.
    pub(crate) fn get(&self, url: &Url, now: Timestamp) -> Option<Arc<Robots>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let found = known
            .get(origin(url).as_str())
            .filter(|known| now < known.until);
        found.map(|known| Arc::clone(&known.robots))
    }

    pub(crate) fn learn(&self, origin: &str, robots: Arc<Robots>, now: Timestamp) {
        self.insert(origin, robots, now.after(FRESH), true);
    }

    /// There is no way to the robots.txt: nothing may be fetched for a while.
    pub(crate) fn unreachable(&self, origin: &str, now: Timestamp) {
        let robots = Arc::new(Robots::disallow_all());
        self.insert(origin, robots, now.after(FRESH_UNREACHABLE), false);
    }

    fn insert(&self, origin: &str, robots: Arc<Robots>, until: Timestamp, reachable: bool) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(
            origin.into(),
            Known {
                robots,
                until,
                reachable,
            },
        );
    }

    /// Whether `url` may be fetched as far as is known, else why not.
    pub(crate) fn judge(&self, url: &Url) -> Result<(), Refusal> {
        // The common case allocates nothing: a URL without user name begins with its origin.
        let plain = &url[..url::Position::BeforePath];
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let found = if url.has_authority() && !plain.contains('@') {
            known.get(plain)
        } else {
            known.get(origin(url).as_str())
        };
        let now = Timestamp(self.now.load(Ordering::Relaxed));
        // What is no longer believed is asked for again when the request is leased.
        match found.filter(|known| now < known.until) {
            Some(known) if !known.robots.allows(url) && !known.reachable => {
                Err(Refusal::new("robots", "robots.txt cannot be reached"))
            }
            Some(known) if !known.robots.allows(url) => {
                Err(Refusal::new("robots", "disallowed by robots.txt"))
            }
            _ => Ok(()),
        }
    }
}

/// Refuses what a robots.txt that is already known forbids.
pub(super) struct ObeyRobots(pub(super) Arc<RobotsCache>);

impl Admit for ObeyRobots {
    fn admit(&self, candidate: &Request) -> Result<(), Refusal> {
        self.0.judge(&candidate.url)
    }
}
