//! The steps of a change, file by file. Wherever they stop, the folder can be read, each version is what
//! it was or what it was to be, and the change can be made again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::contents::{Contents, Subject};
use super::ids::{self, Line};
use super::{name, settings};
use crate::json::pretty;

pub(super) const IDS: &str = "ids.txt";
pub(super) const REGISTRY: &str = "registry.json";
pub(super) const SUBJECT: &str = "subject.json";

/// What is done to one file, by its name in the folder.
#[derive(Debug)]
pub(super) enum Step {
    Write(PathBuf, String),
    Remove(PathBuf),
    /// If it is empty.
    RemoveFolder(PathBuf),
}

impl Step {
    pub(super) fn name(&self) -> &Path {
        match self {
            Self::Write(name, _) | Self::Remove(name) | Self::RemoveFolder(name) => name,
        }
    }
}

/// How a folder becomes another. Whatever a version needs is there before it, and goes after it.
pub(super) fn steps(known: &BTreeMap<u32, Line>, before: &Contents, after: &Contents) -> Vec<Step> {
    let (was, is) = (ids::held(before), ids::held(after));
    // Nothing is missed that is only about to come, or to go; its id is kept for it.
    let both = was.intersection(&is).copied().collect();
    let between = ids::told(&ids::lines(after, &both));
    let told = |all: &Contents| settings::told_all(all.level, all.mode);
    let mut steps = Steps(Vec::new());
    steps.file(Path::new(IDS), ids::told(known).as_ref(), between.clone());
    steps.file(Path::new(REGISTRY), told(before).as_ref(), told(after));
    let names: BTreeSet<_> = [before, after]
        .into_iter()
        .flat_map(|all| all.subjects.keys())
        .collect();
    for name in names {
        steps.subject(name, before.subjects.get(name), after.subjects.get(name));
    }
    let ids = ids::told(&ids::lines(after, &is));
    steps.file(Path::new(IDS), between.as_ref(), ids);
    steps.0
}

struct Steps(Vec<Step>);

impl Steps {
    fn file(&mut self, name: &Path, before: Option<&String>, after: Option<String>) {
        match after {
            after if after.as_ref() == before => {}
            Some(text) => self.0.push(Step::Write(name.to_owned(), text)),
            None => self.0.push(Step::Remove(name.to_owned())),
        }
    }

    fn subject(&mut self, name: &str, before: Option<&Subject>, after: Option<&Subject>) {
        let none = Subject::default();
        let (was, is) = (before.unwrap_or(&none), after.unwrap_or(&none));
        let folder = PathBuf::from(name::folder(name));
        let settings = folder.join(SUBJECT);
        let mut both = was.said();
        both.extend(is.said());
        let between = settings::told_subject(is, both);
        let told = settings::told_subject(was, was.said());
        self.file(&settings, told.as_ref(), between.clone());
        let file = |number: u32| folder.join(format!("{number}.avsc"));
        for (number, kept) in &is.versions {
            // Spelling in a file is the author's: only a new version is written.
            if !was.versions.contains_key(number) {
                let text = pretty(&kept.schema.text);
                self.0.push(Step::Write(file(*number), text));
            }
        }
        // Later versions may refer to earlier ones.
        for number in was.versions.keys().rev() {
            if !is.versions.contains_key(number) {
                self.0.push(Step::Remove(file(*number)));
            }
        }
        let told = settings::told_subject(is, is.said());
        self.file(&settings, between.as_ref(), told);
        if after.is_none() {
            self.0.push(Step::RemoveFolder(folder));
        }
    }
}

#[cfg(test)]
mod tests {
    use huntsman_avro::compat::Mode as Level;
    use tempfile::TempDir;

    use super::super::FolderRegistry;
    use super::super::disk::Disk;
    use super::*;
    use crate::error::RegistryError;
    use crate::types::{Mode, Reference, Registering, Schema, Version};

    type Change = fn(&mut Contents) -> Result<(), RegistryError>;

    /// A change, stopped after so many steps; whether there were more.
    fn cut(
        folder: &TempDir,
        at: usize,
        change: impl Fn(&mut Contents) -> Result<(), RegistryError>,
    ) -> Result<bool, RegistryError> {
        let disk = Disk::lock(folder.path())?;
        let (loaded, mut contents) = disk.load()?;
        change(&mut contents)?;
        let steps = steps(&loaded.ids, &loaded.before, &contents);
        for step in steps.iter().take(at) {
            disk.take(step)?;
        }
        Ok(at < steps.len())
    }

    fn registered(all: &mut Contents, subject: &str, schema: &Schema) -> Result<(), RegistryError> {
        let how = Registering::default();
        all.register(subject, schema, how).map(drop)
    }

    /// A record that refers to an enumeration of another version.
    fn trip(subject: &str) -> Schema {
        let text = r#"{"type":"record","name":"Trip","fields":[{"name":"to","type":"City"}]}"#;
        Schema {
            references: vec![Reference {
                name: "City".to_owned(),
                subject: subject.to_owned(),
                version: 1,
            }],
            ..Schema::avro(text)
        }
    }

    fn fill(all: &mut Contents) -> Result<(), RegistryError> {
        all.level = Some(Level::None);
        let city = Schema::avro(r#"{"type":"enum","name":"City","symbols":["ROME"]}"#);
        for (subject, schema) in [
            ("n", Schema::avro(r#""int""#)),
            ("n", Schema::avro(r#""long""#)),
            ("back", Schema::avro(r#""double""#)),
            ("city", city.clone()),
            ("trip", trip("city")),
            ("own", city),
            ("own", trip("own")),
        ] {
            registered(all, subject, &schema)?;
        }
        all.delete_version("n", Version::Number(2), false)?;
        all.delete_subject("back", false)?;
        all.delete_subject("trip", false)?;
        all.delete_subject("own", false)?;
        *all.level_of(Some("n"))? = Some(Level::Full);
        *all.level_of(Some("trip"))? = Some(Level::Full);
        all.set_mode(Some("i"), Mode::Import, false).map(drop)
    }

    const CHANGES: [(&str, Change); 9] = [
        ("n", |all| {
            all.delete_version("n", Version::Number(2), true).map(drop)
        }),
        ("trip", |all| {
            all.delete_version("trip", Version::Number(1), true)
                .map(drop)
        }),
        ("own", |all| {
            all.delete_version("own", Version::Number(2), true)
                .map(drop)
        }),
        ("trip", |all| all.delete_subject("trip", true).map(drop)),
        ("own", |all| all.delete_subject("own", true).map(drop)),
        ("n", |all| all.delete_subject("n", false).map(drop)),
        ("new", |all| registered(all, "new", &trip("own"))),
        ("back", |all| {
            // Its first version goes.
            registered(all, "back", &Schema::avro(r#""double""#))
        }),
        ("i", |all| {
            let how = Registering {
                id: Some(500),
                version: Some(7),
                ..Registering::default()
            };
            let schema = Schema {
                metadata: Some(serde_json::json!({"tags": {}})),
                ..Schema::avro(r#""bytes""#)
            };
            all.register("i", &schema, how).map(drop)
        }),
    ];

    /// All versions, with their ids and schemas.
    fn told(folder: &TempDir) -> Vec<String> {
        FolderRegistry::open(folder.path()).unwrap();
        let (_, contents) = Disk::lock(folder.path()).unwrap().load().unwrap();
        let all = contents.all();
        all.map(|(subject, number, kept)| format!("{subject} {number} {kept:?}"))
            .collect()
    }

    fn filled() -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        cut(&folder, usize::MAX, fill).unwrap();
        folder
    }

    #[test]
    fn a_change_may_stop_anywhere() {
        let before = told(&filled());
        for (subject, change) in CHANGES {
            let done = filled();
            cut(&done, usize::MAX, change).unwrap();
            let after = told(&done);
            assert_ne!(before, after);
            for at in 0.. {
                let folder = filled();
                let is_cut = cut(&folder, at, change).unwrap();
                let now = told(&folder);
                let what = format!("{subject}, cut after {at}: {now:#?}");
                let known = |version: &String| before.contains(version) || after.contains(version);
                assert!(now.iter().all(known), "{what}");
                let stays = |version: &&String| before.contains(version);
                let mut staying = after.iter().filter(stays);
                assert!(staying.all(|version| now.contains(version)), "{what}");
                // What is gone is not found.
                cut(&folder, usize::MAX, change).unwrap_or_default();
                let mut again = told(&folder);
                // A schema that has come back may keep its older version.
                again.retain(|version| after.contains(version) || subject != "back");
                assert_eq!(again, after, "{what}");
                let folder = filled();
                cut(&folder, at, change).unwrap();
                demand_next(&folder, subject);
                if !is_cut {
                    break;
                }
            }
        }
    }

    /// The next version is what is registered, whatever was left of another.
    fn demand_next(folder: &TempDir, subject: &str) {
        let next = |all: &mut Contents| {
            let own = all.subject(subject)?;
            (own.level, own.mode) = (None, None);
            registered(all, subject, &Schema::avro(r#""string""#))
        };
        cut(folder, usize::MAX, next).unwrap();
        FolderRegistry::open(folder.path()).unwrap();
        let (_, contents) = Disk::lock(folder.path()).unwrap().load().unwrap();
        let latest = contents.version(subject, Version::Latest, true).unwrap().1;
        assert_eq!(latest.schema, Schema::avro(r#""string""#));
        assert!(!latest.deleted, "{latest:?}");
    }
}
