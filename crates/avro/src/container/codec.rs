//! How the values of a block are compressed.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Read, Write};
use std::str::FromStr;

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use super::ContainerFault;

/// How the values of a block are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Codec {
    /// Not at all.
    #[default]
    Null,
    /// RFC 1951, without a header or a checksum.
    Deflate,
    /// Snappy, and the CRC-32 of what was compressed, high byte first.
    Snappy,
    /// Zstandard.
    Zstandard,
}

const ALL: [Codec; 4] = [Codec::Null, Codec::Deflate, Codec::Snappy, Codec::Zstandard];

impl Codec {
    /// Its name in the header: `null`, `deflate`, `snappy`, `zstandard`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Deflate => "deflate",
            Self::Snappy => "snappy",
            Self::Zstandard => "zstandard",
        }
    }

    pub(super) fn compress(self, plain: &[u8]) -> io::Result<Cow<'_, [u8]>> {
        match self {
            Self::Null => return Ok(Cow::Borrowed(plain)),
            Self::Deflate => {
                let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
                encoder.write_all(plain)?;
                encoder.finish()
            }
            Self::Snappy => {
                let compressed = snap::raw::Encoder::new().compress_vec(plain);
                let mut bytes = compressed.map_err(io::Error::other)?;
                bytes.extend(crc32fast::hash(plain).to_be_bytes());
                Ok(bytes)
            }
            Self::Zstandard => zstd::bulk::compress(plain, 0),
        }
        .map(Cow::Owned)
    }

    /// Decompresses a block, into so many bytes at most.
    pub(super) fn decompress(self, block: Vec<u8>, most: usize) -> Result<Vec<u8>, ContainerFault> {
        match self {
            Self::Null => Ok(block),
            Self::Deflate => self.drain(DeflateDecoder::new(&block[..]), most),
            Self::Snappy => self.unsnap(&block, most),
            Self::Zstandard => {
                let decoder = zstd::stream::read::Decoder::with_buffer(&block[..]);
                self.drain(decoder.map_err(|error| self.faulty(error))?, most)
            }
        }
    }

    fn drain(self, from: impl Read, most: usize) -> Result<Vec<u8>, ContainerFault> {
        let mut plain = Vec::new();
        let mut from = from.take(most as u64 + 1);
        from.read_to_end(&mut plain)
            .map_err(|error| self.faulty(error))?;
        if plain.len() > most {
            return Err(too_large(most));
        }
        Ok(plain)
    }

    fn unsnap(self, block: &[u8], most: usize) -> Result<Vec<u8>, ContainerFault> {
        let (block, sum) = block
            .split_last_chunk()
            .ok_or_else(|| self.faulty("it is too short for its CRC-32"))?;
        let length = snap::raw::decompress_len(block).map_err(|error| self.faulty(error))?;
        if length > most {
            return Err(too_large(most));
        }
        // A copy of 64 bytes takes 3: what expands further is no snappy, and need not be made room for.
        if length / 32 > block.len() {
            return Err(self.faulty("its length is not that of its content"));
        }
        let plain = snap::raw::Decoder::new().decompress_vec(block);
        let plain = plain.map_err(|error| self.faulty(error))?;
        if crc32fast::hash(&plain) != u32::from_be_bytes(*sum) {
            return Err(self.faulty("its CRC-32 is another"));
        }
        Ok(plain)
    }

    fn faulty(self, reason: impl fmt::Display) -> ContainerFault {
        ContainerFault::Decompress {
            codec: self.name(),
            reason: reason.to_string(),
        }
    }
}

fn too_large(most: usize) -> ContainerFault {
    ContainerFault::TooLarge {
        what: "a decompressed block",
        most,
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Codec {
    type Err = ContainerFault;

    fn from_str(name: &str) -> Result<Self, ContainerFault> {
        let known = ALL.into_iter().find(|codec| codec.name() == name);
        known.ok_or_else(|| ContainerFault::UnknownCodec(name.chars().take(40).collect()))
    }
}
