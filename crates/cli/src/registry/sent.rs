//! A schema on its way to a registry, and what it refers to.

use anyhow::anyhow;
use huntsman_registry::{Reference, Schema};

use crate::commands::schema::text;
use crate::entry::Entry;
use crate::exit::Exit;

/// The schema of a file or a spider with its references. It is the registry that must know the types
/// which it names.
pub(super) fn sent(spiders: &[Entry], of: &str, references: &[String]) -> Result<Schema, Exit> {
    let text = text(spiders, of)?;
    let references = references.iter().map(|text| reference(text));
    Ok(Schema {
        references: references.collect::<Result<_, _>>().map_err(Exit::Usage)?,
        ..Schema::avro(text)
    })
}

fn reference(text: &str) -> Result<Reference, anyhow::Error> {
    let parts = text.split_once('=').and_then(|(name, to)| {
        let (subject, version) = to.rsplit_once(':')?;
        Some((name, subject, version.parse::<i32>().ok()?))
    });
    let (name, subject, version) =
        parts.ok_or_else(|| anyhow!("{text:?} has not the form NAME=SUBJECT:VERSION"))?;
    Ok(Reference {
        name: name.to_owned(),
        subject: subject.to_owned(),
        version,
    })
}

/// A reference as it is given.
pub(super) fn named(reference: &Reference) -> String {
    let Reference {
        name,
        subject,
        version,
    } = reference;
    format!("{name}={subject}:{version}")
}
