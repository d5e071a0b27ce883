//! The sink that the engine sees.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use huntsman_core::{
    Export, ExportError, Guarantee, Opening, Position, Record, Sequence, Violation,
};

use crate::catalog::Catalog;
use crate::file_feed::FileFeed;
use crate::locate::real;
use crate::secret::Secrets;
use crate::select::{self, Selected};
use crate::spec::{Spec, Target};
use crate::system_feed;

/// What happens to what is in the file already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Go on after it, so that the file stays valid (`-o`).
    Append,
    /// Put a new file in its place when the crawl is done (`-O`).
    Replace,
}

/// One sink that was asked for by an address and words: a format in files, or another system.
///
/// | words | of |
/// | --- | --- |
/// | `types`, `filter`, `fields` | every feed: see [`Selected`] |
/// | `on_error=stop`, `skip` | every feed: whether the crawl ends with it when it fails, or goes on |
/// | `overwrite` | every feed: [`Mode::Replace`] |
/// | `format` | files: a name of a format, where the ending does not say it |
/// | `compress`, `level` | files: `gzip`, `zstd`, `none`; endings `.gz` and `.zst` say it too |
/// | `batch_items`, `batch_bytes`, `batch_time` | files: when one ends and the next begins, with `%(batch)05d` in their address |
/// | `store_empty` | files: whether there is one without items |
///
/// and those of its format, its place or its system. In an address they stand behind a `?`, with
/// `&` between them; `%26` is a `&` in a value, and `&&` stays as it is.
///
/// `${NAME}` in a word, or in the address of a system, is the value of a variable of the environment,
/// and `${file:PATH}` what a file holds: a secret that nobody is shown; `$${` is `${`.
///
/// ```
/// use huntsman_core::{Export, ExportError};
/// use huntsman_export::{Feed, Mode};
///
/// let feed = Feed::new("quotes.jsonl.zst?fields=text,author:by", Mode::Append)?;
/// assert_eq!(feed.name(), "quotes.jsonl.zst?fields=text,author:by");
/// assert_eq!(feed.bytes(), 0);
///
/// let error = Feed::new("quotes.jsno", Mode::Append).unwrap_err().to_string();
/// assert!(error.contains("json"), "{error}");
/// # Ok::<(), ExportError>(())
/// ```
pub struct Feed {
    name: String,
    identity: String,
    optional: bool,
    replaces: bool,
    sink: Box<dyn Export>,
    secrets: Secrets,
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Feed {
    /// Reads an address with the formats and places of this crate; nothing is opened yet. See
    /// [`Catalog::feed`] for others.
    ///
    /// The address is a path, a `file:` URL, or `-` for standard output. The format follows from
    /// the ending (`.json`; `.jsonl`, `.jl` or `.ndjson`; `.csv` …) or from `?format=NAME`, where
    /// the names are the endings without their dot. `-` alone is JSON Lines. A `?` in a file name
    /// can be written as `%3F` in a `file:` URL.
    ///
    /// # Errors
    /// [`ExportError::Place`], in one line, for an unknown ending, format, word or scheme. It names
    /// the known ones, the nearest first.
    pub fn new(address: &str, mode: Mode) -> Result<Self, ExportError> {
        Catalog::default().feed(address, mode, &BTreeMap::new())
    }

    /// What reports call it: the address as it was given, a password in it as `***`; of a table, its
    /// name and the place. No error of the feed has a password either, nor a value that stood for
    /// `${NAME}`, whatever the system says that got them.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the crawl can do without it once it has failed (`on_error=skip`).
    #[must_use]
    pub fn is_optional(&self) -> bool {
        self.optional
    }

    /// Whether it replaces what is there, as `-O` does.
    #[must_use]
    pub fn replaces(&self) -> bool {
        self.replaces
    }

    /// What it writes to, the same for two feeds of one place, whatever they call it: for comparing
    /// only, not for showing.
    #[must_use]
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// Whether it writes to this file.
    #[must_use]
    pub fn is_at(&self, path: &Path) -> bool {
        self.identity == real(path).to_string_lossy()
    }

    fn of(spec: Spec, variables: &BTreeMap<String, String>) -> Result<Self, ExportError> {
        let sink = sink(&spec, variables).map_err(|error| spec.secrets.hidden(error))?;
        Ok(Self {
            sink,
            name: spec.name,
            identity: spec.identity,
            optional: spec.optional,
            replaces: spec.mode == Mode::Replace,
            secrets: spec.secrets,
        })
    }

    /// The result without secrets in its error, whatever the sink says.
    fn told<T>(&self, result: Result<T, ExportError>) -> Result<T, ExportError> {
        result.map_err(|error| self.secrets.hidden(error))
    }
}

fn sink(spec: &Spec, variables: &BTreeMap<String, String>) -> Result<Box<dyn Export>, ExportError> {
    let (address, mode, words) = (&spec.address, spec.mode, &spec.words);
    let sink: Box<dyn Export> = match &spec.target {
        Target::System(system) => system_feed::sink(system, address, mode, words, variables)?,
        Target::Files { format, place } => {
            let (format, place) = (Arc::clone(format), Arc::clone(place));
            let files = FileFeed::new(address, format, place, mode, words.clone(), variables);
            Box::new(files?)
        }
    };
    let selects = select::WORDS.iter().any(|word| words.get(word).is_some());
    Ok(if selects {
        Box::new(Selected::new(sink, words)?)
    } else {
        sink
    })
}

impl Catalog {
    /// The feed that an address with its words asks for; nothing is opened yet. `variables` are
    /// names that it may have beside `%(spider)s`, `%(time)s` and `%(batch)05d`, with their values.
    ///
    /// # Errors
    /// [`ExportError::Place`], in one line, for what is unknown or has no sense.
    pub fn feed(
        &self,
        address: &str,
        mode: Mode,
        variables: &BTreeMap<String, String>,
    ) -> Result<Feed, ExportError> {
        Feed::of(Spec::of_address(self, address, mode)?, variables)
    }

    /// The same, but without items there is no file, unless `store_empty` says otherwise: what a file
    /// of failures should be.
    ///
    /// # Errors
    /// As for [`Catalog::feed`].
    pub fn feed_if_any(
        &self,
        address: &str,
        mode: Mode,
        variables: &BTreeMap<String, String>,
    ) -> Result<Feed, ExportError> {
        let mut spec = Spec::of_address(self, address, mode)?;
        if matches!(spec.target, Target::Files { .. }) {
            spec.words.set_default("store_empty", "false");
        }
        Feed::of(spec, variables)
    }

    /// The feed that a table asks for: the same words, and the address as `place`. It is appended to
    /// unless `overwrite` is true.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    /// use huntsman_export::Catalog;
    ///
    /// let words = [("place", "cheap.csv"), ("filter", "this.price < 10.0")];
    /// let words = words.map(|(word, value)| (word.to_owned(), value.to_owned()));
    /// let feed = Catalog::default().table("cheap", &words.into(), &BTreeMap::new())?;
    /// assert_eq!(feed.name(), "cheap (cheap.csv)");
    /// # Ok::<(), huntsman_core::ExportError>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Catalog::feed`]; the message names the table as `deliver.NAME`.
    pub fn table(
        &self,
        name: &str,
        words: &BTreeMap<String, String>,
        variables: &BTreeMap<String, String>,
    ) -> Result<Feed, ExportError> {
        Feed::of(Spec::of_table(self, name, words)?, variables)
    }
}

#[async_trait]
impl Export for Feed {
    async fn open(&self, opening: Opening) -> Result<Sequence, ExportError> {
        self.told(self.sink.open(opening).await)
    }

    fn refuses(&self, record: &Record) -> Option<Violation> {
        self.sink.refuses(record)
    }

    async fn export(&self, batch: Vec<Record>) -> Result<(), ExportError> {
        self.told(self.sink.export(batch).await)
    }

    async fn commit(&self, up_to: Sequence) -> Result<Position, ExportError> {
        self.told(self.sink.commit(up_to).await)
    }

    fn ending(&self) {
        self.sink.ending();
    }

    async fn close(&self) -> Result<(), ExportError> {
        self.told(self.sink.close().await)
    }

    async fn abandon(&self) {
        self.sink.abandon().await;
    }

    fn bytes(&self) -> u64 {
        self.sink.bytes()
    }

    fn skipped(&self) -> u64 {
        self.sink.skipped()
    }

    fn guarantee(&self) -> Guarantee {
        self.sink.guarantee()
    }
}
