//! What Maven Central has for tests, fetched once.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::python::said;

/// A folder with what a goal of Maven makes of a project (`dependency:copy-dependencies`), within
/// `folder`; none where Java or Maven is missing.
pub(crate) fn fetched(
    folder: &Path,
    name: &str,
    goal: &str,
    project: &str,
) -> io::Result<Option<PathBuf>> {
    for program in ["java", "mvn"] {
        if is_missing(program)? {
            return Ok(None);
        }
    }
    let place = folder.join(name);
    fs::create_dir_all(&place)?;
    let lock = File::create(folder.join(format!("{name}.lock")))?;
    lock.lock()?;
    let (pom, files) = (place.join("pom.xml"), place.join("jars"));
    // What was fetched for another version is not taken.
    let complete = place.join("complete");
    if fs::read_to_string(&complete).is_ok_and(|done| done == project) {
        return Ok(Some(files));
    }
    if files.exists() {
        fs::remove_dir_all(&files)?;
    }
    fs::write(&pom, project)?;
    let mut maven = Command::new("mvn");
    maven.args(["--quiet", "--batch-mode", goal, "--file"]);
    let output = format!("-DoutputDirectory={}", files.display());
    // Maven's usual repository takes one writer at a time, and others may be at it.
    let repository = place.join("repository");
    let local = format!("-Dmaven.repo.local={}", repository.display());
    said(maven.arg(&pom).args([output, local]))?;
    fs::remove_dir_all(repository)?;
    fs::write(complete, project)?;
    Ok(Some(files))
}

/// Whether there is no such program, which is said; but an error where `CI` is set.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
pub(crate) fn is_missing(program: &str) -> io::Result<bool> {
    // Of all, this is the one word for it that every version knows.
    let ran = Command::new(program).arg("-version").output();
    if ran.is_ok_and(|ran| ran.status.success()) {
        return Ok(false);
    }
    if std::env::var_os("CI").is_some() {
        return Err(io::Error::other(format!("{program} is missing")));
    }
    println!("skipped: there is no {program}");
    Ok(true)
}
