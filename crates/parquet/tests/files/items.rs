//! Items and the files of them.

use std::sync::Arc;

use huntsman_avro::{AvroSchema, Value};
use huntsman_core::{AnyItem, Fingerprint, Item, Record, RecordId, Schema};
use huntsman_export::{Encode, Format as _, Words};
use huntsman_parquet::Parquet;
use serde::{Serialize, Serializer};

/// An item of a schema that is drawn while the test runs.
pub(crate) struct Drawn {
    pub(crate) kind: &'static Schema,
    pub(crate) schema: AvroSchema,
    pub(crate) value: Value,
}

impl Item for Drawn {
    fn schemas() -> &'static [&'static Schema] {
        &[]
    }

    fn schema(&self) -> &'static Schema {
        self.kind
    }

    fn fields(&self) -> &dyn erased_serde::Serialize {
        self
    }
}

impl Serialize for Drawn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.schema.view(&self.value).serialize(serializer)
    }
}

/// Items whose type is the record of this schema.
pub(crate) fn kind(schema: &AvroSchema) -> &'static [&'static Schema] {
    let text: &'static str = String::leak(schema.text().to_owned());
    let kind = Schema {
        avro: Some(text),
        ..Schema::new("Drawn", &[])
    };
    let kind: &'static Schema = Box::leak(Box::new(kind));
    Box::leak(Box::new([kind]))
}

/// A record of an item; its number is what tells it apart.
pub(crate) fn record(number: u32, item: impl AnyItem) -> Record {
    Record {
        id: RecordId {
            request: Fingerprint(7),
            ordinal: number,
        },
        item: Arc::new(item),
        url: "http://example.com/".into(),
    }
}

pub(crate) fn encoder(
    schemas: &'static [&'static Schema],
    words: &[(&'static str, &'static str)],
) -> Box<dyn Encode> {
    let words = Words::new("x.parquet", words.iter().copied());
    Parquet.encoder(schemas, &words).unwrap()
}

/// A whole file.
pub(crate) fn file(
    schemas: &'static [&'static Schema],
    words: &[(&'static str, &'static str)],
    records: impl IntoIterator<Item = Record>,
) -> Vec<u8> {
    let mut encoder = encoder(schemas, words);
    let mut out = Vec::new();
    encoder.begin(&mut out).unwrap();
    let mut empty = true;
    for record in records {
        encoder.separate(empty, &mut out);
        encoder.record(&record, &mut out).unwrap();
        empty = false;
    }
    encoder.end(empty, &mut out).unwrap();
    assert_eq!(encoder.held(), 0);
    out
}

/// An item of any type, as JSON.
pub(crate) struct Told(pub(crate) &'static Schema, pub(crate) serde_json::Value);

impl Item for Told {
    fn schemas() -> &'static [&'static Schema] {
        &[]
    }

    fn schema(&self) -> &'static Schema {
        self.0
    }

    fn fields(&self) -> &dyn erased_serde::Serialize {
        &self.1
    }
}
