//! `crawl job`: looking at the folder of a job, and mending it.

use std::fmt::Write;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use huntsman_store::{Facts, StoreError, check, export, provenance, repair, show};

use super::print;
use crate::exit::{Exit, read, usage};
use crate::flags::Job;

/// Hosts that get a line each.
const HOSTS: usize = 10;

pub(super) fn run(command: &Job) -> Result<Exit, Exit> {
    match command {
        Job::Show { dir, json } => {
            let facts = show(dir).map_err(usage)?;
            if *json {
                let json = serde_json::to_string_pretty(&facts).map_err(usage)?;
                return print(&(json + "\n"));
            }
            print(&text(&facts))
        }
        Job::Check { dir } => checked(dir),
        Job::Provenance { dir } => told(dir),
        Job::Repair { dir } => repaired(dir),
        Job::Export { dir, table, output } => exported(dir, table.as_deref(), output.as_deref()),
    }
}

/// Tells where each item is from, until nobody reads on.
fn told(dir: &Path) -> Result<Exit, Exit> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut failed = None;
    let told = provenance(dir, |one| {
        let json = serde_json::to_writer(&mut out, &one).map_err(io::Error::from);
        failed = json.and_then(|()| out.write_all(b"\n")).err();
        failed.is_none()
    });
    told.map_err(usage)?;
    read(failed.map_or_else(|| out.flush(), Err))
}

fn repaired(dir: &Path) -> Result<Exit, Exit> {
    let repaired = repair(dir).map_err(usage)?;
    let job = dir.display();
    let Some(aside) = &repaired.aside else {
        return print(&format!("the job in {job} is sound; nothing was changed\n"));
    };
    let mut out = String::new();
    for (table, rows) in &repaired.rows {
        line(&mut out, &format!("{rows:>10} {table}"));
    }
    for lost in &repaired.lost {
        line(&mut out, &format!("lost: {lost}"));
    }
    let aside = aside.display();
    line(&mut out, &format!("the damaged store is kept as {aside}"));
    print(&out)?;
    if repaired.lost.is_empty() {
        return Ok(Exit::Done);
    }
    Err(Exit::Failed(anyhow!(
        "the job in {job} can go on, without what is lost"
    )))
}

fn exported(dir: &Path, table: Option<&str>, output: Option<&Path>) -> Result<Exit, Exit> {
    let failed = |error: StoreError| match error {
        error @ StoreError::Output(_) => Exit::Sink(error.into()),
        error => usage(error),
    };
    let lost = match output {
        None => match export(dir, table, &mut std::io::stdout().lock()) {
            Err(StoreError::Output(error)) => return read(Err(error)),
            exported => exported.map_err(failed)?,
        },
        Some(path) => {
            let place = || format!("{}", path.display());
            let file = File::create(path).with_context(place).map_err(usage)?;
            let mut out = BufWriter::new(file);
            let lost = export(dir, table, &mut out).map_err(failed)?;
            let file = out
                .into_inner()
                .map_err(std::io::IntoInnerError::into_error);
            let synced = file.and_then(|file| file.sync_all());
            synced.with_context(place).map_err(Exit::Sink)?;
            lost
        }
    };
    if lost.is_empty() {
        return Ok(Exit::Done);
    }
    let mut said = std::io::stderr().lock();
    for lost in &lost {
        // Who closed standard error does not want to know.
        writeln!(said, "lost: {lost}").unwrap_or_default();
    }
    Err(Exit::Failed(anyhow!(
        "the job in {} is damaged: all that can be read was written",
        dir.display()
    )))
}

fn checked(dir: &Path) -> Result<Exit, Exit> {
    let report = check(dir).map_err(usage)?;
    let mut out = String::new();
    for (table, rows) in &report.rows {
        line(&mut out, &format!("{rows:>10} {table}"));
    }
    for problem in &report.problems {
        line(&mut out, &format!("problem: {problem}"));
    }
    print(&out)?;
    match report.problems.len() {
        0 => Ok(Exit::Done),
        count => Err(Exit::Failed(anyhow!(
            "the job in {} has {count} problems",
            dir.display()
        ))),
    }
}

fn text(facts: &Facts) -> String {
    let mut out = String::new();
    let state = if facts.at.is_some() { "runs" } else { "rests" };
    line(&mut out, &format!("{}: {state}", facts.spider));
    let waiting = facts.last.0 - facts.confirmed.0;
    if facts.round > 1 {
        line(&mut out, &format!("  round    {}", facts.round));
    }
    for (name, value) in [
        ("done", facts.done),
        ("queued", facts.queued),
        ("delayed", facts.delayed),
        ("leased", facts.leased),
        ("seen", facts.seen),
        ("records", facts.last.0),
        ("waiting", waiting),
        ("hosts", facts.hosts),
    ] {
        line(&mut out, &format!("  {name:<9}{value}"));
    }
    if let (Some(pages), Some(records)) = (facts.pages_per_second, facts.records_per_second) {
        let rates = format!("{pages:.1} pages/s, {records:.1} records/s");
        line(&mut out, &format!("  rate     {rates}"));
    }
    if let (Some(since), Some(url)) = (facts.oldest_lease, &facts.oldest_url) {
        let age = facts.at.unwrap_or(since).since(since).as_secs_f64();
        line(
            &mut out,
            &format!("  oldest   {url}, under way for {age:.0} s"),
        );
    }
    for (sink, at) in &facts.sinks {
        let behind = facts.last.0.saturating_sub(at.0);
        line(
            &mut out,
            &format!("  →        {sink}: at record {}, {behind} behind", at.0),
        );
    }
    for host in facts.longest.iter().take(HOSTS) {
        let row = format!(
            "{}: {} queued, {} leased",
            host.host, host.queued, host.leased
        );
        let wait = facts
            .at
            .map_or(Duration::ZERO, |now| host.not_before.since(now));
        let wait = match wait.as_secs_f64() {
            short if short < 1.0 => String::new(),
            long => format!(", waits for {long:.0} s"),
        };
        line(&mut out, &format!("  host     {row}{wait}"));
    }
    out
}

fn line(out: &mut String, text: &str) {
    // Writing to a String does not fail.
    writeln!(out, "{text}").unwrap_or_default();
}
