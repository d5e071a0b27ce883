//! Items of 50 MB.

use huntsman_core::{Field, Kind, Schema};
use serde_json::Value;

use crate::data::{Any, Data};
use crate::judge::{Judge, python};
use crate::write::{Schemas, shape, written};

static BIG: Schema = Schema::new(
    "Big",
    &[
        Field::new("text", Kind::Text),
        Field::new("n", Kind::Int(32)),
    ],
);
static BIGS: Schemas = &[&BIG];

fn item(text: String, n: i64) -> Any {
    Any {
        schema: &BIG,
        value: Data::Struct(&BIG, vec![Data::Text(text), Data::Int(n, 32)]),
    }
}

fn items() -> [Any; 2] {
    let piece = format!("{}\"é<\r\n,😀", "a".repeat(200));
    let text = piece.repeat(50_000_000 / piece.len());
    [item(text, 1), item("small".into(), 2)]
}

#[test]
fn a_text_of_50_megabytes_is_read_back() {
    let items = items();
    let expected: Vec<Value> = items.iter().map(|item| item.value.json()).collect();
    let file = written(&shape("json", &[]), BIGS, &items);
    let read: Vec<Value> = serde_json::from_slice(&file).unwrap();
    assert!(read == expected, "json");
    let file = written(&shape("csv", &[]), BIGS, &items);
    let mut rows = csv::Reader::from_reader(&file[..]).into_records();
    let row = rows.next().unwrap().unwrap();
    assert!(Some(&row[0]) == expected[0]["text"].as_str(), "csv");
    assert_eq!(rows.map(Result::unwrap).count(), 1);
}

#[test]
fn a_text_of_50_megabytes_is_read_by_python() {
    let Some(python) = python() else { return };
    let items = items();
    let mut judge = Judge::new();
    for shape in [shape("xml", &[]), shape("avro", &[("codec", "null")])] {
        let file = written(&shape, BIGS, &items);
        assert!(file.len() > 50_000_000);
        judge.add(&shape, BIGS, &items, &file);
    }
    judge.ask(&python);
}
