//! Pairs of schemas, and what is in the way between them.

use huntsman_avro::AvroSchema;
use huntsman_avro::compat::can_read;

/// A reader, a writer and what is in the way, as `KIND /path`; nothing if the reader reads it.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) reader: String,
    pub(crate) writer: String,
    pub(crate) found: Vec<&'static str>,
}

/// Rows as the rules add them.
#[derive(Debug, Default)]
pub(crate) struct Rows(pub(crate) Vec<Row>);

impl Rows {
    pub(crate) fn reads(&mut self, reader: &str, writer: &str) {
        self.fails(reader, writer, &[]);
    }

    pub(crate) fn fails(&mut self, reader: &str, writer: &str, found: &[&'static str]) {
        self.0.push(Row {
            reader: reader.to_owned(),
            writer: writer.to_owned(),
            found: found.to_vec(),
        });
    }
}

#[track_caller]
pub(crate) fn read(text: &str) -> AvroSchema {
    AvroSchema::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// What is in the way, as `KIND /path`.
pub(crate) fn found(reader: &AvroSchema, writer: &AvroSchema) -> Vec<String> {
    let found = can_read(reader, writer).err().unwrap_or_default();
    let told = found.iter().map(|one| format!("{} {}", one.kind, one.path));
    told.collect()
}

/// A record with these fields.
pub(crate) fn record(fields: &str) -> String {
    format!(r#"{{"type": "record", "name": "R", "fields": [{fields}]}}"#)
}
