//! The files of a folder: read whole, and only what has changed is written, each file at once.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::contents::{Contents, Kept, Subject, guid};
use super::settings::{OfSubject, OfVersion};
use super::{ids, name, settings};
use crate::error::RegistryError;
use crate::json::pretty;
use crate::types::Schema;

const IDS: &str = "ids.txt";
const REGISTRY: &str = "registry.json";
const SUBJECT: &str = "subject.json";
const LOCK: &str = ".lock";

/// A folder that nobody else reads or writes meanwhile.
pub(super) struct Disk {
    folder: PathBuf,
    /// Others wait while it is open.
    _lock: File,
}

/// What was there, and the same with an id for each version.
pub(super) struct Loaded {
    pub(super) before: Contents,
    pub(super) contents: Contents,
}

impl Disk {
    pub(super) fn lock(folder: &Path) -> Result<Self, RegistryError> {
        let path = folder.join(LOCK);
        let lock = File::options().create(true).append(true).open(&path);
        let lock = lock.and_then(|lock| lock.lock().map(|()| lock));
        Ok(Self {
            folder: folder.to_owned(),
            _lock: lock.map_err(|error| failed(&path, "it cannot be locked", &error))?,
        })
    }

    /// Reads the folder.
    pub(super) fn load(&self) -> Result<Loaded, RegistryError> {
        let mut before = Contents::default();
        if let Some(text) = read(&self.folder.join(REGISTRY))? {
            let told =
                settings::all(&text).map_err(|reason| bad(&self.folder.join(REGISTRY), reason))?;
            (before.level, before.mode) = told;
        }
        let path = self.folder.join(IDS);
        let known = ids::read(&read(&path)?.unwrap_or_default());
        let known = known.map_err(|reason| bad(&path, reason))?;
        for (name, entry) in listed(&self.folder)? {
            let is_folder = entry.is_dir();
            match name::subject(&name) {
                Some(subject) if is_folder => {
                    before.subjects.insert(subject, self.subject(&entry)?);
                }
                None if is_folder => {
                    let hint =
                        "it is the name of no subject: characters such as / are written as %2F";
                    return Err(bad(&entry, hint));
                }
                _ if name.ends_with(".avsc") => {
                    return Err(bad(
                        &entry,
                        "a schema is a version of a subject: SUBJECT/1.avsc",
                    ));
                }
                _ => {}
            }
        }
        before.ids = known
            .iter()
            .map(|(id, line)| (*id, line.guid.clone()))
            .collect();
        let mut contents = before.clone();
        give_ids(&mut contents)?;
        let held: Vec<&str> = contents
            .all()
            .map(|(_, _, kept)| kept.guid.as_str())
            .collect();
        let lost = known
            .iter()
            .find(|(_, line)| !line.gone && !held.contains(&line.guid.as_str()));
        if let Some((id, line)) = lost {
            let reason = format!(
                "the schema {} with the id {id} is in no file: one was removed or edited after \
                 consumers could know it; put it back, or write `gone` behind its line",
                line.guid
            );
            return Err(bad(&path, reason));
        }
        Ok(Loaded { before, contents })
    }

    fn subject(&self, folder: &Path) -> Result<Subject, RegistryError> {
        let path = folder.join(SUBJECT);
        let told: OfSubject = match read(&path)? {
            Some(text) => settings::of_subject(&text).map_err(|reason| bad(&path, reason))?,
            None => OfSubject::default(),
        };
        let mut subject = Subject {
            level: told.level,
            mode: told.mode,
            ..Subject::default()
        };
        for (name, path) in listed(folder)? {
            let Some(number) = name.strip_suffix(".avsc") else {
                continue;
            };
            let number: u32 = match number.parse::<u32>() {
                Ok(parsed) if parsed > 0 && number == parsed.to_string() => parsed,
                _ => return Err(bad(&path, "versions are called 1.avsc, 2.avsc and so on")),
            };
            let text = read(&path)?.unwrap_or_default();
            let beside = told.versions.get(&number).cloned().unwrap_or_default();
            subject.versions.insert(number, kept(&path, &text, beside)?);
        }
        Ok(subject)
    }

    /// Writes what has changed. A file is whole at any time, and whatever a file needs is there before
    /// it.
    pub(super) fn save(&self, before: &Contents, after: &Contents) -> Result<(), RegistryError> {
        let all = |contents: &Contents| settings::told_all(contents.level, contents.mode);
        self.replace(
            Path::new(REGISTRY),
            all(before).as_deref(),
            all(after).as_deref(),
        )?;
        let none = Subject::default();
        for (name, subject) in &after.subjects {
            let old = before.subjects.get(name).unwrap_or(&none);
            let folder = PathBuf::from(name::folder(name));
            let (old_told, told) = (settings::told_subject(old), settings::told_subject(subject));
            self.replace(&folder.join(SUBJECT), old_told.as_deref(), told.as_deref())?;
            for (number, kept) in &subject.versions {
                let text = |kept: &Kept| pretty(&kept.schema.text);
                // Spelling in a file is the author's: only a new version is written.
                if !old.versions.contains_key(number) {
                    self.replace(&file(&folder, *number), None, Some(&text(kept)))?;
                }
            }
        }
        self.replace(
            Path::new(IDS),
            ids::told(before).as_deref(),
            ids::told(after).as_deref(),
        )?;
        for (name, old) in &before.subjects {
            let subject = after.subjects.get(name);
            let folder = PathBuf::from(name::folder(name));
            let stays = |number: &u32| subject.is_some_and(|now| now.versions.contains_key(number));
            for number in old.versions.keys().filter(|number| !stays(number)) {
                self.remove(&file(&folder, *number))?;
            }
            if subject.is_none() {
                self.replace(
                    &folder.join(SUBJECT),
                    settings::told_subject(old).as_deref(),
                    None,
                )?;
                // Notes of people may be in it.
                fs::remove_dir(self.folder.join(&folder)).unwrap_or_default();
            }
        }
        Ok(())
    }

    fn replace(
        &self,
        name: &Path,
        before: Option<&str>,
        after: Option<&str>,
    ) -> Result<(), RegistryError> {
        if before == after {
            return Ok(());
        }
        let Some(text) = after else {
            return self.remove(name);
        };
        let path = self.folder.join(name);
        write(&path, text).map_err(|error| failed(&path, "it cannot be written", &error))
    }

    fn remove(&self, name: &Path) -> Result<(), RegistryError> {
        let path = self.folder.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(failed(&path, "it cannot be removed", &error))
            }
            _ => Ok(()),
        }
    }
}

fn file(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("{number}.avsc"))
}

fn kept(path: &Path, text: &str, beside: OfVersion) -> Result<Kept, RegistryError> {
    let syntax = serde_json::from_str::<serde::de::IgnoredAny>(text.trim_start_matches('\u{feff}'));
    syntax.map_err(|error| bad(path, format!("it is no JSON: {error}")))?;
    let schema = Schema {
        text: crate::json::compact(text),
        references: beside.references,
        metadata: beside.metadata,
        rule_set: beside.rule_set,
        ..Schema::avro("")
    };
    Ok(Kept {
        guid: guid(&schema),
        schema,
        id: 0,
        deleted: beside.deleted,
    })
}

/// Each version gets the id that its schema has, or the next.
fn give_ids(contents: &mut Contents) -> Result<(), RegistryError> {
    let guids: Vec<String> = contents
        .all()
        .map(|(_, _, kept)| kept.guid.clone())
        .collect();
    let mut of: BTreeMap<String, u32> = BTreeMap::new();
    for guid in guids {
        let id = contents.id_for(&guid, None)?;
        contents.ids.insert(id, guid.clone());
        of.insert(guid, id);
    }
    for kept in contents
        .subjects
        .values_mut()
        .flat_map(|subject| subject.versions.values_mut())
    {
        kept.id = of.get(&kept.guid).copied().unwrap_or_default();
    }
    Ok(())
}

/// The entries of a folder by their names, sorted; those that begin with a point are nobody's.
fn listed(folder: &Path) -> Result<BTreeMap<String, PathBuf>, RegistryError> {
    let mut found = BTreeMap::new();
    let unread = |error: io::Error| failed(folder, "it cannot be read", &error);
    for entry in fs::read_dir(folder).map_err(unread)? {
        let path = entry.map_err(unread)?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if !name.starts_with('.') {
            found.insert(name, path);
        }
    }
    Ok(found)
}

fn read(path: &Path) -> Result<Option<String>, RegistryError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, "it cannot be read", &error)),
    }
}

/// Writes a file so that it is the old one or the new one, whatever happens.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let new = folder.join(format!(".{name}.new"));
    let mut file = File::create(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    File::open(folder)?.sync_all()
}

pub(super) fn bad(path: &Path, reason: impl Into<String>) -> RegistryError {
    RegistryError::Folder {
        path: path.to_owned(),
        reason: reason.into(),
    }
}

fn failed(path: &Path, what: &str, error: &io::Error) -> RegistryError {
    bad(path, format!("{what}: {error}"))
}
