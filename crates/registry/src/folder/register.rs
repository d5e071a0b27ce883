//! New versions.

use super::contents::{Contents, Kept, guid, told};
use crate::error::{Code, RegistryError};
use crate::json::compact;
use crate::types::{Mode, Registered, Registering, Schema};

impl Contents {
    /// Makes a schema the next version of a subject, unless it is one already: then nothing changes,
    /// which every mode permits.
    pub(super) fn register(
        &mut self,
        subject: &str,
        schema: &Schema,
        how: Registering,
    ) -> Result<Registered, RegistryError> {
        self.parsed(schema)?;
        if let Some(known) = self.known(subject, schema, how) {
            return Ok(known);
        }
        self.demand_registrable(subject, how)?;
        let is_import = self.mode_for(subject) == Mode::Import;
        if !is_import {
            self.demand_compatible(subject, schema)?;
        }
        let schema = Schema {
            text: compact(&schema.text),
            ..schema.clone()
        };
        let guid = guid(&schema);
        let id = self.id_for(&guid, how.id)?;
        let versions = &mut self.subject(subject)?.versions;
        let next = versions.keys().next_back().map_or(1, |last| last + 1);
        let version = how.version.unwrap_or(next);
        if version != next && !is_import {
            return Err(RegistryError::refused(
                Code::InvalidSchema,
                format!("the next version of {subject} is {next}, not {version}"),
            ));
        }
        if versions.contains_key(&version) {
            return Err(not_permitted(format!(
                "Version {version} of {subject} is another schema"
            )));
        }
        self.forget_deleted(subject, version, id);
        let kept = Kept {
            schema,
            id,
            guid: guid.clone(),
            deleted: false,
        };
        self.subject(subject)?.versions.insert(version, kept);
        self.ids.insert(id, guid.clone());
        Ok(registered(id, version, guid))
    }

    /// Older versions of a schema that is one again are not needed any more, unless something refers to
    /// their numbers.
    fn forget_deleted(&mut self, name: &str, version: u32, id: u32) {
        let Some(subject) = self.subjects.get(name) else {
            return;
        };
        let older = subject.versions.range(..version);
        let deleted = older.filter(|(_, kept)| kept.deleted && kept.id == id);
        let unused = deleted.filter(|(number, _)| self.referrers(name, **number).next().is_none());
        let gone: Vec<u32> = unused.map(|(number, _)| *number).collect();
        if let Some(subject) = self.subjects.get_mut(name) {
            subject.versions.retain(|number, _| !gone.contains(number));
        }
    }

    /// The version that the schema is already, if it is that which is demanded.
    fn known(&self, subject: &str, schema: &Schema, how: Registering) -> Option<Registered> {
        let wanted = told(schema, how.normalize);
        let is_it = |number: u32, kept: &Kept| {
            !kept.deleted
                && how.version.is_none_or(|version| version == number)
                && how.id.is_none_or(|id| id == kept.id)
                && told(&kept.schema, how.normalize) == wanted
        };
        let mut versions = self.subjects.get(subject)?.versions.iter();
        let (number, kept) = versions.rfind(|(number, kept)| is_it(**number, kept))?;
        Some(registered(kept.id, *number, kept.guid.clone()))
    }

    /// An error unless a subject takes new versions that come so.
    fn demand_registrable(&self, subject: &str, how: Registering) -> Result<(), RegistryError> {
        self.demand_writable(subject)?;
        match (self.mode_for(subject), how.id) {
            (Mode::Import, None) => Err(not_permitted(format!(
                "Subject {subject} is in import mode: a schema comes with its id"
            ))),
            (Mode::Import, Some(_)) | (_, None) => Ok(()),
            (_, Some(_)) => Err(not_permitted(format!(
                "Subject {subject} is not in import mode"
            ))),
        }
    }

    /// The id of a schema: the one that it has, the one that is demanded, or the next.
    pub(super) fn id_for(&self, guid: &str, demanded: Option<u32>) -> Result<u32, RegistryError> {
        let own = self.ids.iter().find(|(_, known)| *known == guid);
        match (demanded, own) {
            (Some(id), _) if self.ids.get(&id).is_some_and(|known| known != guid) => {
                Err(not_permitted(format!(
                    "Overwrite new schema with id {id} is not permitted."
                )))
            }
            // Consumers may know it by the one that it has.
            (Some(id), Some((own, _))) if *own != id => Err(RegistryError::refused(
                Code::IdMismatch,
                format!("the schema has the id {own} here, not {id}"),
            )),
            (Some(id), _) => Ok(id),
            (None, Some((id, _))) => Ok(*id),
            (None, None) => {
                let last = self.ids.keys().next_back().copied().unwrap_or(0);
                last.checked_add(1)
                    .ok_or_else(|| RegistryError::refused(Code::Store, "there are no more ids"))
            }
        }
    }

    /// What may be done to a subject.
    fn mode_for(&self, subject: &str) -> Mode {
        match self.mode {
            Some(Mode::ReadOnlyOverride) => Mode::ReadOnlyOverride,
            all => self.own_mode(subject).or(all).unwrap_or_default(),
        }
    }

    /// An error unless a subject may be changed.
    pub(super) fn demand_writable(&self, subject: &str) -> Result<(), RegistryError> {
        match self.mode_for(subject) {
            Mode::ReadOnly | Mode::ReadOnlyOverride | Mode::Forward => Err(not_permitted(format!(
                "Subject {subject} is in read-only mode"
            ))),
            _ => Ok(()),
        }
    }

    pub(super) fn set_mode(
        &mut self,
        subject: Option<&str>,
        mode: Mode,
        force: bool,
    ) -> Result<Mode, RegistryError> {
        let has = |name: &str| {
            let found = self.subjects.get(name);
            found.is_some_and(|subject| subject.versions.values().any(|kept| !kept.deleted))
        };
        let taken = match subject {
            Some(subject) => has(subject),
            None => self.subjects.keys().any(|name| has(name)),
        };
        let is_import = match subject {
            Some(subject) => self.mode_for(subject) == Mode::Import,
            None => self.mode == Some(Mode::Import),
        };
        if mode == Mode::Import && !is_import && taken && !force {
            return Err(not_permitted(
                "Cannot import since found existing subjects; force=true does it all the same"
                    .to_owned(),
            ));
        }
        *self.mode_of(subject)? = Some(mode);
        Ok(mode)
    }
}

fn registered(id: u32, version: u32, guid: String) -> Registered {
    Registered {
        id,
        version: Some(version),
        guid: Some(guid),
    }
}

fn not_permitted(message: String) -> RegistryError {
    RegistryError::refused(Code::NotPermitted, message)
}
