//! Time as brokers and readers have it, which no test can pause.
#![expect(
    clippy::disallowed_methods,
    reason = "brokers end transactions by their own clocks, and readers compare the times of messages \
              with theirs; a crawl in paused time has no broker"
)]

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub(crate) fn now() -> Instant {
    Instant::now()
}

/// When messages are made, as Kafka's `CreateTime` has it: milliseconds since 1970. None if the clock is
/// before that; librdkafka asks it then.
pub(crate) fn created() -> Option<i64> {
    let time = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(time.as_millis()).ok()
}

/// A moment by two clocks: one stands still while the machine is suspended, and a broker's does not;
/// the other may be set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    steady: Instant,
    of_day: SystemTime,
}

impl Moment {
    pub(crate) fn now() -> Self {
        Self {
            steady: Instant::now(),
            of_day: SystemTime::now(),
        }
    }

    /// How long ago this was then, by the clock that says more.
    pub(crate) fn age(self, then: Self) -> Duration {
        let of_day = then.of_day.duration_since(self.of_day);
        let steady = then.steady.saturating_duration_since(self.steady);
        steady.max(of_day.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_machine_that_was_suspended_knows_by_the_time_of_day_how_long() {
        let slept = Moment::now();
        let woken = Moment {
            steady: slept.steady + Duration::from_secs(1),
            of_day: slept.of_day + HOUR,
        };
        assert_eq!(slept.age(woken), HOUR);
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_make_it_younger() {
        let begun = Moment::now();
        let later = Moment {
            steady: begun.steady + HOUR,
            of_day: begun.of_day - HOUR,
        };
        assert_eq!(begun.age(later), HOUR);
        assert_eq!(later.age(begun), HOUR, "by the time of day");
    }
}
