//! Start URLs that come while the crawl runs.

use std::sync::Arc;

use async_trait::async_trait;
use huntsman_core::Request;
use thiserror::Error;

/// A source of start URLs, such as a topic: asked for more while the frontier wants more, and told
/// which of them are settled. With one, the crawl does not begin where the spider says, and lives as
/// long as the source does.
///
/// ```
/// use std::sync::Mutex;
///
/// use async_trait::async_trait;
/// use huntsman::{Request, Seed, Seeds, SeedsError, Url};
///
/// /// Numbered pages, up to a last one.
/// struct Pages(Mutex<std::ops::RangeInclusive<u64>>);
///
/// #[async_trait]
/// impl Seeds for Pages {
///     async fn next(&self) -> Result<Vec<Seed>, SeedsError> {
///         let next = self.0.lock().unwrap().next();
///         let url = |number| Url::parse(&format!("http://example.com/{number}")).unwrap();
///         Ok(next.map(|number| Seed::new(number, Request::get(url(number)))).into_iter().collect())
///     }
///
///     fn settled(&self, seeds: &[u64]) {
///         println!("{seeds:?} need not come again");
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let pages = Pages(Mutex::new(1..=2));
/// assert_eq!(pages.next().await.unwrap()[0].id, 1);
/// # }
/// ```
#[async_trait]
pub trait Seeds: Send + Sync + 'static {
    /// Waits for the next ones; none once there will be no more. It may be dropped while it waits.
    ///
    /// # Errors
    /// The source failed: the crawl finishes what is under way and ends.
    async fn next(&self) -> Result<Vec<Seed>, SeedsError>;

    /// These are settled: their pages are done, and what came of them is in the store of the job, or
    /// without a job in every sink. A seed that is not settled when the process ends has to come
    /// again.
    fn settled(&self, seeds: &[u64]);

    /// The crawl is over.
    ///
    /// # Errors
    /// What is settled could not be kept.
    async fn close(&self) -> Result<(), SeedsError> {
        Ok(())
    }
}

/// A start URL of a source.
#[derive(Debug, Clone)]
pub struct Seed {
    /// What the source calls it.
    pub id: u64,
    /// What to fetch. One that was found somewhere ([`Request::found_on`]) is not trusted with
    /// private addresses; what a user has written is.
    pub request: Request,
    /// The page kind as JSON; without one, that of the spider's first own start URL.
    pub page: Option<Arc<str>>,
}

impl Seed {
    /// A seed with the page kind of the spider's start.
    #[must_use]
    pub fn new(id: u64, request: Request) -> Self {
        Self {
            id,
            request,
            page: None,
        }
    }
}

/// Why no seeds come any more.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct SeedsError(pub String);
