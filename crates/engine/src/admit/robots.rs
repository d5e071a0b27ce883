//! What is known of the robots.txt of each origin.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use huntsman_core::frontier::Saved;
use huntsman_core::host::origin;
use huntsman_core::lasting::Settling;
use huntsman_core::robots::Robots;
use huntsman_core::{Admit, Lasting, Refusal, Request, StatusCode, Timestamp, Url};

/// How long a robots.txt is believed (RFC 9309 §2.4).
const FRESH: Duration = Duration::from_secs(24 * 60 * 60);
/// How long it is believed that there is no way to it.
const FRESH_UNREACHABLE: Duration = Duration::from_secs(60 * 60);

/// In place of a status, where no answer came.
const UNREACHABLE: u16 = 0;

/// The robots.txt of origins, shared between the driver, which learns them, and the rule that
/// asks them. One per crawl.
#[derive(Default)]
pub(crate) struct RobotsCache {
    /// Whose rules apply.
    agent: String,
    known: RwLock<HashMap<Box<str>, Known>>,
    /// The time as the driver last told it: rules are asked on threads that know no clock.
    now: AtomicU64,
    /// In a crawl with a job: what was learnt and is not kept yet.
    learnt: Mutex<Option<Vec<Saved>>>,
}

struct Known {
    robots: Arc<Robots>,
    until: Timestamp,
    reachable: bool,
}

impl RobotsCache {
    /// Nothing is known; the rules for this agent apply.
    pub(crate) fn new(agent: &str) -> Self {
        Self {
            agent: agent.to_owned(),
            ..Self::default()
        }
    }

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

    /// Takes in what an origin answered; returns the `Crawl-delay` that it asks for.
    pub(crate) fn learn(
        &self,
        origin: &str,
        status: StatusCode,
        body: &[u8],
        now: Timestamp,
    ) -> Option<Duration> {
        let (robots, until) = (self.read(status, body), now.after(FRESH));
        let delay = robots.crawl_delay;
        self.insert(origin, robots, until, true);
        self.keep(origin, until, status.as_u16(), body);
        delay
    }

    fn read(&self, status: StatusCode, body: &[u8]) -> Arc<Robots> {
        Arc::new(Robots::from_answer(status, body, &self.agent))
    }

    fn keep(&self, origin: &str, until: Timestamp, status: u16, body: &[u8]) {
        let mut learnt = self.learnt.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(learnt) = learnt.as_mut() {
            let mut value = Vec::with_capacity(10 + body.len());
            value.extend(until.0.to_le_bytes());
            value.extend(status.to_le_bytes());
            value.extend(body);
            let name = origin.into();
            learnt.push(Saved { name, value });
        }
    }

    /// There is no way to the robots.txt: nothing may be fetched for a while.
    pub(crate) fn unreachable(&self, origin: &str, now: Timestamp) {
        let robots = Arc::new(Robots::disallow_all());
        let until = now.after(FRESH_UNREACHABLE);
        self.insert(origin, robots, until, false);
        self.keep(origin, until, UNREACHABLE, b"");
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

impl Lasting for RobotsCache {
    fn name(&self) -> &str {
        "robots"
    }

    fn changed(&self, _: &[Settling]) -> Vec<Saved> {
        let mut learnt = self.learnt.lock().unwrap_or_else(PoisonError::into_inner);
        learnt.as_mut().map(std::mem::take).unwrap_or_default()
    }

    fn restore(&self, saved: Vec<Saved>) -> Result<(), String> {
        let now = Timestamp(self.now.load(Ordering::Relaxed));
        for Saved { name, value } in saved {
            let (until, rest) = value.split_first_chunk().ok_or("it is cut")?;
            let (status, body) = rest.split_first_chunk().ok_or("it is cut")?;
            let until = Timestamp(u64::from_le_bytes(*until));
            // A clock that was set back must not make it believed for years.
            if until <= now || until > now.after(FRESH) {
                continue;
            }
            match u16::from_le_bytes(*status) {
                UNREACHABLE => self.insert(&name, Arc::new(Robots::disallow_all()), until, false),
                status => {
                    let status = StatusCode::from_u16(status).map_err(|error| error.to_string())?;
                    self.insert(&name, self.read(status, body), until, true);
                }
            }
        }
        *self.learnt.lock().unwrap_or_else(PoisonError::into_inner) = Some(Vec::new());
        Ok(())
    }
}

/// Refuses what a robots.txt that is already known forbids.
pub(super) struct ObeyRobots(pub(super) Arc<RobotsCache>);

impl Admit for ObeyRobots {
    fn admit(&self, candidate: &Request) -> Result<(), Refusal> {
        self.0.judge(&candidate.url)
    }
}
