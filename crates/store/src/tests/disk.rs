//! A disk that loses what was not synced, and fails when it is told to.

use std::io::{Error, ErrorKind};
use std::sync::{Arc, Mutex};

use redb::StorageBackend;

use crate::about::Identity;
use crate::guard::Db;
use crate::{Options, Store, StoreError, open};

/// A disk in memory.
#[derive(Debug, Clone, Default)]
pub(super) struct Disk(Arc<Mutex<Platter>>);

#[derive(Debug, Default)]
struct Platter {
    /// What a reader sees.
    now: Vec<u8>,
    /// What is left after a power cut, at least.
    synced: Vec<u8>,
    /// What was written since, in order.
    unsynced: Vec<Change>,
    /// Writes and syncs so far.
    calls: u64,
    fault: Option<(u64, Fault)>,
    /// Which handle may still use the disk.
    generation: u64,
}

#[derive(Debug, Clone)]
enum Change {
    Write(usize, Vec<u8>),
    Length(usize),
}

/// What happens from a given call on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// No room: every write fails.
    Full,
    /// A write puts half of its bytes there and fails, as do all calls after it.
    Short,
    /// Writes go through, syncs fail.
    Sync,
}

impl Change {
    fn apply(&self, to: &mut Vec<u8>) {
        match self {
            Self::Write(at, bytes) => {
                let end = at + bytes.len();
                if to.len() < end {
                    to.resize(end, 0);
                }
                to[*at..end].copy_from_slice(bytes);
            }
            Self::Length(length) => to.resize(*length, 0),
        }
    }
}

impl Platter {
    fn change(&mut self, change: Change) {
        change.apply(&mut self.now);
        self.unsynced.push(change);
    }

    /// Counts a call, and says what is to go wrong with it.
    fn call(&mut self) -> Option<Fault> {
        self.calls += 1;
        let (from, fault) = self.fault?;
        (self.calls > from).then_some(fault)
    }
}

impl Disk {
    /// A disk with an empty job on it.
    pub(super) fn with_job() -> Self {
        let disk = Self::default();
        let identity: Identity = open::new_identity("books", "1", huntsman_core::Timestamp(1000));
        let db = disk.database().unwrap();
        open::fill(&db, &identity, crate::tables::FORMAT).unwrap();
        drop(db);
        disk
    }

    fn database(&self) -> Result<Db, StoreError> {
        let generation = self.0.lock().unwrap().generation;
        let handle = Handle {
            disk: self.clone(),
            generation,
        };
        Ok(Db::new(open::builder(4 << 20).create_with_backend(handle)?))
    }

    pub(super) fn open(&self, options: Options) -> Result<Store, StoreError> {
        let store = Store::over(self.database()?, options, None, None)?;
        // Few enough for the tree to be used.
        store.enough_seen(20);
        Ok(store)
    }

    /// Calls so far that write or sync.
    pub(super) fn calls(&self) -> u64 {
        self.0.lock().unwrap().calls
    }

    /// From so many calls on, this goes wrong.
    pub(super) fn fail(&self, after: u64, fault: Fault) {
        let mut platter = self.0.lock().unwrap();
        platter.fault = Some((platter.calls + after, fault));
    }

    /// The power fails: of what was not synced, each write is there, or half of it, or it is not,
    /// as `draw` has it. Who still has the disk open can do nothing any more.
    pub(super) fn cut(&self, mut draw: u64) {
        let mut platter = self.0.lock().unwrap();
        let platter = &mut *platter;
        platter.generation += 1;
        platter.fault = None;
        for change in std::mem::take(&mut platter.unsynced) {
            draw ^= draw << 13;
            draw ^= draw >> 7;
            draw ^= draw << 17;
            match (draw % 4, &change) {
                (0, _) => {}
                (1, Change::Write(at, bytes)) => {
                    let half = bytes[..bytes.len() / 2].to_vec();
                    Change::Write(*at, half).apply(&mut platter.synced);
                }
                _ => change.apply(&mut platter.synced),
            }
        }
        platter.now = platter.synced.clone();
    }

    /// The process is killed, and the system goes on: what was written is there.
    pub(super) fn kill(&self) {
        let mut platter = self.0.lock().unwrap();
        platter.generation += 1;
        platter.fault = None;
        platter.unsynced.clear();
        platter.synced = platter.now.clone();
    }
}

/// A disk as one process has it open.
#[derive(Debug)]
struct Handle {
    disk: Disk,
    generation: u64,
}

impl Handle {
    fn with<T>(&self, work: impl FnOnce(&mut Platter) -> Result<T, Error>) -> Result<T, Error> {
        let mut platter = self.disk.0.lock().unwrap();
        if platter.generation != self.generation {
            return Err(Error::other("the process is gone"));
        }
        work(&mut platter)
    }
}

impl StorageBackend for Handle {
    fn len(&self) -> Result<u64, Error> {
        self.with(|platter| Ok(platter.now.len() as u64))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), Error> {
        self.with(|platter| {
            let at = usize::try_from(offset).map_err(Error::other)?;
            let there = platter.now.get(at..at + out.len());
            out.copy_from_slice(there.ok_or(ErrorKind::UnexpectedEof)?);
            Ok(())
        })
    }

    fn set_len(&self, length: u64) -> Result<(), Error> {
        self.with(|platter| {
            if matches!(platter.call(), Some(Fault::Full | Fault::Short)) {
                return Err(ErrorKind::StorageFull.into());
            }
            let length = usize::try_from(length).map_err(Error::other)?;
            platter.change(Change::Length(length));
            Ok(())
        })
    }

    fn sync_data(&self) -> Result<(), Error> {
        self.with(|platter| {
            if platter.call().is_some_and(|fault| fault != Fault::Full) {
                return Err(Error::other("the sync failed"));
            }
            platter.unsynced.clear();
            platter.synced = platter.now.clone();
            Ok(())
        })
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> Result<(), Error> {
        self.with(|platter| {
            let at = usize::try_from(offset).map_err(Error::other)?;
            match platter.call() {
                Some(Fault::Full) => Err(ErrorKind::StorageFull.into()),
                Some(Fault::Short) => {
                    let half = bytes[..bytes.len() / 2].to_vec();
                    platter.change(Change::Write(at, half));
                    Err(Error::other("half of it was written"))
                }
                Some(Fault::Sync) | None => {
                    platter.change(Change::Write(at, bytes.to_vec()));
                    Ok(())
                }
            }
        })
    }
}
