//! Where each item of a job is from.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use huntsman_core::Timestamp;
use huntsman_core::frontier::Outcome;
use redb::{ReadableDatabase as _, ReadableTable as _};
use serde::Serialize;

use crate::check::{CACHE, existing};
use crate::error::StoreError;
use crate::guard::guarded;
use crate::history::{Entry, Head};
use crate::lock::JobLock;
use crate::open;
use crate::tables;

/// Where an item is from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Provenance {
    /// Its place in the outbox: 1 for the first item of the job, rejected ones counted too.
    pub record: u64,
    /// The request of its page: the first half of the record's id.
    pub request: String,
    /// The URL of its page.
    pub url: Arc<str>,
    /// The URLs of the pages by which that was found, from the seed to the page itself.
    pub chain: Vec<Arc<str>>,
    /// When the page was settled.
    pub settled_at: Timestamp,
    /// The SHA-256 of the response's body, decompressed.
    pub digest: Option<String>,
    /// The spider's name.
    pub spider: String,
    /// The version of the spider that the job is at.
    pub version: String,
    /// The round of the job.
    pub round: u64,
}

/// Tells of every item of the job in this folder, in the order of the outbox, until `tell` says
/// no. It reads the history once, and holds the URLs of all pages in memory meanwhile.
///
/// # Errors
/// There is no job, it runs, or it cannot be read.
pub fn provenance(dir: &Path, tell: impl FnMut(Provenance) -> bool) -> Result<(), StoreError> {
    let path = existing(dir)?;
    let lock = JobLock::take(dir)?;
    let told = guarded(|| {
        let db = open::open_file(&path, CACHE)?;
        let (identity, _) = open::read_about(&db)?;
        let history = db.begin_read()?.open_table(tables::HISTORY)?;
        let mut pages = Pages::default();
        let mut tell = tell;
        for row in history.iter()? {
            let (number, row) = row?;
            let entry = Head::read(number.value(), row.value())?.entry()?;
            let page = pages.add(&entry);
            for record in (entry.first..).take(entry.items.len()) {
                let goes_on = tell(Provenance {
                    record,
                    request: entry.fingerprint.to_string(),
                    url: Arc::clone(&pages.all[page].url),
                    chain: pages.chain(page),
                    settled_at: entry.at,
                    digest: digest(&entry.outcome),
                    spider: identity.spider.clone(),
                    version: identity.version.clone(),
                    round: entry.round,
                });
                if !goes_on {
                    return Ok(());
                }
            }
        }
        Ok(())
    });
    drop(lock);
    told
}

fn digest(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Parsed(answer) | Outcome::Unchanged(answer) => Some(answer.digest.to_string()),
        _ => None,
    }
}

/// The pages so far, each with the one on which it was found.
#[derive(Default)]
struct Pages {
    all: Vec<Page>,
    /// The latest of each URL.
    by_url: HashMap<Arc<str>, usize>,
}

struct Page {
    url: Arc<str>,
    found_on: Option<usize>,
}

impl Pages {
    fn add(&mut self, entry: &Entry) -> usize {
        let request = &entry.row.request;
        let found_on = request.found_on.as_deref();
        let found_on = found_on.and_then(|url| self.by_url.get(url).copied());
        if let Some(&known) = self.by_url.get(request.url.as_str()) {
            // It was found when it came first.
            return known;
        }
        let url: Arc<str> = request.url.as_str().into();
        let page = self.all.len();
        self.by_url.insert(Arc::clone(&url), page);
        self.all.push(Page { url, found_on });
        page
    }

    fn chain(&self, page: usize) -> Vec<Arc<str>> {
        let mut chain = Vec::new();
        let mut next = Some(page);
        // A page was there before what was found on it, so this comes to an end.
        while let Some(page) = next.and_then(|page| self.all.get(page)) {
            chain.push(Arc::clone(&page.url));
            next = page.found_on;
        }
        chain.reverse();
        chain
    }
}
