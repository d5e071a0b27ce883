//! The feeds of a crawl: those of the command line, and those of the settings.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::{Context, Error, anyhow};
use huntsman::Settings;
use huntsman_export::{Catalog, Feed, Mode};

use crate::flags::Run;

/// What a crawl writes to.
pub(crate) struct Feeds {
    /// For items.
    pub(crate) items: Vec<Feed>,
    /// For rejected items, unless they are to be dropped.
    pub(crate) quarantine: Option<Feed>,
}

/// Feeds in the order of `-o`, `-O`, tables. Nothing is opened yet.
pub(crate) fn feeds(catalog: &Catalog, settings: &Settings, flags: &Run) -> Result<Feeds, Error> {
    let variables: BTreeMap<String, String> = flags.argument.iter().cloned().collect();
    let append = flags.output.iter().map(|place| (place, Mode::Append));
    let replace = flags.overwrite_output.iter();
    let replace = replace.map(|place| (place, Mode::Replace));
    let mut items = Vec::new();
    for (place, mode) in append.chain(replace) {
        items.push(catalog.feed(place, mode, &variables)?);
    }
    for (name, words) in &settings.deliver.feeds {
        items.push(catalog.table(name, words, &variables)?);
    }
    apart(&items)?;
    let report = flags.report.as_deref();
    if let Some(feed) = report.and_then(|report| items.iter().find(|feed| feed.is_at(report))) {
        return Err(anyhow!(
            "{} cannot take both the items and the report",
            feed.name()
        ));
    }
    let quarantine = settings.refine.quarantine.as_deref().map(|place| {
        let place = place.replace("%(spider)s", &flags.spider);
        catalog.feed_if_any(&place, Mode::Append, &variables)
    });
    let quarantine = quarantine.transpose().context("refine.quarantine")?;
    if let Some(feed) = &quarantine {
        free(feed, &items, report)?;
    }
    Ok(Feeds { items, quarantine })
}

/// Refuses two feeds of one place.
fn apart(feeds: &[Feed]) -> Result<(), Error> {
    let mut places = HashMap::new();
    for feed in feeds {
        let Some(other) = places.insert(feed.identity(), feed.name()) else {
            continue;
        };
        let name = feed.name();
        let also = if other == name {
            String::new()
        } else {
            format!(", also as {other}")
        };
        return Err(anyhow!(
            "{name} is named twice{also}; each place takes the items once"
        ));
    }
    Ok(())
}

/// Refuses a quarantine in a place that is for something else.
fn free(quarantine: &Feed, items: &[Feed], report: Option<&Path>) -> Result<(), Error> {
    let place = quarantine.identity();
    let taken = items.iter().any(|feed| feed.identity() == place) && place != "-";
    if taken || report.is_some_and(|report| quarantine.is_at(report)) {
        return Err(anyhow!(
            "refine.quarantine: {} is named for something else already; rejected items need a file of their own",
            quarantine.name()
        ));
    }
    Ok(())
}
