//! The ends of pages: given up, redirected, parsed, refined, settled.

use std::sync::Arc;

use huntsman_core::frontier::{LeaseId, Settled};
use huntsman_core::request::Candidate;
use huntsman_core::{AnyItem, Event as Seen, FetchError, Request, Timestamp, Url};

use super::event::{Action, Parsed, Work};
use super::state::{Hint, State};
use crate::parse::Items;
use crate::settle;
use crate::yielded::Refined;

impl State {
    pub(super) fn give_up(&mut self, lease: LeaseId, error: FetchError) {
        if let Some(page) = self.pages.get(lease) {
            self.observers.on(&Seen::Failed {
                url: &page.request.url,
                error: &error,
            });
            self.pages.queue(lease, Work::Failure(error));
        }
    }

    /// A redirect: the page is done, and its target is a found request.
    pub(super) fn follow(&mut self, lease: LeaseId, next: Request, actions: &mut Vec<Action>) {
        let Some(page) = self.pages.get(lease) else {
            return;
        };
        let from = &page.request.url;
        self.observers.on(&Seen::Redirected {
            from,
            to: &next.url,
        });
        let found = match self.rules.admit(&next) {
            Ok(()) => vec![Candidate::from(next)],
            Err(refusal) => {
                self.observers.on(&Seen::Refused {
                    url: &next.url,
                    refusal: &refusal,
                });
                Vec::new()
            }
        };
        self.settle(lease, found, Vec::new(), actions);
    }

    pub(super) fn parsed(
        &mut self,
        lease: LeaseId,
        result: Result<Parsed, String>,
        actions: &mut Vec<Action>,
    ) {
        if !self.pages.parsed(lease) {
            return;
        }
        let Some(page) = self.pages.get(lease) else {
            return;
        };
        let url = &page.request.url;
        let parsed = match result {
            Ok(parsed) => parsed,
            Err(reason) => {
                self.observers.on(&Seen::ParseFailed {
                    url,
                    reason: &reason,
                });
                self.settle(lease, Vec::new(), Vec::new(), actions);
                return;
            }
        };
        self.observers.screened(&parsed.screened);
        let (items, links) = (parsed.yielded, parsed.links);
        if page.is_response {
            self.observers.on(&Seen::Parsed { url, items, links });
        } else {
            self.observers.on(&Seen::Heard { url, items });
        }
        match parsed.items {
            Items::Refined(refined) => {
                let url = url.clone();
                self.refined_items(&url, &refined);
                self.settle(lease, parsed.screened.found, refined.items, actions);
            }
            Items::Typed(items) => {
                self.pages.refining(lease, parsed.screened.found);
                actions.push(Action::Refine { lease, items });
            }
        }
    }

    pub(super) fn refined(
        &mut self,
        lease: LeaseId,
        result: Result<Refined, String>,
        actions: &mut Vec<Action>,
    ) {
        let Some(page) = self.pages.get(lease) else {
            return;
        };
        let url = page.request.url.clone();
        match result {
            Ok(refined) => {
                self.refined_items(&url, &refined);
                let found = self.pages.refined(lease);
                self.settle(lease, found, refined.items, actions);
            }
            Err(reason) => {
                self.observers.on(&Seen::ParseFailed {
                    url: &url,
                    reason: &reason,
                });
                self.settle(lease, Vec::new(), Vec::new(), actions);
            }
        }
    }

    /// Says what became of items that are not simply kept.
    fn refined_items(&mut self, url: &Url, refined: &Refined) {
        self.rejections.count(refined);
        for reason in &refined.dropped {
            self.observers.on(&Seen::Dropped { url, reason });
        }
        for (item, reason) in &refined.failed {
            self.observers.on(&Seen::RefineFailed { url, item, reason });
        }
        for flawed in &refined.flawed {
            self.observers.on(&Seen::Flawed {
                url,
                violations: &flawed.violations,
                kept: flawed.kept,
                quarantined: flawed.quarantined,
            });
        }
    }

    pub(super) fn settle(
        &mut self,
        lease: LeaseId,
        found: Vec<Candidate>,
        items: Vec<Arc<dyn AnyItem>>,
        actions: &mut Vec<Action>,
    ) {
        self.done += u64::from(self.pages.leave(lease).is_some_and(|page| page.is_response));
        actions.push(Action::Settle(settle::done(lease, found, items)));
    }

    pub(super) fn settled(&mut self, settled: &[Settled], now: Timestamp) {
        self.supply = Hint::Ask;
        for one in settled {
            self.sinks.appended(one.last, now);
            self.observers.admitted(one.admission);
            self.observers.on(&Seen::Settled {
                records: one.records,
                quarantined: one.quarantined,
                counts: self.counts,
            });
        }
    }
}
