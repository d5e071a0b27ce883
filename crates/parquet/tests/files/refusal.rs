//! What is refused before there is a file.

use huntsman_avro::AvroSchema;
use huntsman_core::{ExportError, Field, Kind, Schema};
use huntsman_export::{Ends, Format as _, Words};
use huntsman_parquet::Parquet;

use crate::items::{encoder, kind};

static QUOTE: Schema = Schema::new("Quote", &[Field::new("text", Kind::Text)]);
static AUTHOR: Schema = Schema::new("Author", &[Field::new("name", Kind::Text)]);
static NOTHING: Schema = Schema::new("Nothing", &[]);
static NESTED: Schema = Schema::new("Nested", &[Field::new("a", Kind::Struct(&NOTHING))]);
static DASHED: Schema = Schema::new("Dashed", &[Field::new("a-b", Kind::Text)]);

static BOTH: &[&Schema] = &[&QUOTE, &AUTHOR];
static EMPTY: &[&Schema] = &[&NOTHING];
static WITHIN: &[&Schema] = &[&NESTED];
static NAMED: &[&Schema] = &[&DASHED];

fn refused(schemas: &'static [&'static Schema], words: &[(&'static str, &'static str)]) -> String {
    let words = Words::new("x.parquet", words.iter().copied());
    let Err(error) = Parquet.encoder(schemas, &words) else {
        panic!("it is not refused")
    };
    assert!(matches!(error, ExportError::Place(_)), "{error:?}");
    let text = error.to_string();
    assert!(!text.contains('\n'), "{text}");
    text
}

fn of(schema: &str) -> &'static [&'static Schema] {
    kind(&AvroSchema::parse(schema).unwrap())
}

#[test]
fn items_that_are_no_columns_are_refused() {
    let fields = |fields: &str| {
        of(&format!(
            r#"{{"type": "record", "name": "R", "fields": [{fields}]}}"#
        ))
    };
    for (schemas, wanted) in [
        (
            BOTH,
            "of 2 (Quote, Author): give each type a feed of its own with types=Quote",
        ),
        (&[][..], "the types of the items are not known"),
        (EMPTY, "the item is a Nothing, which has no fields"),
        (WITHIN, "a is a Nothing, which has no fields"),
        (NAMED, "a-b"),
        (
            fields(r#"{"name": "next", "type": ["null", "R"]}"#),
            "next holds R within itself",
        ),
        (
            fields(
                r#"{"name": "all", "type": {"type": "array", "items": {"type": "map", "values": "R"}}}"#,
            ),
            "all.list.element.key_value.value holds R within itself",
        ),
        (
            fields(r#"{"name": "f", "type": {"type": "fixed", "name": "F", "size": 0}}"#),
            "f is a fixed of no bytes",
        ),
        (of(r#"["int", "string"]"#), "the schema is union"),
    ] {
        let text = refused(schemas, &[]);
        assert!(text.contains(wanted), "{text}");
    }
}

/// Each record has the next one ten times: the text is short, and the columns are a million.
#[test]
fn columns_without_end_are_refused() {
    let mut kind = "\"int\"".to_owned();
    for level in 0..6 {
        let first = format!(r#"{{"name": "f0", "type": {kind}}}"#);
        let name = format!("R{}", level - 1);
        let rest = (1..10).map(|n| match level {
            0 => format!(r#", {{"name": "f{n}", "type": "int"}}"#),
            _ => format!(r#", {{"name": "f{n}", "type": "{name}"}}"#),
        });
        let rest: String = rest.collect();
        kind = format!(r#"{{"type": "record", "name": "R{level}", "fields": [{first}{rest}]}}"#);
    }
    let text = refused(of(&kind), &[]);
    assert!(text.contains("more than 10000 columns"), "{text}");
}

#[test]
fn words_without_sense_are_refused() {
    for (word, value, wanted) in [
        ("codec", "lzo", "codec=lzo: there are zstd, snappy, none"),
        ("codec", "", "there are zstd, snappy, none"),
        (
            "row_group",
            "0",
            "row_group=0: a row group has one row at least",
        ),
        ("row_group", "-1", "row_group=-1"),
        ("row_group", "many", "row_group=many"),
    ] {
        let text = refused(&BOTH[..1], &[(word, value)]);
        assert!(text.contains(wanted), "{text}");
    }
}

#[test]
fn nothing_is_appended_to_a_file() {
    let mut encoder = encoder(&BOTH[..1], &[]);
    assert!(encoder.is_whole_only());
    let old = Ends {
        head: b"PAR1".to_vec(),
        tail: b"PAR1".to_vec(),
        len: 100,
    };
    let reason = encoder.append(&old).unwrap_err();
    assert!(reason.contains("%(batch)05d"), "{reason}");
    assert!(encoder.resume(b"PAR1").is_err());
}
