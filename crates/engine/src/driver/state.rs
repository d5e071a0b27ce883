//! All state of a crawl in one place, and pure: an event and the time in, actions out.

use std::sync::Arc;
use std::time::Duration;

use huntsman_core::frontier::{Counts, Job, LeaseId, Outcome, Supply};
use huntsman_core::pace::PaceChange;
use huntsman_core::{
    Event as Seen, FetchError, HostKey, RawResponse, StatusCode, Stream, Timestamp,
};

use super::event::{Action, Event, Work};
use super::origins::Origins;
use super::outcome::still;
use super::page::Pages;
use super::stop::StopLevel;
use crate::admit::{RobotsCache, Rules};
use crate::deliver::{Label, Opened, Positions, SinkFailure, Taken as Delivered};
use crate::fetch::{Fate, FetchRules};
use crate::lease::{Bounds, Taken};
use crate::observe::{Finish, Observers, Report};
use crate::refine::Rejections;
use crate::settings::{DeliverSettings, Settings};
use crate::settle;

/// The driver's state.
pub(crate) struct State {
    pub(super) rules: Arc<Rules>,
    pub(super) robots: Option<Arc<RobotsCache>>,
    pub(super) fetch: FetchRules,
    pub(super) bounds: Bounds,
    pub(super) permits: usize,
    pub(super) deadline: Option<Timestamp>,
    pub(super) pages: Pages,
    pub(super) origins: Origins,
    pub(super) sinks: Positions,
    pub(super) supply: Hint,
    pub(super) done: u64,
    pub(super) counts: Counts,
    pub(super) finish: Option<Finish>,
    pub(super) rejections: Rejections,
    pub(super) observers: Observers,
    pub(super) labels: Vec<Label>,
    /// Whether seeds may come still.
    pub(super) expects_seeds: bool,
}

/// Whether it is worth asking the frontier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Hint {
    Ask,
    At(Timestamp),
    Blocked,
    Drained,
}

impl Hint {
    /// A host is free for its next request.
    fn answered(&mut self, lease: LeaseId) -> Action {
        if *self != Self::Drained {
            *self = Self::Ask;
        }
        Action::Answered(lease)
    }
}

/// What a state is made of.
pub(crate) struct Parts {
    pub(crate) rules: Arc<Rules>,
    pub(crate) robots: Arc<RobotsCache>,
    pub(crate) observers: Observers,
    pub(crate) labels: Vec<Label>,
    pub(crate) cores: usize,
}

impl State {
    pub(crate) fn new(settings: &Settings, parts: Parts, now: Timestamp) -> Self {
        Self {
            rules: parts.rules,
            robots: settings.admit.robots.then_some(parts.robots),
            fetch: FetchRules::new(settings),
            bounds: Bounds::new(settings),
            permits: settings.parse.threads.unwrap_or(parts.cores),
            deadline: settings.lease.max_time.map(|time| now.after(time)),
            pages: Pages::default(),
            origins: Origins::default(),
            sinks: Positions::new(parts.labels.len(), &settings.deliver),
            supply: Hint::Ask,
            done: 0,
            counts: Counts::default(),
            finish: None,
            rejections: Rejections::new(settings.refine.max_rejected),
            observers: parts.observers,
            labels: parts.labels,
            expects_seeds: false,
        }
    }

    /// Takes in one event and says what is to be done.
    pub(crate) fn on(&mut self, event: Event, now: Timestamp, actions: &mut Vec<Action>) {
        match event {
            Event::Supplied(supply) => self.supplied(supply, now, actions),
            Event::Fetched {
                lease,
                result,
                latency,
            } => self.fetched(lease, result, latency, now, actions),
            Event::Robots { origin, result } => self.robots(&origin, result, now, actions),
            Event::Parsed(pages) => {
                self.pages.permit_back();
                for (lease, looked) in pages {
                    self.looked(lease, looked, actions);
                }
            }
            Event::Refined { lease, result } => self.refined(lease, result, actions),
            Event::Announced => self.supply = Hint::Ask,
            Event::Settled(settled) => self.settled(&settled, now),
            Event::Delivered { sink, result } => self.delivered(sink, result, now, actions),
            Event::Came(admission) => {
                self.supply = Hint::Ask;
                self.observers.admitted(admission);
            }
            Event::NoMore(reason) => {
                self.expects_seeds = false;
                if let Some(reason) = reason {
                    self.finish.get_or_insert(Finish::SeedsFailed { reason });
                }
            }
            Event::Stop(level) => self.stop(level, Finish::Stopped, actions),
            Event::Tick => {}
        }
    }

    /// What can be done now that could not before. To be asked after each lot of events.
    pub(crate) fn next(&mut self, now: Timestamp, actions: &mut Vec<Action>) {
        self.limits(now);
        if let Some(robots) = &self.robots {
            robots.tick(now);
        }
        for (origin, request) in self.origins.due(now) {
            actions.push(Action::FetchRobots {
                origin,
                request: Box::new(request),
            });
        }
        loop {
            let jobs = self.pages.parse(self.permits);
            if jobs.is_empty() {
                break;
            }
            actions.push(Action::Parse(jobs));
        }
        let hurry = self.only_delivers();
        let deliveries = self.sinks.start(now, hurry).into_iter();
        actions.extend(deliveries.map(Action::Deliver));
        actions.extend(self.sinks.confirm().map(Action::Confirm));
        if self.may_lease(now)
            && !self.sinks.is_full(now)
            && let Some(room) = self.bounds.room(&self.taken())
        {
            actions.push(Action::Lease(room));
        }
    }

    /// When something is due although nothing happens.
    pub(crate) fn wake(&self) -> Option<Timestamp> {
        let supply = match self.supply {
            Hint::At(time) if self.finish.is_none() => Some(time),
            _ => None,
        };
        let deadline = self.deadline.filter(|_| self.finish.is_none());
        [supply, deadline, self.sinks.due(), self.origins.next()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Whether all is done, and why it ended.
    pub(crate) fn finished(&self) -> Option<Finish> {
        let over = self.only_delivers() && self.sinks.idle();
        over.then(|| self.finish.clone().unwrap_or(Finish::Finished))
    }

    /// Whether nothing is left but to deliver.
    pub(crate) fn only_delivers(&self) -> bool {
        self.leasing_is_over() && self.pages.is_empty()
    }

    fn leasing_is_over(&self) -> bool {
        self.finish.is_some() || self.is_drained() && !self.expects_seeds
    }

    /// Whether nothing is queued, delayed or leased, by what the frontier said last.
    pub(crate) fn is_drained(&self) -> bool {
        self.supply == Hint::Drained
    }

    /// How many more seeds are of use: none while what is there cannot be worked off.
    pub(crate) fn wants_seeds(&self, now: Timestamp) -> bool {
        self.expects_seeds && self.finish.is_none() && !self.sinks.is_full(now)
    }

    pub(crate) fn queued(&self) -> u64 {
        self.counts.queued
    }

    /// Seeds come while the crawl runs. What becomes of them is to be known on the way.
    pub(crate) fn expect_seeds(&mut self, settings: &DeliverSettings) {
        self.expects_seeds = true;
        self.sinks.commits(settings);
    }

    /// Whether the frontier has more to fetch now, as far as is known.
    pub(crate) fn has_more(&self) -> bool {
        self.finish.is_none() && self.supply == Hint::Ask && self.counts.queued > 0
    }

    fn may_lease(&self, now: Timestamp) -> bool {
        self.finish.is_none()
            && match self.supply {
                Hint::Ask => true,
                Hint::At(time) => time <= now,
                Hint::Blocked | Hint::Drained => false,
            }
    }

    fn taken(&self) -> Taken {
        Taken {
            backlog: self.sinks.backlog(),
            pages: self.done,
            ..self.pages.taken()
        }
    }

    fn limits(&mut self, now: Timestamp) {
        if self.leasing_is_over() {
            return;
        }
        if self.bounds.pages_done(&self.taken()) {
            self.finish = Some(Finish::Limit("lease.max_pages".to_owned()));
        } else if self.deadline.is_some_and(|deadline| deadline <= now) {
            self.finish = Some(Finish::Limit("lease.max_time".to_owned()));
        } else if let Some((rejected, judged)) = self.rejections.too_many() {
            self.finish = Some(Finish::Rejected { rejected, judged });
        }
    }

    fn supplied(&mut self, supply: Supply, now: Timestamp, actions: &mut Vec<Action>) {
        match supply {
            Supply::Ready(leases) => {
                self.supply = Hint::Ask;
                for lease in leases {
                    self.pages.leased(&lease);
                    self.begin(lease, now, actions);
                }
            }
            Supply::NotBefore(time) => self.supply = Hint::At(time),
            Supply::Leased => self.supply = Hint::Blocked,
            Supply::Drained => self.supply = Hint::Drained,
        }
    }

    fn fetched(
        &mut self,
        lease: LeaseId,
        result: Result<RawResponse, FetchError>,
        latency: Duration,
        now: Timestamp,
        actions: &mut Vec<Action>,
    ) {
        let Some(page) = self.pages.get(lease) else {
            return;
        };
        actions.push(self.supply.answered(lease));
        if let Ok(raw) = &result {
            self.observers.on(&Seen::Fetched {
                url: &raw.url,
                status: raw.status,
                bytes: raw.body.len() as u64,
                latency,
            });
        }
        if let (Ok(raw), Some(last)) = (&result, &page.last)
            && raw.status == StatusCode::NOT_MODIFIED
        {
            let answer = still(last, raw);
            self.done += 1;
            self.unchanged(lease, answer, actions);
            return;
        }
        match self.fetch.fate(&page.request, page.tried, result, now) {
            Fate::Parse(raw) => self.pages.queue(lease, Work::Response(raw)),
            Fate::GiveUp(error) => self.give_up(lease, error),
            Fate::Follow(next) => self.follow(lease, *next, actions),
            Fate::Retry {
                error,
                after,
                host_too,
            } => {
                let url = &page.request.url;
                self.observers.on(&Seen::Retried {
                    url,
                    error: &error,
                    after,
                });
                let not_before = now.after(after);
                if host_too {
                    let host = HostKey::of(url);
                    actions.push(Action::Pace(host, PaceChange::NotBefore(not_before)));
                }
                let reason = || Outcome::Retried {
                    reason: error.to_string(),
                };
                self.pages.became(lease, reason);
                let account = self.pages.leave(lease).and_then(|page| page.account);
                let ending = settle::again(lease, not_before, account);
                actions.push(Action::Settle(Box::new(ending)));
            }
        }
    }

    /// What becomes of each page is noted down, for the store of a job.
    pub(crate) fn remember(&mut self) {
        self.pages.remember();
    }

    /// The crawl goes on where an earlier run of its job was: its sinks stand at these records.
    pub(crate) fn resume(
        &mut self,
        job: &Job,
        report: &Report,
        opened: &[Opened],
        settings: &DeliverSettings,
    ) {
        self.sinks.resume(job, opened, settings);
        let rejected = report.rejected.values().sum();
        self.rejections.resume(rejected, report.items + rejected);
    }

    /// The frontier's own counts, for progress.
    pub(crate) fn counted(&mut self, counts: Counts) {
        self.counts = counts;
    }

    fn delivered(
        &mut self,
        sink: usize,
        result: Result<Delivered, SinkFailure>,
        now: Timestamp,
        actions: &mut Vec<Action>,
    ) {
        let Some(label) = self.labels.get(sink) else {
            return;
        };
        let name = &*label.name;
        match result {
            Ok(delivered) => {
                self.sinks.taken(sink, &delivered, now);
                for refused in &delivered.refused {
                    self.observers.refused(&refused.url, &refused.violation);
                }
                self.observers.on(&Seen::Delivered {
                    sink: name,
                    records: delivered.taken,
                });
            }
            Err(SinkFailure(reason)) => {
                self.sinks.failed(sink);
                let goes_on = label.optional && self.has_sink_for_items();
                self.observers.on(&Seen::SinkFailed {
                    sink: name,
                    reason: &reason,
                    goes_on,
                });
                if goes_on {
                    return self.sinks.leave(sink);
                }
                let why = Finish::SinkFailed {
                    sink: name.to_string(),
                    reason,
                };
                // Whatever the user had asked for: a sink that failed is the graver end.
                self.finish = None;
                self.stop(StopLevel::Abort, why, actions);
            }
        }
    }

    fn has_sink_for_items(&self) -> bool {
        let mut labels = self.labels.iter().enumerate();
        labels.any(|(sink, label)| label.stream == Stream::Items && !self.sinks.has_failed(sink))
    }
}
