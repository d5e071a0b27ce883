//! What every frontier promises. Run [`all`] in a test of your own:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use huntsman_core::frontier::MemoryFrontier;
//! huntsman_testkit::frontier_suite::all(|pace| async move {
//!     MemoryFrontier::new(move |_: &huntsman_core::HostKey| pace)
//! }).await;
//! # }
//! ```

mod pace;

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use huntsman_core::frontier::{End, Lease, Settlement, Supply};
use huntsman_core::pace::Pace;
use huntsman_core::request::Candidate;
use huntsman_core::{Frontier, FrontierError, Request, Sequence, Timestamp, Url};

use crate::item::Sample;

/// Runs the whole suite; `make` gives an empty frontier with this pace for every host.
///
/// # Panics
/// When a promise is broken; the message says which.
pub async fn all<F: Frontier, M: Future<Output = F>>(make: impl Fn(Pace) -> M) {
    each_request_is_leased_once(&make(quick(8)).await).await;
    known_requests_are_not_taken_in_again(&make(quick(1)).await).await;
    a_lease_that_is_not_settled_keeps_the_frontier_from_draining(&make(quick(1)).await).await;
    a_settlement_commits_links_and_items_together(&make(quick(1)).await).await;
    pace::the_delay_is_kept(&make(slow()).await).await;
    pace::no_more_at_once_than_allowed(&make(quick(2)).await).await;
    pace::an_answered_request_is_not_under_way(&make(quick(2)).await).await;
    higher_priority_goes_first(&make(quick(1)).await).await;
    pace::a_retry_comes_back_when_it_is_due(&make(quick(1)).await).await;
    pace::one_slow_host_does_not_hold_up_the_others(&make(slow()).await).await;
    pace::pace_changes_count_at_once(&make(quick(4)).await).await;
    the_whole_request_comes_back(&make(quick(1)).await).await;
    the_outbox_keeps_its_order_until_confirmed(&make(quick(1)).await).await;
    a_stray_settlement_is_an_error(&make(quick(1)).await).await;
    what_is_announced_is_leased_once(&make(quick(8)).await).await;
}

fn quick(concurrency: u32) -> Pace {
    Pace {
        delay: Duration::ZERO,
        jitter: 0.0,
        concurrency,
    }
}

fn slow() -> Pace {
    Pace {
        delay: Duration::from_secs(1),
        jitter: 0.5,
        concurrency: 4,
    }
}

fn get(url: &str) -> Candidate {
    Request::get(Url::parse(url).expect("the suite's URLs are valid")).into()
}

fn at(ms: u64) -> Timestamp {
    Timestamp(ms)
}

async fn offer(frontier: &impl Frontier, found: Vec<Candidate>) {
    frontier.offer(found, at(0)).await.expect("offer");
}

async fn supply(frontier: &impl Frontier, at_most: usize, now: Timestamp) -> Supply {
    let at_most = NonZeroUsize::new(at_most).expect("the suite asks for some");
    frontier.lease(at_most, now).await.expect("lease")
}

async fn leases(frontier: &impl Frontier, at_most: usize, now: Timestamp) -> Vec<Lease> {
    match supply(frontier, at_most, now).await {
        Supply::Ready(leases) => {
            assert!(!leases.is_empty(), "Ready holds at least one lease");
            assert!(leases.len() <= at_most, "no more leases than asked for");
            leases
        }
        _ => Vec::new(),
    }
}

async fn settle(
    frontier: &impl Frontier,
    lease: &Lease,
    end: End,
    found: Vec<Candidate>,
    now: Timestamp,
) {
    let settlement = Settlement {
        end,
        found,
        ..Settlement::done(lease.id)
    };
    frontier
        .settle(vec![settlement], now)
        .await
        .expect("settle");
}

async fn each_request_is_leased_once(frontier: &impl Frontier) {
    let urls: BTreeSet<String> = (0..60)
        .map(|n| format!("http://h{}.example/{n}", n % 3))
        .collect();
    offer(frontier, urls.iter().map(|url| get(url)).collect()).await;
    let mut seen = BTreeSet::new();
    loop {
        match supply(frontier, 7, at(0)).await {
            Supply::Ready(leases) => {
                for lease in leases {
                    assert!(seen.insert(lease.request.url.to_string()), "leased twice");
                    settle(
                        frontier,
                        &lease,
                        End::Done,
                        vec![get(lease.request.url.as_str())],
                        at(0),
                    )
                    .await;
                }
            }
            Supply::Drained => break,
            other => panic!("{other:?} with nothing under way"),
        }
    }
    assert_eq!(seen, urls, "every request is leased");
}

async fn known_requests_are_not_taken_in_again(frontier: &impl Frontier) {
    offer(frontier, vec![get("http://a.example/x?a=1&b=2")]).await;
    let again = frontier
        .offer(vec![get("http://a.example/x?b=2&a=1#f")], at(0))
        .await
        .expect("offer");
    assert_eq!(
        (again.new, again.known),
        (0, 1),
        "one spelling is known by another"
    );
    let mut revisit = get("http://a.example/x?a=1&b=2");
    revisit.request.revisit = true;
    let admission = frontier.offer(vec![revisit], at(0)).await.expect("offer");
    assert_eq!(admission.new, 1, "a revisit is taken in");
    assert_eq!(frontier.counts().queued, 2);
}

async fn a_lease_that_is_not_settled_keeps_the_frontier_from_draining(frontier: &impl Frontier) {
    offer(frontier, vec![get("http://a.example/")]).await;
    let lease = leases(frontier, 1, at(0)).await.remove(0);
    assert!(matches!(supply(frontier, 1, at(0)).await, Supply::Leased));
    assert_eq!(frontier.counts().leased, 1);
    settle(frontier, &lease, End::Done, Vec::new(), at(0)).await;
    assert!(matches!(supply(frontier, 1, at(0)).await, Supply::Drained));
}

async fn a_settlement_commits_links_and_items_together(frontier: &impl Frontier) {
    offer(frontier, vec![get("http://a.example/")]).await;
    let lease = leases(frontier, 1, at(0)).await.remove(0);
    let items = (0..2).map(|n| Arc::new(Sample::numbered(n)) as _).collect();
    let found = vec![get("http://a.example/1"), get("http://a.example/")];
    let settlement = Settlement {
        found,
        items,
        ..Settlement::done(lease.id)
    };
    let settled = frontier
        .settle(vec![settlement], at(0))
        .await
        .expect("settle");
    assert_eq!(
        (settled[0].admission.new, settled[0].admission.known),
        (1, 1)
    );
    assert_eq!((settled[0].records, settled[0].last), (2, Sequence(2)));
    let records = frontier.outbox(Sequence(0), 10).await.expect("outbox");
    let ids: Vec<_> = records
        .iter()
        .map(|record| (record.id.request, record.id.ordinal))
        .collect();
    let page = lease.request.fingerprint();
    assert_eq!(
        ids,
        [(page, 0), (page, 1)],
        "the id is the request and the place on its page"
    );
}

async fn higher_priority_goes_first(frontier: &impl Frontier) {
    let mut found: Vec<Candidate> = (0..4)
        .map(|n| get(&format!("http://a.example/{n}")))
        .collect();
    for (candidate, priority) in found.iter_mut().zip([0, -1, 5, 5]) {
        candidate.request.priority = priority;
    }
    offer(frontier, found).await;
    let mut order = Vec::new();
    for _ in 0..4 {
        let lease = leases(frontier, 1, at(0)).await.remove(0);
        order.push(lease.request.url.path().to_owned());
        settle(frontier, &lease, End::Done, Vec::new(), at(0)).await;
    }
    assert_eq!(
        order,
        ["/2", "/3", "/0", "/1"],
        "by priority, then first come, first served"
    );
}

async fn the_whole_request_comes_back(frontier: &impl Frontier) {
    let mut request = Request::get(Url::parse("http://u:p@a.example/x?y=1#z").expect("a URL"));
    request.method = huntsman_core::Method::POST;
    request
        .headers
        .append("x-a", huntsman_core::HeaderValue::from_static("1"));
    request
        .headers
        .append("x-a", huntsman_core::HeaderValue::from_static("2"));
    request.body = huntsman_core::Bytes::from_static(b"\0body");
    request.page = "{\"Book\":{\"n\":1}}".into();
    request.priority = -7;
    request.depth = 65_535;
    request.revisit = true;
    request.found_on = Some("http://a.example/from".into());
    request.redirects = vec![Url::parse("http://a.example/before").expect("a URL")];
    offer(
        frontier,
        vec![request.clone().into(), get("http://a.example/plain")],
    )
    .await;
    let first = leases(frontier, 1, at(0)).await.remove(0);
    assert_eq!(first.request.url.path(), "/plain");
    settle(frontier, &first, End::Done, Vec::new(), at(0)).await;
    assert_eq!(leases(frontier, 1, at(0)).await.remove(0).request, request);
}

async fn the_outbox_keeps_its_order_until_confirmed(frontier: &impl Frontier) {
    offer(
        frontier,
        (0..3)
            .map(|n| get(&format!("http://a.example/{n}")))
            .collect(),
    )
    .await;
    for page in 0..3u64 {
        let lease = leases(frontier, 1, at(0)).await.remove(0);
        let items = (0..10)
            .map(|n| Arc::new(Sample::numbered(page * 10 + n)) as _)
            .collect();
        let settlement = Settlement {
            items,
            ..Settlement::done(lease.id)
        };
        frontier
            .settle(vec![settlement], at(0))
            .await
            .expect("settle");
    }
    let numbers = |records: Vec<huntsman_core::Record>| -> Vec<u64> {
        // As sinks see it: what a durable frontier gives back has lost its Rust type.
        let sample = |record: &huntsman_core::Record| {
            let json = serde_json::to_value(record.item.fields()).unwrap_or_default();
            json["number"].as_u64().unwrap_or_default()
        };
        records.iter().map(sample).collect()
    };
    let read = |after, at_most| frontier.outbox(Sequence(after), at_most);
    assert_eq!(
        numbers(read(0, 12).await.expect("outbox")),
        (0..12).collect::<Vec<_>>()
    );
    assert_eq!(
        numbers(read(12, 100).await.expect("outbox")),
        (12..30).collect::<Vec<_>>()
    );
    frontier.confirm(Sequence(12)).await.expect("confirm");
    assert_eq!(frontier.counts().outbox, 18);
    assert_eq!(numbers(read(12, 3).await.expect("outbox")), [12, 13, 14]);
    assert_eq!(numbers(read(30, 3).await.expect("outbox")), [] as [u64; 0]);
}

async fn a_stray_settlement_is_an_error(frontier: &impl Frontier) {
    offer(frontier, vec![get("http://a.example/")]).await;
    let lease = leases(frontier, 1, at(0)).await.remove(0);
    let done = || Settlement::done(lease.id);
    let twice = frontier.settle(vec![done(), done()], at(0)).await;
    assert!(
        matches!(twice, Err(FrontierError::NotLeased(_))),
        "{twice:?}"
    );
    assert_eq!(
        frontier.counts().leased,
        1,
        "a batch with an error commits nothing"
    );
    frontier.settle(vec![done()], at(0)).await.expect("settle");
    let again = frontier.settle(vec![done()], at(0)).await;
    assert!(
        matches!(again, Err(FrontierError::NotLeased(_))),
        "{again:?}"
    );
}

/// Announced or not, what a page has led to is leased once, and told with the page's end.
///
/// # Panics
/// When the promise is broken.
pub async fn what_is_announced_is_leased_once(frontier: &impl Frontier) {
    offer(frontier, vec![get("http://a.example/")]).await;
    let page = leases(frontier, 8, at(0)).await.remove(0);
    let coming = Settlement {
        found: ["1", "2", "1", ""]
            .map(|path| get(&format!("http://a.example/{path}")))
            .into(),
        ..Settlement::done(page.id)
    };
    let announced = frontier
        .announce(&[&coming], at(1))
        .await
        .expect("announce");
    let mut found = leases(frontier, 1, at(1)).await;
    assert_eq!(
        found.len(),
        usize::from(announced),
        "only what is announced is there"
    );
    let mut batch = vec![coming];
    batch.extend(found.iter().map(|lease| Settlement::done(lease.id)));
    let settled = frontier.settle(batch, at(2)).await.expect("settle");
    let admission = settled[0].admission;
    assert_eq!(
        (admission.new, admission.known),
        (2, 2),
        "in the page's own answer"
    );
    let rest = leases(frontier, 8, at(2)).await;
    for lease in &rest {
        settle(frontier, lease, End::Done, Vec::new(), at(3)).await;
    }
    found.extend(rest);
    let urls: Vec<_> = found.iter().map(|lease| lease.request.url.path()).collect();
    assert_eq!(urls, ["/1", "/2"], "each once, in order");
    let drained = supply(frontier, 8, at(3)).await;
    assert!(matches!(drained, Supply::Drained), "{drained:?}");
    assert_eq!(frontier.counts().seen, 3);
}
