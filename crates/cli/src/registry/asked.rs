//! `crawl schema …` where a registry is asked.

use huntsman_avro::AvroSchema;
use huntsman_avro::compat::Mode as Level;
use huntsman_registry::{
    Deleted, Registering, Registry, RegistryError, SchemaVersion, Version, resolved,
};
use serde_json::{Value, json};

use super::opened::{Folder, ask};
use super::sent::{named, sent};
use crate::commands::print;
use crate::entry::Entry;
use crate::exit::{Exit, usage};
use crate::flags::registry::At;
use crate::flags::schema::{Compat, Delete, List, Register};

/// `SUBJECT`, or `SUBJECT:VERSION`. A subject may have colons of its own.
pub(super) fn subject_version(text: &str) -> (&str, Option<Version>) {
    match text.rsplit_once(':') {
        Some((subject, "latest")) => (subject, Some(Version::Latest)),
        Some((subject, number)) => match number.parse() {
            Ok(number) => (subject, Some(Version::Number(number))),
            Err(_) => (text, None),
        },
        None => (text, None),
    }
}

/// A schema of a registry: of a subject, of a version, or of an id; and what it refers to, as
/// `--reference` takes it.
pub(crate) fn schema(at: &At, of: &str) -> Result<(AvroSchema, Vec<String>), Exit> {
    ask(at, Folder::IsThere, |registry| async move {
        let found = match of.parse::<u32>() {
            Ok(id) => registry.schema_by_id(id).await?.schema,
            Err(_) => {
                let (subject, version) = subject_version(of);
                let version = version.unwrap_or(Version::Latest);
                registry.version(subject, version, false).await?.schema
            }
        };
        let schema = resolved(&*registry, &found).await?;
        Ok((schema, found.references.iter().map(named).collect()))
    })
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
    let schema = sent(spiders, &flags.schema, &flags.reference)?;
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
