//! Schemas that a registry has agreed to, before the first item.

use std::sync::Arc;

use huntsman_avro::AvroSchema;
use huntsman_core::ExportError;
use huntsman_registry::{Otherwise, Part, Registry, RegistryError, Source, Strategy, resolve};

use crate::cluster::cluster_id;
use crate::frame::{Frame, Framed};
use crate::registry::RegistryWords;
use crate::wanted::Wanted;

/// A registry, and what is wanted of it.
pub(crate) struct Agreed<'a> {
    registry: Arc<dyn Registry>,
    words: &'a RegistryWords,
    wanted: &'a Wanted,
    /// The id of the brokers' cluster, where it matters.
    cluster: Option<String>,
}

impl<'a> Agreed<'a> {
    pub(crate) async fn open(
        words: &'a RegistryWords,
        wanted: &'a Wanted,
    ) -> Result<Self, ExportError> {
        let refused = |reason: String| ExportError::Place(format!("`{}`: {reason}", wanted.place));
        let registry = words.open().map_err(refused)?;
        let is_asked = |strategy| matches!(strategy, Strategy::Associated(_));
        let cluster = match is_asked(words.subject) || words.key_subject.is_some_and(is_asked) {
            true => Some(cluster_id(wanted).await?),
            false => None,
        };
        Ok(Self {
            registry,
            words,
            wanted,
            cluster,
        })
    }

    /// The subject of a part of messages; `own` is the schema made of the type.
    pub(crate) async fn subject(
        &self,
        part: Part,
        own: &AvroSchema,
    ) -> Result<String, ExportError> {
        let (registry, topic) = (&*self.registry, &self.wanted.address.topic);
        let name = own.node(own.root()).name().map(ToString::to_string);
        let strategy = match part {
            Part::Value => self.words.subject,
            Part::Key => self.words.key_subject.unwrap_or_else(|| {
                // Text and numbers have no name that a subject could have.
                match self.words.subject {
                    Strategy::Record | Strategy::TopicRecord if name.is_none() => Strategy::Topic,
                    Strategy::Associated(Otherwise::Record | Otherwise::TopicRecord)
                        if name.is_none() =>
                    {
                        Strategy::Associated(Otherwise::Topic)
                    }
                    named => named,
                }
            }),
        };
        let cluster = self.cluster.as_deref();
        let subject = strategy.subject(registry, cluster, topic, part, name.as_deref());
        subject.await.map_err(|error| self.failed(part, &error))
    }

    /// The schema to write a part of messages with, and its frame; `own` is the one made of the type.
    pub(crate) async fn framed(
        &self,
        part: Part,
        subject: String,
        own: AvroSchema,
    ) -> Result<Framed, ExportError> {
        let registry = &*self.registry;
        let mut how = self.words.registration.clone();
        if part == Part::Key && matches!(how.source, Source::Id(_) | Source::Guid(_)) {
            // What was asked for is the schema of the values.
            how.source = Source::LookUp;
        }
        let agreed = resolve(registry, &subject, &how, &own).await;
        let agreed = agreed.map_err(|error| self.failed(part, &error))?;
        let frame = if self.words.by_guid {
            let guid = agreed.guid.as_deref().and_then(guid).ok_or_else(|| {
                self.refused(part, "the registry tells no GUIDs: write schema_id=prefix")
            })?;
            Frame::confluent_guid(part, guid)
        } else {
            Frame::confluent_id(agreed.id)
        };
        let id = agreed.id.to_string();
        Ok(Framed {
            schema: agreed.schema,
            frame,
            registered: vec![
                ("huntsman.schema_subject", subject),
                ("huntsman.schema_id", id),
            ],
        })
    }

    fn refused(&self, part: Part, reason: &str) -> ExportError {
        let place = &self.wanted.place;
        ExportError::Other(format!(
            "cannot write {place}: the schema of its {part}: {reason}"
        ))
    }

    fn failed(&self, part: Part, error: &RegistryError) -> ExportError {
        self.refused(part, &error.to_string())
    }
}

/// The bytes of a GUID, in the order of its text.
fn guid(text: &str) -> Option<[u8; 16]> {
    let digits = text.chars().filter(|c| *c != '-').map(|c| c.to_digit(16));
    let digits: Vec<u32> = digits.collect::<Option<_>>()?;
    let bytes = digits.chunks_exact(2);
    let bytes = bytes.map(|pair| u8::try_from(pair[0] * 16 + pair[1]).ok());
    bytes.collect::<Option<Vec<u8>>>()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guid_is_its_text() {
        let read = guid("89791762-2336-4186-9674-299b90a802e2").unwrap();
        assert_eq!(read[..4], [0x89, 0x79, 0x17, 0x62]);
        assert_eq!(guid("8979"), None);
        assert_eq!(guid("x"), None);
    }
}
