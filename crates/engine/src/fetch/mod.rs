//! Fetching: one request through the layers to the transport, and what becomes of its answer.

mod fate;
mod robots;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use huntsman_core::request::Candidate;
use huntsman_core::{Fetch, FetchError, Lasting, Layer, Next, RawResponse, Request};

pub(crate) use fate::{Fate, FetchRules};
pub(crate) use robots::{RobotsAnswer, fetch_robots, robots_request};

/// The transport with the layers around it.
pub(crate) struct Stack {
    layers: Vec<Arc<dyn Layer>>,
    fetch: Arc<dyn Fetch>,
}

impl Stack {
    pub(crate) fn new(layers: Vec<Arc<dyn Layer>>, fetch: Arc<dyn Fetch>) -> Self {
        Self { layers, fetch }
    }

    /// Tells the transport where the crawl begins, also where an earlier run of its job did so.
    pub(crate) fn seeds(&self, seeds: &[Candidate]) {
        for seed in seeds {
            self.fetch.seed(&seed.request);
        }
    }

    /// The layers whose state outlives a run.
    pub(crate) fn lasting(&self) -> impl Iterator<Item = &dyn Lasting> {
        self.layers.iter().filter_map(|layer| layer.lasting())
    }

    /// Sends one request. The page that it was found on goes along as `Referer`, as far as the
    /// policy `strict-origin-when-cross-origin` (W3C Referrer Policy) lets it.
    pub(crate) async fn fetch(&self, mut request: Request) -> Result<RawResponse, FetchError> {
        add_referer(&mut request);
        Next::new(&self.layers, &*self.fetch).run(request).await
    }
}

fn add_referer(request: &mut Request) {
    use huntsman_core::{HeaderValue, Url, header::REFERER, host};
    let Some(from) = request
        .found_on
        .as_deref()
        .and_then(|from| Url::parse(from).ok())
        // What was found in a topic has no page to name.
        .filter(|from| matches!(from.scheme(), "http" | "https"))
    else {
        return;
    };
    if request.headers.contains_key(REFERER)
        || (from.scheme() == "https" && request.url.scheme() == "http")
    {
        return;
    }
    let text = if host::same_origin(&from, &request.url) {
        let mut from = from;
        from.set_fragment(None);
        // Neither can fail on http and https URLs.
        let cleared = from.set_username("").and(from.set_password(None));
        if cleared.is_err() {
            return;
        }
        from.into()
    } else {
        format!("{}/", host::origin(&from))
    };
    if let Ok(value) = HeaderValue::from_str(&text) {
        request.headers.insert(REFERER, value);
    }
}

/// Awaits `work`; a panic of a layer or transport becomes an error of that request.
pub(crate) async fn guarded<T>(
    work: impl Future<Output = Result<T, FetchError>>,
) -> Result<T, FetchError> {
    let mut work = std::pin::pin!(work);
    std::future::poll_fn(|context| {
        let polled = std::panic::catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)));
        polled.unwrap_or_else(|payload| {
            let text = crate::caught::panic_message(&*payload);
            std::task::Poll::Ready(Err(FetchError::Other(format!(
                "the transport panicked: {text}"
            ))))
        })
    })
    .await
}

#[cfg(test)]
mod tests {
    use huntsman_core::{Url, header::REFERER};

    use super::*;

    fn referer(from: &str, to: &str) -> Option<String> {
        let mut request = Request::get(Url::parse(to).unwrap());
        request.found_on = Some(from.into());
        add_referer(&mut request);
        request
            .headers
            .get(REFERER)
            .map(|value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn the_referer_says_no_more_than_it_must() {
        let full = referer("http://u:p@a.example/x?y#z", "http://a.example/");
        assert_eq!(full.as_deref(), Some("http://a.example/x?y"));
        let origin = referer("http://a.example/x", "https://b.example/");
        assert_eq!(origin.as_deref(), Some("http://a.example/"));
        assert_eq!(referer("https://a.example/x", "http://a.example/"), None);
    }
}
