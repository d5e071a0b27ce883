//! How a feed of files begins: anew, or where an earlier run of the job stood.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use huntsman_core::failpoint::failpoint;
use huntsman_core::{ExportError, Opening};

use crate::check;
use crate::feed::Mode;
use crate::opened::exactly;
use crate::place::{Delivered, Recovery, Start};
use crate::plan::Plan;
use crate::position::{Stand, State};
use crate::sink::Sink;

/// Opens a feed of files.
pub(crate) fn open(
    plan: &Arc<Plan>,
    opening: &Opening,
    bytes: Arc<AtomicU64>,
) -> Result<Sink, ExportError> {
    let names = plan.address.names(opening)?;
    let recovery = plan.place.recovery(&names.at(1));
    let encode = plan.format.encoder(opening.schemas, &plan.words)?;
    let whole = recovery == Recovery::Whole || encode.is_whole_only();
    let mut sink = Sink {
        plan: Arc::clone(plan),
        schemas: opening.schemas,
        whole: whole && opening.job.is_some(),
        recovery,
        names,
        job: opening.job.clone(),
        number: 1,
        there: 0,
        made: false,
        file: None,
        committed: false,
        ended: false,
        bytes,
    };
    sink.demand_numbers(encode.label())?;
    match &opening.position {
        // What was confirmed is out already.
        Some(_) if recovery == Recovery::Anew => sink.anew()?,
        Some(position) => {
            let state = State::parse(&position.state);
            let state = state.filter(|(state, _)| state.form == plan.form());
            let (state, after) = state.ok_or_else(|| {
                sink.cannot(io::Error::other(
                    "the job was begun with another format, compression or mode: go on with that, \
                     or begin a new job",
                ))
            })?;
            sink.resume(&state, after)?;
        }
        None => sink.anew()?,
    }
    Ok(sink)
}

impl Sink {
    /// Refuses addresses without a number where one is needed, and those with one that stays 1.
    fn demand_numbers(&self, label: &str) -> Result<(), ExportError> {
        let given = crate::hidden::shown(&self.plan.given);
        let numbered = self.names.has_number();
        if self.whole && !numbered {
            return Err(ExportError::Place(format!(
                "`{given}` is {label} in a crawl with a job, which can only be gone on with in a \
                 further file: write %(batch)05d in the address"
            )));
        }
        if numbered && !self.whole && self.plan.batches.word().is_none() {
            return Err(ExportError::Place(format!(
                "`{given}` has %(batch), but nothing that ends a batch: add batch_items, \
                 batch_bytes or batch_time"
            )));
        }
        Ok(())
    }

    /// Begins where no run of the job has a position.
    fn anew(&mut self) -> Result<(), ExportError> {
        if self.names.has_number() {
            let last = self.numbers()?.into_iter().max().unwrap_or_default();
            if self.replaces() {
                self.there = last;
            } else {
                self.number = last + 1;
            }
        }
        self.first()
    }

    /// Opens the first file, or sees to it that it can be.
    fn first(&mut self) -> Result<(), ExportError> {
        let anew = self.recovery == Recovery::Anew;
        // A job that is killed before it has a position begins anew: nothing is there until then.
        if self.plan.store_empty && (anew || self.job.is_none()) {
            return self.open_file();
        }
        if anew {
            return Ok(());
        }
        self.look()?;
        if let Some(file) = self.file.as_mut().filter(|file| file.old().is_none()) {
            let nothing = file.delivered();
            file.output().abandon(&nothing);
            self.file = None;
        }
        Ok(())
    }

    fn numbers(&self) -> Result<Vec<u64>, ExportError> {
        // Nothing is there to be counted.
        let (plan, names) = (&self.plan, &self.names);
        if self.recovery == Recovery::Anew || (self.replaces() && self.job.is_none()) {
            return Ok(Vec::new());
        }
        plan.place
            .numbers(&names.before, &names.after, &plan.words)
            .map_err(|error| self.cannot(error))
    }

    /// Goes on where an earlier run stood.
    fn resume(&mut self, state: &State, after: &[u8]) -> Result<(), ExportError> {
        self.number = state.number;
        self.there = state.there;
        self.made = state.made;
        self.committed = true;
        if self.names.has_number() {
            let last = self.numbers()?.into_iter().max().unwrap_or_default();
            // Behind the last one that was finished there can be one that was not.
            for number in self.number + 1..=last.max(self.number) + 1 {
                self.remove(number)?;
            }
        }
        match state.file {
            Stand::None => self.not_begun(),
            Stand::Old { keep, check } => {
                let restored = self.restore(keep, check, after);
                restored.map_err(|error| self.cannot(error))?;
                self.look()
            }
            Stand::Begun { at, empty, records } => self.go_on(at, empty, records, after),
        }
    }

    /// Goes on where there was no file yet.
    fn not_begun(&mut self) -> Result<(), ExportError> {
        self.remove(self.number)?;
        if self.made {
            return Ok(());
        }
        self.first()?;
        let found = self.file.as_ref().is_some_and(|file| file.old().is_some());
        if found && !self.names.has_number() {
            return Err(self.cannot(io::Error::other(
                "it was not there yet when the job stood here: move it away, or begin a new job",
            )));
        }
        Ok(())
    }

    /// Removes what an earlier run made of the file with this number, behind its position. What
    /// has a number behind those that were there is of the job.
    fn remove(&self, number: u64) -> Result<(), ExportError> {
        let Some(job) = self.job.as_deref() else {
            return Ok(());
        };
        let ours = !self.replaces() || (self.names.has_number() && number > self.there);
        let mode = if ours { Mode::Append } else { Mode::Replace };
        let (plan, address) = (&self.plan, self.names.at(number));
        plan.place
            .remove(&address, mode, job, &plan.words)
            .map_err(|source| ExportError::Io {
                place: crate::hidden::shown(&address),
                source,
            })
    }

    fn go_on(
        &mut self,
        at: u64,
        empty: bool,
        records: u64,
        state: &[u8],
    ) -> Result<(), ExportError> {
        let (plan, name) = (Arc::clone(&self.plan), self.name());
        let job = self.job.clone().unwrap_or_default();
        let encode = plan.format.encoder(self.schemas, &plan.words)?;
        let start = Start::Resume {
            mode: plan.mode,
            job: &job,
            state,
        };
        let output = plan
            .place
            .open(&self.names.at(self.number), start, &plan.words)
            .map_err(|error| self.cannot(error))?;
        let opening = self.opening(&name);
        self.file = Some(opening.resumed(encode, output, at, empty, records)?);
        Ok(())
    }

    /// Makes an old file again what it was before the job: `tail` came after its first `keep`
    /// bytes.
    fn restore(&self, keep: u64, known: u32, tail: &[u8]) -> io::Result<()> {
        let start = Start::New {
            mode: self.plan.mode,
            job: self.job.as_deref(),
        };
        let address = self.names.at(self.number);
        let mut output = self.plan.place.open(&address, start, &self.plan.words)?;
        let len = output.old()?.unwrap_or_default();
        let found = if len < keep {
            None
        } else {
            check::of(keep, |from, into| output.read(from, into))?
        };
        if found != Some(known) {
            output.abandon(&Delivered::default());
            return Err(io::Error::other(
                "it is not the file that the job was begun with: put that back, or begin a new job",
            ));
        }
        let same = len == keep + tail.len() as u64
            && exactly(&mut *output, keep, tail.len() as u64)? == tail;
        if !same {
            failpoint("feed.restore.before");
            output.go_on(keep)?;
            output.write(tail)?;
            output.sync()?;
            failpoint("feed.restore.after");
        }
        Ok(())
    }
}
