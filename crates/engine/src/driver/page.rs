//! The pages that are under way, and what they take.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use huntsman_core::frontier::{Account, Answer, Lease, LeaseId, Outcome};
use huntsman_core::request::Candidate;
use huntsman_core::{Refusal, Request, Url};

use super::event::{Job, Work};
use crate::lease::Taken;
use crate::state::Change;

/// A leased request on its way.
pub(super) struct Page {
    pub(super) request: Request,
    pub(super) tried: u32,
    pub(super) stage: Stage,
    /// A response came, and the spider had it.
    pub(super) is_response: bool,
    /// What it was in an earlier round of the job.
    pub(super) last: Option<Arc<Answer>>,
    /// What became of it so far, if a job is to remember that.
    pub(super) account: Option<Box<Account>>,
}

/// Where it is.
pub(super) enum Stage {
    /// Waits for robots.txt, or is fetched: it holds a connection either way.
    Fetching,
    /// Waits for a parse permit.
    Queued(Work),
    /// With the spider, its body so many bytes.
    Parsing(u64),
    /// Its items pass their steps; these are the requests found.
    Refining(Vec<Candidate>, Vec<Change>),
}

impl Work {
    pub(super) fn bytes(&self) -> u64 {
        match self {
            Self::Response(raw) => raw.body.len() as u64,
            Self::Failure(_) => 0,
        }
    }
}

/// Pages that one thread takes at a time, at most.
const MOST_TOGETHER: usize = 4;

/// All pages under way, with the sums that back-pressure goes by.
#[derive(Default)]
pub(super) struct Pages {
    pages: HashMap<LeaseId, Page>,
    queue: VecDeque<LeaseId>,
    connections: usize,
    bodies: u64,
    parsing: usize,
    /// Whether a job is to remember what becomes of them.
    remember: bool,
}

impl Pages {
    pub(super) fn leased(&mut self, lease: &Lease) {
        self.connections += 1;
        let page = Page {
            request: lease.request.clone(),
            tried: lease.tried,
            stage: Stage::Fetching,
            is_response: false,
            last: lease.last.clone(),
            account: None,
        };
        self.pages.insert(lease.id, page);
    }

    /// From now on, what becomes of a page is noted down.
    pub(super) fn remember(&mut self) {
        self.remember = true;
    }

    /// Notes down what became of a page.
    pub(super) fn became<A: Into<Account>>(&mut self, lease: LeaseId, what: impl FnOnce() -> A) {
        if self.remember
            && let Some(page) = self.pages.get_mut(&lease)
        {
            page.account = Some(Box::new(what().into()));
        }
    }

    /// Notes down the links that rules were against.
    pub(super) fn refused(&mut self, lease: LeaseId, refused: Vec<(Url, Refusal)>) {
        if let Some(account) = self.account(lease) {
            account.refused = refused;
        }
    }

    /// A page was parsed, but its items did not pass their steps.
    pub(super) fn not_refined(&mut self, lease: LeaseId, reason: String) {
        if let Some(account) = self.account(lease)
            && let Outcome::Parsed(answer) = &account.outcome
        {
            let answer = Some(answer.clone());
            **account = Outcome::NotParsed { answer, reason }.into();
        }
    }

    fn account(&mut self, lease: LeaseId) -> Option<&mut Box<Account>> {
        self.pages.get_mut(&lease)?.account.as_mut()
    }

    pub(super) fn get(&self, lease: LeaseId) -> Option<&Page> {
        self.pages.get(&lease)
    }

    /// A fetched page waits for its parse.
    pub(super) fn queue(&mut self, lease: LeaseId, work: Work) {
        if let Some(page) = self.pages.get_mut(&lease) {
            self.connections -= 1;
            self.bodies += work.bytes();
            page.is_response = matches!(work, Work::Response(_));
            page.stage = Stage::Queued(work);
            self.queue.push_back(lease);
        }
    }

    /// The next pages for the spider, if one of `permits` is free; they go to one thread. Where
    /// pages queue up, some at a time, as each handing over costs two changes of thread.
    pub(super) fn parse(&mut self, permits: usize) -> Vec<Job> {
        if self.parsing >= permits || self.queue.is_empty() {
            return Vec::new();
        }
        self.parsing += 1;
        let share = self.queue.len().div_ceil(permits).min(MOST_TOGETHER);
        (0..share).filter_map(|_| self.next_job()).collect()
    }

    fn next_job(&mut self) -> Option<Job> {
        let lease = self.queue.pop_front()?;
        let page = self.pages.get_mut(&lease)?;
        match std::mem::replace(&mut page.stage, Stage::Parsing(0)) {
            Stage::Queued(work) => {
                page.stage = Stage::Parsing(work.bytes());
                Some(Job {
                    lease,
                    request: page.request.clone(),
                    work,
                    remember: self.remember,
                    last: page.last.clone(),
                })
            }
            other => {
                page.stage = other;
                None
            }
        }
    }

    /// A thread has come back from the spider.
    pub(super) fn permit_back(&mut self) {
        self.parsing = self.parsing.saturating_sub(1);
    }

    /// The spider is done with a page.
    pub(super) fn parsed(&mut self, lease: LeaseId) -> bool {
        let Some(Page {
            stage: Stage::Parsing(bytes),
            ..
        }) = self.pages.get(&lease)
        else {
            return false;
        };
        self.bodies -= bytes;
        true
    }

    pub(super) fn refining(&mut self, lease: LeaseId, found: Vec<Candidate>, changes: Vec<Change>) {
        if let Some(page) = self.pages.get_mut(&lease) {
            page.stage = Stage::Refining(found, changes);
        }
    }

    /// The requests found on a page whose items have passed their steps, and what it does to the
    /// spider's state.
    pub(super) fn refined(&mut self, lease: LeaseId) -> (Vec<Candidate>, Vec<Change>) {
        match self.pages.get_mut(&lease).map(|page| &mut page.stage) {
            Some(Stage::Refining(found, changes)) => {
                (std::mem::take(found), std::mem::take(changes))
            }
            _ => Default::default(),
        }
    }

    /// A page leaves: it is about to be settled.
    pub(super) fn leave(&mut self, lease: LeaseId) -> Option<Page> {
        let page = self.pages.remove(&lease)?;
        if matches!(page.stage, Stage::Fetching) {
            self.connections -= 1;
        }
        Some(page)
    }

    /// Drops all of them, uncommitted.
    pub(super) fn abort(&mut self) {
        *self = Self {
            remember: self.remember,
            ..Self::default()
        };
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    pub(super) fn taken(&self) -> Taken {
        Taken {
            connections: self.connections,
            bodies: self.bodies,
            unsettled: self.pages.len(),
            ..Taken::default()
        }
    }
}
