//! One file in the making: records through a format and a compression into an output.

use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use huntsman_core::Record;
use huntsman_core::failpoint::failpoint;

use crate::compress::Compression;
use crate::format::Encode;
use crate::place::{Delivered, Output};

/// So many bytes are written at once.
const FULL: usize = 128 * 1024;
/// A batch of so many records is one of a busy crawl: the next will follow.
const BUSY: u64 = 64;
/// So many bytes make a compressed frame.
const FRAME: usize = 1024 * 1024;

/// Why a batch stopped, before it is known what became of it.
pub(crate) enum Cause {
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

/// What is there already and has not been touched yet.
#[derive(Debug)]
pub(crate) struct Old {
    /// So many bytes of the file stay.
    pub(crate) keep: u64,
    /// Content that comes behind them before anything else.
    pub(crate) anew: Vec<u8>,
    /// The file has no content, and begins as a new one does.
    pub(crate) blank: bool,
}

/// Where the first record of a run begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    /// The file has no others.
    File,
    /// Others stand before it, and it has not come yet.
    Next,
    Byte(u64),
}

/// A file in the making. It blocks.
///
/// What is compressed is held back until it is a frame, or has to be durable: so a batch that
/// fails can be taken out of it again. What is not compressed is written at the end of each batch,
/// but for a rest of a large one where the output has a stride.
pub(crate) struct File {
    encode: Box<dyn Encode>,
    output: Box<dyn Output>,
    compression: Compression,
    old: Option<Old>,
    /// The file has no records.
    empty: bool,
    /// Content that is not written yet.
    buffer: Vec<u8>,
    /// So much of `buffer` belongs to batches that have ended.
    safe: usize,
    /// So many bytes of the file are written.
    at: u64,
    /// Where the first record of this run begins.
    from: First,
    /// Up to here the file holds batches that have ended.
    to: u64,
    /// Records of batches that have ended.
    items: u64,
    /// Records of this batch.
    fresh: u64,
    /// Records of earlier runs of the job.
    earlier: u64,
    bytes: Arc<AtomicU64>,
}

impl File {
    pub(crate) fn new(
        encode: Box<dyn Encode>,
        output: Box<dyn Output>,
        compression: Compression,
        bytes: Arc<AtomicU64>,
    ) -> Self {
        Self {
            encode,
            output,
            compression,
            old: None,
            empty: true,
            buffer: Vec::new(),
            safe: 0,
            at: 0,
            from: First::File,
            to: 0,
            items: 0,
            fresh: 0,
            earlier: 0,
            bytes,
        }
    }

    /// The same, to go on with what is there once there is a record.
    pub(crate) fn after(self, old: Old, empty: bool) -> Self {
        Self {
            old: Some(old),
            empty,
            ..self
        }
    }

    /// The same at a position of an earlier run.
    pub(crate) fn resumed(self, at: u64, empty: bool, records: u64) -> Self {
        Self {
            at,
            to: at,
            empty,
            earlier: records,
            ..self
        }
    }

    /// Writes what stands before all records.
    pub(crate) fn begin(&mut self) -> io::Result<()> {
        let begun = self.encode.begin(&mut self.buffer);
        begun.map_err(io::Error::other)?;
        self.settle(false)
    }

    pub(crate) fn old(&self) -> Option<&Old> {
        self.old.as_ref()
    }

    pub(crate) fn output(&mut self) -> &mut dyn Output {
        &mut *self.output
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.empty
    }

    /// Bytes that are written.
    pub(crate) fn at(&self) -> u64 {
        self.at
    }

    /// Records that the crawl has put into it.
    pub(crate) fn records(&self) -> u64 {
        self.earlier + self.items + self.fresh
    }

    /// Bytes that it has, with those that are held back as they are.
    pub(crate) fn len(&self) -> u64 {
        self.at + (self.buffer.len() + self.encode.held()) as u64
    }

    /// Takes a record.
    pub(crate) fn record(&mut self, record: &Record) -> Result<(), Cause> {
        if let Some(old) = self.old.take() {
            self.go_on(&old)?;
        }
        self.encode.separate(self.empty, &mut self.buffer);
        if self.from == First::Next {
            // Compressed, it begins with a frame.
            if !self.compression.is_none() {
                self.write(self.buffer.len())?;
            }
            self.from = First::Byte(self.at + self.buffer.len() as u64);
        }
        self.encoded(record)?;
        self.empty = false;
        self.fresh += 1;
        if self.compression.is_none() {
            if self.buffer.len() >= FULL {
                self.write(self.strides())?;
            }
        } else if self.buffer.len() >= FRAME {
            // Batches that have ended get a frame of their own: this one may fail.
            if self.safe > 0 {
                self.write(self.safe)?;
                self.to = self.at;
            }
            self.write(self.buffer.len())?;
        }
        Ok(())
    }

    fn go_on(&mut self, old: &Old) -> io::Result<()> {
        self.output.go_on(old.keep)?;
        self.at = old.keep;
        self.to = old.keep;
        if old.blank {
            let begun = self.encode.begin(&mut self.buffer);
            return begun.map_err(io::Error::other);
        }
        self.from = First::Next;
        self.buffer.extend_from_slice(&old.anew);
        Ok(())
    }

    fn encoded(&mut self, record: &Record) -> Result<(), Cause> {
        let (encode, buffer) = (&mut self.encode, &mut self.buffer);
        // The item's `Serialize` is not ours: what it does must not leave the file in pieces.
        let written = catch_unwind(AssertUnwindSafe(|| encode.record(record, buffer)));
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

    /// A batch has ended: its records are delivered.
    pub(crate) fn batch(&mut self) -> io::Result<()> {
        if self.fresh == 0 {
            return Ok(());
        }
        let batch = self.encode.batch(&mut self.buffer);
        batch.map_err(io::Error::other)?;
        self.settle(false)
    }

    /// What there is by now is to stay. All of it is written if it is `wanted`.
    fn settle(&mut self, wanted: bool) -> io::Result<()> {
        let all = self.buffer.len();
        self.write(match self.compression.is_none() {
            _ if wanted => all,
            true if self.fresh >= BUSY => self.strides(),
            false if all < FRAME => 0,
            _ => all,
        })?;
        self.items += std::mem::take(&mut self.fresh);
        self.safe = self.buffer.len();
        self.to = self.at;
        Ok(())
    }

    /// So much of the buffer ends where it is best written up to: all, where the output has no
    /// stride.
    fn strides(&self) -> usize {
        let all = self.buffer.len();
        self.output.stride().map_or(all, |stride| {
            let rest = (self.at + all as u64) % stride.get() as u64;
            all.saturating_sub(usize::try_from(rest).unwrap_or_default())
        })
    }

    /// Writes the first bytes of the buffer, compressed as a frame.
    fn write(&mut self, count: usize) -> io::Result<()> {
        if count == 0 {
            return Ok(());
        }
        if self.compression.is_none() {
            self.output.write(&self.buffer[..count])?;
            if self.safe > 0 {
                // Batches that have ended come first.
                self.to = self.at + self.safe.min(count) as u64;
            }
            self.written(count);
        } else {
            let frame = self.compression.frame(&self.buffer[..count])?;
            self.output.write(&frame)?;
            self.written(frame.len());
        }
        self.buffer.drain(..count);
        self.buffer.shrink_to(FRAME);
        self.safe = self.safe.saturating_sub(count);
        Ok(())
    }

    fn written(&mut self, bytes: usize) {
        self.at += bytes as u64;
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Makes all batches that have ended durable. What finds back to here.
    pub(crate) fn sync(&mut self) -> io::Result<Vec<u8>> {
        self.settle(true)?;
        self.output.sync()
    }

    /// Ends the file.
    pub(crate) fn end(&mut self) -> io::Result<()> {
        if self.old.as_ref().is_some_and(|old| old.blank) && self.output.old()? == Some(0) {
            // Not even a frame is there.
            let old = self.old.take();
            old.iter().try_for_each(|old| self.go_on(old))?;
        }
        if self.old.is_none() {
            self.batch()?;
            let mut end = Vec::new();
            let ended = self.encode.end(self.empty, &mut end);
            ended.map_err(io::Error::other)?;
            if !self.compression.is_none() {
                // The end can then be cut off without its frame.
                self.settle(true)?;
                failpoint("feed.frame.written");
                if end.is_empty() && self.at == 0 {
                    let nothing = self.compression.frame(&[])?;
                    self.output.write(&nothing)?;
                    self.written(nothing.len());
                }
            }
            self.buffer.extend_from_slice(&end);
            failpoint("feed.end.before");
            self.write(self.buffer.len())?;
            failpoint("feed.end.after");
        }
        self.output.finish()
    }

    /// What was delivered, for an early end.
    pub(crate) fn delivered(&mut self) -> Delivered {
        if self.encode.is_whole_only() {
            // It cannot be cut: the records of the last batch stay in it.
            self.items += std::mem::take(&mut self.fresh);
            self.to = self.at;
        } else {
            self.buffer.truncate(self.safe);
        }
        let (mut opening, mut end) = (Vec::new(), Vec::new());
        let from = match self.from {
            First::Byte(from) => from,
            First::File | First::Next => 0,
        };
        if from > 0 {
            self.encode.begin(&mut opening).unwrap_or_default();
            self.encode.separate(true, &mut opening);
        }
        self.encode
            .end(self.items == 0, &mut end)
            .unwrap_or_default();
        let frame = |content: &[u8]| match content {
            [] => Vec::new(),
            content => self.compression.frame(content).unwrap_or_default(),
        };
        Delivered {
            items: self.items,
            from,
            to: self.to,
            opening: frame(&opening),
            closing: [frame(&self.buffer), frame(&end)].concat(),
        }
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
