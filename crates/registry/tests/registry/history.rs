//! Random histories of a folder, beside a model that knows no Avro: a schema is three fields, each
//! missing, demanded or with a default.

use std::collections::BTreeMap;

use huntsman_registry::{
    Code, Deleted, FolderRegistry, Level, Registering, Registry, RegistryError, Schema, Version,
};
use proptest::prelude::*;

const SUBJECTS: [&str; 3] = ["a/b", "quotes-value", ".c"];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Missing,
    Demanded,
    Defaulted,
}

type Spec = [Field; 3];

#[derive(Debug, Clone)]
enum Step {
    Register(usize, Spec),
    DeleteVersion(usize, u32, bool),
    DeleteSubject(usize, bool),
    Level(Option<usize>, Level),
    /// As another process would.
    Open,
}

fn schema(spec: Spec) -> Schema {
    let written = spec
        .iter()
        .zip(["x", "y", "z"])
        .filter_map(|(field, name)| match field {
            Field::Missing => None,
            Field::Demanded => Some(format!(r#"{{"name":"{name}","type":"int"}}"#)),
            Field::Defaulted => Some(format!(r#"{{"name":"{name}","type":"int","default":0}}"#)),
        });
    let fields: Vec<_> = written.collect();
    let fields = fields.join(",");
    Schema::avro(format!(
        r#"{{"type":"record","name":"R","fields":[{fields}]}}"#
    ))
}

fn reads(reader: Spec, writer: Spec) -> bool {
    let mut both = reader.iter().zip(writer);
    both.all(|(read, written)| *read != Field::Demanded || written != Field::Missing)
}

#[derive(Default)]
struct Subject {
    /// With whether it is softly deleted.
    versions: BTreeMap<u32, (Spec, bool)>,
    level: Option<Level>,
}

impl Subject {
    fn alive(&self) -> Vec<(u32, Spec)> {
        let alive = self.versions.iter().filter(|(_, (_, deleted))| !deleted);
        alive.map(|(number, (spec, _))| (*number, *spec)).collect()
    }
}

#[derive(Default)]
struct Model {
    subjects: BTreeMap<&'static str, Subject>,
    ids: BTreeMap<Spec, u32>,
    level: Option<Level>,
}

impl Model {
    fn register(&mut self, name: &'static str, spec: Spec) -> Result<Vec<u32>, Code> {
        let all = self.level;
        let subject = self.subjects.entry(name).or_default();
        let alive = subject.alive();
        if let Some((number, _)) = alive.iter().rfind(|(_, known)| *known == spec) {
            return Ok(vec![self.ids[&spec], *number]);
        }
        let level = subject.level.or(all).unwrap_or_default();
        let transitive = matches!(
            level,
            Level::BackwardTransitive | Level::ForwardTransitive | Level::FullTransitive
        );
        let from = if transitive {
            0
        } else {
            alive.len().saturating_sub(1)
        };
        for (_, old) in &alive[from..] {
            let (back, forth) = (reads(spec, *old), reads(*old, spec));
            let may = match level {
                Level::None => true,
                Level::Backward | Level::BackwardTransitive => back,
                Level::Forward | Level::ForwardTransitive => forth,
                Level::Full | Level::FullTransitive => back && forth,
            };
            if !may {
                return Err(Code::Incompatible);
            }
        }
        let number = subject.versions.keys().max().map_or(1, |last| last + 1);
        subject.versions.retain(|_, (known, _)| *known != spec);
        subject.versions.insert(number, (spec, false));
        let next = u32::try_from(self.ids.len()).unwrap() + 1;
        Ok(vec![*self.ids.entry(spec).or_insert(next), number])
    }

    fn delete_version(
        &mut self,
        name: &str,
        number: u32,
        permanent: bool,
    ) -> Result<Vec<u32>, Code> {
        let subject = self.subjects.get_mut(name);
        let subject = subject.filter(|subject| !subject.versions.is_empty());
        let versions = &mut subject.ok_or(Code::SubjectNotFound)?.versions;
        let (_, deleted) = versions.get_mut(&number).ok_or(Code::VersionNotFound)?;
        match (permanent, *deleted) {
            (false, true) => return Err(Code::VersionSoftDeleted),
            (true, false) => return Err(Code::VersionNotSoftDeleted),
            (false, false) => *deleted = true,
            (true, true) => {
                versions.remove(&number);
                if versions.is_empty() {
                    self.subjects.remove(name);
                }
            }
        }
        Ok(vec![number])
    }

    fn delete_subject(&mut self, name: &str, permanent: bool) -> Result<Vec<u32>, Code> {
        let subject = self.subjects.get_mut(name);
        let subject = subject.filter(|subject| !subject.versions.is_empty());
        let subject = subject.ok_or(Code::SubjectNotFound)?;
        let alive: Vec<_> = subject.alive().iter().map(|(number, _)| *number).collect();
        match (permanent, alive.is_empty()) {
            (false, true) => Err(Code::SubjectSoftDeleted),
            (true, false) => Err(Code::SubjectNotSoftDeleted),
            (false, false) => {
                subject
                    .versions
                    .values_mut()
                    .for_each(|(_, deleted)| *deleted = true);
                subject.level = None;
                Ok(alive)
            }
            (true, true) => {
                let gone = subject.versions.keys().copied().collect();
                self.subjects.remove(name);
                Ok(gone)
            }
        }
    }

    fn step(&mut self, step: &Step) -> Result<Vec<u32>, Code> {
        match *step {
            Step::Register(subject, spec) => self.register(SUBJECTS[subject], spec),
            Step::DeleteVersion(subject, number, permanent) => {
                self.delete_version(SUBJECTS[subject], number, permanent)
            }
            Step::DeleteSubject(subject, permanent) => {
                self.delete_subject(SUBJECTS[subject], permanent)
            }
            Step::Level(None, level) => {
                self.level = Some(level);
                Ok(Vec::new())
            }
            Step::Level(Some(subject), level) => {
                self.subjects.entry(SUBJECTS[subject]).or_default().level = Some(level);
                Ok(Vec::new())
            }
            Step::Open => Ok(Vec::new()),
        }
    }
}

async fn done(registry: &FolderRegistry, step: &Step) -> Result<Vec<u32>, RegistryError> {
    match *step {
        Step::Register(subject, spec) => {
            let how = Registering::default();
            let done = registry
                .register(SUBJECTS[subject], &schema(spec), how)
                .await?;
            Ok([Some(done.id), done.version]
                .into_iter()
                .flatten()
                .collect())
        }
        Step::DeleteVersion(subject, number, permanent) => {
            let version = Version::Number(number);
            let done = registry.delete_version(SUBJECTS[subject], version, permanent);
            Ok(vec![done.await?])
        }
        Step::DeleteSubject(subject, permanent) => {
            registry.delete_subject(SUBJECTS[subject], permanent).await
        }
        Step::Level(subject, level) => {
            let subject = subject.map(|subject| SUBJECTS[subject]);
            registry.set_level(subject, level).await.map(|_| Vec::new())
        }
        Step::Open => Ok(Vec::new()),
    }
}

/// All that the registry shows is what the model has.
async fn demand_same(registry: &FolderRegistry, model: &Model) {
    let versions = model
        .subjects
        .iter()
        .filter(|(_, subject)| !subject.versions.is_empty());
    let names: Vec<_> = versions
        .clone()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    assert_eq!(registry.subjects(Deleted::Shown).await.unwrap(), names);
    for (name, subject) in versions {
        let hidden = registry.subjects(Deleted::Only).await.unwrap();
        assert_eq!(
            hidden.iter().any(|hidden| hidden == name),
            subject.alive().is_empty()
        );
        let numbers: Vec<_> = subject.versions.keys().copied().collect();
        assert_eq!(
            registry.versions(name, Deleted::Shown).await.unwrap(),
            numbers
        );
        for (number, (spec, deleted)) in &subject.versions {
            let found = registry
                .version(name, Version::Number(*number), true)
                .await
                .unwrap();
            assert_eq!((found.id, found.deleted), (model.ids[spec], *deleted));
            assert_eq!(found.schema, schema(*spec));
        }
    }
    for (spec, id) in &model.ids {
        let mut all = model
            .subjects
            .values()
            .flat_map(|subject| subject.versions.values());
        let kept = all.any(|(known, _)| known == spec);
        match registry.schema_by_id(*id).await {
            Ok(found) => assert!(kept && found.schema == schema(*spec)),
            Err(error) => assert!(!kept && error.code() == Some(Code::SchemaNotFound)),
        }
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let field = || prop::sample::select(vec![Field::Missing, Field::Demanded, Field::Defaulted]);
    let spec = (field(), field(), field()).prop_map(|(x, y, z)| [x, y, z]);
    let level = prop::sample::select(vec![
        Level::None,
        Level::Backward,
        Level::BackwardTransitive,
        Level::Forward,
        Level::ForwardTransitive,
        Level::Full,
        Level::FullTransitive,
    ]);
    let subject = 0..SUBJECTS.len();
    let step = prop_oneof![
        8 => (subject.clone(), spec).prop_map(|(subject, spec)| Step::Register(subject, spec)),
        3 => (subject.clone(), 1..4_u32, any::<bool>())
            .prop_map(|(subject, number, all)| Step::DeleteVersion(subject, number, all)),
        2 => (subject.clone(), any::<bool>())
            .prop_map(|(subject, all)| Step::DeleteSubject(subject, all)),
        2 => (prop::option::of(subject), level)
            .prop_map(|(subject, level)| Step::Level(subject, level)),
        1 => Just(Step::Open),
    ];
    prop::collection::vec(step, 1..16)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn a_folder_does_what_the_model_does(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let mut registry = FolderRegistry::open(folder.path()).unwrap();
            let mut model = Model::default();
            for step in &steps {
                if matches!(step, Step::Open) {
                    registry = FolderRegistry::open(folder.path()).unwrap();
                }
                let got = done(&registry, step).await.map_err(|error| error.code().unwrap());
                assert_eq!(got, model.step(step), "{step:?}");
                demand_same(&registry, &model).await;
            }
        });
    }
}
