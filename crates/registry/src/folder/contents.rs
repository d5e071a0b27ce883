//! What a folder holds, and questions to it.

use std::collections::BTreeMap;

use huntsman_avro::compat::Mode as Level;
use huntsman_avro::{Algorithm, AvroSchema};
use serde_json::Value;

use super::name;
use super::settings::OfVersion;
use crate::error::{Code, RegistryError};
use crate::json::identity;
use crate::types::{
    Deleted, Found, Mode, Reference, Schema, SchemaVersion, SubjectVersion, Version,
};

/// References may lead from schema to schema so far.
const DEEPEST: usize = 32;

/// All of a folder.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Contents {
    pub(super) subjects: BTreeMap<String, Subject>,
    /// Which schema an id is, by its GUID; ids of schemas that are gone stay, so that none comes
    /// back with another meaning.
    pub(super) ids: BTreeMap<u32, String>,
    pub(super) level: Option<Level>,
    pub(super) mode: Option<Mode>,
}

/// A subject. It may have settings before it has a version.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Subject {
    pub(super) versions: BTreeMap<u32, Kept>,
    /// What is said of versions that are not there: somebody is about to add them, or a change was
    /// cut off. It is not said of others that get their numbers.
    pub(super) absent: BTreeMap<u32, OfVersion>,
    pub(super) level: Option<Level>,
    pub(super) mode: Option<Mode>,
}

/// A version.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Kept {
    pub(super) schema: Schema,
    pub(super) id: u32,
    pub(super) guid: String,
    pub(super) deleted: bool,
}

impl Kept {
    pub(super) fn told(&self, subject: &str, version: u32) -> SchemaVersion {
        SchemaVersion {
            subject: subject.to_owned(),
            version,
            id: self.id,
            guid: Some(self.guid.clone()),
            schema: self.schema.clone(),
            deleted: self.deleted,
        }
    }
}

impl Contents {
    pub(super) fn subjects_shown(&self, deleted: Deleted) -> Vec<String> {
        let shown = |subject: &Subject| {
            let is_deleted = subject.versions.values().all(|kept| kept.deleted);
            !subject.versions.is_empty() && deleted.shows(is_deleted)
        };
        let found = self.subjects.iter().filter(|(_, subject)| shown(subject));
        found.map(|(name, _)| name.clone()).collect()
    }

    pub(super) fn versions_shown(
        &self,
        name: &str,
        deleted: Deleted,
    ) -> Result<Vec<u32>, RegistryError> {
        let subject = self.subjects.get(name).ok_or_else(|| no_subject(name))?;
        let found = subject.versions.iter();
        let found: Vec<_> = found
            .filter(|(_, kept)| deleted.shows(kept.deleted))
            .map(|(number, _)| *number)
            .collect();
        match found.is_empty() {
            true => Err(no_subject(name)),
            false => Ok(found),
        }
    }

    pub(super) fn version(
        &self,
        name: &str,
        version: Version,
        deleted: bool,
    ) -> Result<(u32, &Kept), RegistryError> {
        let subject = self.subjects.get(name).ok_or_else(|| no_subject(name))?;
        let mut shown = subject
            .versions
            .iter()
            .filter(|(_, kept)| deleted || !kept.deleted)
            .map(|(number, kept)| (*number, kept));
        let mut found = shown.clone();
        if shown.next().is_none() {
            return Err(no_subject(name));
        }
        let found = match version {
            Version::Latest => found.next_back(),
            Version::Number(number) => found.find(|(own, _)| *own == number),
        };
        found.ok_or_else(|| {
            RegistryError::refused(
                Code::VersionNotFound,
                format!("Version {version} not found."),
            )
        })
    }

    /// All versions, those that are softly deleted too.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, u32, &Kept)> {
        self.subjects.iter().flat_map(|(name, subject)| {
            let versions = subject.versions.iter();
            versions.map(|(number, kept)| (name.as_str(), *number, kept))
        })
    }

    pub(super) fn look_up(
        &self,
        name: &str,
        schema: &Schema,
        normalize: bool,
        deleted: bool,
    ) -> Result<SchemaVersion, RegistryError> {
        let subject = self.subjects.get(name).ok_or_else(|| no_subject(name))?;
        let mut shown = subject
            .versions
            .iter()
            .filter(|(_, kept)| deleted || !kept.deleted);
        if shown.clone().next().is_none() {
            return Err(no_subject(name));
        }
        self.parsed(schema)?;
        let wanted = told(schema, normalize);
        let found = shown.rfind(|(_, kept)| told(&kept.schema, normalize) == wanted);
        let (number, kept) = found.ok_or_else(no_schema)?;
        Ok(kept.told(name, *number))
    }

    pub(super) fn of_id(&self, id: u32) -> Result<Found, RegistryError> {
        let mut all = self.all();
        let (_, _, kept) = all.find(|(_, _, kept)| kept.id == id).ok_or_else(|| {
            RegistryError::refused(Code::SchemaNotFound, format!("Schema {id} not found"))
        })?;
        Ok(kept.found())
    }

    pub(super) fn of_guid(&self, guid: &str) -> Result<Found, RegistryError> {
        let mut all = self.all();
        let found = all.find(|(_, _, kept)| kept.guid.eq_ignore_ascii_case(guid));
        Ok(found.ok_or_else(no_schema)?.2.found())
    }

    pub(super) fn uses(
        &self,
        id: u32,
        deleted: bool,
    ) -> Result<Vec<SubjectVersion>, RegistryError> {
        self.of_id(id)?;
        let found = self.all().filter(|(_, _, kept)| kept.id == id);
        let shown = found.filter(|(_, _, kept)| deleted || !kept.deleted);
        let told = shown.map(|(subject, version, _)| SubjectVersion {
            subject: subject.to_owned(),
            version,
        });
        Ok(told.collect())
    }

    /// The ids of schemas that refer to a version, ascending.
    pub(super) fn referenced_by(&self, subject: &str, version: u32) -> Vec<u32> {
        let found = self.referrers(subject, version);
        let shown = found.filter(|(_, kept)| !kept.deleted);
        let mut ids: Vec<_> = shown.map(|(_, kept)| kept.id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// What refers to a version, with its subject; that which is softly deleted too.
    pub(super) fn referrers(
        &self,
        subject: &str,
        version: u32,
    ) -> impl Iterator<Item = (&str, &Kept)> {
        let versions = self.subjects.get(subject).map(|subject| &subject.versions);
        let latest = versions.and_then(|versions| versions.keys().next_back().copied());
        let refers = move |to: &Reference| {
            let number = u32::try_from(to.version).ok().or(latest);
            to.subject == subject && number == Some(version)
        };
        let all = self.all();
        let found = all.filter(move |(_, _, kept)| kept.schema.references.iter().any(&refers));
        found.map(|(from, _, kept)| (from, kept))
    }

    /// The schema with those that it refers to.
    pub(super) fn parsed(&self, schema: &Schema) -> Result<AvroSchema, RegistryError> {
        self.parsed_within(schema, &mut BTreeMap::new(), DEEPEST)
    }

    /// Each schema that is referred to is read once: the ways to it may be many.
    fn parsed_within<'a>(
        &'a self,
        schema: &'a Schema,
        known: &mut BTreeMap<(&'a str, u32), AvroSchema>,
        deepest: usize,
    ) -> Result<AvroSchema, RegistryError> {
        let invalid = |reason: String| RegistryError::refused(Code::InvalidSchema, reason);
        if schema.kind != "AVRO" {
            let reason = format!(
                "schemas of the type AVRO are kept here, not {}",
                schema.kind
            );
            return Err(invalid(reason));
        }
        if deepest == 0 {
            return Err(invalid("its references lead too deep".to_owned()));
        }
        let mut references = Vec::with_capacity(schema.references.len());
        for reference in &schema.references {
            let version = u32::try_from(reference.version).map_or(Version::Latest, Version::Number);
            let found = self.version(&reference.subject, version, true);
            let (number, kept) = found.map_err(|error| {
                invalid(format!(
                    "its reference {} is not there: {error}",
                    reference.name
                ))
            })?;
            let place = (reference.subject.as_str(), number);
            if let Some(parsed) = known.get(&place) {
                references.push(parsed.clone());
                continue;
            }
            let parsed = self.parsed_within(&kept.schema, known, deepest - 1)?;
            known.insert(place, parsed.clone());
            references.push(parsed);
        }
        AvroSchema::parse_with(&schema.text, &references)
            .map_err(|error| invalid(format!("Invalid schema: {error}")))
    }

    pub(super) fn own_level(&self, subject: &str) -> Option<Level> {
        self.subjects.get(subject)?.level
    }

    pub(super) fn own_mode(&self, subject: &str) -> Option<Mode> {
        self.subjects.get(subject)?.mode
    }

    /// The place of a level, of a subject or of all.
    pub(super) fn level_of(
        &mut self,
        subject: Option<&str>,
    ) -> Result<&mut Option<Level>, RegistryError> {
        match subject {
            None => Ok(&mut self.level),
            Some(subject) => Ok(&mut self.subject(subject)?.level),
        }
    }

    /// The place of a mode, of a subject or of all.
    pub(super) fn mode_of(
        &mut self,
        subject: Option<&str>,
    ) -> Result<&mut Option<Mode>, RegistryError> {
        match subject {
            None => Ok(&mut self.mode),
            Some(subject) => Ok(&mut self.subject(subject)?.mode),
        }
    }

    pub(super) fn subject(&mut self, subject: &str) -> Result<&mut Subject, RegistryError> {
        name::demand(subject)?;
        Ok(self.subjects.entry(subject.to_owned()).or_default())
    }
}

impl Kept {
    fn found(&self) -> Found {
        Found {
            id: Some(self.id),
            guid: Some(self.guid.clone()),
            schema: self.schema.clone(),
        }
    }
}

/// What makes two schemas one: the text without its blanks and the order of its members, and what it
/// refers to.
pub(super) fn told(schema: &Schema, normalize: bool) -> String {
    let text = match serde_json::from_str::<Value>(&schema.text) {
        Ok(value) => identity(&value, normalize),
        Err(_) => schema.text.clone(),
    };
    let beside = (&schema.references, &schema.metadata, &schema.rule_set);
    let beside = serde_json::to_value(beside).map(|beside| identity(&beside, false));
    format!("{} {text} {}", schema.kind, beside.unwrap_or_default())
}

/// The GUID of a schema: the same in every folder, as it is made of the schema alone.
pub(super) fn guid(schema: &Schema) -> String {
    let hex = Algorithm::Md5
        .of(told(schema, false).as_bytes())
        .to_string();
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    let parts = [
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32),
    ];
    parts.join("-")
}

pub(super) fn no_subject(subject: &str) -> RegistryError {
    RegistryError::refused(
        Code::SubjectNotFound,
        format!("Subject '{subject}' not found."),
    )
}

pub(super) fn no_schema() -> RegistryError {
    RegistryError::refused(Code::SchemaNotFound, "Schema not found")
}
