//! fastavro says the same: canonical forms and fingerprints of each schema.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use huntsman_avro::{Algorithm, AvroSchema};
use huntsman_testkit::python;

use crate::generate::changes;
use crate::rows::read;
use crate::rules::rows;

const SCRIPT: &str = r#"
import json, sys
from fastavro.schema import fingerprint, to_parsing_canonical_form
for line in sys.stdin.buffer:
    form = to_parsing_canonical_form(json.loads(line))
    print(*(fingerprint(form, name) for name in ("CRC-64-AVRO", "MD5", "SHA-256")), form)
"#;

#[test]
fn fastavro_has_the_same_canonical_forms_and_fingerprints() {
    let Some(python) = python() else { return };
    let mut texts: Vec<String> = changes(200)
        .into_iter()
        .flat_map(|(old, new)| [old, new])
        .collect();
    let by_hand = rows()
        .0
        .into_iter()
        .flat_map(|row| [row.reader, row.writer]);
    // It refuses a union without types.
    texts.extend(
        by_hand
            .filter(|text| text != "[]")
            .map(|text| text.replace('\n', " ")),
    );
    let answer = ask(&python, &texts);
    assert_eq!(answer.lines().count(), texts.len());
    for (text, theirs) in texts.iter().zip(answer.lines()) {
        let schema: AvroSchema = read(text);
        let [crc, md5, sha] = [Algorithm::Crc64Avro, Algorithm::Md5, Algorithm::Sha256]
            .map(|one| schema.fingerprint(one));
        let ours = format!("{crc} {md5} {sha} {}", schema.canonical_form());
        assert_eq!(ours, theirs, "{text}");
    }
}

fn ask(python: &Path, texts: &[String]) -> String {
    let mut process = Command::new(python)
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let asked = texts.join("\n");
    let mut input = process.stdin.take().unwrap();
    let writing = std::thread::spawn(move || input.write_all(asked.as_bytes()));
    let output = process.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    writing.join().unwrap().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// A Python with fastavro, made once; none where there is no Python.
fn python() -> Option<PathBuf> {
    python::with(env!("CARGO_TARGET_TMPDIR"), &["fastavro==1.13.1"]).unwrap()
}
