//! Row groups, what is held, and what becomes of rows that are refused.

use std::process::Command;

use bytes::Bytes;
use huntsman_core::{Field, Kind, Logical, Schema};
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::{Value as Json, json};

use crate::items::{Told, encoder, file, record};
use crate::own::rows;
use crate::peers::{python, run};

static LINE: Schema = Schema::new(
    "Line",
    &[
        Field::new("n", Kind::Int(64)),
        Field::new("text", Kind::Optional(&Kind::Text)),
        Field::new("tags", Kind::List(&Kind::Text)),
    ],
);
static LINES: &[&Schema] = &[&LINE];

fn line(n: u32) -> huntsman_core::Record {
    let text = (!n.is_multiple_of(3)).then(|| format!("line {n}"));
    let tags: Vec<_> = (0..n % 4).map(|tag| tag.to_string()).collect();
    record(n, Told(&LINE, json!({"n": n, "text": text, "tags": tags})))
}

/// The rows of each row group.
fn groups(file: &[u8]) -> Vec<i64> {
    let reader = SerializedFileReader::new(Bytes::from(file.to_vec())).unwrap();
    let groups = reader.metadata().row_groups().iter();
    groups.map(|group| group.num_rows()).collect()
}

fn numbers(file: Vec<u8>) -> Vec<u64> {
    let number = |row: &Json| row["record"][0][1].as_u64().unwrap();
    rows(file).iter().map(number).collect()
}

#[test]
fn a_row_group_has_so_many_rows() {
    let file = file(LINES, &[("row_group", "100")], (0..1050).map(line));
    assert_eq!(groups(&file), [vec![100; 10], vec![50]].concat());
    assert_eq!(numbers(file), Vec::from_iter(0..1050));
    let ending = crate::items::file(LINES, &[("row_group", "100")], (0..200).map(line));
    assert_eq!(groups(&ending), [100, 100]);
}

#[test]
fn a_file_without_items_has_its_columns() {
    let file = file(LINES, &[], []);
    assert!(groups(&file).is_empty());
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.parquet");
    std::fs::write(&path, file).unwrap();
    let script = "import sys, duckdb, pyarrow.parquet as pq\n\
        table = pq.read_table(sys.argv[1])\n\
        print(table.num_rows, table.column_names)\n\
        print(duckdb.read_parquet(sys.argv[1]).fetchall(), duckdb.read_parquet(sys.argv[1]).columns)";
    let said = run(Command::new(python).args(["-c", script]).arg(&path));
    let columns = "['n', 'text', 'tags']";
    assert_eq!(said, format!("0 {columns}\n[] {columns}\n"));
}

/// 600 MB of items, none of which repeats; what is handed back is forgotten at once.
#[test]
fn memory_is_bounded_whatever_the_length_of_the_file() {
    let mut encoder = encoder(LINES, &[("codec", "none")]);
    let (mut out, mut written, mut most, mut pieces) = (Vec::new(), 0, 0, 0);
    encoder.begin(&mut out).unwrap();
    for n in 0..600 {
        let text = format!("{n} ").repeat(250_000);
        let item = json!({"n": n, "text": text, "tags": []});
        encoder
            .record(&record(n, Told(&LINE, item)), &mut out)
            .unwrap();
        most = most.max(encoder.held());
        pieces += usize::from(out.len() > 1000);
        written += out.len();
        out = Vec::new();
    }
    encoder.end(false, &mut out).unwrap();
    assert!(written > 500_000_000, "{written}");
    assert!(most < 64 << 20, "{most} bytes were held");
    assert!(pieces >= 8, "{pieces} row groups were handed back");
}

#[test]
fn what_is_held_is_told() {
    let mut encoder = encoder(LINES, &[("row_group", "10")]);
    let mut out = Vec::new();
    encoder.begin(&mut out).unwrap();
    assert_eq!((encoder.held(), &out[..]), (0, &b"PAR1"[..]));
    let mut before = 0;
    for n in 0..9 {
        encoder.record(&line(n), &mut out).unwrap();
        encoder.batch(&mut out).unwrap();
        assert!(encoder.held() > before);
        before = encoder.held();
    }
    assert_eq!(out.len(), 4);
    encoder.record(&line(9), &mut out).unwrap();
    assert_eq!(encoder.held(), 0);
    assert!(out.len() > 100);
}

#[test]
fn an_item_of_fifty_megabytes_is_read_back() {
    let text = "0123456789".repeat(5_000_000);
    let big = record(
        1,
        Told(&LINE, json!({"n": 1, "text": text, "tags": [text]})),
    );
    let file = file(LINES, &[], [line(0), big, line(2)]);
    // It is a row group by its size.
    assert_eq!(groups(&file), [2, 1]);
    let rows = rows(file);
    assert_eq!(rows[1]["record"][1][1], json!(text));
    assert_eq!(rows[1]["record"][2][1]["list"][0], json!(text));
    assert_eq!(rows[2]["record"][1][1], json!("line 2"));
}

static STRICT: Schema = Schema::new(
    "Strict",
    &[
        Field::new("n", Kind::UInt(64)),
        Field::new("times", Kind::List(&Kind::Logical(Logical::TimeMillis))),
        Field::new("map", Kind::Map(&Kind::List(&Kind::Text))),
        Field::new("uuid", Kind::Optional(&Kind::Logical(Logical::Uuid))),
    ],
);
static STRICTS: &[&Schema] = &[&STRICT];

#[test]
fn a_refused_item_leaves_nothing_behind() {
    let mut encoder = encoder(STRICTS, &[]);
    let mut out = Vec::new();
    encoder.begin(&mut out).unwrap();
    let good = |n: u32| {
        let uuid = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
        let item = json!({"n": n, "times": [n, 5], "map": {"k": ["v"]}, "uuid": uuid});
        record(n, Told(&STRICT, item))
    };
    let bad = [
        (
            json!({"n": u64::MAX, "times": [], "map": {}, "uuid": null}),
            "n: the number 18446744073709551615 is no long",
        ),
        (
            json!({"n": 1, "times": [1, 2, 86_400_000], "map": {}, "uuid": null}),
            "times.list.element: the time of day 86400000 is not within a day",
        ),
        (
            json!({"n": 1, "times": [-1], "map": {}, "uuid": null}),
            "times.list.element: the time of day -1 is not within a day",
        ),
        (
            json!({"n": 1, "times": [1], "map": {"a": ["b"]}, "uuid": "x"}),
            "uuid: the text \"x\" is no null or uuid",
        ),
        (json!({"n": 1}), "the record Strict needs the field `times`"),
        (json!([1]), "is no "),
    ];
    for (number, (item, wanted)) in (0..).zip(bad) {
        encoder.record(&good(number), &mut out).unwrap();
        let held = encoder.held();
        let refused = encoder.record(&record(9, Told(&STRICT, item)), &mut out);
        let error = refused.unwrap_err();
        assert!(error.contains(wanted), "{error}");
        assert!(!error.contains('\n'));
        assert_eq!(encoder.held(), held);
    }
    encoder.end(false, &mut out).unwrap();
    assert_eq!(numbers(out.clone()), [0, 1, 2, 3, 4, 5]);
    assert_eq!(
        rows(out)[5]["record"][2][1],
        json!({"map": [["k", {"list": ["v"]}]]})
    );
}

/// Serializes to a map with a key that is there twice.
struct Twice;

impl serde::Serialize for Twice {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        struct Entries;
        impl serde::Serialize for Entries {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("k", "1")?;
                map.serialize_entry("k", "2")?;
                map.end()
            }
        }
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("map", &Entries)?;
        map.end()
    }
}

static MAP: Schema = Schema::new("M", &[Field::new("map", Kind::Map(&Kind::Text))]);
static MAPS: &[&Schema] = &[&MAP];

impl huntsman_core::Item for Twice {
    fn schemas() -> &'static [&'static Schema] {
        MAPS
    }

    fn schema(&self) -> &'static Schema {
        &MAP
    }

    fn fields(&self) -> &dyn erased_serde::Serialize {
        self
    }
}

#[test]
fn a_key_that_is_there_twice_is_refused() {
    let mut encoder = encoder(MAPS, &[]);
    let mut out = Vec::new();
    encoder.begin(&mut out).unwrap();
    let error = encoder.record(&record(0, Twice), &mut out).unwrap_err();
    assert_eq!(error, "map.key_value.key: the key \"k\" is there twice");
    let good = record(1, Told(&MAP, json!({"map": {"k": "2"}})));
    encoder.record(&good, &mut out).unwrap();
    encoder.end(false, &mut out).unwrap();
    assert_eq!(
        rows(out),
        [json!({"record": [["map", {"map": [["k", "2"]]}]]})]
    );
}

#[test]
fn a_file_without_its_end_is_none() {
    let whole = file(LINES, &[("row_group", "5")], (0..20).map(line));
    for cut in [0, 4, 100, whole.len() / 2, whole.len() - 8, whole.len() - 1] {
        let part = Bytes::from(whole[..cut].to_vec());
        assert!(SerializedFileReader::new(part).is_err(), "{cut}");
    }
}

#[test]
fn the_same_items_are_the_same_bytes() {
    let once = || file(LINES, &[], (0..500).map(line));
    assert_eq!(once(), once());
}
