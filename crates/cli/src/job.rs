//! `--job`: the store of a crawl that can be resumed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Error, anyhow};
use huntsman::core::frontier::Saved;
use huntsman::core::{Contract as _, Frontier as _};
use huntsman::{Schema, Settings};
use huntsman_store::{Again, Options, Store};

use crate::contract;

/// What is known of a job before its store is opened.
pub(crate) struct Job {
    pub(crate) dir: PathBuf,
    pub(crate) spider: String,
    pub(crate) version: &'static str,
    pub(crate) take_over: bool,
    pub(crate) arguments: Vec<(String, String)>,
    pub(crate) schemas: &'static [&'static Schema],
    /// Begins another round, if the job is finished.
    pub(crate) again: Option<Again>,
}

/// Under this name the store has the spider's arguments.
const ARGUMENTS: &str = "arguments";

impl Job {
    /// Begins the job, or goes on with it.
    pub(crate) async fn open(self, settings: &Settings) -> Result<Arc<Store>, Error> {
        // One of its own, since a contract serves one crawl: only to know how items leave.
        let contract = contract::contract(&settings.refine)?;
        let leaving = contract.bind(self.schemas).map_err(|why| anyhow!(why))?;
        let options = Options::new(&self.spider, self.version, huntsman::now())
            .take_over(self.take_over)
            .schemas(leaving)
            .pace(settings.lease.pace_of());
        let options = self.again.into_iter().fold(options, Options::again);
        let dir = self.dir.clone();
        let opened = tokio::task::spawn_blocking(move || Store::open(&dir, options)).await;
        let store = Arc::new(opened.context("the job cannot be opened")??);
        same_arguments(&store, &self.arguments, &self.dir).await?;
        Ok(store)
    }
}

/// Refuses to go on with other arguments: the pages that wait were found for those.
async fn same_arguments(
    store: &Store,
    given: &[(String, String)],
    dir: &Path,
) -> Result<(), Error> {
    let mut given = given.to_vec();
    given.sort();
    match store.saved(ARGUMENTS).await?.first() {
        None => {
            let value = serde_json::to_vec(&given)?;
            let name = ARGUMENTS.into();
            store.save(vec![Saved { name, value }]).await?;
            Ok(())
        }
        Some(known) => {
            let known: Vec<(String, String)> = serde_json::from_slice(&known.value)?;
            if known == given {
                return Ok(());
            }
            let words: Vec<String> = known
                .iter()
                .map(|(name, value)| format!("-a {name}={value}"))
                .collect();
            let words = if words.is_empty() {
                "no arguments".to_owned()
            } else {
                words.join(" ")
            };
            Err(anyhow!(
                "the job in {} was begun with {words}: go on with the same, or choose another folder",
                dir.display()
            ))
        }
    }
}
