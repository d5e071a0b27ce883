//! The outbox of a repaired store.
//!
//! Sinks count records, so that none may be missing between two others: in the place of a lost one
//! stands a rejected item that says so. It goes to the quarantine, where there is one.

use std::collections::BTreeMap;
use std::sync::Arc;

use huntsman_core::{Fingerprint, Record, RecordId, Rejected, Violation};
use redb::{ReadableTable as _, WriteTransaction};

use super::lost::{long, short};
use super::reading::Reading;
use crate::about::State;
use crate::bytes::{misread, put_bytes, seal};
use crate::commit;
use crate::error::StoreError;
use crate::item::{self, Names};
use crate::outbox;
use crate::tables;
use crate::types::{self, Types};
use crate::writer::Dictionary;

/// Names and types, each under its own number; in the place of a lost one stands a word for that.
/// Returns their rows.
pub(super) fn read_words(
    reading: &mut Reading<'_>,
    names: &mut Names,
    types: &mut Types,
) -> Result<[BTreeMap<u32, Vec<u8>>; 2], StoreError> {
    let lost_name = |number: u32| {
        let mut row = item::LOST.as_bytes().to_vec();
        seal(&number.to_le_bytes(), &mut row);
        row
    };
    let lost_type = |number: u32| {
        let mut row = 0_u32.to_le_bytes().to_vec();
        put_bytes(&mut row, types::LOST.as_bytes());
        seal(&number.to_le_bytes(), &mut row);
        row
    };
    let words = numbered(reading, "names", &lost_name)?;
    for row in words.values() {
        let text = std::str::from_utf8(&row[..row.len() - 4]);
        names.restore(text.unwrap_or(item::LOST))?;
    }
    let kinds = numbered(reading, "types", &lost_type)?;
    for (number, row) in &kinds {
        types.restore(*number, row)?;
    }
    Ok([words, kinds])
}

/// The same, written to the new store.
pub(super) fn words(
    reading: &mut Reading<'_>,
    transaction: &WriteTransaction,
) -> Result<Dictionary, StoreError> {
    let mut dictionary = Dictionary {
        names: Names::default(),
        types: Types::anything(),
    };
    let Dictionary { names, types } = &mut dictionary;
    let rows = read_words(reading, names, types)?;
    for (table, rows) in [tables::NAMES, tables::TYPES].into_iter().zip(rows) {
        let mut table = transaction.open_table(table)?;
        for (number, row) in rows {
            table.insert(number, row.as_slice())?;
        }
    }
    Ok(dictionary)
}

/// The rows of a table whose keys count from 0 on, with one made for each that is lost.
fn numbered(
    reading: &mut Reading<'_>,
    table: &'static str,
    lost: &dyn Fn(u32) -> Vec<u8>,
) -> Result<BTreeMap<u32, Vec<u8>>, StoreError> {
    let mut rows = BTreeMap::new();
    reading.rows(table, &mut |key, row| {
        let number = short(key).ok_or_else(|| misread("a key is too long"))?;
        rows.insert(number, row.to_vec());
        Ok(())
    })?;
    let there = reading.survey.tables.get(table).map_or(0, |tree| tree.rows);
    let last = rows.keys().last().map_or(0, |last| u64::from(*last) + 1);
    for number in 0..u32::try_from(there.max(last)).unwrap_or(u32::MAX) {
        rows.entry(number).or_insert_with(|| lost(number));
    }
    Ok(rows)
}

/// Copies the records, and puts something in the place of those that are lost.
pub(super) fn outbox(
    reading: &mut Reading<'_>,
    transaction: &WriteTransaction,
    mut dictionary: Dictionary,
    state: &mut State,
) -> Result<(), StoreError> {
    let mut table = transaction.open_table(tables::OUTBOX)?;
    reading.rows("outbox", &mut |key, row| {
        let sequence = long(key).ok_or_else(|| misread("a key is too long"))?;
        outbox::decode(sequence, row, &dictionary.names, &dictionary.types)?;
        table.insert(sequence, row)?;
        Ok(())
    })?;
    let first = table.first()?.map(|(first, _)| first.value());
    let last = table.last()?.map_or(0, |(last, _)| last.value());
    state.last = state.last.max(last);
    if reading.survey.is_estimated {
        // Of a commit that is not quite this one: what lies before the first record left the
        // outbox, and if there is none, all did.
        let empty = reading.survey.tables.get("outbox").map(|tree| tree.rows) == Some(0);
        let confirmed = if empty {
            Some(state.last)
        } else {
            first.map(|first| first - 1)
        };
        state.confirmed = confirmed.unwrap_or(state.confirmed).max(state.confirmed);
    }
    state.confirmed = state.confirmed.min(state.last);
    let mut lost = Vec::new();
    for sequence in state.confirmed + 1..=state.last {
        if table.get(sequence)?.is_some() {
            continue;
        }
        lost.push(sequence);
        let record = lost_record(sequence);
        let kind = dictionary.types.number(record.item.schema());
        let row = outbox::encode(sequence, &record, kind, &mut dictionary.names)?;
        table.insert(sequence, row.as_slice())?;
    }
    drop(table);
    for range in ranges(&lost) {
        reading.losses.say(format!(
            "outbox: {range} lost; sinks go on behind, and a quarantine has a line for each"
        ));
    }
    commit::write_dictionary(transaction, &dictionary)
}

/// Stands where a record was.
fn lost_record(sequence: u64) -> Record {
    let item = Rejected {
        kind: String::new(),
        item: serde_json::Value::Null,
        violations: vec![Violation {
            path: String::new(),
            rule: "lost".to_owned(),
            message: format!("record {sequence} was lost when the job's store was damaged"),
            value: String::new(),
        }],
        spider: String::new(),
        url: String::new(),
        request: String::new(),
        time: 0,
        schema: String::new(),
    };
    Record {
        id: RecordId {
            request: Fingerprint(0),
            ordinal: u32::try_from(sequence).unwrap_or(u32::MAX),
        },
        item: Arc::new(item),
        url: "".into(),
    }
}

/// Numbers that follow each other, in words.
fn ranges(numbers: &[u64]) -> Vec<String> {
    let runs = numbers.chunk_by(|a, b| a + 1 == *b);
    let words = runs.filter_map(|run| match run {
        [] => None,
        [one] => Some(format!("record {one} is")),
        [first, .., last] => Some(format!("records {first} to {last} are")),
    });
    words.collect()
}
