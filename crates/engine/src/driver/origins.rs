//! Origins whose robots.txt is being fetched, and the requests that wait for it.

use std::collections::HashMap;
use std::time::Duration;

use huntsman_core::frontier::{Lease, LeaseId};
use huntsman_core::retry::{RetryPolicy, is_retriable, retry_after};
use huntsman_core::{FetchError, HostKey, Request, Timestamp};

use crate::fetch::{RobotsAnswer, robots_request};

#[derive(Debug)]
struct Asked {
    host: HostKey,
    request: Request,
    parked: Vec<Lease>,
    tried: u32,
    again_at: Option<Timestamp>,
}

/// Origins that were asked for their robots.txt and have not answered.
#[derive(Debug, Default)]
pub(super) struct Origins(HashMap<String, Asked>);

/// What an answer means.
pub(super) enum Answered {
    /// It is asked for again later.
    Later,
    /// These requests may be judged by it now.
    Known {
        host: HostKey,
        parked: Vec<Lease>,
        result: Result<RobotsAnswer, FetchError>,
    },
}

impl Origins {
    /// Parks a lease until the origin's robots.txt is known; returns the request for it when this
    /// is the first.
    pub(super) fn park(&mut self, origin: &str, lease: Lease) -> Option<(HostKey, Request)> {
        if let Some(asked) = self.0.get_mut(origin) {
            asked.parked.push(lease);
            return None;
        }
        let host = HostKey::of(&lease.request.url);
        let request = robots_request(&lease.request);
        let asked = Asked {
            host: host.clone(),
            request: request.clone(),
            parked: vec![lease],
            tried: 0,
            again_at: None,
        };
        self.0.insert(origin.to_owned(), asked);
        Some((host, request))
    }

    /// Takes an answer: one that may be better later is asked for again, as often as a page is.
    pub(super) fn answered(
        &mut self,
        origin: &str,
        result: Result<RobotsAnswer, FetchError>,
        policy: &RetryPolicy,
        now: Timestamp,
    ) -> Option<Answered> {
        let asked = self.0.get_mut(origin)?;
        if let Some(wait) = wait(&result, asked.tried, policy, now) {
            asked.tried += 1;
            asked.again_at = Some(now.after(wait));
            return Some(Answered::Later);
        }
        let asked = self.0.remove(origin)?;
        Some(Answered::Known {
            host: asked.host,
            parked: asked.parked,
            result,
        })
    }

    /// The requests that are to be sent again by now.
    pub(super) fn due(&mut self, now: Timestamp) -> Vec<(String, Request)> {
        let mut due = Vec::new();
        for (origin, asked) in &mut self.0 {
            if asked.again_at.is_some_and(|time| time <= now) {
                asked.again_at = None;
                due.push((origin.clone(), asked.request.clone()));
            }
        }
        due
    }

    /// When the next of them is due.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.0.values().filter_map(|asked| asked.again_at).min()
    }

    /// Forgets all; returns the leases that were parked.
    pub(super) fn abort(&mut self) -> Vec<LeaseId> {
        let asked = self.0.drain();
        asked
            .flat_map(|(_, asked)| asked.parked)
            .map(|lease| lease.id)
            .collect()
    }
}

fn wait(
    result: &Result<RobotsAnswer, FetchError>,
    tried: u32,
    policy: &RetryPolicy,
    now: Timestamp,
) -> Option<Duration> {
    match result {
        Ok(answer) if is_retriable(answer.status) => {
            let asked = retry_after(&answer.headers, now);
            policy.wait(&FetchError::Status(answer.status), tried, asked)
        }
        Ok(_) => None,
        Err(error) => policy.wait(error, tried, None),
    }
}
