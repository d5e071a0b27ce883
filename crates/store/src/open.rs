//! Opening a job: making its store, or finding out whether what is there is one.

use std::cmp::Reverse;
use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};

use huntsman_core::Timestamp;
use huntsman_core::failpoint::failpoint;
use huntsman_core::frontier::{MAX_WAIT, Turns};
use redb::{
    Builder, Database, ReadOnlyTable, ReadableDatabase as _, ReadableTable as _,
    ReadableTableMetadata as _,
};

use crate::about::{self, Identity, State};
use crate::bytes::unseal;
use crate::error::StoreError;
use crate::guard::Db;
use crate::hosts;
use crate::index::{Index, Snapshot};
use crate::moves::Moves;
use crate::options::Options;
use crate::outbox::{self, Outbox};
use crate::request;
use crate::tables::{self, BY_FINGERPRINT, FORMAT};
use crate::writer::Dictionary;

/// A file up to this size is verified whole whenever it is opened; a larger one after a crash.
const ALWAYS_VERIFIED: u64 = 64 << 20;

/// Makes the folder of a job, where there is none: for its owner alone, as cookies will be in it.
pub(crate) fn make_folder(dir: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(dir)
}

/// The file of a job's store.
pub(crate) fn store_file(dir: &Path) -> PathBuf {
    dir.join("store.redb")
}

/// The file with the facts of a running job.
pub(crate) fn live_file(dir: &Path) -> PathBuf {
    dir.join("live.json")
}

/// Opens a store's file.
pub(crate) fn open_file(path: &Path, cache: usize) -> Result<Db, StoreError> {
    let length = std::fs::metadata(path)
        .map_err(StoreError::file(path))?
        .len();
    let foreign = |reason: String| StoreError::Foreign {
        path: path.to_owned(),
        reason,
    };
    if length == 0 {
        return Err(foreign("it is empty".to_owned()));
    }
    builder(cache)
        .set_check_integrity_on_open(length <= ALWAYS_VERIFIED)
        .open(path)
        .map(Db::new)
        .map_err(|error| match StoreError::from(error) {
            // The database says so of a file that does not begin as its own do.
            StoreError::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                foreign(error.to_string())
            }
            error => error,
        })
}

pub(crate) fn builder(cache: usize) -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(cache);
    builder
}

/// Makes a store in a file that takes its name only when it is whole.
pub(crate) fn create_file(path: &Path, identity: &Identity) -> Result<(), StoreError> {
    failpoint("store.create.before");
    let new = path.with_extension("new");
    match std::fs::remove_file(&new) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(StoreError::file(&new)(error));
        }
        _ => {}
    }
    fill(&builder(1 << 20).create(&new)?, identity, FORMAT)?;
    failpoint("store.create.filled");
    std::fs::rename(&new, path).map_err(StoreError::file(path))?;
    failpoint("store.create.renamed");
    sync_folder(path.parent().unwrap_or(path))
}

/// Makes a new name in a folder last.
#[cfg(unix)]
pub(crate) fn sync_folder(dir: &Path) -> Result<(), StoreError> {
    let synced = std::fs::File::open(dir).and_then(|dir| dir.sync_all());
    synced.map_err(StoreError::file(dir))
}

#[cfg(not(unix))]
pub(crate) fn sync_folder(_dir: &Path) -> Result<(), StoreError> {
    Ok(())
}

/// Makes the tables of an empty database.
pub(crate) fn fill(db: &Database, identity: &Identity, format: u32) -> Result<(), StoreError> {
    let transaction = db.begin_write()?;
    {
        let mut about = transaction.open_table(tables::ABOUT)?;
        about::put(&mut about, about::FORMAT, &format)?;
        about::put(&mut about, about::IDENTITY, identity)?;
        about::put(&mut about, about::STATE, &State::default())?;
        transaction.open_table(tables::HOSTS)?;
        transaction.open_table(tables::CHANGED)?;
        transaction.open_table(tables::QUEUE)?;
        transaction.open_table(tables::MOVED)?;
        transaction.open_table(tables::DELAYED)?;
        transaction.open_table(tables::SEEN)?;
        transaction.open_table(tables::FRESH)?;
        transaction.open_table(tables::OUTBOX)?;
        transaction.open_table(tables::HISTORY)?;
        transaction.open_table(tables::DELIVERED)?;
        transaction.open_table(tables::NAMES)?;
        transaction.open_table(tables::TYPES)?;
        transaction.open_table(tables::SINKS)?;
        transaction.open_table(tables::VALUES)?;
    }
    transaction.commit()?;
    Ok(())
}

/// A job of this spider that begins; its name is no other job's.
pub(crate) fn new_identity(spider: &str, version: &str, began: Timestamp) -> Identity {
    // Each is seeded by the system's source of randomness.
    let [a, b] = [RandomState::new(), RandomState::new()].map(|state| state.hash_one(began.0));
    Identity {
        job: format!("{spider}-{a:016x}{b:016x}").into(),
        spider: spider.to_owned(),
        version: version.to_owned(),
        began,
    }
}

/// What the store says of itself, if this version can read it.
pub(crate) fn read_about(db: &Database) -> Result<(Identity, State), StoreError> {
    let table: ReadOnlyTable<&str, &[u8]> = match db.begin_read()?.open_table(tables::ABOUT) {
        Ok(table) => table,
        Err(redb::TableError::TableDoesNotExist(_)) => {
            return Err(StoreError::Damaged("it does not say what it is".to_owned()));
        }
        Err(error) => return Err(error.into()),
    };
    let found = about::get(&table, about::FORMAT)?;
    if !tables::is_read(found) {
        return Err(StoreError::Format {
            found,
            known: FORMAT,
        });
    }
    Ok((
        about::get(&table, about::IDENTITY)?,
        about::get(&table, about::STATE)?,
    ))
}

/// The job, if it is this spider's.
pub(crate) fn admitted(mut identity: Identity, options: &Options) -> Result<Identity, StoreError> {
    if identity.spider != options.spider {
        return Err(StoreError::Spider {
            found: identity.spider,
            given: options.spider.clone(),
        });
    }
    if identity.version != options.version {
        if !options.take_over {
            return Err(StoreError::Version {
                found: identity.version,
                given: options.version.clone(),
            });
        }
        identity.version.clone_from(&options.version);
    }
    Ok(identity)
}

/// The same, of a store that is brought to this format first, if it is older.
pub(crate) fn read_or_migrate(db: &Database) -> Result<(Identity, State), StoreError> {
    migrate(db)?;
    read_about(db)
}

/// Brings a store of an older format to one that is read. The first knew no log of changed hosts, the
/// second none of what moved in the queues.
fn migrate(db: &Database) -> Result<(), StoreError> {
    let table = match db.begin_read()?.open_table(tables::ABOUT) {
        Ok(table) => table,
        Err(redb::TableError::TableDoesNotExist(_)) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    if !(1..BY_FINGERPRINT).contains(&about::get::<u32>(&table, about::FORMAT)?) {
        return Ok(());
    }
    drop(table);
    let transaction = db.begin_write()?;
    transaction.open_table(tables::CHANGED)?;
    transaction.open_table(tables::MOVED)?;
    about::put(
        &mut transaction.open_table(tables::ABOUT)?,
        about::FORMAT,
        &BY_FINGERPRINT,
    )?;
    transaction.commit()?;
    Ok(())
}

/// Enters a run into the store.
pub(crate) fn begin_run(
    db: &Database,
    identity: &Identity,
    state: &State,
) -> Result<(), StoreError> {
    let transaction = db.begin_write()?;
    {
        let mut about = transaction.open_table(tables::ABOUT)?;
        about::put(&mut about, about::IDENTITY, identity)?;
        about::put(&mut about, about::STATE, state)?;
    }
    failpoint("store.run.before");
    transaction.commit()?;
    failpoint("store.run.after");
    Ok(())
}

/// Reads what has to be in memory.
pub(crate) fn load(
    db: &Database,
    state: &State,
    turns: Turns,
    dictionary: &mut Dictionary,
    outbox_memory: usize,
    now: Timestamp,
) -> Result<Index, StoreError> {
    let transaction = db.begin_read()?;
    load_dictionary(&transaction, dictionary)?;
    let snapshot = Snapshot::new(&transaction)?;
    if dictionary.types.any_unknown() {
        // A type that is gone is nobody's business unless its records still wait.
        for row in snapshot.outbox.iter()? {
            let (sequence, row) = row?;
            let kind = outbox::kind(sequence.value(), row.value())?;
            dictionary.types.schema(kind)?;
        }
    }
    let outbox = Outbox::new(state.last, state.confirmed, outbox_memory);
    let mut index = Index::new(turns, outbox, snapshot, state.runs);
    index.moves = Moves::load(&transaction)?;
    index.waiting = state.waiting;
    index.seen = state.seen;
    index.done = state.done;
    let mut rows = 0;
    for host in hosts::all(&transaction)? {
        let (number, host) = host?;
        if index.host(&host.key()?) != number {
            return Err(StoreError::Damaged("a host has a wrong number".to_owned()));
        }
        index.turns.restore(number as usize, host.pace, now);
        rows += host.rows;
        index.queue(number, |queue| queue.found(host.rows))?;
    }
    index.dirty.clear();
    let delayed = index.snapshot.delayed.len()?;
    let queued = index.snapshot.queue.len()?;
    let queued = queued.saturating_add_signed(index.moves.grown());
    if rows + delayed != state.waiting || queued != rows {
        return Err(StoreError::Damaged(format!(
            "{} requests wait, and it has {rows} and {delayed}",
            state.waiting
        )));
    }
    load_delayed(&mut index, now)?;
    Ok(index)
}

/// Bytes of the records that wait.
pub(crate) fn outbox_bytes(index: &Index) -> Result<u64, StoreError> {
    let stats = index.snapshot.outbox.stats()?;
    Ok(stats.stored_bytes())
}

fn load_delayed(index: &mut Index, now: Timestamp) -> Result<(), StoreError> {
    let latest = now.after(MAX_WAIT);
    let mut due = Vec::new();
    for row in index.snapshot.delayed.iter()? {
        let (key, row) = row?;
        let read = request::decode("delayed", key.value(), row.value())?;
        if read.host as usize >= index.names.len() {
            return Err(StoreError::Damaged("a host is not there".to_owned()));
        }
        let (until, order) = tables::of_delayed(key.value());
        let (host, priority) = (read.host, read.request.priority);
        if until > latest {
            // The clock was set back, and its time means nothing.
            due.push((host, (Reverse(priority), order), until));
        } else {
            index.delayed.insert((until, order), (host, priority));
        }
    }
    for (host, slot, until) in due {
        index.queue(host, |queue| queue.woke(slot, until))?;
    }
    Ok(())
}

pub(crate) fn load_dictionary(
    transaction: &redb::ReadTransaction,
    dictionary: &mut Dictionary,
) -> Result<(), StoreError> {
    for row in transaction.open_table(tables::NAMES)?.iter()? {
        let (number, row) = row?;
        let name = unseal("names", &number.value().to_le_bytes(), row.value())?;
        let text = std::str::from_utf8(name.0);
        let text = text.map_err(|_| StoreError::Damaged("a name is no text".to_owned()))?;
        dictionary.names.restore(text)?;
    }
    for row in transaction.open_table(tables::TYPES)?.iter()? {
        let (number, row) = row?;
        dictionary.types.restore(number.value(), row.value())?;
    }
    Ok(())
}
