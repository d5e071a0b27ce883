//! Seeds under way: which of them are settled, and what came of them kept.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use huntsman_core::frontier::{FrontierError, Settled};
use huntsman_core::request::Candidate;
use huntsman_core::{Event as Seen, Fingerprint, Request, Sequence};
use tokio::task::JoinSet;

use crate::admit::{Rules, Seed, Seeds, SeedsError};
use crate::observe::Observers;
use crate::settle::Ending;

use super::{Driver, Event};

/// Seeds that may be under way at a time.
const MOST_OPEN: usize = 10_000;
/// Settled seeds that are remembered, so that one that comes twice is settled at once.
const MOST_KNOWN: usize = 100_000;
/// Requests that wait in the frontier while more seeds are asked for.
const ENOUGH: u64 = 1_000;

/// A source of seeds, and what became of those that it gave.
pub(crate) struct Intake {
    source: Arc<dyn Seeds>,
    /// The page kind of a seed that tells none.
    page: Arc<str>,
    /// Whether what is settled outlives the process at once.
    is_durable: bool,
    asked: JoinSet<Result<Vec<Seed>, SeedsError>>,
    has_ended: bool,
    /// By the request that settles them: a redirect passes them on.
    waiting: HashMap<Fingerprint, Vec<u64>>,
    /// Settled, while sinks do not have all up to this record.
    undelivered: VecDeque<(Sequence, Vec<u64>)>,
    known: HashSet<Fingerprint>,
    open: usize,
    last: Sequence,
    confirmed: Sequence,
}

/// What is needed of a page that ends, once its end is committed.
pub(super) struct Ended {
    request: Fingerprint,
    /// The target of a redirect.
    next: Option<Fingerprint>,
    at: usize,
}

impl Intake {
    pub(crate) fn new(source: Arc<dyn Seeds>, page: Arc<str>, is_durable: bool) -> Self {
        Self {
            source,
            page,
            is_durable,
            asked: JoinSet::new(),
            has_ended: false,
            waiting: HashMap::new(),
            undelivered: VecDeque::new(),
            known: HashSet::new(),
            open: 0,
            last: Sequence(0),
            confirmed: Sequence(0),
        }
    }

    /// Asks for more, unless there is enough.
    pub(super) fn ask(&mut self, queued: u64) {
        if !self.has_ended && self.asked.is_empty() && queued < ENOUGH && self.open < MOST_OPEN {
            let source = Arc::clone(&self.source);
            self.asked.spawn(async move { source.next().await });
        }
    }

    pub(super) fn is_asked(&self) -> bool {
        !self.asked.is_empty()
    }

    /// Waits for what was asked for; for ever if nothing was.
    pub(super) async fn came(&mut self) -> Result<Vec<Seed>, SeedsError> {
        let came = match self.asked.join_next().await {
            Some(came) => came.unwrap_or_else(|panic| Err(SeedsError(panic.to_string()))),
            None => std::future::pending().await,
        };
        self.has_ended = !matches!(&came, Ok(seeds) if !seeds.is_empty());
        came
    }

    /// Requests of seeds that the rules let in. The others are settled.
    pub(super) fn admit(
        &mut self,
        seeds: Vec<Seed>,
        rules: &Rules,
        observers: &Observers,
    ) -> Vec<Candidate> {
        let mut found = Vec::with_capacity(seeds.len());
        self.open += seeds.len();
        for Seed { id, request, page } in seeds {
            let request = Request {
                page: page.unwrap_or_else(|| Arc::clone(&self.page)),
                ..request
            };
            if let Err(refusal) = rules.admit(&request) {
                let url = &request.url;
                observers.on(&Seen::Refused {
                    url,
                    refusal: &refusal,
                });
                self.release(&[id]);
                continue;
            }
            let candidate = Candidate::from(request);
            if self.known.contains(&candidate.fingerprint) && !candidate.request.revisit {
                self.keep(vec![id], self.last);
                continue;
            }
            self.waiting
                .entry(candidate.fingerprint)
                .or_default()
                .push(id);
            found.push(candidate);
        }
        found
    }

    /// Notes down which pages of a batch end.
    pub(super) fn ending(batch: &[Ending]) -> Vec<Ended> {
        let ended = batch.iter().enumerate().filter_map(|(at, ending)| {
            let request = ending.request.as_ref()?;
            let target = ending.settlement.found.first();
            let next = target.filter(|next| next.request.redirects.last() == Some(&request.url));
            Some(Ended {
                request: request.fingerprint(),
                next: next.map(|next| next.fingerprint),
                at,
            })
        });
        ended.collect()
    }

    /// The batch is committed.
    pub(super) fn committed(&mut self, ended: Vec<Ended>, settled: &[Settled]) {
        for Ended { request, next, at } in ended {
            let last = settled.get(at).map_or(self.last, |settled| settled.last);
            self.last = self.last.max(last);
            let Some(seeds) = self.waiting.remove(&request) else {
                continue;
            };
            match next.filter(|next| !self.known.contains(next)) {
                Some(next) => self.waiting.entry(next).or_default().extend(seeds),
                None => self.keep(seeds, last),
            }
            if self.known.len() == MOST_KNOWN {
                self.known.clear();
            }
            self.known.insert(request);
        }
    }

    /// Nothing is queued or under way: whatever is waited for is settled, by whichever run.
    pub(super) fn drained(&mut self) {
        for (_, seeds) in std::mem::take(&mut self.waiting) {
            self.keep(seeds, self.last);
        }
    }

    /// Every sink has all up to here.
    pub(super) fn confirmed(&mut self, up_to: Sequence) {
        self.confirmed = self.confirmed.max(up_to);
        while let Some((last, _)) = self.undelivered.front()
            && *last <= self.confirmed
            && let Some((_, seeds)) = self.undelivered.pop_front()
        {
            self.release(&seeds);
        }
    }

    fn keep(&mut self, seeds: Vec<u64>, last: Sequence) {
        if self.is_durable || last <= self.confirmed {
            self.release(&seeds);
        } else {
            self.undelivered.push_back((last, seeds));
        }
    }

    fn release(&mut self, seeds: &[u64]) {
        self.open = self.open.saturating_sub(seeds.len());
        self.source.settled(seeds);
    }

    /// The crawl is over; every sink is closed, or `whole` is false.
    pub(crate) async fn close(mut self, whole: bool) -> Result<(), SeedsError> {
        self.asked.shutdown().await;
        if whole {
            self.confirmed(self.last);
        }
        self.source.close().await
    }
}

impl Driver {
    /// Asks for more seeds while they are of use.
    pub(super) fn ask_for_seeds(&mut self) {
        let Some(intake) = &mut self.intake else {
            return;
        };
        if self.state.is_drained() && self.commits.is_empty() && self.endings.is_empty() {
            intake.drained();
        }
        if self.state.wants_seeds(self.clock.now()) {
            intake.ask(self.state.queued());
        }
    }

    /// Takes seeds in, or that there are no more.
    pub(super) async fn took(
        &mut self,
        came: Result<Vec<Seed>, SeedsError>,
    ) -> Result<Event, FrontierError> {
        let seeds = match came {
            Ok(seeds) if !seeds.is_empty() => seeds,
            Ok(_) => return Ok(Event::NoMore(None)),
            Err(error) => return Ok(Event::NoMore(Some(error.to_string()))),
        };
        let Some(intake) = &mut self.intake else {
            return Ok(Event::Tick);
        };
        let found = intake.admit(seeds, &self.workers.rules, &self.state.observers);
        let admission = self.frontier.offer(found, self.clock.now()).await?;
        Ok(Event::Came(admission))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;
    use huntsman_core::Url;
    use huntsman_core::frontier::{Admission, LeaseId};

    use super::*;
    use crate::settle::{Yielded, done};

    #[derive(Default)]
    struct Told(Mutex<Vec<u64>>);

    #[async_trait]
    impl Seeds for Told {
        async fn next(&self) -> Result<Vec<Seed>, SeedsError> {
            Ok(Vec::new())
        }

        fn settled(&self, seeds: &[u64]) {
            self.0.lock().unwrap().extend(seeds);
        }
    }

    fn request(path: &str) -> Request {
        Request::get(Url::parse(&format!("http://h/{path}")).unwrap())
    }

    struct Case {
        told: Arc<Told>,
        intake: Intake,
    }

    impl Case {
        fn new(is_durable: bool) -> Self {
            let told = Arc::new(Told::default());
            let source: Arc<dyn Seeds> = Arc::<Told>::clone(&told);
            Self {
                told,
                intake: Intake::new(source, "null".into(), is_durable),
            }
        }

        /// Lets seeds in; how many are offered.
        fn admit(&mut self, seeds: &[(u64, &str)]) -> usize {
            let seeds = seeds.iter().map(|(id, path)| Seed::new(*id, request(path)));
            let rules = Rules::none();
            self.intake
                .admit(seeds.collect(), &rules, &Observers::default())
                .len()
        }

        /// A page ends, with a redirect or without, and the outbox has so many records.
        fn end(&mut self, path: &str, next: Option<&str>, last: u64) {
            let from = request(path);
            let target = next.map(|next| Request {
                redirects: vec![from.url.clone()],
                ..request(next)
            });
            let yielded = Yielded {
                found: target.into_iter().map(Candidate::from).collect(),
                ..Yielded::default()
            };
            let ended = Intake::ending(&[done(LeaseId(1), Some(from), yielded, None)]);
            let settled = Settled {
                admission: Admission::default(),
                records: 0,
                quarantined: 0,
                repeated: 0,
                bytes: 0,
                last: Sequence(last),
            };
            self.intake.committed(ended, &[settled]);
        }

        fn told(&self) -> Vec<u64> {
            std::mem::take(&mut *self.told.0.lock().unwrap())
        }
    }

    #[test]
    fn a_seed_is_settled_with_its_page_and_behind_its_redirects() {
        let mut case = Case::new(true);
        assert_eq!(case.admit(&[(1, "a"), (2, "b"), (3, "a")]), 3);
        case.end("other", None, 0);
        case.end("a", Some("c"), 0);
        assert!(case.told().is_empty());
        case.end("b", None, 0);
        assert_eq!(case.told(), [2]);
        case.end("c", None, 0);
        assert_eq!(case.told(), [1, 3]);
        // It is known.
        assert_eq!(case.admit(&[(4, "b")]), 0);
        assert_eq!(case.told(), [4]);
        assert_eq!(case.intake.open, 0);
    }

    #[test]
    fn without_a_job_it_is_settled_once_the_sinks_have_its_items() {
        let mut case = Case::new(false);
        case.admit(&[(1, "a"), (2, "b"), (3, "c")]);
        case.end("a", None, 5);
        case.end("b", None, 9);
        assert!(case.told().is_empty());
        case.intake.confirmed(Sequence(7));
        assert_eq!(case.told(), [1]);
        case.intake.confirmed(Sequence(9));
        assert_eq!(case.told(), [2]);
        // Another page has led there before: nobody waits for it by name.
        case.intake.drained();
        assert_eq!(case.told(), [3]);
        assert_eq!(case.intake.open, 0);
    }

    #[test]
    fn what_is_refused_is_settled() {
        let mut case = Case::new(true);
        let seed = Seed::new(1, Request::get(Url::parse("ftp://h/a").unwrap()));
        let rules = Rules::web_only();
        let found = case.intake.admit(vec![seed], &rules, &Observers::default());
        assert!(found.is_empty());
        assert_eq!(case.told(), [1]);
    }
}
