//! The rows of the log of moves, and the queues with what it says of them.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use redb::{ReadTransaction, ReadableTable, WriteTransaction};

use crate::bytes::{Reader, put_bytes, put_uint, seal, unseal};
use crate::error::StoreError;
use crate::moves::{Came, Key, Moved, Moves};
use crate::tables;

/// A row as it is read.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    /// Rows before this one go into the table, up to this place.
    leaving_rows: u64,
    up_to: Option<Key>,
    pub(crate) came: Vec<(Key, &'a [u8])>,
    pub(crate) left: Vec<Key>,
    pub(crate) dropped: Vec<Key>,
}

/// What a request takes in a row beside its own, at most.
pub(crate) const HEAD: usize = 20;

/// A row for what a commit moves, or a part of it: rows that came, places that were left, of the table
/// and of the log.
pub(crate) fn encode(number: u64, moved: &Moved, came: &[Came], places: [&[Key]; 2]) -> Vec<u8> {
    let rows = came.iter().map(|(_, row)| row.len() + HEAD);
    let count = places.iter().map(|places| places.len()).sum::<usize>();
    let mut out = Vec::with_capacity(rows.sum::<usize>() + 16 * count + 48);
    put_uint(&mut out, moved.leaving_rows);
    put_bytes(&mut out, moved.up_to.as_ref().map_or(&[], |key| &key[..]));
    put_uint(&mut out, came.len() as u64);
    for (key, row) in came {
        out.extend_from_slice(key);
        put_bytes(&mut out, row);
    }
    for places in places {
        put_uint(&mut out, places.len() as u64);
        out.extend_from_slice(places.as_flattened());
    }
    seal(&number.to_le_bytes(), &mut out);
    out
}

impl<'a> Entry<'a> {
    /// Reads a row of the log by its key.
    pub(crate) fn read(key: &[u8], row: &'a [u8]) -> Result<Self, StoreError> {
        let mut reader: Reader<'_> = unseal("moved", key, row)?;
        let leaving_rows = reader.uint()?;
        let up_to = Reader(reader.bytes()?);
        let up_to = match up_to.0.is_empty() {
            true => None,
            false => Some({ up_to }.array()?),
        };
        let mut came = Vec::new();
        for _ in 0..reader.uint()? {
            came.push((reader.array()?, reader.bytes()?));
        }
        let mut places = || -> Result<Vec<Key>, StoreError> {
            let count = reader.uint()?;
            (0..count).map(|_| reader.array()).collect()
        };
        let (left, dropped) = (places()?, places()?);
        reader.end()?;
        Ok(Self {
            leaving_rows,
            up_to,
            came,
            left,
            dropped,
        })
    }
}

impl Moves {
    /// Goes on with the log as it is.
    pub(crate) fn load(transaction: &ReadTransaction) -> Result<Self, StoreError> {
        Self::read(&transaction.open_table(tables::MOVED)?)
    }

    fn read(log: &impl ReadableTable<u64, &'static [u8]>) -> Result<Self, StoreError> {
        let mut moves = Self::default();
        if let Some((number, row)) = log.last()? {
            let entry = Entry::read(&number.value().to_le_bytes(), row.value())?;
            moves.next_row = number.value() + 1;
            (moves.leaving_rows, moves.up_to) = (entry.leaving_rows, entry.up_to);
        }
        for row in log.iter()? {
            let (number, row) = row?;
            let number = number.value();
            let entry = Entry::read(&number.to_le_bytes(), row.value())?;
            let is_leaving = number < moves.leaving_rows;
            moves.is_leaving |= is_leaving;
            let part = match is_leaving {
                true => &mut moves.leaving,
                false => &mut moves.young,
            };
            for (key, row) in entry.came {
                part.come(key, row.into());
            }
            for key in entry.left {
                part.leave(key);
            }
            entry.dropped.iter().for_each(|_| part.undo());
            for key in entry.dropped {
                if moves.young.came.remove(&key).is_none() {
                    moves.leaving.came.remove(&key);
                }
            }
        }
        if let Some(up_to) = &moves.up_to {
            moves.leaving.came = moves.leaving.came.split_off(up_to);
            moves.leaving.came.remove(up_to);
            moves.leaving.left = moves.leaving.left.split_off(up_to);
            moves.leaving.left.remove(up_to);
        }
        Ok(moves)
    }
}

/// Visits the rows of the queues in this range, in their order, until it says that this is enough.
pub(crate) fn each(
    transaction: &ReadTransaction,
    range: RangeInclusive<Key>,
    mut visit: impl FnMut(&Key, &[u8]) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let moves = Moves::load(transaction)?;
    let came = moves.within(range.clone()).into_iter().flatten();
    let mut came = came.collect::<BTreeSet<Key>>().into_iter().peekable();
    let table = transaction.open_table(tables::QUEUE)?;
    let own = |key: &Key| moves.row(key).map_or(&[][..], |row| row);
    for row in table.range::<&Key>(range.start()..=range.end())? {
        let (key, row) = row?;
        let key = key.value();
        while let Some(before) = came.next_if(|before| before < key) {
            if !visit(&before, own(&before))? {
                return Ok(());
            }
        }
        if !moves.has_left(key) && !visit(key, row.value())? {
            return Ok(());
        }
    }
    for key in came {
        if !visit(&key, own(&key))? {
            break;
        }
    }
    Ok(())
}

/// Brings all moves into the table.
pub(crate) fn fold(transaction: &WriteTransaction) -> Result<(), StoreError> {
    let mut log = transaction.open_table(tables::MOVED)?;
    let mut table = transaction.open_table(tables::QUEUE)?;
    let moves = Moves::read(&log)?;
    for part in [moves.leaving, moves.young] {
        for (key, row) in &part.came {
            table.insert(key, &**row)?;
        }
        for key in &part.left {
            table.remove(key)?;
        }
    }
    log.retain(|_, _| false)?;
    Ok(())
}
