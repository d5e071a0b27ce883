//! A file that an earlier run of the job wrote, at the position where that stood.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use huntsman_core::failpoint::failpoint;
use serde::{Deserialize, Serialize};

use super::file::{Origin, Regular, locked_old, open_old};
use super::{beside, others};
use crate::check;
use crate::feed::Mode;
use crate::place::Output;

/// Where a file stands.
#[derive(Serialize, Deserialize)]
struct Position {
    len: u64,
    check: u32,
}

/// The position at the end of a file.
pub(super) fn position(file: &mut File) -> io::Result<Vec<u8>> {
    let len = file.seek(SeekFrom::End(0))?;
    let check = check_of(file, len)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    file.seek(SeekFrom::Start(len))?;
    Ok(serde_json::to_vec(&Position { len, check })?)
}

fn check_of(mut file: &File, len: u64) -> io::Result<Option<u32>> {
    check::of(len, |from, into| {
        file.seek(SeekFrom::Start(from))?;
        file.read(into)
    })
}

impl Position {
    /// Refuses a file that was never at this position.
    fn demand(&self, file: &File, path: &Path) -> io::Result<()> {
        let len = file.metadata()?.len();
        let path = path.to_string_lossy();
        let path = path.escape_debug();
        if len < self.len {
            return Err(io::Error::other(format!(
                "the job has written {} bytes, but `{path}` has only {len}: put it back, or begin \
                 a new job",
                self.len
            )));
        }
        if check_of(file, self.len)? != Some(self.check) {
            return Err(io::Error::other(format!(
                "`{path}` is not the file that the job has written: put that back, or begin a new \
                 job"
            )));
        }
        Ok(())
    }
}

/// Opens the file of an earlier run, as it was at this position.
pub(super) fn open(
    path: &Path,
    mode: Mode,
    job: &str,
    state: &[u8],
) -> io::Result<Box<dyn Output>> {
    let path = beside::resolve(path)?;
    let position: Position = serde_json::from_slice(state)?;
    let (file, origin) = match mode {
        Mode::Append => {
            let part = beside::of_job(&path, job);
            others::refuse(&path, Some(&part))?;
            let early = locked_old(&part)?;
            let is_early = early.is_some();
            let file = match early {
                Some(early) => early,
                None => locked_old(&path)?.ok_or_else(|| gone(&path))?,
            };
            position.demand(&file, &path)?;
            if is_early {
                failpoint("feed.resume.name.before");
                beside::rename(&part, &path)?;
                failpoint("feed.resume.name.after");
                beside::sync_folder(&path);
            }
            let keep = position.len;
            let tail = Vec::new();
            (file, Origin::Old { keep, tail })
        }
        Mode::Replace => temporary(&path, job, &position)?,
    };
    failpoint("feed.resume.cut.before");
    file.set_len(position.len)?;
    failpoint("feed.resume.cut.after");
    let mut file = file;
    file.seek(SeekFrom::End(0))?;
    Ok(Box::new(Regular::new(file, path, origin)))
}

/// The file that is to take the place of another. It may have done so already, before the
/// store knew.
fn temporary(path: &Path, job: &str, position: &Position) -> io::Result<(File, Origin)> {
    let part = beside::of_job(path, job);
    others::refuse(path, Some(&part))?;
    let mut replaced = locked_old(path)?;
    let file = match open_old(&part)? {
        Some(file) => {
            beside::lock(&file)?;
            position.demand(&file, &part)?;
            file
        }
        None => {
            let file = replaced.take().ok_or_else(|| gone(path))?;
            position.demand(&file, path)?;
            failpoint("feed.resume.back.before");
            fs::rename(path, &part)?;
            failpoint("feed.resume.back.after");
            beside::sync_folder(path);
            file
        }
    };
    let origin = Origin::Temporary {
        path: part,
        _replaced: replaced,
    };
    Ok((file, origin))
}

fn gone(path: &Path) -> io::Error {
    let path: PathBuf = path.to_owned();
    let name = path.to_string_lossy();
    let name = name.escape_debug();
    io::Error::new(
        io::ErrorKind::NotFound,
        format!("the job has begun `{name}`, but it is gone: put it back, or begin a new job"),
    )
}

/// Removes what a run of this job made and had no position in.
pub(super) fn remove(path: &Path, mode: Mode, job: &str) -> io::Result<()> {
    let path = beside::resolve(path)?;
    let part = beside::of_job(&path, job);
    // While this is there, what has the file's own name is not of the job.
    let ours = match fs::exists(&part)? || mode == Mode::Replace {
        true => part,
        false => path,
    };
    if let Some(file) = locked_old(&ours)? {
        failpoint("feed.remove.before");
        fs::remove_file(&ours)?;
        failpoint("feed.remove.after");
        beside::sync_folder(&ours);
        drop(file);
    }
    Ok(())
}
