//! The contract: each item is judged, and what is rejected goes its own way.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use huntsman::core::contract::{Coverage, Fate, Judgement};
use huntsman::core::{
    AnyItem, Contract, Export, ExportError, Findings, Opening, Record, Schema, Sequence, Source,
};
use huntsman::refine::{Clean, Dedupe, Enrich, Filter, Split};
use huntsman::{Crawl, Finish, LastRun, Report, Stop, Violation};
use huntsman_testkit::{Collect, FakeWeb};

use crate::{Seen, Walk};

/// Rejects pages whose path begins with `/bad`, drops `/drop`, lets `/odd` go with a word.
#[derive(Default)]
struct Paths {
    judged: AtomicU64,
    refuses: bool,
}

impl Contract for Paths {
    fn bind(
        &self,
        items: &'static [&'static Schema],
    ) -> Result<&'static [&'static Schema], String> {
        if self.refuses {
            return Err("Seen has no field `price`".to_owned());
        }
        Ok(items)
    }

    fn judge(&self, item: Arc<dyn AnyItem>, source: &Source, ordinal: u32) -> Judgement {
        self.judged.fetch_add(1, Ordering::Relaxed);
        assert_eq!((source.spider, ordinal), ("walk", 0));
        let path = source.url.path();
        let violation = Violation {
            path: "url".to_owned(),
            rule: "pattern".to_owned(),
            message: format!("{path} is not as it should be"),
            value: String::new(),
        };
        let (fate, violations) = match path {
            _ if path.starts_with("/bad") => (Fate::Quarantine(item), vec![violation]),
            "/drop" => (Fate::Drop, vec![violation]),
            "/odd" => (Fate::Keep(item), vec![violation]),
            _ => (Fate::Keep(item), Vec::new()),
        };
        Judgement {
            fate,
            violations,
            schema: "v1".into(),
        }
    }

    fn findings(&self) -> Findings {
        let mut findings = Findings::default();
        findings.checked = self.judged.load(Ordering::Relaxed);
        let mut coverage = Coverage::default();
        (coverage.items, coverage.fields) = (4, BTreeMap::from([("url".to_owned(), 2)]));
        findings.coverage.insert("Seen".to_owned(), coverage);
        findings
    }
}

fn web(paths: &[&str]) -> FakeWeb {
    let links: String = paths
        .iter()
        .map(|path| format!("<a href='{path}'>x</a>"))
        .collect();
    let start = FakeWeb::new().html("http://a.example/", &links);
    paths.iter().fold(start, |web, path| {
        web.html(&format!("http://a.example{path}"), "")
    })
}

fn crawl(web: FakeWeb) -> Crawl<Walk> {
    let start = vec!["http://a.example/".to_owned()];
    Crawl::new(Walk { start }, web).configure(|s| s.lease.delay = Some(Duration::ZERO))
}

fn paths(sink: &Collect) -> Vec<String> {
    let json = sink.json();
    let url = |item: &serde_json::Value| {
        let url = item["url"].as_str().unwrap_or_default();
        url.replace("http://a.example", "")
    };
    let mut paths: Vec<_> = json.iter().map(url).collect();
    paths.sort();
    paths
}

async fn judged(steps: impl FnOnce(Crawl<Walk>) -> Crawl<Walk>) -> (Report, Collect, Collect) {
    let (items, quarantine) = (Collect::default(), Collect::default());
    let crawl = crawl(web(&["/bad", "/drop", "/odd", "/fine"]));
    let report = steps(crawl)
        .contract(Arc::new(Paths::default()))
        .export("items", items.clone())
        .quarantine("quarantine", quarantine.clone())
        .run(&Stop::new())
        .await
        .expect("the crawl runs");
    (report, items, quarantine)
}

#[tokio::test(start_paused = true)]
async fn rejected_items_go_to_the_quarantine_alone() {
    for with_steps in [false, true] {
        let (report, items, quarantine) = judged(|crawl| {
            let clean = Clean::new().trim(|seen: &mut Seen| &mut seen.url);
            if with_steps {
                crawl.refine(clean)
            } else {
                crawl
            }
        })
        .await;
        assert_eq!(paths(&items), ["/", "/fine", "/odd"]);
        assert_eq!(paths(&quarantine), ["/bad"]);
        let rejected = &quarantine.json()[0];
        assert_eq!(rejected["item"]["url"], "http://a.example/bad");
        assert_eq!(rejected["violations"][0]["rule"], "pattern");
        assert_eq!(
            (&rejected["kind"], &rejected["spider"], &rejected["schema"]),
            (&"Seen".into(), &"walk".into(), &"v1".into())
        );
        assert_eq!(rejected["request"].as_str().unwrap().len(), 32);
        assert!(rejected["time"].as_u64().unwrap() > 1_600_000_000_000);
        assert_eq!(
            (report.items, report.quarantined, report.items_yielded),
            (3, 1, 5)
        );
        assert_eq!(report.rejected, BTreeMap::from([("pattern".to_owned(), 2)]));
        let records: Vec<_> = report.sinks.iter().map(|sink| sink.records).collect();
        assert_eq!(records, [3, 1]);
        assert_eq!(report.findings.unwrap().checked, 5);
    }
}

/// Has something against items of odd pages.
struct Picky(Collect);

#[async_trait]
impl Export for Picky {
    async fn open(&self, opening: Opening) -> Result<Sequence, ExportError> {
        self.0.open(opening).await
    }

    fn refuses(&self, record: &Record) -> Option<Violation> {
        assert_eq!(record.id.ordinal, 0);
        record.url.ends_with("/odd").then(|| Violation {
            path: String::new(),
            rule: "size".to_owned(),
            message: "it is too large".to_owned(),
            value: String::new(),
        })
    }

    async fn export(&self, batch: Vec<Record>) -> Result<(), ExportError> {
        self.0.export(batch).await
    }

    async fn close(&self) -> Result<(), ExportError> {
        self.0.close().await
    }
}

#[tokio::test(start_paused = true)]
async fn what_one_sink_refuses_goes_to_the_quarantine_and_to_no_sink() {
    for with_contract in [false, true] {
        let (picky, other, quarantine) =
            (Collect::default(), Collect::default(), Collect::default());
        let mut crawl = crawl(web(&["/odd", "/fine"]));
        if with_contract {
            crawl = crawl.contract(Arc::new(Paths::default()));
        }
        let report = crawl
            .export("picky", Picky(picky.clone()))
            .export("other", other.clone())
            .quarantine("quarantine", quarantine.clone())
            .run(&Stop::new())
            .await
            .unwrap();
        assert_eq!(paths(&picky), ["/", "/fine"]);
        assert_eq!(paths(&other), ["/", "/fine"]);
        let rejected = &quarantine.json()[0];
        assert_eq!(rejected["item"]["url"], "http://a.example/odd");
        assert_eq!(rejected["violations"][0]["rule"], "size");
        assert_eq!(rejected["schema"], if with_contract { "v1" } else { "" });
        assert_eq!((report.items, report.quarantined), (2, 1));
        assert_eq!(report.rejected, BTreeMap::from([("size".to_owned(), 1)]));
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_quarantine_rejected_items_are_dropped_and_counted() {
    let items = Collect::default();
    let report = crawl(web(&["/bad", "/fine"]))
        .contract(Arc::new(Paths::default()))
        .export("items", items.clone())
        .run(&Stop::new())
        .await
        .unwrap();
    assert_eq!(paths(&items), ["/", "/fine"]);
    assert_eq!(
        (report.items, report.quarantined, report.rejected["pattern"]),
        (2, 0, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn what_can_never_obey_is_said_before_the_first_request() {
    let web = web(&[]);
    let (visits, items) = (web.visits(), Collect::default());
    let contract = Paths {
        refuses: true,
        ..Paths::default()
    };
    let error = crawl(web)
        .contract(Arc::new(contract))
        .export("items", items)
        .run(&Stop::new())
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the contract cannot be kept: Seen has no field `price`"
    );
    assert_eq!(visits.all().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn too_many_rejected_items_end_the_crawl_and_give_the_items_up() {
    let bad: Vec<String> = (0..500).map(|n| format!("/bad{n}")).collect();
    let bad: Vec<&str> = bad.iter().map(String::as_str).collect();
    let (items, quarantine) = (Collect::default(), Collect::default());
    let report = crawl(web(&bad))
        .configure(|s| s.refine.max_rejected = Some(0.5))
        .contract(Arc::new(Paths::default()))
        .export("items", items.clone())
        .quarantine("quarantine", quarantine.clone())
        .run(&Stop::new())
        .await
        .unwrap();
    let Finish::Rejected { rejected, judged } = report.finish else {
        panic!("it ended otherwise: {}", report.finish);
    };
    assert!(
        judged >= 100 && rejected == judged - 1,
        "{rejected} of {judged}"
    );
    assert!(report.pages < 500, "{} pages", report.pages);
    assert!(items.is_abandoned() && !items.is_closed());
    assert!(quarantine.is_closed() && quarantine.len() as u64 == report.quarantined);
}

#[tokio::test(start_paused = true)]
async fn gates_are_judged_at_the_end() {
    let last: LastRun = serde_json::from_str(r#"{"items": 2, "pages": 5}"#).unwrap();
    let report = crawl(web(&["/bad", "/fine", "/odd"]))
        .configure(|s| {
            s.gates.min_items = Some(4);
            s.gates.max_change = Some(0.3);
            s.gates.coverage = vec!["url=0.5".to_owned()];
        })
        .contract(Arc::new(Paths::default()))
        .last_run(last)
        .run(&Stop::new())
        .await
        .unwrap();
    let gates: Vec<_> = report
        .gates
        .iter()
        .map(|gate| (gate.name.as_str(), gate.passed))
        .collect();
    assert_eq!(
        gates,
        [
            ("gates.coverage url", true),
            ("gates.max_change items", false),
            ("gates.max_change pages", true),
            ("gates.min_items", false),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn the_common_steps_run_in_their_order() {
    let items = Collect::default();
    let report = crawl(web(&["/two", "/slow", "/same?a=1", "/same?a=2", "/filter"]))
        .refine(Clean::new().absolute(|seen: &mut Seen| &mut seen.url))
        .refine(Split::new(|seen: Seen| {
            let twice = if seen.url.ends_with("/two") { 2 } else { 1 };
            let one = |n: usize| Seen {
                url: format!("{}{}", seen.url, if n == 0 { "" } else { "#second" }),
                error: None,
            };
            (0..twice).map(one).collect()
        }))
        .refine(Filter::new("not this one", |seen: &Seen| {
            !seen.url.contains("filter")
        }))
        .refine(Dedupe::by(|seen: &Seen| {
            let url = &seen.url;
            url.split('?').next().unwrap_or(url).to_owned()
        }))
        .refine(
            Enrich::with(|mut seen: Seen| async move {
                if seen.url.ends_with("/slow") {
                    tokio::time::sleep(Duration::from_secs(10)).await;
                }
                seen.error = Some("none".to_owned());
                Ok::<_, String>(seen)
            })
            .within(Duration::from_secs(1)),
        )
        .export("items", items.clone())
        .run(&Stop::new())
        .await
        .unwrap();
    let found = paths(&items);
    let same = found
        .iter()
        .filter(|path| path.starts_with("/same?a="))
        .count();
    assert_eq!((found.len(), same), (4, 1), "{found:?}");
    assert!(found.contains(&"/two".to_owned()) && found.contains(&"/two#second".to_owned()));
    assert!(items.json().iter().all(|item| item["error"] == "none"));
    let dropped = BTreeMap::from(
        [
            ("duplicate", 1),
            ("no answer within 1s", 1),
            ("not this one", 1),
        ]
        .map(|(reason, count)| (reason.to_owned(), count)),
    );
    assert_eq!(report.dropped, dropped);
}
