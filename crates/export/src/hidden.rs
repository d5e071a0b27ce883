//! Passwords and other secrets, which are never shown.

/// Parts of the names of words whose values are nobody's business.
const SECRET: [&str; 4] = ["password", "secret", "token", "credential"];

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
        return "***".to_owned();
    }
    // A `?` before an `@` is more likely one of a password that was not encoded.
    let is_word = |query: &str| !query.split('=').next().unwrap_or_default().contains('@');
    let parts = value.split_once('?').filter(|(_, query)| is_word(query));
    let Some((address, query)) = parts else {
        return without_password(value);
    };
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((word, _)) if is_secret(word) => format!("{word}=***"),
        _ => without_password(pair),
    });
    let pairs: Vec<String> = pairs.collect();
    format!("{}?{}", without_password(address), pairs.join("&"))
}

fn is_secret(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    SECRET.iter().any(|secret| word.contains(secret))
}

/// Text without the password that stands before the host of an address in it.
fn without_password(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return text.to_owned();
    };
    // A password that was not encoded may have any of these characters, and an `@` too: the last
    // one of the text may stand before the host, and what is before it is not shown.
    let end = rest.rfind('@').unwrap_or(0);
    match rest[..end].split_once(':') {
        Some((user, _)) if !user.contains('/') => {
            format!("{scheme}://{user}:***{}", &rest[end..])
        }
        _ => text.to_owned(),
    }
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
            ("a:b@c.json", "a:b@c.json"),
            ("file:///a:b@c.json", "file:///a:b@c.json"),
            ("x?", "x?"),
        ] {
            assert_eq!(hidden("place", address), shown);
        }
        assert_eq!(hidden("secret_access_key", "p"), "***");
        assert_eq!(hidden("key", "upc"), "upc");
    }
}
