//! The transport itself: which client a request goes through, and what is sent.

use async_trait::async_trait;
use huntsman_core::{
    Fetch, FetchError, HeaderMap, HeaderValue, Method, RawResponse, Request, StatusCode, header,
};
use url::Url;

use crate::body;
use crate::error::{Allowance, HttpError, sending};
use crate::private::{Allowed, PublicOnly, literal};
use crate::resolve::{Fixed, Resolve};
use crate::settings::HttpSettings;
use crate::tls;

const ACCEPT: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
/// What this client can undo, and asks for.
const ENCODINGS: &str = "gzip, br, zstd, deflate";
/// Servers send fields of more than hyper's 16 KiB over HTTP/2, mostly security policies.
const MAX_HEADER_LIST: u32 = 64 * 1024;

/// [`Fetch`] over real sockets.
///
/// Private addresses are refused after the lookup, except for a seed, for what shares host and
/// port with a seed that has one, for what the settings allow, and for hosts with a given address.
/// URLs with a user and a password are sent with basic authorization.
///
/// It must be used within a Tokio runtime with I/O and time; making it needs none.
///
/// ```
/// use huntsman_core::{Fetch, Request, Url};
/// use huntsman_http::{Http, HttpSettings};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let http = Http::new(HttpSettings::default()).unwrap();
/// let mut request = Request::get(Url::parse("http://169.254.169.254/").unwrap());
/// request.found_on = Some("http://example.com/".into());
/// let error = http.fetch(request).await.unwrap_err();
/// assert_eq!(error.kind(), "private address");
/// # }
/// ```
#[derive(Debug)]
pub struct Http {
    /// Meets public addresses only.
    public: reqwest::Client,
    /// Meets any address; used for what `allowed` covers.
    open: reqwest::Client,
    mapped: Vec<(Resolve, reqwest::Client)>,
    allowed: Allowed,
    /// Where the crawl begins.
    seeds: Allowed,
    settings: HttpSettings,
}

impl Http {
    /// A transport with these settings.
    ///
    /// # Errors
    /// A setting is not usable; the error names it.
    pub fn new(settings: HttpSettings) -> Result<Self, HttpError> {
        let tls = tls::config(&settings.extra_roots)?;
        let mapped = settings
            .resolve
            .iter()
            .map(|resolve| {
                // The port is taken out of the URL for the socket's sake; only in HTTP/1.1 can
                // the Host field still tell it.
                let mut tls = tls.clone();
                tls.alpn_protocols = vec![b"http/1.1".to_vec()];
                let client = builder(&settings, tls)?.dns_resolver(Fixed(resolve.address()));
                Ok((resolve.clone(), built(client)?))
            })
            .collect::<Result<_, HttpError>>()?;
        Ok(Self {
            public: built(builder(&settings, tls.clone())?.dns_resolver(PublicOnly))?,
            open: built(builder(&settings, tls)?)?,
            mapped,
            allowed: Allowed::new(&settings.allow_private)?,
            seeds: Allowed::default(),
            settings,
        })
    }

    /// The header fields that requests are sent with where they bring none of the same name. `Host`
    /// and what describes the body come beside these.
    #[must_use]
    pub fn default_headers(&self) -> HeaderMap {
        // The settings were read once already, when the clients were made.
        let mut headers = headers(&self.settings).unwrap_or_default();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(ENCODINGS));
        headers
    }

    async fn send(
        &self,
        client: &reqwest::Client,
        request: Request,
    ) -> Result<RawResponse, FetchError> {
        let url = request.url.clone();
        let is_head = request.method == Method::HEAD;
        self.exchange(client, outgoing(client, request)?, url, is_head)
            .await
    }

    async fn exchange(
        &self,
        client: &reqwest::Client,
        outgoing: reqwest::Request,
        url: Url,
        is_head: bool,
    ) -> Result<RawResponse, FetchError> {
        let allowance = Allowance {
            whole: self.settings.timeout,
            connect: self.settings.connect_timeout,
        };
        let mut response = client
            .execute(outgoing)
            .await
            .map_err(|error| sending(error, url.host_str().unwrap_or_default(), allowance))?;
        let status = response.status();
        let has_body =
            !is_head && !matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        let body = match has_body {
            true => {
                if self.settings.decompress {
                    body::refuse_encoding(response.headers())?;
                }
                body::read(&mut response, self.settings.max_body, allowance).await?
            }
            false => huntsman_core::Bytes::new(),
        };
        Ok(RawResponse {
            url,
            status,
            headers: std::mem::take(response.headers_mut()),
            body,
            version: response.version(),
        })
    }

    /// Sends to a host whose address is given.
    async fn send_mapped(
        &self,
        client: &reqwest::Client,
        mut request: Request,
    ) -> Result<RawResponse, FetchError> {
        let url = request.url.clone();
        let is_head = request.method == Method::HEAD;
        // The connector prefers the port of the URL to that of the resolver, so the URL has to
        // go without; the Host field then tells what it was.
        if let (Some(host), Some(port)) = (url.host_str(), url.port()) {
            let host = HeaderValue::try_from(format!("{host}:{port}"))
                .map_err(|error| FetchError::Other(format!("the host {host:?}: {error}")))?;
            request.headers.entry(header::HOST).or_insert(host);
            request
                .url
                .set_port(None)
                .expect("invariant: a URL with a host can do without a port");
        }
        self.exchange(client, outgoing(client, request)?, url, is_head)
            .await
    }
}

#[async_trait]
impl Fetch for Http {
    async fn fetch(&self, request: Request) -> Result<RawResponse, FetchError> {
        let url = &request.url;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(FetchError::Scheme(url.scheme().to_owned()));
        }
        let mut mapped = self.mapped.iter().rev();
        if let Some((_, client)) = mapped.find(|(resolve, _)| resolve.covers(url)) {
            return self.send_mapped(client, request).await;
        }
        if self.allowed.covers(url) {
            return self.send(&self.open, request).await;
        }
        let literal = literal(url);
        if !request.is_seed() && !self.seeds.covers(url) {
            return match literal {
                Some(ip) => Err(FetchError::PrivateAddress(ip.to_string())),
                None => self.send(&self.public, request).await,
            };
        }
        // A seed is first tried like any other, so that a public host has one pool of connections.
        if literal.is_none() {
            match self.send(&self.public, request.clone()).await {
                Err(FetchError::PrivateAddress(_)) => {}
                done => return done,
            }
        }
        self.allowed.remember(&request.url);
        self.send(&self.open, request).await
    }

    /// What an earlier run of a job began with may have a private address in this one too.
    fn seed(&self, request: &Request) {
        self.seeds.remember(&request.url);
    }
}

fn headers(settings: &HttpSettings) -> Result<HeaderMap, HttpError> {
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT, HeaderValue::from_static(ACCEPT));
    if !settings.user_agent.is_empty() {
        let agent = HeaderValue::from_str(&settings.user_agent)
            .map_err(|_| HttpError::UserAgent(settings.user_agent.clone()))?;
        headers.insert(header::USER_AGENT, agent);
    }
    Ok(headers)
}

fn builder(
    settings: &HttpSettings,
    tls: rustls::ClientConfig,
) -> Result<reqwest::ClientBuilder, HttpError> {
    let mut headers = headers(settings)?;
    if !settings.decompress {
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(ENCODINGS));
    }
    Ok(reqwest::Client::builder()
        .gzip(settings.decompress)
        .brotli(settings.decompress)
        .zstd(settings.decompress)
        .deflate(settings.decompress)
        .tls_backend_preconfigured(tls)
        .default_headers(headers)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .timeout(settings.timeout)
        .connect_timeout(settings.connect_timeout)
        .pool_max_idle_per_host(settings.idle_per_host)
        .pool_idle_timeout(settings.idle_timeout)
        .http2_max_header_list_size(MAX_HEADER_LIST))
}

fn built(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, HttpError> {
    builder
        .build()
        .map_err(|error| HttpError::Client(error.to_string()))
}

fn outgoing(client: &reqwest::Client, request: Request) -> Result<reqwest::Request, FetchError> {
    let Request {
        url,
        method,
        mut headers,
        body,
        ..
    } = request;
    let mut outgoing = if url.username().is_empty() && url.password().is_none() {
        reqwest::Request::new(method, url)
    } else {
        // Only the builder turns user and password into a header field.
        let mut outgoing = client
            .request(method, url)
            .build()
            .map_err(|error| FetchError::Other(error.without_url().to_string()))?;
        if let Some(basic) = outgoing.headers_mut().remove(header::AUTHORIZATION) {
            headers.entry(header::AUTHORIZATION).or_insert(basic);
        }
        outgoing
    };
    *outgoing.headers_mut() = headers;
    if !body.is_empty() {
        *outgoing.body_mut() = Some(body.into());
    }
    Ok(outgoing)
}
