//! An object in the making: an upload in parts.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use huntsman_core::failpoint::failpoint;
use huntsman_export::{Delivered, Mode, Output};
use object_store::path::Path;
use thiserror::Error;

use crate::address::Address;
use crate::error::StoreError;
use crate::position::{Mark, Unreadable, UploadPosition};
use crate::requests::Requests;
use crate::store::{Found, Store};

/// More parts than this has no object of S3.
const MOST_PARTS: usize = 10_000;

/// Why an object cannot be begun, gone on with or finished.
#[derive(Debug, Error)]
pub(crate) enum UploadError {
    #[error(
        "there is an object already, and none can be appended to: replace it with -O, or give \
         each its own name with %(time)s or %(batch)05d"
    )]
    Exists,
    #[error("another writer has made the object in the meantime, and it is left as it is")]
    Meanwhile,
    #[error(
        "the store no longer has the upload that the job would go on with, nor the object: it may \
         have expired there; begin the job anew"
    )]
    Gone,
    #[error("the position that the job kept is of s3://{0}/{1}")]
    Elsewhere(String, String),
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error(
        "an object has at most 10000 parts, here of {0} bytes: give it a larger part_size, or make \
         batches with batch_bytes"
    )]
    Parts(usize),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<UploadError> for io::Error {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::Store(error) => error.into(),
            UploadError::Exists | UploadError::Meanwhile => {
                Self::new(io::ErrorKind::AlreadyExists, error)
            }
            other => Self::other(other),
        }
    }
}

/// What an upload is made with.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) requests: Arc<Requests>,
}

/// An object in the making. It is there once it is finished, and not before.
pub(crate) struct Upload {
    site: Site,
    key: Path,
    /// What stands at the store, and what does not yet.
    at: UploadPosition,
    /// Refuses to finish where there is an object by then.
    only_new: bool,
    /// Whether a job has a position to go on from.
    kept: bool,
}

impl Upload {
    /// Begins an upload, which shows that the bucket is there and may be written.
    pub(crate) fn begin(
        site: Site,
        address: &Address,
        mode: Mode,
        job: Option<&str>,
        part_size: usize,
    ) -> io::Result<Self> {
        let (store, key) = (Arc::clone(&site.store), address.key.clone());
        let only_new = mode == Mode::Append;
        let mark = Mark::new(job);
        let id = {
            let mark = mark.clone();
            site.requests
                .wait(async move { begin(&*store, &key, &mark, only_new).await })?
        };
        let (bucket, key) = (&address.bucket, address.key.clone());
        Ok(Self {
            at: UploadPosition::new(bucket, key.as_ref(), &id, mark, part_size),
            site,
            key,
            only_new,
            kept: false,
        })
    }

    /// Goes on where an earlier run of the job stood.
    pub(crate) fn resume(
        site: Site,
        address: &Address,
        mode: Mode,
        state: &[u8],
    ) -> io::Result<Self> {
        let at = UploadPosition::from_bytes(state).map_err(UploadError::from)?;
        if (at.bucket.as_str(), at.key.as_str()) != (&address.bucket, address.key.as_ref()) {
            return Err(UploadError::Elsewhere(at.bucket, at.key).into());
        }
        let key = address.key.clone();
        let (at, only_new) = {
            let (store, key) = (Arc::clone(&site.store), key.clone());
            let append = mode == Mode::Append;
            site.requests
                .wait(async move { find_back(&*store, &key, at, append).await })?
        };
        Ok(Self {
            site,
            key,
            at,
            only_new,
            kept: true,
        })
    }

    /// Sends what has come since the last part as the next one.
    fn send(&mut self) -> io::Result<()> {
        let number = self.at.parts.len();
        if number >= MOST_PARTS {
            return Err(UploadError::Parts(self.at.part_size).into());
        }
        let bytes = Bytes::from(std::mem::take(&mut self.at.tail));
        let begins = bytes.clone();
        let (store, key) = (Arc::clone(&self.site.store), self.key.clone());
        let id = self.at.upload.clone();
        let part = async move { store.part(&key, &id, number, bytes).await };
        failpoint("bucket.part.before");
        let sent = self.site.requests.wait(part)?;
        failpoint("bucket.part.after");
        self.at.sent_as(sent, &begins);
        Ok(())
    }

    /// Grows as a vector does, but never beyond a part.
    fn make_room(&mut self, more: usize) {
        let tail = &mut self.at.tail;
        let needed = tail.len() + more;
        if needed > tail.capacity() {
            let size = needed.max(2 * tail.capacity()).min(self.at.part_size);
            tail.reserve_exact(size - tail.len());
        }
    }

    fn abort(&self) -> io::Result<()> {
        let (store, key) = (Arc::clone(&self.site.store), self.key.clone());
        let id = self.at.upload.clone();
        self.site
            .requests
            .wait(async move { store.abort(&key, &id).await })
    }

    /// Bytes that are in memory.
    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        self.at.tail.capacity()
    }
}

/// Begins an upload; with `only_new`, unless there is an object.
async fn begin(
    store: &dyn Store,
    key: &Path,
    mark: &Mark,
    only_new: bool,
) -> Result<String, UploadError> {
    // This first: here the store says why not, to a request for an object's head it says nothing.
    failpoint("bucket.begin.before");
    let id = store.begin(key, mark).await?;
    failpoint("bucket.begin.after");
    if !only_new {
        return Ok(id);
    }
    let reason = match store.find(key).await {
        // Who may write but not look is told at the end.
        Ok(None) | Err(StoreError::Denied(_)) => return Ok(id),
        Ok(Some(_)) => UploadError::Exists,
        Err(error) => error.into(),
    };
    // What cannot be cleared up expires at the store; the reason matters more.
    store.abort(key, &id).await.unwrap_or_default();
    Err(reason)
}

/// Where the upload stands now, and whether there must be no object when it is finished.
async fn find_back(
    store: &dyn Store,
    key: &Path,
    at: UploadPosition,
    append: bool,
) -> Result<(UploadPosition, bool), UploadError> {
    let found = match store.find(key).await {
        Err(StoreError::Denied(_)) => None,
        found => found?,
    };
    if let Some(found) = found {
        let ours = |mark: &String| at.mark.is_of_same_output(mark);
        if found.mark.as_ref().is_some_and(ours) && found.size >= at.len() {
            // The run was cut off after the object was made and before the job knew.
            return Ok((begin_from(store, key, at, &found).await?, false));
        }
        if append {
            return Err(UploadError::Meanwhile);
        }
    }
    // A part of the upload's next number shows whether it is there; the next part replaces it.
    let tail = Bytes::copy_from_slice(&at.tail);
    match store.part(key, &at.upload, at.parts.len(), tail).await {
        Ok(_) => Ok((at, append)),
        Err(StoreError::NoUpload) => Err(UploadError::Gone),
        Err(error) => Err(error.into()),
    }
}

/// Begins an upload anew with the beginning of the object that the last one made.
async fn begin_from(
    store: &dyn Store,
    key: &Path,
    mut at: UploadPosition,
    made: &Found,
) -> Result<UploadPosition, UploadError> {
    at.mark.turn = at.mark.turn.saturating_add(1);
    failpoint("bucket.again.before");
    at.upload = store.begin(key, &at.mark).await?;
    failpoint("bucket.again.after");
    let size = at.part_size as u64;
    for (number, part) in at.parts.iter_mut().enumerate() {
        let from = number as u64 * size;
        let bytes = store.read(key, made, from..from + size).await?;
        if bytes.len() as u64 != size {
            return Err(UploadError::Gone);
        }
        *part = store.part(key, &at.upload, number, bytes).await?;
    }
    Ok(at)
}

/// Makes the object, or finds that it is made.
async fn complete(
    store: &dyn Store,
    key: &Path,
    at: &UploadPosition,
    length: u64,
    only_new: bool,
) -> Result<(), UploadError> {
    let done = store
        .complete(key, &at.upload, at.parts.clone(), only_new)
        .await;
    let Err(error) = done else { return Ok(()) };
    // The answer to an earlier try may have been lost.
    if let Ok(Some(found)) = store.find(key).await
        && found.mark.as_ref() == Some(&at.mark.to_string())
        && found.size == length
    {
        return Ok(());
    }
    Err(match error {
        StoreError::Exists => UploadError::Meanwhile,
        other => other.into(),
    })
}

impl Output for Upload {
    /// What is written is at the store and cannot be read there; its beginning is kept here.
    fn read(&mut self, from: u64, into: &mut [u8]) -> io::Result<usize> {
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let rest = self.at.look().get(from..).unwrap_or_default();
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let room = self.at.part_size - self.at.tail.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.make_room(now.len());
            self.at.tail.extend_from_slice(now);
            if self.at.tail.len() == self.at.part_size {
                self.send()?;
            }
            bytes = later;
        }
        Ok(())
    }

    fn sync(&mut self) -> io::Result<Vec<u8>> {
        self.kept = true;
        Ok(self.at.to_bytes())
    }

    fn finish(&mut self) -> io::Result<()> {
        let length = self.at.len();
        // An object has one part at least.
        if !self.at.tail.is_empty() || self.at.parts.is_empty() {
            self.send()?;
        }
        let (store, key) = (Arc::clone(&self.site.store), self.key.clone());
        let (at, only_new) = (self.at.clone(), self.only_new);
        let done = async move { complete(&*store, &key, &at, length, only_new).await };
        failpoint("bucket.complete.before");
        self.site.requests.wait(done)?;
        failpoint("bucket.complete.after");
        Ok(())
    }

    fn fail(&mut self, delivered: &Delivered) -> String {
        let number = items(delivered.items);
        if self.kept {
            return format!("what was written before ({number}) waits in an upload for the job");
        }
        match self.abort() {
            Ok(()) => format!("no object was made, and {number} written before are discarded"),
            Err(error) => format!(
                "no object was made; an upload with {number} stays until it expires: {error}"
            ),
        }
    }

    fn abandon(&mut self, _delivered: &Delivered) {
        if !self.kept {
            // Nobody is left to tell; what stays is no object, and expires at the store.
            self.abort().unwrap_or_default();
        }
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

#[cfg(test)]
#[path = "upload_tests.rs"]
mod tests;
