//! One transaction: what it writes to the tables.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashSet;
use std::mem::take;
use std::sync::{Arc, Mutex};

use huntsman_core::failpoint::failpoint;
use huntsman_core::frontier::{Admission, End, Saved, Settled};
use huntsman_core::{Position, Sequence, Stream, Timestamp};
use redb::{Table, WriteTransaction};

use crate::about::{self, State};
use crate::announced::Announced;
use crate::bytes::{put_bytes, put_uint, seal};
use crate::error::StoreError;
use crate::guard::locked;
use crate::history::{self, Ended, Refusals};
use crate::index::Index;
use crate::moves::Key;
use crate::request::{self, Row};
use crate::seen::Seen;
use crate::tables::{self, Place};
use crate::writer::{Changes, Dictionary, Ending, Found, Orders, Planned, Reply, Writer};

type Rows<'t, K> = Table<'t, K, &'static [u8]>;

/// The tables that a page's end changes, and the numbers that count on.
struct Pages<'t, 'c> {
    /// Rows that came into the queues, and places that were left there.
    came: Vec<(Key, Arc<[u8]>)>,
    left: Vec<Key>,
    delayed: Rows<'t, &'static [u8; 16]>,
    tree: Table<'t, &'static [u8; 16], ()>,
    seen: &'c Mutex<Seen>,
    orders: &'c Orders,
    /// Where requests stood in the queue that end with this commit.
    ended: HashSet<Key>,
    /// Of these, the ones that were never written.
    unwritten: HashSet<Key>,
    outbox: Rows<'t, u64>,
    history: Rows<'t, u64>,
    refusals: &'c mut Refusals,
    values: Rows<'t, &'static str>,
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
        failpoint("store.commit.before");
        let transaction = self.db.begin_write()?;
        let mut replies = Vec::with_capacity(plan.len());
        let mut pages = Pages {
            came: Vec::new(),
            left: Vec::new(),
            delayed: transaction.open_table(tables::DELAYED)?,
            tree: transaction.open_table(tables::SEEN)?,
            seen: &self.seen,
            orders: &self.orders,
            ended: ended(&plan),
            unwritten: HashSet::new(),
            outbox: transaction.open_table(tables::OUTBOX)?,
            history: transaction.open_table(tables::HISTORY)?,
            refusals: &mut self.refusals,
            values: transaction.open_table(tables::VALUES)?,
            state: self.state,
            changes,
        };
        for planned in plan {
            replies.push(pages.perform(&transaction, planned)?);
        }
        let confirmed = locked(index).outbox.confirmed.0;
        pages.trim(confirmed)?;
        let (came, left) = (take(&mut pages.came), take(&mut pages.left));
        let mut state = pages.state;
        drop(pages);
        state.order = self.orders.last();
        let moved = locked(index).moves.plan(came, left);
        moved.write(&transaction)?;
        changes.moved = moved;
        failpoint("store.moves.written");
        locked(&self.seen).write(&transaction)?;
        failpoint("store.seen.written");
        self.hosts
            .write(&transaction, &mut locked(index), &changes.rows)?;
        failpoint("store.hosts.written");
        write_dictionary(&transaction, &locked(&self.dictionary))?;
        about::put(
            &mut transaction.open_table(tables::ABOUT)?,
            about::STATE,
            &state,
        )?;
        failpoint("store.commit.ready");
        transaction.commit()?;
        failpoint("store.commit.after");
        self.state = state;
        let mut dictionary = locked(&self.dictionary);
        dictionary.names.all_stored();
        dictionary.types.all_stored();
        Ok(replies)
    }
}

impl Pages<'_, '_> {
    fn perform(
        &mut self,
        transaction: &WriteTransaction,
        planned: Planned,
    ) -> Result<Reply, StoreError> {
        Ok(match planned {
            Planned::Offer(found) => Reply::Admission(self.offer(found)?),
            Planned::Settle(endings) => {
                let settled = endings.into_iter().map(|ending| self.settle(ending));
                Reply::Settled(settled.collect::<Result<_, _>>()?)
            }
            Planned::Keep(sink, position) => {
                keep(transaction, &sink, &position)?;
                failpoint("store.position.written");
                Reply::Done
            }
            Planned::Save(values) => {
                save(&mut self.values, values)?;
                failpoint("store.values.written");
                Reply::Done
            }
            Planned::Finish => {
                self.state.finished = true;
                failpoint("store.finish.written");
                Reply::Done
            }
            Planned::Flush => Reply::Done,
        })
    }

    fn offer(&mut self, found: Vec<Found>) -> Result<Admission, StoreError> {
        let mut admission = Admission::default();
        let mut seen = locked(self.seen);
        let marks = seen.look_up(&self.tree, found.iter().map(|(_, candidate)| candidate))?;
        for ((host, candidate), mark) in found.into_iter().zip(marks) {
            let is_new = seen.take(&self.tree, mark)?;
            self.state.seen += u64::from(is_new);
            if !is_new && !candidate.request.revisit {
                admission.known += 1;
                continue;
            }
            admission.new += 1;
            self.state.finished = false;
            let place = Place {
                host,
                slot: (Reverse(candidate.request.priority), self.orders.next()),
                until: None,
            };
            let key = place.key();
            let row = request::encode(&key, &candidate.request, 0, host, None);
            self.came.push((key, row.into()));
            self.state.waiting += 1;
            *self.changes.rows.entry(host).or_default() += 1;
            self.changes.queued.push((host, place.slot));
            failpoint("store.request.queued");
        }
        Ok(admission)
    }

    /// Queues what was announced before. What has ended by now is never written.
    fn foreseen(&mut self, announced: &Announced) -> Result<Admission, StoreError> {
        let mut seen = locked(self.seen);
        for one in &announced.found {
            if let Some(mark) = one.new {
                seen.commit(mark);
                self.state.seen += 1;
            }
            self.state.finished = false;
            self.state.waiting += 1;
            *self.changes.rows.entry(one.host).or_default() += 1;
            if self.ended.contains(&one.key) {
                self.unwritten.insert(one.key);
                continue;
            }
            self.came.push((one.key, Arc::clone(&one.row)));
            failpoint("store.request.queued");
        }
        Ok(announced.admission)
    }

    /// Removes the row of a request that has ended.
    fn remove(&mut self, place: Place, key: &Key) -> Result<(), StoreError> {
        if self.unwritten.remove(key) {
            return Ok(());
        }
        if place.until.is_none() {
            self.left.push(*key);
            return Ok(());
        }
        let is_there = self.delayed.remove(key)?.is_some();
        let gone = || StoreError::Damaged("a row of `delayed` is gone".to_owned());
        is_there.then_some(()).ok_or_else(gone)
    }

    fn settle(&mut self, mut ending: Ending) -> Result<Settled, StoreError> {
        let place = ending.leased.place;
        let key = place.key();
        self.remove(place, &key)?;
        let row = Arc::clone(&ending.leased.row);
        let content = request::content("queue", &key, &row)?;
        let again = match ending.settlement.end {
            End::Done => None,
            End::Retry { not_before } => Some((request::read(content)?, not_before)),
        };
        if let Some(account) = &mut ending.settlement.account {
            self.refusals.only_new(&mut account.refused);
            self.state.history += 1;
            let row = history_row(&self.state, &ending, content)?;
            self.history.insert(self.state.history, row.as_slice())?;
        }
        self.state.done += u64::from(again.is_none());
        failpoint("store.request.ended");
        let grown = self.changes.rows.entry(place.host).or_default();
        *grown -= i64::from(place.until.is_none());
        self.state.waiting -= 1;
        if let Some((row, not_before)) = again {
            self.delay(&row, place, not_before.max(ending.now))?;
        }
        self.changes.settled.push(ending.settlement.lease);
        let (mut records, mut quarantined, mut bytes) = (0, 0, 0);
        for written in ending.records {
            self.outbox
                .insert(written.sequence, written.row.as_slice())?;
            self.state.last = written.sequence;
            records += 1;
            bytes += written.row.len() as u64;
            quarantined += u64::from(written.record.item.stream() == Stream::Quarantine);
            self.changes
                .records
                .push((written.record, written.row.len()));
        }
        failpoint("store.records.written");
        save(&mut self.values, ending.settlement.values)?;
        let last = Sequence(self.state.last);
        Ok(Settled {
            admission: match ending.announced {
                Some(announced) => self.foreseen(&announced)?,
                None => self.offer(ending.found)?,
            },
            records,
            quarantined,
            repeated: ending.repeated,
            bytes,
            last,
        })
    }

    /// Queues a request once more, for later.
    fn delay(&mut self, row: &Row, place: Place, until: Timestamp) -> Result<(), StoreError> {
        let order = self.orders.next();
        let place = Place {
            slot: (place.slot.0, order),
            until: Some(until),
            ..place
        };
        let key = place.key();
        let tried = row.tried.saturating_add(1);
        let row = request::encode(&key, &row.request, tried, place.host, row.last.as_ref());
        self.delayed.insert(&key, row.as_slice())?;
        self.state.waiting += 1;
        let delayed = ((until, order), (place.host, place.slot.0.0));
        self.changes.delayed.push(delayed);
        failpoint("store.request.delayed");
        Ok(())
    }

    /// Removes the records that every sink has.
    fn trim(&mut self, confirmed: u64) -> Result<(), StoreError> {
        let confirmed = confirmed.min(self.state.last);
        for sequence in self.state.confirmed + 1..=confirmed {
            self.outbox.remove(sequence)?;
        }
        self.state.confirmed = self.state.confirmed.max(confirmed);
        failpoint("store.outbox.trimmed");
        Ok(())
    }
}

/// Where the requests stood in the queue that end with this plan.
fn ended(plan: &[Planned]) -> HashSet<Key> {
    let endings = plan.iter().flat_map(|planned| match planned {
        Planned::Settle(endings) => &endings[..],
        _ => &[],
    });
    let places = endings.map(|ending| ending.leased.place);
    let queued = places.filter(|place| place.until.is_none());
    queued.map(|place| place.key()).collect()
}

/// What the history says of the end of a lease.
fn history_row(state: &State, ending: &Ending, request: &[u8]) -> Result<Vec<u8>, StoreError> {
    let Some(account) = &ending.settlement.account else {
        return Ok(Vec::new());
    };
    let mut plain = Cow::Borrowed(request);
    if request::has_last(request) {
        // The present answer takes the place of the last one.
        let row = request::read(request)?;
        plain = Cow::Owned(request::plain(&row.request, row.tried, row.host, None));
    }
    let items: Vec<_> = ending
        .records
        .iter()
        .filter_map(|written| written.digest)
        .collect();
    let ended = Ended {
        fingerprint: ending.leased.fingerprint,
        round: state.round(),
        at: ending.now,
        request: &plain,
        account,
        first: ending.records.first().map_or(0, |first| first.sequence),
        items: &items,
    };
    Ok(history::encode(state.history, &ended))
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

fn save(table: &mut Rows<'_, &'static str>, values: Vec<Saved>) -> Result<(), StoreError> {
    for Saved { name, mut value } in values {
        seal(name.as_bytes(), &mut value);
        table.insert(&*name, value.as_slice())?;
    }
    Ok(())
}

/// Writes the names and types that are new.
pub(crate) fn write_dictionary(
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
