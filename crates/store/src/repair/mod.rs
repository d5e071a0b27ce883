//! Making a sound store of a damaged one, with all of it that can be read.

mod export;
mod format;
mod history;
mod image;
mod lost;
mod moves;
mod reading;
mod rebuild;
mod records;
mod survey;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use export::export;
use image::Image;
use lost::Losses;
use reading::Reading;
#[cfg(test)]
pub(crate) use survey::TABLES;

use crate::check::{check_file, existing};
use crate::error::StoreError;
use crate::guard::guarded;
use crate::lock::JobLock;
use crate::open;

/// What [`repair`] did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repaired {
    /// Rows of the store as it is now, by table.
    pub rows: BTreeMap<&'static str, u64>,
    /// What is lost, a sentence each. Empty if all rows are kept.
    pub lost: Vec<String>,
    /// Where the damaged file is now; none if the store was sound, and nothing was changed.
    pub aside: Option<PathBuf>,
}

/// Makes of a damaged store one that opens, with every row that can be read, and says what is lost.
/// The damaged file is kept beside it under another name. On a sound store nothing is changed, but
/// that one that was killed is recovered, as it is when it is resumed.
///
/// A page of the file that is damaged loses the rows on it, or all rows below it in its tree. What
/// is kept was in the store at its last commit, or at the one before it where only that one is
/// whole. Two pages are indispensable, unless an earlier copy is left in the file: the one that names
/// the tables, and the one that says whose job it is. A record that is lost is replaced by a rejected item, since sinks count records.
///
/// # Errors
/// There is no job, it runs, it is of another format, or nothing can be kept; or the system cannot
/// read or write. What is there stays as it is.
///
/// ```
/// use huntsman_core::Timestamp;
/// use huntsman_store::{Options, Store, repair};
///
/// let dir = tempfile::tempdir().unwrap();
/// drop(Store::open(dir.path(), Options::new("books", "1", Timestamp(0))).unwrap());
/// let repaired = repair(dir.path()).unwrap();
/// assert_eq!((repaired.aside, repaired.lost.len()), (None, 0));
/// ```
pub fn repair(dir: &Path) -> Result<Repaired, StoreError> {
    let path = existing(dir)?;
    let lock = JobLock::take(dir)?;
    let repaired = match check_file(&path) {
        Ok(report) if report.problems.is_empty() => Ok(Repaired {
            rows: report.rows,
            ..Repaired::default()
        }),
        Err(error @ StoreError::Format { .. }) => Err(error),
        _ => rebuilt(&path),
    };
    drop(lock);
    repaired
}

fn rebuilt(path: &Path) -> Result<Repaired, StoreError> {
    let new = path.with_extension("repaired");
    let made = guarded(|| {
        remove(&new)?;
        let mut image = Image::open(path)?;
        let (survey, note) = survey::choose(&mut image)?;
        survey.known_format()?;
        let identity = survey.about.identity.clone();
        let identity = identity.ok_or_else(|| StoreError::Beyond("whose it is".to_owned()))?;
        let mut losses = Losses::default();
        losses.lines.extend(note);
        if survey.is_estimated {
            losses.say("about: what the job says of itself is that of an earlier commit");
        }
        let mut reading = Reading {
            image: &mut image,
            survey: &survey,
            losses,
        };
        rebuild::write(&mut reading, &new, &identity)?;
        let lines = reading.losses.lines;
        let report = check_file(&new)?;
        if let Some(problem) = report.problems.first() {
            return Err(StoreError::Beyond(problem.clone()));
        }
        Ok((lines, report.rows))
    });
    let (lost, rows) = match made {
        Ok(made) => made,
        Err(error) => {
            remove(&new)?;
            return Err(error);
        }
    };
    let aside = set_aside(path)?;
    std::fs::rename(&new, path).map_err(StoreError::file(path))?;
    open::sync_folder(path.parent().unwrap_or(path))?;
    Ok(Repaired {
        rows,
        lost,
        aside: Some(aside),
    })
}

/// Keeps the damaged file under a name of its own. It has its first name too, until the new one
/// takes that: there is no moment without a store.
fn set_aside(path: &Path) -> Result<PathBuf, StoreError> {
    let mut number = 1_u32;
    let aside = loop {
        let name = path.with_extension(format!("damaged-{number}.redb"));
        if !name.exists() {
            break name;
        }
        number += 1;
    };
    if std::fs::hard_link(path, &aside).is_err() {
        std::fs::copy(path, &aside).map_err(StoreError::file(&aside))?;
    }
    Ok(aside)
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(StoreError::file(path)(error))
        }
        _ => Ok(()),
    }
}

/// What is wrong with a file that was closed, as far as its own checksums tell; nothing is changed.
pub(crate) fn problems(path: &Path) -> Result<Vec<String>, StoreError> {
    survey::problems(&mut Image::open(path)?)
}
