//! The requests of one host in memory: highest priority first, then first come, first served.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method};
use url::Url;

use crate::request::Request;

/// A request as it waits: what a plain link needs stands in place, the rest behind a pointer, so
/// that a queued link costs little more than its URL.
#[derive(Debug)]
pub(super) struct Queued {
    priority: i32,
    depth: u16,
    tried: u16,
    order: u64,
    url: Box<str>,
    page: Arc<str>,
    found_on: Option<Arc<str>>,
    rest: Option<Box<Rest>>,
}

#[derive(Debug)]
struct Rest {
    method: Method,
    headers: HeaderMap,
    body: Bytes,
    revisit: bool,
    redirects: Vec<Url>,
}

impl Queued {
    pub(super) fn new(request: Request, order: u64, tried: u32) -> Self {
        let plain = request.method == Method::GET
            && request.headers.is_empty()
            && request.body.is_empty()
            && !request.revisit
            && request.redirects.is_empty();
        let rest = (!plain).then(|| {
            Box::new(Rest {
                method: request.method,
                headers: request.headers,
                body: request.body,
                revisit: request.revisit,
                redirects: request.redirects,
            })
        });
        Self {
            priority: request.priority,
            depth: request.depth,
            tried: u16::try_from(tried).unwrap_or(u16::MAX),
            order,
            url: String::from(request.url).into_boxed_str(),
            page: request.page,
            found_on: request.found_on,
            rest,
        }
    }

    pub(super) fn tried(&self) -> u32 {
        u32::from(self.tried)
    }

    pub(super) fn request(self) -> Request {
        let url = Url::parse(&self.url).expect("it was a URL when it was queued");
        let plain = Request {
            page: self.page,
            priority: self.priority,
            depth: self.depth,
            found_on: self.found_on,
            ..Request::get(url)
        };
        match self.rest {
            None => plain,
            Some(rest) => Request {
                method: rest.method,
                headers: rest.headers,
                body: rest.body,
                revisit: rest.revisit,
                redirects: rest.redirects,
                ..plain
            },
        }
    }
}

impl PartialEq for Queued {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Queued {}

impl PartialOrd for Queued {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Queued {
    /// The greatest is leased first.
    fn cmp(&self, other: &Self) -> Ordering {
        (self.priority, other.order).cmp(&(other.priority, self.order))
    }
}

/// The waiting requests of one host.
#[derive(Debug, Default)]
pub(super) struct HostQueue(BinaryHeap<Queued>);

impl HostQueue {
    pub(super) fn push(&mut self, queued: Queued) {
        self.0.push(queued);
    }

    pub(super) fn pop(&mut self) -> Option<Queued> {
        let queued = self.0.pop();
        // A queue that was long once must not keep its memory.
        if self.0.capacity() > 64 && self.0.len() < self.0.capacity() / 4 {
            self.0.shrink_to(self.0.capacity() / 2);
        }
        queued
    }

    /// The priority of the request that comes next.
    pub(super) fn next_priority(&self) -> Option<i32> {
        self.0.peek().map(|queued| queued.priority)
    }
}
