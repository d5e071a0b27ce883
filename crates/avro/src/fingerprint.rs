//! Fingerprints: a schema's identity in few bytes.

use std::fmt;
use std::str::FromStr;

use md5::Md5;
use sha2::{Digest, Sha256};

use crate::nearest::nearest;
use crate::schema::AvroSchema;

/// How a fingerprint is made (specification 1.12, Schema Fingerprints).
///
/// ```
/// use huntsman_avro::{Algorithm, AvroSchema};
///
/// let schema = AvroSchema::parse(r#""int""#)?;
/// let print = schema.fingerprint(Algorithm::Crc64Avro);
/// assert_eq!(print.to_string(), "8f5c393f1ad57572");
/// # Ok::<(), huntsman_avro::SchemaError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// A Rabin fingerprint of 64 bits, in little-endian bytes.
    Crc64Avro,
    /// MD5: 128 bits. No protection against forgery.
    Md5,
    /// SHA-256: 256 bits.
    Sha256,
}

const NAMES: [(&str, Algorithm); 3] = [
    ("CRC-64-AVRO", Algorithm::Crc64Avro),
    ("MD5", Algorithm::Md5),
    ("SHA-256", Algorithm::Sha256),
];

/// A name that is no algorithm's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no fingerprint `{name}`: did you mean `{nearest}`?")]
pub struct UnknownAlgorithm {
    /// The name.
    pub name: String,
    /// The nearest known one.
    pub nearest: &'static str,
}

/// A fingerprint; it is shown in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(Vec<u8>);

impl Algorithm {
    /// The fingerprint of any bytes.
    #[must_use]
    pub fn of(self, bytes: &[u8]) -> Fingerprint {
        Fingerprint(match self {
            Self::Crc64Avro => crc_64_avro(bytes).to_le_bytes().to_vec(),
            Self::Md5 => Md5::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
        })
    }
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        let found = NAMES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found
            .map(|(_, algorithm)| *algorithm)
            .ok_or_else(|| UnknownAlgorithm {
                name: name.to_owned(),
                nearest: nearest(name, NAMES.map(|(known, _)| known)).unwrap_or_default(),
            })
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = NAMES.iter().find(|(_, algorithm)| algorithm == self);
        f.write_str(found.map_or("", |(name, _)| name))
    }
}

impl Fingerprint {
    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl AvroSchema {
    /// The fingerprint of the canonical form: the same for schemas whose data are alike.
    #[must_use]
    pub fn fingerprint(&self, algorithm: Algorithm) -> Fingerprint {
        algorithm.of(self.canonical_form().as_bytes())
    }

    /// The fingerprint that stands at the start of a single object: CRC-64-AVRO of the canonical
    /// form.
    #[must_use]
    pub fn crc_64_avro(&self) -> u64 {
        crc_64_avro(self.canonical_form().as_bytes())
    }

    /// The version of the schema with all that it says, constraints too: CRC-64-AVRO of its JSON
    /// without blanks. The order of words counts; blanks between them do not.
    #[must_use]
    pub fn version(&self) -> Fingerprint {
        let whole = serde_json::from_str::<serde_json::Value>(self.text());
        let dense = whole.map_or_else(|_| self.text().to_owned(), |whole| whole.to_string());
        Algorithm::Crc64Avro.of(dense.as_bytes())
    }
}

/// What the specification starts with, and its polynomial.
const EMPTY: u64 = 0xc15d_213a_a4d7_a795;

const TABLE: [u64; 256] = table();

const fn table() -> [u64; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut print = byte as u64;
        let mut bit = 0;
        while bit < 8 {
            print = (print >> 1) ^ (EMPTY & (print & 1).wrapping_neg());
            bit += 1;
        }
        table[byte] = print;
        byte += 1;
    }
    table
}

/// CRC-64-AVRO, a Rabin fingerprint, of any bytes.
#[must_use]
pub fn crc_64_avro(bytes: &[u8]) -> u64 {
    bytes.iter().fold(EMPTY, |print, byte| {
        let index = print.to_le_bytes()[0] ^ byte;
        (print >> 8) ^ TABLE[usize::from(index)]
    })
}
