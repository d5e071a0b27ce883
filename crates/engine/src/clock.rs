//! The one clock: everything else is told the time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use huntsman_core::Timestamp;
use tokio::time::Instant;

/// The wall time, for what is made before a crawl begins: the store of its job.
#[must_use]
pub fn now() -> Timestamp {
    Clock::start().now()
}

/// Wall time at the start, carried on by the runtime's monotonic clock: it never jumps, and it
/// follows paused time in tests.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    epoch: Timestamp,
    started: Instant,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub(crate) fn start() -> Self {
        let wall = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            epoch: Timestamp::default().after(wall),
            started: Instant::now(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.epoch.after(self.started.elapsed())
    }

    /// The time since the start.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// When `time` is, for the runtime's timer: never before it.
    pub(crate) fn instant(&self, time: Timestamp) -> Instant {
        // `now` is cut to milliseconds, so the timer must not fire within the one before.
        self.started + time.since(self.epoch)
    }
}
