//! The hosts on disk: a table by number, and before it a log of what changed of them.
//!
//! The hosts of a commit come in no order, so that each would change a page of the table of its
//! own. What changes is written one after the other first. Whenever there is enough of it, the
//! hosts go into the table in its order, some with each commit; what is in the log counts more than
//! the table, and the last row of the log most.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use huntsman_core::Timestamp;
use huntsman_core::frontier::PaceState;
use redb::{ReadTransaction, ReadableTable, WriteTransaction};

use crate::bytes::{Reader, put_uint, seal, unseal};
use crate::error::StoreError;
use crate::host::{self, Host};
use crate::index::Index;
use crate::tables;

/// Changes that are enough for the table.
const ENOUGH: usize = 1 << 17;

/// The fewest hosts that go with one commit.
const LEAST: usize = 16;

/// What of a host changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) rows: u64,
    pub(crate) pace: PaceState,
}

/// How far the log is.
#[derive(Debug)]
pub(crate) struct Hosts {
    enough: usize,
    /// Hosts that the table has; they are numbered without gaps.
    in_table: u32,
    /// Changes in the log, and the hosts that they are of, without those that are leaving.
    changes: usize,
    changed: BTreeSet<u32>,
    /// Hosts that go into the table now, the greatest first.
    left: Vec<u32>,
    next_row: u64,
    /// Rows before this one are of those that are leaving.
    leaving_rows: u64,
}

impl Hosts {
    /// Goes on with the log as it is.
    pub(crate) fn load(transaction: &ReadTransaction) -> Result<Self, StoreError> {
        let last = transaction.open_table(tables::HOSTS)?;
        let last = last.last()?.map(|(number, _)| number.value());
        let mut hosts = Self {
            enough: ENOUGH,
            in_table: last.map_or(0, |last| last + 1),
            changes: 0,
            changed: BTreeSet::new(),
            left: Vec::new(),
            next_row: 0,
            leaving_rows: 0,
        };
        for row in transaction.open_table(tables::CHANGED)?.iter()? {
            let (number, row) = row?;
            hosts.next_row = number.value() + 1;
            read(&number.value().to_le_bytes(), row.value(), |host, _| {
                hosts.changes += 1;
                hosts.changed.insert(host);
            })?;
        }
        Ok(hosts)
    }

    /// As one that takes this many changes to be enough, for tests of what happens then.
    #[cfg(test)]
    pub(crate) fn with_enough(&mut self, enough: usize) {
        self.enough = enough;
    }

    /// Writes the hosts that are new, what changed of the others, and moves some into the table.
    /// `grown` says by how many rows the queues grow with this commit.
    pub(crate) fn write(
        &mut self,
        transaction: &WriteTransaction,
        index: &mut Index,
        grown: &BTreeMap<u32, i64>,
    ) -> Result<(), StoreError> {
        let mut touched = std::mem::take(&mut index.dirty);
        touched.extend(grown.keys());
        let now = |number: u32| host_now(index, number, grown);
        let new = touched.split_off(&self.in_table);
        let mut row = Vec::with_capacity(touched.len() * 16 + 4);
        for number in &touched {
            put(&mut row, *number, &now(*number));
        }
        self.changes += touched.len();
        if !touched.is_empty() {
            let mut log = transaction.open_table(tables::CHANGED)?;
            seal(&self.next_row.to_le_bytes(), &mut row);
            log.insert(self.next_row, row.as_slice())?;
            self.next_row += 1;
        }
        if self.left.is_empty() && self.changes + touched.len() >= self.enough {
            self.changes = 0;
            self.changed.extend(&touched);
            self.left = std::mem::take(&mut self.changed)
                .into_iter()
                .rev()
                .collect();
            self.leaving_rows = self.next_row;
        } else {
            self.changed.extend(&touched);
        }
        let mut table = transaction.open_table(tables::HOSTS)?;
        for number in new {
            table.insert(number, host::encode(number, &now(number)).as_slice())?;
            self.in_table = number + 1;
        }
        if self.left.is_empty() {
            return Ok(());
        }
        // Twice as many as came: they are gone before there are enough others.
        let some = self
            .left
            .len()
            .saturating_sub((2 * touched.len()).max(LEAST));
        for number in self.left.split_off(some).into_iter().rev() {
            table.insert(number, host::encode(number, &now(number)).as_slice())?;
        }
        if self.left.is_empty() {
            let mut log = transaction.open_table(tables::CHANGED)?;
            log.retain_in(..self.leaving_rows, |_, _| false)?;
        }
        Ok(())
    }
}

/// A host as this commit leaves it.
fn host_now(index: &Index, number: u32, grown: &BTreeMap<u32, i64>) -> Host {
    let at = number as usize;
    let grown = grown.get(&number).copied().unwrap_or_default();
    Host {
        name: index.names[at].as_str().to_owned(),
        rows: index.queues[at].rows().saturating_add_signed(grown),
        pace: index.turns.state(at),
    }
}

/// Every host as it is, in the order of the numbers.
pub(crate) fn all(
    transaction: &ReadTransaction,
) -> Result<impl Iterator<Item = Result<(u32, Host), StoreError>>, StoreError> {
    let changes = changes(&transaction.open_table(tables::CHANGED)?)?;
    let table = transaction.open_table(tables::HOSTS)?;
    Ok(table.range::<u32>(..)?.map(move |row| {
        let (number, row) = row?;
        let number = number.value();
        let host = host::decode(number, row.value())?;
        Ok((number, changed(host, changes.get(&number))))
    }))
}

/// A host with what the log says of it.
pub(crate) fn changed(host: Host, change: Option<&Change>) -> Host {
    match change {
        None => host,
        Some(Change { rows, pace }) => Host {
            rows: *rows,
            pace: *pace,
            ..host
        },
    }
}

/// Brings all changes into the table.
pub(crate) fn fold(transaction: &WriteTransaction) -> Result<(), StoreError> {
    let mut log = transaction.open_table(tables::CHANGED)?;
    let mut table = transaction.open_table(tables::HOSTS)?;
    for (number, change) in changes(&log)? {
        let host = table.get(number)?.map(|row| row.value().to_vec());
        let host = host.ok_or_else(|| StoreError::Damaged("a host is not there".to_owned()))?;
        let host = changed(host::decode(number, &host)?, Some(&change));
        table.insert(number, host::encode(number, &host).as_slice())?;
    }
    log.retain(|_, _| false)?;
    Ok(())
}

fn changes(
    log: &impl ReadableTable<u64, &'static [u8]>,
) -> Result<BTreeMap<u32, Change>, StoreError> {
    let mut changes = BTreeMap::new();
    for row in log.iter()? {
        let (number, row) = row?;
        read(
            &number.value().to_le_bytes(),
            row.value(),
            |host, change| {
                changes.insert(host, change);
            },
        )?;
    }
    Ok(changes)
}

fn put(out: &mut Vec<u8>, number: u32, host: &Host) {
    let at_least = u64::try_from(host.pace.at_least.as_millis()).unwrap_or(u64::MAX);
    let pace = &host.pace;
    for value in [
        u64::from(number),
        host.rows,
        pace.next.0,
        at_least,
        pace.turns,
    ] {
        put_uint(out, value);
    }
}

/// Reads a row of the log.
pub(crate) fn read(
    key: &[u8],
    row: &[u8],
    mut each: impl FnMut(u32, Change),
) -> Result<(), StoreError> {
    let mut reader: Reader<'_> = unseal("changed", key, row)?;
    while !reader.0.is_empty() {
        let number = reader.narrow()?;
        let change = Change {
            rows: reader.uint()?,
            pace: PaceState {
                next: Timestamp(reader.uint()?),
                at_least: Duration::from_millis(reader.uint()?),
                turns: reader.uint()?,
            },
        };
        each(number, change);
    }
    Ok(())
}
