//! The files of a folder: read whole, and only what has changed is written, each file at once.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::contents::{Contents, Kept, Subject, guid};
use super::ids::{self, Line};
use super::name;
use super::settings::{self, OfSubject, OfVersion};
use super::steps::{IDS, REGISTRY, SUBJECT, Step, steps};
use crate::error::RegistryError;
use crate::types::Schema;

const LOCK: &str = ".lock";

/// A folder that nobody else writes meanwhile.
pub(super) struct Disk {
    folder: PathBuf,
    lock: Lock,
}

/// Others wait while its file is open.
enum Lock {
    Mine(#[expect(dead_code, reason = "it is held, not looked at")] File),
    /// Without write access, as in a checkout that may only be read: why, and what can be locked then.
    ReadOnly(
        io::Error,
        #[expect(dead_code, reason = "it is held, not looked at")] Option<File>,
    ),
}

/// What is there.
pub(super) struct Loaded {
    pub(super) ids: BTreeMap<u32, Line>,
    pub(super) before: Contents,
}

impl Disk {
    pub(super) fn lock(folder: &Path) -> Result<Self, RegistryError> {
        let path = folder.join(LOCK);
        let failed = |error| failed(&path, "it cannot be locked", &error);
        let lock = match File::options().create(true).append(true).open(&path) {
            Ok(file) => {
                file.lock().map_err(failed)?;
                Lock::Mine(file)
            }
            Err(error) => {
                let file = File::open(&path).ok();
                Lock::ReadOnly(error, file.filter(|file| file.lock_shared().is_ok()))
            }
        };
        Ok(Self {
            folder: folder.to_owned(),
            lock,
        })
    }

    /// Reads the folder: what is there, and the same with an id for each version.
    pub(super) fn load(&self) -> Result<(Loaded, Contents), RegistryError> {
        let mut before = Contents::default();
        if let Some(text) = read(&self.folder.join(REGISTRY))? {
            let told =
                settings::all(&text).map_err(|reason| bad(&self.folder.join(REGISTRY), reason))?;
            (before.level, before.mode) = told;
        }
        let path = self.folder.join(IDS);
        let ids = ids::read(&read(&path)?.unwrap_or_default());
        let ids = ids.map_err(|reason| bad(&path, reason))?;
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
        before.ids = ids
            .iter()
            .map(|(id, line)| (*id, line.guid.clone()))
            .collect();
        let mut contents = before.clone();
        give_ids(&mut contents)?;
        let held = ids::held(&contents);
        let mut lines = ids.iter();
        let lost = lines.find(|(_, line)| !line.gone && !held.contains(line.guid.as_str()));
        if let Some((id, line)) = lost {
            let reason = format!(
                "the schema {} with the id {id} is in no file: one was removed or edited after \
                 consumers could know it; put it back, or write `gone` behind its line",
                line.guid
            );
            return Err(bad(&path, reason));
        }
        Ok((Loaded { ids, before }, contents))
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
            absent: told.versions,
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
            let beside = subject.absent.remove(&number).unwrap_or_default();
            subject.versions.insert(number, kept(&path, &text, beside)?);
        }
        Ok(subject)
    }

    /// Writes what has changed. A file is whole at any time.
    pub(super) fn save(&self, loaded: &Loaded, after: &Contents) -> Result<(), RegistryError> {
        let steps = steps(&loaded.ids, &loaded.before, after);
        if let (Lock::ReadOnly(error, _), Some(step)) = (&self.lock, steps.first()) {
            let path = self.folder.join(step.name());
            return Err(failed(&path, "it cannot be written", error));
        }
        steps.iter().try_for_each(|step| self.take(step))
    }

    pub(super) fn take(&self, step: &Step) -> Result<(), RegistryError> {
        match step {
            Step::Write(name, text) => {
                let path = self.folder.join(name);
                write(&path, text).map_err(|error| failed(&path, "it cannot be written", &error))
            }
            Step::Remove(name) => {
                let path = self.folder.join(name);
                match fs::remove_file(&path) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        Err(failed(&path, "it cannot be removed", &error))
                    }
                    _ => Ok(()),
                }
            }
            Step::RemoveFolder(name) => {
                // Notes of people may be in it.
                fs::remove_dir(self.folder.join(name)).unwrap_or_default();
                Ok(())
            }
        }
    }
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
