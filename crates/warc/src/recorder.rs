//! The layer that keeps every exchange.

use std::sync::Arc;

use async_trait::async_trait;
use huntsman_core::{FetchError, HeaderMap, Layer, Next, RawResponse, Request, Timestamp};

use crate::archive::Archive;
use crate::decode::decoded;
use crate::error::WarcError;
use crate::exchange::Exchange;

/// A layer that keeps every exchange in an archive, before anybody sees the response.
///
/// It is to stand innermost, so that it sees what is sent and what comes: robots.txt, redirects and
/// errors, too. The transport is to hand on bodies as they came; the layer decompresses them, within
/// the same bound. A request that brings no response leaves nothing in the archive.
///
/// If an exchange cannot be kept, `on_failure` hears of it, and its request never comes to an end:
/// whoever is told must stop the crawl, which then leaves the page unsettled.
pub struct Recorder {
    archive: Arc<Archive>,
    sent: HeaderMap,
    now: fn() -> Timestamp,
    max_body: u64,
    on_failure: Box<dyn Fn(WarcError) + Send + Sync>,
}

impl Recorder {
    /// Keeps what comes in `archive`; bodies have at most `max_body` bytes decompressed. `sent` are the
    /// fields that the transport adds to requests.
    pub fn new(
        archive: Arc<Archive>,
        sent: HeaderMap,
        now: fn() -> Timestamp,
        max_body: u64,
        on_failure: impl Fn(WarcError) + Send + Sync + 'static,
    ) -> Self {
        Self {
            archive,
            sent,
            now,
            max_body,
            on_failure: Box::new(on_failure),
        }
    }
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder")
            .field("archive", &self.archive)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Layer for Recorder {
    async fn around(&self, request: Request, next: Next<'_>) -> Result<RawResponse, FetchError> {
        let at = (self.now)();
        let response = next.run(request.clone()).await?;
        let exchange = Exchange {
            request,
            sent: self.sent.clone(),
            response,
            at,
        };
        let (archive, max_body) = (Arc::clone(&self.archive), self.max_body);
        let work = move || {
            archive.keep(&exchange)?;
            Ok(decoded(exchange.response, max_body))
        };
        let done = tokio::task::spawn_blocking(work).await;
        match done {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                (self.on_failure)(error);
                std::future::pending().await
            }
            Err(error) => Err(FetchError::Other(format!("recording failed: {error}"))),
        }
    }
}
