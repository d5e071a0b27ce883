//! How callers reach the one who writes.

use huntsman_core::Timestamp;

use crate::error::StoreError;
use crate::guard::{guarded, locked};
use crate::store::Shared;
use crate::writer::{Command, Reply};

impl Shared {
    /// Has a command committed, together with others that wait.
    pub(crate) fn submit(&self, command: Command, now: Timestamp) -> Result<Reply, StoreError> {
        self.group.submit(command, now, |commands| {
            let mut writer = locked(&self.writer);
            let count = commands.len();
            guarded(|| Ok(writer.commit(&self.index, commands))).unwrap_or_else(|error| {
                let reason = writer.failed.insert(error.to_string());
                let failed = || Err(StoreError::Failed(reason.clone()));
                std::iter::repeat_with(failed).take(count).collect()
            })
        })
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // All that was acknowledged is on disk; the rest is tried once.
        let _flushed = self.submit(Command::Flush, Timestamp::default());
        if let Some(live) = &self.live {
            let _removed = std::fs::remove_file(live);
        }
    }
}
