//! What every registry can do.

use std::fmt::Debug;

use async_trait::async_trait;
use huntsman_avro::compat::Mode as Level;

use crate::error::{Code, RegistryError};
use crate::types::{
    Against, Association, Deleted, Found, Mode, Registered, Registering, Schema, SchemaVersion,
    SubjectVersion, Verdict, Version,
};

/// A schema registry. Errors are the registry's own ([`RegistryError::Refused`], by [`Code`]), or
/// tell why it could not be asked.
///
/// ```
/// use huntsman_registry::{FolderRegistry, Registering, Registry, Schema, Version};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// let registry: Box<dyn Registry> = Box::new(FolderRegistry::open(folder.path())?);
/// let schema = Schema::avro(r#"{"type": "record", "name": "Quote", "fields": []}"#);
/// let done = registry.register("quotes-value", &schema, Registering::default()).await?;
/// assert_eq!((done.id, done.version), (1, Some(1)));
/// let latest = registry.version("quotes-value", Version::Latest, false).await?;
/// assert_eq!(latest.id, done.id);
/// # Ok(())
/// # }
/// ```
#[async_trait]
pub trait Registry: Debug + Send + Sync {
    /// All subjects, sorted.
    async fn subjects(&self, deleted: Deleted) -> Result<Vec<String>, RegistryError>;

    /// The versions of a subject, ascending; 40401 if there is no such subject.
    async fn versions(&self, subject: &str, deleted: Deleted) -> Result<Vec<u32>, RegistryError>;

    /// One version; 40401 or 40402 if it is not there.
    async fn version(
        &self,
        subject: &str,
        version: Version,
        deleted: bool,
    ) -> Result<SchemaVersion, RegistryError>;

    /// Makes a schema the next version of a subject, unless it is one already; 40901 if it may not
    /// follow those that are there.
    async fn register(
        &self,
        subject: &str,
        schema: &Schema,
        how: Registering,
    ) -> Result<Registered, RegistryError>;

    /// The version that a schema is; 40401 or 40403 if it is none.
    async fn look_up(
        &self,
        subject: &str,
        schema: &Schema,
        normalize: bool,
        deleted: bool,
    ) -> Result<SchemaVersion, RegistryError>;

    /// The schema of an id; 40403 if there is none.
    async fn schema_by_id(&self, id: u32) -> Result<Found, RegistryError>;

    /// The schema of a GUID; 40403 if there is none.
    async fn schema_by_guid(&self, guid: &str) -> Result<Found, RegistryError>;

    /// The ids that a GUID has here.
    async fn ids_of_guid(&self, guid: &str) -> Result<Vec<u32>, RegistryError>;

    /// Where the schema of an id is used; 40403 if there is no such id.
    async fn uses(&self, id: u32, deleted: bool) -> Result<Vec<SubjectVersion>, RegistryError>;

    /// The ids of the schemas that refer to a version.
    async fn referenced_by(
        &self,
        subject: &str,
        version: Version,
    ) -> Result<Vec<u32>, RegistryError>;

    /// Deletes a subject, softly, or for good once it is softly deleted: its versions.
    async fn delete_subject(
        &self,
        subject: &str,
        permanent: bool,
    ) -> Result<Vec<u32>, RegistryError>;

    /// Deletes a version, softly, or for good once it is softly deleted: its number.
    async fn delete_version(
        &self,
        subject: &str,
        version: Version,
        permanent: bool,
    ) -> Result<u32, RegistryError>;

    /// Whether a schema may follow, by the subject's level.
    async fn check(
        &self,
        subject: &str,
        against: Against,
        schema: &Schema,
        normalize: bool,
    ) -> Result<Verdict, RegistryError>;

    /// The level of a subject, or of all. With `inherited`, a subject without one of its own has that
    /// of all, and is 40408 otherwise.
    async fn level(&self, subject: Option<&str>, inherited: bool) -> Result<Level, RegistryError>;

    /// Sets the level of a subject, or of all.
    async fn set_level(&self, subject: Option<&str>, level: Level) -> Result<Level, RegistryError>;

    /// Takes a subject's own level away, or makes that of all `BACKWARD` again: the level that was.
    async fn delete_level(&self, subject: Option<&str>) -> Result<Level, RegistryError>;

    /// The mode of a subject, or of all; as [`Registry::level`], with 40409.
    async fn mode(&self, subject: Option<&str>, inherited: bool) -> Result<Mode, RegistryError>;

    /// Sets the mode of a subject, or of all. `IMPORT` of what has schemas must be forced.
    async fn set_mode(
        &self,
        subject: Option<&str>,
        mode: Mode,
        force: bool,
    ) -> Result<Mode, RegistryError>;

    /// Takes a subject's own mode away, or makes that of all `READWRITE` again: the mode that was.
    async fn delete_mode(&self, subject: Option<&str>) -> Result<Mode, RegistryError>;

    /// The subjects that a topic of a Kafka cluster (`-` if nobody knows which) is tied to; most
    /// registries know nothing of this, which is 404.
    async fn associations(
        &self,
        namespace: &str,
        topic: &str,
    ) -> Result<Vec<Association>, RegistryError> {
        Err(RegistryError::refused(
            Code::AssociationNotFound,
            format!("no subject is associated with {topic} of {namespace}"),
        ))
    }
}
