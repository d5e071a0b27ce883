//! The requests that were ever taken in: exact, on disk, with what is new in memory.
//!
//! Their marks come in no order, so that each new one would change a page of the tree of its own.
//! They are written one after the other first, and stand in memory too; whenever there are enough
//! of them, they go into the tree in its order, some with each commit.

use huntsman_core::request::Candidate;
use redb::{ReadTransaction, ReadableTable, ReadableTableMetadata as _, WriteTransaction};

use crate::bytes::{seal, unseal};
use crate::error::StoreError;
use crate::mark::{Mark, MarkSet, Marking};
use crate::{about, tables};

/// New marks that are enough to go into the tree.
const ENOUGH: usize = 1 << 20;

/// The least of them that go with one commit.
const LEAST: usize = 64;

/// Marks from the tree that are remembered: what pages link to, they link to often.
const REMEMBERED: usize = 1 << 16;

/// Rows of the tree that may be walked for each mark that is looked for: a look from the root on
/// costs about as much.
const ROWS_A_MARK: usize = 16;

/// What of the seen requests is in memory.
#[derive(Debug)]
pub(crate) struct Seen {
    marking: Marking,
    enough: usize,
    /// Those that are found on pages whose end is not committed: they are on no disk.
    announced: MarkSet,
    /// Those that are not in the tree, and do not go there yet.
    young: MarkSet,
    /// Those that go there now.
    leaving: MarkSet,
    /// The same, the greatest first.
    left: Vec<Mark>,
    /// Some that are in the tree.
    remembered: MarkSet,
    /// Of this commit.
    added: Vec<Mark>,
    next_row: u64,
    /// Rows before this one are of those that are leaving.
    leaving_rows: u64,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            marking: Marking::default(),
            enough: ENOUGH,
            announced: MarkSet::default(),
            young: MarkSet::default(),
            leaving: MarkSet::default(),
            left: Vec::new(),
            remembered: MarkSet::default(),
            added: Vec::new(),
            next_row: 0,
            leaving_rows: 0,
        }
    }
}

impl Seen {
    /// Reads those that are not in the tree, or were on their way there.
    pub(crate) fn load(transaction: &ReadTransaction) -> Result<Self, StoreError> {
        let format = about::get(&transaction.open_table(tables::ABOUT)?, about::FORMAT)?;
        let mut seen = Self {
            marking: tables::marking(format),
            ..Self::default()
        };
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

    /// Takes a request in, and says whether it is new.
    pub(crate) fn take(
        &mut self,
        tree: &impl ReadableTable<&'static [u8; 16], ()>,
        mark: Mark,
    ) -> Result<bool, StoreError> {
        let is_new = !self.is_known(tree, mark)?;
        if is_new {
            self.commit(mark);
        }
        Ok(is_new)
    }

    /// Takes one in that is not to be written before [`Seen::commit`], and says whether it is new:
    /// a crash must forget it together with the page that it was found on.
    pub(crate) fn announce(
        &mut self,
        tree: &impl ReadableTable<&'static [u8; 16], ()>,
        mark: Mark,
    ) -> Result<bool, StoreError> {
        let is_new = !self.is_known(tree, mark)?;
        if is_new {
            self.announced.insert(mark);
        }
        Ok(is_new)
    }

    /// One that is new, or was announced, goes into this commit.
    pub(crate) fn commit(&mut self, mark: Mark) {
        self.announced.remove(&mark);
        self.young.insert(mark);
        self.added.push(mark);
    }

    fn is_known(
        &mut self,
        tree: &impl ReadableTable<&'static [u8; 16], ()>,
        mark: Mark,
    ) -> Result<bool, StoreError> {
        if self.is_in_memory(mark) {
            return Ok(true);
        }
        if tree.get(&mark.key())?.is_none() {
            return Ok(false);
        }
        self.remember(mark);
        Ok(true)
    }

    fn is_in_memory(&self, mark: Mark) -> bool {
        self.remembered.contains(&mark)
            || self.announced.contains(&mark)
            || self.young.contains(&mark)
            || self.leaving.contains(&mark)
    }

    fn remember(&mut self, mark: Mark) {
        if self.remembered.len() >= REMEMBERED {
            self.remembered.clear();
        }
        self.remembered.insert(mark);
    }

    /// The marks of what was found. Brings into memory what of it is known, where one walk along the
    /// tree finds it: only the time that [`Seen::take`] takes depends on that.
    pub(crate) fn look_up<'a>(
        &mut self,
        tree: &impl ReadableTable<&'static [u8; 16], ()>,
        found: impl Iterator<Item = &'a Candidate>,
    ) -> Result<Vec<Mark>, StoreError> {
        let all: Vec<_> = found.map(|found| self.marking.mark(found)).collect();
        let mut marks = all.clone();
        marks.retain(|mark| !self.is_in_memory(*mark));
        marks.sort_unstable();
        for of_host in marks.chunk_by(|one, next| one.host() == next.host()) {
            self.walk(tree, of_host)?;
        }
        Ok(all)
    }

    /// From the first of these marks, which are sorted, to the last, unless that is far away.
    fn walk(
        &mut self,
        tree: &impl ReadableTable<&'static [u8; 16], ()>,
        marks: &[Mark],
    ) -> Result<(), StoreError> {
        let [first, .., last] = marks else {
            return Ok(());
        };
        let mut marks_left = marks.iter().peekable();
        let rows = tree.range::<&[u8; 16]>(&first.key()..=&last.key())?;
        for row in rows.take(marks.len() * ROWS_A_MARK) {
            let mark = Mark::of_key(*row?.0.value());
            while marks_left.next_if(|wanted| **wanted < mark).is_some() {}
            if marks_left.peek() == Some(&&mark) {
                self.remember(mark);
            }
        }
        Ok(())
    }

    /// All who look into the tree see what the last commit has written.
    pub(crate) fn committed(&mut self) {
        if self.left.is_empty() {
            self.leaving = MarkSet::default();
        }
    }

    /// Writes what was taken in, and moves some into the tree.
    pub(crate) fn write(&mut self, transaction: &WriteTransaction) -> Result<(), StoreError> {
        let mut fresh = transaction.open_table(tables::FRESH)?;
        let added = std::mem::take(&mut self.added);
        if !added.is_empty() {
            let mut row = Vec::with_capacity(added.len() * 16 + 4);
            for mark in &added {
                row.extend_from_slice(&mark.key());
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
        for mark in self.left.split_off(some).iter().rev() {
            tree.insert(&mark.key(), ())?;
        }
        if self.left.is_empty() {
            // In memory they stay until all see the tree that has them.
            fresh.retain_in(..self.leaving_rows, |_, _| false)?;
        }
        Ok(())
    }
}

/// The marks of a row.
fn read(number: u64, row: &[u8]) -> Result<impl Iterator<Item = Mark> + use<'_>, StoreError> {
    let row = unseal("fresh", &number.to_le_bytes(), row)?;
    let (all, _) = row.0.as_chunks::<16>();
    Ok(all.iter().map(|key| Mark::of_key(*key)))
}

/// How many there are, by looking at all.
pub(crate) fn count(transaction: &ReadTransaction) -> Result<u64, StoreError> {
    let tree = transaction.open_table(tables::SEEN)?;
    let mut others = MarkSet::default();
    for row in transaction.open_table(tables::FRESH)?.iter()? {
        let (number, row) = row?;
        for mark in read(number.value(), row.value())? {
            // Some may have arrived in the tree, while their row is still there.
            if tree.get(&mark.key())?.is_none() {
                others.insert(mark);
            }
        }
    }
    Ok(tree.len()? + others.len() as u64)
}

#[cfg(test)]
mod tests {
    use huntsman_core::{Request, Url};
    use redb::ReadableDatabase as _;
    use redb::backends::InMemoryBackend;

    use super::*;

    fn pages(host: &str, numbers: impl Iterator<Item = usize>) -> Vec<Candidate> {
        let url = |number| Url::parse(&format!("http://{host}/{number}")).unwrap();
        let all = numbers.map(|number| Request::get(url(number)).into());
        all.collect()
    }

    #[test]
    fn a_walk_finds_what_is_known_of_hosts_that_are_not_large() {
        let builder = redb::Database::builder();
        let db = builder.create_with_backend(InMemoryBackend::new()).unwrap();
        let transaction = db.begin_write().unwrap();
        let mut tree = transaction.open_table(tables::SEEN).unwrap();
        let small = pages("small.example", 0..100);
        let known = [&small[..], &pages("large.example", 0..20_000)].concat();
        for one in &known {
            tree.insert(&Marking::Host.mark(one).key(), ()).unwrap();
        }
        drop(tree);
        transaction.commit().unwrap();
        let tree = db.begin_read().unwrap().open_table(tables::SEEN).unwrap();
        // Of both hosts: some that are known, one of them twice, and some that are not.
        let mut found = pages("small.example", (0..120).step_by(7));
        found.extend(pages("small.example", 0..1));
        found.extend(pages("large.example", (19_000..21_000).step_by(150)));
        let mut seen = Seen::default();
        let marks = seen.look_up(&tree, found.iter()).unwrap();
        let remembered = |seen: &Seen| {
            let small = small.iter().map(|one| Marking::Host.mark(one));
            small.filter(|mark| seen.remembered.contains(mark)).count()
        };
        assert_eq!(remembered(&seen), 15, "0, 7, … 98");
        let mut new = Vec::new();
        for (mark, found) in marks.into_iter().zip(&found) {
            if seen.take(&tree, mark).unwrap() {
                new.push(found.clone());
            }
        }
        let mut unknown = pages("small.example", [105, 112, 119].into_iter());
        unknown.extend(pages("large.example", (20_050..21_000).step_by(150)));
        assert_eq!(new, unknown);
    }
}
