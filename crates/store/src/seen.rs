//! The requests that were ever taken in: exact, on disk, with what is new in memory.
//!
//! Fingerprints come in no order, so that each new one would change a page of the tree of its own.
//! They are written one after the other first, and stand in memory too; whenever there are enough
//! of them, they go into the tree in its order, some with each commit.

use huntsman_core::Fingerprint;
use huntsman_core::fingerprint::FingerprintSet;
use redb::{ReadTransaction, ReadableTable, ReadableTableMetadata as _, WriteTransaction};

use crate::bytes::{seal, unseal};
use crate::error::StoreError;
use crate::tables;

/// New fingerprints that are enough to go into the tree.
const ENOUGH: usize = 1 << 20;

/// The least of them that go with one commit.
const LEAST: usize = 64;

/// Fingerprints from the tree that are remembered: what pages link to, they link to often.
const REMEMBERED: usize = 1 << 16;

/// What of the seen requests is in memory.
#[derive(Debug)]
pub(crate) struct Seen {
    enough: usize,
    /// Those that are found on pages whose end is not committed: they are on no disk.
    announced: FingerprintSet,
    /// Those that are not in the tree, and do not go there yet.
    young: FingerprintSet,
    /// Those that go there now.
    leaving: FingerprintSet,
    /// The same, the greatest first.
    left: Vec<Fingerprint>,
    /// Some that are in the tree.
    remembered: FingerprintSet,
    /// Of this commit.
    added: Vec<Fingerprint>,
    next_row: u64,
    /// Rows before this one are of those that are leaving.
    leaving_rows: u64,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            enough: ENOUGH,
            announced: FingerprintSet::default(),
            young: FingerprintSet::default(),
            leaving: FingerprintSet::default(),
            left: Vec::new(),
            remembered: FingerprintSet::default(),
            added: Vec::new(),
            next_row: 0,
            leaving_rows: 0,
        }
    }
}

impl Seen {
    /// Reads those that are not in the tree, or were on their way there.
    pub(crate) fn load(transaction: &ReadTransaction) -> Result<Self, StoreError> {
        let mut seen = Self::default();
        for row in transaction.open_table(tables::FRESH)?.iter()? {
            let (number, row) = row?;
            seen.next_row = number.value() + 1;
            seen.young.extend(read(number.value(), row.value())?);
        }
        Ok(seen)
    }

    /// As one that takes this many to be enough, for tests of what happens then.
    #[cfg(test)]
    pub(crate) fn with_enough(&mut self, enough: usize) {
        self.enough = enough;
    }

    /// Takes a fingerprint in, and says whether it is new.
    pub(crate) fn take(
        &mut self,
        tree: &impl ReadableTable<&'static [u8; 16], ()>,
        fingerprint: Fingerprint,
    ) -> Result<bool, StoreError> {
        let is_new = !self.is_known(tree, fingerprint)?;
        if is_new {
            self.commit(fingerprint);
        }
        Ok(is_new)
    }

    /// Takes one in that is not to be written before [`Seen::commit`], and says whether
    /// it is new: a crash must forget it together with the page that it was found on.
    pub(crate) fn announce(
        &mut self,
        tree: &impl ReadableTable<&'static [u8; 16], ()>,
        fingerprint: Fingerprint,
    ) -> Result<bool, StoreError> {
        let is_new = !self.is_known(tree, fingerprint)?;
        if is_new {
            self.announced.insert(fingerprint);
        }
        Ok(is_new)
    }

    /// One that is new, or was announced, goes into this commit.
    pub(crate) fn commit(&mut self, fingerprint: Fingerprint) {
        self.announced.remove(&fingerprint);
        self.young.insert(fingerprint);
        self.added.push(fingerprint);
    }

    fn is_known(
        &mut self,
        tree: &impl ReadableTable<&'static [u8; 16], ()>,
        fingerprint: Fingerprint,
    ) -> Result<bool, StoreError> {
        let is_known = self.remembered.contains(&fingerprint)
            || self.announced.contains(&fingerprint)
            || self.young.contains(&fingerprint)
            || self.leaving.contains(&fingerprint);
        if is_known {
            return Ok(true);
        }
        if tree.get(&fingerprint.0.to_be_bytes())?.is_none() {
            return Ok(false);
        }
        if self.remembered.len() >= REMEMBERED {
            self.remembered.clear();
        }
        self.remembered.insert(fingerprint);
        Ok(true)
    }

    /// All who look into the tree see what the last commit has written.
    pub(crate) fn committed(&mut self) {
        if self.left.is_empty() {
            self.leaving = FingerprintSet::default();
        }
    }

    /// Writes what was taken in, and moves some into the tree.
    pub(crate) fn write(&mut self, transaction: &WriteTransaction) -> Result<(), StoreError> {
        let mut fresh = transaction.open_table(tables::FRESH)?;
        let added = std::mem::take(&mut self.added);
        if !added.is_empty() {
            let mut row = Vec::with_capacity(added.len() * 16 + 4);
            for fingerprint in &added {
                row.extend_from_slice(&fingerprint.0.to_be_bytes());
            }
            seal(&self.next_row.to_le_bytes(), &mut row);
            fresh.insert(self.next_row, row.as_slice())?;
            self.next_row += 1;
        }
        if self.left.is_empty() && self.young.len() >= self.enough {
            self.leaving = std::mem::take(&mut self.young);
            self.left = self.leaving.iter().copied().collect();
            self.left.sort_unstable_by(|a, b| b.cmp(a));
            self.leaving_rows = self.next_row;
        }
        if self.left.is_empty() {
            return Ok(());
        }
        let mut tree = transaction.open_table(tables::SEEN)?;
        // Twice as many as came: they are gone before there are enough others.
        let some = self.left.len().saturating_sub((2 * added.len()).max(LEAST));
        for fingerprint in self.left.split_off(some).iter().rev() {
            tree.insert(&fingerprint.0.to_be_bytes(), ())?;
        }
        if self.left.is_empty() {
            // In memory they stay until all see the tree that has them.
            fresh.retain_in(..self.leaving_rows, |_, _| false)?;
        }
        Ok(())
    }
}

/// The fingerprints of a row.
fn read(
    number: u64,
    row: &[u8],
) -> Result<impl Iterator<Item = Fingerprint> + use<'_>, StoreError> {
    let row = unseal("fresh", &number.to_le_bytes(), row)?;
    let (all, _) = row.0.as_chunks::<16>();
    Ok(all
        .iter()
        .map(|bytes| Fingerprint(u128::from_be_bytes(*bytes))))
}

/// How many there are, by looking at all.
pub(crate) fn count(transaction: &ReadTransaction) -> Result<u64, StoreError> {
    let tree = transaction.open_table(tables::SEEN)?;
    let mut others = FingerprintSet::default();
    for row in transaction.open_table(tables::FRESH)?.iter()? {
        let (number, row) = row?;
        for fingerprint in read(number.value(), row.value())? {
            // Some may have arrived in the tree, while their row is still there.
            if tree.get(&fingerprint.0.to_be_bytes())?.is_none() {
                others.insert(fingerprint);
            }
        }
    }
    Ok(tree.len()? + others.len() as u64)
}
