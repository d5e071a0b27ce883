//! The key under which a site is queued and paced.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// Host name, with the port where it is not the scheme's own: `example.com`, `127.0.0.1:8000`.
///
/// Queues, pace and the per-host table of the report go by this key, so that `http` and `https`
/// of one site share one pace.
///
/// ```
/// use huntsman_core::{HostKey, Url};
/// let url = Url::parse("https://Example.com:443/a").unwrap();
/// assert_eq!(HostKey::of(&url).as_str(), "example.com");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct HostKey(Arc<str>);

impl HostKey {
    /// The key of the site that `url` is on; empty for a URL without a host.
    #[must_use]
    pub fn of(url: &Url) -> Self {
        let host = url.host_str().unwrap_or_default();
        match url.port() {
            Some(port) => Self(format!("{host}:{port}").into()),
            None => Self(host.into()),
        }
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for HostKey {
    fn from(key: &str) -> Self {
        Self(key.to_ascii_lowercase().into())
    }
}

impl fmt::Display for HostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether the URL names this machine itself: `localhost` or a loopback address.
#[must_use]
pub fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => false,
    }
}

/// Scheme, host and port as in RFC 6454: robots.txt and credentials belong to an origin.
#[must_use]
pub fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Whether two URLs have the same origin.
#[must_use]
pub fn same_origin(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme()
        && a.host_str() == b.host_str()
        && a.port_or_known_default() == b.port_or_known_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(url: &str) -> String {
        HostKey::of(&Url::parse(url).unwrap()).to_string()
    }

    #[test]
    fn only_a_foreign_port_is_kept() {
        assert_eq!(key("http://a.example:80/x"), "a.example");
        assert_eq!(key("https://a.example/x"), "a.example");
        assert_eq!(key("http://a.example:443/x"), "a.example:443");
        assert_eq!(key("http://[::1]:9/x"), "[::1]:9");
    }

    #[test]
    fn this_machine_has_several_names() {
        for url in ["http://localhost:8/", "http://127.0.0.2/", "http://[::1]/"] {
            assert!(is_this_machine(&Url::parse(url).unwrap()), "{url}");
        }
        assert!(!is_this_machine(&Url::parse("http://10.0.0.1/").unwrap()));
    }
}
