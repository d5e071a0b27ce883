//! Bytes of records to JSON, by the schemas that they were written with.

use std::path::Path;

use huntsman_avro::{AvroSchema, SingleObject, Value};
use huntsman_registry::Part;

use super::error::ReadError;
use super::framed::{SchemaId, framed};
use super::json::{append_json, of_bytes};
use super::record::Received;
use super::schemas::{Known, Missing, Schemas};
use super::source::{Form, Source};

/// Decodes keys and values as the address says that they are.
///
/// Avro is written in the plain form of [`huntsman_avro::Typed`]: dates and times in ISO 8601,
/// decimals as text. JSON stays as it is, but for line breaks between its values.
///
/// A registry that has answered and is away later (a broken network, 408, 429, 5xx) is waited for: a call
/// then takes as long as that.
#[derive(Debug)]
pub struct Decoder {
    form: Form,
    registry: Option<Schemas>,
    /// Of plain Avro.
    plain: Option<AvroSchema>,
    single: Vec<(SingleObject, AvroSchema)>,
}

/// Why bytes are not decoded.
enum Fault {
    Record(String),
    All(ReadError),
}

impl From<String> for Fault {
    fn from(reason: String) -> Self {
        Self::Record(reason)
    }
}

impl From<Missing> for Fault {
    fn from(missing: Missing) -> Self {
        match missing {
            Missing::Record(reason) => Self::Record(reason),
            Missing::All(error) | Missing::Away(error) => Self::All(error),
        }
    }
}

impl Decoder {
    /// Reads the schemas that the address names. The registry is asked later, once for each schema.
    ///
    /// # Errors
    /// [`ReadError::Place`]: a schema cannot be read, or the registry's address has no sense.
    pub async fn open(source: &Source) -> Result<Self, ReadError> {
        let mut schemas = Vec::with_capacity(source.schemas.len());
        for path in &source.schemas {
            schemas.push(schema(path).await.map_err(|reason| {
                ReadError::Place(format!(
                    "`{}` has schema_file={}: {reason}",
                    source.place,
                    path.display()
                ))
            })?);
        }
        let single = match source.form {
            Form::SingleObject => std::mem::take(&mut schemas),
            _ => Vec::new(),
        };
        let given = schemas.pop();
        let registry = Schemas::open(source, given.clone())?;
        Ok(Self {
            form: source.form,
            plain: given.filter(|_| registry.is_none()),
            registry,
            single: single
                .into_iter()
                .map(|schema| (SingleObject::new(&schema), schema))
                .collect(),
        })
    }

    /// Appends a record's value as JSON, `null` for a tombstone. The id of its schema, if it has
    /// one.
    ///
    /// # Errors
    /// [`ReadError::Record`]: the value is not what the address says; nothing is appended.
    /// [`ReadError::Registry`]: the registry cannot be asked, or refuses.
    pub async fn value(
        &mut self,
        record: &Received,
        out: &mut Vec<u8>,
    ) -> Result<Option<SchemaId>, ReadError> {
        let Some(bytes) = record.value.as_deref() else {
            out.extend_from_slice(b"null");
            return Ok(None);
        };
        let before = out.len();
        let decoded = self.decode(record, bytes, out).await;
        decoded.map_err(|fault| {
            out.truncate(before);
            match fault {
                Fault::All(error) => error,
                Fault::Record(reason) => record.undecodable(reason).into(),
            }
        })
    }

    async fn decode(
        &mut self,
        record: &Received,
        bytes: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<Option<SchemaId>, Fault> {
        match (self.form, &mut self.registry, &self.plain) {
            (Form::Json, ..) => append_json(bytes, out)?,
            (Form::Avro, Some(registry), _) => {
                let (id, datum) = framed(record, Part::Value, bytes)?;
                let known = registry.find(id).await?;
                by_schema(&known, datum, out)
                    .map_err(|reason| format!("by its schema {id}: {reason}"))?;
                return Ok(Some(id));
            }
            (Form::Avro, None, Some(schema)) => {
                let value = schema.decode(bytes).map_err(|error| error.to_string())?;
                append(schema, &value, out)?;
            }
            (Form::SingleObject, ..) => self.single_object(bytes, out)?,
            // Without a schema: `Source` lets no plain Avro be so.
            (Form::Avro | Form::Bytes, ..) => {
                serde_json::to_writer(out, &of_bytes(Some(bytes))).map_err(|e| e.to_string())?;
            }
        }
        Ok(None)
    }

    fn single_object(&self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
        let own = |(single, _): &&(SingleObject, AvroSchema)| bytes.starts_with(&single.header());
        if let Some((single, schema)) = self.single.iter().find(own) {
            let value = single.decode(bytes).map_err(|error| error.to_string())?;
            return append(schema, &value, out);
        }
        // The message of one says what is wrong.
        let first = self.single.first().map(|(single, _)| single.decode(bytes));
        Err(match (first, self.single.len()) {
            (Some(Err(error)), 1) => error.to_string(),
            _ => "it is a single object of none of the schemas in schema_file=".to_owned(),
        })
    }

    /// Appends a record's key as JSON: by its schema if the registry has that, else as text if it is
    /// some, else as base64.
    ///
    /// # Errors
    /// [`ReadError::Registry`]: the registry cannot be asked, or refuses.
    pub async fn key(&mut self, record: &Received, out: &mut Vec<u8>) -> Result<(), ReadError> {
        let before = out.len();
        if let (Some(registry), Some(bytes)) = (&mut self.registry, record.key.as_deref())
            && let Ok((id, datum)) = framed(record, Part::Key, bytes)
        {
            match registry.find(id).await {
                Ok(known) if by_schema(&known, datum, out).is_ok() => return Ok(()),
                Err(Missing::All(error) | Missing::Away(error)) => return Err(error),
                // A number in eight bytes looks like this too.
                Ok(_) | Err(Missing::Record(_)) => out.truncate(before),
            }
        }
        let key = of_bytes(record.key.as_deref()).to_string();
        out.extend_from_slice(key.as_bytes());
        Ok(())
    }
}

fn by_schema(known: &Known, datum: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
    match known {
        Known::Avro(schema) => {
            let value = schema.decode(datum).map_err(|error| error.to_string())?;
            append(schema, &value, out)
        }
        Known::Resolved(resolver, schema) => {
            let value = resolver.decode(datum).map_err(|error| error.to_string())?;
            append(schema, &value, out)
        }
        Known::Json => append_json(datum, out),
    }
}

fn append(schema: &AvroSchema, value: &Value, out: &mut Vec<u8>) -> Result<(), String> {
    let written = serde_json::to_writer(out, &schema.view(value));
    written.map_err(|error| error.to_string())
}

async fn schema(path: &Path) -> Result<AvroSchema, String> {
    let path = path.to_owned();
    let read = tokio::task::spawn_blocking(move || std::fs::read_to_string(path)).await;
    let text = read.map_err(|stopped| stopped.to_string())?;
    let text = text.map_err(|error| error.to_string())?;
    AvroSchema::parse(&text).map_err(|error| error.to_string())
}
