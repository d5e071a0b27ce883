//! An archive that is being written.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use huntsman_core::Timestamp;
use huntsman_core::failpoint::failpoint;

use crate::error::WarcError;
use crate::exchange::Exchange;
use crate::name::Names;
use crate::record::{Ids, Record, date};
use crate::repair::whole;

/// A file is full once it has so many bytes. WARC §C recommends 1 GB.
const SEGMENT: u64 = 1 << 30;
const CONFORMS: &str =
    "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/";

/// What an archive says of itself, and how it is written.
#[derive(Debug, Clone)]
pub struct Options {
    /// The spider, by name.
    pub spider: String,
    /// The program and its version.
    pub software: String,
    /// What tells the time.
    pub now: fn() -> Timestamp,
    /// Another file is begun once one has so many bytes. 1 GiB.
    pub segment: u64,
}

impl Options {
    /// For a spider of this name.
    #[must_use]
    pub fn new(spider: &str, now: fn() -> Timestamp) -> Self {
        Self {
            spider: spider.to_owned(),
            software: concat!("Huntsman/", env!("CARGO_PKG_VERSION")).to_owned(),
            now,
            segment: SEGMENT,
        }
    }
}

/// An archive that is being written, by this process alone.
///
/// What was kept is with the operating system when [`Archive::keep`] returns: it outlives the
/// process, however that ends. It is on the disk for certain once the file is full, and after
/// [`Archive::sync`]; to sync each exchange would cost more than the crawl.
///
/// ```
/// use huntsman_core::{HeaderMap, RawResponse, Request, Timestamp, Url};
/// use huntsman_warc::{Archive, Exchange, Options, Replay};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let place = folder.path().join("a.warc.gz");
/// let url = Url::parse("http://a.example/").unwrap();
/// let archive = Archive::open(&place, Options::new("titles", || Timestamp(0))).unwrap();
/// archive
///     .keep(&Exchange {
///         request: Request::get(url.clone()),
///         sent: HeaderMap::new(),
///         response: RawResponse::ok(url, "hello"),
///         at: Timestamp(0),
///     })
///     .unwrap();
/// archive.sync().unwrap();
/// assert_eq!(Replay::open(&place, 1024).unwrap().facts().responses, 1);
/// ```
#[derive(Debug)]
pub struct Archive {
    names: Names,
    options: Options,
    ids: Ids,
    /// One name for all that this process records.
    run: String,
    state: Mutex<State>,
    /// The first file, whose lock is that of the archive.
    _lock: File,
}

#[derive(Debug)]
struct State {
    file: File,
    path: PathBuf,
    number: u32,
    /// Up to here all is whole.
    length: u64,
    /// Why nothing is recorded any more.
    failed: Option<String>,
}

impl Archive {
    /// Begins an archive, or goes on with one: `place` is a file if it ends in `.warc.gz` or
    /// `.warc`, else a folder, which is made. A last record that was cut off is removed.
    ///
    /// # Errors
    /// Another process has it, something else is there, or the system refuses.
    pub fn open(place: &Path, options: Options) -> Result<Self, WarcError> {
        let names = Names::new(place, &options.spider);
        if names.folder().is_file() {
            return Err(WarcError::Foreign {
                path: names.folder().to_owned(),
                reason: "a name that ends in .warc.gz or .warc stands for one".to_owned(),
            });
        }
        if !names.folder().as_os_str().is_empty() {
            std::fs::create_dir_all(names.folder()).map_err(WarcError::file(names.folder()))?;
        }
        let lock = locked(&names.path(0), place)?;
        let number = names.last();
        let path = names.path(number);
        let file = match number {
            0 => lock.try_clone().map_err(WarcError::file(&path))?,
            _ => open(&path)?,
        };
        let length = whole(&file, &path)?;
        let ids = Ids::new();
        let archive = Self {
            run: ids.next(),
            ids,
            names,
            options,
            state: Mutex::new(State {
                file,
                path,
                number,
                length,
                failed: None,
            }),
            _lock: lock,
        };
        archive.begin()?;
        Ok(archive)
    }

    /// Keeps an exchange.
    ///
    /// # Errors
    /// It cannot be written. What was kept before stays whole, and nothing more is taken.
    pub fn keep(&self, exchange: &Exchange) -> Result<(), WarcError> {
        let records = exchange.records(&self.ids, self.names.is_compressed());
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reason) = &state.failed {
            return Err(WarcError::Ended(reason.clone()));
        }
        let kept = self.put(&mut state, &records);
        if let Err(error) = &kept {
            state.failed = Some(error.to_string());
        }
        kept
    }

    /// Waits until all that was kept is on the disk.
    ///
    /// # Errors
    /// The system says that it may not be.
    pub fn sync(&self) -> Result<(), WarcError> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.file.sync_all().map_err(WarcError::file(&state.path))
    }

    /// Cuts what is torn, and says who writes from here on.
    fn begin(&self) -> Result<(), WarcError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let state = &mut *state;
        let metadata = state
            .file
            .metadata()
            .map_err(WarcError::file(&state.path))?;
        let torn = metadata.len().saturating_sub(state.length);
        if torn > 0 {
            let path = state.path.display();
            tracing::warn!(target: "record", "{path}: the last record was cut off; its {torn} bytes are removed");
            let cut = state.file.set_len(state.length);
            cut.map_err(WarcError::file(&state.path))?;
        }
        let end = state.file.seek(SeekFrom::Start(state.length));
        end.map_err(WarcError::file(&state.path))?;
        state.put(&self.info(&state.path))
    }

    /// Writes to the present file, or to another one if that is full.
    fn put(&self, state: &mut State, records: &[u8]) -> Result<(), WarcError> {
        if state.length >= self.options.segment {
            state
                .file
                .sync_all()
                .map_err(WarcError::file(&state.path))?;
            let number = state.number + 1;
            let path = self.names.path(number);
            state.file = open(&path)?;
            (state.path, state.number, state.length) = (path, number, 0);
            let info = self.info(&state.path);
            state.put(&info)?;
        }
        state.put(records)
    }

    /// The record that says what follows it.
    fn info(&self, path: &Path) -> Vec<u8> {
        let Options {
            spider, software, ..
        } = &self.options;
        let fields = format!(
            "software: {software}\r\nformat: WARC File Format 1.1\r\nconformsTo: {CONFORMS}\r\nspider: {spider}\r\nrun: {}\r\n",
            self.run
        );
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut out = Vec::new();
        Record {
            kind: "warcinfo",
            id: &self.ids.next(),
            date: &date((self.options.now)()),
            fields: vec![("WARC-Filename", name.into_owned())],
            content_type: "application/warc-fields",
            block: &[fields.as_bytes()],
            is_dense: false,
        }
        .write(self.names.is_compressed(), &mut out);
        out
    }
}

impl State {
    /// Appends; of what cannot be written whole, nothing stays.
    fn put(&mut self, bytes: &[u8]) -> Result<(), WarcError> {
        failpoint("record.write.before");
        if let Err(error) = self.file.write_all(bytes) {
            // If this fails, too, the next opening cuts it.
            let cut = self.file.set_len(self.length);
            tracing::debug!(target: "record", "cut back: {cut:?}");
            return Err(WarcError::file(&self.path)(error));
        }
        failpoint("record.write.after");
        self.length += bytes.len() as u64;
        Ok(())
    }
}

/// Opens a file, for nobody else to read if it is new: what sites answer may hold secrets.
fn open(path: &Path) -> Result<File, WarcError> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(WarcError::file(path))
}

fn locked(path: &Path, place: &Path) -> Result<File, WarcError> {
    let file = open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(WarcError::Busy(place.to_owned())),
        Err(TryLockError::Error(error)) => Err(WarcError::file(path)(error)),
    }
}
