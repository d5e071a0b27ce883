//! Records on their way out: all on disk, those of this run in memory too, up to a limit.

use std::collections::BTreeMap;
use std::sync::Arc;

use huntsman_core::frontier::Digest;
use huntsman_core::{Fingerprint, Record, RecordId, Schema, Sequence};

use crate::bytes::{Reader, misread, put_bytes, put_uint, seal, unseal};
use crate::error::StoreError;
use crate::history::ItemDigest;
use crate::item::{self, Names};
use crate::types::Types;

/// The row of a record.
pub(crate) fn encode(
    sequence: u64,
    record: &Record,
    kind: u32,
    names: &mut Names,
) -> Result<Vec<u8>, StoreError> {
    let mut out = Vec::with_capacity(256);
    out.extend_from_slice(&record.id.request.0.to_be_bytes());
    put_uint(&mut out, u64::from(record.id.ordinal));
    put_bytes(&mut out, record.url.as_bytes());
    put_uint(&mut out, u64::from(kind));
    item::encode(&*record.item, names, &mut out).map_err(|reason| StoreError::Item {
        kind: record.item.schema().name.to_owned(),
        url: record.url.to_string(),
        reason,
    })?;
    seal(&sequence.to_le_bytes(), &mut out);
    Ok(out)
}

/// The digest of the item in a row. Equal ones have the same type and the same content.
pub(crate) fn digest(row: &[u8]) -> Result<ItemDigest, StoreError> {
    let content = row
        .split_last_chunk::<4>()
        .map_or(row, |(content, _)| content);
    let mut reader = Reader(content);
    reader.take(16)?;
    reader.uint()?;
    reader.bytes()?;
    let Digest(whole) = Digest::of(reader.0);
    let half = whole.first_chunk();
    half.copied()
        .ok_or_else(|| misread("a digest is too short"))
}

/// Reads what [`encode`] wrote.
pub(crate) fn decode(
    sequence: u64,
    row: &[u8],
    names: &Names,
    types: &Types,
) -> Result<Record, StoreError> {
    let mut reader = unseal("outbox", &sequence.to_le_bytes(), row)?;
    let request = Fingerprint(u128::from_be_bytes(reader.array()?));
    let ordinal = reader.narrow()?;
    let url: Arc<str> = reader.text()?.into();
    let schema: &'static Schema = types.schema(reader.narrow()?)?;
    let stored = item::decode(&mut reader, names, schema)?;
    reader.end()?;
    Ok(Record {
        id: RecordId { request, ordinal },
        item: Arc::new(stored),
        url,
    })
}

/// The number of the schema that a record's row names, without its item.
pub(crate) fn kind(sequence: u64, row: &[u8]) -> Result<u32, StoreError> {
    let mut reader = unseal("outbox", &sequence.to_le_bytes(), row)?;
    reader.take(16)?;
    reader.uint()?;
    reader.bytes()?;
    reader.narrow()
}

/// What is known of the outbox without looking at the disk.
#[derive(Debug)]
pub(crate) struct Outbox {
    /// Records of this run with their size on disk, by sequence number.
    recent: BTreeMap<u64, (Record, usize)>,
    bytes: usize,
    most: usize,
    pub(crate) last: Sequence,
    /// The last record that every sink has, as far as the engine said.
    pub(crate) confirmed: Sequence,
}

impl Outbox {
    pub(crate) fn new(last: u64, confirmed: u64, most: usize) -> Self {
        Self {
            recent: BTreeMap::new(),
            bytes: 0,
            most,
            last: Sequence(last),
            confirmed: Sequence(confirmed),
        }
    }

    pub(crate) fn len(&self) -> u64 {
        self.last.0 - self.confirmed.0
    }

    /// A record was committed, whose row has this size.
    pub(crate) fn append(&mut self, record: Record, size: usize) {
        self.last.0 += 1;
        if self.bytes + size <= self.most {
            self.bytes += size;
            self.recent.insert(self.last.0, (record, size));
        }
    }

    pub(crate) fn recent(&self, sequence: u64) -> Option<&Record> {
        self.recent.get(&sequence).map(|(record, _)| record)
    }

    pub(crate) fn confirm(&mut self, up_to: Sequence) {
        self.confirmed = self.confirmed.max(up_to.min(self.last));
        while let Some(entry) = self.recent.first_entry()
            && *entry.key() <= self.confirmed.0
        {
            self.bytes -= entry.remove().1;
        }
    }
}
