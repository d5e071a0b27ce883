//! Whether memory and handles are flat: the second quarter of a soak beside its last one.

use std::fmt;

use crate::sample::Sample;

const MIB: u64 = 1 << 20;
/// What memory may have grown by beside a tenth.
const MEMORY: u64 = 8 * MIB;
/// What handles may have grown by.
const HANDLES: u64 = 8;
/// The cache of a store (`huntsman_store::Options::cache`), which fills as the store grows.
const CACHE: u64 = 384 * MIB;

/// Medians of each quarter.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Verdict([Sample; 4]);

/// Judges samples that are the same time apart.
pub(crate) fn judge(samples: &[Sample]) -> Verdict {
    assert!(samples.len() >= 16, "{} samples are too few", samples.len());
    let quarter = |n: usize| &samples[samples.len() * n / 4..samples.len() * (n + 1) / 4];
    Verdict([0, 1, 2, 3].map(|n| medians(quarter(n))))
}

impl Verdict {
    /// Whether nothing grew. The first quarter is left out: it is the way up.
    pub(crate) fn flat(&self) -> bool {
        let [_, second, _, last] = &self.0;
        last.memory <= self.most() && last.handles <= second.handles + HANDLES
    }

    /// What memory may be in the last quarter.
    fn most(&self) -> u64 {
        let [_, second, _, last] = &self.0;
        let cached = last
            .store
            .min(CACHE)
            .saturating_sub(second.store.min(CACHE));
        second.memory + second.memory / 10 + MEMORY + cached
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |pick: fn(&Sample) -> u64| self.0.each_ref().map(|s| pick(s).to_string());
        write!(
            f,
            "by quarters: memory {} MiB (the last at most {}), handles {}, store {} MiB",
            show(|s| s.memory / MIB).join(", "),
            self.most() / MIB,
            show(|s| s.handles).join(", "),
            show(|s| s.store / MIB).join(", ")
        )
    }
}

fn medians(samples: &[Sample]) -> Sample {
    let median = |pick: fn(&Sample) -> u64| {
        let mut all: Vec<u64> = samples.iter().map(pick).collect();
        all.sort_unstable();
        all[all.len() / 2]
    };
    Sample {
        memory: median(|s| s.memory),
        handles: median(|s| s.handles),
        store: median(|s| s.store),
    }
}

/// Twenty lines over the whole time, as long as memory is.
pub(crate) fn chart(samples: &[Sample]) -> String {
    let most = samples.iter().map(|s| s.memory).max().unwrap_or(1).max(1);
    let line = |s: &Sample| {
        let bar = "#".repeat(usize::try_from(s.memory * 50 / most).unwrap_or(0));
        format!("{:>5} MiB {:>4} handles {bar}\n", s.memory / MIB, s.handles)
    };
    let pace = samples.len().div_ceil(20).max(1);
    samples.iter().step_by(pace).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hundred samples.
    fn flat(of: impl Fn(u64) -> Sample) -> bool {
        judge(&(0..100).map(of).collect::<Vec<_>>()).flat()
    }

    #[test]
    fn what_grows_is_told_and_what_swings_is_not() {
        let steady = Sample {
            memory: 100 * MIB,
            handles: 40,
            store: 0,
        };
        assert!(flat(|n| Sample {
            memory: steady.memory + n % 7 * MIB,
            ..steady
        }));
        assert!(flat(|n| Sample {
            handles: 40 + n % 20,
            ..steady
        }));
        // The way up, and one sample that stands out.
        assert!(flat(|n| Sample {
            memory: steady.memory * n.min(25) / 25,
            ..steady
        }));
        assert!(flat(|n| Sample {
            handles: 40 + n / 99 * 900,
            ..steady
        }));
        assert!(!flat(|n| Sample {
            memory: steady.memory + n * MIB,
            ..steady
        }));
        assert!(!flat(|n| Sample {
            handles: 40 + n / 4,
            ..steady
        }));
    }

    #[test]
    fn the_cache_of_the_store_may_fill_and_no_more() {
        let of = |n| Sample {
            memory: (100 + n) * MIB,
            handles: 9,
            store: n * MIB,
        };
        assert!(flat(of));
        assert!(!flat(|n| Sample {
            store: of(n).store + CACHE,
            ..of(n)
        }));
        assert!(!flat(|n| Sample {
            memory: (100 + 2 * n) * MIB,
            ..of(n)
        }));
    }
}
