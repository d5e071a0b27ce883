//! Where responses come from: sites, or an archive.

use std::path::Path;

use anyhow::{Error, anyhow};
use huntsman::core::{Fetch, FetchError, RawResponse, Request};
use huntsman::{Settings, settings::Layers, settings::Origin};
use huntsman_http::Http;
use huntsman_warc::Replay;

/// What a crawl fetches with.
#[derive(Debug)]
pub(crate) enum Transport {
    Http(Box<Http>),
    Archive(Replay),
}

impl Fetch for Transport {
    fn fetch<'a, 'b>(
        &'a self,
        request: Request,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<RawResponse, FetchError>> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        match self {
            Self::Http(http) => http.fetch(request),
            Self::Archive(replay) => replay.fetch(request),
        }
    }

    fn seed(&self, request: &Request) {
        match self {
            Self::Http(http) => http.seed(request),
            Self::Archive(replay) => replay.seed(request),
        }
    }
}

/// The archive at `place`; what is wrong with it is logged.
pub(crate) fn archive(place: &Path, settings: &Settings) -> Result<Replay, Error> {
    let replay = Replay::open(place, settings.fetch.max_body)?;
    let facts = replay.facts();
    for damage in &facts.damages {
        tracing::warn!(target: "replay", "passed over what is damaged: {damage}");
    }
    let more = facts.damaged.saturating_sub(facts.damages.len() as u64);
    if more > 0 {
        tracing::warn!(target: "replay", "passed over {more} more damaged places");
    }
    if facts.unresolved > 0 {
        let count = facts.unresolved;
        tracing::warn!(target: "replay", "{count} answers are kept elsewhere, and not in this archive");
    }
    let place = place.display();
    if facts.responses == 0 {
        return Err(anyhow!("{place}: there is no response of HTTP in it"));
    }
    let (responses, files) = (facts.responses, facts.files);
    tracing::info!(target: "replay", "{place}: {responses} responses, files: {files}");
    Ok(replay)
}

/// Settings without sense where no site is asked: nobody is waited for, and an answer is the last.
pub(crate) fn at_once(layers: &mut Layers) -> Result<(), Error> {
    for (key, value) in [("lease.delay", "0s"), ("fetch.retries", "0")] {
        layers.set(key, value, Origin::CommandLine)?;
    }
    Ok(())
}
