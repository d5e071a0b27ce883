//! The driver: one loop that owns all state, waits for events and does what the state says.

mod commits;
mod event;
mod intake;
mod origins;
mod outcome;
mod page;
mod robots;
mod state;
mod stop;
mod work;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use huntsman_core::frontier::{LeaseId, Settled};
use huntsman_core::{FetchError, Frontier, FrontierError, Timestamp};
use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinSet};

use crate::clock::Clock;
use crate::deliver::{Sink, SinkFailure, deliver};
use crate::lastings::Lastings;
use crate::observe::Finish;
use crate::settle::Ending;

pub(crate) use event::{Action, Event};
use intake::Ended;
pub(crate) use intake::Intake;
pub(crate) use state::{Parts, State};
pub use stop::{Stop, StopLevel};
pub(crate) use work::Workers;

/// What runs a crawl: the state, and the hands that do what it says.
pub(crate) struct Driver {
    pub(crate) state: State,
    pub(crate) clock: Clock,
    pub(crate) frontier: Arc<dyn Frontier>,
    pub(crate) workers: Workers,
    pub(crate) sinks: Vec<Sink>,
    pub(crate) batch: usize,
    /// In a crawl with a job.
    pub(crate) lastings: Option<Lastings>,
    /// In a crawl whose seeds come on the way.
    pub(crate) intake: Option<Intake>,
    pages: JoinSet<Event>,
    deliveries: JoinSet<Event>,
    /// In a crawl with a job: the commit under way. The crawl goes on while the disk is busy.
    commits: JoinSet<Result<Vec<Settled>, FrontierError>>,
    /// Pages that the commit ends, where seeds wait for that.
    ending: Vec<Ended>,
    /// Pages that go into the next one, and since when the first of them waits.
    endings: Vec<Ending>,
    waiting_since: Timestamp,
    /// Whether requests wait for the next commit.
    hurry: bool,
    /// The commit under way has what was not announced: nothing that ends after it may be, either.
    behind: bool,
    /// How long it may wait for others.
    pub(crate) delay: Duration,
    /// Sinks were told that the crawl waits for them alone.
    is_ending: bool,
    /// What each task is for, should it panic.
    purposes: HashMap<Id, Purpose>,
}

/// What a task is for.
enum Purpose {
    Fetch(LeaseId),
    Robots(String),
    Parse(Vec<LeaseId>),
    Refine(LeaseId),
    Deliver(usize),
}

/// Events taken before actions are carried out: enough for one commit to serve many pages.
const MOST_AT_ONCE: usize = 256;

impl Driver {
    pub(crate) fn new(
        state: State,
        clock: Clock,
        frontier: Arc<dyn Frontier>,
        workers: Workers,
        sinks: Vec<Sink>,
        batch: usize,
    ) -> Self {
        Self {
            state,
            clock,
            frontier,
            workers,
            sinks,
            batch,
            lastings: None,
            intake: None,
            ending: Vec::new(),
            pages: JoinSet::new(),
            deliveries: JoinSet::new(),
            commits: JoinSet::new(),
            endings: Vec::new(),
            waiting_since: Timestamp::default(),
            hurry: false,
            behind: false,
            delay: Duration::ZERO,
            is_ending: false,
            purposes: HashMap::new(),
        }
    }

    /// Runs until all is done or dropped.
    pub(crate) async fn run(
        &mut self,
        mut stop: watch::Receiver<StopLevel>,
    ) -> Result<Finish, FrontierError> {
        let mut actions = Vec::new();
        loop {
            self.state.next(self.clock.now(), &mut actions);
            while !actions.is_empty() {
                let answers = self.perform(std::mem::take(&mut actions)).await?;
                let now = self.clock.now();
                self.state.counted(self.frontier.counts());
                for answer in answers {
                    self.state.on(answer, now, &mut actions);
                }
                self.state.next(now, &mut actions);
            }
            self.tell_ending();
            if self.commits.is_empty()
                && self.endings.is_empty()
                && let Some(finish) = self.state.finished()
            {
                return Ok(finish);
            }
            if self.is_commit_due() {
                self.begin_commit();
            }
            self.ask_for_seeds();
            if self.is_stuck() {
                let reason = "it says that leases are out, but none is";
                return Err(FrontierError::Store(reason.to_owned()));
            }
            let event = self.wait(&mut stop).await?;
            let now = self.clock.now();
            self.state.on(event, now, &mut actions);
            self.take_ready(&mut actions);
        }
    }

    /// Once is enough: what is left to do becomes no more.
    fn tell_ending(&mut self) {
        if !self.is_ending && self.state.only_delivers() {
            self.is_ending = true;
            self.sinks.iter().for_each(|sink| sink.export.ending());
        }
    }

    /// Whether nothing could ever happen again: a frontier that miscounts must not hang a crawl.
    fn is_stuck(&self) -> bool {
        self.pages.is_empty()
            && self.deliveries.is_empty()
            && self.commits.is_empty()
            && self.wake().is_none()
            && !self.intake.as_ref().is_some_and(Intake::is_asked)
    }

    /// When something is due although nothing happens.
    fn wake(&self) -> Option<Timestamp> {
        let may_commit = self.commits.is_empty() && !self.endings.is_empty();
        let commit = may_commit.then(|| self.waiting_since.after(self.delay));
        self.state.wake().into_iter().chain(commit).min()
    }

    /// Waits for whatever comes first: a finished task, the stop, or the time.
    async fn wait(
        &mut self,
        stop: &mut watch::Receiver<StopLevel>,
    ) -> Result<Event, FrontierError> {
        let wake = self.wake().map(|time| self.clock.instant(time));
        let sleep = async move {
            match wake {
                Some(time) => tokio::time::sleep_until(time).await,
                None => std::future::pending().await,
            }
        };
        let intake = self.intake.as_mut();
        let came = async move {
            match intake {
                Some(intake) => intake.came().await,
                None => std::future::pending().await,
            }
        };
        let event = tokio::select! {
            biased;
            Ok(()) = stop.changed() => Event::Stop(*stop.borrow_and_update()),
            Some(done) = self.commits.join_next() => self.committed(done)?,
            Some(done) = self.pages.join_next_with_id() => self.event(done),
            Some(done) = self.deliveries.join_next_with_id() => self.event(done),
            came = came => self.took(came).await?,
            () = sleep => Event::Tick,
        };
        Ok(event)
    }

    /// Takes what else has happened by now, without waiting.
    fn take_ready(&mut self, actions: &mut Vec<Action>) {
        let now = self.clock.now();
        for _ in 0..MOST_AT_ONCE {
            let done = self.pages.try_join_next_with_id();
            let Some(done) = done.or_else(|| self.deliveries.try_join_next_with_id()) else {
                return;
            };
            let event = self.event(done);
            self.state.on(event, now, actions);
        }
    }

    fn event(&mut self, done: Result<(Id, Event), JoinError>) -> Event {
        match done {
            Ok((id, event)) => {
                self.purposes.remove(&id);
                event
            }
            Err(error) => self.panicked(error),
        }
    }

    /// A task panicked, or was dropped by an abort.
    fn panicked(&mut self, error: JoinError) -> Event {
        let purpose = self.purposes.remove(&error.id());
        let reason = match error.try_into_panic() {
            Ok(payload) => format!("panicked: {}", crate::caught::panic_message(&*payload)),
            Err(error) => error.to_string(),
        };
        match purpose {
            Some(Purpose::Fetch(lease)) => Event::Fetched {
                lease,
                result: Err(FetchError::Other(reason)),
                latency: Duration::ZERO,
            },
            Some(Purpose::Robots(origin)) => Event::Robots {
                origin,
                result: Err(FetchError::Other(reason)),
            },
            Some(Purpose::Parse(leases)) => {
                let failed = leases
                    .into_iter()
                    .map(|lease| (lease, reason.clone().into()));
                Event::Parsed(failed.collect())
            }
            Some(Purpose::Refine(lease)) => Event::Refined {
                lease,
                result: Err(reason),
            },
            Some(Purpose::Deliver(sink)) => Event::Delivered {
                sink,
                result: Err(SinkFailure(reason)),
            },
            None => Event::Tick,
        }
    }

    /// Carries out actions, and returns what the frontier answered.
    async fn perform(&mut self, actions: Vec<Action>) -> Result<Vec<Event>, FrontierError> {
        let mut answers = Vec::new();
        let (mut room, first) = (None, self.endings.len());
        for action in actions {
            match action {
                Action::Settle(ending) => {
                    if self.endings.is_empty() {
                        self.waiting_since = self.clock.now();
                    }
                    self.endings.push(*ending);
                }
                Action::Lease(at_most) => room = Some(at_most),
                Action::Pace(host, change) => {
                    self.frontier.pace(&host, change, self.clock.now()).await?;
                }
                // Without a job a commit waits for no disk, and what a page found goes by its
                // priority before anything else of the host.
                Action::Answered(lease) => {
                    if self.lastings.is_some() {
                        self.frontier.answered(lease);
                    }
                }
                Action::Confirm(up_to) => {
                    self.frontier.confirm(up_to).await?;
                    if let Some(intake) = &mut self.intake {
                        intake.confirmed(up_to);
                    }
                }
                Action::Abort => self.abort(),
                work => self.start(work),
            }
        }
        if self.lastings.is_some() {
            answers.extend(self.announce(first).await?);
        }
        // Without a job a commit does not wait for a disk; with one, pages must not pile up.
        if self.lastings.is_none() || self.endings.len() >= MOST_AT_ONCE {
            self.begin_commit();
            if let Some(done) = self.commits.join_next().await {
                answers.push(self.committed(done)?);
            }
        }
        if let Some(at_most) = room {
            let supply = self.frontier.lease(at_most, self.clock.now()).await?;
            answers.push(Event::Supplied(supply));
        }
        Ok(answers)
    }

    /// Starts the task that an action asks for.
    fn start(&mut self, action: Action) {
        let (workers, pages) = (&self.workers, &mut self.pages);
        let (purpose, task) = match action {
            Action::Fetch(lease) => (Purpose::Fetch(lease.id), pages.spawn(workers.fetch(*lease))),
            Action::FetchRobots { origin, request } => (
                Purpose::Robots(origin.clone()),
                pages.spawn(workers.robots(origin, *request)),
            ),
            Action::Parse(jobs) => {
                let leases = jobs.iter().map(|job| job.lease).collect();
                (
                    Purpose::Parse(leases),
                    pages.spawn_blocking(workers.parse(jobs)),
                )
            }
            Action::Refine { lease, items } => (
                Purpose::Refine(lease),
                pages.spawn(workers.refine(lease, items)),
            ),
            Action::Deliver(delivery) => {
                let index = delivery.sink;
                let Some(sink) = self.sinks.get(index).cloned() else {
                    return;
                };
                let (frontier, batch) = (Arc::clone(&self.frontier), self.batch);
                let task = async move {
                    let result = deliver(&*frontier, &sink, delivery, batch).await;
                    Event::Delivered {
                        sink: index,
                        result,
                    }
                };
                (Purpose::Deliver(index), self.deliveries.spawn(task))
            }
            _ => return,
        };
        self.purposes.insert(task.id(), purpose);
    }

    /// Drops all work that is not committed. A page that is being parsed cannot be interrupted;
    /// nobody waits for it any more.
    fn abort(&mut self) {
        self.pages.abort_all();
        self.pages.detach_all();
        self.purposes
            .retain(|_, purpose| matches!(purpose, Purpose::Deliver(_)));
    }
}
