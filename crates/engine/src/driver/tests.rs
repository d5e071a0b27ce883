//! The state alone: an event and the time in, actions out.

use std::sync::Arc;
use std::time::Duration;

use huntsman_core::frontier::{End, Lease, LeaseId, Supply};
use huntsman_core::pace::PaceChange;
use huntsman_core::{FetchError, HeaderMap, RawResponse, Request, StatusCode, Timestamp, Url};

use super::event::{Action, Event, Looked, Parsed, Verdict};
use super::state::{Parts, State};
use super::stop::StopLevel;
use crate::admit::{RobotsCache, Rules, Screened};
use crate::fetch::RobotsAnswer;
use crate::observe::{Finish, Observers};
use crate::parse::Items;
use crate::settings::Settings;
use crate::yielded::Refined;

const NOW: Timestamp = Timestamp(1_000_000);

fn state(configure: impl FnOnce(&mut Settings)) -> State {
    let mut settings = Settings::default();
    configure(&mut settings);
    let robots = Arc::new(RobotsCache::default());
    let rules = Arc::new(Rules::new(&settings.admit, &robots, Vec::new()));
    let parts = Parts {
        rules,
        robots,
        observers: Observers::default(),
        labels: Vec::new(),
        cores: 2,
    };
    State::new(&settings, parts, NOW)
}

fn lease(id: u64, url: &str) -> Lease {
    let request = Request::get(Url::parse(url).unwrap());
    Lease {
        id: LeaseId(id),
        request,
        tried: 0,
        last: None,
    }
}

fn on(state: &mut State, event: Event) -> Vec<Action> {
    let mut actions = Vec::new();
    state.on(event, NOW, &mut actions);
    actions
}

fn next(state: &mut State) -> Vec<Action> {
    let mut actions = Vec::new();
    state.next(NOW, &mut actions);
    actions
}

fn room(actions: &[Action]) -> usize {
    let room = actions.iter().find_map(|action| match action {
        Action::Lease(room) => Some(room.get()),
        _ => None,
    });
    room.unwrap_or(0)
}

fn page(url: &str, bytes: usize) -> Result<RawResponse, FetchError> {
    Ok(RawResponse::ok(Url::parse(url).unwrap(), vec![b'x'; bytes]))
}

fn fetched(id: u64, result: Result<RawResponse, FetchError>) -> Event {
    Event::Fetched {
        lease: LeaseId(id),
        result,
        latency: Duration::ZERO,
    }
}

fn parsed(id: u64) -> Event {
    let parsed = Parsed {
        items: Items::Refined(Refined::default()),
        yielded: 0,
        screened: Screened::default(),
        links: 0,
        changes: Vec::new(),
    };
    let looked = Looked {
        answer: None,
        verdict: Verdict::Parsed(parsed),
    };
    Event::Parsed(vec![(LeaseId(id), looked)])
}

#[test]
fn robots_come_first_and_the_host_is_held_meanwhile() {
    let mut state = state(|_| {});
    let both = vec![
        lease(1, "http://a.example/x"),
        lease(2, "http://a.example/y"),
    ];
    let actions = on(&mut state, Event::Supplied(Supply::Ready(both)));
    let [
        Action::Pace(host, PaceChange::Hold),
        Action::FetchRobots { origin, request },
    ] = &actions[..]
    else {
        panic!(
            "one hold and one request for robots.txt, not {}",
            actions.len()
        );
    };
    assert_eq!(
        (host.as_str(), origin.as_str()),
        ("a.example", "http://a.example")
    );
    assert_eq!(request.url.as_str(), "http://a.example/robots.txt");
    let body = "User-agent: *\nDisallow: /y\nCrawl-delay: 2\n".into();
    let answer = RobotsAnswer {
        status: StatusCode::OK,
        headers: HeaderMap::new(),
        body,
    };
    let actions = on(
        &mut state,
        Event::Robots {
            origin: origin.clone(),
            result: Ok(answer),
        },
    );
    assert!(matches!(&actions[0], Action::Pace(_, PaceChange::Release)));
    assert!(
        matches!(&actions[1], Action::Pace(_, PaceChange::AtLeast(delay)) if delay.as_secs() == 2)
    );
    assert!(matches!(&actions[2], Action::Fetch(lease) if lease.id == LeaseId(1)));
    assert!(
        matches!(&actions[3], Action::Settle(settlement) if settlement.settlement.lease == LeaseId(2))
    );
    assert_eq!(actions.len(), 4);
}

#[test]
fn a_body_takes_room_until_its_page_is_parsed() {
    let mut state = state(|s| {
        s.admit.robots = false;
        (s.fetch.max_body, s.fetch.body_budget) = (100, 300);
        s.parse.threads = Some(1);
    });
    assert_eq!(room(&next(&mut state)), 3);
    let leases = (1..=3).map(|id| lease(id, "http://a.example/")).collect();
    on(&mut state, Event::Supplied(Supply::Ready(leases)));
    assert_eq!(room(&next(&mut state)), 0, "three reservations");
    on(&mut state, fetched(1, page("http://a.example/", 100)));
    assert_eq!(
        room(&next(&mut state)),
        0,
        "a reservation became a body of full size"
    );
    on(&mut state, fetched(2, page("http://a.example/", 10)));
    on(&mut state, fetched(3, page("http://a.example/", 10)));
    assert_eq!(room(&next(&mut state)), 1, "180 bytes are left");
    on(&mut state, parsed(1));
    assert_eq!(room(&next(&mut state)), 2, "280 bytes are left");
}

#[test]
fn as_many_threads_parse_as_there_are_permits_and_queued_pages_go_together() {
    let mut state = state(|s| {
        s.admit.robots = false;
        s.parse.threads = Some(2);
    });
    let leases = (1..=6).map(|id| lease(id, "http://a.example/")).collect();
    on(&mut state, Event::Supplied(Supply::Ready(leases)));
    for id in 1..=5 {
        on(&mut state, fetched(id, page("http://a.example/", 1)));
    }
    let together = |actions: &[Action]| -> Vec<usize> {
        let jobs = actions.iter().filter_map(|action| match action {
            Action::Parse(jobs) => Some(jobs.len()),
            _ => None,
        });
        jobs.collect()
    };
    assert_eq!(
        together(&next(&mut state)),
        [3, 1],
        "half of the queue, then half of the rest"
    );
    assert_eq!(together(&next(&mut state)), [] as [usize; 0]);
    on(&mut state, fetched(6, page("http://a.example/", 1)));
    on(&mut state, parsed(4));
    assert_eq!(together(&next(&mut state)), [1]);
}

#[test]
fn a_failure_that_may_pass_is_settled_as_a_retry() {
    let mut state = state(|s| s.admit.robots = false);
    on(
        &mut state,
        Event::Supplied(Supply::Ready(vec![lease(1, "http://a.example/")])),
    );
    let actions = on(
        &mut state,
        fetched(1, Err(FetchError::Connect("refused".to_owned()))),
    );
    let [Action::Answered(LeaseId(1)), Action::Settle(settlement)] = &actions[..] else {
        panic!("its host is free, and one settlement")
    };
    assert_eq!(
        settlement.settlement.end,
        End::Retry {
            not_before: NOW.after(Duration::from_secs(1))
        }
    );
    let settlement = &settlement.settlement;
    assert!(settlement.found.is_empty() && settlement.items.is_empty());
}

#[test]
fn a_drain_leases_nothing_and_ends_with_the_last_page() {
    let mut state = state(|s| s.admit.robots = false);
    on(
        &mut state,
        Event::Supplied(Supply::Ready(vec![lease(1, "http://a.example/")])),
    );
    on(&mut state, Event::Stop(StopLevel::Drain));
    assert_eq!(room(&next(&mut state)), 0);
    assert_eq!(state.finished(), None);
    on(&mut state, fetched(1, page("http://a.example/", 1)));
    next(&mut state);
    on(&mut state, parsed(1));
    assert_eq!(state.finished(), Some(Finish::Stopped));
}

#[test]
fn what_comes_after_an_abort_is_ignored() {
    let mut state = state(|s| s.admit.robots = false);
    on(
        &mut state,
        Event::Supplied(Supply::Ready(vec![lease(1, "http://a.example/")])),
    );
    let actions = on(&mut state, Event::Stop(StopLevel::Abort));
    assert!(matches!(actions[..], [Action::Abort]));
    assert_eq!(state.finished(), Some(Finish::Stopped));
    assert!(on(&mut state, fetched(1, page("http://a.example/", 1))).is_empty());
    assert!(on(&mut state, parsed(1)).is_empty());
    assert_eq!(state.finished(), Some(Finish::Stopped));
}

#[test]
fn the_next_time_that_matters_is_known() {
    let mut state = state(|s| s.lease.max_time = Some(Duration::from_secs(60)));
    on(
        &mut state,
        Event::Supplied(Supply::NotBefore(NOW.after(Duration::from_secs(5)))),
    );
    assert_eq!(room(&next(&mut state)), 0, "it is not worth asking before");
    assert_eq!(state.wake(), Some(NOW.after(Duration::from_secs(5))));
    on(&mut state, Event::Supplied(Supply::Leased));
    assert_eq!(
        state.wake(),
        Some(NOW.after(Duration::from_secs(60))),
        "the limit of time"
    );
    let mut later = Vec::new();
    state.next(NOW.after(Duration::from_secs(60)), &mut later);
    assert_eq!(
        state.finished(),
        Some(Finish::Limit("lease.max_time".to_owned()))
    );
    assert!(later.is_empty());
}
