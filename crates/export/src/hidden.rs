//! Passwords and other secrets, which are never shown.

use std::ops::Range;

/// Parts of the names of words whose values are nobody's business.
const SECRET: [&str; 8] = [
    "password",
    "passphrase",
    "secret",
    "token",
    "credential",
    // A private key in the value itself: `ssl.key.pem`.
    "key.pem",
    // `user:password`, as registries have it.
    "user.info",
    // Of Java's clients, with user and password in it: librdkafka refuses it, but it was said.
    "jaas",
];

/// What stands in the place of a secret.
pub(crate) const MASK: &str = "***";

/// The value of a word as it may be shown: a secret is `***`, also within an address.
///
/// ```
/// use huntsman_export::hidden;
///
/// assert_eq!(hidden("password", "opensesame"), "***");
/// assert_eq!(hidden("place", "postgres://me:opensesame@host/db"), "postgres://me:***@host/db");
/// assert_eq!(hidden("place", "s3://b/x.json?session_token=abc"), "s3://b/x.json?session_token=***");
/// assert_eq!(hidden("place", "books.csv?fields=title"), "books.csv?fields=title");
/// ```
#[must_use]
pub fn hidden(word: &str, value: &str) -> String {
    if is_secret(word) {
        return MASK.to_owned();
    }
    // A `?` before an `@` is more likely one of a password that was not encoded.
    let is_word = |query: &str| !query.split('=').next().unwrap_or_default().contains('@');
    let parts = value.split_once('?').filter(|(_, query)| is_word(query));
    let Some((address, query)) = parts else {
        return without_password(value);
    };
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((word, _)) if is_secret(word) => format!("{word}={MASK}"),
        _ => without_password(pair),
    });
    let pairs: Vec<String> = pairs.collect();
    format!("{}?{}", without_password(address), pairs.join("&"))
}

pub(crate) fn is_secret(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    SECRET.iter().any(|secret| word.contains(secret))
}

/// Where the password stands that is before the host of an address in a text.
pub(crate) fn password(text: &str) -> Option<Range<usize>> {
    let start = text.find("://")? + 3;
    // A password that was not encoded may have any of these characters, and an `@` too: the last
    // one of the text may stand before the host, and what is before it is not shown.
    let end = start + text[start..].rfind('@')?;
    let (user, _) = text[start..end].split_once(':')?;
    (!user.contains('/')).then_some(start + user.len() + 1..end)
}

/// Text without that password.
fn without_password(text: &str) -> String {
    let mut shown = text.to_owned();
    if let Some(password) = password(text) {
        shown.replace_range(password, MASK);
    }
    shown
}

/// An address for messages: on one line, and without a password.
pub(crate) fn shown(address: &str) -> String {
    if address == "-" {
        return "standard output".to_owned();
    }
    hidden("place", address).escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_left() {
        for (address, shown) in [
            ("postgres://u:p@h/d", "postgres://u:***@h/d"),
            ("postgres://u:p@ss/w?rd@h/d", "postgres://u:***@h/d"),
            ("postgres://u@h/d", "postgres://u@h/d"),
            ("postgres://:p@h", "postgres://:***@h"),
            ("postgres://h:5432/d", "postgres://h:5432/d"),
            (
                "postgres://h/d?user=u&PassWord=p",
                "postgres://h/d?user=u&PassWord=***",
            ),
            (
                "kafka://h/t?registry=http://u:p@r&x=1",
                "kafka://h/t?registry=http://u:***@r&x=1",
            ),
            ("s3://key:secret@host/b/x@y", "s3://key:***@y"),
            ("s3://bucket/a:b@c", "s3://bucket/a:b@c"),
            ("a:b@c.json", "a:b@c.json"),
            ("file:///a:b@c.json", "file:///a:b@c.json"),
            ("x?", "x?"),
        ] {
            assert_eq!(hidden("place", address), shown);
        }
        assert_eq!(hidden("secret_access_key", "p"), "***");
        assert_eq!(hidden("kafka.sasl.jaas.config", "p"), "***");
        assert_eq!(hidden("key", "upc"), "upc");
        assert_eq!(shown("s3://key:secret@host/x"), "s3://key:***@host/x");
        assert_eq!(shown("a@b\n"), "a@b\\n");
        assert_eq!(shown("-"), "standard output");
    }
}
