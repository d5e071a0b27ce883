//! The work that tasks do for the driver.

use std::any::Any;
use std::sync::Arc;

use huntsman_core::Request;
use huntsman_core::frontier::{Answer, Lease, LeaseId};

use super::event::{Event, Job, Looked, Parsed, Verdict, Work};
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
    /// Fetches a page; one that an earlier round knows, only if it has changed.
    pub(super) fn fetch(&self, mut lease: Lease) -> impl Future<Output = Event> + use<> {
        let (stack, clock) = (Arc::clone(&self.stack), self.clock);
        async move {
            let begun = clock.elapsed();
            if let Some(last) = &lease.last {
                last.ask_for_newer(&mut lease.request);
            }
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
        let one = move |job: Job| (job.lease, workers.look(job));
        move || Event::Parsed(jobs.into_iter().map(one).collect())
    }

    fn look(&self, job: Job) -> Looked {
        let request = &job.request;
        let answer = match &job.work {
            Work::Response(raw) if job.remember => Some(Answer::of(raw)),
            _ => None,
        };
        if let (Some(answer), Some(last)) = (&answer, &job.last)
            && (answer.status, answer.digest) == (last.status, last.digest)
        {
            return Looked {
                answer: Some(answer.clone()),
                verdict: Verdict::Unchanged,
            };
        }
        let now = self.clock.now();
        let yielded = guarded(|| match job.work {
            Work::Response(raw) => self.spider.parse(request, raw, now),
            Work::Failure(error) => self.spider.failed(request, &error, now),
        });
        let verdict = match yielded {
            Ok(yielded) => Verdict::Parsed(self.screen(yielded, request)),
            Err(reason) => Verdict::Failed(reason),
        };
        Looked { answer, verdict }
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
            changes: yielded.changes,
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
