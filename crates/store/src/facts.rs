//! What a job is about and how far it is, for people.

use std::path::PathBuf;

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

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Its name.
    pub job: String,
    /// The spider's name.
    pub spider: String,
    /// The version of the spider.
    pub version: String,
    /// When its first run began.
    pub began: Timestamp,
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
        identity: &Identity,
        index: &Index,
        at: Option<Timestamp>,
    ) -> Result<Self, StoreError> {
        let Counts {
            queued,
            leased,
            seen,
            ..
        } = index.counts();
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
            at,
            queued,
            delayed: index.delayed.len() as u64,
            leased,
            oldest_lease: index.leased.values().map(|leased| leased.since).min(),
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
    pub(crate) written: Option<Timestamp>,
}

impl Live {
    /// Writes the facts, if they have not been for a second. They serve to look at only, so that a
    /// failure is none of the crawl: a full disk will stop the next commit.
    pub(crate) fn write(&mut self, index: &Index, now: Timestamp) {
        if self
            .written
            .is_some_and(|before| now.0.abs_diff(before.0) < EVERY)
        {
            return;
        }
        self.written = Some(now);
        let Ok(facts) = Facts::of(&self.identity, index, Some(now)) else {
            return;
        };
        let new = self.path.with_extension("new");
        let json = serde_json::to_vec(&facts).unwrap_or_default();
        if std::fs::write(&new, json).is_ok() {
            let _renamed = std::fs::rename(&new, &self.path);
        }
    }
}
