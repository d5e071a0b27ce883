//! Items of any schema, and sinks for them.

use std::process::Command;
use std::sync::Arc;

use huntsman_core::{
    Export, ExportError, Field, Fingerprint, Item, Kind, Opening, Record, RecordId, Schema,
};
use huntsman_export::{Connector, Mode, Words};
use huntsman_sql::{Postgres, Sqlite};
use serde_json::{Map, Value};

pub(crate) struct Row {
    schema: &'static Schema,
    values: Map<String, Value>,
}

impl Item for Row {
    fn schemas() -> &'static [&'static Schema] {
        &[]
    }

    fn schema(&self) -> &'static Schema {
        self.schema
    }

    fn fields(&self) -> &dyn erased_serde::Serialize {
        &self.values
    }
}

/// A schema with these fields.
pub(crate) fn schema(name: &'static str, fields: &[(&'static str, Kind)]) -> &'static Schema {
    let fields: Vec<Field> = fields
        .iter()
        .map(|(name, kind)| Field::new(name, *kind))
        .collect();
    Box::leak(Box::new(Schema::new(name, Vec::leak(fields))))
}

/// Two fields: `n` and `text`.
pub(crate) static NOTE: Schema = Schema::new(
    "Note",
    &[
        Field::new("n", Kind::Int(64)),
        Field::new("text", Kind::Text),
    ],
);

pub(crate) static NOTES: &[&Schema] = &[&NOTE];

pub(crate) fn note(n: i64, text: &str) -> Record {
    record(&NOTE, serde_json::json!({ "n": n, "text": text }))
}

pub(crate) fn record(schema: &'static Schema, values: Value) -> Record {
    let Value::Object(values) = values else {
        panic!("an item is an object");
    };
    Record {
        id: RecordId {
            request: Fingerprint(7),
            ordinal: 3,
        },
        item: Arc::new(Row { schema, values }),
        url: "http://site.example/page".into(),
    }
}

/// A sink for an address with all its words.
pub(crate) fn sink(address: &str, mode: Mode) -> Result<Box<dyn Export>, ExportError> {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let words = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let words = Words::new("the feed", words);
    if address.starts_with("sqlite") {
        Sqlite.sink(address, mode, &words)
    } else {
        Postgres.sink(address, mode, &words)
    }
}

/// A whole run without a job.
pub(crate) async fn run(
    address: &str,
    mode: Mode,
    schemas: &'static [&'static Schema],
    batches: Vec<Vec<Record>>,
) -> Result<(), ExportError> {
    let sink = sink(address, mode)?;
    sink.open(Opening::new(schemas)).await?;
    for batch in batches {
        sink.export(batch).await?;
    }
    sink.close().await
}

/// The error of a sink that does not open.
pub(crate) async fn refusal(address: &str, schemas: &'static [&'static Schema]) -> String {
    let error = match sink(address, Mode::Append) {
        Ok(sink) => sink.open(Opening::new(schemas)).await.unwrap_err(),
        Err(error) => error,
    };
    let error = error.to_string();
    assert!(
        !error.contains('\n') && !error.contains("s3cret"),
        "{error}"
    );
    error
}

/// What the command `sqlite3` says to a statement.
pub(crate) fn sqlite3(path: &str, statement: &str) -> String {
    let output = Command::new("sqlite3")
        .args(["-batch", "-bail", path, statement])
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{statement}: {error}");
    String::from_utf8(output.stdout)
        .unwrap()
        .trim_end()
        .to_owned()
}

/// Whether a command is there.
pub(crate) fn has(command: &str) -> bool {
    if Command::new(command).arg("--version").output().is_ok() {
        return true;
    }
    assert!(std::env::var_os("CI").is_none(), "{command} is missing");
    println!("skipped: there is no {command}");
    false
}
