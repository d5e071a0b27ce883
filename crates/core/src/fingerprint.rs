//! The identity of a request: what makes two of them the same.

use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};

use http::Method;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use crate::canonical::canonical;

/// The first 128 bits of SHA-256 over method, canonical URL and body.
///
/// Stable over versions and machines, so it may be stored. A cryptographic hash, since pages
/// choose the URLs: with a weaker one a site could make a page of another site look known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Fingerprint(pub u128);

impl Fingerprint {
    /// The fingerprint of a request. Headers are no part of it.
    ///
    /// ```
    /// use huntsman_core::{Fingerprint, Method, Url};
    /// let a = Url::parse("http://example.com/?b=1&a=2").unwrap();
    /// let b = Url::parse("http://example.com:80/?a=2&b=1#top").unwrap();
    /// assert_eq!(Fingerprint::of(&Method::GET, &a, b""), Fingerprint::of(&Method::GET, &b, b""));
    /// ```
    #[must_use]
    pub fn of(method: &Method, url: &Url, body: &[u8]) -> Self {
        let mut hash = Sha256::new();
        // A space cannot stand in a method nor a line feed in a URL: the parts cannot run together.
        hash.update(method.as_str());
        hash.update(b" ");
        hash.update(canonical(url).as_bytes());
        hash.update(b"\n");
        hash.update(body);
        let digest = hash.finalize();
        let mut first = [0; 16];
        first.copy_from_slice(&digest[..16]);
        Self(u128::from_be_bytes(first))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

/// A set of fingerprints.
pub type FingerprintSet = HashSet<Fingerprint, BuildHasherDefault<FirstBytes>>;

/// Fingerprints are evenly spread already: their first bytes are hash enough.
#[derive(Debug, Default)]
pub struct FirstBytes(u64);

impl Hasher for FirstBytes {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 << 8) | u64::from(*byte);
        }
    }

    fn write_u128(&mut self, value: u128) {
        self.0 = u64::try_from(value >> 64).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn method_url_and_body_count() {
        let url = Url::parse("http://a.example/x").unwrap();
        let get = Fingerprint::of(&Method::GET, &url, b"");
        assert_eq!(get, Fingerprint::of(&Method::GET, &url, b""));
        assert_ne!(get, Fingerprint::of(&Method::POST, &url, b""));
        assert_ne!(get, Fingerprint::of(&Method::GET, &url, b"a"));
    }

    #[test]
    fn stored_fingerprints_stay_valid() {
        // printf 'GET http://a.example/x\n' | sha256sum | cut -c1-32
        let url = Url::parse("http://a.example/x#frag").unwrap();
        let text = Fingerprint::of(&Method::GET, &url, b"").to_string();
        assert_eq!(text, "07cc5f1970bd12ed7b240fb6cb7d6df0");
    }
}
