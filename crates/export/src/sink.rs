//! Records into an open place, and what becomes of them when it fails.

use std::any::Any;
use std::io;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use huntsman_core::{ExportError, Record, Schema};

use crate::feed::Mode;
use crate::formats::{Format, Resume};
use crate::places::{self, Delivered, Place};
use crate::spec::Spec;

/// A buffer of so many bytes is written.
const FULL: usize = 128 * 1024;
/// A buffer that grew beyond this is not kept.
const KEPT: usize = 4 * FULL;

/// A format in an open place. It blocks.
pub(crate) struct Sink {
    name: String,
    format: Box<dyn Format>,
    place: Box<dyn Place>,
    /// What was there and has not been touched yet.
    resume: Option<Resume>,
    /// The file has no records.
    empty: bool,
    buffer: Vec<u8>,
    /// So many bytes of the file are written.
    at: u64,
    /// Where the first record of this run begins.
    from: u64,
    /// Where the last batch ended.
    to: u64,
    items: u64,
    /// It was closed, failed or abandoned.
    ended: bool,
    bytes: Arc<AtomicU64>,
}

impl Drop for Sink {
    /// A sink that was opened for nothing leaves nothing. One with items is left as a crash would
    /// leave it: it does not look whole.
    fn drop(&mut self) {
        if !self.ended && self.items == 0 {
            self.place.abandon(&self.delivered());
        }
    }
}

/// Why a batch stopped, before it is known what became of it.
enum Cause {
    Io(io::Error),
    Item {
        id: String,
        url: String,
        reason: String,
    },
}

impl From<io::Error> for Cause {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Sink {
    /// Opens the place and writes what stands before all records; an old file is only looked at.
    pub(crate) fn open(
        spec: &Spec,
        mode: Mode,
        schemas: &[&'static Schema],
        bytes: Arc<AtomicU64>,
    ) -> Result<Self, ExportError> {
        let name = match &spec.path {
            Some(path) => path.to_string_lossy().escape_debug().to_string(),
            None => "standard output".to_owned(),
        };
        let cannot = |source| ExportError::Io {
            place: name.clone(),
            source,
        };
        let format = (spec.format.create)(schemas);
        let mut place = places::open(spec.path.as_deref(), mode).map_err(cannot)?;
        let resume = match place.old().map_err(cannot)? {
            Some(old) => Some(format.resume(&old).map_err(|reason| ExportError::NotOurs {
                place: name.clone(),
                expected: format.label(),
                reason,
            })?),
            None => None,
        };
        let mut sink = Self {
            name,
            format,
            place,
            empty: resume.as_ref().is_none_or(|resume| resume.empty),
            at: resume.as_ref().map_or(0, |resume| resume.keep),
            resume,
            buffer: Vec::new(),
            from: 0,
            to: 0,
            items: 0,
            ended: false,
            bytes,
        };
        if sink.resume.is_none() {
            sink.format.begin(&mut sink.buffer);
            if let Err(error) = sink.write() {
                return Err(sink.fail(Cause::Io(error)));
            }
            sink.to = sink.at;
        }
        Ok(sink)
    }

    /// Writes a batch; hands itself back if that went well.
    pub(crate) fn export(mut self, batch: &[Record]) -> Result<Self, ExportError> {
        match self.try_export(batch) {
            Ok(()) => Ok(self),
            Err(cause) => Err(self.fail(cause)),
        }
    }

    fn try_export(&mut self, batch: &[Record]) -> Result<(), Cause> {
        if batch.is_empty() {
            return Ok(());
        }
        if let Some(resume) = self.resume.take() {
            self.place.go_on(resume.keep)?;
            self.buffer.extend_from_slice(resume.joint);
        }
        for (number, record) in batch.iter().enumerate() {
            self.format.separate(self.empty, &mut self.buffer);
            if self.items == 0 && number == 0 {
                self.from = self.at + self.buffer.len() as u64;
            }
            self.record(record)?;
            self.empty = false;
            if self.buffer.len() >= FULL {
                self.write()?;
            }
        }
        self.write()?;
        self.to = self.at;
        self.items += batch.len() as u64;
        Ok(())
    }

    fn record(&mut self, record: &Record) -> Result<(), Cause> {
        let (format, buffer) = (&mut self.format, &mut self.buffer);
        // The item's `Serialize` is not ours: what it does must not leave the file in pieces.
        let written = catch_unwind(AssertUnwindSafe(|| format.record(&*record.item, buffer)));
        let reason = match written {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(reason)) => reason,
            Err(panic) => format!("its `Serialize` panicked: {}", panic_text(&*panic)),
        };
        Err(Cause::Item {
            id: record.id.to_string(),
            url: record.url.to_string(),
            reason: reason.escape_debug().to_string(),
        })
    }

    /// Writes the buffer and empties it.
    fn write(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        self.place.write(&self.buffer)?;
        self.at += self.buffer.len() as u64;
        self.bytes
            .fetch_add(self.buffer.len() as u64, Ordering::Relaxed);
        self.buffer.clear();
        self.buffer.shrink_to(KEPT);
        Ok(())
    }

    /// Ends the file.
    pub(crate) fn close(mut self) -> Result<(), ExportError> {
        if self.resume.is_none() {
            self.format.end(self.empty, &mut self.buffer);
        }
        let closed = self.write().and_then(|()| self.place.finish());
        self.ended = closed.is_ok();
        closed.map_err(|error| self.fail(Cause::Io(error)))
    }

    /// Ends after an error elsewhere.
    pub(crate) fn abandon(mut self) {
        self.place.abandon(&self.delivered());
        self.ended = true;
    }

    fn delivered(&self) -> Delivered {
        let (mut opening, mut closing) = (Vec::new(), Vec::new());
        self.format.begin(&mut opening);
        self.format.separate(true, &mut opening);
        self.format.end(self.items == 0, &mut closing);
        Delivered {
            items: self.items,
            from: self.from,
            to: self.to,
            opening,
            closing,
        }
    }

    fn fail(mut self, cause: Cause) -> ExportError {
        let fate = self.place.fail(&self.delivered());
        self.ended = true;
        let place = mem::take(&mut self.name);
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
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
