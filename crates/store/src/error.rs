//! Why a store fails.

use std::path::PathBuf;

use huntsman_core::FrontierError;
use huntsman_core::frontier::LeaseId;
use thiserror::Error;

/// Why a job cannot be opened, or went no further. What was acknowledged before stays.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process runs this job.
    #[error("the job in {} is running in another process; wait for it, or stop it first", .0.display())]
    Busy(PathBuf),
    /// The process that runs the job does not answer.
    #[error("the job in {} is running, and its process does not answer; try again", .0.display())]
    Silent(PathBuf),
    /// There is no job in this folder.
    #[error("there is no job in {}", .0.display())]
    Missing(PathBuf),
    /// The file is not a store.
    #[error("{} is not a job's store: {reason}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The store was made by another version of the program.
    #[error(
        "the job has format {found}, and this version reads format {known}; {}",
        if found < known {
            "resume it once, which brings it to one that is read"
        } else {
            "go on with the version that began it, or begin another job"
        }
    )]
    Format {
        /// The job's format.
        found: u32,
        /// The one that is known here.
        known: u32,
    },
    /// The job belongs to another spider.
    #[error("the job is the spider `{found}`'s, not `{given}`'s; choose another folder")]
    Spider {
        /// Whose it is.
        found: String,
        /// Who asked for it.
        given: String,
    },
    /// The job was begun by another version of the spider.
    #[error(
        "the job was begun by version `{found}` of the spider, and this is version `{given}`; its requests may mean something else now: take it over knowingly (--take-over), or begin another job"
    )]
    Version {
        /// The job's version.
        found: String,
        /// The present one.
        given: String,
    },
    /// The job cannot be crawled again, since it does not say which pages it had.
    #[error(
        "the job kept no history (settle.history=false), so its pages are not known any more; begin another job"
    )]
    NoHistory,
    /// Records wait for sinks whose type is not what it was, or is unknown.
    #[error(
        "records of type `{0}` wait for their sinks, and the type has changed since; let the earlier version of the spider deliver them first"
    )]
    Schema(String),
    /// An item cannot be kept.
    #[error("an item of type `{kind}` from {url} cannot be stored: {reason}")]
    Item {
        /// The item's type.
        kind: String,
        /// The page.
        url: String,
        /// What serde, or the store, has against it.
        reason: String,
    },
    /// What was read is not what was written.
    #[error(
        "the job's store is damaged: {0}; nothing was skipped, and nothing more is done with it"
    )]
    Damaged(String),
    /// A table that stores do not have.
    #[error("a store has no table `{given}`; it has {known}")]
    Table {
        /// What was asked for.
        given: String,
        /// What there is.
        known: String,
    },
    /// What is exported has nowhere to go.
    #[error("the export cannot be written: {0}")]
    Output(std::io::Error),
    /// A damaged store of which no other can be made.
    #[error("the job's store is beyond repair: {0}; nothing was changed")]
    Beyond(String),
    /// No room is left for the store.
    #[error("no room is left for the job's store ({0}); make some, and resume: nothing is lost")]
    Full(std::io::Error),
    /// The system failed to read or write.
    #[error("the job's store cannot be read or written: {0}")]
    Io(std::io::Error),
    /// A file beside the store cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Another reason of the database.
    #[error("the job's database failed: {0}")]
    Database(String),
    /// An earlier failure, after which nothing more is written.
    #[error("{0}")]
    Failed(String),
    /// A settlement for something that is not leased.
    #[error("lease {} is not out", .0.0)]
    NotLeased(LeaseId),
    /// A settlement of a request that was found on a page which is not settled yet.
    #[error("lease {} is settled before the page that it was found on", .0.0)]
    TooEarly(LeaseId),
}

impl StoreError {
    pub(crate) fn io(error: std::io::Error) -> Self {
        use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        match error.kind() {
            StorageFull | QuotaExceeded | FileTooLarge => Self::Full(error),
            _ => Self::Io(error),
        }
    }

    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        |source| Self::File { path, source }
    }
}

impl From<redb::Error> for StoreError {
    fn from(error: redb::Error) -> Self {
        match error {
            redb::Error::Io(error) => Self::io(error),
            redb::Error::Corrupted(what) => Self::Damaged(what),
            // A table that is not what it should be is damage too: the format was checked before.
            error @ (redb::Error::TableTypeMismatch { .. }
            | redb::Error::TableDoesNotExist(_)
            | redb::Error::TypeDefinitionChanged { .. }) => Self::Damaged(error.to_string()),
            error => Self::Database(error.to_string()),
        }
    }
}

macro_rules! from_redb {
    ($($error:ty),+) => {
        $(impl From<$error> for StoreError {
            fn from(error: $error) -> Self {
                redb::Error::from(error).into()
            }
        })+
    };
}

from_redb!(
    redb::StorageError,
    redb::TableError,
    redb::TransactionError,
    redb::CommitError,
    redb::DatabaseError
);

impl From<StoreError> for FrontierError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotLeased(lease) => Self::NotLeased(lease),
            error => Self::Store(error.to_string()),
        }
    }
}
