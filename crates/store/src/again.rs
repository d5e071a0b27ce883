//! A further round of a finished job: every request of the last one is queued again.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use huntsman_core::fingerprint::FingerprintSet;
use huntsman_core::frontier::Outcome;
use redb::{Database, ReadableDatabase as _, ReadableTable as _, WriteTransaction};

use crate::about::{self, State};
use crate::error::StoreError;
use crate::history::{Entry, Head, ItemDigest};
use crate::host;
use crate::hosts;
use crate::moved;
use crate::options::Again;
use crate::request;
use crate::tables::{self, Place};

/// Rows of the history that are queued in one transaction.
const AT_ONCE: usize = 10_000;

/// Begins a round. The sinks that it replaces stand nowhere from now on.
pub(crate) fn begin(db: &Database, state: &mut State, again: &Again) -> Result<(), StoreError> {
    if state.history == state.again.history {
        return Err(StoreError::NoHistory);
    }
    let begun = State {
        finished: false,
        again: about::Again {
            rounds: state.again.rounds + 1,
            records: state.last,
            history: state.history,
            queued: Some(state.again.history),
            only_new: again.only_new,
        },
        ..*state
    };
    let transaction = db.begin_write()?;
    {
        let mut sinks = transaction.open_table(tables::SINKS)?;
        for sink in &again.replaced {
            sinks.remove(&**sink)?;
        }
        // What is queued next is added to the tables alone.
        hosts::fold(&transaction)?;
        moved::fold(&transaction)?;
    }
    commit(transaction, begun)?;
    *state = begun;
    Ok(())
}

/// Queues what is still to be queued for the round that was begun, some rows a transaction.
pub(crate) fn queue(db: &Database, state: &mut State) -> Result<(), StoreError> {
    let mut visits = FingerprintSet::default();
    while let Some(after) = state.again.queued {
        let entries = read(db, after, state.again.history)?;
        let transaction = db.begin_write()?;
        let mut next = *state;
        next.again.queued = match entries.last() {
            Some((number, _)) if *number < state.again.history => Some(*number),
            _ => None,
        };
        add(&transaction, &mut next, entries, &mut visits)?;
        commit(transaction, next)?;
        *state = next;
    }
    Ok(())
}

fn commit(transaction: WriteTransaction, state: State) -> Result<(), StoreError> {
    let mut about = transaction.open_table(tables::ABOUT)?;
    about::put(&mut about, about::STATE, &state)?;
    drop(about);
    transaction.commit()?;
    Ok(())
}

fn read(db: &Database, after: u64, last: u64) -> Result<Vec<(u64, Entry)>, StoreError> {
    let history = db.begin_read()?.open_table(tables::HISTORY)?;
    let rows = history.range(after + 1..=last)?.take(AT_ONCE);
    rows.map(|row| {
        let (number, row) = row?;
        let number = number.value();
        Ok((number, Head::read(number, row.value())?.entry()?))
    })
    .collect()
}

/// Queues the requests of these rows, and notes which items were delivered.
fn add(
    transaction: &WriteTransaction,
    state: &mut State,
    entries: Vec<(u64, Entry)>,
    visits: &mut FingerprintSet,
) -> Result<(), StoreError> {
    let mut queue = transaction.open_table(tables::QUEUE)?;
    let mut items: Vec<ItemDigest> = Vec::new();
    let mut grown = BTreeMap::<u32, u64>::new();
    for (_, entry) in entries {
        items.extend(&entry.items);
        let last = match entry.outcome {
            // It has another row, for its end.
            Outcome::Retried { .. } => continue,
            Outcome::Parsed(answer) | Outcome::Unchanged(answer) => Some(answer),
            _ => None,
        };
        let (host, request) = (entry.row.host, entry.row.request);
        // A page that is visited more than once has as many rows.
        if request.revisit && !visits.insert(entry.fingerprint) {
            continue;
        }
        state.order += 1;
        let place = Place {
            host,
            slot: (Reverse(request.priority), state.order),
            until: None,
        };
        let key = place.key();
        let row = request::encode(&key, &request, 0, host, last.as_ref());
        queue.insert(&key, row.as_slice())?;
        state.waiting += 1;
        *grown.entry(host).or_default() += 1;
    }
    items.sort_unstable();
    let mut delivered = transaction.open_table(tables::DELIVERED)?;
    for digest in &items {
        delivered.insert(digest, ())?;
    }
    let mut hosts = transaction.open_table(tables::HOSTS)?;
    for (number, grown) in grown {
        let row = hosts.get(number)?.map(|row| row.value().to_vec());
        let row = row.ok_or_else(|| StoreError::Damaged("a host is not there".to_owned()))?;
        let mut host = host::decode(number, &row)?;
        host.rows += grown;
        hosts.insert(number, host::encode(number, &host).as_slice())?;
    }
    Ok(())
}
