//! `crawl tail`: a topic as JSON Lines.

use std::io::{self, ErrorKind, Write};

use anyhow::{Context as _, anyhow};
use huntsman::{Stop, StopLevel};
use huntsman_kafka::read::{Decoder, Polled, ReadError, Reader, Received, Source, envelope};
use indicatif::ProgressBar;

use crate::exit::Exit;
use crate::flags;
use crate::{signals, style};

pub(crate) fn tail(flags: &flags::Tail) -> Result<Exit, Exit> {
    crate::logs::start(&flags.log, &ProgressBar::hidden()).map_err(Exit::Usage)?;
    let source = Source::read_with(&flags.topic, &words(flags)).map_err(failed)?;
    crate::folder::demand(source.registry().unwrap_or_default()).map_err(Exit::Usage)?;
    let runtime = crate::commands::runtime()?;
    let ended = runtime.block_on(run(flags, &source));
    // A write may wait for a reader that does not read.
    runtime.shutdown_background();
    ended
}

/// What the flags say in the place of the address.
fn words(flags: &flags::Tail) -> Vec<(&'static str, String)> {
    let mut words = Vec::new();
    words.extend(flags.group.clone().map(|group| ("group", group)));
    if flags.from_beginning {
        words.push(("from", "beginning".to_owned()));
    }
    if flags.exit_at_end {
        words.push(("until", "end".to_owned()));
    }
    if !flags.partition.is_empty() {
        let partitions: Vec<String> = flags.partition.iter().map(u16::to_string).collect();
        words.push(("partition", partitions.join(",")));
    }
    words
}

async fn run(flags: &flags::Tail, source: &Source) -> Result<Exit, Exit> {
    let (stop, bar) = (Stop::new(), ProgressBar::hidden());
    let tail = async {
        let mut tail = Tail {
            flags,
            topic: source.topic(),
            decoder: Decoder::open(source).await.map_err(failed)?,
            left: flags.max.unwrap_or(u64::MAX),
            skipped: 0,
        };
        let reader = Reader::open(source).await.map_err(failed)?;
        let ended = tail.follow(&reader, &stop).await;
        // Also what was written before an error is done.
        let closed = reader.close().await.map_err(failed);
        if tail.skipped > 0 {
            style::say(&format!("{} records were skipped", tail.skipped));
        }
        ended.and_then(|exit| closed.map(|()| exit))
    };
    tokio::select! {
        ended = tail => ended,
        () = signals::pass_on(&stop, &bar) => Ok(Exit::Stopped),
    }
}

/// A topic on its way to standard output.
struct Tail<'a> {
    flags: &'a flags::Tail,
    topic: &'a str,
    decoder: Decoder,
    /// Lines that are still wanted.
    left: u64,
    skipped: u64,
}

impl Tail<'_> {
    /// Writes records as they come; what is written is done.
    async fn follow(&mut self, reader: &Reader, stop: &Stop) -> Result<Exit, Exit> {
        while self.left > 0 {
            let told = tokio::select! {
                biased;
                () = stop.raised(StopLevel::Drain) => return Ok(Exit::Stopped),
                told = reader.next() => told.map_err(failed)?,
            };
            let Polled::Records(records) = told else {
                break;
            };
            let (lines, taken, refused) = tokio::select! {
                biased;
                lines = self.lines(&records) => lines,
                // It waits for its registry: what is not written comes again.
                () = stop.raised(StopLevel::Drain) => return Ok(Exit::Stopped),
            };
            let written = tokio::select! {
                biased;
                written = tokio::task::spawn_blocking(move || write(&lines)) => written,
                () = stop.raised(StopLevel::Abort) => return Ok(Exit::Stopped),
            };
            let written = written.map_err(|stopped| Exit::Sink(stopped.into()))?;
            match written {
                // Whoever read has enough: `crawl tail … | head`.
                Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(Exit::Done),
                written => written
                    .context("cannot write to standard output")
                    .map_err(Exit::Sink)?,
            }
            let done = records.iter().take(taken);
            reader.done(done.map(|record| (record.partition, record.offset)));
            if let Some(error) = refused {
                return Err(self.refused(error));
            }
        }
        Ok(Exit::Done)
    }

    /// The lines of records, how many records those are, and what keeps the others back.
    async fn lines(&mut self, records: &[Received]) -> (Vec<u8>, usize, Option<ReadError>) {
        let mut lines = Vec::new();
        for (taken, record) in records.iter().enumerate() {
            if self.left == 0 {
                return (lines, taken, None);
            }
            let before = lines.len();
            match self.line(record, &mut lines).await {
                Ok(()) => {
                    lines.push(b'\n');
                    self.left -= 1;
                }
                Err(ReadError::Record(error)) if self.flags.skip_errors => {
                    lines.truncate(before);
                    self.skipped += 1;
                    style::say(&format!("skipped: {error}"));
                }
                Err(error) => {
                    lines.truncate(before);
                    return (lines, taken, Some(error));
                }
            }
        }
        (lines, records.len(), None)
    }

    async fn line(&mut self, record: &Received, out: &mut Vec<u8>) -> Result<(), ReadError> {
        if !self.flags.envelope {
            self.decoder.value(record, out).await?;
            return Ok(());
        }
        let (mut key, mut value) = (Vec::new(), Vec::new());
        let schema = self.decoder.value(record, &mut value).await?;
        self.decoder.key(record, &mut key).await?;
        envelope(self.topic, record, schema, &key, &value, out)
    }

    fn refused(&self, error: ReadError) -> Exit {
        match error {
            ReadError::Record(error) => Exit::Sink(anyhow!(
                "{}: {error}; --skip-errors goes on behind it",
                self.topic
            )),
            error => failed(error),
        }
    }
}

fn write(lines: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(lines)?;
    stdout.flush()
}

/// What is wrong with the address is the user's; all else is the brokers' or the registry's.
pub(super) fn failed(error: ReadError) -> Exit {
    match error {
        ReadError::Place(_) => Exit::Usage(error.into()),
        _ => Exit::Sink(error.into()),
    }
}
