//! A crawl into a topic of a real broker, killed at every point of its sink and at random moments:
//! readers of committed messages see each item once.

use std::collections::BTreeSet;
use std::path::Path;

use crate::broker;
use crate::feeds::{Crawl, Read, append};
use crate::judge::Reference;
use crate::plan::{Draw, each_point};
use crate::points::of_kafka;
use crate::process::Death;
use crate::trial::{killed, uninterrupted};

/// Kills at random moments, at least, and of a crawl without transactions.
const KILLS: usize = 24;
const KILLS_WITHOUT: usize = 8;
const SEED: u64 = 11;

/// With a file beside it, so that two sinks have positions of their own.
static CRAWL: Crawl = Crawl {
    name: "into a topic",
    words: "quotes",
    feeds: &[
        append(
            "kafka://BROKER/FOLDER?create=true&partitions=3&key=author",
            Read::Topic,
        ),
        append("t.jsonl", Read::Lines),
    ],
};

/// Without transactions: what comes twice has the id of the same record.
static AT_LEAST_ONCE: Crawl = Crawl {
    name: "into a topic, at least once",
    words: "quotes",
    feeds: &[append(
        "kafka://BROKER/FOLDER?create=true&partitions=3&guarantee=at_least_once",
        Read::TopicById,
    )],
};

/// The topic of a crawl in this folder.
fn name(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    name.trim_start_matches('.').to_owned()
}

/// The address with the broker, and with the topic of this folder.
pub(crate) fn placed(address: &str, folder: &Path) -> String {
    match broker::shared().filter(|_| address.contains("BROKER")) {
        Some(broker) => address
            .replace("BROKER", &broker.address())
            .replace("FOLDER", &name(folder)),
        None => address.to_owned(),
    }
}

/// What readers of committed messages see; if they look at its id, each record once.
pub(crate) fn items(folder: &Path, by_id: bool) -> Result<Vec<String>, String> {
    let broker = broker::shared().ok_or("there is no broker")?;
    let read = broker::read(&broker.address(), &name(folder)).map_err(|error| error.to_string())?;
    let mut known = BTreeSet::new();
    let mut is_new = |id| known.insert(id) || !by_id;
    let own = read
        .iter()
        .filter(|message| is_new(message.header("huntsman.record_id")));
    Ok(own.map(|message| message.json().to_string()).collect())
}

pub(crate) fn killed_while_it_writes_to_a_topic_each_item_is_there_once() {
    if broker::shared().is_none() {
        return;
    }
    let reference = uninterrupted(&CRAWL);
    let points = of_kafka();
    assert!(points.len() >= 4, "{points:?}");
    let (mut died, mut killed_at) = (0, BTreeSet::new());
    for (_, deaths) in each_point(std::slice::from_ref(&reference), &points, 0) {
        for death in killed(&CRAWL, &reference, &deaths).died {
            died += 1;
            if let Death::Point { name, .. } = death {
                killed_at.insert(name);
            }
        }
    }
    assert_eq!(killed_at, points, "at each point");
    let mut draw = Draw::new(SEED);
    let at_random = at_random(&CRAWL, &reference, KILLS, &mut draw);
    let reference = uninterrupted(&AT_LEAST_ONCE);
    let without = self::at_random(&AT_LEAST_ONCE, &reference, KILLS_WITHOUT, &mut draw);
    println!(
        "killed {died} times at {} points, {at_random} times at random, and {without} times without \
         transactions",
        points.len()
    );
}

/// Kills a crawl at random moments until it was killed so often.
fn at_random(crawl: &Crawl, reference: &Reference, kills: usize, draw: &mut Draw) -> usize {
    let all: u64 = reference.counts.values().sum();
    let mut died = 0;
    while died < kills {
        let mut death = || match draw.below(2) {
            0 => Death::Clock(draw.below(3_000)),
            _ => Death::Point {
                name: "any".to_owned(),
                pass: 1 + draw.below(all),
            },
        };
        let deaths = [death(), death(), death(), death()];
        died += killed(crawl, reference, &deaths).died.len();
    }
    died
}
