//! Hosts whose address and port the user gives.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use reqwest::dns::{Addrs, Name, Resolving};
use thiserror::Error;
use url::{Host, Url};

/// One host and the socket address that stands for it.
///
/// Written `HOST=ADDR:PORT`, for every port of the host, or `HOST:PORT:ADDR` as curl has it, for
/// one port and without changing it. An IPv6 address is put in brackets. Only the socket changes:
/// the `Host` field and the name that the certificate must bear stay those of the URL.
///
/// ```
/// use huntsman_http::Resolve;
/// let all: Resolve = "shop.example=127.0.0.1:8080".parse().unwrap();
/// let one: Resolve = "shop.example:443:[::1]".parse().unwrap();
/// assert_eq!(all.to_string(), "shop.example=127.0.0.1:8080");
/// assert_eq!(one.to_string(), "shop.example:443:[::1]");
/// assert!("shop.example".parse::<Resolve>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolve {
    host: String,
    port: Option<u16>,
    address: SocketAddr,
}

/// Why a text is no [`Resolve`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ResolveError {
    /// It has neither of the two forms.
    #[error("{0:?} is neither HOST=ADDR:PORT nor HOST:PORT:ADDR")]
    Form(String),
    /// The host is no host name.
    #[error("{0:?} is not a host name")]
    Host(String),
    /// The port is not a number from 1 to 65535.
    #[error("{0:?} is not a port from 1 to 65535")]
    Port(String),
    /// The address is no IP address, or lacks its port.
    #[error("{0:?} is not an IP address{port}", port = if *.1 { " with a port, as in 127.0.0.1:8080 or [::1]:8080" } else { "" })]
    Address(String, bool),
}

impl Resolve {
    /// Whether requests for `url` go to the given address.
    #[must_use]
    pub fn covers(&self, url: &Url) -> bool {
        url.host_str() == Some(&*self.host)
            && (self.port.is_none() || self.port == url.port_or_known_default())
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl FromStr for Resolve {
    type Err = ResolveError;

    fn from_str(text: &str) -> Result<Self, ResolveError> {
        if let Some((host, address)) = text.split_once('=') {
            let address: SocketAddr = address
                .trim()
                .parse()
                .map_err(|_| ResolveError::Address(address.to_owned(), true))?;
            port(&address.port().to_string())?;
            return Ok(Self {
                host: host_name(host)?,
                port: None,
                address,
            });
        }
        let mut parts = text.splitn(3, ':');
        let (Some(host), Some(at), Some(address)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(ResolveError::Form(text.to_owned()));
        };
        let (host, at) = (host_name(host)?, port(at)?);
        Ok(Self {
            host,
            port: Some(at),
            address: SocketAddr::new(ip(address)?, at),
        })
    }
}

impl std::fmt::Display for Resolve {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.port, self.address.ip()) {
            (None, _) => write!(f, "{}={}", self.host, self.address),
            (Some(port), IpAddr::V4(ip)) => write!(f, "{}:{port}:{ip}", self.host),
            (Some(port), IpAddr::V6(ip)) => write!(f, "{}:{port}:[{ip}]", self.host),
        }
    }
}

fn host_name(text: &str) -> Result<String, ResolveError> {
    match Host::parse(text.trim()) {
        Ok(Host::Domain(name)) => Ok(name),
        // An address is not looked up, so nothing could be put in its place.
        _ => Err(ResolveError::Host(text.to_owned())),
    }
}

fn port(text: &str) -> Result<u16, ResolveError> {
    match text.trim().parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(ResolveError::Port(text.to_owned())),
    }
}

fn ip(text: &str) -> Result<IpAddr, ResolveError> {
    let bare = text.trim();
    let bare = bare
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(bare);
    bare.parse()
        .map_err(|_| ResolveError::Address(text.to_owned(), false))
}

/// Answers every name with one address.
///
/// The connector takes the port from here only when the URL names none; see
/// [`Http`](crate::Http) for how the others are handled.
pub(crate) struct Fixed(pub(crate) SocketAddr);

impl reqwest::dns::Resolve for Fixed {
    fn resolve(&self, _: Name) -> Resolving {
        let address: Addrs = Box::new(std::iter::once(self.0));
        Box::pin(std::future::ready(Ok(address)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(resolve: &str, url: &str) -> bool {
        let resolve: Resolve = resolve.parse().unwrap();
        resolve.covers(&Url::parse(url).unwrap())
    }

    #[test]
    fn every_port_or_one() {
        for url in [
            "http://a.example/",
            "https://A.example/",
            "http://a.example:9/",
        ] {
            assert!(covers("a.example=127.0.0.1:8080", url), "{url}");
        }
        assert!(!covers("a.example=127.0.0.1:8080", "http://b.a.example/"));
        assert!(covers("a.example:443:127.0.0.1", "https://a.example/"));
        assert!(!covers("a.example:443:127.0.0.1", "http://a.example/"));
        assert!(covers(
            "bücher.example=[::1]:80",
            "http://xn--bcher-kva.example/"
        ));
    }

    #[test]
    fn each_mistake_has_its_error() {
        let error = |text: &str| text.parse::<Resolve>().unwrap_err();
        assert!(matches!(error("a.example"), ResolveError::Form(_)));
        assert!(matches!(error("a.example:80"), ResolveError::Form(_)));
        assert!(matches!(error("=127.0.0.1:80"), ResolveError::Host(_)));
        assert!(matches!(
            error("127.0.0.1=127.0.0.1:80"),
            ResolveError::Host(_)
        ));
        assert!(matches!(error("a b=127.0.0.1:80"), ResolveError::Host(_)));
        assert!(matches!(
            error("a.example=127.0.0.1:0"),
            ResolveError::Port(_)
        ));
        assert!(matches!(
            error("a.example:99999:127.0.0.1"),
            ResolveError::Port(_)
        ));
        assert!(matches!(
            error("a.example:80:elsewhere"),
            ResolveError::Address(_, false)
        ));
        let told = error("a.example=127.0.0.1").to_string();
        assert!(told.contains("with a port"), "{told}");
    }
}
