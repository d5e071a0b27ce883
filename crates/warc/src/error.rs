//! Why an archive cannot be written or read.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why an archive cannot be written or read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WarcError {
    /// Another process writes to it.
    #[error("{} is being recorded to by another process; wait for it, or choose another place", .0.display())]
    Busy(PathBuf),
    /// A file that is no WARC stands there.
    #[error("{} is no WARC file: {reason}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        reason: String,
    },
    /// There is nothing to replay.
    #[error("{}: {reason}", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
        /// What is missing.
        reason: String,
    },
    /// The system refused to read or write.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// Writing failed before, by this, and nothing is recorded since.
    #[error("{0}")]
    Ended(String),
}

impl WarcError {
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::File {
            path: path.to_owned(),
            source,
        }
    }
}
