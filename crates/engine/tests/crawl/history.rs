//! What a job is told of each page, and a round in which pages are known already.
#![expect(clippy::unwrap_used, reason = "the lint looks only for test functions")]

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use huntsman::core::frontier::{
    Account, Admission, Answer as Known, Counts, Job, MemoryFrontier, Outcome, Settled, Settlement,
    Supply,
};
use huntsman::core::pace::PaceChange;
use huntsman::core::request::Candidate;
use huntsman::core::{FrontierError, HostKey, RawResponse, Record, Sequence, Timestamp};
use huntsman::prelude::*;
use huntsman::{Frontier, Report, Url};
use huntsman_testkit::{Answer, Collect, FakeWeb, Visits};

use crate::{Walk, urls};

const SEED: &str = "http://a.example/";

/// A job in memory that knows pages of an earlier round, and remembers what it is told.
#[derive(Default)]
struct Ledger {
    inner: MemoryFrontier,
    known: HashMap<String, Known>,
    leased: Mutex<HashMap<u64, String>>,
    told: Mutex<Vec<(String, Option<Account>)>>,
}

#[async_trait]
impl Frontier for Ledger {
    async fn offer(
        &self,
        found: Vec<Candidate>,
        now: Timestamp,
    ) -> Result<Admission, FrontierError> {
        self.inner.offer(found, now).await
    }
    async fn lease(&self, at_most: NonZeroUsize, now: Timestamp) -> Result<Supply, FrontierError> {
        let mut supply = self.inner.lease(at_most, now).await?;
        if let Supply::Ready(leases) = &mut supply {
            for lease in leases {
                let url = lease.request.url.to_string();
                lease.last = self.known.get(&url).cloned().map(Arc::new);
                self.leased.lock().unwrap().insert(lease.id.0, url);
            }
        }
        Ok(supply)
    }
    async fn settle(
        &self,
        mut batch: Vec<Settlement>,
        now: Timestamp,
    ) -> Result<Vec<Settled>, FrontierError> {
        for settlement in &mut batch {
            let url = self.leased.lock().unwrap()[&settlement.lease.0].clone();
            let account = settlement.account.take().map(|account| *account);
            self.told.lock().unwrap().push((url, account));
        }
        self.inner.settle(batch, now).await
    }
    async fn pace(
        &self,
        host: &HostKey,
        change: PaceChange,
        now: Timestamp,
    ) -> Result<(), FrontierError> {
        self.inner.pace(host, change, now).await
    }
    async fn outbox(&self, after: Sequence, at_most: usize) -> Result<Vec<Record>, FrontierError> {
        self.inner.outbox(after, at_most).await
    }
    async fn confirm(&self, up_to: Sequence) -> Result<(), FrontierError> {
        self.inner.confirm(up_to).await
    }
    fn job(&self) -> Option<Job> {
        Some(Job {
            name: "ledger".into(),
            began: Timestamp(0),
            resumed: false,
            finished: false,
            round: 2,
            before: Sequence(0),
            confirmed: Sequence(0),
            last: Sequence(0),
            bytes: 0,
        })
    }
    fn counts(&self) -> Counts {
        self.inner.counts()
    }
}

impl Ledger {
    fn knows(mut self, url: &str, answer: Known) -> Self {
        self.known.insert(url.to_owned(), answer);
        self
    }

    /// What it was told of this URL.
    fn of(&self, url: &str) -> Vec<Account> {
        let told = self.told.lock().unwrap();
        let of_url = told.iter().filter(|(other, _)| other == url);
        of_url
            .map(|(_, account)| account.clone().expect("it is told"))
            .collect()
    }
}

fn known(body: &str, etag: Option<&'static str>) -> Known {
    let mut raw = RawResponse::ok(Url::parse(SEED).unwrap(), body.to_owned());
    if let Some(etag) = etag {
        raw.headers
            .insert("etag", huntsman::core::HeaderValue::from_static(etag));
    }
    Known::of(&raw)
}

async fn walk(web: FakeWeb, ledger: &Arc<Ledger>) -> (Report, Visits, Collect) {
    let (visits, items) = (web.visits(), Collect::default());
    let start = vec![SEED.to_owned()];
    let report = Crawl::new(Walk { start }, web)
        .configure(|settings| {
            settings.lease.delay = Some(Duration::ZERO);
            settings.fetch.retries = 1;
            settings.admit.hosts = vec!["a.example".to_owned()];
        })
        .frontier(Arc::clone(ledger) as Arc<dyn Frontier>)
        .export("items", items.clone())
        .run(&Stop::new())
        .await
        .unwrap();
    (report, visits, items)
}

#[tokio::test(start_paused = true)]
async fn a_job_is_told_what_became_of_each_page() {
    let seed = "<a href=/moved>1</a><a href=/gone>2</a><a href=/late>3</a><a href=/bad>4</a>\
                <a href=/secret>5</a><a href=http://b.example/>6</a>";
    let web = FakeWeb::new()
        .robots("http://a.example", "User-agent: *\nDisallow: /secret")
        .html(SEED, seed)
        .page("http://a.example/moved", [Answer::redirect(301, "/new")])
        .html("http://a.example/new", "new")
        .page("http://a.example/gone", [Answer::status(404)])
        .page(
            "http://a.example/late",
            [Answer::status(503), Answer::html("late")],
        )
        .html("http://a.example/bad", "REFUSE");
    let ledger = Arc::new(Ledger::default());
    walk(web, &ledger).await;
    let seed_told = ledger.of(SEED).remove(0);
    assert_eq!(seed_told.outcome, Outcome::Parsed(known(seed, None)));
    let refused: Vec<_> = seed_told
        .refused
        .iter()
        .map(|(url, refusal)| (url.as_str(), refusal.rule))
        .collect();
    assert_eq!(
        refused,
        [
            ("http://a.example/secret", "robots"),
            ("http://b.example/", "scope")
        ]
    );
    let of = |path: &str| {
        let told = ledger.of(&format!("http://a.example{path}"));
        told.into_iter().map(|account| account.outcome)
    };
    let to = Url::parse("http://a.example/new").unwrap();
    assert_eq!(
        of("/moved").collect::<Vec<_>>(),
        [Outcome::Redirected { to }]
    );
    assert!(matches!(of("/new").next(), Some(Outcome::Parsed(_))));
    let late: Vec<_> = of("/late").collect();
    assert!(
        matches!(&late[..], [Outcome::Retried { reason }, Outcome::Parsed(_)] if reason.contains("503")),
        "{late:?}"
    );
    let gone: Vec<_> = of("/gone").collect();
    assert!(
        matches!(&gone[..], [Outcome::Failed { reason }] if reason.contains("404")),
        "{gone:?}"
    );
    let bad: Vec<_> = of("/bad").collect();
    let [Outcome::NotParsed { answer, reason }] = &bad[..] else {
        panic!("{bad:?}")
    };
    assert_eq!(answer.as_ref(), Some(&known("REFUSE", None)));
    assert!(reason.contains("not what it should be"), "{reason}");
}

#[tokio::test(start_paused = true)]
async fn only_what_has_changed_is_parsed() {
    let seed = "<a href=/same>1</a><a href=/tagged>2</a><a href=/other>3</a>";
    let web = FakeWeb::new()
        .html(SEED, seed)
        .html("http://a.example/same", "same")
        .page(
            "http://a.example/tagged",
            [Answer::status(304).header("etag", "\"2\"")],
        )
        .html("http://a.example/other", "now");
    let ledger = Ledger::default()
        .knows("http://a.example/same", known("same", None))
        .knows("http://a.example/tagged", known("tagged", Some("\"1\"")))
        .knows("http://a.example/other", known("then", None));
    let ledger = Arc::new(ledger);
    let (report, visits, items) = walk(web, &ledger).await;
    assert_eq!(urls(&items), [SEED, "http://a.example/other"]);
    assert_eq!((report.pages, report.unchanged), (2, 2));
    let all = visits.all();
    let asked = all
        .iter()
        .find(|visit| visit.request.url.as_str().ends_with("/tagged"));
    let headers = &asked.expect("it was asked for").request.headers;
    assert_eq!(headers["if-none-match"], "\"1\"");
    let tagged = ledger.of("http://a.example/tagged").remove(0);
    let answer = known("tagged", Some("\"2\""));
    assert_eq!(tagged.outcome, Outcome::Unchanged(answer));
    let same = ledger.of("http://a.example/same").remove(0);
    assert_eq!(same.outcome, Outcome::Unchanged(known("same", None)));
}
