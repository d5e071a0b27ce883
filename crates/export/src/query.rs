//! What stands behind the `?` of an address.

/// The words of a query with their values, as they are written. `&` parts them; `&&` is the "and" of
/// an expression, and stays in it.
pub(crate) fn pairs(query: &str) -> Vec<(&str, &str)> {
    let mut pairs = Vec::new();
    let mut rest = query;
    while !rest.is_empty() {
        let (pair, after) = rest.split_at(end(rest));
        rest = after.strip_prefix('&').unwrap_or(after);
        if !pair.is_empty() {
            pairs.push(pair.split_once('=').unwrap_or((pair, "")));
        }
    }
    pairs
}

/// Where the first pair ends.
fn end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'&', Some(b'&')) => at += 2,
            (b'&', _) => break,
            _ => at += 1,
        }
    }
    at
}

/// A value with `%26` as `&`, and so on; what is no such code stays, and so does `+`.
pub(crate) fn decoded(text: &str) -> String {
    let digit = |byte: Option<&u8>| char::from(*byte?).to_digit(16);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code = digit(after.first()).zip(digit(after.get(1)));
        match code.and_then(|(high, low)| u8::try_from(high * 16 + low).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A value as it stands in a query.
pub(crate) fn encoded(text: &str) -> String {
    encoded_but(text, b"-._~/:,")
}

/// A value as it may stand anywhere in an address.
pub(crate) fn encoded_all(text: &str) -> String {
    encoded_but(text, b"-._~")
}

fn encoded_but(text: &str, plain: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || plain.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_and_of_an_expression_parts_nothing() {
        for (query, expected) in [
            ("", &[][..]),
            ("a=1&b=2", &[("a", "1"), ("b", "2")]),
            ("a&b=", &[("a", ""), ("b", "")]),
            ("&a=1&", &[("a", "1")]),
            ("f=x==1 && y&b=2", &[("f", "x==1 && y"), ("b", "2")]),
            ("f=x&&y&&z", &[("f", "x&&y&&z")]),
        ] {
            assert_eq!(pairs(query), expected, "{query}");
        }
    }

    #[test]
    fn codes_stand_for_characters() {
        for (text, expected) in [
            ("a%26b%3d%C3%BC", "a&b=ü"),
            ("50%", "50%"),
            ("%(batch)05d%2", "%(batch)05d%2"),
            ("%zz%+", "%zz%+"),
            ("a+b", "a+b"),
            ("%ff", "\u{fffd}"),
        ] {
            assert_eq!(decoded(text), expected);
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_comes_back(text in ".*") {
            let query = format!("a={}&b=1", encoded(&text));
            let pairs = pairs(&query);
            prop_assert_eq!(pairs.len(), 2);
            prop_assert_eq!(decoded(pairs[0].1), text);
        }
    }
}
