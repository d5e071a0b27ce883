//! `crawl job`: looking at the folder of a job.

use std::fmt::Write;
use std::path::Path;

use anyhow::anyhow;
use huntsman_store::{Facts, check, show};

use super::print;
use crate::exit::{Exit, usage};
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
    }
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
    for (name, value) in [
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
        line(&mut out, &format!("  host     {row}"));
    }
    out
}

fn line(out: &mut String, text: &str) {
    // Writing to a String does not fail.
    writeln!(out, "{text}").unwrap_or_default();
}
