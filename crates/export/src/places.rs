//! Places: where the bytes of a file go.

use std::fs;
use std::io;
use std::path::Path;

use crate::feed::Mode;
use crate::formats::Ends;

mod beside;
mod file;
mod stream;

/// What a run has delivered when it ends early.
pub(crate) struct Delivered {
    /// So many items, in batches that were written wholly.
    pub(crate) items: u64,
    /// Where the first of them begins, in bytes from the start of the file.
    pub(crate) from: u64,
    /// Where the last of them ends.
    pub(crate) to: u64,
    /// What makes them a file of their own, before.
    pub(crate) opening: Vec<u8>,
    /// What makes any file whole after them.
    pub(crate) closing: Vec<u8>,
}

/// An open file, or something like one. It blocks.
pub(crate) trait Place: Send {
    /// The ends of what is there and has to be gone on with; none to begin anew.
    fn old(&mut self) -> io::Result<Option<Ends>>;

    /// Readies the file that is there for writing after its first `keep` bytes.
    fn go_on(&mut self, keep: u64) -> io::Result<()>;

    /// Writes all of `bytes`.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Makes what was written durable, and puts it where it belongs.
    fn finish(&mut self) -> io::Result<()>;

    /// Clears up after an error of this sink. What became of the items, as part of a sentence.
    fn fail(&mut self, delivered: &Delivered) -> String;

    /// Ends after an error elsewhere.
    fn abandon(&mut self, delivered: &Delivered);
}

/// Opens a file, or standard output, or says why it cannot be written.
pub(crate) fn open(path: Option<&Path>, mode: Mode) -> io::Result<Box<dyn Place>> {
    let Some(path) = path else {
        return Ok(Box::new(stream::Stream::standard_output()));
    };
    check_folder(path)?;
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(io::Error::new(
            io::ErrorKind::IsADirectory,
            "it is a folder",
        )),
        // Devices and pipes have no content of their own: nothing to append to or to replace.
        Ok(found) if !found.is_file() => Ok(Box::new(stream::Stream::device(path)?)),
        Ok(_) => file::open(path, mode),
        Err(error) if error.kind() == io::ErrorKind::NotFound => file::open(path, mode),
        Err(error) => Err(error),
    }
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
