//! A request: what to fetch, and which page it will be.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method};
use url::Url;

use crate::fingerprint::Fingerprint;

/// What to fetch, which page it will be, and how it was found.
///
/// The page kind is carried as JSON text, so a request can be stored and resumed: a callback is
/// data, not code.
///
/// ```
/// use huntsman_core::{Request, Url};
/// let request = Request::get(Url::parse("http://example.com/").unwrap());
/// assert!(request.is_seed());
/// assert_eq!(&*request.page, "null");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Absolute URL. A fragment is not sent and does not count; links are stripped of theirs.
    pub url: Url,
    /// Method, `GET` unless said otherwise.
    pub method: Method,
    /// Header fields to send beside those of the layers.
    pub headers: HeaderMap,
    /// Body to send; empty for none.
    pub body: Bytes,
    /// The spider's page kind as JSON; `null` for `()`.
    pub page: Arc<str>,
    /// Higher is leased earlier, among what may be fetched at all. 0 by default.
    pub priority: i32,
    /// Links followed from a seed to here; a redirect does not count.
    pub depth: u16,
    /// Fetch it even when the same request is already known.
    pub revisit: bool,
    /// The URL of the page that it was found on; none for a seed.
    pub found_on: Option<Arc<str>>,
    /// The URLs that redirected to here, oldest first.
    pub redirects: Vec<Url>,
}

impl Request {
    /// A plain `GET` of `url`, with page kind `null` and depth 0.
    #[must_use]
    pub fn get(url: Url) -> Self {
        Self {
            url,
            method: Method::GET,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            page: "null".into(),
            priority: 0,
            depth: 0,
            revisit: false,
            found_on: None,
            redirects: Vec::new(),
        }
    }

    /// The identity of this request.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.method, &self.url, &self.body)
    }

    /// Whether the user named this very URL: neither found on a page nor redirected to.
    ///
    /// Only a seed may lead to a private address unless the settings name the host.
    #[must_use]
    pub fn is_seed(&self) -> bool {
        self.found_on.is_none() && self.redirects.is_empty()
    }
}

/// A request on its way into the frontier, with its identity already computed.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The identity of `request`.
    pub fingerprint: Fingerprint,
    /// What to fetch.
    pub request: Request,
}

impl From<Request> for Candidate {
    fn from(request: Request) -> Self {
        Self {
            fingerprint: request.fingerprint(),
            request,
        }
    }
}
