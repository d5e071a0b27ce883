//! Python reads the same: its `csv`, `json` and `xml`, and fastavro and lxml.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use huntsman_testkit::python;
use serde_json::{Value as Json, json};

use crate::data::Any;
use crate::random::Random;
use crate::write::{File, Schemas, Shape, records, shape, written};

const PACKAGES: [&str; 5] = [
    "fastavro==1.13.1",
    "cramjam==2.14.0",
    "zstandard==0.25.0",
    "backports.zstd==1.8.0",
    "lxml==6.1.3",
];

/// A Python with what judges, made once and shared; none where there is no Python.
pub(crate) fn python() -> Option<PathBuf> {
    python::with(env!("CARGO_TARGET_TMPDIR"), &PACKAGES).unwrap()
}

/// Files, and what should be read from them.
pub(crate) struct Judge {
    folder: tempfile::TempDir,
    cases: Vec<Json>,
}

impl Judge {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            cases: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, shape: &Shape, schemas: Schemas, items: &[Any], file: &[u8]) {
        let name = format!("{}.{}", self.cases.len(), shape.format);
        fs::write(self.folder.path().join(&name), file).unwrap();
        let mut columns = Vec::new();
        for field in schemas.iter().flat_map(|schema| schema.fields) {
            if !columns.contains(&field.name) {
                columns.push(field.name);
            }
        }
        let told = items
            .iter()
            .map(|item| json!([item.schema.name, item.value.told()]));
        let words: serde_json::Map<_, _> = shape
            .words
            .iter()
            .map(|(word, value)| ((*word).to_owned(), (*value).into()))
            .collect();
        self.cases.push(json!({
            "file": name,
            "format": shape.format,
            "words": words,
            "several": schemas.len() > 1,
            "columns": columns,
            "items": told.collect::<Vec<_>>(),
        }));
    }

    /// Has all files read.
    pub(crate) fn ask(self, python: &Path) {
        let cases = serde_json::to_vec(&self.cases).unwrap();
        fs::write(self.folder.path().join("cases.json"), cases).unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/judge.py");
        let answer =
            python::said(Command::new(python).arg(script).arg(self.folder.path())).unwrap();
        assert_eq!(answer.trim(), self.cases.len().to_string());
    }
}

/// Formats, with the words that change what is written but not what is read.
pub(crate) fn shapes() -> Vec<Shape> {
    vec![
        shape("json", &[]),
        shape("json", &[("indent", "2")]),
        shape("jsonl", &[]),
        shape("csv", &[]),
        shape("csv", &[("delimiter", ";"), ("null", "-")]),
        shape("csv", &[("delimiter", "tab"), ("header", "false")]),
        shape("xml", &[("control", "replace")]),
        shape(
            "xml",
            &[
                ("control", "replace"),
                ("indent", "4"),
                ("root", "all"),
                ("item", "one"),
            ],
        ),
        shape("avro", &[]),
        shape("avro", &[("codec", "null")]),
        shape("avro", &[("codec", "snappy")]),
        shape("avro", &[("codec", "zstandard")]),
    ]
}

#[test]
fn python_reads_items_of_any_type() {
    let Some(python) = python() else { return };
    let mut judge = Judge::new();
    for seed in 0..150 {
        let mut random = Random::new(seed);
        let schemas = random.schemas();
        let count = random.of(&[0, 1, 2, 7]);
        let items: Vec<Any> = (0..count).map(|_| random.item(schemas)).collect();
        for shape in shapes() {
            let file = written(&shape, schemas, &items);
            judge.add(&shape, schemas, &items, &file);
        }
    }
    judge.ask(&python);
}

#[test]
fn python_reads_what_was_gone_on_with() {
    let Some(python) = python() else { return };
    let mut judge = Judge::new();
    for seed in 1000..1050 {
        let mut random = Random::new(seed);
        let schemas = random.schemas();
        let items: Vec<Any> = (0..random.below(9)).map(|_| random.item(schemas)).collect();
        let (old, new) = items.split_at(random.below(items.len() + 1));
        for shape in shapes() {
            let whole = written(&shape, schemas, old);
            if whole.is_empty() {
                continue;
            }
            let mut file = File::append(shape.encoder(schemas), whole).unwrap();
            file.batch(&records(new)).unwrap();
            judge.add(&shape, schemas, &items, &file.end());
        }
    }
    judge.ask(&python);
}
