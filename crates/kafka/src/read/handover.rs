//! Between the thread that reads and the crawl: room for one batch.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

/// A place for one value: a thread puts it there, a task takes it.
#[derive(Debug)]
pub(super) struct Handover<T> {
    place: Mutex<Option<T>>,
    taken: Condvar,
    put: Notify,
}

impl<T> Handover<T> {
    pub(super) fn new() -> Self {
        Self {
            place: Mutex::new(None),
            taken: Condvar::new(),
            put: Notify::new(),
        }
    }

    fn place(&self) -> MutexGuard<'_, Option<T>> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it is free, after so long at most.
    pub(super) fn is_free_within(&self, patience: Duration) -> bool {
        let waited = self
            .taken
            .wait_timeout_while(self.place(), patience, |place| place.is_some());
        let (place, _) = waited.unwrap_or_else(PoisonError::into_inner);
        place.is_none()
    }

    /// Puts a value where there is none.
    pub(super) fn put(&self, value: T) {
        *self.place() = Some(value);
        self.put.notify_one();
    }

    /// Waits for a value. Nothing is lost when this is dropped.
    pub(super) async fn take(&self) -> T {
        loop {
            let taken = self.place().take();
            if let Some(value) = taken {
                self.taken.notify_one();
                return value;
            }
            self.put.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn values_come_in_order_and_the_thread_waits_for_room() {
        let handover = Arc::new(Handover::new());
        let thread = Arc::clone(&handover);
        let thread = std::thread::spawn(move || {
            for number in 0..1000 {
                while !thread.is_free_within(Duration::from_secs(1)) {}
                thread.put(number);
            }
        });
        for number in 0..1000 {
            assert_eq!(handover.take().await, number);
        }
        thread.join().unwrap();
        handover.put(7);
        assert!(!handover.is_free_within(Duration::ZERO));
    }
}
