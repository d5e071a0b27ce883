//! How a job is opened.

use std::time::Duration;

use huntsman_core::frontier::PaceOf;
use huntsman_core::pace::Pace;
use huntsman_core::{HostKey, Schema, Timestamp};

/// Who opens a job, and how its store is to work.
///
/// ```
/// use std::time::Duration;
/// use huntsman_core::Timestamp;
/// use huntsman_store::Options;
///
/// let options = Options::new("books", "1", Timestamp(1_795_500_000_000))
///     .cache(128 << 20)
///     .group_delay(Duration::from_millis(5));
/// ```
pub struct Options {
    pub(crate) spider: String,
    pub(crate) version: String,
    pub(crate) now: Timestamp,
    pub(crate) take_over: bool,
    pub(crate) again: Option<Again>,
    pub(crate) schemas: Vec<&'static Schema>,
    pub(crate) pace: Box<dyn PaceOf>,
    pub(crate) cache: usize,
    pub(crate) outbox_memory: usize,
    pub(crate) group_delay: Duration,
}

impl Options {
    /// A run of this spider, in this version, that begins `now`.
    #[must_use]
    pub fn new(spider: &str, version: &str, now: Timestamp) -> Self {
        Self {
            spider: spider.to_owned(),
            version: version.to_owned(),
            now,
            take_over: false,
            again: None,
            schemas: Vec::new(),
            pace: Box::new(|_: &HostKey| Pace::default()),
            cache: 256 << 20,
            outbox_memory: 64 << 20,
            group_delay: Duration::ZERO,
        }
    }

    /// The types of the items as sinks get them: those that wait in the outbox are handed out as
    /// these again. The quarantine's is known.
    #[must_use]
    pub fn schemas(mut self, schemas: &[&'static Schema]) -> Self {
        self.schemas = schemas.to_vec();
        self
    }

    /// The pace of each host; asked once for each in a run. By default, one request at a time.
    #[must_use]
    pub fn pace(mut self, pace: impl PaceOf) -> Self {
        self.pace = Box::new(pace);
        self
    }

    /// Lets this version of the spider go on with a job that another one began. Without, such a
    /// job is refused.
    #[must_use]
    pub fn take_over(mut self, take_over: bool) -> Self {
        self.take_over = take_over;
        self
    }

    /// Begins another round of a job that is finished. One that is not finished goes on as it was
    /// begun.
    #[must_use]
    pub fn again(mut self, again: Again) -> Self {
        self.again = Some(again);
        self
    }

    /// Bytes of memory for pages of the database, at most; 256 MiB by default.
    #[must_use]
    pub fn cache(mut self, bytes: usize) -> Self {
        self.cache = bytes;
        self
    }

    /// Bytes of records, as they are on disk, that are kept in memory too until sinks have them;
    /// 64 MiB by default. What goes beyond is read back.
    #[must_use]
    pub fn outbox_memory(mut self, bytes: usize) -> Self {
        self.outbox_memory = bytes;
        self
    }

    /// How long a commit waits for others to share its sync. By default it does not: what arrives
    /// while one is under way shares the next.
    #[must_use]
    pub fn group_delay(mut self, delay: Duration) -> Self {
        self.group_delay = delay;
        self
    }
}

/// How a finished job is crawled again: every request of its last round is queued once more, with
/// what it got then, so that only what has changed is parsed.
///
/// ```
/// use huntsman_store::Again;
/// let again = Again { only_new: true, replaced: vec!["books.json".to_owned()] };
/// assert_ne!(again, Again::default());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Again {
    /// Only items leave that no earlier round has delivered.
    pub only_new: bool,
    /// Sinks that begin anew; the others go on behind what they have.
    pub replaced: Vec<String>,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("spider", &self.spider)
            .field("version", &self.version)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}
