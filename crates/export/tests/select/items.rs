//! Items of any type, a sink that keeps what it gets, and a crawl of one batch.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use huntsman_core::{
    Export, ExportError, Field, Fingerprint, Item, Kind, Opening, Position, Record, RecordId,
    Schema, Sequence, Violation,
};
use huntsman_export::{Selected, Words};
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

/// A value of a field.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Self>),
    Struct(&'static Schema, Vec<Self>),
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => serializer.serialize_i64(*value),
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::List(values) => serializer.collect_seq(values),
            Self::Struct(schema, values) => {
                let mut out = serializer.serialize_struct(schema.name, values.len())?;
                for (field, value) in schema.fields.iter().zip(values) {
                    // As a field that is an `Option` comes.
                    match value {
                        Self::Null => out.serialize_field(field.name, &None::<Self>)?,
                        value if matches!(field.kind, Kind::Optional(_)) => {
                            out.serialize_field(field.name, &Some(value))?;
                        }
                        value => out.serialize_field(field.name, value)?,
                    }
                }
                out.end()
            }
        }
    }
}

/// An item with these values; some are delivered as maps, as mended items are.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) schema: &'static Schema,
    pub(crate) values: Vec<Value>,
    pub(crate) as_map: bool,
}

impl Serialize for Made {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !self.as_map {
            return Value::Struct(self.schema, self.values.clone()).serialize(serializer);
        }
        let mut out = serializer.serialize_map(Some(self.values.len()))?;
        for (field, value) in self.schema.fields.iter().zip(&self.values) {
            out.serialize_entry(field.name, value)?;
        }
        out.end()
    }
}

impl Item for Made {
    fn schemas() -> &'static [&'static Schema] {
        &[]
    }

    fn schema(&self) -> &'static Schema {
        self.schema
    }

    fn fields(&self) -> &dyn erased_serde::Serialize {
        self
    }
}

pub(crate) fn record(item: impl Item, ordinal: u32) -> Record {
    Record {
        id: RecordId {
            request: Fingerprint(7),
            ordinal,
        },
        item: Arc::new(item),
        url: "http://example.com/".into(),
    }
}

/// What a sink was given.
#[derive(Debug, Default, Clone)]
pub(crate) struct Kept {
    pub(crate) schemas: Arc<Mutex<Vec<&'static Schema>>>,
    pub(crate) records: Arc<Mutex<Vec<Record>>>,
}

#[async_trait]
impl Export for Kept {
    async fn open(&self, opening: Opening) -> Result<Sequence, ExportError> {
        *self.schemas.lock().expect("no test panics with the lock") = opening.schemas.to_vec();
        Ok(opening.after())
    }

    /// Everything, and it says what it is given.
    fn refuses(&self, record: &Record) -> Option<Violation> {
        Some(Violation {
            path: String::new(),
            rule: record.item.schema().name.to_owned(),
            message: serde_json::to_string(&record.item.fields()).expect("it works in this test"),
            value: String::new(),
        })
    }

    async fn export(&self, batch: Vec<Record>) -> Result<(), ExportError> {
        assert!(!batch.is_empty(), "a batch without records");
        self.records
            .lock()
            .expect("no test panics with the lock")
            .extend(batch);
        Ok(())
    }

    async fn commit(&self, up_to: Sequence) -> Result<Position, ExportError> {
        Ok(Position {
            sequence: up_to,
            state: vec![1],
        })
    }

    async fn close(&self) -> Result<(), ExportError> {
        Ok(())
    }
}

impl Kept {
    /// The items as JSON.
    pub(crate) fn json(&self) -> Vec<String> {
        let records = self.records.lock().expect("no test panics with the lock");
        let json = |record: &Record| {
            serde_json::to_string(&record.item.fields()).expect("it works in this test")
        };
        records.iter().map(json).collect()
    }
}

/// A sink with these words, after it was given these records.
pub(crate) fn given(
    words: &[(&str, &str)],
    schemas: &[&'static Schema],
    records: Vec<Record>,
) -> Result<(Kept, Selected<Kept>), ExportError> {
    let kept = Kept::default();
    let words = Words::new("out.json", words.iter().copied());
    let sink = Selected::new(kept.clone(), &words)?;
    let schemas: &'static [&'static Schema] = Vec::leak(schemas.to_vec());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("it works in this test");
    runtime.block_on(async {
        sink.open(Opening::new(schemas)).await?;
        sink.export(records).await
    })?;
    Ok((kept, sink))
}

/// A type with these fields.
pub(crate) fn schema(name: &'static str, fields: Vec<Field>) -> &'static Schema {
    Box::leak(Box::new(Schema::new(name, Vec::leak(fields))))
}
