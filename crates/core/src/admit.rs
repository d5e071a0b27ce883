//! Admission: which found requests may enter the frontier.

use std::borrow::Cow;

use thiserror::Error;
use url::Host;

use crate::request::Request;

/// A rule that found requests must pass. Pure: it may not wait, and the same request gets the
/// same answer while the rule's knowledge stays the same.
///
/// ```
/// use huntsman_core::{Admit, Refusal, Request};
///
/// struct NoPrint;
///
/// impl Admit for NoPrint {
///     fn admit(&self, candidate: &Request) -> Result<(), Refusal> {
///         if candidate.url.path().ends_with("/print") {
///             return Err(Refusal::new("print", "print version"));
///         }
///         Ok(())
///     }
/// }
/// ```
pub trait Admit: Send + Sync + 'static {
    /// Lets `candidate` pass, or says which rule forbids it and why.
    ///
    /// # Errors
    /// The refusal; it is counted under its rule.
    fn admit(&self, candidate: &Request) -> Result<(), Refusal>;
}

/// Why a found request was not admitted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("refused by {rule}: {reason}")]
pub struct Refusal {
    /// The rule's name, under which it is counted: `scope`, `depth`, `robots` …
    pub rule: &'static str,
    /// What in the request offends it.
    pub reason: Cow<'static, str>,
}

impl Refusal {
    /// A refusal by `rule`.
    #[must_use]
    pub fn new(rule: &'static str, reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            rule,
            reason: reason.into(),
        }
    }
}

/// Only `http` and `https`, and only with a host.
#[derive(Debug, Clone, Copy)]
pub struct WebOnly;

impl Admit for WebOnly {
    fn admit(&self, candidate: &Request) -> Result<(), Refusal> {
        let scheme = candidate.url.scheme();
        if !matches!(scheme, "http" | "https") {
            return Err(Refusal::new(
                "scheme",
                format!("{scheme} is neither http nor https"),
            ));
        }
        match candidate.url.host_str() {
            None | Some("") => Err(Refusal::new("scheme", "no host")),
            Some(_) => Ok(()),
        }
    }
}

/// No URL longer than so many bytes.
#[derive(Debug, Clone, Copy)]
pub struct MaxLength(pub usize);

impl Admit for MaxLength {
    fn admit(&self, candidate: &Request) -> Result<(), Refusal> {
        let length = candidate.url.as_str().len();
        if length > self.0 {
            return Err(Refusal::new(
                "length",
                format!("the URL has {length} bytes of {}", self.0),
            ));
        }
        Ok(())
    }
}

/// No request further than so many links from a seed.
#[derive(Debug, Clone, Copy)]
pub struct MaxDepth(pub u16);

impl Admit for MaxDepth {
    fn admit(&self, candidate: &Request) -> Result<(), Refusal> {
        if candidate.depth > self.0 {
            return Err(Refusal::new("depth", format!("deeper than {}", self.0)));
        }
        Ok(())
    }
}

/// Only these hosts and their subdomains (Scrapy's `allowed_domains`).
///
/// ```
/// use huntsman_core::{Admit, Request, Url, admit::Scope};
/// let scope = Scope::new(["example.com"]);
/// let to = |url| Request::get(Url::parse(url).unwrap());
/// assert!(scope.admit(&to("https://www.example.com/")).is_ok());
/// assert!(scope.admit(&to("https://notexample.com/")).is_err());
/// ```
#[derive(Debug, Clone)]
pub struct Scope {
    hosts: Vec<(String, Option<u16>)>,
}

impl Scope {
    /// Hosts as `example.com` or, for one port only, `example.com:8080`.
    pub fn new<H: AsRef<str>>(hosts: impl IntoIterator<Item = H>) -> Self {
        let hosts = hosts
            .into_iter()
            .map(|host| split_port(host.as_ref()))
            .collect();
        Self { hosts }
    }

    fn allows(&self, candidate: &Request) -> bool {
        let Some(host) = candidate.url.host_str() else {
            return false;
        };
        let is_name = matches!(candidate.url.host(), Some(Host::Domain(_)));
        let port = candidate.url.port_or_known_default();
        self.hosts.iter().any(|(allowed, only)| {
            let same = host == allowed
                || (is_name
                    && host
                        .strip_suffix(allowed.as_str())
                        .is_some_and(|sub| sub.ends_with('.')));
            same && (only.is_none() || *only == port)
        })
    }
}

fn split_port(host: &str) -> (String, Option<u16>) {
    let host = host.to_lowercase();
    if let Some((name, port)) = host.rsplit_once(':')
        && let Ok(port) = port.parse()
        && (!name.contains(':') || name.ends_with(']'))
    {
        return (ascii(name), Some(port));
    }
    (ascii(&host), None)
}

/// The name as URLs spell it (IDNA); what is no valid name stays as it is and matches nothing.
fn ascii(name: &str) -> String {
    Host::parse(name).map_or_else(|_| name.to_owned(), |host| host.to_string())
}

impl Admit for Scope {
    fn admit(&self, candidate: &Request) -> Result<(), Refusal> {
        if self.allows(candidate) {
            return Ok(());
        }
        let host = candidate.url.host_str().unwrap_or_default();
        Err(Refusal::new(
            "scope",
            format!("{host} is not among admit.hosts"),
        ))
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    fn to(url: &str) -> Request {
        Request::get(Url::parse(url).unwrap())
    }

    #[test]
    fn scope_knows_ports_and_addresses() {
        let scope = Scope::new(["127.0.0.1:8000", "Bücher.example", "[::1]:9"]);
        for url in [
            "http://127.0.0.1:8000/",
            "http://xn--bcher-kva.example/",
            "http://[::1]:9/",
        ] {
            assert!(scope.admit(&to(url)).is_ok(), "{url}");
        }
        for url in [
            "http://127.0.0.1:8001/",
            "http://127.0.0.2:8000/",
            "http://[::1]:8/",
        ] {
            assert_eq!(scope.admit(&to(url)).unwrap_err().rule, "scope", "{url}");
        }
    }

    #[test]
    fn other_schemes_are_refused() {
        for url in [
            "mailto:a@b.example",
            "javascript:void(0)",
            "ftp://a.example/",
            "file:///etc/passwd",
        ] {
            assert_eq!(WebOnly.admit(&to(url)).unwrap_err().rule, "scheme", "{url}");
        }
    }

    #[test]
    fn bounds_are_inclusive() {
        let mut request = to("http://a.example/");
        let length = request.url.as_str().len();
        assert!(MaxLength(length).admit(&request).is_ok());
        assert!(MaxLength(length - 1).admit(&request).is_err());
        request.depth = 3;
        assert!(MaxDepth(3).admit(&request).is_ok());
        assert!(MaxDepth(2).admit(&request).is_err());
    }
}
