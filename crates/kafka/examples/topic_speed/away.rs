//! A broker that is killed and comes back, and the memory of a sink meanwhile.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use huntsman_core::{Export, Sequence};
use huntsman_testkit::kafka::Kafka;

use crate::price::record;
use crate::sink::{feed, opening};
use crate::{Failed, memory};

/// So long is the broker away.
const AWAY: Duration = Duration::from_secs(30);
/// One look at how far the sink is.
const LOOK: Duration = Duration::from_secs(1);
const BATCH: u32 = 500;

async fn exported(sink: &dyn Export, items: u32, done: &AtomicU32) -> Result<(), Failed> {
    while done.load(Ordering::Relaxed) < items {
        let from = done.load(Ordering::Relaxed);
        sink.export((from..from + BATCH).map(record).collect())
            .await?;
        done.fetch_add(BATCH, Ordering::Relaxed);
    }
    sink.commit(Sequence(u64::from(items))).await?;
    Ok(())
}

/// Kills the broker once a tenth is done, and starts it again.
async fn watched(broker: &mut Kafka, items: u32, done: &AtomicU32) -> Result<String, Failed> {
    while done.load(Ordering::Relaxed) < items / 10 {
        tokio::time::sleep(LOOK / 100).await;
    }
    let before = memory("VmRSS:")?;
    broker.kill()?;
    let at = done.load(Ordering::Relaxed);
    tokio::time::sleep(AWAY / 2).await;
    let half = done.load(Ordering::Relaxed);
    tokio::time::sleep(AWAY / 2).await;
    let (end, most) = (done.load(Ordering::Relaxed), memory("VmHWM:")?);
    broker.restart()?;
    Ok(format!(
        "{} items are taken in the first half of {} s, {} in the second; MiB before {before}, then {most}",
        half - at,
        AWAY.as_secs(),
        end - half,
    ))
}

pub(crate) async fn away(folder: &str, items: u32) -> Result<String, Failed> {
    let items = items.next_multiple_of(BATCH);
    let mut broker = Kafka::start(folder, &[])?.ok_or("no Java")?;
    let sink = feed(&format!(
        "kafka://{}/away?create=true&partitions=3",
        broker.address()
    ))?;
    sink.open(opening(None)).await?;
    let done = AtomicU32::new(0);
    let (exported, told) = tokio::join!(
        exported(&*sink, items, &done),
        watched(&mut broker, items, &done)
    );
    exported?;
    sink.close().await?;
    Ok(format!("{}, {} at the end", told?, memory("VmHWM:")?))
}
