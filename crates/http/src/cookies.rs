//! Cookies: a jar around the transport, after RFC 6265.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use cookie_store::{Cookie, CookieDomain, CookieStore, StoreAction};
use huntsman_core::frontier::Saved;
use huntsman_core::lasting::Settling;
use huntsman_core::{
    FetchError, HeaderMap, HeaderValue, Lasting, Layer, Next, RawResponse, Request, header,
};
use url::{Host, Url};

/// As RFC 6265 §6.1 asks of a user agent: at least so many bytes each.
const MAX_BYTES: usize = 4096;
/// Cookies of one site; RFC 6265 asks for 50 per domain and 3000 overall.
const MAX_PER_SITE: usize = 3000;
/// Sites with cookies; beyond them the oldest is forgotten.
const MAX_SITES: usize = 10_000;

/// A layer with a cookie jar: it keeps what `Set-Cookie` sets and sends it back in `Cookie`.
///
/// `Domain`, `Path`, `Secure`, `HttpOnly`, `Max-Age` and `Expires` hold as in RFC 6265; a cookie
/// without `Domain` goes to its own host only. A `Domain` that looks like a public suffix (`com`,
/// `co.uk`) is refused, or taken for the host where it is one. A cookie that the request brings
/// itself wins over one of the same name in the jar.
///
/// ```
/// use async_trait::async_trait;
/// use huntsman_core::{Fetch, FetchError, HeaderValue, Layer, Next, RawResponse, Request, Url};
/// use huntsman_http::Cookies;
///
/// /// Sets a cookie, and answers with those it got.
/// struct Site;
///
/// #[async_trait]
/// impl Fetch for Site {
///     async fn fetch(&self, request: Request) -> Result<RawResponse, FetchError> {
///         let got = request.headers.get("cookie").map(|value| value.as_bytes().to_vec());
///         let mut response = RawResponse::ok(request.url, got.unwrap_or_default());
///         response.headers.insert("set-cookie", HeaderValue::from_static("seen=1"));
///         Ok(response)
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let cookies = Cookies::new();
/// let page = || Request::get(Url::parse("http://example.com/").unwrap());
/// cookies.around(page(), Next::new(&[], &Site)).await.unwrap();
/// let second = cookies.around(page(), Next::new(&[], &Site)).await.unwrap();
/// assert_eq!(&*second.body, b"seen=1");
/// # }
/// ```
#[derive(Debug, Default)]
pub struct Cookies {
    jar: Mutex<Jar>,
}

impl Cookies {
    /// An empty jar.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn jar(&self) -> MutexGuard<'_, Jar> {
        self.jar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Layer for Cookies {
    async fn around(
        &self,
        mut request: Request,
        next: Next<'_>,
    ) -> Result<RawResponse, FetchError> {
        if let Some(cookies) = self.jar().header(&request.url, &request.headers) {
            request.headers.insert(header::COOKIE, cookies);
        }
        let response = next.run(request).await?;
        if response.headers.contains_key(header::SET_COOKIE) {
            self.jar().store(&response.url, &response.headers);
        }
        Ok(response)
    }

    fn lasting(&self) -> Option<&dyn Lasting> {
        Some(self)
    }
}

/// A site's cookies are one value: a JSON array, oldest site first.
impl Lasting for Cookies {
    fn name(&self) -> &str {
        "cookies"
    }

    fn changed(&self, _: &[Settling]) -> Vec<Saved> {
        let mut jar = self.jar();
        let changed = jar.changed.as_mut().map(std::mem::take);
        let value = |site: &str| {
            let store = jar.sites.get(site).map(|site| &site.store);
            let fresh = store.into_iter().flat_map(CookieStore::iter_unexpired);
            serde_json::to_vec(&fresh.collect::<Vec<_>>()).unwrap_or_default()
        };
        let saved = changed.iter().flatten().map(|site| Saved {
            name: site.as_str().into(),
            value: value(site),
        });
        saved.collect()
    }

    fn restore(&self, saved: Vec<Saved>) -> Result<(), String> {
        let mut jar = self.jar();
        for Saved { name, value } in saved {
            let bad = |error: &dyn std::fmt::Display| format!("the cookies of {name}: {error}");
            let cookies: Vec<Cookie<'static>> =
                serde_json::from_slice(&value).map_err(|error| bad(&error))?;
            let count = cookies.len();
            if count == 0 {
                continue;
            }
            let fresh = cookies.into_iter().map(Ok::<_, std::convert::Infallible>);
            let store = CookieStore::from_cookies(fresh, false).map_err(|error| bad(&error))?;
            jar.order.push_back(name.to_string());
            jar.sites.insert(name.to_string(), Site { store, count });
        }
        jar.changed = Some(HashSet::new());
        Ok(())
    }
}

/// The cookies by site, for a look into one store costs time for every domain in it.
#[derive(Debug, Default)]
struct Jar {
    sites: HashMap<String, Site>,
    /// The sites, oldest first.
    order: VecDeque<String>,
    /// In a crawl with a job: sites whose cookies are not kept as they are now.
    changed: Option<HashSet<String>>,
}

#[derive(Debug, Default)]
struct Site {
    store: CookieStore,
    /// How many cookies it has, including expired ones.
    count: usize,
}

impl Jar {
    /// The `Cookie` field for a request with these fields; `None` when the jar adds nothing.
    fn header(&self, url: &Url, own: &HeaderMap) -> Option<HeaderValue> {
        let site = self.sites.get(site(url)?)?;
        let mut stored = site.store.matches(url);
        if stored.is_empty() {
            return None;
        }
        // RFC 6265 §5.4: longer paths first; and always the same order.
        stored.sort_by(|a, b| (b.path.len(), a.name()).cmp(&(a.path.len(), b.name())));
        let mut value = Vec::new();
        for field in own.get_all(header::COOKIE) {
            push(&mut value, field.as_bytes());
        }
        let own_names: Vec<Vec<u8>> = names(&value).map(<[u8]>::to_vec).collect();
        let mut added = false;
        for cookie in stored {
            let (name, content) = cookie.name_value();
            let pair = format!("{name}={content}");
            let is_own = own_names.iter().any(|own| own == name.as_bytes());
            if !is_own && HeaderValue::from_str(&pair).is_ok() {
                push(&mut value, pair.as_bytes());
                added = true;
            }
        }
        if !added {
            return None;
        }
        HeaderValue::from_bytes(&value).ok()
    }

    fn store(&mut self, url: &Url, headers: &HeaderMap) {
        for field in headers.get_all(header::SET_COOKIE) {
            if let Some(cookie) = readable(field, url) {
                self.insert(url, cookie);
            }
        }
    }

    fn insert(&mut self, url: &Url, cookie: Cookie<'static>) {
        let Some(name) = site(url) else { return };
        if !self.sites.contains_key(name) {
            if self.sites.len() >= MAX_SITES
                && let Some(oldest) = self.order.pop_front()
            {
                self.sites.remove(&oldest);
                self.touch(&oldest);
            }
            self.order.push_back(name.to_owned());
            self.sites.insert(name.to_owned(), Site::default());
        }
        if let Some(site) = self.sites.get_mut(name) {
            site.insert(url, cookie);
        }
        self.touch(name);
    }

    fn touch(&mut self, site: &str) {
        if let Some(changed) = &mut self.changed {
            changed.insert(site.to_owned());
        }
    }
}

impl Site {
    fn insert(&mut self, url: &Url, cookie: Cookie<'static>) {
        if self.count >= MAX_PER_SITE {
            self.purge();
        }
        let is_known = cookie
            .domain
            .as_cow()
            .is_some_and(|domain| self.store.contains(&domain, &cookie.path, cookie.name()));
        if self.count >= MAX_PER_SITE && !is_known {
            return;
        }
        // What the store refuses, such as a cookie for another domain, is not to be kept.
        if let Ok(StoreAction::Inserted) = self.store.insert(cookie, url) {
            self.count += 1;
        }
    }

    /// Forgets the expired cookies.
    fn purge(&mut self) {
        let mut kept = CookieStore::default();
        std::mem::swap(&mut kept, &mut self.store);
        let expired: Vec<_> = kept
            .iter_any()
            .filter(|cookie| cookie.is_expired())
            .filter_map(|cookie| {
                let domain = cookie.domain.as_cow()?.into_owned();
                Some((domain, String::from(&cookie.path), cookie.name().to_owned()))
            })
            .collect();
        for (domain, path, name) in &expired {
            kept.remove(domain, path, name);
        }
        self.count = kept.iter_any().count();
        self.store = kept;
    }
}

/// One `Set-Cookie` field, unless it is unreadable, too long, or for a whole public suffix.
fn readable(field: &HeaderValue, url: &Url) -> Option<Cookie<'static>> {
    if field.len() > MAX_BYTES {
        return None;
    }
    let text = std::str::from_utf8(field.as_bytes()).ok()?;
    let mut cookie = Cookie::parse(text, url).ok()?.into_owned();
    if let CookieDomain::Suffix(domain) = &cookie.domain
        && is_public_suffix(domain)
    {
        if url.host_str() != Some(domain) {
            return None;
        }
        cookie.domain = CookieDomain::host_only(url).ok()?;
    }
    Some(cookie)
}

/// A guess in place of the long list: one label, or a usual second level below a country's code.
fn is_public_suffix(domain: &str) -> bool {
    let domain = domain.trim_end_matches('.');
    match domain.rsplit_once('.') {
        None => true,
        Some((second, country)) => {
            country.len() == 2
                && matches!(
                    second,
                    "ac" | "co"
                        | "com"
                        | "edu"
                        | "go"
                        | "gob"
                        | "gov"
                        | "ne"
                        | "net"
                        | "or"
                        | "org"
                )
        }
    }
}

/// The part of the host that two hosts share whenever one can set a cookie for the other: the last
/// two labels of a name, for one label is no valid `Domain`.
fn site(url: &Url) -> Option<&str> {
    let host = url.host_str()?;
    if !matches!(url.host()?, Host::Domain(_)) {
        return Some(host);
    }
    let start = host
        .rmatch_indices('.')
        .nth(1)
        .map_or(0, |(dot, _)| dot + 1);
    Some(&host[start..])
}

fn push(value: &mut Vec<u8>, pair: &[u8]) {
    if !value.is_empty() {
        value.extend_from_slice(b"; ");
    }
    value.extend_from_slice(pair);
}

/// The names of the cookies in a `Cookie` field.
fn names(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|byte| *byte == b';').map(|pair| {
        let name = pair.split(|byte| *byte == b'=').next().unwrap_or(pair);
        name.trim_ascii()
    })
}

#[cfg(test)]
#[path = "cookies_tests.rs"]
mod tests;
