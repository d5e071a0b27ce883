//! Private addresses: which hosts may have them, and how all others are refused.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::{PoisonError, RwLock};

use huntsman_core::address::is_public;
use reqwest::dns::{Addrs, Name, Resolving};
use url::{Host, Url};

use crate::error::HttpError;

/// The hosts that may have private addresses: those of the settings, and those of seeds.
#[derive(Debug, Default)]
pub(crate) struct Allowed {
    hosts: RwLock<HashMap<String, Ports>>,
}

#[derive(Debug, PartialEq, Eq)]
enum Ports {
    Every,
    These(Vec<u16>),
}

impl Allowed {
    pub(crate) fn new(entries: &[String]) -> Result<Self, HttpError> {
        let allowed = Self::default();
        for entry in entries {
            let (host, port) =
                parse(entry).ok_or_else(|| HttpError::AllowPrivate(entry.clone()))?;
            allowed.add(host, port);
        }
        Ok(allowed)
    }

    /// Allows the host and port of `url`, not the host's other ports.
    pub(crate) fn remember(&self, url: &Url) {
        if let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) {
            self.add(host.to_owned(), Some(port));
        }
    }

    pub(crate) fn covers(&self, url: &Url) -> bool {
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return false;
        };
        let hosts = self.hosts.read().unwrap_or_else(PoisonError::into_inner);
        match hosts.get(host) {
            Some(Ports::Every) => true,
            Some(Ports::These(ports)) => ports.contains(&port),
            None => false,
        }
    }

    fn add(&self, host: String, port: Option<u16>) {
        let mut hosts = self.hosts.write().unwrap_or_else(PoisonError::into_inner);
        let ports = hosts.entry(host).or_insert(Ports::These(Vec::new()));
        match (ports, port) {
            (ports, None) => *ports = Ports::Every,
            (Ports::These(ports), Some(port)) if !ports.contains(&port) => ports.push(port),
            _ => {}
        }
    }
}

/// Reads `host`, `host:port`, an address or an address and port into the form of a URL's host.
fn parse(entry: &str) -> Option<(String, Option<u16>)> {
    let entry = entry.trim();
    if let Ok(ip) = entry.parse::<IpAddr>() {
        return Some((as_host(ip), None));
    }
    if let Ok(socket) = entry.parse::<SocketAddr>() {
        return Some((as_host(socket.ip()), Some(socket.port())));
    }
    let (host, port) = match entry.rsplit_once(':') {
        Some((host, port)) if !entry.ends_with(']') => (host, Some(port.parse().ok()?)),
        _ => (entry, None),
    };
    Some((Host::parse(host).ok()?.to_string(), port))
}

fn as_host(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => Host::<String>::Ipv4(ip).to_string(),
        IpAddr::V6(ip) => Host::<String>::Ipv6(ip).to_string(),
    }
}

/// The private address that the URL is written with, for such a URL is not looked up.
pub(crate) fn literal(url: &Url) -> Option<IpAddr> {
    let ip = match url.host()? {
        Host::Ipv4(ip) => IpAddr::V4(ip),
        Host::Ipv6(ip) => IpAddr::V6(ip),
        Host::Domain(_) => return None,
    };
    (!is_public(ip)).then_some(ip)
}

/// Looks names up at the system and leaves out the private addresses.
///
/// The connection is made to the very addresses that were judged here, so a name that changes its
/// address in between gains nothing.
pub(crate) struct PublicOnly;

impl reqwest::dns::Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(only_public(name.as_str(), found)?)
        })
    }
}

fn only_public(
    name: &str,
    found: impl Iterator<Item = SocketAddr>,
) -> Result<Addrs, PrivateAddress> {
    let mut private = None;
    let public: Vec<_> = found
        .filter(|address| {
            let public = is_public(address.ip());
            if !public {
                private = Some(address.ip());
            }
            public
        })
        .collect();
    match private {
        Some(ip) if public.is_empty() => Err(PrivateAddress(format!("{name} ({ip})"))),
        _ => Ok(Box::new(public.into_iter())),
    }
}

/// What the resolver answers instead of private addresses: the name and one of them.
#[derive(Debug)]
pub(crate) struct PrivateAddress(pub(crate) String);

impl fmt::Display for PrivateAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is a private address", self.0)
    }
}

impl std::error::Error for PrivateAddress {}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn allowed(entry: &str) -> Allowed {
        Allowed::new(&[entry.to_owned()]).unwrap()
    }

    #[test]
    fn entries_name_a_host_or_one_port_of_it() {
        let host = allowed("Intranet.example");
        assert!(host.covers(&url("http://intranet.example/")));
        assert!(host.covers(&url("https://intranet.example:99/")));
        assert!(!host.covers(&url("http://other.example/")));
        let port = allowed("intranet.example:80");
        assert!(port.covers(&url("http://intranet.example/")));
        assert!(!port.covers(&url("https://intranet.example/")));
        for (entry, covered) in [
            ("::1", "http://[::1]:7/"),
            ("[::1]", "http://[::1]:7/"),
            ("[::1]:7", "http://[::1]:7/"),
            ("127.0.0.1:7", "http://127.1:7/"),
            ("bücher.example", "http://xn--bcher-kva.example/"),
        ] {
            assert!(allowed(entry).covers(&url(covered)), "{entry}");
        }
        for bad in ["", "a b", "host:port", "host:99999", "http://host/"] {
            let error = Allowed::new(&[bad.to_owned()]).unwrap_err();
            assert!(error.to_string().contains(&format!("{bad:?}")), "{error}");
        }
    }

    #[test]
    fn a_seed_allows_its_port_only() {
        let allowed = Allowed::default();
        allowed.remember(&url("http://10.0.0.1:8080/x"));
        allowed.remember(&url("https://10.0.0.1/"));
        assert!(allowed.covers(&url("http://10.0.0.1:8080/y")));
        assert!(allowed.covers(&url("https://10.0.0.1:443/y")));
        assert!(!allowed.covers(&url("http://10.0.0.1/")));
        let all = self::allowed("10.0.0.1");
        all.remember(&url("http://10.0.0.1:8080/"));
        assert!(all.covers(&url("http://10.0.0.1/")));
    }

    #[test]
    fn odd_spellings_are_still_addresses() {
        for text in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://0x7f000001/",
            "http://2130706433/",
            "http://0177.0.0.1/",
            "http://127.0.0.1./",
            "http://[::ffff:127.0.0.1]/",
            "http://[0:0:0:0:0:0:0:1]/",
        ] {
            assert!(literal(&url(text)).is_some(), "{text}");
        }
        assert_eq!(literal(&url("http://93.184.215.14/")), None);
        assert_eq!(literal(&url("http://example.com/")), None);
    }

    #[test]
    fn private_addresses_are_left_out_after_the_lookup() {
        let sockets = |ips: &[&str]| -> Vec<SocketAddr> {
            ips.iter()
                .map(|ip| SocketAddr::new(ip.parse().unwrap(), 0))
                .collect()
        };
        let both = sockets(&["10.0.0.1", "93.184.215.14", "::1"]);
        let kept: Vec<_> = only_public("a.example", both.into_iter())
            .unwrap()
            .collect();
        assert_eq!(kept, sockets(&["93.184.215.14"]));
        let none = only_public("a.example", sockets(&["10.0.0.1"]).into_iter());
        assert_eq!(none.err().unwrap().0, "a.example (10.0.0.1)");
    }
}
