//! A host on disk.

use std::time::Duration;

use huntsman_core::frontier::PaceState;
use huntsman_core::{HostKey, Timestamp};

use crate::bytes::{put_bytes, put_uint, seal, unseal};
use crate::error::StoreError;

/// A host: its name, its rows in the queue, and what of its pace outlives a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Host {
    pub(crate) name: String,
    pub(crate) rows: u64,
    pub(crate) pace: PaceState,
}

impl Host {
    /// The key, letter for letter.
    pub(crate) fn key(&self) -> Result<HostKey, StoreError> {
        let name = serde_json::Value::from(self.name.as_str());
        serde_json::from_value(name).map_err(|error| StoreError::Damaged(error.to_string()))
    }
}

pub(crate) fn encode(number: u32, host: &Host) -> Vec<u8> {
    let mut out = Vec::with_capacity(host.name.len() + 24);
    put_bytes(&mut out, host.name.as_bytes());
    put_uint(&mut out, host.rows);
    put_uint(&mut out, host.pace.next.0);
    let at_least = u64::try_from(host.pace.at_least.as_millis()).unwrap_or(u64::MAX);
    put_uint(&mut out, at_least);
    put_uint(&mut out, host.pace.turns);
    seal(&number.to_le_bytes(), &mut out);
    out
}

pub(crate) fn decode(number: u32, row: &[u8]) -> Result<Host, StoreError> {
    let mut reader = unseal("hosts", &number.to_le_bytes(), row)?;
    let host = Host {
        name: reader.text()?.to_owned(),
        rows: reader.uint()?,
        pace: PaceState {
            next: Timestamp(reader.uint()?),
            at_least: Duration::from_millis(reader.uint()?),
            turns: reader.uint()?,
        },
    };
    reader.end()?;
    Ok(host)
}
