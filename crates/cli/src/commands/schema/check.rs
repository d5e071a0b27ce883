//! `crawl schema check` and `crawl schema lint`: whether a schema may follow another.

use anyhow::{Context, anyhow};
use huntsman_avro::AvroSchema;
use huntsman_avro::compat::{Mode, check as conflicts};
use huntsman_contract::lint::{Effect, changes};

use super::super::print;
use super::{read, text};
use crate::entry::Entry;
use crate::exit::{Exit, usage};
use crate::flags::schema::{Check, Lint};
use crate::registry;

/// As a Schema Registry decides, which does not look at constraints; those are told beside it.
pub(super) fn check(spiders: &[Entry], flags: &Check) -> Result<Exit, Exit> {
    let missing = match flags.old.as_slice() {
        [one] if !one.exists() => Some(one),
        _ => None,
    };
    // Whoever names a mode means files.
    if let Some(at) = flags.at.at(missing.is_none() || flags.mode.is_some()) {
        return registry::check(&at, spiders, flags);
    }
    if let Some(flag) = lost(flags) {
        return Err(Exit::Usage(anyhow!(
            "{flag} is for a registry: name it with --registry"
        )));
    }
    if let Some(missing) = missing {
        return Err(Exit::Usage(anyhow!(
            "{} is no file; for a subject of a registry add --registry URL",
            missing.display()
        )));
    }
    let mode = flags
        .mode
        .as_deref()
        .map_or(Ok(Mode::default()), str::parse);
    let mode: Mode = mode.map_err(usage)?;
    let new = AvroSchema::parse(&text(spiders, &flags.new)?)
        .with_context(|| flags.new.clone())
        .map_err(Exit::Usage)?;
    let old: Vec<_> = flags
        .old
        .iter()
        .map(|path| read(path))
        .collect::<Result<_, _>>()?;
    let mut lines = String::new();
    let found = conflicts(mode, &new, &old).err().unwrap_or_default();
    for conflict in &found {
        let version = flags.old.get(conflict.older).map(|path| path.display());
        let version = version.map_or_else(String::new, |path| format!("{path}: "));
        lines.push_str(&format!("{version}{conflict}\n"));
    }
    let last = old.last().map(|old| changes(&new, old)).unwrap_or_default();
    for change in &last {
        lines.push_str(&format!("note: {change}\n"));
    }
    print(&lines)?;
    if found.is_empty() {
        return Ok(Exit::Done);
    }
    let new = &flags.new;
    let plural = if found.len() == 1 { "" } else { "s" };
    Err(Exit::Failed(anyhow!(
        "{new} is not {mode} compatible: {} conflict{plural}",
        found.len()
    )))
}

/// A flag that has no sense without a registry.
fn lost(flags: &Check) -> Option<&'static str> {
    match (flags.reference.as_slice(), flags.new_subject_ok) {
        ([], false) => flags.at.lost(),
        ([], true) => Some("--new-subject-ok"),
        _ => Some("--reference"),
    }
}

pub(super) fn lint(flags: &Lint) -> Result<Exit, Exit> {
    let (new, old) = (read(&flags.new)?, read(&flags.old)?);
    let found = changes(&new, &old);
    let lines: String = found.iter().map(|change| format!("{change}\n")).collect();
    print(&lines)?;
    let tighter = found
        .iter()
        .filter(|change| change.effect == Effect::Tightened)
        .count();
    if tighter == 0 {
        return Ok(Exit::Done);
    }
    let (new, old) = (flags.new.display(), flags.old.display());
    let what = if tighter == 1 {
        "constraint is"
    } else {
        "constraints are"
    };
    Err(Exit::Failed(anyhow!(
        "{new} against {old}: {tighter} {what} tighter: what was valid may be rejected"
    )))
}
