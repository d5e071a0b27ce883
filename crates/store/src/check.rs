//! Looking at a job from outside.

use std::collections::BTreeMap;
use std::path::Path;

use huntsman_core::frontier::Turns;
use huntsman_core::pace::Pace;
use huntsman_core::{HostKey, Timestamp};
use redb::{Database, ReadableDatabase as _, ReadableTable as _};

use crate::about::State;
use crate::bytes::unseal;
use crate::error::StoreError;
use crate::facts::Facts;
use crate::guard::guarded;
use crate::history::Head;
use crate::host;
use crate::hosts;
use crate::item::Names;
use crate::lock::JobLock;
use crate::lookup;
use crate::moved::{self, Entry};
use crate::open;
use crate::outbox;
use crate::request;
use crate::seen;
use crate::tables::{self, Place};
use crate::types::Types;
use crate::why::{Question, Why};
use crate::writer::Dictionary;

/// Memory for pages while a job is only looked at.
pub(crate) const CACHE: usize = 64 << 20;

/// The most problems that a report lists.
const MOST_PROBLEMS: usize = 100;

/// What [`check`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows read, by table.
    pub rows: BTreeMap<&'static str, u64>,
    /// What is wrong; empty for a sound job. No more than 100 are listed.
    pub problems: Vec<String>,
}

impl Report {
    fn row(&mut self, table: &'static str, read: Result<(), StoreError>) {
        *self.rows.entry(table).or_default() += 1;
        if let Err(error) = read {
            self.problem(error.to_string());
        }
    }

    fn problem(&mut self, what: String) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(what);
        }
    }

    fn same(&mut self, what: &str, said: u64, found: u64) {
        if said != found {
            self.problem(format!("{what}: the store says {said}, and has {found}"));
        }
    }
}

/// Says how far the job in a folder is. While it runs, these are the facts of a second ago at
/// most, counted from the last commit.
///
/// # Errors
/// There is no job, or it cannot be read.
pub fn show(dir: &Path) -> Result<Facts, StoreError> {
    let path = existing(dir)?;
    let lock = match JobLock::take(dir) {
        Ok(lock) => lock,
        Err(StoreError::Busy(dir)) => return running(&dir),
        Err(error) => return Err(error),
    };
    let facts = guarded(|| {
        let db = open::open_file(&path, CACHE)?;
        let (identity, state) = open::read_about(&db)?;
        let turns = Turns::new(|_: &HostKey| Pace::default());
        let mut dictionary = Dictionary {
            names: Names::default(),
            types: Types::anything(),
        };
        // Far in the future, so that no host's time is cut to what is near.
        let now = Timestamp(u64::MAX / 2);
        let index = open::load(&db, &state, turns, &mut dictionary, 0, now)?;
        Facts::of((&identity, state.round()), &index, None)
    });
    drop(lock);
    facts
}

/// What became of a request of a job that nobody runs.
pub(crate) fn why(dir: &Path, question: &Question) -> Result<Why, StoreError> {
    let path = existing(dir)?;
    let lock = JobLock::take(dir)?;
    let why = guarded(|| {
        let db = open::open_file(&path, CACHE)?;
        let (identity, state) = open::read_about(&db)?;
        lookup::answer(&db.begin_read()?, &identity, &state, None, question)
    });
    drop(lock);
    why
}

/// What a running job left for others to read.
fn running(dir: &Path) -> Result<Facts, StoreError> {
    let path = open::live_file(dir);
    let json = match std::fs::read(&path) {
        Ok(json) => json,
        // It began just now, and has committed nothing yet.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(StoreError::Busy(dir.to_owned()));
        }
        Err(error) => return Err(StoreError::file(&path)(error)),
    };
    serde_json::from_slice(&json)
        .map_err(|error| StoreError::Database(format!("{}: {error}", path.display())))
}

/// Reads every row and every page of the job in a folder, and says what is wrong with it. A job
/// that was killed is recovered first, as it is when it is resumed.
///
/// # Errors
/// There is no job, it runs, or it is damaged so that the database cannot read on.
pub fn check(dir: &Path) -> Result<Report, StoreError> {
    let path = existing(dir)?;
    let lock = JobLock::take(dir)?;
    let report = check_file(&path);
    drop(lock);
    report
}

/// The same, of a store that nobody else has open.
pub(crate) fn check_file(path: &Path) -> Result<Report, StoreError> {
    guarded(|| {
        let mut report = Report::default();
        // Before the database opens the file: it goes back to the last commit that is whole, and
        // does not say so.
        for problem in crate::repair::problems(path)? {
            report.problem(problem);
        }
        if !report.problems.is_empty() {
            return Ok(report);
        }
        let mut db = open::open_file(path, CACHE)?;
        let (_, state) = open::read_about(&db)?;
        if !db.check_integrity()? {
            report.problem("pages of the database had to be repaired".to_owned());
        }
        read_all(&db, &state, &mut report)?;
        Ok(report)
    })
}

pub(crate) fn existing(dir: &Path) -> Result<std::path::PathBuf, StoreError> {
    let path = open::store_file(dir);
    if path.exists() {
        return Ok(path);
    }
    Err(StoreError::Missing(dir.to_owned()))
}

fn read_all(db: &Database, state: &State, report: &mut Report) -> Result<(), StoreError> {
    let transaction = db.begin_read()?;
    let mut dictionary = Dictionary {
        names: Names::default(),
        types: Types::anything(),
    };
    open::load_dictionary(&transaction, &mut dictionary)?;
    let hosts = read_hosts(&transaction, report)?;
    let waiting = read_requests(&transaction, &hosts, report)?;
    report.same("requests that wait", state.waiting, waiting);
    let seen = seen::count(&transaction)?;
    report.rows.insert("seen", seen);
    report.same("requests that were seen", state.seen, seen);
    let mut next = state.confirmed + 1;
    for row in transaction.open_table(tables::OUTBOX)?.iter()? {
        let (sequence, row) = row?;
        let sequence = sequence.value();
        report.same("the next record", next, sequence);
        next = sequence + 1;
        let record = outbox::decode(sequence, row.value(), &dictionary.names, &dictionary.types);
        report.row("outbox", record.map(drop));
    }
    report.same("the last record", state.last, next - 1);
    let mut next = 1;
    for row in transaction.open_table(tables::HISTORY)?.iter()? {
        let (number, row) = row?;
        let number = number.value();
        report.same("the next row of the history", next, number);
        next = number + 1;
        let entry = Head::read(number, row.value()).and_then(Head::entry);
        report.row("history", entry.map(drop));
    }
    report.same("the last row of the history", state.history, next - 1);
    for (name, table) in [("sinks", tables::SINKS), ("values", tables::VALUES)] {
        for row in transaction.open_table(table)?.iter()? {
            let (word, row) = row?;
            let read = unseal(name, word.value().as_bytes(), row.value());
            report.row(name, read.map(drop));
        }
    }
    Ok(())
}

/// The rows that each host says it has.
fn read_hosts(
    transaction: &redb::ReadTransaction,
    report: &mut Report,
) -> Result<BTreeMap<u32, u64>, StoreError> {
    let mut hosts = BTreeMap::new();
    for row in transaction.open_table(tables::HOSTS)?.iter()? {
        let (number, row) = row?;
        let host = host::decode(number.value(), row.value());
        if let Ok(host) = &host {
            hosts.insert(number.value(), host.rows);
        }
        report.row("hosts", host.map(drop));
    }
    for row in transaction.open_table(tables::CHANGED)?.iter()? {
        let (number, row) = row?;
        let key = number.value().to_le_bytes();
        let mut changes = Vec::new();
        let read = hosts::read(&key, row.value(), |host, change| {
            changes.push((host, change.rows));
        });
        report.row("changed", read);
        for (host, rows) in changes {
            if hosts.insert(host, rows).is_none() {
                report.problem(format!("host {host} changed, and is not there"));
            }
        }
    }
    Ok(hosts)
}

/// Reads the requests, and compares them with what their hosts say. Returns how many there are.
fn read_requests(
    transaction: &redb::ReadTransaction,
    hosts: &BTreeMap<u32, u64>,
    report: &mut Report,
) -> Result<u64, StoreError> {
    let (mut waiting, mut found) = (0, BTreeMap::<u32, u64>::new());
    let mut is_sound = true;
    for row in transaction.open_table(tables::MOVED)?.iter()? {
        let (number, row) = row?;
        let key = number.value().to_le_bytes();
        let entry = Entry::read(&key, row.value()).map(drop);
        is_sound &= entry.is_ok();
        report.row("moved", entry);
    }
    if !is_sound {
        // What is queued is not known then.
        return Ok(0);
    }
    let all = [0; 16]..=[255; 16];
    moved::each(transaction, all, |key, row| {
        let place = Place::of_queue(key);
        *found.entry(place.host).or_default() += 1;
        let read = request::decode("queue", key, row);
        report.row("queue", read.map(drop));
        waiting += 1;
        Ok(true)
    })?;
    for row in transaction.open_table(tables::DELAYED)?.iter()? {
        let (key, row) = row?;
        let read = request::decode("delayed", key.value(), row.value());
        report.row("delayed", read.map(drop));
        waiting += 1;
    }
    for (host, said) in hosts {
        let found = found.remove(host).unwrap_or_default();
        report.same(&format!("requests of host {host}"), *said, found);
    }
    for (host, rows) in found {
        report.problem(format!(
            "{rows} requests are of host {host}, which is not there"
        ));
    }
    Ok(waiting)
}
