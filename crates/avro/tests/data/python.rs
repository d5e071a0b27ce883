//! fastavro reads what we write, and we read what it writes.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use huntsman_avro::container::{Codec, ContainerOptions, ContainerReader};
use huntsman_avro::{AvroSchema, Resolver};
use huntsman_testkit::python;
use serde_json::{Value as Json, json};

use crate::random::Random;

const PACKAGES: [&str; 4] = [
    "fastavro==1.13.1",
    "cramjam==2.14.0",
    "zstandard==0.25.0",
    "backports.zstd==1.8.0",
];

/// A Python with fastavro, made once and shared; none where there is no Python.
fn python() -> Option<PathBuf> {
    python::with(env!("CARGO_TARGET_TMPDIR"), &PACKAGES).unwrap()
}

/// Runs the script on a folder with `cases.json`; what it writes to `answer.json`.
fn ask(python: &Path, folder: &Path, verb: &str, cases: &Json) -> Json {
    fs::write(folder.join("cases.json"), cases.to_string()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/peer.py");
    python::said(Command::new(python).arg(script).arg(verb).arg(folder)).unwrap();
    serde_json::from_slice(&fs::read(folder.join("answer.json")).unwrap()).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = |at| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(digits).collect()
}

/// The plain form of data, as JSON.
fn plain(schema: &AvroSchema, bytes: &[u8]) -> Json {
    let value = schema.decode(bytes).unwrap();
    serde_json::to_value(schema.view(&value)).unwrap()
}

#[test]
fn fastavro_and_we_read_each_other() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random::new(20_261_124);
    let mut cases = Vec::new();
    for _ in 0..150 {
        let schema = random.schema();
        for _ in 0..4 {
            let value = random.value(&schema);
            let mut bytes = Vec::new();
            schema.encode_value(&value, &mut bytes).unwrap();
            cases.push((schema.clone(), bytes));
        }
    }
    let given: Vec<Json> = cases
        .iter()
        .map(|(schema, bytes)| json!({"schema": schema.text(), "data": hex(bytes)}))
        .collect();
    let answer = ask(&python, folder.path(), "data", &Json::Array(given));
    let answer = answer.as_array().unwrap();
    assert_eq!(answer.len(), cases.len());
    for ((schema, bytes), answer) in cases.iter().zip(answer) {
        assert_eq!(answer["plain"], plain(schema, bytes), "{}", schema.text());
        let written = unhex(answer["data"].as_str().unwrap());
        assert_eq!(plain(schema, &written), plain(schema, bytes));
        assert_eq!(written, *bytes, "{}", schema.text());
    }
}

#[test]
fn fastavro_and_we_read_each_others_files() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random::new(7);
    let mut cases = Vec::new();
    for codec in [Codec::Null, Codec::Deflate, Codec::Snappy, Codec::Zstandard] {
        for _ in 0..5 {
            let schema = random.schema();
            let name = format!("{codec}-{}.avro", cases.len());
            let file = File::create(folder.path().join(&name)).unwrap();
            let options = ContainerOptions::new([0xab; 16])
                .codec(codec)
                .block_size(300);
            let mut writer = options.metadata("who", "us").start(file, &schema).unwrap();
            let values: Vec<_> = (0..20).map(|_| random.value(&schema)).collect();
            for value in &values {
                writer.append_value(value).unwrap();
            }
            writer.finish().unwrap();
            let plain: Vec<Json> = values
                .iter()
                .map(|value| serde_json::to_value(schema.view(value)).unwrap())
                .collect();
            cases.push((name, codec, schema, plain));
        }
    }
    let given: Vec<Json> = cases
        .iter()
        .map(|(name, codec, _, _)| json!({"file": name, "codec": codec.name()}))
        .collect();
    let answer = ask(&python, folder.path(), "files", &Json::Array(given));
    assert_eq!(answer.as_array().unwrap().len(), cases.len());
    for ((name, codec, schema, plain), answer) in cases.iter().zip(answer.as_array().unwrap()) {
        assert_eq!(
            answer["plain"],
            Json::Array(plain.clone()),
            "{}",
            schema.text()
        );
        assert_eq!(answer["who"], "us");
        let theirs = File::open(folder.path().join(format!("their-{name}"))).unwrap();
        let reader = ContainerReader::new(theirs).unwrap();
        assert_eq!(reader.codec(), *codec);
        let own = reader.schema().clone();
        let read: Vec<Json> = reader
            .map(|value| serde_json::to_value(own.view(&value.unwrap())).unwrap())
            .collect();
        assert_eq!(read, *plain, "{}", schema.text());
    }
}

/// Writer, reader and a value of the writer; only what the specification and fastavro agree on.
fn pairs() -> Vec<(String, String, Json)> {
    let record =
        |fields: &str| format!(r#"{{"type": "record", "name": "R", "fields": [{fields}]}}"#);
    let field = |kind: &str| record(&format!(r#"{{"name": "a", "type": {kind}}}"#));
    let mut pairs = Vec::new();
    let promotions = [
        ("int", "long", json!(-7)),
        ("int", "float", json!(16_777_216)),
        ("int", "double", json!(7)),
        ("long", "float", json!(1_i64 << 40)),
        ("long", "double", json!(1_i64 << 53)),
        ("float", "double", json!(0.5)),
        ("string", "bytes", json!("é")),
        ("bytes", "string", json!("ab")),
    ];
    let quoted = |kind: &str| format!("\"{kind}\"");
    for (from, to, value) in promotions {
        let (w, r) = (quoted(from), quoted(to));
        pairs.push((w.clone(), r.clone(), value.clone()));
        pairs.push((field(&w), field(&r), json!({"a": value})));
        pairs.push((w.clone(), format!(r#"["null", {r}]"#), value.clone()));
        pairs.push((format!(r#"["null", {w}]"#), r.clone(), value.clone()));
        let list = |kind: &str| format!(r#"{{"type": "array", "items": {kind}}}"#);
        pairs.push((list(&w), list(&r), json!([value])));
        let map = |kind: &str| format!(r#"{{"type": "map", "values": {kind}}}"#);
        pairs.push((map(&w), map(&r), json!({"k": value})));
    }
    let ab = record(r#"{"name": "a", "type": "int"}, {"name": "b", "type": "string"}"#);
    let item = json!({"a": 5, "b": "x"});
    for fields in [
        r#"{"name": "b", "type": "string"}"#,
        r#"{"name": "b", "type": "string"}, {"name": "a", "type": "long"}"#,
        r#"{"name": "z", "type": "int", "default": 9}, {"name": "b", "type": "string"}"#,
        r#"{"name": "c", "type": "int", "aliases": ["a"]}"#,
        r#"{"name": "n", "type": ["null", "int"], "default": null}, {"name": "a", "type": "double"}"#,
        r#"{"name": "l", "type": {"type": "array", "items": "int"}, "default": [1, 2]}"#,
        r#"{"name": "m", "type": {"type": "map", "values": "string"}, "default": {"k": "v"}}"#,
        r#"{"name": "e", "type": {"type": "enum", "name": "E", "symbols": ["X", "Y"]}, "default": "Y"}"#,
    ] {
        pairs.push((ab.clone(), record(fields), item.clone()));
    }
    let renamed = ab
        .replace("\"R\"", "\"S\"")
        .replace("\"fields\"", "\"aliases\": [\"R\"], \"fields\"");
    pairs.push((ab.clone(), renamed, item.clone()));
    let symbols = |list: &str, default: &str| {
        format!(r#"{{"type": "enum", "name": "E", "symbols": [{list}]{default}}}"#)
    };
    let old = symbols(r#""A", "B", "C""#, "");
    pairs.push((old.clone(), symbols(r#""C", "A", "B""#, ""), json!("C")));
    pairs.push((
        old,
        symbols(r#""A", "U""#, r#", "default": "U""#),
        json!("C"),
    ));
    let node = |value: &str, more: &str| {
        format!(
            r#"{{"type": "record", "name": "N", "fields": [{{"name": "v", "type": "{value}"}}, {{"name": "next", "type": ["null", "N"]}}{more}]}}"#
        )
    };
    let chain = json!({"v": 1, "next": {"v": 2, "next": null}});
    pairs.push((
        node("int", ""),
        node(
            "long",
            r#", {"name": "d", "type": "string", "default": "x"}"#,
        ),
        chain,
    ));
    pairs.push((
        r#"["null", "string", {"type": "array", "items": "int"}]"#.to_owned(),
        r#"["string", "null", {"type": "array", "items": "double"}]"#.to_owned(),
        json!([1, 2]),
    ));
    pairs
}

#[test]
fn fastavro_and_we_resolve_alike() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let pairs = pairs();
    let mut ours = Vec::new();
    let mut given = Vec::new();
    for (writer, reader, item) in &pairs {
        let (w, r) = (crate::schema(writer), crate::schema(reader));
        let bytes = crate::encoded(&w, item);
        let value = Resolver::new(&w, &r).unwrap().decode(&bytes).unwrap();
        ours.push(serde_json::to_value(r.view(&value)).unwrap());
        given.push(json!({"writer": writer, "reader": reader, "data": hex(&bytes)}));
    }
    let answer = ask(&python, folder.path(), "resolve", &Json::Array(given));
    assert_eq!(answer.as_array().unwrap().len(), pairs.len());
    for ((pair, ours), theirs) in pairs.iter().zip(&ours).zip(answer.as_array().unwrap()) {
        assert_eq!(ours, theirs, "{pair:?}");
    }
}
