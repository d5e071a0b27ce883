//! Schemas of a registry, each asked for once.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use huntsman_avro::{AvroSchema, Resolver};
use huntsman_registry::{Code, Found, Registry, RegistryError, resolved};

use super::error::ReadError;
use super::framed::SchemaId;
use super::source::Source;

/// Schemas that are kept at a time. A topic has a handful.
const MOST: usize = 1_000;

/// So long after its own tries a registry that is away is asked again.
const PAUSE: Duration = Duration::from_secs(1);

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
    /// For any, while the registry is away.
    Away(ReadError),
}

/// Finds schemas by their ids.
#[derive(Debug)]
pub(super) struct Schemas {
    registry: Arc<dyn Registry>,
    reader: Option<AvroSchema>,
    place: String,
    known: HashMap<SchemaId, Arc<Known>>,
    /// It is waited for if it goes away: its address is right.
    has_answered: bool,
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
            has_answered: false,
        }))
    }

    /// The schema of an id. A registry that has answered before is waited for, for as long as it is
    /// away.
    pub(super) async fn find(&mut self, id: SchemaId) -> Result<Arc<Known>, Missing> {
        if let Some(known) = self.known.get(&id) {
            return Ok(Arc::clone(known));
        }
        let mut is_told = false;
        let known = loop {
            match self.ask(id).await {
                Err(Missing::Away(error)) if self.has_answered => {
                    if !std::mem::replace(&mut is_told, true) {
                        tracing::warn!(target: "kafka", "{error}; it goes on once the registry is back");
                    }
                    tokio::time::sleep(PAUSE).await;
                }
                done => break done,
            }
        };
        self.has_answered |= !matches!(known, Err(Missing::Away(_)));
        let known = known?;
        if self.known.len() == MOST {
            self.known.clear();
        }
        let known = Arc::new(known);
        self.known.insert(id, Arc::clone(&known));
        Ok(known)
    }

    async fn ask(&self, id: SchemaId) -> Result<Known, Missing> {
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
        self.compile(id, &found).await
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
        let told = ReadError::Registry {
            place: self.place.clone(),
            reason: error.to_string(),
        };
        match error.is_transient() {
            true => Missing::Away(told),
            false => Missing::All(told),
        }
    }
}
