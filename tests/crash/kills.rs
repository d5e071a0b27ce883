//! All trials, side by side, and what has to have been killed in the end.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::Mutex;

use crate::feeds::CRAWLS;
use crate::judge::Reference;
use crate::plan::{Draw, Trial, at_random, each_point, later_points};
use crate::points::points;
use crate::process::Death;
use crate::trial::{Outcome, killed, uninterrupted};

/// Kills without a number in the environment: so many at least.
const KILLS: u64 = 200;
const SEED: u64 = 5;

fn number(variable: &str, default: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{variable}={text} is no number")),
        Err(_) => default,
    }
}

/// What has been killed.
#[derive(Debug, Default)]
struct Done {
    kills: u64,
    points: BTreeSet<String>,
    /// By point, the crawl and the deaths after which its last run passed it.
    after: BTreeMap<String, Trial>,
    /// Deaths that came too late, to be tried at an earlier pass.
    survived: Vec<Trial>,
}

impl Done {
    fn add(&mut self, at: usize, outcome: Outcome) {
        self.kills += outcome.died.len() as u64;
        for death in &outcome.died {
            if let Death::Point { name, .. } = death {
                self.points.insert(name.clone());
            }
        }
        for point in outcome.counts.into_keys() {
            self.after.insert(point, (at, outcome.died.clone()));
        }
        if let [Death::Point { name, pass }] = &outcome.survived[..]
            && *pass > 1
        {
            let (name, pass) = (name.clone(), pass / 2);
            let earlier = [Death::Point { name, pass }];
            let deaths = outcome.died.into_iter().chain(earlier).collect();
            self.survived.push((at, deaths));
        }
    }
}

/// Makes all of these trials, as many at a time as there are cores.
fn make(trials: Vec<Trial>, references: &[Reference], done: &Mutex<Done>) {
    let cores = std::thread::available_parallelism().map_or(2, NonZeroUsize::get);
    let waiting = Mutex::new(trials.into_iter());
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().expect("no trial failed").next();
                    let Some((at, deaths)) = next else { return };
                    let outcome = killed(&CRAWLS[at], &references[at], &deaths);
                    done.lock().expect("no trial failed").add(at, outcome);
                }
            });
        }
    });
}

pub(crate) fn killed_at_every_point_and_at_random_each_item_is_there_once() {
    let (kills, seed) = (
        number("HUNTSMAN_CRASHES", KILLS),
        number("HUNTSMAN_SEED", SEED),
    );
    println!("{kills} kills, seed {seed}");
    let references: Vec<Reference> = CRAWLS.iter().map(uninterrupted).collect();
    let (points, done) = (points(), Mutex::default());
    // What only a run passes that goes on may hang on which crawl was killed before, and when.
    for round in 0..CRAWLS.len() {
        make(each_point(&references, &points, round), &references, &done);
        for _ in 0..8 {
            let late = std::mem::take(&mut locked(&done).survived);
            make(late, &references, &done);
        }
        for _ in 0..4 {
            let missing = &points - &locked(&done).points;
            let later = later_points(&missing, &locked(&done).after);
            make(later, &references, &done);
        }
        if locked(&done).points.is_superset(&points) {
            break;
        }
    }
    let mut draw = Draw::new(seed);
    // Some at random in any case; and on, until there are enough.
    let mut rounds = 0;
    while rounds < 2 || locked(&done).kills < kills {
        let trials = (0..8).map(|_| at_random(&references, &mut draw)).collect();
        make(trials, &references, &done);
        rounds += 1;
    }
    let done = locked(&done);
    println!("killed {} times, at {} points", done.kills, points.len());
    let missing = &points - &done.points;
    assert!(missing.is_empty(), "nothing was ever killed at {missing:?}");
}

fn locked(done: &Mutex<Done>) -> std::sync::MutexGuard<'_, Done> {
    done.lock().expect("no trial failed")
}
