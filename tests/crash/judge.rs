//! Whether what killed runs left is what one run leaves.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::feeds::{Crawl, Feed, Read, names};
use crate::process::{OWN, alone};
use crate::read::items;
use crate::topic;

/// What an uninterrupted run left.
#[derive(Debug)]
pub(crate) struct Reference {
    /// The items of each feed, in order of their text.
    items: Vec<Vec<String>>,
    /// The records that went through the outbox.
    last: u64,
    /// How often each point was passed.
    pub(crate) counts: BTreeMap<String, u64>,
}

impl Reference {
    /// Of the crawl that has ended in this folder.
    pub(crate) fn of(crawl: &Crawl, folder: &Path) -> Result<Self, String> {
        let feeds = crawl.all_feeds();
        let items = feeds.iter().map(|feed| sorted(feed, folder));
        let reference = Self {
            items: items.collect::<Result<_, _>>()?,
            last: facts(folder)?.last.0,
            counts: counts(folder),
        };
        if reference.items.iter().any(Vec::is_empty) || reference.last == 0 {
            return Err(format!("a feed has no items: {reference:?}"));
        }
        reference.compare(crawl, folder)?;
        Ok(reference)
    }

    /// What is wrong with the crawl that has ended in this folder.
    pub(crate) fn compare(&self, crawl: &Crawl, folder: &Path) -> Result<(), String> {
        let mut left: Vec<String> = names(folder);
        left.retain(|name| !OWN.contains(&name.as_str()) && name != "job" && name != "strict.avsc");
        for (feed, expected) in crawl.all_feeds().into_iter().zip(&self.items) {
            let found = sorted(feed, folder)?;
            if found != *expected {
                return Err(differ(feed, expected, &found));
            }
            let files = feed.files(folder);
            left.retain(|name| !files.contains(name));
        }
        if !left.is_empty() {
            return Err(format!("more is left: {left:?}"));
        }
        self.compare_job(folder)
    }

    fn compare_job(&self, folder: &Path) -> Result<(), String> {
        let job = folder.join("job");
        let alone = alone();
        let report = huntsman_store::check(&job).map_err(|error| error.to_string())?;
        if !report.problems.is_empty() {
            return Err(format!("the store is damaged: {:?}", report.problems));
        }
        drop(alone);
        let facts = facts(folder)?;
        let behind = |(_, position): &&(String, _)| *position != facts.last;
        if facts.queued + facts.delayed != 0
            || facts.last.0 != self.last
            || facts.sinks.iter().any(|sink| behind(&sink))
        {
            return Err(format!("{} records were expected: {facts:?}", self.last));
        }
        Ok(())
    }
}

/// How often the last run in this folder passed each point; nothing if it was killed.
pub(crate) fn counts(folder: &Path) -> BTreeMap<String, u64> {
    let text = fs::read(folder.join("counts.json")).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

fn facts(folder: &Path) -> Result<huntsman_store::Facts, String> {
    let _alone = alone();
    huntsman_store::show(&folder.join("job")).map_err(|error| error.to_string())
}

fn sorted(feed: &Feed, folder: &Path) -> Result<Vec<String>, String> {
    let mut all = Vec::new();
    if feed.read.is_topic() {
        all = topic::items(folder, feed.read == Read::TopicById)?;
    }
    for name in feed.files(folder) {
        let found = items(&folder.join(&name), feed.read);
        all.extend(found.map_err(|error| format!("{name}: {error}"))?);
    }
    all.sort();
    Ok(all)
}

/// What is in one of two lists and not in the other.
fn differ(feed: &Feed, expected: &[String], found: &[String]) -> String {
    let mut balance: BTreeMap<&str, i64> = BTreeMap::new();
    found
        .iter()
        .for_each(|item| *balance.entry(item).or_default() += 1);
    expected
        .iter()
        .for_each(|item| *balance.entry(item).or_default() -= 1);
    balance.retain(|_, count| *count != 0);
    let some: Vec<_> = balance.iter().take(3).collect();
    format!(
        "{}: {} items were expected and {} found: {some:?} …",
        feed.address,
        expected.len(),
        found.len()
    )
}
