//! What a job is about and how far it is, for people.

use std::collections::VecDeque;
use std::path::PathBuf;

use huntsman_core::failpoint::failpoint;
use huntsman_core::frontier::Counts;
use huntsman_core::{Sequence, Timestamp};
use redb::ReadableTable as _;
use serde::{Deserialize, Serialize};

use crate::about::Identity;
use crate::bytes::unseal;
use crate::error::StoreError;
use crate::index::Index;

/// The most hosts that facts name: those with the longest queues.
const MOST_HOSTS: usize = 100;

/// The least time between two writings of a running job's facts, in milliseconds.
const EVERY: u64 = 1000;

/// The time over which rates are taken, in milliseconds.
const WINDOW: u64 = 10_000;

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Its name.
    pub job: String,
    /// The spider's name.
    pub spider: String,
    /// The version of the spider.
    pub version: String,
    /// When its first run began.
    pub began: Timestamp,
    /// Which round of it: 1 for the first.
    pub round: u64,
    /// When this was so; none for a job that does not run.
    pub at: Option<Timestamp>,
    /// Requests waiting, delayed ones too.
    pub queued: u64,
    /// Of those, requests that wait for a time of their own.
    pub delayed: u64,
    /// Requests under way.
    pub leased: u64,
    /// When the lease began that has been out for longest.
    pub oldest_lease: Option<Timestamp>,
    /// The URL of that lease.
    pub oldest_url: Option<String>,
    /// Pages that are done, failed ones too.
    pub done: u64,
    /// Pages done in a second, over the last ten; none for a job that does not run.
    pub pages_per_second: Option<f64>,
    /// Records appended in a second, over the last ten.
    pub records_per_second: Option<f64>,
    /// Requests ever taken in.
    pub seen: u64,
    /// The last record that every sink has.
    pub confirmed: Sequence,
    /// The last record of the outbox.
    pub last: Sequence,
    /// Where each sink stood when that was last kept.
    pub sinks: Vec<(String, Sequence)>,
    /// Hosts in all.
    pub hosts: u64,
    /// The hosts with the longest queues, the longest first; at most 100.
    pub longest: Vec<HostFacts>,
}

/// How far a host is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostFacts {
    /// Its key.
    pub host: String,
    /// Requests waiting for it, without those that wait for a time of their own.
    pub queued: u64,
    /// Requests under way.
    pub leased: u32,
    /// No request starts before this.
    pub not_before: Timestamp,
}

impl Facts {
    pub(crate) fn of(
        (identity, round): (&Identity, u64),
        index: &Index,
        at: Option<Timestamp>,
    ) -> Result<Self, StoreError> {
        let Counts {
            queued,
            leased,
            seen,
            ..
        } = index.counts();
        let oldest = index.leased.values().min_by_key(|leased| leased.since);
        let mut sinks = Vec::new();
        for row in index.snapshot.sinks.iter()? {
            let (name, row) = row?;
            let mut reader = unseal("sinks", name.value().as_bytes(), row.value())?;
            sinks.push((name.value().to_owned(), Sequence(reader.uint()?)));
        }
        Ok(Self {
            job: identity.job.to_string(),
            spider: identity.spider.clone(),
            version: identity.version.clone(),
            began: identity.began,
            round,
            at,
            queued,
            delayed: index.delayed.len() as u64,
            leased,
            oldest_lease: oldest.map(|leased| leased.since),
            oldest_url: oldest.map(|leased| leased.url.to_string()),
            done: index.done,
            pages_per_second: None,
            records_per_second: None,
            seen,
            confirmed: index.outbox.confirmed,
            last: index.outbox.last,
            sinks,
            hosts: index.names.len() as u64,
            longest: longest(index),
        })
    }
}

fn longest(index: &Index) -> Vec<HostFacts> {
    let mut by_length: Vec<(u64, u32, usize)> = (0..index.queues.len())
        .map(|at| (index.queues[at].waiting(), index.turns.in_flight(at), at))
        .filter(|(queued, leased, _)| *queued > 0 || *leased > 0)
        .collect();
    let order = |one: &(u64, u32, usize)| (std::cmp::Reverse((one.0, one.1)), one.2);
    if by_length.len() > MOST_HOSTS {
        by_length.select_nth_unstable_by_key(MOST_HOSTS, order);
        by_length.truncate(MOST_HOSTS);
    }
    by_length.sort_unstable_by_key(order);
    let facts = |(queued, leased, at): (u64, u32, usize)| HostFacts {
        host: index.names[at].to_string(),
        queued,
        leased,
        not_before: index.turns.state(at).next,
    };
    by_length.into_iter().map(facts).collect()
}

/// The facts of a running job in a file, for other processes: nobody else can read its database.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) path: PathBuf,
    pub(crate) identity: Identity,
    /// The present round.
    pub(crate) round: u64,
    pub(crate) rates: Rates,
}

/// Looks at what is done, of the last ten seconds.
#[derive(Debug, Default)]
pub(crate) struct Rates(VecDeque<(Timestamp, u64, u64)>);

impl Rates {
    /// Takes another look: pages and records in a second since the oldest one.
    fn look(&mut self, now: Timestamp, pages: u64, records: u64) -> Option<(f64, f64)> {
        let looks = &mut self.0;
        while looks
            .front()
            .is_some_and(|(at, ..)| now.0.saturating_sub(at.0) > WINDOW)
        {
            looks.pop_front();
        }
        looks.push_back((now, pages, records));
        let (at, pages_then, records_then) = *looks.front()?;
        let seconds = now.0.checked_sub(at.0).filter(|passed| *passed > 0)? as f64 / 1000.0;
        // Precise enough for what people read.
        let rate = |now: u64, then: u64| now.saturating_sub(then) as f64 / seconds;
        Some((rate(pages, pages_then), rate(records, records_then)))
    }
}

impl Live {
    /// Writes the facts, if they have not been for a second. They serve to look at only, so that a
    /// failure is none of the crawl: a full disk will stop the next commit.
    pub(crate) fn write(&mut self, index: &Index, now: Timestamp) {
        let before = self.rates.0.back();
        if before.is_some_and(|(before, ..)| now.0.abs_diff(before.0) < EVERY) {
            return;
        }
        let rates = self.rates.look(now, index.done, index.outbox.last.0);
        let Ok(mut facts) = Facts::of((&self.identity, self.round), index, Some(now)) else {
            return;
        };
        if let Some((pages, records)) = rates {
            facts.pages_per_second = Some(pages);
            facts.records_per_second = Some(records);
        }
        let new = self.path.with_extension("new");
        let json = serde_json::to_vec(&facts).unwrap_or_default();
        if std::fs::write(&new, json).is_ok() {
            failpoint("store.facts.written");
            let _renamed = std::fs::rename(&new, &self.path);
        }
    }
}
