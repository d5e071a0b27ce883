//! Fetching: the transport at the end, and the layers around it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::StatusCode;
use thiserror::Error;

use crate::lasting::Lasting;
use crate::request::Request;
use crate::response::RawResponse;

/// A transport: sends one request and brings back one response.
///
/// It does not follow redirects, does not retry and does not wait for a host's turn: those are
/// questions of *when*, and the frontier answers them. It holds to its limits of time and size.
/// Dropping the future cancels the request.
///
/// ```
/// use async_trait::async_trait;
/// use huntsman_core::{Fetch, FetchError, RawResponse, Request};
///
/// /// Answers everything with the path that was asked for.
/// struct Echo;
///
/// #[async_trait]
/// impl Fetch for Echo {
///     async fn fetch(&self, request: Request) -> Result<RawResponse, FetchError> {
///         let body = request.url.path().to_owned();
///         Ok(RawResponse::ok(request.url, body))
///     }
/// }
/// ```
#[async_trait]
pub trait Fetch: Send + Sync + 'static {
    /// Sends `request`.
    ///
    /// # Errors
    /// Why there is no complete response. A status of 4xx or 5xx is a response, not an error.
    async fn fetch(&self, request: Request) -> Result<RawResponse, FetchError>;

    /// The user named this request as one to begin with. Told before the first one is sent, and also
    /// where an earlier run of a job has sent it. By default, nothing is done.
    fn seed(&self, request: &Request) {
        let _unused = request;
    }
}

/// Something around the transport: it may change the request, answer itself, or call on.
///
/// ```
/// use async_trait::async_trait;
/// use huntsman_core::{FetchError, HeaderValue, Layer, Next, RawResponse, Request};
///
/// struct Language;
///
/// #[async_trait]
/// impl Layer for Language {
///     async fn around(&self, mut request: Request, next: Next<'_>) -> Result<RawResponse, FetchError> {
///         request.headers.insert("accept-language", HeaderValue::from_static("en"));
///         next.run(request).await
///     }
/// }
/// ```
#[async_trait]
pub trait Layer: Send + Sync + 'static {
    /// Handles `request`; `next.run` is the rest of the way to the transport.
    ///
    /// # Errors
    /// What the transport said, or the layer's own reason.
    async fn around(&self, request: Request, next: Next<'_>) -> Result<RawResponse, FetchError>;

    /// What the layer knows that the next run of a job is to go on with.
    fn lasting(&self) -> Option<&dyn Lasting> {
        None
    }
}

/// The rest of the way from a layer to the transport. May be run several times.
#[derive(Clone, Copy)]
pub struct Next<'a> {
    layers: &'a [Arc<dyn Layer>],
    fetch: &'a dyn Fetch,
}

impl<'a> Next<'a> {
    /// The whole way: `layers`, outermost first, then `fetch`.
    #[must_use]
    pub fn new(layers: &'a [Arc<dyn Layer>], fetch: &'a dyn Fetch) -> Self {
        Self { layers, fetch }
    }

    /// Sends `request` on.
    ///
    /// # Errors
    /// What the layers and the transport say.
    pub async fn run(self, request: Request) -> Result<RawResponse, FetchError> {
        match self.layers.split_first() {
            Some((layer, rest)) => {
                layer
                    .around(
                        request,
                        Self {
                            layers: rest,
                            ..self
                        },
                    )
                    .await
            }
            None => self.fetch.fetch(request).await,
        }
    }
}

impl std::fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Next")
            .field("layers", &self.layers.len())
            .finish_non_exhaustive()
    }
}

/// Why a request brought no page.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The host name has no address.
    #[error("no address for {host}: {reason}")]
    Dns {
        /// The name.
        host: String,
        /// What the resolver said.
        reason: String,
    },
    /// No connection, or it broke before the response began.
    #[error("cannot connect: {0}")]
    Connect(String),
    /// The certificate or the handshake is not acceptable.
    #[error("tls: {0}")]
    Tls(String),
    /// It took longer than allowed.
    #[error("no complete response within {}", humane(*.0))]
    Timeout(Duration),
    /// The body is larger than allowed, counted after decompression.
    #[error("the body is larger than {0} bytes (fetch.max_body)")]
    TooLarge(u64),
    /// The body broke off or cannot be decompressed.
    #[error("the body is not whole: {0}")]
    Body(String),
    /// The response is not HTTP.
    #[error("not a valid response: {0}")]
    Protocol(String),
    /// The address is private and nobody asked for it by name.
    #[error("{0} is a private address; a start URL or fetch.allow_private may name it")]
    PrivateAddress(String),
    /// The URL's scheme is neither http nor https.
    #[error("the scheme {0} is not fetched")]
    Scheme(String),
    /// The status is not one that the spider parses.
    #[error("status {0}")]
    Status(StatusCode),
    /// A redirect that cannot be followed: too many, no target, an unreadable one.
    #[error("redirect: {0}")]
    Redirect(String),
    /// The archive from which a crawl is replayed has no answer to this request.
    #[error("not recorded")]
    NotRecorded,
    /// A layer or transport of the user's gave this reason.
    #[error("{0}")]
    Other(String),
}

fn humane(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}

impl FetchError {
    /// A short name for counters and reports: `dns`, `connect`, `timeout`, `status 404` …
    #[must_use]
    pub fn kind(&self) -> String {
        let name = match self {
            Self::Dns { .. } => "dns",
            Self::Connect(_) => "connect",
            Self::Tls(_) => "tls",
            Self::Timeout(_) => "timeout",
            Self::TooLarge(_) => "too large",
            Self::Body(_) => "body",
            Self::Protocol(_) => "protocol",
            Self::PrivateAddress(_) => "private address",
            Self::Scheme(_) => "scheme",
            Self::Status(status) => return format!("status {}", status.as_u16()),
            Self::Redirect(_) => "redirect",
            Self::NotRecorded => "not recorded",
            Self::Other(_) => "other",
        };
        name.to_owned()
    }

    /// Whether the same request may succeed later: time-outs, broken connections and bodies.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Dns { .. }
                | Self::Connect(_)
                | Self::Timeout(_)
                | Self::Body(_)
                | Self::Protocol(_)
        )
    }
}
