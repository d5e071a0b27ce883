//! pyarrow and DuckDB read the same items, field by field.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use huntsman_testkit::python;
use serde_json::{Value as Json, json};

use crate::expected::expected;
use crate::items::{Drawn, file, kind, record};
use crate::random::Random;

const PACKAGES: [&str; 2] = ["pyarrow==26.0.1", "duckdb==2.0.1"];

/// A Python with both, made once and shared; none where there is no Python.
pub(crate) fn python() -> Option<PathBuf> {
    python::with(env!("CARGO_TARGET_TMPDIR"), &PACKAGES).unwrap()
}

/// Runs it; what it printed.
pub(crate) fn run(command: &mut Command) -> String {
    python::said(command).unwrap()
}

/// Has both readers compare files in a folder with their rows.
pub(crate) fn compare(python: &Path, folder: &Path, cases: &[Json]) {
    let text = Json::from(cases.to_vec()).to_string();
    fs::write(folder.join("cases.json"), text).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/peer.py");
    let said = run(Command::new(python).arg(script).arg(folder));
    assert_eq!(said.trim(), "alike");
}

#[test]
fn pyarrow_and_duckdb_read_all_types() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut cases = Vec::new();
    for seed in 0..120 {
        let mut random = Random::new(seed);
        let schema = random.schema();
        let kind = kind(&schema);
        let values: Vec<_> = (0..random.below(20))
            .map(|_| random.value(&schema))
            .collect();
        let records = (0..).zip(&values).map(|(number, value)| {
            let (value, schema) = (value.clone(), schema.clone());
            let kind = kind[0];
            record(
                number,
                Drawn {
                    kind,
                    schema,
                    value,
                },
            )
        });
        let codec = ["zstd", "snappy", "none"][random.below(3)];
        let words = [("codec", codec), ("row_group", "7")];
        let name = format!("{seed}.parquet");
        fs::write(folder.path().join(&name), file(kind, &words, records)).unwrap();
        let rows = values
            .iter()
            .map(|value| expected(&schema, schema.root(), value));
        cases.push(json!({"file": name, "rows": rows.collect::<Vec<_>>()}));
    }
    compare(&python, folder.path(), &cases);
}
