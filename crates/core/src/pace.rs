//! Pace: how often and how many at once a host is asked.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// The pace towards one host.
///
/// Between the starts of two requests lie at least `delay` and at most `delay × (1 + jitter)`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pace {
    /// The least time between the starts of two requests.
    pub delay: Duration,
    /// Share of `delay` that is added at random, from 0.
    pub jitter: f64,
    /// Requests under way at once, at least 1.
    pub concurrency: u32,
}

impl Default for Pace {
    /// No delay, one at a time.
    fn default() -> Self {
        Self {
            delay: Duration::ZERO,
            jitter: 0.0,
            concurrency: 1,
        }
    }
}

impl Pace {
    /// When the request after one that starts at `now` may start. `turn` makes the jitter: the
    /// same turn gives the same time, so a simulated crawl repeats.
    #[must_use]
    pub fn next(&self, now: Timestamp, turn: u64) -> Timestamp {
        let jitter = self.jitter.clamp(0.0, 10.0) * unit(turn);
        now.after(self.delay + self.delay.mul_f64(jitter))
    }
}

/// A change to the pace of one host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PaceChange {
    /// At least this delay from now on (robots.txt's `Crawl-delay`); never makes it faster.
    AtLeast(Duration),
    /// No request before this time (`Retry-After`).
    NotBefore(Timestamp),
    /// No request until `Release`.
    Hold,
    /// Ends `Hold`.
    Release,
}

/// A number in [0, 1) from a counter (the mixing function of SplitMix64, Steele et al. 2014).
fn unit(turn: u64) -> f64 {
    let mut z = turn.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^= z >> 31;
    let high = u32::try_from(z >> 32).unwrap_or(u32::MAX);
    f64::from(high) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_stays_between_its_bounds_and_varies() {
        let pace = Pace {
            delay: Duration::from_millis(1000),
            jitter: 0.5,
            concurrency: 1,
        };
        let gaps: Vec<u64> = (0..1000)
            .map(|turn| pace.next(Timestamp(0), turn).0)
            .collect();
        assert!(gaps.iter().all(|gap| (1000..=1500).contains(gap)));
        let mean = gaps.iter().sum::<u64>() / 1000;
        assert!((1230..1270).contains(&mean), "{mean}");
    }
}
