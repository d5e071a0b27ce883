//! The schema that a subject is written with, agreed on before the first record.

use huntsman_avro::AvroSchema;
use huntsman_avro::compat::can_read;

use crate::error::{Code, RegistryError};
use crate::registry::Registry;
use crate::resolved::resolved;
use crate::types::{Against, Reference, Registering, Schema, Version};
use crate::writable::unknown_fields;

/// Which schema is written with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Source {
    /// One's own, which is registered unless it is there.
    #[default]
    Register,
    /// One's own, which must be there.
    LookUp,
    /// The latest of the subject.
    Latest,
    /// That of an id.
    Id(u32),
    /// That of a GUID (Confluent 8).
    Guid(String),
}

/// How a schema is agreed on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Registration {
    /// Which schema is written with.
    pub source: Source,
    /// Whether schemas that differ in their spelling alone are one; for one's own.
    pub normalize: bool,
    /// Schemas that define types of one's own, each by the full name of its type: one's own is
    /// registered without their definitions, and written as they have them.
    pub references: Vec<Reference>,
}

/// What a registry and a producer have agreed on.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// The schema to write with.
    pub schema: AvroSchema,
    /// Its id.
    pub id: u32,
    /// Its GUID, where the registry tells one (Confluent 8).
    pub guid: Option<String>,
    /// Its version in the subject, where the registry tells it.
    pub version: Option<u32>,
    /// The subject.
    pub subject: String,
}

/// Agrees with a registry on the schema that a subject is written with; `schema` is one's own, sent
/// with all that it says beyond Avro.
///
/// ```
/// use huntsman_avro::AvroSchema;
/// use huntsman_registry::{FolderRegistry, Registration, resolve};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// let registry = FolderRegistry::open(folder.path())?;
/// let own = AvroSchema::parse(
///     r#"{"type": "record", "name": "Quote", "fields": [{"name": "text", "type": "string"}]}"#,
/// )?;
/// let agreed = resolve(&registry, "quotes-value", &Registration::default(), &own).await?;
/// assert_eq!((agreed.id, agreed.version), (1, Some(1)));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// The schema may not follow those of the subject, in the registry's words and with its reasons; it,
/// or what was asked for, is not there; items cannot be written with what is; the registry cannot be
/// asked.
pub async fn resolve(
    registry: &dyn Registry,
    subject: &str,
    how: &Registration,
    schema: &AvroSchema,
) -> Result<Resolved, RegistryError> {
    let resolved = |schema: AvroSchema, id, guid, version| Resolved {
        schema,
        id,
        guid,
        version,
        subject: subject.to_owned(),
    };
    match &how.source {
        Source::Register => {
            let (own, whole) = referring(registry, how, schema).await?;
            let registering = Registering {
                normalize: how.normalize,
                ..Registering::default()
            };
            let done = match registry.register(subject, &own, registering).await {
                Err(error) => return Err(explained(registry, subject, how, &own, error).await),
                Ok(done) => done,
            };
            Ok(resolved(whole, done.id, done.guid, done.version))
        }
        Source::LookUp => {
            let (own, whole) = referring(registry, how, schema).await?;
            let found = registry.look_up(subject, &own, how.normalize, false).await;
            let found = found.map_err(|error| missing(subject, error))?;
            let version = Some(found.version);
            Ok(resolved(whole, found.id, found.guid, version))
        }
        Source::Latest => {
            let found = registry.version(subject, Version::Latest, false).await;
            let found = found.map_err(|error| missing(subject, error))?;
            let what = format!("version {} of {subject}", found.version);
            let fit = fit(registry, &what, &found.schema, schema).await?;
            Ok(resolved(fit, found.id, found.guid, Some(found.version)))
        }
        Source::Id(id) => {
            let found = registry.schema_by_id(*id).await;
            let found = found.map_err(|error| told(&format!("the id {id}"), "", error))?;
            let what = format!("the schema with the id {id}");
            let fit = fit(registry, &what, &found.schema, schema).await?;
            Ok(resolved(fit, *id, found.guid, None))
        }
        Source::Guid(guid) => {
            let found = registry.schema_by_guid(guid).await;
            let found = found.map_err(|error| told(&format!("the GUID {guid}"), "", error))?;
            let what = format!("the schema with the GUID {guid}");
            let id = match found.id {
                Some(id) => id,
                None => id_of(registry, guid, &what).await?,
            };
            let fit = fit(registry, &what, &found.schema, schema).await?;
            Ok(resolved(fit, id, Some(guid.clone()), None))
        }
    }
}

async fn id_of(registry: &dyn Registry, guid: &str, what: &str) -> Result<u32, RegistryError> {
    let ids = registry.ids_of_guid(guid).await?;
    ids.first().copied().ok_or_else(|| RegistryError::Schema {
        what: what.to_owned(),
        reason: "the registry tells no id of it".to_owned(),
    })
}

/// One's own as it is registered, and as it is with the types that others define.
async fn referring(
    registry: &dyn Registry,
    how: &Registration,
    schema: &AvroSchema,
) -> Result<(Schema, AvroSchema), RegistryError> {
    if how.references.is_empty() {
        return Ok((Schema::avro(schema.text()), schema.clone()));
    }
    let names: Vec<_> = how.references.iter().map(|one| one.name.as_str()).collect();
    let own = Schema {
        references: how.references.clone(),
        ..Schema::avro(schema.referring(&names))
    };
    let what = format!("the schema that refers to {}", names.join(", "));
    let whole = fit(registry, &what, &own, schema).await?;
    Ok((own, whole))
}

/// The registry's schema, if one's own items can be written with it: as Java has it with
/// `latest.compatibility.strict` and `id.compatibility.strict`.
async fn fit(
    registry: &dyn Registry,
    what: &str,
    found: &Schema,
    own: &AvroSchema,
) -> Result<AvroSchema, RegistryError> {
    let schema = resolved(registry, found).await?;
    let mut reasons: Vec<String> = match can_read(&schema, own) {
        Ok(()) => Vec::new(),
        Err(found) => found.iter().map(ToString::to_string).collect(),
    };
    for field in unknown_fields(&schema, own) {
        reasons.push(format!("it has no field `{field}`"));
    }
    if reasons.is_empty() {
        return Ok(schema);
    }
    Err(RegistryError::Schema {
        what: what.to_owned(),
        reason: format!("items cannot be written with it: {}", reasons.join("; ")),
    })
}

/// Why a schema was not registered: where it may not follow, with the reasons.
async fn explained(
    registry: &dyn Registry,
    subject: &str,
    how: &Registration,
    own: &Schema,
    error: RegistryError,
) -> RegistryError {
    match error.code() {
        Some(Code::Incompatible) => {
            let verdict = verdict(registry, subject, own, how.normalize).await;
            let reasons = verdict.map(|verdict| verdict.messages).unwrap_or_default();
            // Newer servers tell them with their no.
            let shown = error.to_string();
            let new = reasons.iter().filter(|reason| !shown.contains(*reason));
            let new: String = new.map(|reason| format!("; {reason}")).collect();
            told(subject, &new, error)
        }
        Some(Code::NotPermitted) => {
            let hint =
                "; the registry takes no new schemas: let only one that is there be written with";
            told(subject, hint, error)
        }
        _ => error,
    }
}

/// Whether a schema may follow those that the subject's level demands; on servers that have no
/// question about all of them, whether it may follow the latest.
///
/// # Errors
/// As [`Registry::check`]; a subject without schemas is an error on some servers.
pub async fn verdict(
    registry: &dyn Registry,
    subject: &str,
    schema: &Schema,
    normalize: bool,
) -> Result<crate::types::Verdict, RegistryError> {
    let all = registry
        .check(subject, Against::All, schema, normalize)
        .await;
    match all {
        Err(
            RegistryError::Status {
                status: 404 | 405, ..
            }
            | RegistryError::Refused {
                code: Code::Other(404 | 405),
                ..
            },
        ) => {
            let latest = Against::Version(Version::Latest);
            registry.check(subject, latest, schema, normalize).await
        }
        verdict => verdict,
    }
}

fn missing(subject: &str, error: RegistryError) -> RegistryError {
    let hint = match error.is_not_found() {
        true => format!(
            "; register it first (`crawl schema register {subject} FILE --registry URL`), or let the \
             schema of the items be registered"
        ),
        false => String::new(),
    };
    told(subject, &hint, error)
}

/// The registry's words with what they are about, and more.
fn told(what: &str, more: &str, error: RegistryError) -> RegistryError {
    match error {
        RegistryError::Refused { code, message } => RegistryError::Refused {
            code,
            message: format!("{what}: {message}{more}"),
        },
        other => other,
    }
}
