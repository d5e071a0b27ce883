//! A folder's files, as they are at one moment.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// All files below a folder, by their paths in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Frozen(BTreeMap<PathBuf, Vec<u8>>);

impl Frozen {
    pub(super) fn of(folder: &Path) -> Self {
        let mut files = BTreeMap::new();
        collect(folder, Path::new(""), &mut files);
        Self(files)
    }

    /// The same with so many quarters of what has come since `before`: a file that has grown
    /// lacks the rest of that.
    pub(super) fn torn(mut self, before: Option<&Self>, quarters: usize) -> Self {
        let empty = Self::default();
        let before = before.unwrap_or(&empty);
        let gone: Vec<_> = before
            .0
            .iter()
            .filter(|(path, _)| !self.0.contains_key(*path))
            .collect();
        for (path, bytes) in &mut self.0 {
            let renamed = gone
                .iter()
                .map(|(_, old)| *old)
                .find(|old| bytes.starts_with(old));
            let old = before.0.get(path).or(renamed).map_or(0, Vec::len);
            if let Some(added) = bytes.len().checked_sub(old) {
                bytes.truncate(old + added * quarters / 4);
            }
        }
        self
    }

    /// Makes the folder what it was.
    pub(super) fn put_back(&self, folder: &Path) {
        empty(folder);
        for (path, bytes) in &self.0 {
            let path = folder.join(path);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).expect("the folder can be made again");
            }
            fs::write(&path, bytes).expect("the file can be written again");
        }
    }
}

fn collect(folder: &Path, below: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let entry = entry.expect("the folder can be read");
        let below = below.join(entry.file_name());
        if entry.path().is_dir() {
            collect(&entry.path(), &below, files);
        } else {
            let bytes = fs::read(entry.path()).expect("the file can be read");
            files.insert(below, bytes);
        }
    }
}

/// The names and contents of all files below a folder, one after the other.
pub(super) fn bytes(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for (path, content) in Frozen::of(folder).0 {
        all.extend(format!("{} {}\n", path.display(), content.len()).into_bytes());
        all.extend(content);
    }
    all
}

/// Removes all that is in a folder.
fn empty(folder: &Path) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        let removed = match path.is_dir() {
            true => fs::remove_dir_all(&path),
            false => fs::remove_file(&path),
        };
        removed.expect("what is in the folder can be removed");
    }
}
