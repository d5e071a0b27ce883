//! The names beside a file, and locks.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use huntsman_core::failpoint::failpoint;

/// The folder of a file.
pub(super) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// What `path` finally is: links are followed, also one to a file that does not exist yet.
pub(super) fn resolve(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        found => return found,
    }
    let mut path = path.to_owned();
    // The system too gives up after 40.
    for _ in 0..40 {
        match fs::read_link(&path) {
            Ok(next) => path = folder(&path).join(next),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("there are too many links to follow"))
}

/// Creates `.NAME.part-PID`, for what becomes the file.
pub(super) fn temporary(path: &Path) -> io::Result<(PathBuf, File)> {
    create_free(path, &part_of(path), &std::process::id().to_string())
}

/// `.NAME.part-JOB`, for what becomes the file in a crawl that can be gone on with.
pub(super) fn of_job(path: &Path, job: &str) -> PathBuf {
    let mut name = part_of(path);
    let plain = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '.' => c,
        _ => '_',
    };
    name.push("job-");
    name.push(job.chars().take(64).map(plain).collect::<String>());
    folder(path).join(name)
}

/// Opens it, and creates it where it is not there; it is locked and empty.
pub(super) fn temporary_of_job(path: &Path, job: &str) -> io::Result<(PathBuf, File)> {
    let part = of_job(path, job);
    let mut options = OpenOptions::new();
    let file = options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&part)?;
    lock(&file)?;
    failpoint("feed.create.before");
    file.set_len(0)?;
    failpoint("feed.create.after");
    Ok((part, file))
}

/// Renames a file of a job to its own name, unless there is another.
pub(super) fn rename(part: &Path, path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path).is_ok_and(|found| !found.is_symlink()) {
        return Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            "another file has taken its name since: move that away",
        ));
    }
    fs::rename(part, path)
}

/// Creates `NAME.partial`, for what is not whole.
pub(super) fn partial(path: &Path) -> io::Result<(PathBuf, File)> {
    let mut name = name(path).to_owned();
    name.push(".partial");
    create_free(path, &name, "")
}

/// Creates `STEM` + `end`, or with `-2` and so on behind it, beside `path`.
fn create_free(path: &Path, stem: &OsStr, end: &str) -> io::Result<(PathBuf, File)> {
    let mut number = 1_u32;
    loop {
        let mut name = stem.to_owned();
        name.push(end);
        if number > 1 {
            name.push(format!("-{number}"));
        }
        let candidate = folder(path).join(name);
        match OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&candidate)
        {
            Ok(file) => return Ok((candidate, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error),
        }
    }
}

fn name(path: &Path) -> &OsStr {
    path.file_name().unwrap_or_default()
}

/// What the names of the temporary files of `path` begin with.
pub(super) fn part_of(path: &Path) -> OsString {
    let mut part = OsString::from(".");
    part.push(name(path));
    part.push(".part-");
    part
}

/// Locks `file` for as long as it is open. Where the system has no locks, nothing is done.
pub(super) fn lock(file: &File) -> io::Result<()> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(taken()),
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(()),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

pub(super) fn taken() -> io::Error {
    io::Error::new(
        io::ErrorKind::WouldBlock,
        "another feed or crawl is writing to it",
    )
}

/// Makes new and changed names in the folder of `path` durable, where folders can be synced.
pub(super) fn sync_folder(path: &Path) {
    let synced = File::open(folder(path)).and_then(|folder| folder.sync_all());
    // Some systems cannot; the file itself is synced in any case.
    synced.unwrap_or_default();
}
