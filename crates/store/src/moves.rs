//! The queues on disk: a table by place, and before it a log of what came and what left.
//!
//! Requests come and leave at either end of the queue of their host, so that with many hosts each
//! would change two pages of the table of its own, and those above them. What a commit changes is
//! written in one piece first, and stands in memory too; whenever there is enough of it, it goes
//! into the table in the order of the places, some with each commit. Most neighbours go together
//! then, and what leaves before its turn never is in the table.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::RangeBounds;
use std::sync::Arc;

use redb::WriteTransaction;

use crate::error::StoreError;
use crate::moved;
use crate::tables;

/// Where a request stands in the queue.
pub(crate) type Key = [u8; 16];

/// A row that came there.
pub(crate) type Came = (Key, Arc<[u8]>);

/// What goes into the table: a row that came, or that a place was left.
type Step = (Key, Option<Arc<[u8]>>);

/// What a row of the log has: rows that came, places that were left of the table and of the log.
type Logged<'a> = (&'a [Came], [&'a [Key]; 2]);

/// Bytes of memory that are enough for the table.
const ENOUGH: usize = 48 << 20;

/// What a request takes beside its row, and a place that is left, about.
const BESIDE: usize = 96;
const PLACE: usize = 32;

/// Bytes of requests that fill a row of the log.
const PAGE: usize = 3 << 10;

/// The fewest moves that go with one commit.
const LEAST: usize = 64;

/// Moves of a time.
#[derive(Debug, Default)]
pub(crate) struct Part {
    /// Rows that the table has not.
    pub(crate) came: BTreeMap<Key, Arc<[u8]>>,
    /// Rows that the table has still.
    pub(crate) left: BTreeSet<Key>,
    /// Of all that went into the log, what was undone since too.
    size: usize,
}

impl Part {
    pub(crate) fn come(&mut self, key: Key, row: Arc<[u8]>) {
        self.size += row.len() + BESIDE;
        self.came.insert(key, row);
    }

    pub(crate) fn leave(&mut self, key: Key) {
        self.size += PLACE;
        self.left.insert(key);
    }

    /// A request that came has left again: its place is in the log, too.
    pub(crate) fn undo(&mut self) {
        self.size += PLACE;
    }

    fn len(&self) -> usize {
        self.came.len() + self.left.len()
    }

    /// The first moves in the order of their places, so many at most.
    fn first(&self, at_most: usize) -> Vec<Step> {
        let mut came = self.came.iter().peekable();
        let mut left = self.left.iter().peekable();
        let mut first = Vec::with_capacity(at_most.min(self.len()));
        while first.len() < at_most {
            let next = match (came.peek(), left.peek()) {
                (Some((key, _)), Some(other)) if other < key => left.next().map(|key| (*key, None)),
                (Some(_), _) => came.next().map(|(key, row)| (*key, Some(Arc::clone(row)))),
                (None, _) => left.next().map(|key| (*key, None)),
            };
            let Some(next) = next else {
                break;
            };
            first.push(next);
        }
        first
    }
}

/// What is in the log and not, or not all, in the table.
#[derive(Debug)]
pub(crate) struct Moves {
    enough: usize,
    least: usize,
    pub(crate) young: Part,
    /// Those that go into the table now, but for those that did.
    pub(crate) leaving: Part,
    /// How far they are: up to this place, the table has them.
    pub(crate) up_to: Option<Key>,
    pub(crate) next_row: u64,
    /// Rows of the log before this one are of those that are leaving.
    pub(crate) leaving_rows: u64,
    /// Whether the log has such rows.
    pub(crate) is_leaving: bool,
}

impl Default for Moves {
    fn default() -> Self {
        Self {
            enough: ENOUGH,
            least: LEAST,
            young: Part::default(),
            leaving: Part::default(),
            up_to: None,
            next_row: 0,
            leaving_rows: 0,
            is_leaving: false,
        }
    }
}

/// What one commit moves.
#[derive(Debug, Default)]
pub(crate) struct Moved {
    /// Into the log.
    pub(crate) came: Vec<Came>,
    /// Places of the table that are left.
    pub(crate) left: Vec<Key>,
    /// Places of the log that are left, before the table had them.
    pub(crate) dropped: Vec<Key>,
    /// From the log into the table: rows that came, and places that were left.
    steps: Vec<Step>,
    /// Whether none are leaving any more.
    is_done: bool,
    /// The first row of the log that says so.
    number: u64,
    pub(crate) up_to: Option<Key>,
    pub(crate) leaving_rows: u64,
}

impl Moves {
    /// As one that takes so many bytes to be enough, and is in no hurry then, for tests of what
    /// happens meanwhile.
    #[cfg(test)]
    pub(crate) fn with_enough(&mut self, enough: usize) {
        (self.enough, self.least) = (enough, 1);
    }

    /// The row at this place, if it is none of the table's.
    pub(crate) fn row(&self, key: &Key) -> Option<&Arc<[u8]>> {
        let young = self.young.came.get(key);
        young.or_else(|| self.leaving.came.get(key))
    }

    /// Whether this row of the table counts no longer.
    pub(crate) fn has_left(&self, key: &Key) -> bool {
        self.young.left.contains(key) || self.leaving.left.contains(key)
    }

    /// The places of this range that the table has not, those of either time in order.
    pub(crate) fn within(
        &self,
        range: impl RangeBounds<Key> + Clone,
    ) -> [impl Iterator<Item = Key>; 2] {
        [&self.young, &self.leaving].map(|part| {
            let places = part.came.range(range.clone());
            places.map(|(key, _)| *key)
        })
    }

    /// By how many rows the queues differ from the table.
    pub(crate) fn grown(&self) -> i64 {
        let parts = [&self.young, &self.leaving];
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let grown = parts.map(|part| count(part.came.len()) - count(part.left.len()));
        grown.iter().sum()
    }

    /// What a commit does by which these rows came, and these places are left.
    pub(crate) fn plan(&self, came: Vec<Came>, ended: Vec<Key>) -> Moved {
        // Twice as many as came: they are gone before there are enough others.
        let mut some = (2 * (came.len() + ended.len())).max(self.least);
        if self.young.size >= self.enough {
            some = self.leaving.len();
        }
        let (dropped, left) = ended
            .into_iter()
            .partition::<Vec<_>, _>(|key| self.row(key).is_some());
        let mut steps = self.leaving.first(some);
        let up_to = steps.last().map(|(key, _)| *key).or(self.up_to);
        let gone: HashSet<&Key> = dropped.iter().collect();
        steps.retain(|(key, _)| !gone.contains(key));
        let is_of_leaving = |key: &&Key| self.leaving.came.contains_key(*key);
        let dropped_here = dropped.iter().filter(is_of_leaving).count();
        let rest = self.leaving.len() - steps.len() - dropped_here;
        Moved {
            came,
            left,
            dropped,
            is_done: self.is_leaving && rest == 0,
            steps,
            number: self.next_row,
            up_to,
            leaving_rows: self.leaving_rows,
        }
    }

    /// Follows the commit: the table that all look into has what it moved.
    pub(crate) fn apply(&mut self, moved: Moved) {
        self.next_row += moved.rows().count() as u64;
        for key in &moved.dropped {
            self.young.undo();
            if self.young.came.remove(key).is_none() {
                self.leaving.came.remove(key);
            }
        }
        for (key, row) in &moved.steps {
            match row {
                Some(_) => drop(self.leaving.came.remove(key)),
                None => drop(self.leaving.left.remove(key)),
            }
        }
        for (key, row) in moved.came {
            self.young.come(key, row);
        }
        for key in moved.left {
            self.young.leave(key);
        }
        self.up_to = moved.up_to;
        self.is_leaving &= !moved.is_done;
        if !self.is_leaving && self.young.size >= self.enough {
            self.leaving = std::mem::take(&mut self.young);
            self.leaving_rows = self.next_row;
            (self.up_to, self.is_leaving) = (None, true);
        }
    }
}

impl Moved {
    /// Whether it changes nothing on disk.
    pub(crate) fn is_nothing(&self) -> bool {
        self.came.is_empty()
            && self.left.is_empty()
            && self.dropped.is_empty()
            && self.steps.is_empty()
            && !self.is_done
    }

    /// What each row of the log has: some that came; the first one the places, too. A row is no larger
    /// than a page of the database, as a rule: large ones would leave holes in its file.
    fn rows(&self) -> impl Iterator<Item = Logged<'_>> {
        let mut places = Some([&self.left[..], &self.dropped]).filter(|_| !self.is_nothing());
        let mut rest = &self.came[..];
        std::iter::from_fn(move || {
            if rest.is_empty() && places.is_none() {
                return None;
            }
            let here = places.take().unwrap_or_default();
            let beside: usize = here.iter().map(|places| size_of_val(*places)).sum();
            let mut room = PAGE.saturating_sub(beside);
            let fits = |(_, row): &&Came| {
                let has_room = room > 0;
                room = room.saturating_sub(row.len() + moved::HEAD);
                has_room
            };
            let (row, others) = rest.split_at(rest.iter().take_while(fits).count());
            rest = others;
            Some((row, here))
        })
    }

    /// Writes the rows of the log, and what goes into the table.
    pub(crate) fn write(&self, transaction: &WriteTransaction) -> Result<(), StoreError> {
        if self.is_nothing() {
            return Ok(());
        }
        let mut log = transaction.open_table(tables::MOVED)?;
        for (number, (came, places)) in (self.number..).zip(self.rows()) {
            let row = moved::encode(number, self, came, places);
            log.insert(number, row.as_slice())?;
        }
        let mut table = transaction.open_table(tables::QUEUE)?;
        for (key, row) in &self.steps {
            let is_as_said = match row {
                Some(row) => table.insert(key, &**row)?.is_none(),
                None => table.remove(key)?.is_some(),
            };
            if !is_as_said {
                return Err(StoreError::Damaged("a row of `queue` is gone".to_owned()));
            }
        }
        if self.is_done {
            log.retain_in(..self.leaving_rows, |_, _| false)?;
        }
        Ok(())
    }
}
