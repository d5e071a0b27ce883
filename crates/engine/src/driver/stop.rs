//! Stopping from outside: first drain, then abort.

use tokio::sync::watch;

use super::event::Action;
use super::state::State;
use crate::observe::Finish;

/// How urgently a crawl is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StopLevel {
    /// Not at all.
    Run,
    /// Lease nothing more; finish and deliver what is under way.
    Drain,
    /// Drop what is under way, which loses nothing that was committed; deliver and end.
    Abort,
}

/// A handle by which a crawl is stopped; clones stop the same crawl.
///
/// ```
/// use huntsman::{Stop, StopLevel};
/// let stop = Stop::new();
/// let elsewhere = stop.clone();
/// elsewhere.drain();
/// assert_eq!(stop.level(), StopLevel::Drain);
/// ```
#[derive(Debug, Clone)]
pub struct Stop(watch::Sender<StopLevel>);

impl Stop {
    /// A handle that stops nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self(watch::Sender::new(StopLevel::Run))
    }

    /// Lets the crawl finish what is under way, and end.
    pub fn drain(&self) {
        self.raise(StopLevel::Drain);
    }

    /// Lets the crawl drop what is under way, and end.
    pub fn abort(&self) {
        self.raise(StopLevel::Abort);
    }

    /// How urgent it is by now. It never becomes less.
    #[must_use]
    pub fn level(&self) -> StopLevel {
        *self.0.borrow()
    }

    /// Waits until it is at least as urgent.
    pub async fn raised(&self, to: StopLevel) {
        let mut watch = self.0.subscribe();
        // The sender is here, so that it does not go away.
        let _level = watch.wait_for(|level| *level >= to).await;
    }

    fn raise(&self, to: StopLevel) {
        self.0.send_if_modified(|level| {
            let higher = to > *level;
            *level = to.max(*level);
            higher
        });
    }

    pub(crate) fn watch(&self) -> watch::Receiver<StopLevel> {
        let mut watch = self.0.subscribe();
        // What was said before the crawl began counts too.
        watch.mark_changed();
        watch
    }
}

impl State {
    pub(super) fn stop(&mut self, level: StopLevel, why: Finish, actions: &mut Vec<Action>) {
        if level == StopLevel::Run {
            return;
        }
        self.finish.get_or_insert(why);
        if level == StopLevel::Abort {
            self.pages.abort();
            self.origins.abort();
            actions.push(Action::Abort);
        }
    }
}

impl Default for Stop {
    fn default() -> Self {
        Self::new()
    }
}
