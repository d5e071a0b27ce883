//! Schemas of a registry, each asked for once.

use std::collections::HashMap;
use std::sync::Arc;

use huntsman_avro::{AvroSchema, Resolver};
use huntsman_registry::{Code, Found, Registry, RegistryError, resolved};

use super::error::ReadError;
use super::framed::SchemaId;
use super::source::Source;

/// Schemas that are kept at a time. A topic has a handful.
const MOST: usize = 1_000;

/// What values are read by.
#[derive(Debug)]
pub(super) enum Known {
    /// The writer's schema.
    Avro(AvroSchema),
    /// The same, as the schema says that the values are read by.
    Resolved(Resolver, AvroSchema),
    /// A JSON Schema: the value is JSON.
    Json,
}

/// Why there is no schema.
pub(super) enum Missing {
    /// For this record.
    Record(String),
    /// For any.
    All(ReadError),
}

/// Finds schemas by their ids.
#[derive(Debug)]
pub(super) struct Schemas {
    registry: Arc<dyn Registry>,
    reader: Option<AvroSchema>,
    place: String,
    known: HashMap<SchemaId, Arc<Known>>,
}

impl Schemas {
    /// Those of the registry that the address names; none if it names none.
    pub(super) fn open(
        source: &Source,
        reader: Option<AvroSchema>,
    ) -> Result<Option<Self>, ReadError> {
        let Some(words) = &source.registry else {
            return Ok(None);
        };
        let registry = words
            .open()
            .map_err(|reason| ReadError::Place(format!("`{}`: {reason}", source.place)))?;
        Ok(Some(Self {
            registry,
            reader,
            place: source.place.clone(),
            known: HashMap::new(),
        }))
    }

    /// The schema of an id.
    pub(super) async fn find(&mut self, id: SchemaId) -> Result<Arc<Known>, Missing> {
        if let Some(known) = self.known.get(&id) {
            return Ok(Arc::clone(known));
        }
        let found = match id {
            SchemaId::Id(id) => self.registry.schema_by_id(id).await,
            SchemaId::Guid(_) => self.registry.schema_by_guid(&id.to_string()).await,
        };
        let found = found.map_err(|error| match error.code() {
            Some(Code::SchemaNotFound) => {
                Missing::Record(format!("the registry has no schema {id}: {error}"))
            }
            _ => self.failed(&error),
        })?;
        let known = self.compile(id, &found).await?;
        if self.known.len() == MOST {
            self.known.clear();
        }
        let known = Arc::new(known);
        self.known.insert(id, Arc::clone(&known));
        Ok(known)
    }

    async fn compile(&self, id: SchemaId, found: &Found) -> Result<Known, Missing> {
        let refused = |reason: String| Missing::Record(format!("its schema {id} {reason}"));
        match found.schema.kind.as_str() {
            "AVRO" => {}
            "JSON" => return Ok(Known::Json),
            kind => return Err(refused(format!("is {kind}, which is not read here"))),
        }
        let writer = resolved(&*self.registry, &found.schema).await;
        let writer = writer.map_err(|error| match error {
            RegistryError::Schema { .. } => refused(format!("is no Avro: {error}")),
            other => self.failed(&other),
        })?;
        let Some(reader) = &self.reader else {
            return Ok(Known::Avro(writer));
        };
        let resolver = Resolver::new(&writer, reader)
            .map_err(|error| refused(format!("cannot be read as schema_file=: {error}")))?;
        Ok(Known::Resolved(resolver, reader.clone()))
    }

    fn failed(&self, error: &RegistryError) -> Missing {
        Missing::All(ReadError::Registry {
            place: self.place.clone(),
            reason: error.to_string(),
        })
    }
}
