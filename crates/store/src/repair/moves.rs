//! What the log of the queues says, of a damaged store.

use std::collections::{BTreeMap, HashSet};

use super::image::Visit;
use super::reading::Reading;
use crate::error::StoreError;
use crate::moved::Entry;
use crate::moves::Key;

/// All moves in the log, whether the table has them or not.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// Rows that came and have not left.
    came: BTreeMap<Key, Vec<u8>>,
    /// Places that were left.
    left: HashSet<Key>,
}

impl Log {
    pub(super) fn read(reading: &mut Reading<'_>) -> Result<Self, StoreError> {
        let mut log = Self::default();
        reading.rows("moved", &mut |key, row| {
            let entry = Entry::read(key, row)?;
            let came = entry.came.into_iter();
            log.came.extend(came.map(|(key, row)| (key, row.to_vec())));
            log.left.extend(entry.left.iter().chain(&entry.dropped));
            Ok(())
        })?;
        log.came.retain(|key, _| !log.left.contains(key));
        Ok(log)
    }

    /// Visits each row that is queued: those of the table, then those that it has not.
    pub(super) fn queued(
        mut self,
        reading: &mut Reading<'_>,
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError> {
        reading.rows("queue", &mut |key, row| {
            let place: Option<&Key> = key.try_into().ok();
            if place.is_some_and(|place| self.left.contains(place)) {
                return Ok(());
            }
            visit(key, row)?;
            if let Some(place) = place {
                self.came.remove(place);
            }
            Ok(())
        })?;
        self.came.iter().try_for_each(|(key, row)| visit(key, row))
    }
}
