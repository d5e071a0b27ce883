//! `crawl schema …` where a registry is asked.

use std::fs;
use std::path::Path;

use anyhow::{Context, anyhow};
use huntsman_avro::AvroSchema;
use huntsman_avro::compat::Mode as Level;
use huntsman_registry::{
    Deleted, Reference, Registering, Registry, RegistryError, Schema, SchemaVersion, Version,
    resolved, verdict,
};
use serde_json::{Value, json};

use super::opened::{Folder, ask};
use crate::commands::print;
use crate::commands::schema::{of_spider, read};
use crate::entry::Entry;
use crate::exit::{Exit, usage};
use crate::flags::registry::At;
use crate::flags::schema::{Check, Compat, Delete, List, Register};

/// `SUBJECT`, or `SUBJECT:VERSION`. A subject may have colons of its own.
fn subject_version(text: &str) -> (&str, Option<Version>) {
    match text.rsplit_once(':') {
        Some((subject, "latest")) => (subject, Some(Version::Latest)),
        Some((subject, number)) => match number.parse() {
            Ok(number) => (subject, Some(Version::Number(number))),
            Err(_) => (text, None),
        },
        None => (text, None),
    }
}

/// A schema of a registry: of a subject, of a version, or of an id.
pub(crate) fn schema(at: &At, of: &str) -> Result<AvroSchema, Exit> {
    ask(at, Folder::IsThere, |registry| async move {
        let found = match of.parse::<u32>() {
            Ok(id) => registry.schema_by_id(id).await?.schema,
            Err(_) => {
                let (subject, version) = subject_version(of);
                let version = version.unwrap_or(Version::Latest);
                registry.version(subject, version, false).await?.schema
            }
        };
        resolved(&*registry, &found).await
    })
}

pub(crate) fn check(at: &At, flags: &Check) -> Result<Exit, Exit> {
    let new = read(&flags.new)?;
    let [subject] = flags.old.as_slice() else {
        return Err(Exit::Usage(anyhow!(
            "with --registry, there is one subject to check against: check NEW SUBJECT"
        )));
    };
    let subject = subject.to_string_lossy();
    let verdict = ask(at, Folder::IsThere, |registry| {
        let (schema, subject) = (Schema::avro(new.text()), subject.to_string());
        async move { verdict(&*registry, &subject, &schema, false).await }
    })?;
    let lines: String = verdict
        .messages
        .iter()
        .map(|line| format!("{line}\n"))
        .collect();
    print(&lines)?;
    match verdict.is_compatible {
        true => Ok(Exit::Done),
        false => Err(Exit::Failed(anyhow!(
            "{} may not follow what {subject} has",
            flags.new.display()
        ))),
    }
}

pub(crate) fn list(flags: &List) -> Result<Exit, Exit> {
    let deleted = match flags.deleted {
        true => Deleted::Shown,
        false => Deleted::Hidden,
    };
    let prefix = flags.prefix.as_deref().unwrap_or_default();
    let listed = ask(&flags.at, Folder::IsThere, |registry| async move {
        let mut listed = Vec::new();
        for subject in registry.subjects(deleted).await? {
            if subject.starts_with(prefix) {
                listed.push(Listed::of(&*registry, subject, deleted).await?);
            }
        }
        Ok(listed)
    })?;
    let lines: String = match flags.json {
        true => listed.iter().map(Listed::json).collect(),
        false => listed.iter().map(Listed::line).collect(),
    };
    print(&lines)
}

/// A subject in a list.
struct Listed {
    subject: String,
    level: Level,
    versions: Vec<SchemaVersion>,
}

impl Listed {
    async fn of(
        registry: &dyn Registry,
        subject: String,
        deleted: Deleted,
    ) -> Result<Self, RegistryError> {
        let mut versions = Vec::new();
        for number in registry.versions(&subject, deleted).await? {
            let version = Version::Number(number);
            let found = registry.version(&subject, version, deleted == Deleted::Shown);
            versions.push(found.await?);
        }
        Ok(Self {
            level: registry.level(Some(&subject), true).await?,
            subject,
            versions,
        })
    }

    fn line(&self) -> String {
        let version = |one: &SchemaVersion| {
            let gone = if one.deleted { ", deleted" } else { "" };
            format!("{} (id {}{gone})", one.version, one.id)
        };
        let versions: Vec<_> = self.versions.iter().map(version).collect();
        format!(
            "{}\t{}\t{}\n",
            self.subject,
            self.level,
            versions.join(", ")
        )
    }

    fn json(&self) -> String {
        let version = |one: &SchemaVersion| json!({"version": one.version, "id": one.id, "guid": one.guid, "deleted": one.deleted});
        let versions: Value = self.versions.iter().map(version).collect();
        let level = self.level.to_string();
        let line = json!({"subject": self.subject, "compatibility": level, "versions": versions});
        format!("{line}\n")
    }
}

pub(crate) fn register(spiders: &[Entry], flags: &Register) -> Result<Exit, Exit> {
    let text = text(spiders, &flags.schema)?;
    let references = flags.reference.iter().map(|text| reference(text));
    let schema = Schema {
        references: references.collect::<Result<_, _>>().map_err(Exit::Usage)?,
        ..Schema::avro(text)
    };
    let how = Registering {
        normalize: flags.normalize,
        ..Registering::default()
    };
    let subject = &*flags.subject;
    let (id, version) = ask(&flags.at, Folder::MayBeMade, |registry| async move {
        let done = registry.register(subject, &schema, how).await?;
        let version = match done.version {
            Some(version) => version,
            // Older servers tell the id alone.
            None => {
                let found = registry.look_up(subject, &schema, how.normalize, false);
                found.await?.version
            }
        };
        Ok((done.id, version))
    })?;
    print(&match flags.json {
        true => {
            let line = json!({"subject": subject, "version": version, "id": id});
            format!("{line}\n")
        }
        false => format!("{subject}: version {version}, id {id}\n"),
    })
}

/// The schema of a spider's items, or of a file.
fn text(spiders: &[Entry], of: &str) -> Result<String, Exit> {
    let Some(spider) = spiders.iter().find(|spider| spider.name == of) else {
        // It is the registry that must know the types which it names.
        let text = fs::read_to_string(Path::new(of));
        let text = text.with_context(|| format!("cannot read the schema {of}"));
        return text.map_err(Exit::Usage);
    };
    let mut schemas = of_spider(spider)?;
    match (schemas.pop(), schemas.len()) {
        (Some(one), 0) => Ok(one.text().to_owned()),
        _ => Err(Exit::Usage(anyhow!(
            "{of} has items of several types: write one to a file, `crawl schema show {of}`"
        ))),
    }
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

pub(crate) fn compat(flags: &Compat) -> Result<Exit, Exit> {
    let set: Option<Level> = flags
        .set
        .as_deref()
        .map(str::parse)
        .transpose()
        .map_err(usage)?;
    let (subject, unset) = (flags.subject.clone(), flags.unset);
    // The level of all may be set before anything is registered.
    let folder = match set {
        Some(_) => Folder::MayBeMade,
        None => Folder::IsThere,
    };
    let level = ask(&flags.at, folder, |registry| async move {
        let subject = subject.as_deref();
        match (set, unset) {
            (Some(level), _) => registry.set_level(subject, level).await,
            (None, true) => {
                registry.delete_level(subject).await?;
                registry.level(subject, true).await
            }
            (None, false) => registry.level(subject, true).await,
        }
    })?;
    print(&format!("{level}\n"))
}

pub(crate) fn delete(flags: &Delete) -> Result<Exit, Exit> {
    let permanent = flags.permanent;
    let (subject, version) = subject_version(&flags.subject);
    let gone = ask(&flags.at, Folder::IsThere, |registry| async move {
        match version {
            Some(version) => registry
                .delete_version(subject, version, permanent)
                .await
                .map(|number| vec![number]),
            None => registry.delete_subject(subject, permanent).await,
        }
    })?;
    let numbers: Vec<_> = gone.iter().map(u32::to_string).collect();
    let how = match permanent {
        true => "deleted for good",
        false => "deleted; --permanent does so for good",
    };
    print(&format!("{subject}: {} {how}\n", numbers.join(", ")))
}
