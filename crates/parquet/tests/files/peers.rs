//! pyarrow and DuckDB read the same items, field by field.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value as Json, json};

use crate::expected::expected;
use crate::items::{Drawn, file, kind, record};
use crate::random::Random;

const PACKAGES: [&str; 2] = ["pyarrow==26.0.1", "duckdb==2.0.1"];

/// A Python with both, made once and shared; none where there is no Python.
pub(crate) fn python() -> Option<PathBuf> {
    if Command::new("python3").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "python3 is missing");
        println!("skipped: there is no python3");
        return None;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let place = folder.join("pyarrow-26.0.1-duckdb-2.0.1");
    let lock = File::create(folder.join("pyarrow.lock")).unwrap();
    lock.lock().unwrap();
    if !place.join("complete").exists() {
        run(Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&place));
        let pip = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ];
        run(Command::new(place.join("bin/python"))
            .args(pip)
            .args(PACKAGES));
        fs::write(place.join("complete"), "").unwrap();
    }
    Some(place.join("bin/python"))
}

/// Runs it; what it printed.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
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
