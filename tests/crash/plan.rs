//! What is to be killed where.

use std::collections::{BTreeMap, BTreeSet};

use crate::judge::Reference;
use crate::process::Death;

/// A crawl by its number, and its deaths.
pub(crate) type Trial = (usize, Vec<Death>);

/// A generator of numbers from a seed (xorshift).
#[derive(Debug)]
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below this one.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % limit.max(1)
    }
}

/// Each point's first, middle and last pass; the crawls that pass it take turns, in each round by one
/// further.
pub(crate) fn each_point(
    references: &[Reference],
    points: &BTreeSet<String>,
    round: usize,
) -> Vec<Trial> {
    let mut plan = Vec::new();
    for (number, name) in points.iter().enumerate() {
        let passes = |at: usize| references[at].counts.get(name).copied();
        let reach: Vec<usize> = (0..references.len())
            .filter(|at| passes(*at).is_some())
            .collect();
        for turn in 0..3.min(3 * reach.len()) {
            let at = reach[(number + turn + round) % reach.len()];
            let count = passes(at).unwrap_or(1);
            let pass = [1, count.div_ceil(2), count][turn];
            let again = turn > 0 && reach.len() == 1 && count < 3 && pass == 1;
            if !again {
                let name = name.clone();
                plan.push((at, vec![Death::Point { name, pass }]));
            }
        }
    }
    plan
}

/// Points that only a run passes that goes on: behind the death that led there.
pub(crate) fn later_points(
    missing: &BTreeSet<String>,
    after: &BTreeMap<String, Trial>,
) -> Vec<Trial> {
    let mut plan = Vec::new();
    for name in missing {
        if let Some((at, before)) = after.get(name) {
            let name = name.clone();
            let last = Death::Point { name, pass: 1 };
            plan.push((*at, before.iter().cloned().chain([last]).collect()));
        }
    }
    plan
}

/// Up to four deaths of one crawl: by the clock, at any point, at a named one.
pub(crate) fn at_random(references: &[Reference], draw: &mut Draw) -> Trial {
    let crawls = references.len() as u64;
    let at = usize::try_from(draw.below(crawls)).expect("a number of a crawl");
    let counts = &references[at].counts;
    let all: u64 = counts.values().sum();
    let number = 1 + draw.below(4);
    let death = |_| match draw.below(3) {
        0 => Death::Clock(20 + draw.below(500)),
        1 => Death::Point {
            name: "any".to_owned(),
            pass: 1 + draw.below(all),
        },
        _ => {
            let nth = usize::try_from(draw.below(counts.len() as u64)).expect("a number");
            let (name, count) = counts.iter().nth(nth).expect("one of them");
            Death::Point {
                name: name.clone(),
                pass: 1 + draw.below(*count),
            }
        }
    };
    (at, (0..number).map(death).collect())
}
