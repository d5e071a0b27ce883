//! One spelling for URLs that ask for the same thing.
//!
//! The rules follow w3lib's `canonicalize_url`, which Scrapy users know, on top of the WHATWG URL
//! parser: that one already lower-cases scheme and host, applies IDNA and drops default ports.

use std::borrow::Cow;

use url::Url;

/// The canonical spelling of `url`: no fragment, query pairs sorted by name and value (as bytes),
/// escapes in upper case, escaped unreserved characters (RFC 3986 §2.3) written plainly.
///
/// Idempotent: the canonical spelling of a canonical spelling is itself. User name and password
/// are kept, since they change what is asked for.
///
/// ```
/// use huntsman_core::{Url, canonical::canonical};
/// let url = Url::parse("http://EXAMPLE.com:80/%7euser/?b=2&a=%c3%a9#top").unwrap();
/// assert_eq!(canonical(&url), "http://example.com/~user/?a=%C3%A9&b=2");
/// ```
#[must_use]
pub fn canonical(url: &Url) -> Cow<'_, str> {
    let text = url.as_str();
    let end = text.find('#').unwrap_or(text.len());
    let text = text.get(..end).unwrap_or(text);
    if !text.bytes().any(|b| b == b'%' || b == b'?') {
        return Cow::Borrowed(text);
    }
    let (path, query) = match text.split_once('?') {
        Some((path, query)) => (path, query),
        None => (text, ""),
    };
    let mut out = String::with_capacity(text.len());
    normal_escapes(path, &mut out);
    let mut pairs: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let mut one = String::with_capacity(pair.len());
            normal_escapes(pair, &mut one);
            one
        })
        .collect();
    pairs.sort_by(|a, b| split_pair(a).cmp(&split_pair(b)));
    for (i, pair) in pairs.iter().enumerate() {
        out.push(if i == 0 { '?' } else { '&' });
        out.push_str(pair);
    }
    Cow::Owned(out)
}

fn split_pair(pair: &str) -> (&str, &str) {
    pair.split_once('=').unwrap_or((pair, ""))
}

/// Copies `text`, with `%XX` of an unreserved character decoded and other escapes in upper case.
fn normal_escapes(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        match decoded(escape) {
            Some(byte) if is_unreserved(byte) => out.push(char::from(byte)),
            Some(byte) => push_escape(byte, out),
            // A percent sign that escapes nothing stays as it is.
            None => {
                out.push('%');
                rest = escape.get(1..).unwrap_or_default();
                continue;
            }
        }
        rest = escape.get(3..).unwrap_or_default();
    }
    out.push_str(rest);
}

fn decoded(escape: &str) -> Option<u8> {
    let digits = escape.get(1..3)?;
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    u8::from_str_radix(digits, 16).ok()
}

fn push_escape(byte: u8, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    out.push('%');
    out.push(char::from(HEX[usize::from(byte >> 4)]));
    out.push(char::from(HEX[usize::from(byte & 15)]));
}

/// RFC 3986 §2.3.
pub(crate) fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(url: &str) -> String {
        canonical(&Url::parse(url).unwrap()).into_owned()
    }

    #[test]
    fn same_thing_same_spelling() {
        let groups: &[&[&str]] = &[
            &[
                "http://a.example",
                "HTTP://A.example:80/",
                "http://a.example/#x",
                "http://a.example/?",
            ],
            &[
                "http://a.example/?a=1&b=2",
                "http://a.example/?b=2&a=1",
                "http://a.example/?&a=1&&b=2",
            ],
            &[
                "http://a.example/%7ejoe",
                "http://a.example/~joe",
                "http://a.example/%7Ejoe",
            ],
            &["http://a.example/caf%c3%a9", "http://a.example/café"],
            &["http://bücher.example/", "http://xn--bcher-kva.example/"],
            &[
                "http://a.example/a/../b",
                "http://a.example/b",
                "http://a.example/./b",
            ],
        ];
        for group in groups {
            for url in *group {
                assert_eq!(of(url), of(group[0]), "{url}");
            }
        }
    }

    #[test]
    fn different_things_stay_different() {
        let urls = [
            "http://a.example/",
            "https://a.example/",
            "http://a.example/?a=1",
            "http://a.example/?a=2",
            "http://a.example/a%2Fb",
            "http://a.example/a/b",
            "http://a.example/?a=1&a=2",
            "http://a.example/?a",
            "http://a.example:81/",
            "http://u@a.example/",
            "http://a.example/A",
            "http://a.example/?q=a%26b",
            "http://a.example/?q=a&b",
        ];
        let spellings: std::collections::BTreeSet<_> = urls.iter().map(|u| of(u)).collect();
        assert_eq!(spellings.len(), urls.len());
    }

    proptest! {
        #[test]
        fn idempotent_and_a_url(path in "[a-zA-Z0-9%/é~ ?&=#.]{0,40}") {
            let url = Url::parse("http://a.example/").unwrap().join(&path);
            prop_assume!(url.is_ok());
            let url = url.unwrap();
            let once = canonical(&url).into_owned();
            let again = Url::parse(&once).unwrap();
            prop_assert_eq!(canonical(&again).into_owned(), once);
        }

        #[test]
        fn order_of_pairs_does_not_matter(mut pairs in prop::collection::vec("[a-c]{1,2}=[0-9]{0,2}", 0..6), seed in 0usize..6) {
            let one = of(&format!("http://a.example/?{}", pairs.join("&")));
            let by = if pairs.is_empty() { 0 } else { seed % pairs.len() };
            pairs.rotate_left(by);
            prop_assert_eq!(of(&format!("http://a.example/?{}", pairs.join("&"))), one);
        }
    }
}
