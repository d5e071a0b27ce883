//! Random steps, against two references: the frontier in memory, which it must equal answer for
//! answer; and a list, across power cuts.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::time::Duration;

use huntsman_core::frontier::{End, Lease, LeaseId, MemoryFrontier, Settlement, Supply};
use huntsman_core::pace::{Pace, PaceChange};
use huntsman_core::request::Candidate;
use huntsman_core::{Fingerprint, Frontier, HostKey, Position, Request, Sequence, Timestamp};
use proptest::prelude::*;

use super::disk::Disk;
use super::{get, options, sample};

#[derive(Debug, Clone)]
enum Step {
    Offer(Vec<Link>),
    Lease(usize),
    /// The site answers one of the leases.
    Answer(usize),
    /// Ends of the oldest leases, in one batch.
    Settle(Vec<Page>),
    /// The same of pages that are done and announced before; so many requests are leased between,
    /// and end in the same batch if the last is set. The power may fail then.
    Foreseen(Vec<Page>, usize, bool, Option<u64>),
    Pace(u8, PaceChange),
    Confirm(u64),
    Keep(u8),
    Later(u64),
    /// The power fails, with this draw of what is lost.
    Cut(u64),
    Reopen,
}

#[derive(Debug, Clone)]
struct Link {
    host: u8,
    page: u8,
    priority: i32,
    revisit: bool,
}

#[derive(Debug, Clone)]
struct Page {
    retry: Option<u64>,
    found: Vec<Link>,
    items: u8,
}

impl Link {
    fn candidate(&self) -> Candidate {
        let mut candidate = get(&format!("http://h{}.example/{}", self.host, self.page));
        candidate.request.priority = self.priority;
        candidate.request.revisit = self.revisit;
        candidate
    }
}

fn links(most: usize) -> impl Strategy<Value = Vec<Link>> {
    let link = (0..3_u8, 0..60_u8, -1..2_i32, prop::bool::weighted(0.05));
    let link = link.prop_map(|(host, page, priority, revisit)| Link {
        host,
        page,
        priority,
        revisit,
    });
    prop::collection::vec(link, 0..most)
}

fn page() -> impl Strategy<Value = Page> {
    let retry = prop::option::weighted(0.3, 0..50_u64);
    (retry, links(12), 0..3_u8).prop_map(|(retry, found, items)| Page {
        retry,
        found,
        items,
    })
}

fn foreseen() -> impl Strategy<Value = Step> {
    let done = page().prop_map(|page| Page {
        retry: None,
        ..page
    });
    let pages = prop::collection::vec(done, 1..4);
    let cut = prop::option::weighted(0.3, any::<u64>());
    (pages, 0..6_usize, any::<bool>(), cut)
        .prop_map(|(pages, leases, ends, cut)| Step::Foreseen(pages, leases, ends, cut))
}

fn step() -> impl Strategy<Value = Step> {
    let change = prop_oneof![
        (0..60_u64).prop_map(|ms| PaceChange::AtLeast(Duration::from_millis(ms))),
        (0..500_u64).prop_map(|ms| PaceChange::NotBefore(Timestamp(ms))),
        Just(PaceChange::Hold),
        Just(PaceChange::Release),
    ];
    prop_oneof![
        3 => links(40).prop_map(Step::Offer),
        6 => (1..9_usize).prop_map(Step::Lease),
        3 => (0..9_usize).prop_map(Step::Answer),
        6 => prop::collection::vec(page(), 1..4).prop_map(Step::Settle),
        6 => foreseen(),
        1 => (0..3_u8, change).prop_map(|(host, change)| Step::Pace(host, change)),
        1 => (0..30_u64).prop_map(Step::Confirm),
        1 => (0..3_u8).prop_map(Step::Keep),
        3 => (0..40_u64).prop_map(Step::Later),
        2 => any::<u64>().prop_map(Step::Cut),
        1 => Just(Step::Reopen),
    ]
}

fn pace(_: &HostKey) -> Pace {
    Pace {
        delay: Duration::from_millis(3),
        jitter: 0.5,
        concurrency: 4,
    }
}

fn settlement(lease: LeaseId, page: &Page, now: u64) -> Settlement {
    let not_before = page.retry.map(|later| Timestamp(now + later));
    Settlement {
        end: not_before.map_or(End::Done, |not_before| End::Retry { not_before }),
        found: page.found.iter().map(Link::candidate).collect(),
        items: (0..page.items).map(|n| sample(u64::from(n))).collect(),
        ..Settlement::done(lease)
    }
}

/// Where a run of the steps stands.
struct Run<F> {
    frontier: F,
    leases: Vec<Lease>,
    now: u64,
}

impl<F: Frontier> Run<F> {
    /// Does a step, and tells all that it answers.
    async fn step(&mut self, step: &Step) -> String {
        let now = Timestamp(self.now);
        let frontier = &self.frontier;
        match step {
            Step::Offer(found) => {
                let found = found.iter().map(Link::candidate).collect();
                format!("{:?}", frontier.offer(found, now).await.unwrap())
            }
            Step::Lease(at_most) => {
                let at_most = NonZeroUsize::new(*at_most).unwrap();
                match frontier.lease(at_most, now).await.unwrap() {
                    Supply::Ready(leases) => {
                        let told = leases.iter().map(|lease| (&lease.request, lease.tried));
                        let told = format!("{:?}", told.collect::<Vec<_>>());
                        self.leases.extend(leases);
                        told
                    }
                    other => format!("{other:?}"),
                }
            }
            Step::Answer(which) => {
                let lease = self.leases.get(*which);
                lease
                    .into_iter()
                    .for_each(|lease| frontier.answered(lease.id));
                String::new()
            }
            Step::Settle(pages) => {
                let batch = self.batch(pages);
                self.settle(batch).await
            }
            Step::Foreseen(pages, ..) => {
                let batch = self.batch(pages);
                self.announce(&batch).await;
                self.settle(batch).await
            }
            Step::Pace(host, change) => {
                let host = HostKey::from(&*format!("h{host}.example"));
                format!("{:?}", frontier.pace(&host, *change, now).await)
            }
            Step::Confirm(up_to) => {
                frontier.confirm(Sequence(*up_to)).await.unwrap();
                let left = frontier.outbox(Sequence(*up_to), 100).await.unwrap();
                format!("{left:?}")
            }
            Step::Later(by) => {
                self.now += by;
                String::new()
            }
            Step::Keep(_) | Step::Cut(_) | Step::Reopen => String::new(),
        }
    }
}

impl<F: Frontier> Run<F> {
    /// Ends of the oldest leases.
    fn batch(&mut self, pages: &[Page]) -> Vec<Settlement> {
        let count = pages.len().min(self.leases.len());
        let leases = self.leases.drain(..count).zip(pages);
        leases
            .map(|(lease, page)| settlement(lease.id, page, self.now))
            .collect()
    }

    async fn announce(&self, batch: &[Settlement]) -> bool {
        let coming: Vec<_> = batch.iter().collect();
        let announced = self.frontier.announce(&coming, Timestamp(self.now)).await;
        announced.unwrap()
    }

    async fn settle(&self, batch: Vec<Settlement>) -> String {
        let settled = self.frontier.settle(batch, Timestamp(self.now)).await;
        let mut settled = settled.unwrap();
        for one in &mut settled {
            // In memory an estimate.
            one.bytes = 0;
        }
        format!("{settled:?}")
    }
}

fn block_on(work: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(work);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn it_answers_as_the_frontier_in_memory_does(steps in prop::collection::vec(step(), 1..60)) {
        block_on(async {
            let memory = MemoryFrontier::new(pace);
            let store = Disk::with_job().open(options().pace(pace)).unwrap();
            let mut one = Run { frontier: memory, leases: Vec::new(), now: 0 };
            let mut other = Run { frontier: store, leases: Vec::new(), now: 0 };
            for step in &steps {
                assert_eq!(one.step(step).await, other.step(step).await, "{step:?}");
                assert_eq!(one.frontier.counts(), other.frontier.counts(), "{step:?}");
            }
        });
    }
}

/// What a store has to know: the plainest thing that could.
#[derive(Debug, Default, Clone)]
struct List {
    /// By order: request, times tried, when it may be leased, and whether it is.
    waiting: BTreeMap<u64, (Request, u32, u64, bool)>,
    seen: BTreeSet<Fingerprint>,
    records: Vec<(Fingerprint, u32)>,
    kept: BTreeMap<String, u64>,
    order: u64,
}

impl List {
    fn offer(&mut self, found: &[Link]) {
        for link in found {
            let Candidate {
                fingerprint,
                request,
            } = link.candidate();
            if self.seen.insert(fingerprint) || request.revisit {
                self.order += 1;
                self.waiting.insert(self.order, (request, 0, 0, false));
            }
        }
    }

    /// A request was leased: it must be the first of its host that may be.
    fn lease(&mut self, lease: &Lease, now: u64) -> u64 {
        let host = HostKey::of(&lease.request.url);
        let due = self
            .waiting
            .iter()
            .filter(|(_, (request, _, until, leased))| {
                HostKey::of(&request.url) == host && *until <= now && !leased
            });
        let first = due.min_by_key(|(order, entry)| (std::cmp::Reverse(entry.0.priority), **order));
        let order = *first.expect("a request that may be leased").0;
        let entry = self.waiting.get_mut(&order).unwrap();
        assert_eq!((&entry.0, entry.1), (&lease.request, lease.tried));
        entry.3 = true;
        order
    }

    /// A page is done whose links were offered before.
    fn done(&mut self, order: u64, items: u8) {
        let (request, _, _, leased) = self.waiting.remove(&order).unwrap();
        assert!(leased);
        let fingerprint = request.fingerprint();
        let items = (0..u32::from(items)).map(|ordinal| (fingerprint, ordinal));
        self.records.extend(items);
    }

    fn settle(&mut self, order: u64, page: &Page, now: u64) {
        let (request, tried, _, leased) = self.waiting.remove(&order).unwrap();
        assert!(leased);
        let fingerprint = request.fingerprint();
        if let Some(later) = page.retry {
            self.order += 1;
            self.waiting
                .insert(self.order, (request, tried + 1, now + later, false));
        }
        let items = (0..u32::from(page.items)).map(|ordinal| (fingerprint, ordinal));
        self.records.extend(items);
        self.offer(&page.found);
    }

    fn unleased(&self) -> u64 {
        self.waiting.values().filter(|entry| !entry.3).count() as u64
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn power_cuts_lose_nothing_and_repeat_nothing(steps in prop::collection::vec(step(), 1..60)) {
        block_on(across_cuts(&steps));
    }
}

/// A store and the list that it has to agree with.
struct Both {
    disk: Disk,
    list: List,
    /// Of the leases that are out.
    orders: Vec<u64>,
    run: Run<crate::Store>,
}

impl Both {
    fn open(disk: &Disk) -> crate::Store {
        disk.open(options().pace(pace)).unwrap()
    }

    fn reopen(&mut self) {
        // It has to be closed before it is opened again.
        self.run.frontier = Self::open(&Disk::with_job());
        self.run.frontier = Self::open(&self.disk);
        self.run.leases.clear();
        self.orders.clear();
        let entries = self.list.waiting.values_mut();
        entries.for_each(|entry| entry.3 = false);
    }

    async fn lease(&mut self, step: &Step) {
        let before = self.run.leases.len();
        self.run.step(step).await;
        for lease in &self.run.leases[before..] {
            self.orders.push(self.list.lease(lease, self.run.now));
        }
    }

    /// Pages are announced, and some of what they led to may end with them; or nothing of it is there.
    async fn foreseen(&mut self, pages: &[Page], leases: usize, ends: bool, cut: Option<u64>) {
        let mut before = self.list.clone();
        let mut batch = self.run.batch(pages);
        let ended: Vec<u64> = self.orders.drain(..batch.len()).collect();
        assert!(self.run.announce(&batch).await);
        let links = pages.iter().take(batch.len()).map(|page| &page.found);
        links.for_each(|found| self.list.offer(found));
        if leases > 0 {
            self.lease(&Step::Lease(leases)).await;
        }
        compare(&self.run.frontier, &self.list).await;
        if let Some(draw) = cut {
            // A commit of something else takes nothing of it along.
            self.keep(0).await;
            before.kept.clone_from(&self.list.kept);
            self.disk.cut(draw);
            self.list = before;
            return self.reopen();
        }
        for (order, page) in ended.iter().zip(pages) {
            self.list.done(*order, page.items);
        }
        if ends {
            let children = self.run.leases.drain(..);
            batch.extend(children.map(|lease| Settlement::done(lease.id)));
            for order in self.orders.drain(..) {
                self.list.done(order, 0);
            }
        }
        self.run.settle(batch).await;
    }

    async fn keep(&mut self, sink: u8) {
        let sequence = Sequence(self.list.records.len() as u64);
        let state = vec![sink];
        let (name, position) = (format!("s{sink}"), Position { sequence, state });
        self.run.frontier.keep(&name, position).await.unwrap();
        self.list.kept.insert(name, sequence.0);
    }

    async fn step(&mut self, step: &Step) {
        match step {
            Step::Foreseen(pages, leases, ends, cut) => {
                return self.foreseen(pages, *leases, *ends, *cut).await;
            }
            Step::Lease(_) => return self.lease(step).await,
            Step::Cut(draw) => {
                self.disk.cut(*draw);
                return self.reopen();
            }
            Step::Reopen => return self.reopen(),
            Step::Offer(found) => self.list.offer(found),
            Step::Settle(pages) => {
                let count = pages.len().min(self.orders.len());
                for (order, page) in self.orders.drain(..count).zip(pages) {
                    self.list.settle(order, page, self.run.now);
                }
            }
            Step::Keep(sink) => self.keep(*sink).await,
            _ => {}
        }
        self.run.step(step).await;
    }
}

async fn across_cuts(steps: &[Step]) {
    let disk = Disk::with_job();
    let run = Run {
        frontier: Both::open(&disk),
        leases: Vec::new(),
        now: 0,
    };
    let mut both = Both {
        disk,
        list: List::default(),
        orders: Vec::new(),
        run,
    };
    for step in steps {
        both.step(step).await;
        compare(&both.run.frontier, &both.list).await;
    }
}

async fn compare(store: &crate::Store, list: &List) {
    let counts = store.counts();
    assert_eq!(counts.queued, list.unleased());
    assert_eq!(counts.queued + counts.leased, list.waiting.len() as u64);
    assert_eq!(counts.seen, list.seen.len() as u64);
    let job = store.job().unwrap();
    assert_eq!(job.last.0, list.records.len() as u64);
    let records = store.outbox(job.confirmed, 1000).await.unwrap();
    let ids = records
        .iter()
        .map(|record| (record.id.request, record.id.ordinal));
    let confirmed = usize::try_from(job.confirmed.0).unwrap();
    assert_eq!(ids.collect::<Vec<_>>(), list.records[confirmed..]);
    for sink in ["s0", "s1", "s2"] {
        let kept = store.position(sink).await.unwrap();
        let sequence = kept.map(|position| position.sequence.0);
        assert_eq!(sequence, list.kept.get(sink).copied(), "{sink}");
    }
}
