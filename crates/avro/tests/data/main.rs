//! Data of Avro: what is written, what is read, and what others make of both.
#![expect(clippy::unwrap_used, reason = "the lint looks only for test functions")]
#![expect(clippy::too_many_lines, reason = "tables of cases")]

mod container;
mod encode;
mod hostile;
mod json;
mod peer;
mod property;
mod python;
mod quick;
mod random;
mod resolve;
mod spec;
mod union;

use huntsman_avro::{AvroSchema, Encoder, Value};
use serde::Serialize;

fn schema(text: &str) -> AvroSchema {
    AvroSchema::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A record `R` with these fields.
fn record(fields: &str) -> AvroSchema {
    schema(&format!(
        r#"{{"type": "record", "name": "R", "fields": [{fields}]}}"#
    ))
}

fn encoded<T: Serialize + ?Sized>(schema: &AvroSchema, item: &T) -> Vec<u8> {
    let mut out = Vec::new();
    Encoder::new(schema).encode(item, &mut out).unwrap();
    out
}

/// What the encoder says of an item that it refuses; it appends nothing.
fn refusal<T: Serialize + ?Sized>(schema: &AvroSchema, item: &T) -> String {
    let mut out = b"before".to_vec();
    let error = Encoder::new(schema).encode(item, &mut out).unwrap_err();
    assert_eq!(out, b"before");
    error.to_string()
}

/// The plain form of what an item becomes.
fn plain<T: Serialize + ?Sized>(schema: &AvroSchema, item: &T) -> String {
    let value = schema.decode(&encoded(schema, item)).unwrap();
    schema.view(&value).to_string()
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}
