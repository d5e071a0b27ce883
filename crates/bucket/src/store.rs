//! What an upload needs of a store, and how `object_store` does it.

use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use object_store::list::{PaginatedListOptions, PaginatedListStore};
use object_store::multipart::{MultipartStore, PartId};
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, GetOptions, GetRange, ObjectStore, ObjectStoreExt, PutMultipartOptions,
    PutPayload,
};

use crate::error::StoreError;
use crate::position::Mark;

/// The name of an object's mark in its metadata.
const MARK: &str = "huntsman-upload";

/// A bucket. Each method is a request, tried again as the store's settings say.
#[async_trait]
pub(crate) trait Store: Send + Sync {
    /// Begins an upload, which becomes an object with this mark. Its name at the store.
    async fn begin(&self, key: &Path, mark: &Mark) -> Result<String, StoreError>;

    /// Sends a part; one that was sent with the same number goes. What `complete` needs of it.
    async fn part(
        &self,
        key: &Path,
        upload: &str,
        number: usize,
        bytes: Bytes,
    ) -> Result<String, StoreError>;

    /// Makes the object of these parts, at once; with `only_new`, unless there is one.
    async fn complete(
        &self,
        key: &Path,
        upload: &str,
        parts: Vec<String>,
        only_new: bool,
    ) -> Result<(), StoreError>;

    /// Gives an upload up: its parts go.
    async fn abort(&self, key: &Path, upload: &str) -> Result<(), StoreError>;

    /// Looks for an object.
    async fn find(&self, key: &Path) -> Result<Option<Found>, StoreError>;

    /// Bytes of an object that has not changed since it was found.
    async fn read(&self, key: &Path, of: &Found, range: Range<u64>) -> Result<Bytes, StoreError>;

    /// Removes an object.
    async fn remove(&self, key: &Path) -> Result<(), StoreError>;

    /// Of the keys that begin and end so, the numbers between, in decimal digits.
    async fn numbers(&self, before: &str, after: &str) -> Result<Vec<u64>, StoreError>;
}

/// An object that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) size: u64,
    /// Its mark, if an upload of ours made it.
    pub(crate) mark: Option<String>,
    version: Option<String>,
}

/// A bucket of `object_store`.
pub(crate) struct Remote<S> {
    /// For all requests but one.
    plain: Arc<S>,
    /// The same bucket; each of its requests is on condition that there is no such object.
    if_none: Arc<S>,
    /// The same bucket, for what is there.
    pages: Arc<dyn PaginatedListStore>,
}

impl<S> Remote<S> {
    pub(crate) fn new(plain: Arc<S>, if_none: Arc<S>, pages: Arc<dyn PaginatedListStore>) -> Self {
        Self {
            plain,
            if_none,
            pages,
        }
    }
}

#[async_trait]
impl<S: ObjectStore + MultipartStore> Store for Remote<S> {
    async fn begin(&self, key: &Path, mark: &Mark) -> Result<String, StoreError> {
        let mut attributes = Attributes::new();
        attributes.insert(Attribute::Metadata(MARK.into()), mark.to_string().into());
        let options = PutMultipartOptions {
            attributes,
            ..PutMultipartOptions::default()
        };
        Ok(self.plain.create_multipart_opts(key, options).await?)
    }

    async fn part(
        &self,
        key: &Path,
        upload: &str,
        number: usize,
        bytes: Bytes,
    ) -> Result<String, StoreError> {
        let (upload, payload) = (upload.to_owned(), PutPayload::from_bytes(bytes));
        let part = self.plain.put_part(key, &upload, number, payload).await;
        Ok(part.map_err(upload_error)?.content_id)
    }

    async fn complete(
        &self,
        key: &Path,
        upload: &str,
        parts: Vec<String>,
        only_new: bool,
    ) -> Result<(), StoreError> {
        let part = |content_id| PartId { content_id };
        let parts: Vec<PartId> = parts.into_iter().map(part).collect();
        let upload = upload.to_owned();
        if only_new {
            let done = self
                .if_none
                .complete_multipart(key, &upload, parts.clone())
                .await;
            match done.map_err(upload_error) {
                // The store does not know the condition: the next best is to look just before.
                Err(StoreError::NotImplemented(_)) => {}
                done => return done.map(drop),
            }
            if self.find(key).await?.is_some() {
                return Err(StoreError::Exists);
            }
        }
        let done = self.plain.complete_multipart(key, &upload, parts).await;
        done.map(drop).map_err(upload_error)
    }

    async fn abort(&self, key: &Path, upload: &str) -> Result<(), StoreError> {
        let upload = upload.to_owned();
        match self
            .plain
            .abort_multipart(key, &upload)
            .await
            .map_err(upload_error)
        {
            // It is gone, as it should be.
            Err(StoreError::NoUpload) => Ok(()),
            done => done,
        }
    }

    async fn find(&self, key: &Path) -> Result<Option<Found>, StoreError> {
        let options = GetOptions {
            head: true,
            ..GetOptions::default()
        };
        match self
            .plain
            .get_opts(key, options)
            .await
            .map_err(StoreError::from)
        {
            Ok(found) => Ok(Some(Found {
                size: found.meta.size,
                mark: found
                    .attributes
                    .get(&Attribute::Metadata(MARK.into()))
                    .map(|mark| mark.to_string()),
                version: found.meta.e_tag,
            })),
            Err(StoreError::NoObject) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn read(&self, key: &Path, of: &Found, range: Range<u64>) -> Result<Bytes, StoreError> {
        let options = GetOptions {
            range: Some(GetRange::Bounded(range)),
            if_match: of.version.clone(),
            ..GetOptions::default()
        };
        Ok(self.plain.get_opts(key, options).await?.bytes().await?)
    }

    async fn remove(&self, key: &Path) -> Result<(), StoreError> {
        Ok(self.plain.delete(key).await?)
    }

    async fn numbers(&self, before: &str, after: &str) -> Result<Vec<u64>, StoreError> {
        let mut numbers = Vec::new();
        let mut options = PaginatedListOptions::default();
        loop {
            let page = self.pages.list_paginated(Some(before), options).await;
            let page = page.map_err(|error| match StoreError::from(error) {
                StoreError::NoObject => StoreError::NoBucket,
                other => other.hidden(),
            })?;
            let keys = page.result.objects.iter();
            numbers.extend(keys.filter_map(|found| {
                let key = found.location.as_ref();
                let digits = key.strip_prefix(before)?.strip_suffix(after)?;
                let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
                // One that is too great for a number is not ours.
                digits.parse::<u64>().ok().filter(|_| is_number)
            }));
            if page.page_token.is_none() {
                return Ok(numbers);
            }
            options = PaginatedListOptions {
                page_token: page.page_token,
                ..PaginatedListOptions::default()
            };
        }
    }
}

/// In a request about an upload, what is not found is the upload, whatever the store calls it.
fn upload_error(error: object_store::Error) -> StoreError {
    match StoreError::from(error) {
        StoreError::NoObject => StoreError::NoUpload,
        other => other,
    }
}
