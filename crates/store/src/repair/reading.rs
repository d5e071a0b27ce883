//! The rows of a damaged store, table by table.

use super::image::{Image, Visit};
use super::lost::Losses;
use super::survey::{BARE, Survey};
use crate::bytes::unseal;
use crate::error::StoreError;

/// A damaged store, and what was found to be lost.
pub(super) struct Reading<'i> {
    pub(super) image: &'i mut Image,
    pub(super) survey: &'i Survey,
    pub(super) losses: Losses,
}

impl Reading<'_> {
    /// Visits the sound rows of a table in the order of their keys. What the visitor finds to be
    /// damaged is lost, as is all that cannot be read.
    pub(super) fn rows(
        &mut self,
        table: &'static str,
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError> {
        let Some(tree) = self.survey.tables.get(table).copied() else {
            self.losses.whole(table);
            return Ok(());
        };
        let (image, losses) = (&mut *self.image, &mut self.losses);
        let mut kept = 0;
        let holes = image.walk(&tree, &mut |key, row| {
            let sound = if BARE.contains(&table) {
                Ok(())
            } else {
                unseal(table, key, row).map(drop)
            };
            match sound.and_then(|()| visit(key, row)) {
                Ok(()) => kept += 1,
                Err(why @ StoreError::Damaged(_)) => losses.row(table, key, &why),
                Err(other) => return Err(other),
            }
            Ok(())
        })?;
        for hole in &holes {
            losses.hole(table, hole);
        }
        losses.kept(table, kept, tree.rows);
        Ok(())
    }

    /// Whether anything of a table is lost.
    pub(super) fn lacks(&self, table: &str) -> bool {
        let there = self.survey.tables.get(table).map(|tree| tree.rows);
        there.is_none_or(|rows| self.losses.rows.get(table).is_none_or(|kept| *kept < rows))
    }
}
