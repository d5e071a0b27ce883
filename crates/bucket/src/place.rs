//! The place: files are objects.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use huntsman_export::{Mode, Output, Place, Recovery, Start, Words};
use object_store::path::Path;

use crate::address::{self, AddressError};
use crate::error::StoreError;
use crate::position::is_of_job;
use crate::requests::Requests;
use crate::settings::{Settings, SettingsError, Variables, WORDS};
use crate::store::Store;
use crate::upload::{Site, Upload};

/// S3-compatible object stores, for addresses `s3://BUCKET/KEY`. See the crate's documentation
/// for its words and for what it promises.
///
/// ```
/// use huntsman_bucket::S3;
/// use huntsman_export::Catalog;
///
/// let catalog = Catalog::default().place(S3::from_env());
/// # drop(catalog);
/// ```
pub struct S3 {
    variables: Variables,
    /// What is connected to so far: feeds of one bucket share its connections.
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    requests: Option<Arc<Requests>>,
    sites: Vec<(Settings, Site)>,
}

impl S3 {
    /// Credentials, region and endpoint from the standard variables of the environment, as they
    /// are now.
    #[must_use]
    pub fn from_env() -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self::with_variables(std::env::vars_os().filter_map(text))
    }

    /// The same from these variables, and none of the environment: `AWS_ACCESS_KEY_ID` and so on.
    #[must_use]
    pub fn with_variables(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        Self {
            variables: Variables::new(variables),
            open: Mutex::default(),
        }
    }

    fn site(&self, bucket: &str, words: &Words) -> io::Result<(Settings, Site)> {
        let settings = Settings::new(bucket, words, &self.variables)?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, site)) = open.sites.iter().find(|(known, _)| *known == settings) {
            return Ok((settings, site.clone()));
        }
        let requests = match &open.requests {
            Some(requests) => Arc::clone(requests),
            None => Arc::clone(open.requests.insert(Arc::new(Requests::start()?))),
        };
        let store = Arc::new(settings.connect(&self.variables)?);
        let site = Site { store, requests };
        open.sites.push((settings.clone(), site.clone()));
        Ok((settings, site))
    }
}

impl fmt::Debug for S3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("S3");
        shown
            .field("variables", &self.variables)
            .finish_non_exhaustive()
    }
}

impl Place for S3 {
    fn schemes(&self) -> &'static [&'static str] {
        &["s3"]
    }

    fn words(&self) -> &'static [&'static str] {
        WORDS
    }

    fn open(&self, address: &str, start: Start<'_>, words: &Words) -> io::Result<Box<dyn Output>> {
        let address = address::parse(address)?;
        let (settings, site) = self.site(&address.bucket, words)?;
        let upload = match start {
            Start::New { mode, job } => {
                Upload::begin(site, &address, mode, job, settings.part_size)?
            }
            Start::Resume { mode, state, .. } => Upload::resume(site, &address, mode, state)?,
        };
        Ok(Box::new(upload))
    }

    fn recovery(&self, _: &str) -> Recovery {
        Recovery::Exact
    }

    fn numbers(&self, before: &str, after: &str, words: &Words) -> io::Result<Vec<u64>> {
        let (bucket, before) = address::parse_numbered(before, after)?;
        let (_, site) = self.site(&bucket, words)?;
        let (store, after) = (site.store, after.to_owned());
        let numbers = async move { store.numbers(&before, &after).await };
        site.requests.wait(numbers)
    }

    fn remove(&self, address: &str, mode: Mode, job: &str, words: &Words) -> io::Result<()> {
        // What was to take another's place is an upload: it is no object, and expires.
        if mode == Mode::Replace {
            return Ok(());
        }
        let address = address::parse(address)?;
        let (_, site) = self.site(&address.bucket, words)?;
        let (store, job) = (site.store, job.to_owned());
        site.requests
            .wait(async move { remove(&*store, &address.key, &job).await })
    }
}

/// Removes an object if a run of this job made it.
pub(crate) async fn remove(store: &dyn Store, key: &Path, job: &str) -> Result<(), StoreError> {
    let found = store.find(key).await.map_err(StoreError::hidden)?;
    match found.and_then(|found| found.mark) {
        Some(mark) if is_of_job(&mark, job) => store.remove(key).await,
        _ => Ok(()),
    }
}

impl From<AddressError> for io::Error {
    fn from(error: AddressError) -> Self {
        Self::new(io::ErrorKind::InvalidInput, error)
    }
}

impl From<SettingsError> for io::Error {
    fn from(error: SettingsError) -> Self {
        Self::new(io::ErrorKind::InvalidInput, error)
    }
}
