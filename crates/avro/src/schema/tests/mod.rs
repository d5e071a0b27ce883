//! Each rule of the parser.

mod defaults;
mod limits;
mod logical;
mod messages;
mod names;
mod references;
mod types;

use super::{AvroSchema, Node, Record};

#[track_caller]
pub(super) fn read(text: &str) -> AvroSchema {
    AvroSchema::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[track_caller]
pub(super) fn refused(text: &str, message: &str) {
    let error = AvroSchema::parse(text).expect_err(text);
    assert_eq!(error.to_string(), message, "{text}");
    assert!(!message.contains('\n'));
}

/// A record with these fields.
pub(super) fn record(fields: &str) -> String {
    format!(r#"{{"type": "record", "name": "R", "fields": [{fields}]}}"#)
}

/// A record with one field of this type and default.
pub(super) fn defaulted(kind: &str, default: &str) -> String {
    record(&format!(
        r#"{{"name": "f", "type": {kind}, "default": {default}}}"#
    ))
}

pub(super) fn root(schema: &AvroSchema) -> &Node {
    schema.node(schema.root())
}

pub(super) fn root_record(schema: &AvroSchema) -> &Record {
    root(schema).as_record().expect("a record")
}
