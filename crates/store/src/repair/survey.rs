//! What of a commit can be read: found out without changing anything.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use super::format::Tree;
use super::image::{Hole, Image};
use crate::about::{FORMAT, IDENTITY, Identity, STATE, State};
use crate::bytes::unseal;
use crate::error::StoreError;
use crate::tables;

/// The tables of a store. Whoever adds one says in [`super::rebuild`] how it is repaired.
pub(crate) const TABLES: [&str; 15] = [
    "about",
    "hosts",
    "changed",
    "queue",
    "moved",
    "delayed",
    "seen",
    "fresh",
    "outbox",
    "names",
    "types",
    "sinks",
    "values",
    "history",
    "delivered",
];

/// Tables whose rows have no checksum but their page's.
pub(super) const BARE: [&str; 2] = ["seen", "delivered"];

/// Commits that are looked at when no slot says which was the last.
const MOST_CANDIDATES: usize = 16;

/// What a store says of itself, as far as it can be read.
#[derive(Debug, Clone, Default)]
pub(super) struct About {
    pub(super) format: Option<u32>,
    pub(super) identity: Option<Identity>,
    pub(super) state: Option<State>,
}

/// A commit, with all that is wrong with it.
#[derive(Debug, Clone)]
pub(super) struct Survey {
    pub(super) tables: BTreeMap<String, Tree>,
    pub(super) about: About,
    /// Whether the state is that of another commit, the nearest that could be found.
    pub(super) is_estimated: bool,
    /// In a sentence each.
    pub(super) problems: Vec<String>,
}

impl About {
    fn take(&mut self, word: &[u8], row: &[u8]) {
        match std::str::from_utf8(word) {
            Ok(FORMAT) => self.format = read(word, row),
            Ok(IDENTITY) => self.identity = read(word, row),
            Ok(STATE) => self.state = read(word, row),
            _ => {}
        }
    }

    fn is_whole(&self) -> bool {
        self.format.is_some() && self.identity.is_some() && self.state.is_some()
    }

    /// Greater for later commits.
    fn age(&self) -> impl Ord + use<> {
        let state = self.state.unwrap_or_default();
        let State {
            runs,
            order,
            last,
            confirmed,
            waiting,
            ..
        } = state;
        (runs, order, last, confirmed, Reverse(waiting))
    }
}

fn read<T: DeserializeOwned>(word: &[u8], row: &[u8]) -> Option<T> {
    let json = unseal("about", word, row).ok()?;
    serde_json::from_slice(json.0).ok()
}

impl Survey {
    /// Reads all of a commit.
    fn of(image: &mut Image, commit: &Tree) -> Result<Self, StoreError> {
        let (found, holes) = image.tables(commit)?;
        let mut survey = Self {
            tables: found,
            about: About::default(),
            is_estimated: false,
            problems: Vec::new(),
        };
        for hole in holes {
            survey.problems.push(at("the table of tables", &hole));
        }
        for name in TABLES {
            let Some(tree) = survey.tables.get(name).copied() else {
                survey.problems.push(format!("{name}: it is not there"));
                continue;
            };
            survey.table(image, name, &tree)?;
        }
        if survey.problems.is_empty() && !survey.about.is_whole() {
            survey
                .problems
                .push("about: it does not say what it is".to_owned());
        }
        Ok(survey)
    }

    fn table(&mut self, image: &mut Image, name: &str, tree: &Tree) -> Result<(), StoreError> {
        let (mut rows, mut wrong, mut about) = (0, 0_u64, About::default());
        let holes = image.walk(tree, &mut |key, row| {
            rows += 1;
            if !BARE.contains(&name) {
                wrong += u64::from(unseal(name, key, row).is_err());
            }
            if name == "about" {
                about.take(key, row);
            }
            Ok(())
        })?;
        if name == "about" {
            self.about = about;
        }
        self.problems
            .extend(holes.iter().map(|hole| at(name, hole)));
        if wrong > 0 {
            self.problems
                .push(format!("{name}: {wrong} rows do not match their checksums"));
        }
        if holes.is_empty() && rows != tree.rows {
            let said = tree.rows;
            self.problems
                .push(format!("{name}: it says {said} rows, and has {rows}"));
        }
        Ok(())
    }

    pub(super) fn is_whole(&self) -> bool {
        self.problems.is_empty()
    }
}

fn at(table: &str, hole: &Hole) -> String {
    format!("{table}: the page at byte {} is damaged", hole.at)
}

/// What is wrong with the last commit of a file that was closed, when all of it must be there.
/// A crash may leave a commit half written, which nobody was told of.
pub(super) fn problems(image: &mut Image) -> Result<Vec<String>, StoreError> {
    if !image.is_clean() {
        return Ok(Vec::new());
    }
    let Some(last) = image.commits().first().copied() else {
        return Ok(vec!["no commit can be found".to_owned()]);
    };
    let survey = Survey::of(image, &last)?;
    survey.known_format()?;
    Ok(survey.problems)
}

/// The commit to go on with: the last one that is whole, or else the last. Says so if it is not
/// simply the last.
pub(super) fn choose(image: &mut Image) -> Result<(Survey, Option<String>), StoreError> {
    let mut surveys = Vec::new();
    for commit in image.commits() {
        let survey = Survey::of(image, &commit)?;
        if survey.is_whole() {
            return Ok((survey, note(surveys.len(), image.is_clean())));
        }
        surveys.push(survey);
    }
    let mut said = None;
    if surveys.iter().all(|survey| survey.tables.is_empty()) {
        said = Some(
            "the beginning of the file is damaged: the latest commit that can be found is taken; \
             pages of any later one are fetched again"
                .to_owned(),
        );
        surveys = candidates(image)?;
        if let Some(whole) = surveys.iter().position(Survey::is_whole) {
            return Ok((surveys.swap_remove(whole), said));
        }
    }
    let least = |survey: &&Survey| survey.tables.len() == TABLES.len();
    let best = surveys.iter().find(least).or(surveys.first());
    let mut best = best
        .cloned()
        .ok_or_else(|| nothing("no table can be found"))?;
    if !best.about.is_whole() {
        recall(image, &mut best)?;
    }
    Ok((best, said))
}

fn note(skipped: usize, is_clean: bool) -> Option<String> {
    // After a crash, a last commit that is not whole was never acknowledged.
    (skipped > 0 && is_clean).then(|| {
        "the last commit is damaged, the one before it is whole: pages that ended in it are \
         fetched again, and positions of sinks may be a step behind"
            .to_owned()
    })
}

/// Commits that left their table of tables somewhere in the file, the latest first.
fn candidates(image: &mut Image) -> Result<Vec<Survey>, StoreError> {
    let mut found = Vec::new();
    for commit in image.candidates()? {
        let (tables, _) = image.tables(&commit)?;
        let Some(about) = tables.get("about") else {
            continue;
        };
        let mut said = About::default();
        image.walk(about, &mut |word, row| {
            said.take(word, row);
            Ok(())
        })?;
        if said.state.is_some() {
            found.push((said.age(), commit));
        }
    }
    found.sort_by(|a, b| b.0.cmp(&a.0));
    let commits = found.into_iter().take(MOST_CANDIDATES);
    commits
        .map(|(_, commit)| Survey::of(image, &commit))
        .collect()
}

/// Looks through the file for what an earlier commit said of the job.
fn recall(image: &mut Image, survey: &mut Survey) -> Result<(), StoreError> {
    let mut latest: Option<About> = None;
    image.leaves(&mut |rows| {
        let mut about = About::default();
        for (word, row) in rows {
            about.take(word, row);
        }
        let later = |latest: &About| latest.age() < about.age();
        if about.is_whole() && latest.as_ref().is_none_or(later) {
            latest = Some(about);
        }
    })?;
    let latest = latest.ok_or_else(|| nothing("whose job it is cannot be read"))?;
    survey.about = latest;
    survey.is_estimated = true;
    Ok(())
}

fn nothing(why: &str) -> StoreError {
    StoreError::Beyond(why.to_owned())
}

impl Survey {
    /// Refuses a store of another format.
    pub(super) fn known_format(&self) -> Result<(), StoreError> {
        match self.about.format {
            Some(found) if !tables::is_read(found) => Err(StoreError::Format {
                found,
                known: tables::FORMAT,
            }),
            _ => Ok(()),
        }
    }
}
