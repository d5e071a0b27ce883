//! Java says the same: its verdict on each pair, its canonical form of each schema.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use huntsman_avro::AvroSchema;

use crate::generate::changes;
use crate::rows::{found, read};
use crate::rules::rows;

const VERSION: &str = "1.12.2";
/// Changes of generated schemas; each gives a pair in both directions.
const CHANGES: usize = 600;

/// Schemas, and pairs of them: reader, writer.
#[derive(Default)]
struct Batch {
    schemas: Vec<String>,
    pairs: Vec<(usize, usize)>,
}

impl Batch {
    fn add(&mut self, a: &str, b: &str) {
        let place = self.schemas.len();
        for text in [a, b] {
            self.schemas.push(text.replace('\n', " "));
        }
        self.pairs.extend([(place, place + 1), (place + 1, place)]);
    }
}

#[huntsman_testkit::needs_java]
#[test]
fn java_gives_the_same_verdicts_and_canonical_forms() {
    let Some(jars) = jars() else { return };
    let mut batch = Batch::default();
    for row in rows().0 {
        batch.add(&row.reader, &row.writer);
    }
    let by_hand = batch.pairs.len();
    for (old, new) in changes(CHANGES) {
        batch.add(&old, &new);
    }
    let answer = ask(&jars, &batch);
    let (of_schemas, of_pairs) = answer.split_at(batch.schemas.len());
    assert_eq!(of_pairs.len(), batch.pairs.len());

    let ours: Vec<_> = batch.schemas.iter().map(|text| read(text)).collect();
    for (schema, theirs) in ours.iter().zip(of_schemas) {
        let print = schema.crc_64_avro().cast_signed();
        let form = schema.canonical_form();
        assert_eq!(format!("{print} {form}"), *theirs, "{}", schema.text());
    }
    let mut compatible = Vec::new();
    for ((reader, writer), theirs) in batch.pairs.iter().zip(of_pairs) {
        compatible.push(agree(&ours[*reader], &ours[*writer], theirs));
    }
    let by_chance = &compatible[by_hand..];
    let agreed = by_chance.iter().filter(|compatible| **compatible).count();
    println!(
        "the same verdicts from Avro {VERSION} for Java on {by_hand} pairs by hand and {} by chance, \
         {agreed} of these compatible; the same canonical form and fingerprint of {} schemas",
        by_chance.len(),
        ours.len()
    );
    assert!((by_chance.len() / 5..by_chance.len() * 4 / 5).contains(&agreed));
}

/// Demands the same verdict, for the same reasons in the same places; whether it is compatible.
#[track_caller]
fn agree(reader: &AvroSchema, writer: &AvroSchema, theirs: &str) -> bool {
    let ours = found(reader, writer);
    let pair = || format!("{} <- {}: {ours:?}, {theirs}", reader.text(), writer.text());
    let mut words = theirs.split('\t');
    match words.next() {
        Some("compatible") => assert!(ours.is_empty(), "{}", pair()),
        Some("incompatible") => {
            assert!(!ours.is_empty(), "{}", pair());
            for one in words.clone() {
                let (kind, path) = one.split_once(' ').unwrap();
                // What was first met while a branch was tried, Java tells from that branch on; what
                // it meets again, it tells at the first place alone.
                let told = |ours: &String| {
                    let (own, at) = ours.split_once(' ').unwrap();
                    own == kind && at.ends_with(path)
                };
                assert!(ours.iter().any(told), "{}", pair());
            }
            for one in &ours {
                let kind = one.split(' ').next().unwrap();
                assert!(
                    words.clone().any(|word| word.starts_with(kind)),
                    "{}",
                    pair()
                );
            }
        }
        // The one thing that Java has an exception for.
        Some(other) if other.contains("matches multiple fields") => {
            let told = ours.iter().any(|one| one.starts_with("AMBIGUOUS_FIELD"));
            assert!(told, "{}", pair());
        }
        _ => panic!("{}", pair()),
    }
    ours.is_empty()
}

/// Has one Java process judge all.
fn ask(jars: &Path, batch: &Batch) -> Vec<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas/Verdicts.java");
    let mut java = Command::new("java")
        .arg("-cp")
        .arg(jars.join("*"))
        .arg(source)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut asked = batch.schemas.join("\n") + "\n\n";
    for (reader, writer) in &batch.pairs {
        asked.push_str(&format!("{reader} {writer}\n"));
    }
    let mut input = java.stdin.take().unwrap();
    let writing = std::thread::spawn(move || input.write_all(asked.as_bytes()));
    let output = java.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    writing.join().unwrap().unwrap();
    let answer = String::from_utf8(output.stdout).unwrap();
    answer.lines().map(str::to_owned).collect()
}

/// The folder with Avro for Java, fetched by Maven once; none where there is no Java.
fn jars() -> Option<PathBuf> {
    let missing = ["java", "mvn"]
        .into_iter()
        .find(|name| Command::new(name).arg("-version").output().is_err());
    if let Some(name) = missing {
        assert!(std::env::var_os("CI").is_none(), "{name} is missing");
        println!("skipped: there is no {name}");
        return None;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("avro-java-{VERSION}"));
    fs::create_dir_all(&folder).unwrap();
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let jars = folder.join("jars");
    if jars.exists() {
        return Some(jars);
    }
    let project = folder.join("pom.xml");
    fs::write(&project, pom()).unwrap();
    let fetched = folder.join("fetched");
    let output = Command::new("mvn")
        .args(["--batch-mode", "--quiet", "--file"])
        .arg(&project)
        .arg("dependency:copy-dependencies")
        .arg(format!("-DoutputDirectory={}", fetched.display()))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    // Only a whole folder has its name.
    fs::rename(fetched, &jars).unwrap();
    Some(jars)
}

fn pom() -> String {
    format!(
        "<project xmlns=\"http://maven.apache.org/POM/4.0.0\">\
         <modelVersion>4.0.0</modelVersion>\
         <groupId>huntsman</groupId><artifactId>verdicts</artifactId><version>1</version>\
         <packaging>pom</packaging>\
         <dependencies><dependency><groupId>org.apache.avro</groupId><artifactId>avro</artifactId>\
         <version>{VERSION}</version></dependency></dependencies></project>"
    )
}
