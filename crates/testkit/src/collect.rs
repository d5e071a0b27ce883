//! A sink that keeps its records.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use huntsman_core::{Export, ExportError, Guarantee, Opening, Position, Record, Sequence};

/// A sink that keeps its records for a test to look at; clones share them. It can be slow, and it
/// can fail. Opened at a position, it forgets the records behind it.
#[derive(Debug, Clone, Default)]
pub struct Collect {
    kept: Arc<Mutex<Kept>>,
    latency: Duration,
    fails_after: Option<usize>,
}

#[derive(Debug, Default)]
struct Kept {
    records: Vec<Record>,
    batches: usize,
    closed: bool,
    abandoned: bool,
    failed: bool,
}

impl Kept {
    /// A sink that returned an error is not called again.
    fn check(&self) {
        assert!(!self.failed, "a sink that failed is called again");
    }
}

impl Collect {
    /// A sink that takes so long for each batch.
    #[must_use]
    pub fn slow(latency: Duration) -> Self {
        Self {
            latency,
            ..Self::default()
        }
    }

    /// A sink that fails once it would hold more than so many records.
    #[must_use]
    pub fn failing_after(records: usize) -> Self {
        Self {
            fails_after: Some(records),
            ..Self::default()
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records taken.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept().records.len()
    }

    /// Whether none was taken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The records taken, in order.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        self.kept().records.clone()
    }

    /// Each record's item as JSON, in order.
    ///
    /// # Panics
    /// When an item cannot be written as JSON.
    #[must_use]
    pub fn json(&self) -> Vec<serde_json::Value> {
        let records = self.records();
        let values = records
            .iter()
            .map(|record| serde_json::to_value(record.item.fields()));
        values
            .map(|value| value.expect("the item can be written as JSON"))
            .collect()
    }

    /// Whether it was closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.kept().closed
    }

    /// Whether it was given up.
    #[must_use]
    pub fn is_abandoned(&self) -> bool {
        self.kept().abandoned
    }

    /// Batches taken.
    #[must_use]
    pub fn batches(&self) -> usize {
        self.kept().batches
    }
}

#[async_trait]
impl Export for Collect {
    async fn open(&self, opening: Opening) -> Result<Sequence, ExportError> {
        if let Some(position) = &opening.position {
            let records = std::str::from_utf8(&position.state).ok();
            let records = records.and_then(|text| text.parse::<usize>().ok());
            match records {
                Some(records) if records <= self.len() => self.kept().records.truncate(records),
                _ => return Err(ExportError::Other("the records are gone".to_owned())),
            }
        }
        Ok(opening.after())
    }

    /// # Panics
    /// When it failed before.
    async fn export(&self, batch: Vec<Record>) -> Result<(), ExportError> {
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
        let mut kept = self.kept();
        kept.check();
        if self
            .fails_after
            .is_some_and(|most| kept.records.len() + batch.len() > most)
        {
            kept.failed = true;
            return Err(ExportError::Other("the test's sink is full".to_owned()));
        }
        kept.batches += 1;
        kept.records.extend(batch);
        Ok(())
    }

    /// # Panics
    /// When it failed before.
    async fn commit(&self, up_to: Sequence) -> Result<Position, ExportError> {
        let kept = self.kept();
        kept.check();
        Ok(Position {
            sequence: up_to,
            state: kept.records.len().to_string().into_bytes(),
        })
    }

    /// # Panics
    /// When it failed before.
    async fn close(&self) -> Result<(), ExportError> {
        let mut kept = self.kept();
        kept.check();
        kept.closed = true;
        Ok(())
    }

    async fn abandon(&self) {
        self.kept().abandoned = true;
    }

    fn guarantee(&self) -> Guarantee {
        Guarantee::ExactlyOnce
    }
}
