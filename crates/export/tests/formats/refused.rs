//! What a format cannot hold is one clear error, and the records before it are not harmed.

use huntsman_core::{ExportError, Field, Item, Kind, Schema};
use huntsman_export::Format;
use huntsman_export::Words;
use huntsman_export::formats::{Avro, Csv, Xml};
use huntsman_macros::Item;
use serde::Serialize;

use crate::data::{Any, Data};
use crate::write::{File, Schemas, record, shape};

#[derive(Serialize, Item)]
#[item(crate = "crate::words")]
struct Line {
    n: u64,
    text: String,
}

fn line(n: u64, text: &str) -> Line {
    Line {
        n,
        text: text.into(),
    }
}

#[test]
fn what_xml_cannot_have_is_refused_with_what_to_do() {
    let xml = shape("xml", &[]);
    let mut file = File::new(xml.encoder(Line::schemas()));
    let reason = file.record(&record(line(1, "a\u{b}b"))).unwrap_err();
    assert_eq!(
        reason,
        "XML cannot have the character U+000B; with control=replace, U+FFFD stands for it"
    );
    let xml = shape("xml", &[("control", "replace")]);
    let mut file = File::new(xml.encoder(Line::schemas()));
    file.batch(&[record(line(1, "a\u{b}b"))]).unwrap();
    assert!(
        String::from_utf8(file.end())
            .unwrap()
            .contains("<text>a\u{fffd}b</text>")
    );
}

#[test]
fn a_number_beyond_64_bits_with_a_sign_is_refused_by_avro_alone() {
    for format in ["json", "jsonl", "csv", "xml"] {
        let mut file = File::new(shape(format, &[]).encoder(Line::schemas()));
        file.batch(&[record(line(u64::MAX, ""))]).unwrap();
        let text = String::from_utf8(file.end()).unwrap();
        assert!(text.contains("18446744073709551615"), "{text}");
    }
    let mut file = File::new(shape("avro", &[]).encoder(Line::schemas()));
    file.record(&record(line(1, "one"))).unwrap();
    let reason = file.record(&record(line(u64::MAX, ""))).unwrap_err();
    assert_eq!(reason, "n: the number 18446744073709551615 is no long");
    file.batch(&[record(line(2, "two"))]).unwrap();
    let file = file.end();
    let reader = huntsman_avro::container::ContainerReader::new(&file[..]).unwrap();
    assert_eq!(reader.map(Result::unwrap).count(), 2);
}

static ODD: Schema = Schema::new("Odd", &[Field::new("a b", Kind::Int(128))]);
static ODDS: Schemas = &[&ODD];

/// An item with a number of 128 bits, and a field that is no name.
struct Odd;

impl Item for Odd {
    fn schemas() -> Schemas {
        ODDS
    }

    fn schema(&self) -> &'static Schema {
        &ODD
    }

    fn fields(&self) -> &dyn erased_serde::Serialize {
        self
    }
}

impl Serialize for Odd {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map([("a b", i128::MIN)])
    }
}

#[test]
fn names_that_a_format_has_not_are_refused_before_anything_is_written() {
    for (format, expected) in [
        (
            "json",
            "[\n{\"a b\":-170141183460469231731687303715884105728}\n]\n",
        ),
        ("csv", "a b\r\n-170141183460469231731687303715884105728\r\n"),
    ] {
        let mut file = File::new(shape(format, &[]).encoder(ODDS));
        file.batch(&[record(Odd)]).unwrap();
        assert_eq!(String::from_utf8(file.end()).unwrap(), expected);
    }
    let mut file = File::new(shape("xml", &[]).encoder(ODDS));
    file.batch(&[record(Odd)]).unwrap();
    let text = String::from_utf8(file.end()).unwrap();
    let item = "<item><entry key=\"a b\">-170141183460469231731687303715884105728</entry></item>";
    assert!(text.contains(item), "{text}");
    let error = Avro.encoder(ODDS, &Words::new("out", [])).err().unwrap();
    assert!(matches!(&error, ExportError::Place(_)));
    let text = error.to_string();
    assert!(
        text.contains("Odd.a b") && text.contains("rename"),
        "{text}"
    );
}

#[test]
fn words_without_a_sense_are_refused() {
    let formats: [(&dyn Format, &str, &str); 4] = [
        (&Avro, "codec", "bzip2"),
        (&Csv, "delimiter", "ab"),
        (&Xml, "root", "1x"),
        (&Xml, "indent", "-2"),
    ];
    for (format, word, value) in formats {
        let words = Words::new("out", [(word, value)]);
        let error = format.encoder(ODDS, &words).err().unwrap().to_string();
        assert!(
            error.starts_with(&format!("`out` has {word}={value}: ")),
            "{error}"
        );
    }
}

#[test]
fn an_item_of_another_type_is_no_item_of_a_union() {
    static A: Schema = Schema::new("A", &[Field::new("n", Kind::Int(32))]);
    static B: Schema = Schema::new("B", &[Field::new("n", Kind::Int(32))]);
    static C: Schema = Schema::new("C", &[Field::new("n", Kind::Int(32))]);
    static BOTH: Schemas = &[&A, &B];
    let item = |schema| {
        let value = Data::Struct(schema, vec![Data::Int(1, 32)]);
        record(Any { schema, value })
    };
    let mut file = File::new(shape("avro", &[]).encoder(BOTH));
    file.record(&item(&B)).unwrap();
    let reason = file.record(&item(&C)).unwrap_err();
    assert_eq!(reason, "its type `C` is none of the file's");
}
