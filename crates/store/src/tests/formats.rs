//! Stores of other formats: refused, brought to one that is read, or read as they are.

use std::collections::BTreeSet;
use std::path::Path;

use huntsman_core::frontier::Admission;
use huntsman_core::request::Candidate;
use huntsman_core::{Frontier as _, Timestamp};
use redb::ReadableDatabase as _;

use super::{done, get, lease_up_to, open, options};
use crate::{Store, about, check, export, open as opening, repair, show, tables};

/// Changes what the store says of its format, and the tables with it.
fn of_format(dir: &Path, format: u32) {
    let db = opening::open_file(&opening::store_file(dir), 1 << 20).unwrap();
    let transaction = db.begin_write().unwrap();
    // The first had no log of hosts, the second none of moves in the queues.
    if format < 3 {
        crate::moved::fold(&transaction).unwrap();
        transaction.delete_table(tables::MOVED).unwrap();
    }
    if format < 2 {
        crate::hosts::fold(&transaction).unwrap();
        transaction.delete_table(tables::CHANGED).unwrap();
    }
    let mut table = transaction.open_table(tables::ABOUT).unwrap();
    about::put(&mut table, about::FORMAT, &format).unwrap();
    drop(table);
    transaction.commit().unwrap();
}

fn format_of(dir: &Path) -> u32 {
    let db = opening::open_file(&opening::store_file(dir), 1 << 20).unwrap();
    let transaction = db.begin_read().unwrap();
    let table = transaction.open_table(tables::ABOUT).unwrap();
    about::get(&table, about::FORMAT).unwrap()
}

fn links(of: &str) -> Vec<Candidate> {
    let url = |n| format!("http://h{}.example/{of}/{n}", n % 5);
    (0..30).map(|n| get(&url(n))).collect()
}

/// The marks in the store are the fingerprints of these links, and no others.
fn has_fingerprints(dir: &Path, of: &[&str]) {
    let mut lines = Vec::new();
    let unread = export(dir, Some("seen"), &mut lines).unwrap();
    assert_eq!(unread, Vec::<String>::new());
    let lines = serde_json::Deserializer::from_slice(&lines).into_iter::<serde_json::Value>();
    let marks = lines.map(|line| line.unwrap()["mark"].as_str().unwrap().to_owned());
    let links = of.iter().flat_map(|of| links(of));
    let prints = links.map(|link| link.fingerprint.to_string());
    assert_eq!(marks.collect::<BTreeSet<_>>(), prints.collect());
}

/// A job of the last format whose marks are fingerprints, with some in the tree and some before it.
async fn by_fingerprint(dir: &Path) {
    drop(open(dir));
    of_format(dir, tables::BY_FINGERPRINT);
    let store = open(dir);
    store.enough_seen(10);
    store.offer(links("first"), Timestamp(0)).await.unwrap();
    store.offer(links("more"), Timestamp(0)).await.unwrap();
}

#[tokio::test]
async fn a_job_of_an_unknown_format_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()));
    of_format(dir.path(), 7);
    for text in [
        Store::open(dir.path(), options()).unwrap_err().to_string(),
        show(dir.path()).unwrap_err().to_string(),
        check(dir.path()).unwrap_err().to_string(),
    ] {
        assert!(
            text.starts_with("the job has format 7, and this version reads format 4; go on with"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_job_of_an_older_format_is_brought_to_one_that_is_read_when_it_goes_on() {
    older_format(1).await;
    older_format(2).await;
}

async fn older_format(format: u32) {
    let dir = tempfile::tempdir().unwrap();
    by_fingerprint(dir.path()).await;
    of_format(dir.path(), format);
    for text in [
        show(dir.path()).unwrap_err().to_string(),
        check(dir.path()).unwrap_err().to_string(),
    ] {
        assert_eq!(
            text,
            format!(
                "the job has format {format}, and this version reads format 4; resume it once, \
                 which brings it to one that is read"
            )
        );
    }
    goes_on(dir.path()).await;
}

/// What it knows, it knows still: by whatever it was known.
async fn goes_on(dir: &Path) {
    let store = open(dir);
    assert_eq!(store.counts().queued, 60);
    let admission = store.offer(links("first"), Timestamp(0)).await.unwrap();
    assert_eq!(admission, Admission { new: 0, known: 30 });
    let admission = store.offer(links("third"), Timestamp(0)).await.unwrap();
    assert_eq!(admission, Admission { new: 30, known: 0 });
    drop(store);
    let store = open(dir);
    for of in ["more", "third"] {
        let admission = store.offer(links(of), Timestamp(0)).await.unwrap();
        assert_eq!(admission, Admission { new: 0, known: 30 });
    }
    drop(store);
    assert_eq!(check(dir).unwrap().problems, Vec::<String>::new());
    assert_eq!(show(dir).unwrap().longest[0].queued, 18);
    assert_eq!(format_of(dir), tables::BY_FINGERPRINT);
    has_fingerprints(dir, &["first", "more", "third"]);
}

#[tokio::test]
async fn a_job_whose_marks_are_fingerprints_goes_on_with_them() {
    let dir = tempfile::tempdir().unwrap();
    by_fingerprint(dir.path()).await;
    goes_on(dir.path()).await;
}

/// Spoils these bytes wherever they are in the store.
fn damage(dir: &Path, these: &[u8]) {
    let file = opening::store_file(dir);
    let mut bytes = std::fs::read(&file).unwrap();
    let at = |from: &[u8]| from.windows(these.len()).position(|here| here == these);
    while let Some(at) = at(&bytes) {
        bytes[at] ^= 0x55;
    }
    std::fs::write(&file, bytes).unwrap();
}

#[tokio::test]
async fn a_repair_marks_what_waits_as_the_job_does() {
    let dir = tempfile::tempdir().unwrap();
    by_fingerprint(dir.path()).await;
    for link in [links("first"), links("more")].concat() {
        damage(dir.path(), &link.fingerprint.0.to_be_bytes());
    }
    assert_ne!(repair(dir.path()).unwrap().lost, Vec::<String>::new());
    assert_eq!(show(dir.path()).unwrap().longest[0].queued, 12);
    has_fingerprints(dir.path(), &["first", "more"]);
}

#[tokio::test]
async fn a_repair_keeps_the_marks_as_they_are() {
    let dir = tempfile::tempdir().unwrap();
    by_fingerprint(dir.path()).await;
    // A page that is done is known by its mark alone.
    let store = open(dir.path());
    let leases = lease_up_to(&store, 5, 0).await;
    let pages = leases.iter().map(|lease| done(lease, vec![], vec![]));
    store.settle(pages.collect(), Timestamp(0)).await.unwrap();
    let ended = leases.iter().map(|lease| lease.request.clone().into());
    let ended: Vec<Candidate> = ended.collect();
    drop(store);
    damage(dir.path(), b"h3.example/more");
    assert_ne!(repair(dir.path()).unwrap().lost, Vec::<String>::new());
    assert_eq!(format_of(dir.path()), tables::BY_FINGERPRINT);
    has_fingerprints(dir.path(), &["first", "more"]);
    let store = open(dir.path());
    let admission = store.offer(ended, Timestamp(0)).await.unwrap();
    assert_eq!(admission, Admission { new: 0, known: 5 });
}
