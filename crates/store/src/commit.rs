//! One transaction: what it writes to the tables.

use std::cmp::Reverse;
use std::sync::Mutex;

use huntsman_core::frontier::{Admission, End, Settled};
use huntsman_core::{Position, Sequence, Stream};
use redb::{Table, WriteTransaction};

use crate::about::{self, State};
use crate::bytes::{put_bytes, put_uint, seal};
use crate::error::StoreError;
use crate::guard::locked;
use crate::host::{self, Host};
use crate::index::Index;
use crate::request;
use crate::seen::Seen;
use crate::tables::{self, Place};
use crate::writer::{Changes, Dictionary, Ending, Found, Planned, Reply, Writer};

type Rows<'t, K> = Table<'t, K, &'static [u8]>;

/// The tables that a page's end changes, and the numbers that count on.
struct Pages<'t, 'c> {
    queue: Rows<'t, &'static [u8; 16]>,
    delayed: Rows<'t, &'static [u8; 16]>,
    tree: Table<'t, &'static [u8; 16], ()>,
    seen: &'c mut Seen,
    outbox: Rows<'t, u64>,
    state: State,
    changes: &'c mut Changes,
}

impl Writer {
    /// Writes what was planned, and syncs. Nothing is changed if it fails.
    pub(crate) fn write(
        &mut self,
        index: &Mutex<Index>,
        plan: Vec<Planned>,
        changes: &mut Changes,
    ) -> Result<Vec<Reply>, StoreError> {
        let transaction = self.db.begin_write()?;
        let mut replies = Vec::with_capacity(plan.len());
        let mut pages = Pages {
            queue: transaction.open_table(tables::QUEUE)?,
            delayed: transaction.open_table(tables::DELAYED)?,
            tree: transaction.open_table(tables::SEEN)?,
            seen: &mut self.seen,
            outbox: transaction.open_table(tables::OUTBOX)?,
            state: self.state,
            changes,
        };
        for planned in plan {
            replies.push(match planned {
                Planned::Offer(found) => Reply::Admission(pages.offer(found)?),
                Planned::Settle(endings) => {
                    let settled = endings.into_iter().map(|ending| pages.settle(ending));
                    Reply::Settled(settled.collect::<Result<_, _>>()?)
                }
                Planned::Keep(sink, position) => {
                    keep(&transaction, &sink, &position)?;
                    Reply::Done
                }
                Planned::Save(name, value) => {
                    save(&transaction, &name, value)?;
                    Reply::Done
                }
                Planned::Finish => {
                    pages.state.finished = true;
                    Reply::Done
                }
                Planned::Flush => Reply::Done,
            });
        }
        let confirmed = locked(index).outbox.confirmed.0;
        pages.trim(confirmed)?;
        let state = pages.state;
        drop(pages);
        self.seen.write(&transaction)?;
        write_hosts(&transaction, index, changes)?;
        write_dictionary(&transaction, &locked(&self.dictionary))?;
        about::put(
            &mut transaction.open_table(tables::ABOUT)?,
            about::STATE,
            &state,
        )?;
        transaction.commit()?;
        self.state = state;
        let mut dictionary = locked(&self.dictionary);
        dictionary.names.all_stored();
        dictionary.types.all_stored();
        Ok(replies)
    }
}

impl Pages<'_, '_> {
    fn offer(&mut self, found: Vec<Found>) -> Result<Admission, StoreError> {
        let mut admission = Admission::default();
        for (host, candidate) in found {
            let is_new = self.seen.take(&self.tree, candidate.fingerprint)?;
            self.state.seen += u64::from(is_new);
            if !is_new && !candidate.request.revisit {
                admission.known += 1;
                continue;
            }
            admission.new += 1;
            self.state.finished = false;
            self.state.order += 1;
            let place = Place {
                host,
                slot: (Reverse(candidate.request.priority), self.state.order),
                until: None,
            };
            let key = place.key();
            let row = request::encode(&key, &candidate.request, 0, host);
            self.queue.insert(&key, row.as_slice())?;
            self.state.waiting += 1;
            *self.changes.rows.entry(host).or_default() += 1;
            self.changes.queued.push((host, place.slot));
        }
        Ok(admission)
    }

    fn settle(&mut self, ending: Ending) -> Result<Settled, StoreError> {
        let place = ending.leased.place;
        let key = place.key();
        let (name, table) = match place.until {
            None => ("queue", &mut self.queue),
            Some(_) => ("delayed", &mut self.delayed),
        };
        let row = table.remove(&key)?;
        let row = row.ok_or_else(|| StoreError::Damaged(format!("a row of `{name}` is gone")))?;
        let again = match ending.settlement.end {
            End::Done => None,
            End::Retry { not_before } => {
                Some((request::decode(name, &key, row.value())?, not_before))
            }
        };
        drop(row);
        let grown = self.changes.rows.entry(place.host).or_default();
        *grown -= i64::from(place.until.is_none());
        self.state.waiting -= 1;
        if let Some((row, not_before)) = again {
            let until = not_before.max(ending.now);
            self.state.order += 1;
            let place = Place {
                slot: (place.slot.0, self.state.order),
                until: Some(until),
                ..place
            };
            let key = place.key();
            let tried = row.tried.saturating_add(1);
            let row = request::encode(&key, &row.request, tried, place.host);
            self.delayed.insert(&key, row.as_slice())?;
            self.state.waiting += 1;
            let delayed = ((until, self.state.order), (place.host, place.slot.0.0));
            self.changes.delayed.push(delayed);
        }
        self.changes.leases.push(ending.settlement.lease);
        self.changes.settled.push(ending.leased);
        let (mut records, mut quarantined) = (0, 0);
        for written in ending.records {
            self.outbox
                .insert(written.sequence, written.row.as_slice())?;
            self.state.last = written.sequence;
            records += 1;
            quarantined += u64::from(written.record.item.stream() == Stream::Quarantine);
            self.changes
                .records
                .push((written.record, written.row.len()));
        }
        let last = Sequence(self.state.last);
        Ok(Settled {
            admission: self.offer(ending.found)?,
            records,
            quarantined,
            last,
        })
    }

    /// Removes the records that every sink has.
    fn trim(&mut self, confirmed: u64) -> Result<(), StoreError> {
        let confirmed = confirmed.min(self.state.last);
        for sequence in self.state.confirmed + 1..=confirmed {
            self.outbox.remove(sequence)?;
        }
        self.state.confirmed = self.state.confirmed.max(confirmed);
        Ok(())
    }
}

fn keep(transaction: &WriteTransaction, sink: &str, position: &Position) -> Result<(), StoreError> {
    let mut row = Vec::with_capacity(position.state.len() + 16);
    put_uint(&mut row, position.sequence.0);
    put_bytes(&mut row, &position.state);
    seal(sink.as_bytes(), &mut row);
    let mut sinks = transaction.open_table(tables::SINKS)?;
    sinks.insert(sink, row.as_slice())?;
    Ok(())
}

fn save(transaction: &WriteTransaction, name: &str, mut value: Vec<u8>) -> Result<(), StoreError> {
    seal(name.as_bytes(), &mut value);
    let mut values = transaction.open_table(tables::VALUES)?;
    values.insert(name, value.as_slice())?;
    Ok(())
}

/// Writes the hosts whose queue or pace changed.
fn write_hosts(
    transaction: &WriteTransaction,
    index: &Mutex<Index>,
    changes: &Changes,
) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    {
        let mut index = locked(index);
        let dirty = std::mem::take(&mut index.dirty);
        let untouched = dirty.iter().filter(|host| !changes.rows.contains_key(host));
        let touched = changes.rows.iter().map(|(host, grown)| (*host, *grown));
        for (number, grown) in touched.chain(untouched.map(|host| (*host, 0))) {
            let at = number as usize;
            let host = Host {
                name: index.names[at].as_str().to_owned(),
                rows: index.queues[at].rows().saturating_add_signed(grown),
                pace: index.turns.state(at),
            };
            rows.push((number, host::encode(number, &host)));
        }
    }
    let mut hosts = transaction.open_table(tables::HOSTS)?;
    for (number, row) in rows {
        hosts.insert(number, row.as_slice())?;
    }
    Ok(())
}

/// Writes the names and types that are new.
fn write_dictionary(
    transaction: &WriteTransaction,
    dictionary: &Dictionary,
) -> Result<(), StoreError> {
    let mut names = transaction.open_table(tables::NAMES)?;
    for (number, name) in dictionary.names.unstored() {
        let mut row = name.as_bytes().to_vec();
        seal(&number.to_le_bytes(), &mut row);
        names.insert(number, row.as_slice())?;
    }
    let mut types = transaction.open_table(tables::TYPES)?;
    for (number, row) in dictionary.types.unstored() {
        types.insert(number, row.as_slice())?;
    }
    Ok(())
}
