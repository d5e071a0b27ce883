//! URIs: RFC 3986, with a scheme (what the RFC calls a URI, not a reference).
//!
//! The grammar is all that counts: no scheme has rules of its own here, and `mailto:a@b.co` is as
//! good as `https://example.com`. Characters beyond ASCII must be percent-encoded.

use super::host::is_ipv6;

/// Whether `text` is a URI with a scheme.
#[must_use]
pub fn is_uri(text: &str) -> bool {
    let Some(end) = text.bytes().position(|byte| byte == b':') else {
        return false;
    };
    let (scheme, rest) = (&text[..end], &text[end + 1..]);
    let (rest, fragment) = split(rest, b'#');
    let (hierarchy, query) = split(rest, b'?');
    let (authority, path) = match hierarchy.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", hierarchy),
    };
    is_scheme(scheme)
        && is_authority(authority)
        && only(path, b":@/")
        && only(query, b":@/?")
        && only(fragment, b":@/?")
}

/// What is before the first `at`, and what is behind it.
fn split(text: &str, at: u8) -> (&str, &str) {
    match text.bytes().position(|byte| byte == at) {
        Some(end) => (&text[..end], &text[end + 1..]),
        None => (text, ""),
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
}

fn is_authority(text: &str) -> bool {
    let (user, host) = text.rsplit_once('@').unwrap_or(("", text));
    only(user, b":") && is_host_and_port(host)
}

fn is_host_and_port(text: &str) -> bool {
    let (host_fits, port) = match text.strip_prefix('[') {
        Some(literal) => {
            let Some((address, port)) = literal.split_once(']') else {
                return false;
            };
            (is_ipv6(address) || is_future(address), port)
        }
        None => {
            let at = text.find(':').unwrap_or(text.len());
            let (host, port) = text.split_at(at);
            (only(host, b""), port)
        }
    };
    let digits = port.strip_prefix(':').unwrap_or(port);
    let port_fits =
        port.is_empty() || (port.starts_with(':') && digits.bytes().all(|b| b.is_ascii_digit()));
    host_fits && port_fits
}

/// `v1.something`: addresses that are not invented yet.
fn is_future(text: &str) -> bool {
    let Some((version, address)) = text
        .strip_prefix(['v', 'V'])
        .and_then(|t| t.split_once('.'))
    else {
        return false;
    };
    let hexadecimal = !version.is_empty() && version.bytes().all(|b| b.is_ascii_hexdigit());
    hexadecimal && !address.is_empty() && !address.contains('%') && only(address, b":")
}

/// Whether `text` has only unreserved characters, sub-delimiters, escapes, and those `besides`.
fn only(text: &str, besides: &[u8]) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().all(|(at, byte)| match byte {
        b'%' => {
            let digits = bytes.get(at + 1..at + 3);
            digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        }
        b'0'..=b'9'
        | b'A'..=b'Z'
        | b'a'..=b'z'
        | b'-'
        | b'.'
        | b'_'
        | b'~'
        | b'!'
        | b'$'
        | b'&'
        | b'\''
        | b'('
        | b')'
        | b'*'
        | b'+'
        | b','
        | b';'
        | b'=' => true,
        _ => besides.contains(byte),
    })
}

#[cfg(test)]
mod tests {
    use super::is_uri;

    #[test]
    fn uris_of_all_kinds_fit() {
        for good in [
            "https://example.com",
            "http://foo.bar/?baz=qux#quux",
            "http://user:pa%20ss@example.com:8080/a//b;c=1?q=/?#f?/",
            "http://[2001:db8::1]:80/",
            "http://[v1.a:b]/",
            "ftp://ftp.is.co.za/rfc/rfc1808.txt",
            "mailto:John.Doe@example.com",
            "urn:oasis:names:specification:docbook:dtd:xml:4.1.2",
            "tel:+1-816-555-1212",
            "file:///etc/hosts",
            "a:",
            "http://host:",
        ] {
            assert!(is_uri(good), "{good}");
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        for bad in [
            "",
            "/a/b",
            "//example.com/a",
            "example.com",
            "1a:b",
            ":a",
            "http://exa mple.com",
            "http://example.com/a b",
            "http://example.com/%zz",
            "http://example.com/%2",
            "http://example.com/<a>",
            "http://example.com/\"",
            "http://example.com/a\\b",
            "http://example.com/#a#b",
            "http://exämple.com/",
            "http://a@b@c/",
            "http://[::1",
            "http://[::g]/",
            "http://[::1]a/",
            "http://[v.a]/",
            "http://host:8a/",
            "http://h/[a]",
            "http://example.com/\n",
        ] {
            assert!(!is_uri(bad), "{bad}");
        }
    }
}
