//! Container files.

use huntsman_avro::container::{AppendError, Codec, ContainerOptions, ContainerReader};
use serde_json::json;

use crate::{record, schema};

#[test]
fn the_header_has_the_text_of_the_schema() {
    let text = "{ \"type\":\"int\",\n \"minimum\" : 13 }";
    let schema = schema(text);
    let writer = ContainerOptions::new(*b"0123456789abcdef")
        .metadata("k", "v")
        .start(Vec::new(), &schema)
        .unwrap();
    let file = writer.finish().unwrap();
    let expected = [
        b"Obj\x01\x06\x16avro.schema\x42".as_slice(),
        text.as_bytes(),
        b"\x14avro.codec\x08null\x02k\x02v\x00",
        b"0123456789abcdef",
    ]
    .concat();
    assert_eq!(file, expected);
    let mut reader = ContainerReader::new(&file[..]).unwrap();
    assert_eq!(reader.writer_schema().text(), text);
    assert_eq!(reader.sync(), *b"0123456789abcdef");
    assert!(reader.next().is_none());
}

#[test]
fn an_item_that_is_refused_leaves_the_file_whole() {
    let schema = record(r#"{"name": "a", "type": "string"}, {"name": "b", "type": "int"}"#);
    let mut writer = ContainerOptions::new([1; 16])
        .start(Vec::new(), &schema)
        .unwrap();
    writer.append(&json!({"a": "x", "b": 1})).unwrap();
    let refused = writer.append(&json!({"a": "y", "b": "no"}));
    assert!(matches!(refused, Err(AppendError::Encode(error)) if error.path() == "b"));
    writer.append(&json!({"a": "z", "b": 2})).unwrap();
    let file = writer.finish().unwrap();
    let read: Result<Vec<_>, _> = ContainerReader::new(&file[..]).unwrap().collect();
    assert_eq!(read.unwrap().len(), 2);
}

#[test]
fn a_block_ends_at_its_size_and_where_it_is_told_to() {
    let schema = schema(r#""string""#);
    let mut writer = ContainerOptions::new([1; 16])
        .block_size(10)
        .start(Vec::new(), &schema)
        .unwrap();
    let header = writer.written();
    writer.append("12345").unwrap();
    assert_eq!(writer.written(), header);
    writer.append("67890").unwrap();
    assert_eq!(writer.written(), header + 2 + 12 + 16);
    writer.append("x").unwrap();
    writer.flush().unwrap();
    let end = writer.written();
    assert_eq!(end, header + 2 + 12 + 16 + 2 + 2 + 16);
    writer.flush().unwrap();
    assert_eq!(writer.written(), end);
    assert_eq!(writer.get_mut().len() as u64, end);
}

#[test]
fn a_file_is_read_into_a_newer_schema() {
    let old = record(r#"{"name": "a", "type": "int"}"#);
    let new = record(
        r#"{"name": "b", "type": "long", "aliases": ["a"]}, {"name": "c", "type": "string", "default": "-"}"#,
    );
    for codec in [Codec::Null, Codec::Deflate, Codec::Snappy, Codec::Zstandard] {
        let mut writer = ContainerOptions::new([1; 16])
            .codec(codec)
            .start(Vec::new(), &old)
            .unwrap();
        for a in 0..1000 {
            writer.append(&json!({"a": a})).unwrap();
        }
        let file = writer.finish().unwrap();
        let reader = ContainerReader::with_schema(&file[..], &new).unwrap();
        for (a, value) in reader.enumerate() {
            let expected = json!({"b": a, "c": "-"}).to_string();
            assert_eq!(new.view(&value.unwrap()).to_string(), expected);
        }
    }
    let file = ContainerOptions::new([1; 16])
        .start(Vec::new(), &old)
        .unwrap()
        .finish()
        .unwrap();
    let error = ContainerReader::with_schema(&file[..], &schema(r#""int""#)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "byte 4: the file's schema is not read: record R is not read as int"
    );
}

/// Panics when it is serialised, in the midst of its fields.
struct Panics;

impl serde::Serialize for Panics {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut item = serializer.serialize_struct("R", 2)?;
        serde::ser::SerializeStruct::serialize_field(&mut item, "a", "half")?;
        panic!("as asked");
    }
}

#[test]
fn an_item_that_panics_leaves_the_file_whole() {
    let schema = record(r#"{"name": "a", "type": "string"}, {"name": "b", "type": "int"}"#);
    let mut writer = ContainerOptions::new([1; 16])
        .start(Vec::new(), &schema)
        .unwrap();
    writer.append(&json!({"a": "x", "b": 1})).unwrap();
    let held = writer.held();
    let panics = std::panic::AssertUnwindSafe(|| writer.append(&Panics));
    std::panic::catch_unwind(panics).unwrap_err();
    assert_eq!(writer.held(), held);
    let file = writer.finish().unwrap();
    let read: Result<Vec<_>, _> = ContainerReader::new(&file[..]).unwrap().collect();
    assert_eq!(read.unwrap().len(), 1);
}

#[test]
fn an_item_goes_to_the_branch_that_is_named() {
    let one = |name| {
        format!(
            r#"{{"type": "record", "name": "{name}", "fields": [{{"name": "a", "type": "int"}}]}}"#
        )
    };
    let schema = schema(&format!("[{}, {}]", one("A"), one("B")));
    let mut writer = ContainerOptions::new([1; 16])
        .start(Vec::new(), &schema)
        .unwrap();
    writer.append_branch(1, &json!({"a": 1})).unwrap();
    writer.append_branch(0, &json!({"a": 2})).unwrap();
    let none = writer.append_branch(2, &json!({"a": 3})).unwrap_err();
    assert_eq!(
        none.to_string(),
        "a value of branch 2 is no record A or record B"
    );
    let file = writer.finish().unwrap();
    let branches: Vec<usize> = ContainerReader::new(&file[..])
        .unwrap()
        .map(|value| match value.unwrap() {
            huntsman_avro::Value::Union(branch, _) => branch,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(branches, [1, 0]);
}

#[test]
fn a_file_that_is_gone_on_with_is_the_same_as_one_written_at_once() {
    let schema = schema(r#""string""#);
    for codec in [Codec::Null, Codec::Deflate, Codec::Snappy, Codec::Zstandard] {
        let options = || {
            ContainerOptions::new([3; 16])
                .codec(codec)
                .metadata("k", "v")
        };
        let mut whole = options().start(Vec::new(), &schema).unwrap();
        let mut first = options().start(Vec::new(), &schema).unwrap();
        for text in ["one", "two", "three"] {
            whole.append(text).unwrap();
            first.append(text).unwrap();
        }
        whole.flush().unwrap();
        whole.append("four").unwrap();
        let first = first.finish().unwrap();
        assert!(first.starts_with(&options().header(&schema)));
        let mut second = options().go_on(first, &schema);
        second.append("four").unwrap();
        assert_eq!(second.finish().unwrap(), whole.finish().unwrap());
    }
}
