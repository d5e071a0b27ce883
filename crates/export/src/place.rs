//! What a place is: where files are made.

use std::fmt;
use std::io;
use std::num::NonZeroUsize;

use crate::feed::Mode;
use crate::words::Words;

/// Where files are made, by the scheme of their addresses. It may block.
///
/// A place of one's own that keeps files in memory:
///
/// ```
/// use std::collections::BTreeMap;
/// use std::io;
/// use std::sync::{Arc, Mutex};
///
/// use huntsman_core::{Export, ExportError, Opening};
/// use huntsman_export::{Catalog, Mode, Output, Place, Start, Words};
///
/// #[derive(Clone, Default)]
/// struct Memory(Arc<Mutex<BTreeMap<String, Vec<u8>>>>);
///
/// struct Part(Memory, String, Vec<u8>);
///
/// impl Place for Memory {
///     fn schemes(&self) -> &'static [&'static str] {
///         &["mem"]
///     }
///
///     fn open(&self, address: &str, _: Start<'_>, _: &Words) -> io::Result<Box<dyn Output>> {
///         Ok(Box::new(Part(self.clone(), address.to_owned(), Vec::new())))
///     }
/// }
///
/// impl Output for Part {
///     fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
///         self.2.extend_from_slice(bytes);
///         Ok(())
///     }
///
///     fn finish(&mut self) -> io::Result<()> {
///         let mut files = self.0.0.lock().expect("no thread panicked");
///         files.insert(self.1.clone(), std::mem::take(&mut self.2));
///         Ok(())
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), ExportError> {
/// let memory = Memory::default();
/// let catalog = Catalog::default().place(memory.clone());
/// let feed = catalog.feed("mem://here/quotes.json", Mode::Replace, &BTreeMap::new())?;
/// feed.open(Opening::new(&[])).await?;
/// feed.close().await?;
/// let files = memory.0.lock().expect("no thread panicked");
/// assert_eq!(files["mem://here/quotes.json"], b"[]\n");
/// # Ok(()) }
/// ```
pub trait Place: Send + Sync + 'static {
    /// The schemes of its addresses: `s3`.
    fn schemes(&self) -> &'static [&'static str];

    /// The words that it understands, beside those of every feed.
    fn words(&self) -> &'static [&'static str] {
        &[]
    }

    /// Opens the file with this address (without a query), and creates it where it must be.
    ///
    /// # Errors
    /// Why it cannot be written.
    fn open(&self, address: &str, start: Start<'_>, words: &Words) -> io::Result<Box<dyn Output>>;

    /// What becomes of the file with this address when the crawl is killed and gone on with. By
    /// default, it is lost unless it was finished.
    fn recovery(&self, address: &str) -> Recovery {
        let _unused = address;
        Recovery::Whole
    }

    /// The numbers of the files that are there: their addresses are `before`, the number in decimal
    /// digits, and `after`. A batch that is to be appended takes one behind them. In any order.
    ///
    /// # Errors
    /// The place cannot be read. By default, it cannot.
    fn numbers(&self, before: &str, after: &str, words: &Words) -> io::Result<Vec<u64>> {
        let _unused = (before, after, words);
        Err(unsupported("it cannot say which files are there"))
    }

    /// Removes what a run of this job made of the file with this address and had no position in,
    /// if there is any: with [`Mode::Append`] the file itself, with [`Mode::Replace`] only what was
    /// to become it, and cannot be anybody else's.
    ///
    /// # Errors
    /// It is still there. By default, it is.
    fn remove(&self, address: &str, mode: Mode, job: &str, words: &Words) -> io::Result<()> {
        let _unused = (address, mode, job, words);
        Err(unsupported(
            "what an earlier run left there cannot be removed",
        ))
    }
}

impl fmt::Debug for dyn Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.schemes().first().unwrap_or(&"place"))
    }
}

/// What a crawl with a job can count on when it is gone on with after a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// A file is opened with [`Start::Resume`], stands exactly where it stood, and is gone on with.
    Exact,
    /// What was written is out and cannot be taken back. It is opened anew, and what was not
    /// confirmed comes again: a stream.
    Anew,
    /// Only files that were finished are there. Each commit finishes one, so that there has to be
    /// a number in their address.
    Whole,
}

/// How a file is opened.
#[derive(Debug, Clone, Copy)]
pub enum Start<'a> {
    /// Before the first record of a file.
    New {
        /// What becomes of a file that is there.
        mode: Mode,
        /// The job of the run. What an earlier run of it left unfinished here is of no use.
        job: Option<&'a str>,
    },
    /// Where an earlier run of the job stood, as [`Output::sync`] put it; only where
    /// [`Place::recovery`] is [`Recovery::Exact`]. What was written behind that is gone after this,
    /// also if the file was finished.
    Resume {
        /// What becomes of a file that is there.
        mode: Mode,
        /// The job of the run.
        job: &'a str,
        /// The words of the output.
        state: &'a [u8],
    },
}

/// An open file, or something like one. It may block.
///
/// ```
/// use std::io::{self, Write};
/// use huntsman_export::{Delivered, Output};
///
/// /// Counts what it is given.
/// struct Counter(u64);
///
/// impl Output for Counter {
///     fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
///         self.0 += bytes.len() as u64;
///         Ok(())
///     }
///
///     fn finish(&mut self) -> io::Result<()> {
///         Ok(())
///     }
/// }
///
/// let mut counter = Counter(0);
/// counter.write(b"[]\n")?;
/// assert_eq!((counter.0, counter.old()?), (3, None));
/// // It was not made for crawls that are gone on with, and says so.
/// assert!(counter.sync().is_err());
/// # Ok::<(), io::Error>(())
/// ```
///
/// In a crawl without a job it ends with one of `finish`, `fail` and `abandon`. In a crawl with one,
/// it may also just be dropped after a `sync`: it is then left as it is, to be gone on with.
pub trait Output: Send {
    /// The length of what is there and has to be gone on with; none to begin anew.
    ///
    /// # Errors
    /// It cannot be told.
    fn old(&mut self) -> io::Result<Option<u64>> {
        Ok(None)
    }

    /// Reads what is there, from this byte on; 0 at its end. It is asked for what [`Output::old`]
    /// has and, after [`Start::Resume`], for the first [`LOOK`](crate::LOOK) bytes.
    ///
    /// # Errors
    /// It cannot be read.
    fn read(&mut self, from: u64, into: &mut [u8]) -> io::Result<usize> {
        let _unused = (from, into);
        Err(unsupported("it cannot be read"))
    }

    /// Readies the file that is there for writing after its first `keep` bytes. What comes after
    /// them, at most some MiB, comes back when this run fails.
    ///
    /// # Errors
    /// It cannot be cut there.
    fn go_on(&mut self, keep: u64) -> io::Result<()> {
        let _unused = keep;
        Err(unsupported("it cannot be appended to"))
    }

    /// Writes all of `bytes`.
    ///
    /// # Errors
    /// They are not, or not wholly, written.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Writes that end at multiples of so many bytes are the cheapest here, if there are any such.
    /// In a busy crawl, what comes behind the last multiple is then held back for the next write,
    /// [`Output::sync`] or the end. By default, all is written after each batch.
    fn stride(&self) -> Option<NonZeroUsize> {
        None
    }

    /// Makes what was written durable. What finds back to here, for [`Start::Resume`].
    ///
    /// # Errors
    /// It may be lost.
    fn sync(&mut self) -> io::Result<Vec<u8>> {
        Err(unsupported("it cannot be gone on with later"))
    }

    /// Makes what was written durable, and puts it where it belongs.
    ///
    /// # Errors
    /// It is not there, or not wholly.
    fn finish(&mut self) -> io::Result<()>;

    /// Clears up after an error of this sink. What became of the items, as part of a sentence.
    fn fail(&mut self, delivered: &Delivered) -> String {
        match delivered.items {
            0 => "no item was written".to_owned(),
            1 => "what was written before (1 item) has no end".to_owned(),
            items => format!("what was written before ({items} items) has no end"),
        }
    }

    /// Ends after an error elsewhere. By default, nothing is done, which suits a place where there
    /// is no file before it is finished.
    fn abandon(&mut self, delivered: &Delivered) {
        let _unused = delivered;
    }
}

/// What a run has delivered when it ends early; by default, nothing.
#[derive(Debug, Clone, Default)]
pub struct Delivered {
    /// So many items, in batches that were written wholly.
    pub items: u64,
    /// Where the first of them begins, in bytes from the start of the file.
    pub from: u64,
    /// Where the last of them that was written ends.
    pub to: u64,
    /// What makes them a file of their own, before.
    pub opening: Vec<u8>,
    /// What makes any file whole after `to`. It may hold the last of the items.
    pub closing: Vec<u8>,
}

fn unsupported(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, reason)
}
