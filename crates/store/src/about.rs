//! What a job is, and how much is in its store.

use std::sync::Arc;

use huntsman_core::Timestamp;
use redb::ReadableTable;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::bytes::{seal, unseal};
use crate::error::StoreError;

/// Fixed when the job begins, but for the version of its spider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) job: Arc<str>,
    pub(crate) spider: String,
    pub(crate) version: String,
    pub(crate) began: Timestamp,
}

/// Written by every commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct State {
    /// Processes that opened the job.
    pub(crate) runs: u64,
    /// The last order number given.
    pub(crate) order: u64,
    /// Rows among the queued and the delayed.
    pub(crate) waiting: u64,
    pub(crate) seen: u64,
    /// Records that were appended in all, and those that every sink has.
    pub(crate) last: u64,
    pub(crate) confirmed: u64,
    /// Whether a run came to its end, and nothing was taken in since.
    pub(crate) finished: bool,
    /// Pages that are done.
    #[serde(default)]
    pub(crate) done: u64,
    /// The last number given in the history.
    #[serde(default)]
    pub(crate) history: u64,
    /// The present round, if it is not the first.
    #[serde(default)]
    pub(crate) again: Again,
}

/// What is known of a round that crawls a finished job again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Again {
    /// Rounds before this one.
    pub(crate) rounds: u64,
    /// The last record of these.
    pub(crate) records: u64,
    /// Their last row in the history.
    pub(crate) history: u64,
    /// The last row of theirs whose request is queued again; all of them if there is none.
    pub(crate) queued: Option<u64>,
    /// Whether only items leave that no earlier round has delivered.
    pub(crate) only_new: bool,
}

impl State {
    /// The number of the present round: 1 for the first.
    pub(crate) fn round(&self) -> u64 {
        self.again.rounds + 1
    }
}

pub(crate) const FORMAT: &str = "format";
pub(crate) const IDENTITY: &str = "identity";
pub(crate) const STATE: &str = "state";

/// Puts a value under its word.
pub(crate) fn put<T: Serialize>(
    table: &mut redb::Table<'_, &'static str, &'static [u8]>,
    word: &str,
    value: &T,
) -> Result<(), StoreError> {
    let json = serde_json::to_vec(value);
    let mut row = json.map_err(|error| StoreError::Database(error.to_string()))?;
    seal(word.as_bytes(), &mut row);
    table.insert(word, row.as_slice())?;
    Ok(())
}

/// What stands under a word.
pub(crate) fn get<T: DeserializeOwned>(
    table: &impl ReadableTable<&'static str, &'static [u8]>,
    word: &str,
) -> Result<T, StoreError> {
    let row = table.get(word)?;
    let row = row.ok_or_else(|| StoreError::Damaged(format!("`{word}` is not there")))?;
    let json = unseal("about", word.as_bytes(), row.value())?;
    serde_json::from_slice(json.0)
        .map_err(|error| StoreError::Damaged(format!("`{word}` cannot be read: {error}")))
}
