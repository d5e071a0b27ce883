//! What a damaged file may do to the database must not reach the crawl as a panic.

use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use redb::Database;

use crate::error::StoreError;

/// Runs what reads or writes the database. It checks the pages of a file only as a whole (when it
/// repairs one, and in [`crate::check`]), so damage may make it give up in the middle.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied());
        let reason = text.unwrap_or("for no stated reason");
        Err(StoreError::Damaged(format!(
            "the database gave up: {reason}"
        )))
    })
}

/// The lock of what a failed call may have left behind: whoever fails says so elsewhere.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A database that may be damaged: it tidies up when it is dropped, and may give up at that too.
pub(crate) struct Db(Option<Database>);

impl Db {
    pub(crate) fn new(db: Database) -> Self {
        Self(Some(db))
    }
}

impl Deref for Db {
    type Target = Database;

    fn deref(&self) -> &Database {
        self.0.as_ref().expect("it is taken by drop alone")
    }
}

impl DerefMut for Db {
    fn deref_mut(&mut self) -> &mut Database {
        self.0.as_mut().expect("it is taken by drop alone")
    }
}

impl Drop for Db {
    fn drop(&mut self) {
        let db = self.0.take();
        // What was committed is there, whether or not the file is left tidy.
        let _closed = guarded(|| {
            drop(db);
            Ok(())
        });
    }
}
