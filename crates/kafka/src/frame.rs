//! What stands around a value, so that a reader finds its schema.

use huntsman_avro::{AvroSchema, SingleObject};
use huntsman_registry::Part;

/// The header that a schema's GUID stands in.
pub(crate) fn header_of(part: Part) -> &'static str {
    match part {
        Part::Key => "__key_schema_id",
        Part::Value => "__value_schema_id",
    }
}

/// How values of one schema are told from others: bytes before each, or a header beside it.
///
/// Source of the wire formats: Confluent's `SchemaId` and `HeaderSchemaIdSerializer`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Frame {
    /// What stands before the datum.
    pub(crate) prefix: Vec<u8>,
    /// A header of the record.
    pub(crate) header: Option<(&'static str, Vec<u8>)>,
}

impl Frame {
    /// Confluent's wire format: the magic byte 0 and the id, high byte first.
    pub(crate) fn confluent_id(id: u32) -> Self {
        let mut prefix = vec![0];
        prefix.extend(id.to_be_bytes());
        Self {
            prefix,
            header: None,
        }
    }

    /// Confluent's wire format since version 8: the datum alone, and a header with the magic byte 1
    /// and the 16 bytes of the schema's GUID, in the order of its text.
    pub(crate) fn confluent_guid(part: Part, guid: [u8; 16]) -> Self {
        let mut value = vec![1];
        value.extend(guid);
        Self {
            prefix: Vec::new(),
            header: Some((header_of(part), value)),
        }
    }

    /// That of a single object, of Avro's own specification.
    pub(crate) fn single_object(schema: &AvroSchema) -> Self {
        Self {
            prefix: SingleObject::new(schema).header().to_vec(),
            header: None,
        }
    }
}

/// A schema that values are written with, and the frame that tells so.
#[derive(Debug, Clone)]
pub(crate) struct Framed {
    /// The schema that writes: the item's own, or the one that the registry has.
    pub(crate) schema: AvroSchema,
    /// What stands around each value.
    pub(crate) frame: Frame,
    /// What a registry has it as: for headers of letters, by their names.
    pub(crate) registered: Vec<(&'static str, String)>,
}

/// The schemas of the items of a type; none where they are JSON, or text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Schemas {
    pub(crate) value: Option<Framed>,
    pub(crate) key: Option<Framed>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confluents_wire_formats() {
        assert_eq!(Frame::confluent_id(0x0102_0304).prefix, [0, 1, 2, 3, 4]);
        let frame = Frame::confluent_guid(Part::Key, [0xab; 16]);
        let (name, value) = frame.header.unwrap();
        assert_eq!((name, value.len(), value[0]), ("__key_schema_id", 17, 1));
        assert!(frame.prefix.is_empty());
    }
}
