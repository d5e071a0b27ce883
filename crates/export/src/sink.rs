//! Records into one file after the other, and what becomes of them when that fails.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use huntsman_core::failpoint::failpoint;
use huntsman_core::{ExportError, Record, Schema};

use crate::address::Names;
use crate::file::{Cause, File};
use crate::hidden::shown;
use crate::opened::{self, exactly};
use crate::place::{Recovery, Start};
use crate::plan::Plan;
use crate::position::{Stand, State};
use crate::{check, feed::Mode};

/// An open feed of files. It blocks.
///
/// With a job it changes nothing at its end but by `close`: what the last position has not is
/// removed by the run that goes on from there.
pub(crate) struct Sink {
    pub(crate) plan: Arc<Plan>,
    pub(crate) schemas: &'static [&'static Schema],
    pub(crate) names: Names,
    pub(crate) job: Option<Arc<str>>,
    pub(crate) recovery: Recovery,
    /// Each commit ends a file.
    pub(crate) whole: bool,
    /// The number of the file that is written, or is next.
    pub(crate) number: u64,
    /// The greatest number that was there before the job.
    pub(crate) there: u64,
    /// A file has been finished.
    pub(crate) made: bool,
    /// The file that is written.
    pub(crate) file: Option<File>,
    /// A run of the job has a position here.
    pub(crate) committed: bool,
    pub(crate) ended: bool,
    pub(crate) bytes: Arc<AtomicU64>,
}

impl Drop for Sink {
    /// A sink that was opened for nothing leaves nothing. One with items is left as a crash would
    /// leave it: it does not look whole.
    fn drop(&mut self) {
        if self.ended || self.committed {
            return;
        }
        if let Some(file) = self.file.as_mut() {
            let mut delivered = file.delivered();
            if self.job.is_some() {
                // The job begins anew, with all of them.
                delivered.items = 0;
            }
            if delivered.items == 0 {
                file.output().abandon(&delivered);
            }
        }
    }
}

impl Sink {
    /// The address of the present file, for messages.
    pub(crate) fn name(&self) -> String {
        shown(&self.names.at(self.number))
    }

    pub(crate) fn cannot(&self, source: io::Error) -> ExportError {
        ExportError::Io {
            place: self.name(),
            source,
        }
    }

    /// Opens the file with the present number, and begins it unless there is one to go on with.
    pub(crate) fn open_file(&mut self) -> Result<(), ExportError> {
        self.look()?;
        self.begin()
    }

    /// Opens it without writing anything.
    pub(crate) fn look(&mut self) -> Result<(), ExportError> {
        let (plan, name) = (Arc::clone(&self.plan), self.name());
        let encode = plan.format.encoder(self.schemas, &plan.words)?;
        let start = Start::New {
            mode: plan.mode,
            job: self.job.as_deref(),
        };
        let output = plan
            .place
            .open(&self.names.at(self.number), start, &plan.words)
            .map_err(|error| self.cannot(error))?;
        self.file = Some(self.opening(&name).anew(encode, output)?);
        Ok(())
    }

    pub(crate) fn begin(&mut self) -> Result<(), ExportError> {
        match self.file.as_mut() {
            Some(file) if file.old().is_none() => {
                file.begin().map_err(|error| self.failed(Cause::Io(error)))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn opening<'a>(&self, name: &'a str) -> opened::Opening<'a> {
        opened::Opening {
            name,
            compression: self.plan.compression,
            bytes: Arc::clone(&self.bytes),
        }
    }

    /// Writes a batch; hands itself back if that went well.
    pub(crate) fn export(mut self, batch: &[Record]) -> Result<Self, ExportError> {
        for record in batch {
            self.take(record)?;
        }
        if let Some(file) = self.file.as_mut() {
            let ended = file.batch();
            ended.map_err(|error| self.failed(Cause::Io(error)))?;
        }
        Ok(self)
    }

    fn take(&mut self, record: &Record) -> Result<(), ExportError> {
        if self.file.is_none() {
            self.open_file()?;
        }
        let file = self.file.as_mut().expect("it was opened above");
        if let Err(cause) = file.record(record) {
            return Err(self.failed(cause));
        }
        if self.plan.batches.is_full(file.records(), || file.len()) {
            self.roll()?;
        }
        Ok(())
    }

    /// Whether there is a file with records.
    pub(crate) fn has_records(&self) -> bool {
        self.file.as_ref().is_some_and(|file| file.records() > 0)
    }

    /// Ends the file. The next begins with its first record.
    pub(crate) fn roll(&mut self) -> Result<(), ExportError> {
        if let Some(file) = self.file.as_mut() {
            let ended = file.end();
            ended.map_err(|error| self.failed(Cause::Io(error)))?;
            self.file = None;
            self.number += 1;
            self.made = true;
            failpoint("feed.batch.ended");
        }
        Ok(())
    }

    /// Makes all durable. How to find back to here.
    pub(crate) fn commit(&mut self) -> Result<Vec<u8>, ExportError> {
        if self.whole && self.has_records() {
            self.roll()?;
        }
        let stood = self.stand();
        let (file, after) = stood.map_err(|error| self.failed(Cause::Io(error)))?;
        self.committed = true;
        let state = State {
            form: self.plan.form(),
            number: self.number,
            there: self.there,
            made: self.made,
            file,
        };
        Ok(state.to_bytes(&after))
    }

    fn stand(&mut self) -> io::Result<(Stand, Vec<u8>)> {
        let none = (Stand::None, Vec::new());
        let Some(file) = self.file.as_mut() else {
            self.claim()?;
            return Ok(none);
        };
        if let Some(keep) = file.old().map(|old| old.keep) {
            let output = file.output();
            let len = output.old()?.unwrap_or_default().max(keep);
            let tail = exactly(output, keep, len - keep)?;
            let check = check::of(keep, |from, into| output.read(from, into))?;
            let check = check.ok_or(io::ErrorKind::UnexpectedEof)?;
            return Ok((Stand::Old { keep, check }, tail));
        }
        if self.whole {
            return Ok(none);
        }
        let state = file.sync()?;
        let stand = Stand::Begun {
            at: file.at(),
            empty: file.is_empty(),
            records: file.records(),
        };
        Ok((stand, state))
    }

    /// Whether a job is to append to one file.
    fn appends_to_one(&self) -> bool {
        let one = !self.names.has_number() && !self.replaces();
        one && self.job.is_some() && self.recovery == Recovery::Exact
    }

    /// Leaves a file of the job where there is none yet: so it is known later whose it is.
    fn claim(&self) -> io::Result<()> {
        if !self.appends_to_one() || self.made {
            return Ok(());
        }
        let (plan, address) = (&self.plan, self.names.at(self.number));
        let start = Start::New {
            mode: plan.mode,
            job: self.job.as_deref(),
        };
        failpoint("feed.claim.before");
        plan.place.open(&address, start, &plan.words).map(drop)
    }

    /// Takes that away again.
    fn disclaim(&self) -> Result<(), ExportError> {
        let job = self.job.as_deref().unwrap_or_default();
        let (plan, address) = (&self.plan, self.names.at(self.number));
        plan.place
            .remove(&address, Mode::Replace, job, &plan.words)
            .map_err(|error| self.cannot(error))
    }

    /// Ends the file for good.
    pub(crate) fn close(mut self) -> Result<(), ExportError> {
        if self.plan.store_empty && self.file.is_none() && !self.made {
            self.open_file()?;
        }
        if self.file.is_none() && !self.made && self.committed && self.appends_to_one() {
            self.disclaim()?;
        }
        self.roll()?;
        self.ended = true;
        Ok(())
    }

    /// Ends after an error elsewhere.
    pub(crate) fn abandon(mut self) {
        if self.job.is_some() {
            // Dropped, it can be gone on with.
            return;
        }
        self.ended = true;
        if let Some(mut file) = self.file.take() {
            let delivered = file.delivered();
            file.output().abandon(&delivered);
        }
    }

    /// What is said about an error; the file is cleared up.
    fn failed(&mut self, cause: Cause) -> ExportError {
        let place = self.name();
        self.ended = true;
        let fate = match self.file.take() {
            _ if self.committed => "the job can be gone on with from its last position".to_owned(),
            None => "no item was written".to_owned(),
            Some(mut file) => {
                let mut delivered = file.delivered();
                if self.job.is_some() {
                    delivered.items = 0;
                }
                file.output().fail(&delivered)
            }
        };
        match cause {
            Cause::Io(error) => ExportError::Io {
                place,
                source: io::Error::new(error.kind(), format!("{error}; {fate}")),
            },
            Cause::Item { id, url, reason } => ExportError::Item {
                id,
                url,
                place,
                reason: format!("{reason}; {fate}"),
            },
        }
    }

    pub(crate) fn replaces(&self) -> bool {
        self.plan.mode == Mode::Replace
    }
}
