//! Delivery: each sink follows the outbox from its own position.

use std::sync::Arc;
use std::time::Duration;

use huntsman_core::Item as _;
use huntsman_core::{Export, ExportError, Frontier, Rejected, Schema, Sequence, Stream, Timestamp};

use crate::settings::DeliverSettings;

/// A sink under the name that the report calls it by.
#[derive(Clone)]
pub(crate) struct Sink {
    pub(crate) name: Arc<str>,
    pub(crate) export: Arc<dyn Export>,
    /// Which records it takes.
    pub(crate) stream: Stream,
}

/// What a sink did with a piece of the outbox.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    /// Records by which it has come further.
    pub(crate) passed: u64,
    /// Those among them that are its own.
    pub(crate) taken: u64,
}

/// Why a sink takes no more.
#[derive(Debug)]
pub(crate) struct SinkFailure(pub(crate) String);

/// Opens every sink, before the first request. If one cannot, those already open are closed
/// again without a record.
pub(crate) async fn open(
    sinks: &[Sink],
    schemas: &'static [&'static Schema],
) -> Result<(), (Arc<str>, ExportError)> {
    for (opened, sink) in sinks.iter().enumerate() {
        let schemas = match sink.stream {
            Stream::Items => schemas,
            Stream::Quarantine => Rejected::schemas(),
        };
        if let Err(error) = sink.export.open(schemas).await {
            for earlier in sinks.iter().take(opened) {
                earlier.export.abandon().await;
            }
            return Err((Arc::clone(&sink.name), error));
        }
    }
    Ok(())
}

/// Takes the next batch from the outbox to the sink, which gets the records of its stream.
pub(crate) async fn deliver(
    frontier: &dyn Frontier,
    sink: &Sink,
    after: Sequence,
    at_most: usize,
) -> Result<Taken, SinkFailure> {
    let mut batch = frontier
        .outbox(after, at_most)
        .await
        .map_err(|error| SinkFailure(error.to_string()))?;
    let passed = batch.len() as u64;
    batch.retain(|record| record.item.stream() == sink.stream);
    let taken = batch.len() as u64;
    if taken > 0 {
        sink.export
            .export(batch)
            .await
            .map_err(|error| SinkFailure(error.to_string()))?;
    }
    Ok(Taken { passed, taken })
}

/// Where each sink stands: pure.
#[derive(Debug)]
pub(crate) struct Positions {
    sinks: Vec<Position>,
    last: Sequence,
    confirmed: Sequence,
    batch: u64,
    linger: Duration,
}

#[derive(Debug, Default, Clone)]
struct Position {
    at: Sequence,
    busy: bool,
    failed: bool,
    /// When the oldest record that waits for it has waited long enough.
    due: Option<Timestamp>,
}

impl Positions {
    pub(crate) fn new(sinks: usize, settings: &DeliverSettings) -> Self {
        Self {
            sinks: vec![Position::default(); sinks],
            last: Sequence(0),
            confirmed: Sequence(0),
            batch: settings.batch as u64,
            linger: settings.linger,
        }
    }

    /// The outbox has grown to `last`.
    pub(crate) fn appended(&mut self, last: Sequence, now: Timestamp) {
        self.last = self.last.max(last);
        for sink in &mut self.sinks {
            if sink.at < self.last && sink.due.is_none() {
                sink.due = Some(now.after(self.linger));
            }
        }
    }

    /// Records that the slowest sink has yet to take.
    pub(crate) fn backlog(&self) -> u64 {
        self.last.0 - self.slowest().0
    }

    fn slowest(&self) -> Sequence {
        let alive = self
            .sinks
            .iter()
            .filter(|sink| !sink.failed)
            .map(|sink| sink.at);
        alive.min().unwrap_or(self.last)
    }

    /// The sinks that take a batch now, each with its position. `hurry` waits for no further
    /// records.
    pub(crate) fn start(&mut self, now: Timestamp, hurry: bool) -> Vec<(usize, Sequence)> {
        let mut started = Vec::new();
        for (index, sink) in self.sinks.iter_mut().enumerate() {
            let waiting = self.last.0 - sink.at.0;
            let due = hurry || waiting >= self.batch || sink.due.is_some_and(|due| due <= now);
            if !sink.busy && !sink.failed && waiting > 0 && due {
                sink.busy = true;
                started.push((index, sink.at));
            }
        }
        started
    }

    /// A sink took so many records.
    pub(crate) fn taken(&mut self, index: usize, records: u64, now: Timestamp) {
        let last = self.last;
        let linger = self.linger;
        if let Some(sink) = self.sinks.get_mut(index) {
            sink.busy = false;
            sink.at.0 += records;
            sink.due = (sink.at < last).then(|| now.after(linger));
        }
    }

    /// A sink failed and gets nothing more.
    pub(crate) fn failed(&mut self, index: usize) {
        if let Some(sink) = self.sinks.get_mut(index) {
            (sink.busy, sink.failed, sink.due) = (false, true, None);
        }
    }

    /// Up to where the outbox may be dropped, when that is further than before.
    pub(crate) fn confirm(&mut self) -> Option<Sequence> {
        let slowest = self.slowest();
        (slowest > self.confirmed).then(|| {
            self.confirmed = slowest;
            slowest
        })
    }

    /// When the next batch is due although it is small.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        self.sinks
            .iter()
            .filter(|sink| !sink.busy)
            .filter_map(|sink| sink.due)
            .min()
    }

    /// Whether no sink has anything to take.
    pub(crate) fn idle(&self) -> bool {
        self.sinks
            .iter()
            .all(|sink| sink.failed || (!sink.busy && sink.at == self.last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_batches_linger_and_large_ones_do_not() {
        let settings = DeliverSettings {
            batch: 10,
            linger: Duration::from_millis(100),
            backlog: 100,
        };
        let mut positions = Positions::new(2, &settings);
        positions.appended(Sequence(3), Timestamp(0));
        assert!(positions.start(Timestamp(50), false).is_empty());
        assert_eq!(positions.due(), Some(Timestamp(100)));
        assert_eq!(positions.start(Timestamp(100), false).len(), 2);
        assert!(
            positions.start(Timestamp(100), true).is_empty(),
            "both are busy"
        );
        positions.taken(0, 3, Timestamp(101));
        assert_eq!(positions.confirm(), None, "the other sink is not done");
        positions.appended(Sequence(13), Timestamp(101));
        assert_eq!(positions.start(Timestamp(101), false), [(0, Sequence(3))]);
        positions.failed(1);
        assert_eq!(
            (positions.confirm(), positions.backlog()),
            (Some(Sequence(3)), 10)
        );
        assert!(!positions.idle());
        positions.taken(0, 10, Timestamp(102));
        assert!(positions.idle());
    }

    #[test]
    fn without_sinks_nothing_waits() {
        let mut positions = Positions::new(0, &DeliverSettings::default());
        positions.appended(Sequence(5), Timestamp(0));
        assert_eq!(
            (positions.backlog(), positions.confirm()),
            (0, Some(Sequence(5)))
        );
        assert!(positions.idle());
    }
}
