//! `registry.json` and `subject.json`: what is said beside the schemas. Nothing is written where
//! nothing is said.

use std::collections::BTreeMap;

use huntsman_avro::compat::Mode as Level;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::contents::{Kept, Subject};
use crate::types::{Mode, Reference};

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    compatibility: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mode: Option<Mode>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    versions: BTreeMap<u32, OfVersion>,
}

/// What is said of a version.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfVersion {
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) deleted: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) references: Vec<Reference>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) metadata: Option<Value>,
    #[serde(rename = "ruleSet", default, skip_serializing_if = "Option::is_none")]
    pub(super) rule_set: Option<Value>,
}

/// What is said of a subject.
#[derive(Debug, Default)]
pub(super) struct OfSubject {
    pub(super) level: Option<Level>,
    pub(super) mode: Option<Mode>,
    pub(super) versions: BTreeMap<u32, OfVersion>,
}

pub(super) fn of_subject(text: &str) -> Result<OfSubject, String> {
    let file: File = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let level = file.compatibility.map(|level| level.parse::<Level>());
    Ok(OfSubject {
        level: level.transpose().map_err(|error| error.to_string())?,
        mode: file.mode,
        versions: file.versions,
    })
}

/// The level and the mode of all.
pub(super) fn all(text: &str) -> Result<(Option<Level>, Option<Mode>), String> {
    let told = of_subject(text)?;
    match told.versions.is_empty() {
        true => Ok((told.level, told.mode)),
        false => Err("versions are said in the folders of their subjects".to_owned()),
    }
}

pub(super) fn told_all(level: Option<Level>, mode: Option<Mode>) -> Option<String> {
    told(&File {
        compatibility: level.map(|level| level.to_string()),
        mode,
        versions: BTreeMap::new(),
    })
}

impl OfVersion {
    fn of(kept: &Kept) -> Self {
        Self {
            deleted: kept.deleted,
            references: kept.schema.references.clone(),
            metadata: kept.schema.metadata.clone(),
            rule_set: kept.schema.rule_set.clone(),
        }
    }
}

impl Subject {
    /// What is said of its versions.
    pub(super) fn said(&self) -> BTreeMap<u32, OfVersion> {
        let mut said = self.absent.clone();
        let versions = self.versions.iter();
        said.extend(versions.map(|(number, kept)| (*number, OfVersion::of(kept))));
        said
    }
}

/// The settings of a subject, with what is said of versions.
pub(super) fn told_subject(subject: &Subject, said: BTreeMap<u32, OfVersion>) -> Option<String> {
    told(&File {
        compatibility: subject.level.map(|level| level.to_string()),
        mode: subject.mode,
        versions: said
            .into_iter()
            .filter(|(_, said)| *said != OfVersion::default())
            .collect(),
    })
}

fn told(file: &File) -> Option<String> {
    if *file == File::default() {
        return None;
    }
    serde_json::to_string_pretty(file)
        .ok()
        .map(|text| text + "\n")
}
