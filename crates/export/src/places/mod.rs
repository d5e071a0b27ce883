//! The places of this crate: files, and what is only written to.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use huntsman_core::Url;

use crate::feed::Mode;
use crate::place::{Output, Place, Recovery, Start};
use crate::words::Words;

mod beside;
mod file;
mod others;
mod resume;
mod stream;

/// The places of this crate.
pub(crate) fn standard() -> Vec<Arc<dyn Place>> {
    vec![Arc::new(Files), Arc::new(StandardOutput)]
}

/// Standard output, whose address is `-`.
struct StandardOutput;

impl Place for StandardOutput {
    fn schemes(&self) -> &'static [&'static str] {
        &["-"]
    }

    fn open(&self, _: &str, _: Start<'_>, _: &Words) -> io::Result<Box<dyn Output>> {
        Ok(Box::new(stream::Stream::standard_output()))
    }

    fn recovery(&self, _: &str) -> Recovery {
        Recovery::Anew
    }
}

/// Files, devices and pipes, by their path or a `file:` URL.
struct Files;

impl Place for Files {
    fn schemes(&self) -> &'static [&'static str] {
        &["file"]
    }

    fn open(&self, address: &str, start: Start<'_>, _: &Words) -> io::Result<Box<dyn Output>> {
        let path = path_of(address)?;
        check_folder(&path)?;
        match fs::metadata(&path) {
            Ok(found) if found.is_dir() => {
                return Err(io::Error::new(
                    io::ErrorKind::IsADirectory,
                    "it is a folder",
                ));
            }
            // Devices and pipes have no content of their own: nothing to append to or to replace.
            Ok(found) if !found.is_file() => return Ok(Box::new(stream::Stream::device(&path)?)),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        match start {
            Start::New { mode, job } => file::open(&path, mode, job),
            Start::Resume { mode, job, state } => resume::open(&path, mode, job, state),
        }
    }

    fn recovery(&self, address: &str) -> Recovery {
        let found = path_of(address).and_then(fs::metadata);
        match found {
            Ok(found) if !found.is_file() && !found.is_dir() => Recovery::Anew,
            _ => Recovery::Exact,
        }
    }

    fn numbers(&self, before: &str, after: &str, _: &Words) -> io::Result<Vec<u64>> {
        let first = path_of(&format!("{before}0"))?;
        check_folder(&first)?;
        let stem = first.file_name().unwrap_or_default().as_encoded_bytes();
        let stem = &stem[..stem.len() - 1];
        let mut numbers = Vec::new();
        for entry in fs::read_dir(beside::folder(&first))? {
            let name = entry?.file_name();
            let Some(rest) = name.as_encoded_bytes().strip_prefix(stem) else {
                continue;
            };
            let digits: String = rest
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .map(|byte| char::from(*byte))
                .collect();
            // One that is too great for a number is not ours.
            if let Ok(number) = digits.parse()
                && fs::exists(path_of(&format!("{before}{digits}{after}"))?)?
            {
                numbers.push(number);
            }
        }
        Ok(numbers)
    }

    fn remove(&self, address: &str, mode: Mode, job: &str, _: &Words) -> io::Result<()> {
        resume::remove(&path_of(address)?, mode, job)
    }
}

/// The file that an address names.
fn path_of(address: &str) -> io::Result<PathBuf> {
    if !address.starts_with("file:") {
        return Ok(PathBuf::from(address));
    }
    // `file:out.json` would silently mean `/out.json`.
    let url = Url::parse(address)
        .ok()
        .filter(|_| address.starts_with("file:/"));
    url.and_then(|url| url.to_file_path().ok())
        .ok_or_else(|| io::Error::other("it is not a local file URL: write file:///path/to/file"))
}

fn check_folder(path: &Path) -> io::Result<()> {
    use io::ErrorKind::{NotADirectory, NotFound};
    let folder = beside::folder(path);
    let name = folder.to_string_lossy().escape_debug().to_string();
    match fs::metadata(folder) {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => Err(io::Error::new(
            NotADirectory,
            format!("`{name}` is not a folder"),
        )),
        Err(error) if matches!(error.kind(), NotFound | NotADirectory) => Err(io::Error::new(
            error.kind(),
            format!("there is no folder `{name}`"),
        )),
        Err(error) => Err(error),
    }
}

/// `3 items`.
fn items(number: u64) -> String {
    if number == 1 {
        "1 item".to_owned()
    } else {
        format!("{number} items")
    }
}
