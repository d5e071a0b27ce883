//! E-mail addresses.
//!
//! The rule is that of HTML's `<input type=email>`: before the `@` letters, digits and
//! ``.!#$%&'*+/=?^_`{|}~-``; after it a host name. Two things are stricter. The domain has a dot,
//! since what crawlers find on pages is meant for the whole net: `a@localhost` is none. And the
//! lengths are those of SMTP (RFC 5321): 64 before the `@`, 254 in all. Quoted local parts,
//! comments, address literals and addresses beyond ASCII are none, as in HTML.

use super::host::is_hostname;

/// Whether `text` is an e-mail address by the rule of this module.
#[must_use]
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    text.len() <= 254
        && (1..=64).contains(&local.len())
        && local.bytes().all(is_local)
        && domain.contains('.')
        && is_hostname(domain)
}

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::is_email;

    #[test]
    fn addresses_of_everyday_life_fit() {
        for good in [
            "a@b.co",
            "first.last+tag@sub.example.com",
            "o'hara@example.com",
            "x@xn--bcher-kva.example",
            ".a..b.@example.com",
        ] {
            assert!(is_email(good), "{good}");
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        let long = format!("{}@example.com", "a".repeat(65));
        let longer = format!("a@{}.com", vec!["a".repeat(63); 4].join("."));
        for bad in [
            "",
            "a",
            "@",
            "@b.co",
            "a@",
            "a@b",
            "a@localhost",
            "a@b..co",
            "a@.b.co",
            "a@b.co.",
            "a@-b.co",
            "a@b.co@c.co",
            "a b@c.co",
            "\"q q\"@ex.com",
            "a@[127.0.0.1]",
            "ü@ex.com",
            "a@b.co\n",
            "a\0@b.co",
            &long,
            &longer,
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
