//! The part of ours in `benches/tables.sh`: `table_speed ADDRESS DIFFERENT` writes items into a table
//! through a feed, and prints the milliseconds that it took and its nanoseconds of CPU an item.
//!
//! `DIFFERENT` is the number of products; an item of one that was there before has another price.

use std::env;
use std::error::Error;
use std::io::Write;

use huntsman_core::{Export, Item, Opening, Record};
use huntsman_export::{Catalog, Mode};
use huntsman_testkit::Price;
use rustix::time::{ClockId, clock_gettime};

type Done = Result<(), Box<dyn Error>>;

/// Items a run.
const ITEMS: u32 = 200_000;
/// Items a batch: the default of `deliver.batch`.
const BATCH: usize = 500;

fn record(number: u32, different: u32) -> Record {
    let price = Price {
        price: f64::from(number) + 0.75,
        crawled_at: 1_766_400_000_000 + i64::from(number),
        ..Price::numbered(number % different)
    };
    price.record(number)
}

/// Nanoseconds of a clock.
fn clock(id: ClockId) -> f64 {
    let time = clock_gettime(id);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

#[tokio::main]
async fn main() -> Done {
    let mut words = env::args().skip(1);
    let (Some(address), Some(different)) = (words.next(), words.next()) else {
        return Err("run benches/tables.sh".into());
    };
    let different = different.parse()?;
    let records: Vec<_> = (0..ITEMS).map(|number| record(number, different)).collect();
    let batches: Vec<_> = records.chunks(BATCH).map(<[Record]>::to_vec).collect();
    let feed = huntsman_sql::connect(Catalog::default()).feed(
        &address,
        Mode::Append,
        &std::collections::BTreeMap::new(),
    )?;
    // Of this process, in the kernel too.
    let used = clock(ClockId::ProcessCPUTime);
    let begun = clock(ClockId::Monotonic);
    feed.open(Opening::new(Price::schemas())).await?;
    for batch in batches {
        feed.export(batch).await?;
    }
    feed.close().await?;
    let milliseconds = (clock(ClockId::Monotonic) - begun) / 1e6;
    let used = (clock(ClockId::ProcessCPUTime) - used) / f64::from(ITEMS);
    writeln!(std::io::stdout(), "{milliseconds:.0} {used:.0}")?;
    Ok(())
}
