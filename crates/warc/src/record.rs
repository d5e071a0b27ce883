//! One record as it stands in a file.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use flate2::Compression;
use flate2::write::GzEncoder;
use huntsman_core::Timestamp;

use crate::digest::digest;
use crate::header::Header;

/// How records are compressed. Pages shrink to a fifth either way; more effort brings little.
const LEVEL: Compression = Compression::new(3);
/// For what is compressed already.
const LITTLE: Compression = Compression::new(1);

/// Identifiers of records: unique by a random half, in order by the other.
#[derive(Debug)]
pub(crate) struct Ids {
    random: u64,
    next: AtomicU64,
}

impl Ids {
    pub(crate) fn new() -> Self {
        // Each hasher of the standard library has its own random keys.
        let half = || RandomState::new().build_hasher().finish();
        Self {
            random: half(),
            next: AtomicU64::new(half() >> 8),
        }
    }

    /// A UUID of version 8 (RFC 9562 §5.8), as a `WARC-Record-ID` has it.
    pub(crate) fn next(&self) -> String {
        let count = self.next.fetch_add(1, Ordering::Relaxed);
        let (a, b) = (self.random >> 32, self.random >> 16 & 0xffff);
        let (c, d) = (self.random & 0xfff, count >> 48 & 0x3fff | 0x8000);
        let e = count & 0xffff_ffff_ffff;
        format!("<urn:uuid:{a:08x}-{b:04x}-8{c:03x}-{d:04x}-{e:012x}>")
    }
}

/// The end of the year 9999, after which dates are written otherwise.
const LATEST: u64 = 253_402_300_799_999;

/// A point in time as `WARC-Date` has it: UTC, with its fraction (WARC 1.1 §5.4).
pub(crate) fn date(time: Timestamp) -> String {
    let time = UNIX_EPOCH.checked_add(Duration::from_millis(time.0.min(LATEST)));
    humantime::format_rfc3339_millis(time.unwrap_or(UNIX_EPOCH)).to_string()
}

/// What one record is made of.
pub(crate) struct Record<'a> {
    pub(crate) kind: &'static str,
    pub(crate) id: &'a str,
    pub(crate) date: &'a str,
    /// Further fields.
    pub(crate) fields: Vec<(&'static str, String)>,
    pub(crate) content_type: &'static str,
    /// The block, in parts that follow one another.
    pub(crate) block: &'a [&'a [u8]],
    /// The block will not become smaller.
    pub(crate) is_dense: bool,
}

impl Record<'_> {
    /// Appends the record to `out`, in a gzip member of its own if asked for.
    pub(crate) fn write(self, gzip: bool, out: &mut Vec<u8>) {
        let mut header = Header::default();
        header.add("WARC-Type", self.kind);
        header.add("WARC-Record-ID", self.id);
        header.add("WARC-Date", self.date);
        for (name, value) in self.fields {
            header.add(name, value);
        }
        header.add("WARC-Block-Digest", digest(self.block));
        header.add("Content-Type", self.content_type);
        let length: usize = self.block.iter().map(|part| part.len()).sum();
        header.add("Content-Length", length.to_string());
        let text = header.text();
        let parts = [text.as_bytes()].into_iter();
        let parts = parts
            .chain(self.block.iter().copied())
            .chain([&b"\r\n\r\n"[..]]);
        let written = if gzip {
            let level = if self.is_dense { LITTLE } else { LEVEL };
            let mut encoder = GzEncoder::new(&mut *out, level);
            all(parts, &mut encoder).and_then(|()| encoder.finish().map(|_| ()))
        } else {
            all(parts, out)
        };
        written.expect("invariant: memory can be written to");
    }
}

fn all<'a>(parts: impl Iterator<Item = &'a [u8]>, out: &mut impl Write) -> io::Result<()> {
    for part in parts {
        out.write_all(part)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_uuids_and_differ() {
        let ids = Ids::new();
        let (a, b) = (ids.next(), ids.next());
        assert_ne!(a, b);
        assert_ne!(Ids::new().next(), a);
        assert_eq!(
            a.len(),
            "<urn:uuid:00000000-0000-8000-8000-000000000000>".len()
        );
        assert_eq!(&a[24..25], "8", "{a}");
        assert!(matches!(&a[29..30], "8" | "9" | "a" | "b"), "{a}");
    }

    #[test]
    fn dates_have_their_fraction() {
        assert_eq!(date(Timestamp(1_500)), "1970-01-01T00:00:01.500Z");
        assert_eq!(date(Timestamp(u64::MAX)), "9999-12-31T23:59:59.999Z");
    }
}
