//! `crawl schema validate`: whether the items of a file obey a schema.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use huntsman_avro::container::ContainerReader;
use huntsman_avro::{AvroSchema, Value};
use huntsman_contract::Checks;
use huntsman_contract::documents::Documents;
use huntsman_contract::validate::{Unread, Validation, json};
use serde::{Serialize, Serializer};

use super::read;
use crate::exit::{Exit, usage};
use crate::flags::schema::Validate;

pub(super) fn validate(flags: &Validate) -> Result<Exit, Exit> {
    let schema = read(&flags.schema)?;
    let checks = Checks::compile(&schema)
        .with_context(|| flags.schema.display().to_string())
        .map_err(usage)?;
    for warning in checks.warnings() {
        crate::style::say(&format!("note: {}: {warning}", flags.schema.display()));
    }
    let mut input = open(&flags.file)?;
    let start = input.fill_buf().context("cannot read").map_err(usage)?;
    if !start.starts_with(b"Obj\x01") {
        return told(&checks, json(Documents::new(input)), &flags.file);
    }
    let reader = ContainerReader::with_schema(input, &schema)
        .with_context(|| flags.file.display().to_string())
        .map_err(usage)?;
    let schema = Arc::new(schema);
    let items = reader.map(|value| match value {
        Ok(value) => Ok(Read {
            schema: Arc::clone(&schema),
            value,
        }),
        Err(error) => Err(Unread::Input(error.to_string())),
    });
    told(&checks, items, &flags.file)
}

/// A value of a container file; it serializes as JSON would have it.
struct Read {
    schema: Arc<AvroSchema>,
    value: Value,
}

impl Serialize for Read {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.schema.view(&self.value).serialize(serializer)
    }
}

/// A file, or standard input.
pub(in crate::commands) fn open(path: &Path) -> Result<Box<dyn BufRead>, Exit> {
    if path == Path::new("-") {
        return Ok(Box::new(BufReader::new(std::io::stdin())));
    }
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()));
    Ok(Box::new(BufReader::new(file.map_err(usage)?)))
}

/// A line for each bad item, and how many there are.
fn told<T: Serialize>(
    checks: &Checks,
    items: impl Iterator<Item = Result<T, Unread>>,
    path: &Path,
) -> Result<Exit, Exit> {
    let mut out = std::io::stdout().lock();
    let mut validation = Validation::new(checks, items);
    let mut ended = Ok(());
    for bad in &mut validation {
        match bad {
            Ok(bad) => writeln!(out, "{bad}")
                .context("cannot write to standard output")
                .map_err(Exit::Sink)?,
            Err(error) => ended = Err(error),
        }
    }
    ended
        .with_context(|| path.display().to_string())
        .map_err(usage)?;
    let (bad, items) = (validation.summary().bad, validation.summary().items);
    let path = path.display();
    if bad == 0 {
        crate::style::say(&format!("{path}: all of {items} items obey"));
        return Ok(Exit::Done);
    }
    Err(Exit::Failed(anyhow!(
        "{path}: {bad} of {items} items do not obey"
    )))
}
