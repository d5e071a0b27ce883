//! One crawl: killed as planned, run to its end, and compared.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::feeds::Crawl;
use crate::judge::{Reference, counts};
use crate::process::{Death, End, run};

/// What came of a trial.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// What the crawl died of.
    pub(crate) died: Vec<Death>,
    /// What it was to die of, and ended before.
    pub(crate) survived: Vec<Death>,
    /// How often the last run passed each point.
    pub(crate) counts: BTreeMap<String, u64>,
}

/// Runs the crawl without any death.
pub(crate) fn uninterrupted(crawl: &Crawl) -> Reference {
    let folder = tempfile::tempdir().expect("a folder");
    crawl.prepare(folder.path());
    let end = run(crawl, folder.path(), None);
    let told = told(folder.path());
    assert_eq!(end, End::Code(0), "{}: {told}", crawl.name);
    let reference = Reference::of(crawl, folder.path());
    reference.unwrap_or_else(|error| panic!("{}: {error}", crawl.name))
}

/// Kills the crawl so, one death after the other, and lets it come to its end.
///
/// # Panics
/// What it leaves is not what an uninterrupted run leaves. The folder stays.
pub(crate) fn killed(crawl: &Crawl, reference: &Reference, deaths: &[Death]) -> Outcome {
    let folder = tempfile::tempdir().expect("a folder");
    crawl.prepare(folder.path());
    let outcome = dying(crawl, folder.path(), deaths);
    let judged = outcome.and_then(|outcome| {
        reference.compare(crawl, folder.path())?;
        Ok(outcome)
    });
    judged.unwrap_or_else(|error| {
        let kept = folder.keep();
        panic!(
            "{} killed by {deaths:?}: {error}\n(see {})",
            crawl.name,
            kept.display()
        )
    })
}

fn dying(crawl: &Crawl, folder: &Path, deaths: &[Death]) -> Result<Outcome, String> {
    let mut died = Vec::new();
    let mut ended = false;
    for death in deaths {
        // Else those of an earlier run would be taken for this one's.
        fs::remove_file(folder.join("counts.json")).unwrap_or_default();
        match run(crawl, folder, Some(death)) {
            End::Killed => died.push(death.clone()),
            End::Code(0) => {
                ended = true;
                break;
            }
            End::Code(code) => return Err(format!("exit code {code}: {}", told(folder))),
        }
    }
    if !ended {
        let end = run(crawl, folder, None);
        if end != End::Code(0) {
            return Err(format!("at last {end:?}: {}", told(folder)));
        }
    }
    Ok(Outcome {
        survived: deaths[died.len()..].to_vec(),
        died,
        counts: counts(folder),
    })
}

/// What the last run said.
fn told(folder: &Path) -> String {
    fs::read_to_string(folder.join("stderr.txt")).unwrap_or_default()
}
