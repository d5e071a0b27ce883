//! Python as a judge of what was written: its own readers are those that users trust.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A Python with these packages (`fastavro==1.13.1`), fetched once for a folder and shared by all tests
/// that ask for the same; `env!("CARGO_TARGET_TMPDIR")` is a folder for it. None where there is no
/// `python3`, which is said; but an error where `CI` is set, so that there nothing is left out.
///
/// ```no_run
/// use huntsman_testkit::python;
///
/// # fn main() -> std::io::Result<()> {
/// let folder = std::env::temp_dir();
/// let Some(python) = python::with(&folder, &["fastavro==1.13.1"])? else {
///     return Ok(());
/// };
/// let said = python::said(std::process::Command::new(python).args(["-c", "import fastavro"]))?;
/// assert_eq!(said, "");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// A package cannot be fetched, or the folder not be written.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
pub fn with(folder: impl AsRef<Path>, packages: &[&str]) -> io::Result<Option<PathBuf>> {
    if Command::new("python3").arg("--version").output().is_err() {
        if std::env::var_os("CI").is_some() {
            return Err(io::Error::other("python3 is missing"));
        }
        println!("skipped: there is no python3");
        return Ok(None);
    }
    let name = packages.join("-");
    let place = folder.as_ref().join(&name);
    let lock = File::create(folder.as_ref().join(format!("{name}.lock")))?;
    lock.lock()?;
    let python = place.join("bin/python");
    if !place.join("complete").exists() {
        said(
            Command::new("python3")
                .args(["-m", "venv", "--clear"])
                .arg(&place),
        )?;
        let install = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ];
        said(Command::new(&python).args(install).args(packages))?;
        fs::write(place.join("complete"), "")?;
    }
    Ok(Some(python))
}

/// Runs a command to its end: what it printed.
///
/// # Errors
/// It cannot be run, or it failed; then the error has what it said against it.
pub fn said(command: &mut Command) -> io::Result<String> {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output()?;
    if !status.success() {
        let error = String::from_utf8_lossy(&stderr);
        return Err(io::Error::other(format!("{command:?}: {status}: {error}")));
    }
    Ok(String::from_utf8_lossy(&stdout).into_owned())
}
