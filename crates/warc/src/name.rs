//! The files of an archive, and their names.

use std::path::{Path, PathBuf};

use crate::error::WarcError;

/// How the files of one archive are called: one after the other as each is full.
#[derive(Debug)]
pub(crate) struct Names {
    folder: PathBuf,
    stem: String,
    ending: &'static str,
    /// The first one has no number, since the user named it.
    is_file: bool,
}

const ENDINGS: [&str; 2] = [".warc.gz", ".warc"];

/// The name without its ending, if that is one of a WARC file.
fn split(name: &str) -> Option<(&str, &'static str)> {
    ENDINGS
        .into_iter()
        .find_map(|ending| Some((name.strip_suffix(ending)?, ending)))
        .filter(|(stem, _)| !stem.is_empty())
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

impl Names {
    /// `place` is a file if it ends like one, else a folder in which files bear the spider's name.
    pub(crate) fn new(place: &Path, spider: &str) -> Self {
        let name = file_name(place);
        if let Some((stem, ending)) = split(&name)
            && !place.is_dir()
        {
            return Self {
                folder: place.parent().unwrap_or(Path::new("")).to_owned(),
                stem: stem.to_owned(),
                ending,
                is_file: true,
            };
        }
        let plain = |c: char| {
            if c.is_alphanumeric() || "-_".contains(c) {
                c
            } else {
                '_'
            }
        };
        Self {
            folder: place.to_owned(),
            stem: spider.chars().map(plain).collect(),
            ending: ".warc.gz",
            is_file: false,
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn is_compressed(&self) -> bool {
        self.ending == ".warc.gz"
    }

    /// The file of this number, from 0 on.
    pub(crate) fn path(&self, number: u32) -> PathBuf {
        let (stem, ending) = (&self.stem, self.ending);
        self.folder.join(match (self.is_file, number) {
            (true, 0) => format!("{stem}{ending}"),
            _ => format!("{stem}-{number:05}{ending}"),
        })
    }

    /// The number of the last file that is there.
    pub(crate) fn last(&self) -> u32 {
        let mut last = 0;
        while self.path(last + 1).exists() {
            last += 1;
        }
        last
    }
}

/// The WARC files that `place` stands for, in their order: a file and those that follow it, all
/// in a folder, or all of the recording in a job's folder.
pub(crate) fn files(place: &Path) -> Result<Vec<PathBuf>, WarcError> {
    let missing = |reason: &str| WarcError::Missing {
        path: place.to_owned(),
        reason: reason.to_owned(),
    };
    if place.is_file() {
        let mut files = vec![place.to_owned()];
        if split(&file_name(place)).is_some() {
            let names = Names::new(place, "");
            files.extend((1..=names.last()).map(|number| names.path(number)));
        }
        return Ok(files);
    }
    if !place.is_dir() {
        return Err(missing("there is neither a WARC file nor a folder of them"));
    }
    for folder in [place.to_owned(), place.join("record")] {
        let mut files = Vec::new();
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.map_err(WarcError::file(&folder))?.path();
            if split(&file_name(&path)).is_some() && path.is_file() {
                files.push(path);
            }
        }
        files.sort();
        if !files.is_empty() {
            return Ok(files);
        }
    }
    Err(missing(
        "no .warc or .warc.gz file in this folder; a crawl with --record writes them",
    ))
}
