//! What a scripted site saw.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use huntsman_core::{HostKey, Request};

/// One request that a [`FakeWeb`](crate::FakeWeb) got.
#[derive(Debug, Clone)]
pub struct Visit {
    /// What was asked for.
    pub request: Request,
    /// When it began, since the web was made.
    pub begun: Duration,
    /// When it was answered; none while it is under way, or if it was dropped.
    pub ended: Option<Duration>,
}

/// The log of a [`FakeWeb`](crate::FakeWeb); clones share it.
#[derive(Debug, Clone, Default)]
pub struct Visits(Arc<Mutex<Vec<Visit>>>);

impl Visits {
    fn lock(&self) -> MutexGuard<'_, Vec<Visit>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn begin(&self, request: Request, begun: Duration) -> usize {
        let mut visits = self.lock();
        visits.push(Visit {
            request,
            begun,
            ended: None,
        });
        visits.len() - 1
    }

    pub(crate) fn end(&self, index: usize, ended: Duration) {
        if let Some(visit) = self.lock().get_mut(index) {
            visit.ended = Some(ended);
        }
    }

    /// All of them, in the order in which they began.
    #[must_use]
    pub fn all(&self) -> Vec<Visit> {
        self.lock().clone()
    }

    /// How often this URL was asked for.
    #[must_use]
    pub fn count(&self, url: &str) -> usize {
        self.lock()
            .iter()
            .filter(|visit| visit.request.url.as_str() == url)
            .count()
    }

    /// The URLs asked for, robots.txt left out, in order.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        let visits = self.lock();
        let pages = visits
            .iter()
            .filter(|visit| visit.request.url.path() != "/robots.txt");
        pages.map(|visit| visit.request.url.to_string()).collect()
    }

    /// The most requests that were under way at once, in all and to one host.
    #[must_use]
    pub fn most_at_once(&self) -> (usize, usize) {
        let mut edges = Vec::new();
        // One that took no time was under way with none of the others.
        for visit in self
            .lock()
            .iter()
            .filter(|visit| visit.ended != Some(visit.begun))
        {
            let host = HostKey::of(&visit.request.url);
            // At the same time, an end comes before a beginning.
            edges.push((visit.begun, 1, host.clone()));
            edges.push((visit.ended.unwrap_or(Duration::MAX), 0, host));
        }
        edges.sort_by_key(|edge| (edge.0, edge.1));
        let (mut now, mut most, mut most_of_one) = (0, 0, 0);
        let mut by_host: HashMap<HostKey, usize> = HashMap::new();
        for (_, begins, host) in edges {
            let of_host = by_host.entry(host).or_default();
            if begins == 1 {
                now += 1;
                *of_host += 1;
            } else {
                now -= 1;
                *of_host -= 1;
            }
            most = most.max(now);
            most_of_one = most_of_one.max(*of_host);
        }
        (most, most_of_one)
    }

    /// The times between the beginnings of pages of one host, robots.txt left out.
    #[must_use]
    pub fn gaps(&self, host: &str) -> Vec<Duration> {
        let visits = self.lock();
        let begun: Vec<Duration> = visits
            .iter()
            .filter(|visit| HostKey::of(&visit.request.url).as_str() == host)
            .filter(|visit| visit.request.url.path() != "/robots.txt")
            .map(|visit| visit.begun)
            .collect();
        begun.windows(2).map(|pair| pair[1] - pair[0]).collect()
    }
}
