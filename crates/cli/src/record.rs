//! `--record`: every response is kept as it came.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Error, anyhow};
use huntsman::core::HeaderMap;
use huntsman::{Settings, Stop};
use huntsman_warc::{Archive, Options, Recorder, WarcError};

use crate::flags::Run;

/// Where a job's recording is, in its folder.
const FOLDER: &str = "record";

/// Where a crawl is to be recorded, if at all.
pub(crate) fn place(flags: &Run) -> Result<Option<PathBuf>, Error> {
    match (&flags.record, &flags.job) {
        (None, _) => Ok(None),
        (Some(Some(place)), _) => Ok(Some(place.clone())),
        (Some(None), Some(job)) => Ok(Some(job.join(FOLDER))),
        (Some(None), None) => Err(anyhow!(
            "--record needs a folder, or a file that ends in .warc.gz or .warc; only with --job it has one of its own"
        )),
    }
}

/// A crawl's recording.
pub(crate) struct Recording {
    archive: Arc<Archive>,
    failed: Arc<Mutex<Option<WarcError>>>,
}

impl Recording {
    pub(crate) fn begin(place: &Path, spider: &str) -> Result<Self, Error> {
        let archive = Archive::open(place, Options::new(spider, huntsman::now));
        Ok(Self {
            archive: Arc::new(archive.context("--record")?),
            failed: Arc::default(),
        })
    }

    /// The layer that records. What cannot be kept stops the crawl, and its page stays to be fetched.
    pub(crate) fn layer(&self, settings: &Settings, sent: HeaderMap, stop: &Stop) -> Recorder {
        let (stop, failed) = (stop.clone(), Arc::clone(&self.failed));
        let on_failure = move |error| {
            let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
            failed.get_or_insert(error);
            stop.abort();
        };
        let archive = Arc::clone(&self.archive);
        Recorder::new(
            archive,
            sent,
            huntsman::now,
            settings.fetch.max_body,
            on_failure,
        )
    }

    /// Makes sure that all is on the disk.
    pub(crate) fn end(self) -> Result<(), Error> {
        let failed = self
            .failed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let ended = failed.map_or_else(|| self.archive.sync(), Err);
        ended.context("the crawl cannot be recorded")
    }
}
