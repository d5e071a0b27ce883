//! When a file is full and the next begins.

use std::time::Duration;

use bytesize::ByteSize;
use huntsman_core::ExportError;

use crate::words::Words;

/// What a file has at most; whichever comes first ends it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Batches {
    items: Option<u64>,
    bytes: Option<u64>,
    /// Since its first record.
    pub(crate) time: Option<Duration>,
}

impl Batches {
    /// What the words `batch_items`, `batch_bytes` and `batch_time` ask for.
    pub(crate) fn of(words: &Words) -> Result<Self, ExportError> {
        let batches = Self {
            items: words.parse("batch_items")?,
            bytes: words
                .parse::<ByteSize>("batch_bytes")?
                .map(|size| size.as_u64()),
            time: words
                .parse::<humantime::Duration>("batch_time")?
                .map(Duration::from),
        };
        let nothing = [
            ("batch_items", batches.items == Some(0)),
            ("batch_bytes", batches.bytes == Some(0)),
            ("batch_time", batches.time == Some(Duration::ZERO)),
        ];
        match nothing.into_iter().find(|(_, is)| *is) {
            Some((word, _)) => Err(words.refused(word, "a file has to hold something")),
            None => Ok(batches),
        }
    }

    /// The first of its words that is there.
    pub(crate) fn word(&self) -> Option<&'static str> {
        [
            ("batch_items", self.items.is_some()),
            ("batch_bytes", self.bytes.is_some()),
            ("batch_time", self.time.is_some()),
        ]
        .into_iter()
        .find_map(|(word, is)| is.then_some(word))
    }

    /// Whether a file with so much is full.
    pub(crate) fn is_full(&self, items: u64, bytes: impl FnOnce() -> u64) -> bool {
        self.items.is_some_and(|most| items >= most)
            || self.bytes.is_some_and(|most| bytes() >= most)
    }
}
