//! Every format keeps the promises of `Export`: appended to and replaced, compressed or not, in one
//! file and in batches, and on a disk that fills up.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use huntsman_export::{Catalog, Feed, Mode};
use huntsman_testkit::Room;
use huntsman_testkit::export_suite::{ExportSuite, Trial};
use tempfile::TempDir;

#[cfg(unix)]
mod disk;
mod slow;

/// The numbers of the samples in a file, which is whole.
type Read = fn(&[u8]) -> Vec<u64>;

/// A feed with this name in a folder of its own; `read` gets each file of it.
fn trial(name: &str, mode: Mode, read: Read) -> Trial<Feed> {
    let folder = Arc::new(folder());
    let root = folder.path().to_owned();
    let place = root.join(name).display().to_string();
    let numbers = move || {
        let files = names(folder.path()).into_iter();
        let bytes = files.map(|name| fs::read(folder.path().join(name)).expect("a file"));
        bytes.flat_map(|bytes| read(&bytes)).collect()
    };
    let open = move || Feed::new(&place, mode).expect("a place");
    Trial::new(open, numbers).in_folder(root).torn()
}

/// The same, and the file has to be there when a job goes on.
fn trial_of_one(name: &str, mode: Mode, read: Read) -> Trial<Feed> {
    let trial = trial(name, mode, read);
    let folder = trial.folder().expect("it has one").to_owned();
    trial.loses("its file is gone", move || {
        for name in names(&folder) {
            fs::remove_file(folder.join(name)).expect("a file");
        }
    })
}

/// A folder in memory, where there is one: hundreds of crashes are faster there.
fn folder() -> TempDir {
    let memory = tempfile::tempdir_in("/dev/shm");
    memory.or_else(|_| tempfile::tempdir()).expect("a folder")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string());
    let mut names: Vec<_> = names.map(|name| name.expect("UTF-8")).collect();
    names.sort();
    names
}

/// A feed that goes on with what is there.
async fn appending(name: &str, read: Read) {
    ExportSuite::new(|| trial_of_one(name, Mode::Append, read))
        .appends()
        .resumes()
        .one_writer()
        .run()
        .await;
}

/// The same, and the columns have to be the same.
async fn appending_columns(name: &str, read: Read) {
    ExportSuite::new(|| trial_of_one(name, Mode::Append, read))
        .appends()
        .resumes()
        .one_writer()
        .one_shape()
        .run()
        .await;
}

/// A feed that replaces what is there.
async fn replacing(name: &str, read: Read) {
    ExportSuite::new(|| trial_of_one(name, Mode::Replace, read))
        .resumes()
        .run()
        .await;
}

/// A feed of numbered files, which others may take away, and another feed may add to.
async fn batches(name: &str, read: Read) {
    for mode in [Mode::Append, Mode::Replace] {
        let suite = ExportSuite::new(|| trial(name, mode, read)).resumes();
        match mode {
            Mode::Append => suite.appends().run().await,
            Mode::Replace => suite.run().await,
        }
    }
}

/// A feed on a disk that fills up, which a user's place stands for.
#[cfg(unix)]
async fn on_a_full_disk(name: &str, read: Read) {
    ExportSuite::new(|| {
        let folder = Arc::new(folder());
        let root = folder.path().to_owned();
        let place = format!("disk:{}", root.join(name).display());
        let feed = move |room| {
            let catalog = Catalog::default().place(disk::Disk(Room::of(room)));
            let feed = catalog.feed(&place, Mode::Append, &BTreeMap::new());
            feed.expect("a place")
        };
        let healthy = feed.clone();
        let numbers = move || {
            let files = names(folder.path()).into_iter();
            let bytes = files.map(|name| fs::read(folder.path().join(name)).expect("a file"));
            bytes.flat_map(|bytes| read(&bytes)).collect()
        };
        Trial::new(move || healthy(u64::MAX), numbers)
            .in_folder(root)
            .torn()
            .full(feed)
    })
    .appends()
    .resumes()
    .one_writer()
    .run()
    .await;
}

fn number(item: &serde_json::Value) -> u64 {
    item["number"].as_u64().expect("a sample has a number")
}

fn json(bytes: &[u8]) -> Vec<u64> {
    let items: Vec<serde_json::Value> = serde_json::from_slice(bytes).expect("a whole JSON array");
    items.iter().map(number).collect()
}

fn lines(bytes: &[u8]) -> Vec<u64> {
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    let items = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("a JSON object a line"));
    items.map(|item: serde_json::Value| number(&item)).collect()
}

fn rows(bytes: &[u8]) -> Vec<u64> {
    let mut reader = ::csv::Reader::from_reader(bytes);
    assert_eq!(reader.headers().expect("a header").get(0), Some("number"));
    let rows = reader.records().map(|row| row.expect("whole rows"));
    rows.map(|row| row[0].parse().expect("a number")).collect()
}

fn elements(bytes: &[u8]) -> Vec<u64> {
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    let end = text.lines().last().unwrap_or_default();
    assert_eq!(end, "</items>", "a whole document");
    let numbers = text.split("<number>").skip(1);
    let numbers = numbers.map(|rest| rest.split('<').next().unwrap_or_default().parse());
    numbers.map(|number| number.expect("a number")).collect()
}

fn blocks(bytes: &[u8]) -> Vec<u64> {
    let reader = huntsman_avro::container::ContainerReader::new(bytes).expect("a container file");
    let schema = reader.schema().clone();
    let values = reader.map(|value| value.expect("a whole block"));
    let json = values.map(|value: huntsman_avro::Value| schema.view(&value).to_string());
    let items = json.map(|text| serde_json::from_str(&text).expect("JSON"));
    items.map(|item: serde_json::Value| number(&item)).collect()
}

fn gunzipped(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut reader = flate2::read::MultiGzDecoder::new(bytes);
    reader.read_to_end(&mut plain).expect("whole members");
    plain
}

fn unzstd(bytes: &[u8]) -> Vec<u8> {
    zstd::decode_all(bytes).expect("whole frames")
}

macro_rules! conforms {
    ($($name:ident: $run:ident $address:literal $read:expr;)+) => {$(
        #[tokio::test]
        async fn $name() {
            $run($address, $read).await;
        }
    )+};
}

conforms! {
    json_appended: appending "items.json" json;
    json_replaced: replacing "items.json" json;
    json_indented: appending "items.json?indent=2" json;
    json_lines_appended: appending "items.jsonl" lines;
    json_lines_replaced: replacing "items.jsonl" lines;
    csv_appended: appending_columns "items.csv" rows;
    csv_replaced: replacing "items.csv" rows;
    xml_appended: appending "items.xml" elements;
    xml_replaced: replacing "items.xml" elements;
    avro_appended: appending_columns "items.avro" blocks;
    avro_replaced: replacing "items.avro" blocks;
    avro_deflated: appending_columns "items.avro?codec=deflate" blocks;
    gzipped_json_appended: appending "items.json.gz" |bytes| json(&gunzipped(bytes));
    gzipped_rows_replaced: replacing "items.csv.gz" |bytes| rows(&gunzipped(bytes));
    lines_in_zstd_appended: appending "items.jsonl.zst" |bytes| lines(&unzstd(bytes));
    xml_in_zstd_appended: appending "items.xml.zst" |bytes| elements(&unzstd(bytes));
    batches_of_lines: batches "items-%(batch)05d.jsonl?batch_items=7&store_empty=false" lines;
    batches_of_rows: batches "%(batch)03d.csv?batch_items=7&store_empty=false" rows;
    batches_of_avro: batches "items-%(batch)05d.avro?batch_bytes=2000&store_empty=false" blocks;
    batches_in_zstd: batches "%(batch)03d.jsonl.zst?batch_bytes=2000&store_empty=false"
        |bytes| lines(&unzstd(bytes));
}

#[cfg(unix)]
conforms! {
    json_on_a_full_disk: on_a_full_disk "items.json" json;
    json_lines_on_a_full_disk: on_a_full_disk "items.jsonl" lines;
    csv_on_a_full_disk: on_a_full_disk "items.csv" rows;
    xml_on_a_full_disk: on_a_full_disk "items.xml" elements;
    avro_on_a_full_disk: on_a_full_disk "items.avro" blocks;
    zstd_on_a_full_disk: on_a_full_disk "items.json.zst" |bytes| json(&unzstd(bytes));
}
