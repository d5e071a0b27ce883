//! Seeded webs, crawled in paused time: the invariants of every crawl.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use huntsman::prelude::*;
use huntsman::{Finish, Report};
use huntsman_testkit::{Collect, SeededSite, Shape, Visits};
use proptest::prelude::*;

use crate::{Walk, urls};

struct Run {
    report: Report,
    visits: Visits,
    items: Collect,
    site: SeededSite,
}

fn run(seed: u64, shape: &Shape, configure: impl FnOnce(&mut Settings)) -> Run {
    let mut site = SeededSite::new(seed, shape);
    let web = std::mem::take(&mut site.web);
    let (visits, items) = (web.visits(), Collect::default());
    let crawl = Crawl::new(
        Walk {
            start: vec![site.seed_url.clone()],
        },
        web,
    )
    .configure(configure)
    .export("items", items.clone());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let stop = Stop::new();
    // Virtual time: should a crawl never end, this does.
    let limit = Duration::from_secs(1_000_000);
    let report = runtime.block_on(async { tokio::time::timeout(limit, crawl.run(&stop)).await });
    Run {
        report: report.expect("the crawl ends").expect("the crawl runs"),
        visits,
        items,
        site,
    }
}

/// How often each URL was asked for, beside its retries.
fn fetched(run: &Run) -> BTreeSet<String> {
    run.visits.urls().into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_page_is_delivered_once_and_nothing_forbidden_is_fetched(seed in any::<u64>(), per_host in 1u32..4, concurrency in 1usize..9) {
        let run = run(seed, &Shape::default(), |s| {
            s.lease.per_host = per_host;
            s.fetch.concurrency = concurrency;
        });
        prop_assert_eq!(&run.report.finish, &Finish::Finished);
        let delivered = urls(&run.items);
        let distinct: BTreeSet<_> = delivered.iter().cloned().collect();
        prop_assert_eq!(delivered.len(), distinct.len(), "no page twice");
        prop_assert_eq!(&distinct, &run.site.pages, "no page lost");
        let asked = fetched(&run);
        prop_assert!(asked.is_disjoint(&run.site.forbidden));
        prop_assert!(asked.is_superset(&run.site.broken));
        prop_assert_eq!(run.report.failed.values().sum::<u64>(), run.site.broken.len() as u64);
        prop_assert_eq!(run.report.left, 0);
        let ids: BTreeSet<_> = run.items.records().iter().map(|record| record.id).collect();
        prop_assert_eq!(ids.len(), run.items.len(), "no id twice");
    }

    #[test]
    fn the_pace_is_kept(seed in any::<u64>(), per_host in 1u32..4, concurrency in 1usize..9, delay in 0u64..3000) {
        let run = run(seed, &Shape::default(), |s| {
            s.lease.per_host = per_host;
            s.fetch.concurrency = concurrency;
            s.lease.delay = Some(Duration::from_millis(delay));
        });
        let (most, most_of_one) = run.visits.most_at_once();
        prop_assert!(most <= concurrency, "{most} at once");
        prop_assert!(most_of_one <= per_host as usize, "{most_of_one} at once to one host");
        for host in 0..4 {
            for gap in run.visits.gaps(&format!("h{host}.example")) {
                // The clock counts whole milliseconds.
                prop_assert!(gap + Duration::from_millis(1) >= Duration::from_millis(delay), "{gap:?}");
            }
        }
    }

    #[test]
    fn a_crawl_repeats_to_the_letter(seed in any::<u64>()) {
        let order = || {
            let run = run(seed, &Shape::default(), |s| s.parse.threads = Some(1));
            let visits: Vec<_> = run.visits.all().iter().map(|visit| (visit.request.url.to_string(), visit.begun)).collect();
            (visits, run.items.json())
        };
        prop_assert_eq!(order(), order());
    }
}

#[test]
fn a_larger_web_keeps_its_books() {
    let shape = Shape {
        hosts: 20,
        pages: 100,
        links: 8,
        ..Shape::default()
    };
    let run = run(1, &shape, |s| {
        s.lease.delay = Some(Duration::from_millis(100))
    });
    let report = &run.report;
    assert_eq!(report.pages, run.site.pages.len() as u64);
    let by_host: u64 = report.hosts.values().map(|host| host.pages).sum();
    assert_eq!(by_host, report.pages);
    let failed: u64 = report.failed.values().sum();
    let refused_in_the_queue = report.admitted - report.pages - report.redirects - failed;
    assert!(
        refused_in_the_queue <= report.refused["robots"],
        "every admitted request has its end"
    );
    let mut statuses: BTreeMap<u16, u64> = BTreeMap::new();
    for (status, count) in &report.statuses {
        *statuses.entry(*status).or_default() += count;
    }
    assert_eq!(statuses[&200], report.pages);
}
