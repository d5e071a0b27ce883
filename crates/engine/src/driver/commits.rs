//! When pages are committed, and what is known of them before.

use std::sync::Arc;

use huntsman_core::FrontierError;
use huntsman_core::frontier::Settled;
use tokio::task::JoinError;

use super::{Driver, Event, Intake};
use crate::settle::{Ending, commit};

/// Pages that are enough for a commit: none waits for more.
const ENOUGH: usize = 64;

impl Driver {
    /// Whether the pages that wait for a commit are not to wait for others. While there is more to
    /// fetch, nobody misses what they found, and while pages are under way, only what was not
    /// announced.
    pub(super) fn is_commit_due(&self) -> bool {
        let missed = self.hurry || self.pages.is_empty();
        self.endings.len() >= ENOUGH
            || missed && !self.state.has_more()
            || self.clock.now() >= self.waiting_since.after(self.delay)
    }

    /// Has what was found leased before the disk has it, on the pages from the first one on that are
    /// to be committed. Not while a page waits that changes the spider's state: the next ones are
    /// to see that change, which is made at the commit. Nor before a page that was not announced is
    /// committed: what both found would be known by the later one alone, and go with it in a crash.
    pub(super) async fn announce(&mut self, first: usize) -> Result<Option<Event>, FrontierError> {
        let settlements = self.endings.iter().skip(first).map(|one| &one.settlement);
        let coming: Vec<_> = settlements.filter(|one| !one.found.is_empty()).collect();
        if coming.is_empty() {
            return Ok(None);
        }
        let changes = self.endings.iter().any(|ending| !ending.changes.is_empty());
        let overtakes = changes || self.hurry || self.behind;
        let taken = !overtakes && self.frontier.announce(&coming, self.clock.now()).await?;
        self.hurry |= !taken;
        Ok(taken.then_some(Event::Announced))
    }

    /// Commits the pages that wait for it, if no commit is under way: each sees all before it.
    pub(super) fn begin_commit(&mut self) {
        if !self.commits.is_empty() || self.endings.is_empty() {
            return;
        }
        let batch = std::mem::take(&mut self.endings);
        let changes = batch.iter().any(|ending| !ending.changes.is_empty());
        self.behind = changes || std::mem::take(&mut self.hurry);
        if self.intake.is_some() {
            self.ending = Intake::ending(&batch);
        }
        let (frontier, lastings) = (Arc::clone(&self.frontier), self.lastings.clone());
        let now = self.clock.now();
        self.commits.spawn(async move {
            let values = |batch: &[Ending]| match &lastings {
                Some(lastings) => lastings.changed(batch),
                None => Vec::new(),
            };
            commit(&*frontier, batch, values, now).await
        });
    }

    /// Takes the answer of a commit. A panic is a failure of the frontier.
    pub(super) fn committed(
        &mut self,
        done: Result<Result<Vec<Settled>, FrontierError>, JoinError>,
    ) -> Result<Event, FrontierError> {
        let settled = done.map_err(|error| FrontierError::Store(error.to_string()))??;
        self.behind = false;
        if let Some(intake) = &mut self.intake {
            intake.committed(std::mem::take(&mut self.ending), &settled);
        }
        Ok(Event::Settled(settled))
    }
}
