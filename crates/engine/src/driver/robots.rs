//! Before a page is fetched, its origin's robots.txt is.

use huntsman_core::frontier::{Lease, Outcome};
use huntsman_core::host::origin;
use huntsman_core::pace::PaceChange;
use huntsman_core::{Event as Seen, FetchError, Timestamp};

use super::event::Action;
use super::origins::Answered;
use super::state::{Hint, State};
use crate::fetch::RobotsAnswer;
use crate::settle::Yielded;

impl State {
    /// Fetches a leased request, once its origin's robots.txt is known and allows it.
    pub(super) fn begin(&mut self, lease: Lease, now: Timestamp, actions: &mut Vec<Action>) {
        let Some(cache) = &self.robots else {
            actions.push(Action::Fetch(Box::new(lease)));
            return;
        };
        let url = &lease.request.url;
        if cache.get(url, now).is_none() {
            let origin = origin(url);
            if let Some((host, request)) = self.origins.park(&origin, lease) {
                actions.push(Action::Pace(host, PaceChange::Hold));
                actions.push(Action::FetchRobots {
                    origin,
                    request: Box::new(request),
                });
            }
            return;
        }
        match cache.judge(url) {
            Ok(()) => actions.push(Action::Fetch(Box::new(lease))),
            Err(refusal) => {
                self.observers.on(&Seen::Refused {
                    url,
                    refusal: &refusal,
                });
                self.pages.became(lease.id, || Outcome::from(refusal));
                self.settle(lease.id, Yielded::default(), actions);
            }
        }
    }

    pub(super) fn robots(
        &mut self,
        origin: &str,
        result: Result<RobotsAnswer, FetchError>,
        now: Timestamp,
        actions: &mut Vec<Action>,
    ) {
        let Some(cache) = self.robots.clone() else {
            return;
        };
        let Some(Answered::Known {
            host,
            parked,
            result,
        }) = self
            .origins
            .answered(origin, result, &self.fetch.retry, now)
        else {
            return;
        };
        actions.push(Action::Pace(host.clone(), PaceChange::Release));
        self.supply = Hint::Ask;
        match result {
            Ok(answer) => {
                let delay = cache.learn(origin, answer.status, &answer.body, now);
                if let Some(delay) = delay {
                    actions.push(Action::Pace(host, PaceChange::AtLeast(delay)));
                }
                let outcome = answer.status.as_u16().to_string();
                self.observers.on(&Seen::Robots {
                    origin,
                    outcome: &outcome,
                });
                for lease in parked {
                    self.begin(lease, now, actions);
                }
            }
            Err(error) => {
                self.observers.on(&Seen::Robots {
                    origin,
                    outcome: &error.kind(),
                });
                cache.unreachable(origin, now);
                for lease in parked {
                    self.give_up(lease.id, error.clone());
                }
            }
        }
    }
}
