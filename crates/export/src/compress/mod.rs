//! Compression around a format: a file is whole frames, one after the other.

use std::io::{self, Write as _};

use flate2::write::GzEncoder;
use huntsman_core::ExportError;

use crate::format::Format;
use crate::words::Words;

mod old;
mod scan;

pub(crate) use scan::{Scan, head, scan};

/// How files are compressed: members of gzip (RFC 1952) or frames of Zstandard (RFC 8878).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    /// With a level from 0 to 9.
    Gzip(u32),
    /// With a level from 1 to 22.
    Zstd(i32),
}

impl Compression {
    /// What the words `compress` and `level` ask for.
    pub(crate) fn of(words: &Words, format: &dyn Format) -> Result<Self, ExportError> {
        let asked = match words.get("compress") {
            None | Some("none") => Self::None,
            Some("gzip" | "gz") => Self::Gzip(level(words, 6, 0..=9)?),
            Some("zstd" | "zst") => Self::Zstd(level(words, 3, 1..=22)?),
            Some(_) => return Err(words.refused("compress", "there are gzip, zstd and none")),
        };
        if asked == Self::None && words.get("level").is_some() {
            return Err(words.refused("level", "it goes with compress=gzip or compress=zstd"));
        }
        if asked != Self::None && format.is_compressed() {
            let reason = format!("{format:?} compresses inside: use codec for it");
            return Err(words.refused("compress", &reason));
        }
        Ok(asked)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip(_) => "gzip",
            Self::Zstd(_) => "zstd",
        }
    }

    pub(crate) fn is_none(self) -> bool {
        self == Self::None
    }

    /// `raw` as one whole frame.
    pub(crate) fn frame(self, raw: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Self::None => Ok(raw.to_vec()),
            Self::Gzip(level) => {
                let mut member = GzEncoder::new(Vec::new(), flate2::Compression::new(level));
                member.write_all(raw)?;
                member.finish()
            }
            Self::Zstd(level) => zstd::bulk::compress(raw, level),
        }
    }
}

fn level<T>(words: &Words, default: T, range: std::ops::RangeInclusive<T>) -> Result<T, ExportError>
where
    T: std::str::FromStr<Err = std::num::ParseIntError> + PartialOrd + std::fmt::Display + Copy,
{
    let level = words.parse("level")?.unwrap_or(default);
    if range.contains(&level) {
        return Ok(level);
    }
    let reason = format!("it is from {} to {}", range.start(), range.end());
    Err(words.refused("level", &reason))
}
