//! A crawl into a topic of a real broker, killed at every point of its sink and at random moments:
//! readers of committed messages see each item once.

use std::path::Path;

use crate::broker;
use crate::feeds::{Crawl, Read, append};
use crate::plan::{Draw, each_point};
use crate::points::of_kafka;
use crate::process::Death;
use crate::trial::{killed, uninterrupted};

/// Kills at random moments, at least.
const KILLS: usize = 24;
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

/// What readers of committed messages see.
pub(crate) fn items(folder: &Path) -> Result<Vec<String>, String> {
    let broker = broker::shared().ok_or("there is no broker")?;
    let read = broker::read(&broker.address(), &name(folder)).map_err(|error| error.to_string())?;
    Ok(read
        .iter()
        .map(|message| message.json().to_string())
        .collect())
}

pub(crate) fn killed_while_it_writes_to_a_topic_each_item_is_there_once() {
    if broker::shared().is_none() {
        return;
    }
    let reference = uninterrupted(&CRAWL);
    let points = of_kafka();
    assert!(points.len() >= 4, "{points:?}");
    let mut died = 0;
    for (_, deaths) in each_point(std::slice::from_ref(&reference), &points, 0) {
        died += killed(&CRAWL, &reference, &deaths).died.len();
    }
    assert!(
        died >= points.len(),
        "each point is killed at once, at least"
    );
    let all: u64 = reference.counts.values().sum();
    let (mut draw, mut at_random) = (Draw::new(SEED), 0);
    while at_random < KILLS {
        let mut death = || match draw.below(2) {
            0 => Death::Clock(draw.below(3_000)),
            _ => Death::Point {
                name: "any".to_owned(),
                pass: 1 + draw.below(all),
            },
        };
        let deaths = [death(), death(), death(), death()];
        at_random += killed(&CRAWL, &reference, &deaths).died.len();
    }
    println!(
        "killed {died} times at {} points, {at_random} times at random",
        points.len()
    );
}
