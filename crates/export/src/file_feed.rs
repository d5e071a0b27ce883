//! The sink of files that the engine sees.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use huntsman_core::{Export, ExportError, Guarantee, Opening, Position, Record, Sequence};
use tokio::task::JoinSet;

use crate::address::Variables;
use crate::feed::Mode;
use crate::format::Format;
use crate::hidden::shown;
use crate::place::Place;
use crate::plan::Plan;
use crate::sink::Sink;
use crate::start;
use crate::words::Words;

/// A format in a place: one file, or one after the other.
pub(crate) struct FileFeed {
    plan: Arc<Plan>,
    open: Arc<Open>,
    bytes: Arc<AtomicU64>,
    /// Ends the present file in time.
    timer: Mutex<JoinSet<()>>,
}

/// The open sink, while there is one, and why there is none.
#[derive(Default)]
struct Open {
    sink: Mutex<Option<Sink>>,
    /// What went wrong while nobody was waiting.
    failed: Mutex<Option<ExportError>>,
}

impl Open {
    /// Runs `work` on the sink. It comes back only if `work` hands it back.
    fn with<T>(
        &self,
        work: impl FnOnce(Option<Sink>) -> Result<(Option<Sink>, T), ExportError>,
    ) -> Result<T, ExportError> {
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = failed.take() {
            return Err(error);
        }
        let (kept, value) = work(sink.take())?;
        *sink = kept;
        Ok(value)
    }

    /// Ends the file with this number, if it is still written.
    fn roll(&self, number: u64) {
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(mut open) = sink.take() else {
            return;
        };
        let due = open.number == number && open.has_records();
        match if due { open.roll() } else { Ok(()) } {
            Ok(()) => *sink = Some(open),
            Err(error) => {
                let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
                *failed = Some(error);
            }
        }
    }
}

impl FileFeed {
    /// Nothing is opened yet. `address` is without its query.
    ///
    /// # Errors
    /// A word or a variable has no sense.
    pub(crate) fn new(
        address: &str,
        format: Arc<dyn Format>,
        place: Arc<dyn Place>,
        mode: Mode,
        words: Words,
        variables: &Variables,
    ) -> Result<Self, ExportError> {
        let plan = Plan::new(address, format, place, mode, words, variables)?;
        Ok(Self {
            plan: Arc::new(plan),
            open: Arc::default(),
            bytes: Arc::default(),
            timer: Mutex::default(),
        })
    }

    /// Runs `work` where blocking is allowed.
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(Option<Sink>) -> Result<(Option<Sink>, T), ExportError> + Send + 'static,
    ) -> Result<T, ExportError> {
        let open = Arc::clone(&self.open);
        let done = tokio::task::spawn_blocking(move || open.with(work));
        done.await.unwrap_or_else(|stopped| {
            let name = shown(&self.plan.given);
            Err(ExportError::Other(format!(
                "writing to {name} stopped: {stopped}"
            )))
        })
    }

    fn not_open(&self) -> ExportError {
        ExportError::Other(format!("{} is not open", shown(&self.plan.given)))
    }

    /// Sees to it that the file with this number ends in time; none: there is nothing to end.
    fn arm(&self, time: Duration, begun: Option<u64>) {
        let mut timer = self.timer.lock().unwrap_or_else(PoisonError::into_inner);
        timer.abort_all();
        while timer.try_join_next().is_some() {}
        if let Some(number) = begun {
            let open = Arc::clone(&self.open);
            timer.spawn(async move {
                tokio::time::sleep(time).await;
                let rolled = tokio::task::spawn_blocking(move || open.roll(number));
                // What failed is told to the next call.
                rolled.await.unwrap_or_default();
            });
        }
    }
}

#[async_trait]
impl Export for FileFeed {
    async fn open(&self, opening: Opening) -> Result<Sequence, ExportError> {
        let (plan, bytes, after) = (
            Arc::clone(&self.plan),
            Arc::clone(&self.bytes),
            opening.after(),
        );
        let begun = self
            .with(move |open| match open {
                Some(_) => Err(ExportError::Other(format!(
                    "{} is opened twice",
                    shown(&plan.given)
                ))),
                None => {
                    let sink = start::open(&plan, &opening, bytes)?;
                    let begun = sink.has_records().then_some(sink.number);
                    Ok((Some(sink), begun))
                }
            })
            .await?;
        if let (Some(time), Some(_)) = (self.plan.batches.time, begun) {
            self.arm(time, begun);
        }
        Ok(after)
    }

    async fn export(&self, batch: Vec<Record>) -> Result<(), ExportError> {
        let closed = self.not_open();
        let begun = self
            .with(move |sink| {
                let sink = sink.ok_or(closed)?;
                let before = sink.has_records().then_some(sink.number);
                let sink = sink.export(&batch)?;
                let after = sink.has_records().then_some(sink.number);
                Ok((Some(sink), (before, after)))
            })
            .await?;
        match (self.plan.batches.time, begun) {
            (Some(time), (before, after)) if before != after => self.arm(time, after),
            _ => {}
        }
        Ok(())
    }

    async fn commit(&self, up_to: Sequence) -> Result<Position, ExportError> {
        let closed = self.not_open();
        let state = self
            .with(move |sink| {
                let mut sink = sink.ok_or(closed)?;
                let state = sink.commit()?;
                Ok((Some(sink), state))
            })
            .await?;
        Ok(Position {
            sequence: up_to,
            state,
        })
    }

    async fn close(&self) -> Result<(), ExportError> {
        let closed = self.not_open();
        self.with(move |sink| {
            sink.ok_or(closed)?.close()?;
            Ok((None, ()))
        })
        .await
    }

    /// Keeps what was delivered, because it counts as delivered: appending closes the file as
    /// `close` does, replacing leaves the old file alone and the items in `NAME.partial`. Without
    /// any items, all is as it was before. With a job, all is left for the run that goes on.
    async fn abandon(&self) {
        let done = self.with(|sink| {
            sink.into_iter().for_each(Sink::abandon);
            Ok((None, ()))
        });
        // Nobody is left to tell: the crawl failed for another reason.
        done.await.unwrap_or_default();
    }

    fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    fn guarantee(&self) -> Guarantee {
        self.plan.guarantee()
    }
}
