//! Items through a sink.

use std::collections::BTreeMap;

use huntsman_core::{Export, Item, Opening, Record, Sequence, Timestamp};
use huntsman_export::{Catalog, Feed, Mode};
use huntsman_testkit::Price;

use crate::price::records;
use crate::{Failed, Stopwatch};

/// Items a batch: the default of `deliver.batch`.
const BATCH: usize = 500;
/// Batches between two commits of a job: a quarter of `deliver.backlog`.
const BATCHES: usize = 50;

pub(crate) fn feed(address: &str) -> Result<Box<dyn Export>, Failed> {
    let catalog = huntsman_kafka::connect(Catalog::default());
    let feed: Feed = catalog.feed(address, Mode::Append, &BTreeMap::new())?;
    Ok(Box::new(feed))
}

pub(crate) fn opening(job: Option<&str>) -> Opening {
    let opening = Opening::new(Price::schemas()).of("bench", Timestamp(1_766_400_000_000));
    match job {
        Some(job) => opening.resuming(job, None),
        None => opening,
    }
}

pub(crate) async fn sink(address: &str, items: u32, job: Option<&str>) -> Result<String, Failed> {
    let records = records(items);
    let batches: Vec<_> = records.chunks(BATCH).map(<[Record]>::to_vec).collect();
    let feed = feed(address)?;
    feed.open(opening(job)).await?;
    if job.is_some() {
        feed.commit(Sequence(0)).await?;
    }
    let watch = Stopwatch::start();
    let mut sent = 0;
    for (number, batch) in batches.into_iter().enumerate() {
        sent += batch.len() as u64;
        feed.export(batch).await?;
        if job.is_some() && number % BATCHES == BATCHES - 1 {
            feed.commit(Sequence(sent)).await?;
        }
    }
    feed.commit(Sequence(sent)).await?;
    let told = watch.told(items);
    feed.close().await?;
    Ok(told)
}
