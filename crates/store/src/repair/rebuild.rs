//! A new store, of all that can be read of a damaged one.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use huntsman_core::frontier::PaceState;
use huntsman_core::{HostKey, Sequence};
use redb::{ReadableDatabase as _, ReadableTable as _, TableDefinition, WriteTransaction};

use super::history;
use super::lost::{long, short};
use super::moves::Log;
use super::reading::Reading;
use super::records;
use crate::about::{Identity, State};
use crate::bytes::{misread, unseal};
use crate::error::StoreError;
use crate::host::{self, Host};
use crate::hosts;
use crate::mark::Marking;
use crate::tables::{self, Place};
use crate::{open, request, seen};

/// Memory for pages of the new store while it is made.
const CACHE: usize = 128 << 20;

/// Writes a new store's file, which must not be there yet.
pub(super) fn write(
    reading: &mut Reading<'_>,
    path: &Path,
    identity: &Identity,
) -> Result<(), StoreError> {
    let db = open::builder(CACHE).create(path)?;
    let format = reading.survey.about.format.unwrap_or(tables::FORMAT);
    open::fill(&db, identity, format)?;
    let mut new = New {
        marking: tables::marking(format),
        state: reading.survey.about.state.unwrap_or_default(),
        ..New::default()
    };
    let transaction = db.begin_write()?;
    new.hosts(reading)?;
    new.queue(reading, &transaction)?;
    new.delayed(reading, &transaction)?;
    new.seen(reading, &transaction)?;
    new.sinks(reading, &transaction)?;
    let names = records::words(reading, &transaction)?;
    records::outbox(reading, &transaction, names, &mut new.state)?;
    history::write(reading, &transaction, &mut new.state)?;
    delivered(reading, &transaction)?;
    copy(reading, &transaction, "values", tables::VALUES, &word)?;
    let known = |table: &&String| super::survey::TABLES.contains(&table.as_str());
    let others = reading.survey.tables.keys().filter(|table| !known(table));
    for table in others.cloned().collect::<Vec<_>>() {
        let said = format!("{table}: this version does not know the table, and leaves it behind");
        reading.losses.say(said);
    }
    new.write_hosts(&transaction)?;
    transaction.commit()?;
    new.state.seen = seen::count(&db.begin_read()?)?;
    open::begin_run(&db, identity, &new.state)
}

/// What the new store counts.
#[derive(Default)]
struct New {
    marking: Marking,
    state: State,
    /// Hosts are numbered anew, without gaps.
    numbers: HashMap<HostKey, u32>,
    all: Vec<(HostKey, Host)>,
}

impl New {
    fn number(&mut self, key: HostKey) -> u32 {
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.numbers.insert(key.clone(), number);
        let host = Host {
            name: key.as_str().to_owned(),
            rows: 0,
            pace: PaceState::default(),
        };
        self.all.push((key, host));
        number
    }

    fn hosts(&mut self, reading: &mut Reading<'_>) -> Result<(), StoreError> {
        let (mut names, mut numbers) = (BTreeMap::new(), BTreeMap::new());
        reading.rows("hosts", &mut |key, row| {
            let old = short(key).ok_or_else(|| misread("a key is too long"))?;
            let host = host::decode(old, row)?;
            let number = self.number(host.key()?) as usize;
            self.all[number].1.pace = host.pace;
            names.insert(old, host.name);
            numbers.insert(old, number);
            Ok(())
        })?;
        // What was written last counts.
        reading.rows("changed", &mut |key, row| {
            hosts::read(key, row, |old, change| {
                if let Some(number) = numbers.get(&old) {
                    self.all[*number].1.pace = change.pace;
                }
            })
        })?;
        reading.losses.hosts = names;
        if reading.lacks("hosts") || reading.lacks("changed") {
            reading.losses.say(
                "hosts: those that are lost are known again by their requests; their pace begins anew",
            );
        }
        Ok(())
    }

    fn queue(
        &mut self,
        reading: &mut Reading<'_>,
        transaction: &WriteTransaction,
    ) -> Result<(), StoreError> {
        let mut table = transaction.open_table(tables::QUEUE)?;
        self.state.waiting = 0;
        let log = Log::read(reading)?;
        let mut ended = HashSet::new();
        if reading.lacks("moved") {
            reading.losses.say(
                "moved: requests that were found of late may be lost, and pages that ended of late \
                 are fetched again, but for those that the history knows",
            );
            ended = history::ended(reading, self.state.round())?;
        }
        log.queued(reading, &mut |key, row| {
            let slot = Place::of_queue(sixteen(key)?).slot;
            let read = request::decode("queue", key, row)?;
            if ended.contains(&read.request.fingerprint()) {
                return Ok(());
            }
            let host = self.number(request::host_of(&read.request));
            let place = Place {
                host,
                slot,
                until: None,
            };
            let key = place.key();
            let row = request::encode(&key, &read.request, read.tried, host, read.last.as_ref());
            table.insert(&key, row.as_slice())?;
            self.waits(slot.1);
            self.all[host as usize].1.rows += 1;
            Ok(())
        })
    }

    fn delayed(
        &mut self,
        reading: &mut Reading<'_>,
        transaction: &WriteTransaction,
    ) -> Result<(), StoreError> {
        let mut table = transaction.open_table(tables::DELAYED)?;
        reading.rows("delayed", &mut |key, row| {
            let read = request::decode("delayed", key, row)?;
            let host = self.number(request::host_of(&read.request));
            let (until, order) = tables::of_delayed(sixteen(key)?);
            let place = Place {
                host,
                slot: (Reverse(read.request.priority), order),
                until: Some(until),
            };
            let key = place.key();
            let row = request::encode(&key, &read.request, read.tried, host, read.last.as_ref());
            table.insert(&key, row.as_slice())?;
            self.waits(order);
            Ok(())
        })
    }

    fn waits(&mut self, order: u64) {
        self.state.waiting += 1;
        self.state.order = self.state.order.max(order);
        self.state.finished = false;
    }

    /// The marks, those of requests that wait among them in any case.
    fn seen(
        &self,
        reading: &mut Reading<'_>,
        transaction: &WriteTransaction,
    ) -> Result<(), StoreError> {
        let mut tree = transaction.open_table(tables::SEEN)?;
        reading.rows("seen", &mut |key, _| {
            tree.insert(sixteen(key)?, ())?;
            Ok(())
        })?;
        let mut fresh = transaction.open_table(tables::FRESH)?;
        reading.rows("fresh", &mut |key, row| {
            let number = long(key).ok_or_else(|| misread("a key is too long"))?;
            fresh.insert(number, row)?;
            Ok(())
        })?;
        if !reading.lacks("seen") && !reading.lacks("fresh") {
            return Ok(());
        }
        reading.losses.say(
            "seen: pages that were crawled and are not known any more are fetched again where a \
             link leads to them",
        );
        for (name, table) in [("queue", tables::QUEUE), ("delayed", tables::DELAYED)] {
            for row in transaction.open_table(table)?.iter()? {
                let (key, row) = row?;
                let read = request::decode(name, key.value(), row.value())?;
                let mark = self.marking.mark(&read.request.into());
                tree.insert(&mark.key(), ())?;
            }
        }
        Ok(())
    }

    /// Positions of sinks. The outbox reaches as far as any of them.
    fn sinks(
        &mut self,
        reading: &mut Reading<'_>,
        transaction: &WriteTransaction,
    ) -> Result<(), StoreError> {
        let mut table = transaction.open_table(tables::SINKS)?;
        let last = &mut self.state.last;
        reading.rows("sinks", &mut |key, row| {
            let Sequence(at) = Sequence(unseal("sinks", key, row)?.uint()?);
            *last = at.max(*last);
            table.insert(word(key)?, row)?;
            Ok(())
        })
    }

    fn write_hosts(&self, transaction: &WriteTransaction) -> Result<(), StoreError> {
        let mut table = transaction.open_table(tables::HOSTS)?;
        for (number, (_, host)) in (0..).zip(&self.all) {
            table.insert(number, host::encode(number, host).as_slice())?;
        }
        Ok(())
    }
}

/// Digests of items that earlier rounds delivered.
fn delivered(reading: &mut Reading<'_>, transaction: &WriteTransaction) -> Result<(), StoreError> {
    let mut table = transaction.open_table(tables::DELIVERED)?;
    reading.rows("delivered", &mut |key, _| {
        table.insert(sixteen(key)?, ())?;
        Ok(())
    })
}

/// Reads a key.
type KeyOf<'f, K> =
    dyn for<'k> Fn(&'k [u8]) -> Result<<K as redb::Value>::SelfType<'k>, StoreError> + 'f;

/// Rows that mean the same in the new store.
fn copy<K: redb::Key + 'static>(
    reading: &mut Reading<'_>,
    transaction: &WriteTransaction,
    name: &'static str,
    definition: TableDefinition<'static, K, &'static [u8]>,
    key_of: &KeyOf<'_, K>,
) -> Result<(), StoreError> {
    let mut table = transaction.open_table(definition)?;
    reading.rows(name, &mut |key, row| {
        table.insert(key_of(key)?, row)?;
        Ok(())
    })
}

fn word(key: &[u8]) -> Result<&str, StoreError> {
    std::str::from_utf8(key).map_err(|_| misread("a key is no text"))
}

fn sixteen(key: &[u8]) -> Result<&[u8; 16], StoreError> {
    key.try_into().map_err(|_| misread("a key is too long"))
}
