//! What a container file begins with.

use std::io::Read;

use super::input::Input;
use super::{Codec, ContainerError, ContainerFault, Limits, Sync};
use crate::schema::AvroSchema;
use crate::varint;

pub(super) const MAGIC: [u8; 4] = *b"Obj\x01";

#[derive(Debug, Clone)]
pub(super) struct Header {
    pub(super) schema: AvroSchema,
    pub(super) codec: Codec,
    pub(super) sync: Sync,
    /// What else it says, in order.
    pub(super) metadata: Vec<(String, Vec<u8>)>,
}

impl Header {
    pub(super) fn read<R: Read>(
        input: &mut Input<R>,
        limits: Limits,
    ) -> Result<Self, ContainerError> {
        match input.array("its first four bytes") {
            Ok(MAGIC) => {}
            Err(ContainerFault::Io(error)) => return Err(ContainerFault::Io(error).at(0)),
            _ => return Err(ContainerFault::NotContainer.at(0)),
        }
        let metadata = input.metadata(limits);
        let metadata = metadata.map_err(|fault| fault.at(input.offset))?;
        let sync = input.array("the sync marker of the header");
        let sync = sync.map_err(|fault| fault.at(input.offset))?;
        Self::of(metadata, sync).map_err(|fault| fault.at(4))
    }

    fn of(mut metadata: Vec<(String, Vec<u8>)>, sync: Sync) -> Result<Self, ContainerFault> {
        let mut taken = |key: &str| {
            let place = metadata.iter().position(|(known, _)| known == key)?;
            Some(String::from_utf8_lossy(&metadata.remove(place).1).into_owned())
        };
        let schema = taken("avro.schema").ok_or(ContainerFault::NoSchema)?;
        let codec = taken("avro.codec");
        Ok(Self {
            schema: AvroSchema::parse(&schema)?,
            codec: codec.map_or(Ok(Codec::Null), |name| name.parse())?,
            sync,
            metadata,
        })
    }

    /// The bytes of the header. The schema is written as its author wrote it.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let codec = self.codec.name().as_bytes();
        let own = [
            ("avro.schema", self.schema.text().as_bytes()),
            ("avro.codec", codec),
        ];
        let others = self.metadata.iter().map(|(key, value)| (&**key, &**value));
        let mut bytes = MAGIC.to_vec();
        varint::write_length(own.len() + self.metadata.len(), &mut bytes);
        for (key, value) in own.into_iter().chain(others) {
            for part in [key.as_bytes(), value] {
                varint::write_length(part.len(), &mut bytes);
                bytes.extend_from_slice(part);
            }
        }
        bytes.push(0);
        bytes.extend(self.sync);
        bytes
    }
}
