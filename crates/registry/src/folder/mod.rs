//! A registry in a folder of `.avsc` files, to be reviewed and versioned with the code.
//!
//! ```text
//! schemas/
//!   ids.txt               1 5d41402a-bc4b-2a76-b971-9d911017c592
//!   registry.json         the level and the mode of all, where they are set
//!   quotes-value/         a subject
//!     1.avsc, 2.avsc      its versions
//!     subject.json        level, mode, references and soft deletions, where there are some
//! ```
//!
//! Each operation reads the folder anew, so that edits and checkouts count at once. A version that
//! somebody put there by hand gets its id by the first operation that sees it.

mod check;
mod contents;
mod delete;
mod disk;
mod ids;
mod name;
mod register;
mod settings;
mod steps;

use std::fmt;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use huntsman_avro::compat::Mode as Level;

use crate::error::{Code, RegistryError};
use crate::registry::Registry;
use crate::types::{
    Against, Deleted, Found, Mode, Registered, Registering, Schema, SchemaVersion, SubjectVersion,
    Verdict, Version,
};
use contents::Contents;
use disk::Disk;

/// A registry in a folder. Several processes may use one folder: each operation locks it. Without write
/// access, whatever needs no writing is answered.
///
/// ```
/// use huntsman_registry::{Against, FolderRegistry, Registering, Registry, Schema, Version};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// let registry = FolderRegistry::open(folder.path())?;
/// let how = Registering::default();
/// registry.register("ages-value", &Schema::avro(r#""int""#), how).await?;
/// let text = Schema::avro(r#""string""#);
/// let verdict = registry.check("ages-value", Against::All, &text, false).await?;
/// assert!(!verdict.is_compatible);
/// assert_eq!(std::fs::read_to_string(folder.path().join("ages-value/1.avsc"))?, "\"int\"\n");
/// # Ok(())
/// # }
/// ```
pub struct FolderRegistry {
    folder: PathBuf,
}

impl fmt::Debug for FolderRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FolderRegistry").field(&self.folder).finish()
    }
}

impl FolderRegistry {
    /// The registry of a folder, which is made if it is missing.
    ///
    /// # Errors
    /// The folder cannot be made or read, or a file in it is damaged: which, and how.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, RegistryError> {
        let folder = folder.as_ref().to_owned();
        std::fs::create_dir_all(&folder).map_err(|error| RegistryError::Folder {
            path: folder.clone(),
            reason: format!("the folder cannot be made: {error}"),
        })?;
        // Whatever is damaged is said now.
        let (_, contents) = Disk::lock(&folder)?.load()?;
        for (subject, version, kept) in contents.all() {
            let file = folder.join(name::folder(subject));
            contents.parsed(&kept.schema).map_err(|error| {
                disk::bad(&file.join(format!("{version}.avsc")), error.to_string())
            })?;
        }
        Ok(Self { folder })
    }

    /// Reads the folder, and answers from it.
    async fn read<T: Send + 'static>(
        &self,
        answer: impl FnOnce(&Contents) -> Result<T, RegistryError> + Send + 'static,
    ) -> Result<T, RegistryError> {
        self.change(move |contents| answer(contents)).await
    }

    /// Reads the folder, changes it, and writes what has changed; nothing if there is an error.
    async fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Contents) -> Result<T, RegistryError> + Send + 'static,
    ) -> Result<T, RegistryError> {
        let folder = self.folder.clone();
        let done = tokio::task::spawn_blocking(move || {
            let disk = Disk::lock(&folder)?;
            let (loaded, mut contents) = disk.load()?;
            let done = change(&mut contents)?;
            disk.save(&loaded, &contents)?;
            Ok(done)
        });
        done.await
            .unwrap_or_else(|stopped| Err(RegistryError::refused(Code::Store, stopped.to_string())))
    }
}

#[async_trait]
impl Registry for FolderRegistry {
    async fn subjects(&self, deleted: Deleted) -> Result<Vec<String>, RegistryError> {
        self.read(move |all| Ok(all.subjects_shown(deleted))).await
    }

    async fn versions(&self, subject: &str, deleted: Deleted) -> Result<Vec<u32>, RegistryError> {
        let subject = subject.to_owned();
        self.read(move |all| all.versions_shown(&subject, deleted))
            .await
    }

    async fn version(
        &self,
        subject: &str,
        version: Version,
        deleted: bool,
    ) -> Result<SchemaVersion, RegistryError> {
        let subject = subject.to_owned();
        self.read(move |all| {
            let (number, kept) = all.version(&subject, version, deleted)?;
            Ok(kept.told(&subject, number))
        })
        .await
    }

    async fn register(
        &self,
        subject: &str,
        schema: &Schema,
        how: Registering,
    ) -> Result<Registered, RegistryError> {
        let (subject, schema) = (subject.to_owned(), schema.clone());
        self.change(move |all| all.register(&subject, &schema, how))
            .await
    }

    async fn look_up(
        &self,
        subject: &str,
        schema: &Schema,
        normalize: bool,
        deleted: bool,
    ) -> Result<SchemaVersion, RegistryError> {
        let (subject, schema) = (subject.to_owned(), schema.clone());
        self.read(move |all| all.look_up(&subject, &schema, normalize, deleted))
            .await
    }

    async fn schema_by_id(&self, id: u32) -> Result<Found, RegistryError> {
        self.read(move |all| all.of_id(id)).await
    }

    async fn schema_by_guid(&self, guid: &str) -> Result<Found, RegistryError> {
        let guid = guid.to_owned();
        self.read(move |all| all.of_guid(&guid)).await
    }

    async fn ids_of_guid(&self, guid: &str) -> Result<Vec<u32>, RegistryError> {
        let guid = guid.to_owned();
        self.read(move |all| Ok(all.of_guid(&guid)?.id.into_iter().collect()))
            .await
    }

    async fn uses(&self, id: u32, deleted: bool) -> Result<Vec<SubjectVersion>, RegistryError> {
        self.read(move |all| all.uses(id, deleted)).await
    }

    async fn referenced_by(
        &self,
        subject: &str,
        version: Version,
    ) -> Result<Vec<u32>, RegistryError> {
        let subject = subject.to_owned();
        self.read(move |all| {
            let (number, _) = all.version(&subject, version, false)?;
            Ok(all.referenced_by(&subject, number))
        })
        .await
    }

    async fn delete_subject(
        &self,
        subject: &str,
        permanent: bool,
    ) -> Result<Vec<u32>, RegistryError> {
        let subject = subject.to_owned();
        self.change(move |all| all.delete_subject(&subject, permanent))
            .await
    }

    async fn delete_version(
        &self,
        subject: &str,
        version: Version,
        permanent: bool,
    ) -> Result<u32, RegistryError> {
        let subject = subject.to_owned();
        self.change(move |all| all.delete_version(&subject, version, permanent))
            .await
    }

    async fn check(
        &self,
        subject: &str,
        against: Against,
        schema: &Schema,
        // Spelling is no matter of compatibility.
        _normalize: bool,
    ) -> Result<Verdict, RegistryError> {
        let (subject, schema) = (subject.to_owned(), schema.clone());
        self.read(move |all| all.verdict(&subject, against, &schema))
            .await
    }

    async fn level(&self, subject: Option<&str>, inherited: bool) -> Result<Level, RegistryError> {
        let subject = subject.map(str::to_owned);
        self.read(move |all| match subject {
            None => Ok(all.level.unwrap_or_default()),
            Some(subject) => match all.own_level(&subject) {
                Some(level) => Ok(level),
                None if inherited => Ok(all.level.unwrap_or_default()),
                None => Err(RegistryError::refused(
                    Code::NoOwnLevel,
                    format!(
                        "Subject '{subject}' does not have subject-level compatibility configured"
                    ),
                )),
            },
        })
        .await
    }

    async fn set_level(&self, subject: Option<&str>, level: Level) -> Result<Level, RegistryError> {
        let subject = subject.map(str::to_owned);
        self.change(move |all| {
            *all.level_of(subject.as_deref())? = Some(level);
            Ok(level)
        })
        .await
    }

    async fn delete_level(&self, subject: Option<&str>) -> Result<Level, RegistryError> {
        let subject = subject.map(str::to_owned);
        self.change(move |all| {
            let taken = all.level_of(subject.as_deref())?.take();
            match (taken, subject) {
                (Some(level), _) => Ok(level),
                (None, None) => Ok(Level::default()),
                (None, Some(subject)) => Err(contents::no_subject(&subject)),
            }
        })
        .await
    }

    async fn mode(&self, subject: Option<&str>, inherited: bool) -> Result<Mode, RegistryError> {
        let subject = subject.map(str::to_owned);
        self.read(move |all| match subject {
            None => Ok(all.mode.unwrap_or_default()),
            Some(subject) => match all.own_mode(&subject) {
                Some(mode) => Ok(mode),
                None if inherited => Ok(all.mode.unwrap_or_default()),
                None => Err(RegistryError::refused(
                    Code::NoOwnMode,
                    format!("Subject '{subject}' does not have subject-level mode configured"),
                )),
            },
        })
        .await
    }

    async fn set_mode(
        &self,
        subject: Option<&str>,
        mode: Mode,
        force: bool,
    ) -> Result<Mode, RegistryError> {
        let subject = subject.map(str::to_owned);
        self.change(move |all| all.set_mode(subject.as_deref(), mode, force))
            .await
    }

    async fn delete_mode(&self, subject: Option<&str>) -> Result<Mode, RegistryError> {
        let subject = subject.map(str::to_owned);
        self.change(move |all| {
            let taken = all.mode_of(subject.as_deref())?.take();
            match (taken, subject) {
                (Some(mode), _) => Ok(mode),
                (None, None) => Ok(Mode::default()),
                (None, Some(subject)) => Err(contents::no_subject(&subject)),
            }
        })
        .await
    }
}
