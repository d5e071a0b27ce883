//! The work that tasks do for the driver.

use std::any::Any;
use std::sync::Arc;

use huntsman_core::Request;
use huntsman_core::frontier::{Lease, LeaseId};

use super::event::{Event, Job, Parsed, Work};
use crate::admit::Rules;
use crate::caught::guarded;
use crate::clock::Clock;
use crate::erased::AnySpider;
use crate::fetch::{Stack, fetch_robots, guarded as guarded_fetch};
use crate::parse::Yield;

/// What tasks need.
#[derive(Clone)]
pub(crate) struct Workers {
    pub(crate) stack: Arc<Stack>,
    pub(crate) spider: Arc<dyn AnySpider>,
    pub(crate) rules: Arc<Rules>,
    pub(crate) clock: Clock,
}

impl Workers {
    pub(super) fn fetch(&self, lease: Lease) -> impl Future<Output = Event> + use<> {
        let (stack, clock) = (Arc::clone(&self.stack), self.clock);
        async move {
            let begun = clock.elapsed();
            let result = guarded_fetch(stack.fetch(lease.request)).await;
            Event::Fetched {
                lease: lease.id,
                result,
                latency: clock.elapsed().saturating_sub(begun),
            }
        }
    }

    pub(super) fn robots(
        &self,
        origin: String,
        request: Request,
    ) -> impl Future<Output = Event> + use<> {
        let stack = Arc::clone(&self.stack);
        async move {
            let result = fetch_robots(&stack, request).await;
            Event::Robots { origin, result }
        }
    }

    pub(super) fn parse(&self, jobs: Vec<Job>) -> impl FnOnce() -> Event + use<> {
        let workers = self.clone();
        let one = move |Job {
                            lease,
                            request,
                            work,
                        }| {
            let now = workers.clock.now();
            let yielded = guarded(|| match work {
                Work::Response(raw) => workers.spider.parse(&request, raw, now),
                Work::Failure(error) => workers.spider.failed(&request, &error, now),
            });
            (
                lease,
                yielded.map(|yielded| workers.screen(yielded, &request)),
            )
        };
        move || Event::Parsed(jobs.into_iter().map(one).collect())
    }

    fn screen(&self, yielded: Yield, request: &Request) -> Parsed {
        let links = yielded.drafts.len() as u64;
        let screened = self
            .rules
            .screen(&yielded.drafts, yielded.base.as_ref(), Some(request));
        Parsed {
            items: yielded.items,
            yielded: yielded.count,
            screened,
            links,
        }
    }

    pub(super) fn refine(
        &self,
        lease: LeaseId,
        items: Box<dyn Any + Send>,
    ) -> impl Future<Output = Event> + use<> {
        let spider = Arc::clone(&self.spider);
        async move {
            Event::Refined {
                lease,
                result: Ok(spider.refine(items).await),
            }
        }
    }
}
