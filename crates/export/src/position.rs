//! Where a feed of files stands, as text for the store.

use serde::{Deserialize, Serialize};

/// Where a feed stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    /// Format, compression and mode: a run with others cannot go on from here.
    pub(crate) form: String,
    /// The number of the file that is written, or is next.
    pub(crate) number: u64,
    /// The greatest number that was there before the job.
    pub(crate) there: u64,
    /// A file has been finished.
    pub(crate) made: bool,
    pub(crate) file: Stand,
}

/// How far the file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stand {
    /// There is none yet.
    None,
    /// It is there from before, and will be cut after `keep` bytes. What is behind them comes
    /// after the state.
    Old { keep: u64, check: u32 },
    /// It is written up to byte `at`. What its place needs comes after the state.
    Begun { at: u64, empty: bool, records: u64 },
}

impl State {
    /// The state on one line, and what comes after it.
    pub(crate) fn to_bytes(&self, after: &[u8]) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).expect("numbers and texts are JSON");
        bytes.push(b'\n');
        bytes.extend_from_slice(after);
        bytes
    }

    pub(crate) fn parse(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let state = serde_json::from_slice(&bytes[..end]).ok()?;
        Some((state, &bytes[end + 1..]))
    }
}
