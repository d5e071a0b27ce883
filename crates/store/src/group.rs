//! Group commit: calls that come while a commit is under way share the next one.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use huntsman_core::Timestamp;

use crate::error::StoreError;
use crate::guard::locked;
use crate::writer::{Command, Reply};

/// Commands that are enough for one commit: nobody waits for more.
const FULL: usize = 64;

type Outcome = Result<Reply, StoreError>;

/// Where callers meet. Whoever finds no commit under way makes the next one, for all that wait.
/// There are never more of them than threads for blocking work.
#[derive(Debug)]
pub(crate) struct Group {
    waiting: Mutex<Waiting>,
    changed: Condvar,
    delay: Duration,
}

#[derive(Debug, Default)]
struct Waiting {
    commands: Vec<(Command, Timestamp)>,
    tickets: Vec<Arc<Ticket>>,
    is_committing: bool,
}

/// Where the outcome of a command is left for the one who waits for it.
#[derive(Debug, Default)]
struct Ticket(Mutex<Option<Outcome>>);

impl Ticket {
    fn take(&self) -> Option<Outcome> {
        locked(&self.0).take()
    }
}

impl Group {
    /// Of calls that wait so long for others before they commit.
    pub(crate) fn new(delay: Duration) -> Self {
        Self {
            waiting: Mutex::default(),
            changed: Condvar::new(),
            delay,
        }
    }

    /// Has a command committed by this caller or another one. `commit` has an outcome for each
    /// command, in order, and does not panic.
    pub(crate) fn submit(
        &self,
        command: Command,
        now: Timestamp,
        commit: impl FnOnce(Vec<(Command, Timestamp)>) -> Vec<Outcome>,
    ) -> Outcome {
        let ticket = Arc::new(Ticket::default());
        let mut waiting = locked(&self.waiting);
        waiting.commands.push((command, now));
        waiting.tickets.push(Arc::clone(&ticket));
        self.changed.notify_all();
        loop {
            if let Some(outcome) = ticket.take() {
                return outcome;
            }
            if !waiting.is_committing {
                break;
            }
            let woken = self.changed.wait(waiting);
            waiting = woken.unwrap_or_else(PoisonError::into_inner);
        }
        waiting.is_committing = true;
        if self.delay > Duration::ZERO {
            let few = |waiting: &mut Waiting| waiting.commands.len() < FULL;
            let woken = self.changed.wait_timeout_while(waiting, self.delay, few);
            waiting = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        let commands = std::mem::take(&mut waiting.commands);
        let tickets = std::mem::take(&mut waiting.tickets);
        drop(waiting);
        for (ticket, outcome) in tickets.iter().zip(commit(commands)) {
            *locked(&ticket.0) = Some(outcome);
        }
        locked(&self.waiting).is_committing = false;
        self.changed.notify_all();
        let lost = || Err(StoreError::Failed("a commit was lost".to_owned()));
        ticket.take().unwrap_or_else(lost)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn callers_share_commits_and_each_has_its_own_outcome() {
        let (group, commits) = (Group::new(Duration::from_millis(1)), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for caller in 0..16_u64 {
                let (group, commits) = (&group, &commits);
                scope.spawn(move || {
                    for n in 0..50 {
                        let now = Timestamp(caller * 1000 + n);
                        let outcome = group.submit(Command::Flush, now, |commands| {
                            commits.fetch_add(1, Ordering::Relaxed);
                            // The answer names the question.
                            let name = |(_, now): (Command, Timestamp)| {
                                Err(StoreError::Failed(now.0.to_string()))
                            };
                            commands.into_iter().map(name).collect()
                        });
                        assert_eq!(outcome.unwrap_err().to_string(), now.0.to_string());
                    }
                });
            }
        });
        let commits = commits.into_inner();
        assert!(
            (50..800).contains(&commits),
            "{commits} commits for 800 calls"
        );
    }
}
