//! Single objects: a datum behind the fingerprint of its schema.

use serde::Serialize;

use crate::cursor::DecodeError;
use crate::encode::{EncodeError, Encoder};
use crate::schema::AvroSchema;
use crate::value::Value;

/// What each single object starts with.
const MARK: [u8; 2] = [0xc3, 0x01];

/// Why bytes are no single object of a schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SingleObjectError {
    /// They do not start as one does.
    #[error("no single object: it starts with C3 01 and 8 bytes of fingerprint, not with {0:02X?}")]
    NotSingleObject(Vec<u8>),
    /// It was written with another schema.
    #[error("written with another schema: its fingerprint is {found:016x}, not {expected:016x}")]
    OtherSchema {
        /// The fingerprint it has.
        found: u64,
        /// The fingerprint of the schema at hand.
        expected: u64,
    },
    /// The datum in it is faulty; offsets count from behind the fingerprint.
    #[error(transparent)]
    Decode(#[from] DecodeError),
}

/// Writes and reads single objects of one schema: `C3 01`, the CRC-64-AVRO of its canonical form
/// with the low byte first, and the datum.
///
/// ```
/// use huntsman_avro::{AvroSchema, SingleObject, Value};
///
/// let single = SingleObject::new(&AvroSchema::parse(r#""string""#)?);
/// let mut bytes = Vec::new();
/// single.encode("foo", &mut bytes)?;
/// assert_eq!(bytes, b"\xc3\x01\xc7\x03\x45\x63\x72\x48\x01\x8f\x06foo");
/// assert_eq!(single.decode(&bytes)?, Value::String("foo".into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct SingleObject {
    schema: AvroSchema,
    encoder: Encoder,
    fingerprint: u64,
}

impl SingleObject {
    /// For this schema.
    #[must_use]
    pub fn new(schema: &AvroSchema) -> Self {
        Self {
            schema: schema.clone(),
            encoder: Encoder::new(schema),
            fingerprint: schema.crc_64_avro(),
        }
    }

    /// What stands before each datum: the mark, and the fingerprint of the schema.
    #[must_use]
    pub fn header(&self) -> [u8; 10] {
        let mut header = [0; 10];
        header[..2].copy_from_slice(&MARK);
        header[2..].copy_from_slice(&self.fingerprint.to_le_bytes());
        header
    }

    /// Appends an item.
    ///
    /// # Errors
    /// The item is no data of the schema. Nothing is appended.
    pub fn encode<T: Serialize + ?Sized>(
        &self,
        item: &T,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        let start = out.len();
        out.extend(self.header());
        self.encoder
            .encode(item, out)
            .inspect_err(|_| out.truncate(start))
    }

    /// Reads one, all of the bytes.
    ///
    /// # Errors
    /// The bytes are no single object, or one of another schema, or its datum is faulty.
    pub fn decode(&self, bytes: &[u8]) -> Result<Value, SingleObjectError> {
        let (found, datum) = parts(bytes)?;
        if found != self.fingerprint {
            return Err(SingleObjectError::OtherSchema {
                found,
                expected: self.fingerprint,
            });
        }
        Ok(self.schema.decode(datum)?)
    }
}

/// The fingerprint of a single object, by which to find the schema that it was written with, and
/// its datum.
///
/// # Errors
/// The bytes do not start as a single object does.
pub fn parts(bytes: &[u8]) -> Result<(u64, &[u8]), SingleObjectError> {
    let not_single =
        || SingleObjectError::NotSingleObject(bytes.iter().take(10).copied().collect());
    let rest = bytes.strip_prefix(&MARK).ok_or_else(not_single)?;
    let (fingerprint, datum) = rest.split_first_chunk().ok_or_else(not_single)?;
    Ok((u64::from_le_bytes(*fingerprint), datum))
}
