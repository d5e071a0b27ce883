//! Files of another shape are not gone on with, and the reason says where they differ.

use huntsman_core::{Field, Item, Kind, Schema};
use huntsman_macros::Item;
use serde::Serialize;

use crate::data::{Any, Data};
use crate::write::{FORMATS, File, Schemas, Shape, record, shape, written};

#[derive(Serialize, Item, Clone)]
#[item(crate = "crate::words")]
struct Quote {
    text: String,
    #[item(logical = "date")]
    day: String,
}

#[derive(Serialize, Item)]
#[item(crate = "crate::words")]
struct Author {
    name: String,
}

#[derive(Item)]
#[item(crate = "crate::words")]
enum Either {
    Quote(Quote),
    Author(Author),
}

static PLAIN_QUOTE: Schema = Schema::new(
    "Quote",
    &[
        Field::new("text", Kind::Text),
        Field::new("day", Kind::Int(32)),
    ],
);
static PLAIN: Schemas = &[&PLAIN_QUOTE];

fn quote() -> Quote {
    Quote {
        text: "So it goes.".into(),
        day: "2026-11-24".into(),
    }
}

fn file(shape: &Shape) -> Vec<u8> {
    let mut file = File::new(shape.encoder(Quote::schemas()));
    file.batch(&[record(quote()), record(quote())]).unwrap();
    file.end()
}

fn refused(shape: &Shape, schemas: Schemas, old: &[u8]) -> String {
    let reason = File::append(shape.encoder(schemas), old.to_vec()).err();
    let reason =
        reason.unwrap_or_else(|| panic!("{shape:?} takes {:?}", String::from_utf8_lossy(old)));
    assert!(!reason.contains('\n'), "{reason}");
    reason
}

#[test]
fn no_format_goes_on_with_another() {
    for (index, one) in FORMATS.iter().enumerate() {
        let old = file(&shape(one.names()[0], &[]));
        for (other, format) in FORMATS.iter().enumerate() {
            if index != other {
                refused(&shape(format.names()[0], &[]), Quote::schemas(), &old);
            }
        }
    }
}

#[test]
fn what_was_cut_off_is_refused() {
    // A row of CSV may end anywhere.
    for format in ["json", "jsonl", "xml", "avro"] {
        let whole = file(&shape(format, &[]));
        for cut in 1..whole.len() {
            let cut = &whole[..cut];
            let still_whole = match format {
                "json" => cut.trim_ascii_end().ends_with(b"]"),
                "jsonl" => cut.trim_ascii_end().ends_with(b"}"),
                "xml" => cut.trim_ascii_end().ends_with(b"</items>"),
                _ => cut.len() == whole.len() - 16 - block(&whole),
            };
            if !still_whole {
                refused(&shape(format, &[]), Quote::schemas(), cut);
            }
        }
    }
}

/// The length of a file's only block, without its sync marker.
fn block(file: &[u8]) -> usize {
    let sync = &file[file.len() - 16..];
    let header = file.windows(16).position(|window| window == sync).unwrap() + 16;
    file.len() - 16 - header
}

#[test]
fn avro_tells_the_first_difference() {
    let avro = shape("avro", &[]);
    let old = file(&avro);
    assert_eq!(
        refused(&avro, PLAIN, &old),
        "its `day` is int as Date, not int"
    );
    assert_eq!(
        refused(&avro, Author::schemas(), &old),
        "its schema is record Quote, not record Author"
    );
    assert_eq!(
        refused(&avro, Either::schemas(), &old),
        "its schema is record Quote, not union"
    );
}

#[test]
fn an_item_of_an_enum_goes_to_the_branch_of_its_type() {
    let author = Author {
        name: "Kurt".into(),
    };
    let items = [Either::Author(author), Either::Quote(quote())];
    let mut file = File::new(shape("avro", &[]).encoder(Either::schemas()));
    file.batch(&items.map(record)).unwrap();
    let file = file.end();
    let reader = huntsman_avro::container::ContainerReader::new(&file[..]).unwrap();
    let schema = reader.writer_schema().clone();
    let read: Vec<_> = reader
        .map(|value| schema.view(&value.unwrap()).to_string())
        .collect();
    assert_eq!(
        read,
        [
            r#"{"name":"Kurt"}"#,
            r#"{"text":"So it goes.","day":"2026-11-24"}"#
        ]
    );
}

#[test]
fn avro_goes_on_in_the_codec_of_the_file() {
    let old = file(&shape("avro", &[("codec", "null")]));
    let mut more = File::append(shape("avro", &[]).encoder(Quote::schemas()), old.clone()).unwrap();
    more.batch(&[record(quote())]).unwrap();
    let more = more.end();
    assert!(more.starts_with(&old));
    let reader = huntsman_avro::container::ContainerReader::new(&more[..]).unwrap();
    assert_eq!(reader.codec().name(), "null");
    assert_eq!(reader.map(Result::unwrap).count(), 3);
}

#[test]
fn avro_goes_on_with_files_of_others() {
    // Other docs, other metadata, another marker.
    let schema = huntsman_avro::AvroSchema::parse(
        r#"{"type": "record", "name": "Quote", "doc": "Said.", "fields": [
            {"name": "text", "type": "string", "default": "-"},
            {"name": "day", "type": {"type": "int", "logicalType": "date"}}]}"#,
    )
    .unwrap();
    let options = huntsman_avro::container::ContainerOptions::new([9; 16]).metadata("who", "them");
    let mut writer = options.start(Vec::new(), &schema).unwrap();
    writer.append(&quote()).unwrap();
    let old = writer.finish().unwrap();
    let encoder = || shape("avro", &[]).encoder(Quote::schemas());
    let mut more = File::append(encoder(), old.clone()).unwrap();
    more.batch(&[record(quote())]).unwrap();
    let mut begun = Vec::new();
    let cut = more.bytes.clone();
    let more = more.end();
    let reader = huntsman_avro::container::ContainerReader::new(&more[..]).unwrap();
    assert_eq!(reader.metadata("who"), Some(&b"them"[..]));
    assert_eq!(reader.map(Result::unwrap).count(), 2);
    // A later run finds the same head.
    let mut resumed = encoder();
    resumed.resume(&cut).unwrap();
    resumed.begin(&mut begun).unwrap();
    assert!(more.starts_with(&begun) && begun.ends_with(&[9; 16]));
}

#[test]
fn a_header_beyond_the_look_is_known_again() {
    let doc = Box::leak("x".repeat(100_000).into_boxed_str());
    let schema: &'static Schema =
        Box::leak(Box::new(Schema::new("Long", PLAIN_QUOTE.fields).doc(doc)));
    let schemas: Schemas = vec![schema].leak();
    let item = Any {
        schema,
        value: Data::Struct(schema, vec![Data::Text("x".into()), Data::Int(1, 32)]),
    };
    let avro = shape("avro", &[]);
    let old = written(&avro, schemas, std::slice::from_ref(&item));
    assert!(old.len() > 100_000);
    let mut more = File::append(avro.encoder(schemas), old.clone()).unwrap();
    more.batch(&[record(item)]).unwrap();
    let more = more.end();
    assert_eq!(
        huntsman_avro::container::ContainerReader::new(&more[..])
            .unwrap()
            .count(),
        2
    );
    assert_eq!(
        refused(&avro, Quote::schemas(), &old),
        "its header is longer than 65536 bytes"
    );
}

#[test]
fn csv_demands_the_same_columns_or_their_number() {
    let csv = |words: &[_]| shape("csv", words);
    let old = file(&csv(&[]));
    assert_eq!(
        refused(&csv(&[]), Author::schemas(), &old),
        "its column 1 is `text`, not `name`"
    );
    let semicolon = csv(&[("delimiter", ";")]);
    assert_eq!(
        refused(&semicolon, Quote::schemas(), &old),
        "its column 1 is `text,day`, not `text`"
    );
    let bare = csv(&[("header", "false")]);
    let old = file(&bare);
    assert_eq!(
        refused(&bare, Author::schemas(), &old),
        "its first line has 2 cells, not 1"
    );
    let again = File::append(bare.encoder(Quote::schemas()), old.clone())
        .unwrap()
        .end();
    assert_eq!(again, old);
}
