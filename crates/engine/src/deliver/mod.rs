//! Delivery: each sink follows the outbox from its own position.

mod budget;
mod kept;
mod positions;

use std::sync::Arc;

use huntsman_core::Item as _;
use huntsman_core::{
    Export, ExportError, Frontier, FrontierError, Opening, Record, Rejected, Sequence, Stream,
    Violation,
};

pub(crate) use kept::Done;
pub(crate) use positions::{Delivery, Positions};

/// A sink, and what is known of it.
#[derive(Clone)]
pub(crate) struct Sink {
    pub(crate) label: Label,
    pub(crate) export: Arc<dyn Export>,
}

/// What is known of a sink before it is opened.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    /// What the report calls it.
    pub(crate) name: Arc<str>,
    /// Which records it takes.
    pub(crate) stream: Stream,
    /// Whether the crawl goes on without it once it has failed.
    pub(crate) optional: bool,
}

/// A record of an earlier run that its sink cannot take.
#[derive(Debug, Clone)]
pub(crate) struct Refused {
    /// The page that it was found on.
    pub(crate) url: Arc<str>,
    pub(crate) violation: Violation,
}

/// What a sink did with a piece of the outbox.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    /// Records by which it has come further.
    pub(crate) passed: u64,
    /// Those among them that are its own.
    pub(crate) taken: u64,
    /// Its own that it has something against.
    pub(crate) refused: Vec<Refused>,
    /// Whether all of them are durable, and its position is kept.
    pub(crate) committed: bool,
}

/// Why a sink takes no more.
#[derive(Debug)]
pub(crate) struct SinkFailure(pub(crate) String);

impl From<ExportError> for SinkFailure {
    fn from(error: ExportError) -> Self {
        Self(error.to_string())
    }
}

/// Where a sink stands when the crawl begins.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Opened {
    /// The last record that it has.
    pub(crate) at: Sequence,
    /// What it did up to there.
    pub(crate) done: Done,
}

/// Opens every sink, before the first request: where each stands, in their order. If
/// one cannot be opened, those already open are closed again without a record.
pub(crate) async fn open(
    sinks: &[Sink],
    opening: &Opening,
    frontier: &dyn Frontier,
) -> Result<Vec<Opened>, (Arc<str>, ExportError)> {
    let mut at = Vec::with_capacity(sinks.len());
    for (opened, sink) in sinks.iter().enumerate() {
        match open_one(sink, opening.clone(), frontier).await {
            Ok(opened) => at.push(opened),
            Err(error) => {
                for earlier in sinks.iter().take(opened) {
                    earlier.export.abandon().await;
                }
                return Err((Arc::clone(&sink.label.name), error));
            }
        }
    }
    Ok(at)
}

async fn open_one(
    sink: &Sink,
    mut opening: Opening,
    frontier: &dyn Frontier,
) -> Result<Opened, ExportError> {
    if sink.label.stream == Stream::Quarantine {
        opening.schemas = Rejected::schemas();
    }
    let name = &*sink.label.name;
    let Some(job) = frontier.job() else {
        let at = sink.export.open(opening).await?;
        let done = Done::default();
        return Ok(Opened { at, done });
    };
    let other = |error: FrontierError| ExportError::Other(error.to_string());
    let position = frontier.position(name).await.map_err(other)?;
    let (mut done, position) = match position
        .map(|position| kept::read(job.round, position))
        .transpose()?
    {
        Some((done, position)) => (done, Some(position)),
        None => (Done::default(), None),
    };
    let known = position.as_ref().map_or(Sequence(0), |one| one.sequence);
    let after = sink
        .export
        .open(opening.resuming(&job.name, position).behind(job.before))
        .await?;
    let refused = if after < job.confirmed {
        let missing = job.confirmed.0 - after.0;
        format!(
            "it lacks {missing} records that are no longer kept: a job goes on with the sinks it began with"
        )
    } else if after > job.last {
        "it is ahead of the job: it belongs to another one, or the job's folder is an old copy"
            .to_owned()
    } else {
        // What a crash leaves behind from here on is the job's own.
        let position = sink.export.commit(after).await?;
        if after > known {
            done.records += own(frontier, sink, known, after).await.map_err(other)?;
        }
        let position = kept::kept(job.round, done, position);
        frontier.keep(name, position).await.map_err(other)?;
        return Ok(Opened { at: after, done });
    };
    sink.export.abandon().await;
    Err(ExportError::Other(format!("{name}: {refused}")))
}

/// The sink's own records behind `known`, up to `after`: a database may have more than was kept.
async fn own(
    frontier: &dyn Frontier,
    sink: &Sink,
    mut known: Sequence,
    after: Sequence,
) -> Result<u64, FrontierError> {
    const AT_MOST: u64 = 500;
    let mut own = 0;
    while known < after {
        let most = (after.0 - known.0).min(AT_MOST);
        let records = frontier.outbox(known, most as usize).await?;
        let is_own = |record: &&Record| record.item.stream() == sink.label.stream;
        own += records.iter().filter(is_own).count() as u64;
        if records.is_empty() {
            break;
        }
        known.0 += records.len() as u64;
    }
    Ok(own)
}

/// Leaves the sink's own records, without those that it refuses. It was asked about them before they
/// were settled, but for those of earlier runs, which may have had no such sink.
fn sift(batch: &mut Vec<Record>, sink: &Sink, delivery: &Delivery) -> Vec<Refused> {
    let Label {
        stream, optional, ..
    } = sink.label;
    let is_asked = stream == Stream::Items && !optional;
    let (mut refused, mut at) = (Vec::new(), delivery.after);
    batch.retain(|record| {
        at.0 += 1;
        if record.item.stream() != stream {
            return false;
        }
        let asked = (is_asked && at <= delivery.earlier).then(|| sink.export.refuses(record));
        let Some(violation) = asked.flatten() else {
            return true;
        };
        let url = Arc::clone(&record.url);
        refused.push(Refused { url, violation });
        false
    });
    refused
}

/// Takes the next batch from the outbox to the sink, which gets the records of its stream, and
/// lets it commit if that is asked for.
pub(crate) async fn deliver(
    frontier: &dyn Frontier,
    sink: &Sink,
    delivery: Delivery,
    at_most: usize,
) -> Result<Taken, SinkFailure> {
    let failed = |error: FrontierError| SinkFailure(error.to_string());
    let mut batch = frontier
        .outbox(delivery.after, at_most)
        .await
        .map_err(failed)?;
    let passed = batch.len() as u64;
    let refused = sift(&mut batch, sink, &delivery);
    let taken = batch.len() as u64;
    if taken > 0 {
        sink.export.export(batch).await?;
    }
    if delivery.commit {
        let up_to = Sequence(delivery.after.0 + passed);
        let position = sink.export.commit(up_to).await?;
        let done = Done {
            records: delivery.done.records + taken,
            skipped: delivery.done.skipped + sink.export.skipped(),
        };
        let round = frontier.job().map_or(1, |job| job.round);
        let position = kept::kept(round, done, position);
        frontier
            .keep(&sink.label.name, position)
            .await
            .map_err(failed)?;
    }
    Ok(Taken {
        passed,
        taken,
        refused,
        committed: delivery.commit,
    })
}
