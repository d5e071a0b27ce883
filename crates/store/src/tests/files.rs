//! What may be wrong with a folder: in use, foreign, of another version, damaged.

use std::fs;
use std::path::Path;

use huntsman_core::frontier::Supply;
use huntsman_core::{Frontier as _, Sequence, Timestamp};

use super::{done, get, lease_up_to, open, options, sample};
use crate::{Options, Store, StoreError, check, open as opening, show};

fn refused(dir: &Path, options: Options) -> String {
    Store::open(dir, options).unwrap_err().to_string()
}

/// A job with a little of everything in it.
async fn job(dir: &Path) {
    let store = open(dir);
    // Most are in the tree of those seen, some are on their way, some wait.
    store.enough_seen(200);
    let found = (0..300).map(|n| get(&format!("http://h{}.example/{n}", n % 5)));
    store.offer(found.collect(), Timestamp(0)).await.unwrap();
    for n in 0..20 {
        let lease = lease_up_to(&store, 1, 0).await.remove(0);
        let page = done(
            &lease,
            vec![get(&format!("http://x.example/{n}"))],
            vec![sample(n)],
        );
        store.settle(vec![page], Timestamp(0)).await.unwrap();
    }
    let position = huntsman_core::Position {
        sequence: Sequence(3),
        state: vec![1, 2, 3],
    };
    store.keep("feed", position).await.unwrap();
}

#[tokio::test]
async fn one_process_at_a_time_runs_a_job() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let text = refused(dir.path(), options());
    let place = dir.path().display();
    assert_eq!(
        text,
        format!("the job in {place} is running in another process; wait for it, or stop it first")
    );
    assert!(matches!(check(dir.path()), Err(StoreError::Busy(_))));
    drop(store);
    open(dir.path());
}

#[test]
fn a_run_waits_for_the_end_of_one_that_was_killed() {
    let dir = tempfile::tempdir().unwrap();
    let killed = crate::lock::JobLock::take(dir.path()).unwrap();
    std::thread::scope(|scope| {
        let next = scope.spawn(|| Store::open(dir.path(), options()));
        // Whichever is first: it opens.
        std::thread::yield_now();
        drop(killed);
        next.join().unwrap().unwrap();
    });
}

#[test]
fn other_spiders_and_versions_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    open(dir.path());
    let given = |spider, version| Options::new(spider, version, Timestamp(0));
    assert_eq!(
        refused(dir.path(), given("quotes", "1")),
        "the job is the spider `books`'s, not `quotes`'s; choose another folder"
    );
    let text = refused(dir.path(), given("books", "2"));
    assert!(
        text.starts_with("the job was begun by version `1` of the spider"),
        "{text}"
    );
    Store::open(dir.path(), given("books", "2").take_over(true)).unwrap();
    Store::open(dir.path(), given("books", "2")).unwrap();
    assert!(refused(dir.path(), given("books", "1")).contains("version `2`"));
}

#[tokio::test]
async fn what_a_running_job_shows_has_its_rates() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let found = (0..60).map(|n| get(&format!("http://h{n}.example/")));
    store
        .offer(found.collect(), Timestamp(1_000))
        .await
        .unwrap();
    let first = show(dir.path()).unwrap();
    assert_eq!((first.pages_per_second, first.done), (None, 0));
    for second in 2..=12 {
        let now = second * 1_000;
        let leases = lease_up_to(&store, 5, now).await;
        let pages = leases
            .iter()
            .map(|lease| done(lease, Vec::new(), vec![sample(1), sample(2)]));
        store.settle(pages.collect(), Timestamp(now)).await.unwrap();
        let facts = show(dir.path()).unwrap();
        assert_eq!(facts.at, Some(Timestamp(now)));
        assert_eq!(facts.pages_per_second, Some(5.0), "after {second} seconds");
        assert_eq!(facts.records_per_second, Some(10.0));
        assert_eq!(facts.done, (second - 1) * 5);
    }
    // Nothing for seven seconds: the rate is that of the last ten.
    let (lease, now) = (lease_up_to(&store, 1, 19_000).await.remove(0), 19_000);
    let page = done(&lease, Vec::new(), Vec::new());
    store.settle(vec![page], Timestamp(now)).await.unwrap();
    let facts = show(dir.path()).unwrap();
    assert_eq!(facts.pages_per_second, Some(1.6), "16 pages since 9 s");
    drop(store);
    assert_eq!(show(dir.path()).unwrap().pages_per_second, None);
}

#[test]
fn what_is_no_store_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let file = opening::store_file(dir.path());
    for content in [&b""[..], b"x", b"SQLite format 3\0", &[0; 10_000]] {
        fs::write(&file, content).unwrap();
        let text = refused(dir.path(), options());
        assert!(text.contains("is not a job's store"), "{text}");
        assert_eq!(fs::read(&file).unwrap(), content);
    }
    // Another database of the same kind.
    fs::remove_file(&file).unwrap();
    drop(redb::Database::create(&file).unwrap());
    assert!(refused(dir.path(), options()).contains("damaged"));
    assert!(matches!(
        show(&dir.path().join("none")),
        Err(StoreError::Missing(_))
    ));
}

#[test]
fn a_store_that_was_never_finished_is_begun_anew() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("store.new"), b"half of it").unwrap();
    open(dir.path());
    open(dir.path());
}

#[tokio::test]
async fn a_sound_job_checks_and_shows_what_is_in_it() {
    let dir = tempfile::tempdir().unwrap();
    job(dir.path()).await;
    let report = check(dir.path()).unwrap();
    assert_eq!(report.problems, [] as [&str; 0]);
    let rows = |table| report.rows.get(table).copied().unwrap_or_default();
    assert_eq!(
        [
            rows("queue"),
            rows("seen"),
            rows("outbox"),
            rows("hosts"),
            rows("sinks")
        ],
        [300, 320, 20, 6, 1]
    );
    let facts = show(dir.path()).unwrap();
    assert_eq!((facts.spider.as_str(), facts.at), ("books", None));
    assert_eq!(
        (facts.queued, facts.leased, facts.seen, facts.hosts),
        (300, 0, 320, 6)
    );
    assert_eq!((facts.confirmed, facts.last), (Sequence(0), Sequence(20)));
    assert_eq!(facts.sinks, [("feed".to_owned(), Sequence(3))]);
    let longest: Vec<u64> = facts.longest.iter().map(|host| host.queued).collect();
    assert_eq!(longest.iter().sum::<u64>(), 300);
    assert!(longest.is_sorted_by(|a, b| a >= b));
    // Looking changes nothing.
    assert_eq!(show(dir.path()).unwrap(), facts);
    assert_eq!(open(dir.path()).counts().queued, 300);
}

#[tokio::test]
async fn a_running_job_can_be_looked_at() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    assert!(matches!(show(dir.path()), Err(StoreError::Busy(_))));
    let found = (0..3).map(|n| get(&format!("http://h{n}.example/")));
    store.offer(found.collect(), Timestamp(1)).await.unwrap();
    let facts = show(dir.path()).unwrap();
    assert_eq!(
        (facts.queued, facts.leased, facts.at),
        (3, 0, Some(Timestamp(1)))
    );
    let leases = lease_up_to(&store, 2, 400).await;
    let page = done(&leases[0], vec![], vec![sample(1)]);
    store.settle(vec![page], Timestamp(999)).await.unwrap();
    assert_eq!(show(dir.path()).unwrap(), facts, "once a second");
    store.offer(Vec::new(), Timestamp(1001)).await.unwrap();
    let facts = show(dir.path()).unwrap();
    assert_eq!(
        (facts.queued, facts.leased, facts.last),
        (1, 1, Sequence(1))
    );
    assert_eq!(facts.oldest_lease, Some(Timestamp(400)));
    drop(store);
    assert_eq!(show(dir.path()).unwrap().at, None);
}

/// Whether all of the job is there: what a run would lease, and its records.
async fn reads_right(dir: &Path) -> Result<bool, String> {
    let told = |error: huntsman_core::FrontierError| error.to_string();
    let pace = |_: &huntsman_core::HostKey| huntsman_core::pace::Pace {
        concurrency: 100,
        ..Default::default()
    };
    let store = Store::open(dir, options().pace(pace)).map_err(|error| error.to_string())?;
    let records = store.outbox(Sequence(0), 100).await.map_err(told)?;
    let mut urls = std::collections::BTreeSet::new();
    let at_most = std::num::NonZeroUsize::new(100).unwrap();
    while let Supply::Ready(leases) = store.lease(at_most, Timestamp(0)).await.map_err(told)? {
        urls.extend(leases.iter().map(|lease| lease.request.url.to_string()));
        let pages = leases
            .iter()
            .map(|lease| done(lease, Vec::new(), Vec::new()));
        store
            .settle(pages.collect(), Timestamp(0))
            .await
            .map_err(told)?;
    }
    Ok(urls.len() == 300 && records.len() == 20)
}

#[tokio::test]
async fn a_truncated_store_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    job(dir.path()).await;
    let file = opening::store_file(dir.path());
    let whole = fs::read(&file).unwrap();
    for share in 1..20 {
        fs::write(&file, &whole[..whole.len() * share / 20]).unwrap();
        let text = refused(dir.path(), options());
        assert!(
            text.contains("damaged") || text.contains("cannot be read") || text.contains("failed"),
            "{share}/20: {text}"
        );
    }
}

#[tokio::test]
async fn an_overwritten_store_is_refused_or_reads_right() {
    let dir = tempfile::tempdir().unwrap();
    job(dir.path()).await;
    let file = opening::store_file(dir.path());
    let whole = fs::read(&file).unwrap();
    let (mut refused, mut right) = (0, 0);
    // One page after the other: some are in use, some are not.
    for at in (0..whole.len()).step_by(4096) {
        let mut damaged = whole.clone();
        let used = damaged[at..at + 4096].iter().any(|byte| *byte != 0);
        if !used && at > 8192 {
            continue;
        }
        for byte in &mut damaged[at + 100..at + 140] {
            *byte ^= 0x55;
        }
        fs::write(&file, &damaged).unwrap();
        match reads_right(dir.path()).await {
            Ok(is_right) => {
                assert!(is_right, "at {at}: read wrong");
                right += 1;
            }
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 3 && right > 0, "{refused} refused, {right} right");
}

#[tokio::test]
async fn damage_under_a_running_job_stops_it() {
    let dir = tempfile::tempdir().unwrap();
    job(dir.path()).await;
    // What is in the log is in memory, too.
    let db = opening::open_file(&opening::store_file(dir.path()), 1 << 20).unwrap();
    let transaction = db.begin_write().unwrap();
    crate::moved::fold(&transaction).unwrap();
    transaction.commit().unwrap();
    drop(db);
    let store = Store::open(dir.path(), options().cache(0)).unwrap();
    let file = opening::store_file(dir.path());
    let mut bytes = fs::read(&file).unwrap();
    // All but the database's own header.
    bytes[8192..].fill(0xEE);
    fs::write(&file, &bytes).unwrap();
    let at_most = std::num::NonZeroUsize::new(3).unwrap();
    let error = store.lease(at_most, Timestamp(0)).await.unwrap_err();
    assert!(error.to_string().contains("damaged"), "{error}");
    let error = store
        .offer(vec![get("http://new.example/")], Timestamp(0))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("damaged"), "{error}");
}

#[cfg(unix)]
#[test]
fn the_folder_of_a_job_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let job = dir.path().join("jobs/books");
    open(&job);
    let mode = std::fs::metadata(&job).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}
