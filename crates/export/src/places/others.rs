//! Who else writes to a file.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::beside::{folder, lock, part_of, taken};

/// A folder with so many names is read for each file that is opened in it.
const FEW: usize = 1000;
/// One with more is read again once files of this share of its names were opened: ten thousand feeds
/// would read a hundred million names otherwise. What another program began in the meantime is not
/// seen; that program sees ours.
const SHARE: usize = 10;

/// The folder that was read last.
static LAST: Mutex<Option<Listing>> = Mutex::new(None);

struct Listing {
    folder: PathBuf,
    /// How many names it has.
    names: usize,
    /// The names of temporary files.
    parts: BTreeSet<OsString>,
    /// How many files were opened since.
    opened: usize,
}

impl Listing {
    fn read(folder: &Path) -> io::Result<Self> {
        let mut listing = Self {
            folder: folder.to_owned(),
            names: 0,
            parts: BTreeSet::new(),
            opened: 0,
        };
        for entry in fs::read_dir(folder)? {
            let name = entry?.file_name();
            listing.names += 1;
            if name.as_encoded_bytes().starts_with(b".") {
                listing.parts.insert(name);
            }
        }
        Ok(listing)
    }

    fn serves(&self, folder: &Path) -> bool {
        self.folder == folder && self.names > FEW && self.opened < self.names / SHARE
    }

    /// Those of the file whose temporary files begin so.
    fn of(&self, part: &OsString) -> impl Iterator<Item = &OsString> {
        let start = part.as_encoded_bytes();
        let is_its = move |name: &&OsString| name.as_encoded_bytes().starts_with(start);
        self.parts.range(part.clone()..).take_while(is_its)
    }
}

/// Refuses if another writer has a locked temporary file for `path`. What a crash left is free.
pub(super) fn refuse(path: &Path, ours: Option<&Path>) -> io::Result<()> {
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = folder(path);
    let listing = match last.take().filter(|last| last.serves(folder)) {
        Some(listing) => listing,
        None => Listing::read(folder)?,
    };
    let listing = last.insert(listing);
    listing.opened += 1;
    let ours = ours.and_then(Path::file_name);
    listing.parts.extend(ours.map(OsString::from));
    for name in listing
        .of(&part_of(path))
        .filter(|name| Some(name.as_os_str()) != ours)
    {
        // One that cannot be opened, or is gone by now, is nobody's.
        if File::open(folder.join(name)).is_ok_and(|file| lock(&file).is_err()) {
            return Err(taken());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_many_names_is_not_read_for_each_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for number in 0..=FEW {
            File::create(path(&format!("f{number}"))).unwrap();
        }
        let held = |name: &str| {
            let file = File::create(path(name)).unwrap();
            lock(&file).unwrap();
            file
        };
        let _theirs = held(".a.json.part-1");
        let _left = File::create(path(".b.json.part-1")).unwrap();
        assert!(refuse(&path("a.json"), None).is_err());
        refuse(&path("b.json"), None).unwrap();
        // Our own are known at once.
        let _ours = held(".c.json.part-2");
        refuse(&path("c.json"), Some(&path(".c.json.part-2"))).unwrap();
        assert!(refuse(&path("c.json"), None).is_err());
        // Those of others after a while: at once, if another test has had another folder read.
        let _later = held(".d.json.part-3");
        let refused = (0..FEW).position(|_| refuse(&path("d.json"), None).is_err());
        assert!(
            refused.is_some_and(|tries| tries <= FEW / SHARE + 1),
            "{refused:?}"
        );
        let mut listing = Listing::read(folder.path()).unwrap();
        assert!(listing.serves(folder.path()) && !listing.serves(Path::new("elsewhere")));
        listing.opened = listing.names / SHARE;
        assert!(!listing.serves(folder.path()));
    }
}
