//! What registries are asked, and what they answer.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// A schema as it is sent to a registry or kept by one.
///
/// ```
/// use huntsman_registry::Schema;
///
/// let schema = Schema::avro(r#""string""#);
/// assert_eq!(schema.kind, "AVRO");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Schema {
    /// The text. Registries give it back with other blanks, some with other order of members.
    #[serde(rename = "schema")]
    pub text: String,
    /// `AVRO`, `JSON` or `PROTOBUF`; a registry that does not say means `AVRO`.
    #[serde(
        rename = "schemaType",
        default = "avro",
        deserialize_with = "kind",
        skip_serializing_if = "is_avro"
    )]
    pub kind: String,
    /// Schemas that define types which this one names.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub references: Vec<Reference>,
    /// Tags and properties of a data contract, word for word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
    /// Rules of a data contract, word for word.
    #[serde(rename = "ruleSet", default, skip_serializing_if = "Option::is_none")]
    pub rule_set: Option<Value>,
}

impl Schema {
    /// An Avro schema without references.
    #[must_use]
    pub fn avro(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            kind: avro(),
            references: Vec::new(),
            metadata: None,
            rule_set: None,
        }
    }
}

fn avro() -> String {
    "AVRO".to_owned()
}

fn is_avro(kind: &str) -> bool {
    kind == "AVRO"
}

/// Some servers send `null` where others leave the member out.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    value: D,
) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(value)?.unwrap_or_default())
}

fn kind<'de, D: Deserializer<'de>>(value: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(value)?.unwrap_or_else(avro))
}

/// A version of a subject whose types another schema names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// The name by which it is meant: for Avro the full name of a type.
    pub name: String,
    /// The subject that it is registered under.
    pub subject: String,
    /// The version there; -1 is the latest.
    pub version: i32,
}

/// A version of a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaVersion {
    /// The subject.
    pub subject: String,
    /// From 1 on.
    pub version: u32,
    /// The schema's id, the same in every subject.
    pub id: u32,
    /// The id that is the same in every registry; registries before 8.0 have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guid: Option<String>,
    /// The schema.
    #[serde(flatten)]
    pub schema: Schema,
    /// Whether it is softly deleted.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub deleted: bool,
}

/// What a registration has come to. Older registries tell the id alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// The schema's id.
    pub id: u32,
    /// Its version in the subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// The id that is the same in every registry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guid: Option<String>,
}

/// A schema by its id or GUID.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The id, where the answer tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u32>,
    /// The GUID, where the answer tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guid: Option<String>,
    /// The schema.
    #[serde(flatten)]
    pub schema: Schema,
}

/// Where a schema is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectVersion {
    /// The subject.
    pub subject: String,
    /// The version there.
    pub version: u32,
}

/// How a schema is registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Registering {
    /// Whether schemas that differ in their spelling alone are one.
    pub normalize: bool,
    /// The id that it must get; in mode `IMPORT` only.
    pub id: Option<u32>,
    /// The version that it must get; the next one, unless the mode is `IMPORT`.
    pub version: Option<u32>,
}

/// Which version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// The highest that is not deleted.
    Latest,
    /// This one, from 1 on.
    Number(u32),
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => f.write_str("latest"),
            Self::Number(number) => number.fmt(f),
        }
    }
}

/// Which versions a new schema is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    /// This one, or the latest.
    Version(Version),
    /// Those that the subject's level demands.
    All,
}

/// Whether a new schema may follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether it may.
    pub is_compatible: bool,
    /// Why not; in the registry's words.
    #[serde(default, deserialize_with = "or_default")]
    pub messages: Vec<String>,
}

/// Which of the softly deleted count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Deleted {
    /// What is not deleted.
    #[default]
    Hidden,
    /// Both.
    Shown,
    /// What is deleted.
    Only,
}

impl Deleted {
    /// Whether something that is deleted, or not, is among what is asked for.
    #[must_use]
    pub fn shows(self, deleted: bool) -> bool {
        match self {
            Self::Hidden => !deleted,
            Self::Shown => true,
            Self::Only => deleted,
        }
    }
}

/// What may be done to a registry or a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum Mode {
    /// Anything.
    #[default]
    #[serde(rename = "READWRITE")]
    ReadWrite,
    /// Nothing is registered.
    #[serde(rename = "READONLY")]
    ReadOnly,
    /// Nothing is registered, whatever a subject says.
    #[serde(rename = "READONLY_OVERRIDE")]
    ReadOnlyOverride,
    /// Schemas come with their ids and versions.
    Import,
    /// Another registry writes.
    Forward,
}

const MODES: [(&str, Mode); 5] = [
    ("READWRITE", Mode::ReadWrite),
    ("READONLY", Mode::ReadOnly),
    ("READONLY_OVERRIDE", Mode::ReadOnlyOverride),
    ("IMPORT", Mode::Import),
    ("FORWARD", Mode::Forward),
];

/// A name that is no mode's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no mode `{0}`: READWRITE, READONLY, READONLY_OVERRIDE, IMPORT and FORWARD are")]
pub struct UnknownMode(pub String);

impl FromStr for Mode {
    type Err = UnknownMode;

    fn from_str(name: &str) -> Result<Self, UnknownMode> {
        let found = MODES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found
            .map(|(_, mode)| *mode)
            .ok_or_else(|| UnknownMode(name.to_owned()))
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = MODES.iter().find(|(_, mode)| mode == self);
        f.write_str(found.map_or("", |(name, _)| name))
    }
}

/// A subject that a registry has tied to a topic.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct Association {
    /// The subject.
    pub subject: String,
    /// `key` or `value`.
    #[serde(rename = "associationType", default)]
    pub part: String,
}
