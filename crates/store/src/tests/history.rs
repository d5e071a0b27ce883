//! What a job remembers of its requests, and a round that crawls it again.

use std::path::Path;

use huntsman_core::frontier::{Answer, End, Lease, Outcome, Settlement};
use huntsman_core::request::Candidate;
use huntsman_core::{
    Frontier, HeaderValue, RawResponse, RecordId, Refusal, Request, Sequence, Timestamp, Url,
};

use super::{get, lease_up_to, options, sample};
use crate::{Again, Question, Standing, Store, StoreError, Why, check, provenance, show, why};
use crate::{again, open};

const SEED: &str = "http://a.example/";

fn answer(body: &str) -> Answer {
    let mut raw = RawResponse::ok(Url::parse(SEED).unwrap(), body.to_owned());
    raw.headers
        .insert("etag", HeaderValue::from_static("\"v1\""));
    Answer::of(&raw)
}

fn found(url: &str, on: &str) -> Candidate {
    let mut request = Request::get(Url::parse(url).unwrap());
    request.found_on = Some(on.into());
    request.into()
}

fn parsed(lease: &Lease, links: Vec<Candidate>, items: u64, body: &str) -> Settlement {
    Settlement {
        found: links,
        items: (0..items).map(sample).collect(),
        account: Some(Box::new(Outcome::Parsed(answer(body)).into())),
        ..Settlement::done(lease.id)
    }
}

fn end(lease: &Lease, outcome: Outcome) -> Settlement {
    Settlement {
        account: Some(Box::new(outcome.into())),
        ..Settlement::done(lease.id)
    }
}

async fn one(store: &Store, now: u64) -> Lease {
    lease_up_to(store, 1, now).await.remove(0)
}

async fn asked(store: &Store, url: &str) -> Why {
    store.why(Question::url(url).unwrap()).await.unwrap()
}

/// A seed with a link to /1, that one with a link to /2, and two links refused.
async fn three_pages(dir: &Path) -> Store {
    let store = super::open(dir);
    store.offer(vec![get(SEED)], Timestamp(0)).await.unwrap();
    let lease = one(&store, 0).await;
    let links = vec![found("http://a.example/1?b=1&a=2", SEED)];
    let mut first = parsed(&lease, links, 2, "seed");
    let refused = |url: &str, rule| (Url::parse(url).unwrap(), Refusal::new(rule, "no"));
    if let Some(account) = &mut first.account {
        account.refused = vec![
            refused("http://b.example/%7Ex", "scope"),
            refused("mailto:a@b.example", "scheme"),
        ];
    }
    store.settle(vec![first], Timestamp(10)).await.unwrap();
    let lease = one(&store, 5000).await;
    let on = lease.request.url.to_string();
    let links = vec![found("http://a.example/2", &on)];
    let second = parsed(&lease, links, 1, "one");
    store.settle(vec![second], Timestamp(20)).await.unwrap();
    store
}

fn urls(why: &Why) -> Vec<&str> {
    why.chain.iter().map(|link| &*link.url).collect()
}

/// A page is parsed, its end is not committed, and what it leads to is leased.
async fn leads_to(store: &Store, page: &Lease, to: Candidate, now: u64) -> Lease {
    let coming = parsed(page, vec![to], 0, "body");
    let announced = store.announce(&[&coming], Timestamp(now)).await;
    assert!(announced.unwrap());
    store.answered(page.id);
    one(store, now).await
}

#[tokio::test]
async fn what_is_under_way_is_told_with_the_pages_under_way_that_led_to_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = super::open(dir.path());
    store.offer(vec![get(SEED)], Timestamp(0)).await.unwrap();
    let seed = one(&store, 0).await;
    let pages = [SEED, "http://a.example/1", "http://a.example/2"];
    let first = leads_to(&store, &seed, found(pages[1], SEED), 5000).await;
    let second = leads_to(&store, &first, found(pages[2], pages[1]), 10_000).await;
    for on_disk in 0..2 {
        let why = asked(&store, pages[2]).await;
        assert_eq!(
            (why.standing, why.leased),
            (Standing::Leased, Some(Timestamp(10_000)))
        );
        assert_eq!((&*why.url, urls(&why)), (pages[2], pages.to_vec()));
        assert_eq!(why.page.as_deref(), Some("null"));
        let ends: Vec<_> = why.chain.iter().map(|link| link.at).collect();
        assert_eq!(ends, [(on_disk > 0).then_some(Timestamp(20)), None, None]);
        let end = parsed(&seed, vec![found(pages[1], SEED)], 0, "body");
        if on_disk == 0 {
            store.settle(vec![end], Timestamp(20)).await.unwrap();
        }
    }
    // A page that is fetched once more by a link of what it led to.
    let mut again = found(pages[1], pages[2]);
    again.request.revisit = true;
    leads_to(&store, &second, again, 15_000).await;
    let why = asked(&store, pages[2]).await;
    assert_eq!(urls(&why), pages, "what came later did not lead to it");
}

#[tokio::test]
async fn each_url_has_its_reason_and_the_pages_that_led_to_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = three_pages(dir.path()).await;
    let one_url = "http://a.example/1?b=1&a=2";
    let why = asked(&store, "http://a.example/1?a=2&b=1#top").await;
    assert_eq!((why.standing, &*why.url), (Standing::Parsed, one_url));
    assert_eq!(why.same_as.as_deref(), Some("http://a.example/1?a=2&b=1"));
    assert_eq!(urls(&why), [SEED, one_url]);
    let attempt = &why.attempts[0];
    assert_eq!((attempt.at, attempt.status), (Timestamp(20), Some(200)));
    assert_eq!((attempt.records, attempt.first_record), (1, Some(3)));
    assert_eq!(attempt.digest, Some(answer("one").digest.to_string()));
    let why = asked(&store, "http://a.example/2").await;
    assert_eq!(why.standing, Standing::Queued);
    assert_eq!(why.queued.as_ref().unwrap().ahead, Some(0));
    assert_eq!(urls(&why), [SEED, one_url, "http://a.example/2"]);
    let why = asked(&store, "http://b.example/~x").await;
    assert_eq!(
        (why.standing, &*why.refused[0].rule),
        (Standing::Refused, "scope")
    );
    assert_eq!((&*why.refused[0].page, urls(&why)), (SEED, vec![SEED]));
    assert_eq!(
        asked(&store, "http://a.example/9").await.standing,
        Standing::Unknown
    );

    let lease = one(&store, 10_000).await;
    let why = asked(&store, "http://a.example/2").await;
    assert_eq!(
        (why.standing, why.leased),
        (Standing::Leased, Some(Timestamp(10_000)))
    );
    let retry = Settlement {
        end: End::Retry {
            not_before: Timestamp(30_000),
        },
        ..end(
            &lease,
            Outcome::Retried {
                reason: "status 503".to_owned(),
            },
        )
    };
    store.settle(vec![retry], Timestamp(10_500)).await.unwrap();
    drop(store);
    let question = Question::url("http://a.example/2").unwrap();
    let why = crate::why(dir.path(), question).await.unwrap();
    let queued = why.queued.as_ref().unwrap();
    assert_eq!((why.standing, queued.tried), (Standing::Queued, 1));
    assert_eq!(queued.not_before, Timestamp(30_000));
    assert_eq!(why.attempts[0].reason.as_deref(), Some("status 503"));
}

#[tokio::test]
async fn a_record_leads_to_its_page() {
    let dir = tempfile::tempdir().unwrap();
    let store = three_pages(dir.path()).await;
    let record = store.outbox(Sequence(2), 1).await.unwrap().remove(0);
    let RecordId { request, .. } = record.id;
    let why = store.why(Question::request(request)).await.unwrap();
    assert_eq!((&*why.url, why.same_as.as_deref()), (&*record.url, None));
    assert_eq!(why.attempts[0].first_record, Some(3));
}

#[tokio::test]
async fn a_job_that_runs_answers_and_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let store = three_pages(dir.path()).await;
    let question = Question::url(SEED).unwrap();
    let answered = tokio::select! {
        answered = why(dir.path(), question) => answered,
        never = store.answer() => match never {},
    };
    assert_eq!(answered.unwrap().standing, Standing::Parsed);
    let left = std::fs::read_dir(dir.path()).unwrap();
    let names = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(
        names
            .into_iter()
            .all(|name| !name.contains("question") && !name.contains("answer"))
    );
    drop(store);
    assert_eq!(show(dir.path()).unwrap().done, 2);
}

/// Ends the last page, and the job.
async fn finished(dir: &Path) {
    let store = three_pages(dir).await;
    let lease = one(&store, 10_000).await;
    let lost = Outcome::Failed {
        reason: "status 404".to_owned(),
    };
    store
        .settle(vec![end(&lease, lost)], Timestamp(30))
        .await
        .unwrap();
    store.confirm(Sequence(3)).await.unwrap();
    store.finish().await.unwrap();
    assert!(store.close().await.is_ok());
}

fn next_round(dir: &Path, only_new: bool) -> Store {
    let again = Again {
        only_new,
        ..Again::default()
    };
    Store::open(dir, options().again(again)).unwrap()
}

#[tokio::test]
async fn another_round_has_every_page_with_what_it_got_and_survives_a_crash() {
    let dir = tempfile::tempdir().unwrap();
    finished(dir.path()).await;
    let store = next_round(dir.path(), false);
    let job = store.job().unwrap();
    assert_eq!((job.round, job.finished), (2, false));
    assert_eq!((job.before, job.last), (Sequence(3), Sequence(3)));
    assert_eq!(store.counts().queued, 3);
    let lease = one(&store, 20_000).await;
    assert_eq!(lease.request.url.as_str(), SEED);
    assert_eq!(lease.last.as_deref(), Some(&answer("seed")));
    let same = end(&lease, Outcome::Unchanged(answer("seed")));
    store.settle(vec![same], Timestamp(20_000)).await.unwrap();
    drop(store);

    // What is under way goes on, however the job is opened.
    let store = next_round(dir.path(), true);
    assert_eq!((store.job().unwrap().round, store.counts().queued), (2, 2));
    let lease = one(&store, 40_000).await;
    assert_eq!(lease.last.as_deref(), Some(&answer("one")));
    let changed = parsed(&lease, vec![found("http://a.example/3", "x")], 1, "new");
    let settled = store
        .settle(vec![changed], Timestamp(40_000))
        .await
        .unwrap();
    assert_eq!((settled[0].records, settled[0].admission.new), (1, 1));
    let mut lost = one(&store, 60_000).await;
    assert_eq!((lost.request.url.path(), lost.last.take()), ("/2", None));
    let why = asked(&store, SEED).await;
    assert_eq!((why.standing, why.attempts.len()), (Standing::Unchanged, 2));
    assert_eq!(
        urls(&asked(&store, lost.request.url.as_str()).await).len(),
        3
    );
    drop(store);
    assert_eq!(check(dir.path()).unwrap().problems, Vec::<String>::new());
    assert_eq!(show(dir.path()).unwrap().round, 2);
}

#[tokio::test]
async fn a_round_that_was_hardly_begun_is_queued_by_the_next_run() {
    let dir = tempfile::tempdir().unwrap();
    finished(dir.path()).await;
    let db = open::open_file(&open::store_file(dir.path()), 1 << 20).unwrap();
    let (_, mut state) = open::read_about(&db).unwrap();
    again::begin(&db, &mut state, &Again::default()).unwrap();
    // … and here the process is killed.
    drop(db);
    let store = super::open(dir.path());
    assert_eq!((store.job().unwrap().round, store.counts().queued), (2, 3));
}

#[tokio::test]
async fn only_items_leave_that_no_earlier_round_delivered() {
    let dir = tempfile::tempdir().unwrap();
    finished(dir.path()).await;
    let store = next_round(dir.path(), true);
    let lease = one(&store, 20_000).await;
    // Items 0 and 1 were there, 2 was not.
    let changed = parsed(&lease, Vec::new(), 3, "other");
    let settled = store
        .settle(vec![changed], Timestamp(20_000))
        .await
        .unwrap();
    assert_eq!((settled[0].records, settled[0].repeated), (1, 2));
    let record = store.outbox(Sequence(3), 9).await.unwrap().remove(0);
    assert_eq!(record.id.ordinal, 2, "an item keeps its place on the page");
    // Within a round, nothing is left out.
    let lease = one(&store, 40_000).await;
    let more = parsed(&lease, Vec::new(), 3, "more");
    let settled = store.settle(vec![more], Timestamp(40_000)).await.unwrap();
    assert_eq!((settled[0].records, settled[0].repeated), (1, 2));
}

#[tokio::test]
async fn sinks_that_are_replaced_stand_nowhere_and_the_others_stay() {
    let dir = tempfile::tempdir().unwrap();
    let store = three_pages(dir.path()).await;
    let position = huntsman_core::Position {
        sequence: Sequence(3),
        state: vec![7],
    };
    for sink in ["kept", "replaced"] {
        store.keep(sink, position.clone()).await.unwrap();
    }
    store.finish().await.unwrap();
    drop(store);
    let again = Again {
        replaced: vec!["replaced".to_owned()],
        ..Again::default()
    };
    let store = Store::open(dir.path(), options().again(again)).unwrap();
    assert_eq!(store.position("kept").await.unwrap(), Some(position));
    assert_eq!(store.position("replaced").await.unwrap(), None);
}

#[tokio::test]
async fn without_a_history_there_is_no_other_round() {
    let dir = tempfile::tempdir().unwrap();
    let store = super::open(dir.path());
    store.offer(vec![get(SEED)], Timestamp(0)).await.unwrap();
    let lease = one(&store, 0).await;
    let quiet = Settlement::done(lease.id);
    store.settle(vec![quiet], Timestamp(1)).await.unwrap();
    store.finish().await.unwrap();
    drop(store);
    let refused = Store::open(dir.path(), options().again(Again::default()));
    assert!(matches!(refused, Err(StoreError::NoHistory)), "{refused:?}");
}

#[tokio::test]
async fn every_item_has_its_provenance() {
    let dir = tempfile::tempdir().unwrap();
    finished(dir.path()).await;
    let mut all = Vec::new();
    let told = provenance(dir.path(), |one| {
        all.push(one);
        true
    });
    told.unwrap();
    let records: Vec<_> = all.iter().map(|one| one.record).collect();
    assert_eq!(records, [1, 2, 3]);
    let last = &all[2];
    let chain: Vec<&str> = last.chain.iter().map(|url| &**url).collect();
    assert_eq!(chain, [SEED, "http://a.example/1?b=1&a=2"]);
    assert_eq!(last.digest, Some(answer("one").digest.to_string()));
    assert_eq!(
        (&*last.spider, &*last.version, last.round),
        ("books", "1", 1)
    );
}
