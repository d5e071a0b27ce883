//! Whose turn it is: the pace of every host, and which of them may start a request now.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::PaceOf;
use crate::host::HostKey;
use crate::pace::{Pace, PaceChange};
use crate::time::Timestamp;

/// The hosts of a frontier, each with its pace; the queues are the frontier's own business.
///
/// The frontier says with which priority a host's next request waits ([`Turns::front`]), and is
/// told which host may start one ([`Turns::start`]): the highest priority first, then the host
/// whose turn was longest ago. Hosts go by their number, counted from 0 in the order of
/// [`Turns::host`].
///
/// ```
/// use huntsman_core::frontier::Turns;
/// use huntsman_core::pace::Pace;
/// use huntsman_core::{HostKey, Timestamp};
///
/// let mut turns = Turns::new(|_: &HostKey| Pace::default());
/// let (a, b) = (turns.host(&HostKey::from("a.example")), turns.host(&HostKey::from("b.example")));
/// turns.front(a, Some(0));
/// turns.front(b, Some(7));
/// assert_eq!(turns.start(Timestamp(0)), Some(b));
/// assert_eq!(turns.start(Timestamp(0)), Some(a));
/// assert_eq!(turns.start(Timestamp(0)), None, "one at a time");
/// turns.ended(b);
/// assert_eq!(turns.start(Timestamp(0)), Some(b));
/// ```
pub struct Turns {
    pace_of: Box<dyn PaceOf>,
    hosts: Vec<Host>,
    by_key: HashMap<HostKey, usize>,
    /// Hosts that may start a request at a time yet to come.
    waiting: BTreeSet<(Timestamp, usize)>,
    /// Hosts that may start one now: highest priority first, then whose turn was longest ago.
    ready: BTreeSet<(Reverse<i32>, u64, usize)>,
    turn: u64,
}

/// What of a host's pace outlives a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PaceState {
    /// No request starts before this.
    pub next: Timestamp,
    /// The least delay that the site itself asked for.
    pub at_least: Duration,
    /// Requests started so far.
    pub turns: u64,
}

#[derive(Debug)]
struct Host {
    pace: Pace,
    state: PaceState,
    in_flight: u32,
    held: bool,
    /// The number of its last turn: whoever waited longest goes first.
    last_turn: u64,
    /// The priority of the request that comes next.
    front: Option<i32>,
    standing: Standing,
}

/// Where a host stands in the two sets.
#[derive(Debug, Clone, Copy)]
enum Standing {
    Idle,
    Waiting(Timestamp),
    Ready(Reverse<i32>, u64),
}

impl Turns {
    /// No hosts yet; `pace` is asked once for each.
    #[must_use]
    pub fn new(pace: impl PaceOf) -> Self {
        Self {
            pace_of: Box::new(pace),
            hosts: Vec::new(),
            by_key: HashMap::new(),
            waiting: BTreeSet::new(),
            ready: BTreeSet::new(),
            turn: 0,
        }
    }

    /// The number of this host, which is made if it is new.
    pub fn host(&mut self, key: &HostKey) -> usize {
        if let Some(at) = self.by_key.get(key) {
            return *at;
        }
        let at = self.hosts.len();
        self.hosts.push(Host::new(self.pace_of.pace_of(key)));
        self.by_key.insert(key.clone(), at);
        at
    }

    /// How many hosts there are.
    #[must_use]
    pub fn hosts(&self) -> usize {
        self.hosts.len()
    }

    /// Every host, in no order, with its number.
    pub fn keys(&self) -> impl Iterator<Item = (&HostKey, usize)> {
        self.by_key.iter().map(|(key, at)| (key, *at))
    }

    /// The priority with which the host's next request waits; `None` when none does.
    pub fn front(&mut self, at: usize, priority: Option<i32>) {
        self.update(at, |host| host.front = priority);
    }

    /// The host that starts a request now, if one may; the request counts as under way.
    /// [`Turns::front`] is to be called with what comes after it.
    pub fn start(&mut self, now: Timestamp) -> Option<usize> {
        self.wake(now);
        let (_, _, at) = self.ready.first().copied()?;
        self.turn += 1;
        let turn = self.turn;
        self.update(at, |host| host.started(now, turn));
        Some(at)
    }

    /// A request of this host is no longer under way.
    pub fn ended(&mut self, at: usize) {
        self.update(at, |host| host.in_flight = host.in_flight.saturating_sub(1));
    }

    /// Changes the pace of a host from `now` on.
    pub fn change(&mut self, at: usize, change: PaceChange, now: Timestamp) {
        self.update(at, |host| host.change(change, now));
    }

    /// When the next host may start a request, unless something changes before.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        self.waiting.first().map(|(time, _)| *time)
    }

    /// Requests of this host that are under way.
    #[must_use]
    pub fn in_flight(&self, at: usize) -> u32 {
        self.hosts[at].in_flight
    }

    /// What of the host's pace is worth keeping.
    #[must_use]
    pub fn state(&self, at: usize) -> PaceState {
        self.hosts[at].state
    }

    /// Goes on from what was kept of an earlier run, `now`.
    pub fn restore(&mut self, at: usize, state: PaceState, now: Timestamp) {
        self.update(at, |host| host.restore(state, now));
    }

    /// Moves the hosts that have become due by `now` to where they can be started.
    fn wake(&mut self, now: Timestamp) {
        while let Some((time, at)) = self.waiting.first().copied()
            && time <= now
        {
            self.waiting.pop_first();
            let host = &mut self.hosts[at];
            let (priority, turn) = (Reverse(host.front.unwrap_or(0)), host.last_turn);
            host.standing = Standing::Ready(priority, turn);
            self.ready.insert((priority, turn, at));
        }
    }

    /// Changes a host and puts it where it then belongs.
    fn update(&mut self, at: usize, change: impl FnOnce(&mut Host)) {
        let host = &mut self.hosts[at];
        change(host);
        match host.standing {
            Standing::Idle => {}
            Standing::Waiting(time) => {
                self.waiting.remove(&(time, at));
            }
            Standing::Ready(priority, turn) => {
                self.ready.remove(&(priority, turn, at));
            }
        }
        host.standing = match host.due() {
            None => Standing::Idle,
            Some(time) => {
                self.waiting.insert((time, at));
                Standing::Waiting(time)
            }
        };
    }
}

impl std::fmt::Debug for Turns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Turns")
            .field("hosts", &self.hosts.len())
            .finish_non_exhaustive()
    }
}

impl Host {
    fn new(pace: Pace) -> Self {
        Self {
            pace,
            state: PaceState::default(),
            in_flight: 0,
            held: false,
            last_turn: 0,
            front: None,
            standing: Standing::Idle,
        }
    }

    /// When its next request may start; `None` when it has none, or only after a settlement.
    fn due(&self) -> Option<Timestamp> {
        let may =
            !self.held && self.in_flight < self.pace.concurrency.max(1) && self.front.is_some();
        may.then_some(self.state.next)
    }

    fn started(&mut self, now: Timestamp, turn: u64) {
        self.in_flight += 1;
        self.last_turn = turn;
        self.delay_from(now);
        self.state.turns += 1;
    }

    fn delay_from(&mut self, now: Timestamp) {
        let next = self.pace.next(now, self.state.turns);
        self.state.next = self.state.next.max(next);
    }

    fn change(&mut self, change: PaceChange, now: Timestamp) {
        match change {
            PaceChange::AtLeast(delay) => {
                self.state.at_least = self.state.at_least.max(delay);
                self.pace.delay = self.pace.delay.max(delay);
                // The request that is under way counts: the new delay runs from now.
                self.state.next = self.state.next.max(now.after(delay));
            }
            PaceChange::NotBefore(time) => {
                let latest = now.after(super::MAX_WAIT);
                self.state.next = self.state.next.max(time.min(latest));
            }
            PaceChange::Hold => self.held = true,
            PaceChange::Release => {
                self.held = false;
                // What was leased before the hold begins only now.
                if self.in_flight > 0 {
                    self.delay_from(now);
                }
            }
        }
    }

    fn restore(&mut self, state: PaceState, now: Timestamp) {
        self.state = state;
        self.pace.delay = self.pace.delay.max(state.at_least);
        // Nobody is put off for longer: the clock was set back, and only the delay means anything.
        if state.next > now.after(super::MAX_WAIT) {
            self.state.next = now.after(state.at_least.min(super::MAX_WAIT));
        }
    }
}
