//! How long brokers are waited for: while the crawl goes on, as long as it takes; at its end, as long
//! as `flush_timeout` says without any progress.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::clock::now;

#[derive(Debug)]
pub(crate) struct Patience {
    /// Nobody waits any more.
    given_up: AtomicBool,
    /// So long at the end.
    most: Duration,
    times: Mutex<Times>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Times {
    /// Since when the crawl has nothing else to do.
    ending: Option<Instant>,
    /// When the last call began: those before it came to their end.
    began: Option<Instant>,
}

impl Patience {
    pub(crate) fn new(most: Duration) -> Self {
        Self {
            given_up: AtomicBool::new(false),
            most,
            times: Mutex::default(),
        }
    }

    fn times(&self) -> MutexGuard<'_, Times> {
        self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn give_up(&self) {
        self.given_up.store(true, Ordering::Relaxed);
    }

    pub(crate) fn has_given_up(&self) -> bool {
        self.given_up.load(Ordering::Relaxed)
    }

    /// The crawl comes to its end.
    pub(crate) fn ends(&self) {
        self.times().ending.get_or_insert_with(now);
    }

    /// A call begins.
    pub(crate) fn begins(&self) {
        self.times().began = Some(now());
    }

    pub(crate) fn is_over(&self) -> bool {
        self.has_given_up() || self.times().is_over(self.most, now())
    }
}

impl Times {
    fn is_over(self, most: Duration, now: Instant) -> bool {
        let since = self
            .ending
            .map(|ending| ending.max(self.began.unwrap_or(ending)));
        since.is_some_and(|since| now.saturating_duration_since(since) >= most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_with_the_crawl_and_with_each_call_anew() {
        let start = now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let most = Duration::from_secs(10);
        let mut times = Times {
            began: Some(start),
            ending: None,
        };
        assert!(!times.is_over(most, at(10_000)), "the crawl goes on");
        times.ending = Some(at(100));
        assert!(!times.is_over(most, at(109)) && times.is_over(most, at(110)));
        times.began = Some(at(105));
        assert!(!times.is_over(most, at(114)) && times.is_over(most, at(115)));
        assert!(!Times::default().is_over(Duration::ZERO, at(1)));
    }

    #[test]
    fn who_has_given_up_waits_no_more() {
        let patience = Patience::new(Duration::from_secs(3600));
        patience.ends();
        assert!(!patience.is_over());
        patience.give_up();
        assert!(patience.is_over());
    }
}
