//! One process a job.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::Duration;

use crate::error::StoreError;

/// The right to run a job, until it is dropped or the process ends, however it does.
#[derive(Debug)]
pub(crate) struct JobLock {
    _file: File,
}

/// How long a run waits for the one before it. A process that was killed a moment ago may not be
/// gone yet.
const PATIENCE: u32 = 20;
const EACH: Duration = Duration::from_millis(50);

impl JobLock {
    /// Takes the lock, and gives whoever has it a second to end.
    pub(crate) fn take_patiently(dir: &Path) -> Result<Self, StoreError> {
        for _ in 0..PATIENCE {
            match Self::take(dir) {
                Err(StoreError::Busy(_)) => std::thread::park_timeout(EACH),
                taken => return taken,
            }
        }
        Self::take(dir)
    }

    /// Takes the lock, or says that another process has it.
    pub(crate) fn take(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join("lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(StoreError::file(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Busy(dir.to_owned())),
            Err(TryLockError::Error(error)) => Err(StoreError::file(&path)(error)),
        }
    }
}
