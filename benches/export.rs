//! Benchmarks of files: items through a feed, and the same items by a bare loop, in nanoseconds of
//! CPU an item. `benches/export.sh` runs them beside Python's writers.
//!
//! With the word `memory`: the peak of this process while 10^7 items go to one file.

use std::env;
use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use huntsman::core::{AnyItem, Fingerprint, Opening, Record, RecordId};
use huntsman::prelude::*;
use huntsman::{Export, Item};
use huntsman_export::{Feed, Mode};
use rustix::time::{ClockId, clock_gettime};

type Done = Result<(), Box<dyn Error>>;

/// Items a run.
const ITEMS: usize = 1_000_000;
/// Items that differ.
const DIFFERENT: usize = 1000;
/// Items a batch: the default of `deliver.batch`.
const BATCH: usize = 500;
/// The buffer of a bare loop: as large as a feed's.
const BUFFER: usize = 128 * 1024;

/// The record that `export.py` has the others write.
const PRICE: &str = r#"{"type": "record", "name": "Price", "fields": [
    {"name": "url", "type": "string"}, {"name": "title", "type": "string"},
    {"name": "price", "type": "double"}, {"name": "stock", "type": "int"},
    {"name": "category", "type": ["null", "string"]}, {"name": "crawled_at", "type": "long"}]}"#;

#[derive(Serialize, Item)]
struct Price {
    url: String,
    title: String,
    price: f64,
    stock: i32,
    category: Option<String>,
    crawled_at: i64,
}

fn price(number: usize) -> Price {
    let small = u16::try_from(number).unwrap_or_default();
    Price {
        url: format!("http://shop.example/catalogue/some-product-name_{number:05}/index.html"),
        title: format!("Some Product & Other Stories, no. {number}"),
        price: f64::from(small) + 0.77,
        stock: i32::from(small % 100),
        category: (!number.is_multiple_of(4)).then(|| "Poetry".to_owned()),
        crawled_at: 1_766_400_000_000 + i64::from(small),
    }
}

fn record(number: usize) -> Record {
    Record {
        id: RecordId {
            request: Fingerprint(number as u128),
            ordinal: 0,
        },
        item: Arc::new(price(number)) as Arc<dyn AnyItem>,
        url: "http://shop.example/".into(),
    }
}

/// Nanoseconds of CPU that this process has used, in the kernel too.
fn cpu() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

/// Nanoseconds of CPU an item.
fn cost(mut work: impl FnMut() -> Done) -> Result<f64, Box<dyn Error>> {
    let begun = cpu();
    work()?;
    Ok((cpu() - begun) / ITEMS as f64)
}

async fn deliver(place: &str, batches: impl Iterator<Item = Vec<Record>>) -> Done {
    let feed = Feed::new(place, Mode::Replace)?;
    feed.open(Opening::new(Price::schemas())).await?;
    for batch in batches {
        feed.export(batch).await?;
    }
    feed.close().await?;
    Ok(())
}

fn file(path: &Path) -> std::io::Result<BufWriter<File>> {
    Ok(BufWriter::with_capacity(BUFFER, File::create(path)?))
}

fn durable(out: BufWriter<File>) -> Done {
    out.into_inner()?.sync_all()?;
    Ok(())
}

fn bare_lines(path: &Path, items: &[Price]) -> Done {
    let mut out = file(path)?;
    for item in items.iter().cycle().take(ITEMS) {
        serde_json::to_writer(&mut out, item)?;
        out.write_all(b"\n")?;
    }
    durable(out)
}

fn bare_csv(path: &Path, items: &[Price]) -> Done {
    let mut rows = csv::WriterBuilder::new()
        .buffer_capacity(BUFFER)
        .from_writer(File::create(path)?);
    for item in items.iter().cycle().take(ITEMS) {
        rows.serialize(item)?;
    }
    let file = rows.into_inner().map_err(|error| error.to_string())?;
    file.sync_all()?;
    Ok(())
}

fn bare_avro(path: &Path, items: &[Price]) -> Done {
    let schema = apache_avro::Schema::parse_str(PRICE)?;
    let mut records = apache_avro::Writer::new(&schema, file(path)?)?;
    for item in items.iter().cycle().take(ITEMS) {
        records.append_ser(item)?;
    }
    durable(records.into_inner()?)
}

type Bare = fn(&Path, &[Price]) -> Done;

/// One line for each format, of one run: its ending, ours, and the bare loop; only the one that ends
/// so, if any.
///
/// What a run costs ends with a durable file. Its removal is not counted, here and in `export.py`.
fn speed(folder: &Path, only: Option<&str>, runtime: &tokio::runtime::Runtime) -> Done {
    let items: Vec<_> = (0..DIFFERENT).map(price).collect();
    let records: Vec<_> = (0..DIFFERENT).map(record).collect();
    // Bare loops do not compress, and nor does fastavro without being asked.
    let formats: [(&str, &str, Bare); 3] = [
        ("jsonl", "", bare_lines),
        ("csv", "", bare_csv),
        ("avro", "?codec=null", bare_avro),
    ];
    let wanted = |ending| only.is_none_or(|only| only == ending);
    for (ending, words, bare) in formats.into_iter().filter(|(ending, ..)| wanted(*ending)) {
        let path = folder.join(format!("ours.{ending}"));
        let place = path.to_str().ok_or("a folder without odd characters")?;
        let place = &format!("{place}{words}");
        let theirs = folder.join(format!("bare.{ending}"));
        let batches: Vec<_> = records.chunks(BATCH).map(<[Record]>::to_vec).collect();
        let all = ITEMS / BATCH;
        let batches: Vec<_> = batches.iter().cycle().take(all).cloned().collect();
        let mut batches = Some(batches);
        let one = cost(|| {
            let batches = batches.take().into_iter().flatten();
            runtime.block_on(deliver(place, batches))
        })?;
        let other = cost(|| bare(&theirs, &items))?;
        let lengths = (fs::metadata(&path)?.len(), fs::metadata(&theirs)?.len());
        fs::remove_file(&path)?;
        fs::remove_file(&theirs)?;
        let mut out = std::io::stdout();
        writeln!(
            out,
            "{ending} {one:.1} {other:.1} {} {}",
            lengths.0, lengths.1
        )?;
    }
    Ok(())
}

/// The peak of this process, in KB.
fn peak() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.ok_or("no VmHWM")?.parse()?)
}

fn memory(folder: &Path, ending: &str, runtime: &tokio::runtime::Runtime) -> Done {
    let records: Vec<_> = (0..DIFFERENT).map(record).collect();
    let path = folder.join(format!("ten-million.{ending}"));
    let place = path.to_str().ok_or("a folder without odd characters")?;
    let mut out = std::io::stdout();
    let batches = (0..10_000_000 / BATCH).map(|batch| {
        if [100_000, 1_000_000].contains(&(batch * BATCH)) {
            let peak = peak().unwrap_or_default();
            writeln!(out, "{ending}: {} items, peak {peak} KB", batch * BATCH).unwrap_or_default();
        }
        let first = batch * BATCH % DIFFERENT;
        records[first..first + BATCH].to_vec()
    });
    runtime.block_on(deliver(place, batches))?;
    let bytes = fs::metadata(&path)?.len();
    let peak = peak()?;
    fs::remove_file(path)?;
    let mut out = std::io::stdout();
    writeln!(
        out,
        "{ending}: 10000000 items, peak {peak} KB, {bytes} bytes"
    )?;
    Ok(())
}

fn main() -> Done {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let mut words = env::args().skip(1).filter(|word| !word.starts_with('-'));
    match words.next().as_deref() {
        Some("memory") => {
            let ending = words.next();
            memory(&folder, ending.as_deref().unwrap_or("jsonl"), &runtime)
        }
        only => speed(&folder, only, &runtime),
    }
}
