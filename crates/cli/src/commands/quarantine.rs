//! `crawl quarantine`: rejected items, to look at and to try again.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Error, anyhow};
use huntsman::core::Rejected;
use huntsman_contract::quarantine::{Retried, Retry as Again, Summary, read};
use huntsman_contract::records::Records;

use super::print;
use super::schema::{of_spider, open, read as read_schema};
use crate::entry::Entry;
use crate::exit::{Exit, usage};
use crate::flags::schema::{Quarantine, Retry};

pub(super) fn run(spiders: &[Entry], command: &Quarantine) -> Result<Exit, Exit> {
    match command {
        Quarantine::Show(flags) => show(&flags.file),
        Quarantine::Retry(flags) => retry(spiders, flags),
    }
}

fn show(path: &Path) -> Result<Exit, Exit> {
    let mut summary = Summary::default();
    for line in read(open(path)?) {
        let line = line.with_context(|| path.display().to_string());
        summary.add(&line.map_err(usage)?.rejected);
    }
    print(&summary.to_string())
}

/// Items that pass go to the output first; only then does the quarantine lose them, so that a
/// crash between the two repeats them and loses none.
fn retry(spiders: &[Entry], flags: &Retry) -> Result<Exit, Exit> {
    let (mut passed, mut kept) = (Vec::new(), Vec::new());
    let mut strange = BTreeMap::<String, u64>::new();
    let mut tries = Tries::new(spiders, flags)?;
    for line in read(open(&flags.file)?) {
        let line = line.with_context(|| flags.file.display().to_string());
        let rejected = line.map_err(usage)?.rejected;
        match tries.of(&rejected)?.retry(rejected) {
            Retried::Passed(item) => passed.push(item),
            Retried::Rejected(still) => kept.push(*still),
            Retried::NoRecord(still) => {
                *strange.entry(still.kind.clone()).or_default() += 1;
                kept.push(*still);
            }
            _ => {
                return Err(Exit::Usage(anyhow!(
                    "an outcome that this version does not know"
                )));
            }
        }
    }
    let mut told = format!("{} items pass, {} stay rejected", passed.len(), kept.len());
    for (kind, count) in strange {
        told.push_str(&format!(
            "; {count} of type {kind}, for which there is no schema"
        ));
    }
    if !flags.dry_run && !passed.is_empty() {
        write(&flags.output, &passed).map_err(Exit::Sink)?;
        replace(&flags.file, &kept).map_err(Exit::Sink)?;
    }
    crate::style::say(&told);
    if kept.is_empty() {
        return Ok(Exit::Done);
    }
    Err(Exit::Failed(anyhow!(
        "{}: {} of {} items do not obey",
        flags.file.display(),
        kept.len(),
        passed.len() + kept.len()
    )))
}

/// What items are held to: one schema for all, or that of each spider's types.
struct Tries<'a> {
    spiders: &'a [Entry],
    all: Option<Again>,
    by_spider: BTreeMap<String, Again>,
}

impl<'a> Tries<'a> {
    fn new(spiders: &'a [Entry], flags: &Retry) -> Result<Self, Exit> {
        let all = flags.schema.as_ref().map(|path| {
            let records = Records::compile(&read_schema(path)?)
                .with_context(|| path.display().to_string())
                .map_err(usage)?;
            Ok::<_, Exit>(Again::new(records, true))
        });
        Ok(Self {
            spiders,
            all: all.transpose()?,
            by_spider: BTreeMap::new(),
        })
    }

    fn of(&mut self, rejected: &Rejected) -> Result<&mut Again, Exit> {
        if let Some(all) = &mut self.all {
            return Ok(all);
        }
        if !self.by_spider.contains_key(&rejected.spider) {
            let spider = crate::words::find(self.spiders, &rejected.spider)
                .context("name a schema with --schema")
                .map_err(Exit::Usage)?;
            let records = of_spider(spider)?
                .iter()
                .map(Records::compile)
                .collect::<Result<Vec<_>, _>>()
                .map_err(usage)?;
            let again = Again::new(Records::joined(records), false);
            self.by_spider.insert(rejected.spider.clone(), again);
        }
        let found = self.by_spider.get_mut(&rejected.spider);
        found.ok_or_else(|| Exit::Usage(anyhow!("no spider {:?}", rejected.spider)))
    }
}

/// Appends items as JSON Lines, durably.
fn write(path: &Path, items: &[serde_json::Value]) -> Result<(), Error> {
    let mut lines = Vec::new();
    for item in items {
        serde_json::to_writer(&mut lines, item)?;
        lines.push(b'\n');
    }
    if path == Path::new("-") {
        return Ok(std::io::stdout().lock().write_all(&lines)?);
    }
    let cannot = || format!("cannot write {}", path.display());
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .with_context(cannot)?;
    file.write_all(&lines).with_context(cannot)?;
    file.sync_all().with_context(cannot)
}

/// Puts what stays in the place of the quarantine, at once.
fn replace(path: &Path, kept: &[Rejected]) -> Result<(), Error> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let cannot = || format!("cannot write {}", beside.display());
    let file = File::create(&beside).with_context(cannot)?;
    let mut file = BufWriter::new(file);
    for rejected in kept {
        serde_json::to_writer(&mut file, rejected).with_context(cannot)?;
        file.write_all(b"\n").with_context(cannot)?;
    }
    let file = file
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error);
    file.and_then(|file| file.sync_all()).with_context(cannot)?;
    std::fs::rename(&beside, path).with_context(|| format!("cannot replace {}", path.display()))
}
