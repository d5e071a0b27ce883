//! What requests say: words of the query, and bodies.

use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::answer::Refusal;
use crate::error::{Code, RegistryError};
use crate::types::{Deleted, Registering, Schema, Version};

/// The words of all queries. One that a path does not know is no error: clients of newer servers send
/// more.
#[derive(Debug, Default)]
pub(super) struct Query {
    deleted: bool,
    deleted_only: bool,
    pub(super) permanent: bool,
    pub(super) normalize: bool,
    pub(super) force: bool,
    pub(super) verbose: bool,
    pub(super) latest_only: bool,
    /// Whether a subject without a setting of its own is asked for that of all.
    pub(super) is_inherited: bool,
    subject_prefix: String,
    pub(super) subject: Option<String>,
    offset: usize,
    limit: Option<usize>,
}

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let mut query = Self::default();
        let words = parts.uri.query().unwrap_or_default();
        for (name, value) in url::form_urlencoded::parse(words.as_bytes()) {
            query.word(&name, &value).ok_or_else(|| {
                let message = format!("{name}={value} in the query has no sense");
                RegistryError::refused(Code::Other(400), message)
            })?;
        }
        Ok(query)
    }
}

/// All contexts; there is one here.
const EVERYWHERE: &str = ":*:";

impl Query {
    fn word(&mut self, name: &str, value: &str) -> Option<()> {
        let flag = match name {
            "deleted" => &mut self.deleted,
            "deletedOnly" => &mut self.deleted_only,
            "permanent" => &mut self.permanent,
            "normalize" => &mut self.normalize,
            "force" => &mut self.force,
            "verbose" => &mut self.verbose,
            "latestOnly" => &mut self.latest_only,
            "defaultToGlobal" => &mut self.is_inherited,
            "subjectPrefix" => {
                value.clone_into(&mut self.subject_prefix);
                return Some(());
            }
            "subject" => {
                self.subject = Some(value.to_owned()).filter(|subject| !subject.is_empty());
                return Some(());
            }
            "offset" => {
                self.offset = value.parse().ok()?;
                return Some(());
            }
            "limit" => {
                // -1 is without one.
                let limit: i64 = value.parse().ok()?;
                self.limit = usize::try_from(limit).ok();
                return Some(());
            }
            _ => return Some(()),
        };
        // Clients of Python write True.
        *flag = value.to_ascii_lowercase().parse().ok()?;
        Some(())
    }

    pub(super) fn deleted(&self) -> Deleted {
        match (self.deleted_only, self.deleted) {
            (true, _) => Deleted::Only,
            (false, true) => Deleted::Shown,
            (false, false) => Deleted::Hidden,
        }
    }

    pub(super) fn shows_deleted(&self) -> bool {
        self.deleted || self.deleted_only
    }

    pub(super) fn has_prefix(&self, subject: &str) -> bool {
        let prefix = self.subject_prefix.as_str();
        subject.starts_with(prefix.strip_prefix(EVERYWHERE).unwrap_or(prefix))
    }

    /// The part of a list that is asked for.
    pub(super) fn page<T>(&self, all: impl IntoIterator<Item = T>) -> Vec<T> {
        let rest = all.into_iter().skip(self.offset);
        rest.take(self.limit.unwrap_or(usize::MAX)).collect()
    }
}

/// A schema that is sent.
#[derive(Debug, Deserialize)]
pub(super) struct Sent {
    #[serde(flatten)]
    pub(super) schema: Schema,
    #[serde(default)]
    id: Option<i64>,
    #[serde(default)]
    version: Option<i64>,
}

impl Sent {
    pub(super) fn how(&self, query: &Query) -> Registering {
        // -1 says that there is none.
        let number = |sent: Option<i64>| sent.and_then(|sent| u32::try_from(sent).ok());
        Registering {
            normalize: query.normalize,
            id: number(self.id),
            version: number(self.version).filter(|version| *version > 0),
        }
    }
}

/// The body as JSON, whatever its type is said to be.
pub(super) fn body<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| {
        let message = format!("the body is not what is wanted here: {error}");
        RegistryError::refused(Code::Other(422), message).into()
    })
}

pub(super) fn version(text: &str) -> Result<Version, Refusal> {
    if matches!(text, "latest" | "-1") {
        return Ok(Version::Latest);
    }
    let number = text.parse().ok().filter(|number| *number > 0);
    number.map(Version::Number).ok_or_else(|| {
        let message = format!(
            "The specified version '{text}' is not a valid version id. Allowed values are between \
             [1, 2^31-1] and the string \"latest\""
        );
        RegistryError::refused(Code::InvalidVersion, message).into()
    })
}

pub(super) fn id(text: &str) -> Result<u32, Refusal> {
    text.parse().map_err(|_| {
        let message = format!("Schema {text} not found");
        RegistryError::refused(Code::SchemaNotFound, message).into()
    })
}
