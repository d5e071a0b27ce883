//! A registry whose lasting answers are kept.

use std::fmt;

use async_trait::async_trait;
use huntsman_avro::compat::Mode as Level;

use crate::error::RegistryError;
use crate::flights::Flights;
use crate::registry::Registry;
use crate::types::{
    Against, Association, Deleted, Found, Mode, Registered, Registering, Schema, SchemaVersion,
    SubjectVersion, Verdict, Version,
};

/// A registry that is asked once for what stays as it is: the schema of an id or a GUID, what a
/// schema was registered as, which version it is. However many ask at once, one request is sent.
/// That something is not there is believed for 10 seconds; what else goes wrong is not kept. At most
/// 1,000 answers of each kind are kept.
///
/// ```
/// use huntsman_registry::{Cached, FolderRegistry, Registering, Registry, Schema};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// let registry = Cached::new(FolderRegistry::open(folder.path())?);
/// let schema = Schema::avro(r#""string""#);
/// let one = registry.register("quotes-key", &schema, Registering::default()).await?;
/// let again = registry.register("quotes-key", &schema, Registering::default()).await?;
/// assert_eq!(one, again);
/// # Ok(())
/// # }
/// ```
pub struct Cached<R> {
    registry: R,
    by_id: Flights<u32, Found>,
    by_guid: Flights<String, Found>,
    registered: Flights<(String, Schema, Registering), Registered>,
    looked_up: Flights<(String, Schema, bool, bool), SchemaVersion>,
}

impl<R: Registry> Cached<R> {
    /// The same registry, with nothing kept yet.
    #[must_use]
    pub fn new(registry: R) -> Self {
        Self {
            registry,
            by_id: Flights::new(),
            by_guid: Flights::new(),
            registered: Flights::new(),
            looked_up: Flights::new(),
        }
    }

    /// What is deleted or set changes what was answered.
    fn forget(&self) {
        self.by_id.clear();
        self.by_guid.clear();
        self.registered.clear();
        self.looked_up.clear();
    }
}

impl<R: fmt::Debug> fmt::Debug for Cached<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cached").field(&self.registry).finish()
    }
}

#[async_trait]
impl<R: Registry> Registry for Cached<R> {
    async fn subjects(&self, deleted: Deleted) -> Result<Vec<String>, RegistryError> {
        self.registry.subjects(deleted).await
    }

    async fn versions(&self, subject: &str, deleted: Deleted) -> Result<Vec<u32>, RegistryError> {
        self.registry.versions(subject, deleted).await
    }

    async fn version(
        &self,
        subject: &str,
        version: Version,
        deleted: bool,
    ) -> Result<SchemaVersion, RegistryError> {
        self.registry.version(subject, version, deleted).await
    }

    async fn register(
        &self,
        subject: &str,
        schema: &Schema,
        how: Registering,
    ) -> Result<Registered, RegistryError> {
        let key = (subject.to_owned(), schema.clone(), how);
        let ask = async {
            let done = self.registry.register(subject, schema, how).await?;
            // That it was missing is true no more.
            self.looked_up.clear();
            self.by_id.clear();
            self.by_guid.clear();
            Ok(done)
        };
        self.registered.get(&key, ask).await
    }

    async fn look_up(
        &self,
        subject: &str,
        schema: &Schema,
        normalize: bool,
        deleted: bool,
    ) -> Result<SchemaVersion, RegistryError> {
        let key = (subject.to_owned(), schema.clone(), normalize, deleted);
        let ask = self.registry.look_up(subject, schema, normalize, deleted);
        self.looked_up.get(&key, ask).await
    }

    async fn schema_by_id(&self, id: u32) -> Result<Found, RegistryError> {
        self.by_id.get(&id, self.registry.schema_by_id(id)).await
    }

    async fn schema_by_guid(&self, guid: &str) -> Result<Found, RegistryError> {
        let ask = self.registry.schema_by_guid(guid);
        self.by_guid.get(&guid.to_owned(), ask).await
    }

    async fn ids_of_guid(&self, guid: &str) -> Result<Vec<u32>, RegistryError> {
        self.registry.ids_of_guid(guid).await
    }

    async fn uses(&self, id: u32, deleted: bool) -> Result<Vec<SubjectVersion>, RegistryError> {
        self.registry.uses(id, deleted).await
    }

    async fn referenced_by(
        &self,
        subject: &str,
        version: Version,
    ) -> Result<Vec<u32>, RegistryError> {
        self.registry.referenced_by(subject, version).await
    }

    async fn delete_subject(
        &self,
        subject: &str,
        permanent: bool,
    ) -> Result<Vec<u32>, RegistryError> {
        let done = self.registry.delete_subject(subject, permanent).await;
        self.forget();
        done
    }

    async fn delete_version(
        &self,
        subject: &str,
        version: Version,
        permanent: bool,
    ) -> Result<u32, RegistryError> {
        let done = self
            .registry
            .delete_version(subject, version, permanent)
            .await;
        self.forget();
        done
    }

    async fn check(
        &self,
        subject: &str,
        against: Against,
        schema: &Schema,
        normalize: bool,
    ) -> Result<Verdict, RegistryError> {
        self.registry
            .check(subject, against, schema, normalize)
            .await
    }

    async fn level(&self, subject: Option<&str>, inherited: bool) -> Result<Level, RegistryError> {
        self.registry.level(subject, inherited).await
    }

    async fn set_level(&self, subject: Option<&str>, level: Level) -> Result<Level, RegistryError> {
        self.registry.set_level(subject, level).await
    }

    async fn delete_level(&self, subject: Option<&str>) -> Result<Level, RegistryError> {
        self.registry.delete_level(subject).await
    }

    async fn mode(&self, subject: Option<&str>, inherited: bool) -> Result<Mode, RegistryError> {
        self.registry.mode(subject, inherited).await
    }

    async fn set_mode(
        &self,
        subject: Option<&str>,
        mode: Mode,
        force: bool,
    ) -> Result<Mode, RegistryError> {
        let done = self.registry.set_mode(subject, mode, force).await;
        self.forget();
        done
    }

    async fn delete_mode(&self, subject: Option<&str>) -> Result<Mode, RegistryError> {
        let done = self.registry.delete_mode(subject).await;
        self.forget();
        done
    }

    async fn associations(
        &self,
        namespace: &str,
        topic: &str,
    ) -> Result<Vec<Association>, RegistryError> {
        self.registry.associations(namespace, topic).await
    }
}
