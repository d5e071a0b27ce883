//! The ends of pages: given up, redirected, parsed, refined, settled.

use huntsman_core::frontier::{Account, Answer, LeaseId, Outcome, Settled};
use huntsman_core::request::Candidate;
use huntsman_core::{Event as Seen, FetchError, RawResponse, Request, Timestamp, Url, header};

use super::event::{Action, Looked, Parsed, Verdict, Work};
use super::state::{Hint, State};
use crate::parse::Items;
use crate::settle::{self, Yielded};
use crate::yielded::Refined;

impl State {
    pub(super) fn give_up(&mut self, lease: LeaseId, error: FetchError) {
        if let Some(page) = self.pages.get(lease) {
            self.observers.on(&Seen::Failed {
                url: &page.request.url,
                error: &error,
            });
            let reason = || Outcome::Failed {
                reason: error.to_string(),
            };
            self.pages.became(lease, reason);
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
        let outcome = Outcome::Redirected {
            to: next.url.clone(),
        };
        let (mut found, mut refused) = (Vec::new(), Vec::new());
        match self.rules.admit(&next) {
            Ok(()) => found.push(Candidate::from(next)),
            Err(refusal) => {
                self.observers.on(&Seen::Refused {
                    url: &next.url,
                    refusal: &refusal,
                });
                refused.push((next.url, refusal));
            }
        }
        self.pages.became(lease, || Account { outcome, refused });
        let yielded = Yielded {
            found,
            ..Yielded::default()
        };
        self.settle(lease, yielded, actions);
    }

    /// The spider is done with a page, or never saw it.
    pub(super) fn looked(&mut self, lease: LeaseId, looked: Looked, actions: &mut Vec<Action>) {
        if !self.pages.parsed(lease) {
            return;
        }
        let Some(page) = self.pages.get(lease) else {
            return;
        };
        let (is_response, answer) = (page.is_response, looked.answer);
        match looked.verdict {
            Verdict::Parsed(mut parsed) => {
                self.observers.screened(&parsed.screened);
                let refused = std::mem::take(&mut parsed.screened.refused);
                if let Some(answer) = answer {
                    let outcome = Outcome::Parsed(answer);
                    self.pages.became(lease, || Account { outcome, refused });
                } else {
                    self.pages.refused(lease, refused);
                }
                self.parsed(lease, parsed, actions);
            }
            Verdict::Unchanged => {
                if let Some(answer) = answer {
                    self.unchanged(lease, answer, actions);
                }
            }
            Verdict::Failed(reason) => {
                self.observers.on(&Seen::ParseFailed {
                    url: &page.request.url,
                    reason: &reason,
                });
                if is_response {
                    let outcome = || Outcome::NotParsed { answer, reason };
                    self.pages.became(lease, outcome);
                }
                self.settle(lease, Yielded::default(), actions);
            }
        }
    }

    fn parsed(&mut self, lease: LeaseId, parsed: Parsed, actions: &mut Vec<Action>) {
        let Some(page) = self.pages.get(lease) else {
            return;
        };
        let url = &page.request.url;
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
                let yielded = Yielded {
                    found: parsed.screened.found,
                    items: refined.items,
                    changes: parsed.changes,
                };
                self.settle(lease, yielded, actions);
            }
            Items::Typed(items) => {
                self.pages
                    .refining(lease, parsed.screened.found, parsed.changes);
                actions.push(Action::Refine { lease, items });
            }
        }
    }

    /// A page is what it was in an earlier round: nothing comes of it.
    pub(super) fn unchanged(&mut self, lease: LeaseId, answer: Answer, actions: &mut Vec<Action>) {
        if let Some(page) = self.pages.get(lease) {
            let url = &page.request.url;
            self.observers.on(&Seen::Unchanged { url });
        }
        self.pages.became(lease, || Outcome::Unchanged(answer));
        self.settle(lease, Yielded::default(), actions);
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
                let (found, changes) = self.pages.refined(lease);
                let yielded = Yielded {
                    found,
                    items: refined.items,
                    changes,
                };
                self.settle(lease, yielded, actions);
            }
            Err(reason) => {
                self.observers.on(&Seen::ParseFailed {
                    url: &url,
                    reason: &reason,
                });
                self.pages.not_refined(lease, reason);
                self.settle(lease, Yielded::default(), actions);
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

    pub(super) fn settle(&mut self, lease: LeaseId, yielded: Yielded, actions: &mut Vec<Action>) {
        let Some(page) = self.pages.leave(lease) else {
            let ending = settle::done(lease, None, yielded, None);
            return actions.push(Action::Settle(Box::new(ending)));
        };
        self.done += u64::from(page.is_response);
        let ending = settle::done(lease, Some(page.request), yielded, page.account);
        actions.push(Action::Settle(Box::new(ending)));
    }

    pub(super) fn settled(&mut self, settled: &[Settled], now: Timestamp) {
        self.supply = Hint::Ask;
        for one in settled {
            self.sinks.appended(one.last, one.bytes, now);
            self.observers.admitted(one.admission);
            self.observers.on(&Seen::Settled {
                records: one.records,
                quarantined: one.quarantined,
                repeated: one.repeated,
                counts: self.counts,
            });
        }
    }
}

/// What is known of a page that has not changed; validators may have (RFC 9110 §15.4.5).
pub(super) fn still(last: &Answer, raw: &RawResponse) -> Answer {
    let mut answer = last.clone();
    for (name, validator) in [
        (header::ETAG, &mut answer.etag),
        (header::LAST_MODIFIED, &mut answer.last_modified),
    ] {
        if let Some(value) = raw.headers.get(name) {
            *validator = Some(value.clone());
        }
    }
    answer
}
