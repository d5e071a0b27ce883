//! Schemas that a registry has agreed to, before the first item.

use std::sync::Arc;

use huntsman_avro::AvroSchema;
use huntsman_core::ExportError;
use huntsman_registry::{Part, Registry, RegistryError, Source, Strategy, resolve};

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
        let cluster = match words.subject {
            Strategy::Associated(_) => Some(cluster_id(wanted).await?),
            _ => None,
        };
        Ok(Self {
            registry,
            words,
            wanted,
            cluster,
        })
    }

    /// The schema to write a part of messages with, and its frame; `own` is the one made of the type.
    pub(crate) async fn framed(&self, part: Part, own: AvroSchema) -> Result<Framed, ExportError> {
        let (registry, topic) = (&*self.registry, &self.wanted.address.topic);
        let name = own.node(own.root()).name().map(ToString::to_string);
        let subject = self.words.subject;
        let subject = subject
            .subject(
                registry,
                self.cluster.as_deref(),
                topic,
                part,
                name.as_deref(),
            )
            .await;
        let subject = subject.map_err(|error| self.failed(part, &error))?;
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
