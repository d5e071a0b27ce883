//! What a request leaves among those that were seen.
//!
//! A page leads to pages of its own host most of all. So what the requests of a host leave stands
//! together: all that is to be looked up for a page is in one leaf of the tree or two, where
//! fingerprints alone would be in as many as there are links. Mercator ordered the checksums of its
//! URLs for the same reason (Heydon and Najork, *World Wide Web* 2, 1999).

use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use huntsman_core::Fingerprint;
use huntsman_core::fingerprint::FirstBytes;
use huntsman_core::request::Candidate;

/// Bits of a mark that are the host's.
const HOST: u32 = 24;

/// 24 bits of the host, and the last 104 of the fingerprint; or all 128 of that, by the store's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark(u128);

/// A set of marks.
pub(crate) type MarkSet = HashSet<Mark, BuildHasherDefault<FirstBytes>>;

impl Hash for Mark {
    /// The last bytes come first: many marks have the first in common.
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(self.0.rotate_left(64));
    }
}

impl fmt::Display for Mark {
    /// 32 hexadecimal digits.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:032x}", self.0)
    }
}

impl Mark {
    pub(crate) fn of_key(key: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(key))
    }

    /// What marks of one host have in common.
    pub(crate) fn host(self) -> u128 {
        self.0 >> (u128::BITS - HOST)
    }

    /// The key in the tree.
    pub(crate) fn key(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }
}

/// What the marks of a store are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Marking {
    /// The fingerprints, as they are in a store that was begun before [`Marking::Host`] was known.
    Fingerprint,
    /// The host's first.
    #[default]
    Host,
}

impl Marking {
    pub(crate) fn mark(self, candidate: &Candidate) -> Mark {
        let Candidate {
            request,
            fingerprint: Fingerprint(print),
            ..
        } = candidate;
        if self == Self::Fingerprint {
            return Mark(*print);
        }
        // Elsewhere a host may be spelled in two ways that have one fingerprint.
        let host = Some(&request.url).filter(|url| url.is_special());
        let host = host.and_then(|url| url.host_str()).unwrap_or_default();
        let sum = crc32fast::hash(host.as_bytes()) >> (u32::BITS - HOST);
        let rest = print & (u128::MAX >> HOST);
        Mark(u128::from(sum) << (u128::BITS - HOST) | rest)
    }
}

#[cfg(test)]
mod tests {
    use huntsman_core::{Request, Url};
    use proptest::prelude::*;

    use super::*;

    fn candidate(url: &str) -> Candidate {
        Request::get(Url::parse(url).unwrap()).into()
    }

    #[test]
    fn stored_marks_stay_valid() {
        // The fingerprint has a test of its own; python3 -c 'import zlib; print(hex(zlib.crc32(b"a.example") >> 8))'
        let one = candidate("http://a.example/x");
        let mark = |marking: Marking| marking.mark(&one).to_string();
        assert_eq!(
            mark(Marking::Fingerprint),
            "07cc5f1970bd12ed7b240fb6cb7d6df0"
        );
        assert_eq!(mark(Marking::Host), "b26db51970bd12ed7b240fb6cb7d6df0");
    }

    #[test]
    fn the_marks_of_a_host_stand_together() {
        let mark = |host, page| {
            let url = format!("http://h{host}.example:8080/{page}");
            (Marking::Host.mark(&candidate(&url)), host)
        };
        let pages = (0..50).flat_map(|page| (0..9).map(move |host| (host, page)));
        let mut marks: Vec<_> = pages.map(|(host, page)| mark(host, page)).collect();
        marks.sort_unstable();
        let mut hosts: Vec<_> = marks.into_iter().map(|(_, host)| host).collect();
        hosts.dedup();
        assert_eq!(hosts.len(), 9, "{hosts:?}");
    }

    proptest! {
        #[test]
        fn two_requests_have_one_mark_if_they_have_one_fingerprint(
            scheme in prop_oneof!["http", "HTTPS", "file", "odd"],
            host in "(a%41|A|%61|a)\\.example",
            rest in "(:80|:443|:9|)/(%41|A|%2f|%2F)?(\\?a=1&b=2|\\?b=2&a=1|)(#x|)",
            other_host in "(a%41|A|%61|a)\\.example",
            other_rest in "(:80|:443|:9|)/(%41|A|%2f|%2F)?(\\?a=1&b=2|\\?b=2&a=1|)(#x|)",
        ) {
            let parse = |host: &str, rest: &str| Url::parse(&format!("{scheme}://{host}{rest}"));
            let (Ok(one), Ok(other)) = (parse(&host, &rest), parse(&other_host, &other_rest)) else {
                return Ok(());
            };
            let [one, other] = [one, other].map(|url| Candidate::from(Request::get(url)));
            let are_same = one.fingerprint == other.fingerprint;
            for marking in [Marking::Fingerprint, Marking::Host] {
                prop_assert_eq!(marking.mark(&one) == marking.mark(&other), are_same);
            }
        }
    }
}
