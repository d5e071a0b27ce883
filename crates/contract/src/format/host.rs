//! Names and addresses of hosts.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Whether `text` is a host name by RFC 1123, section 2.1: labels of 1 to 63 letters, digits and
/// hyphens, no hyphen at an end, 253 characters in all, no dot at an end.
#[must_use]
pub fn is_hostname(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// Whether `text` is an IPv4 address in dotted decimal notation (RFC 2673, section 3.2).
#[must_use]
pub fn is_ipv4(text: &str) -> bool {
    text.parse::<Ipv4Addr>().is_ok()
}

/// Whether `text` is an IPv6 address (RFC 4291, section 2.2), without a zone.
#[must_use]
pub fn is_ipv6(text: &str) -> bool {
    text.parse::<Ipv6Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::{is_hostname, is_ipv4, is_ipv6};

    #[test]
    fn host_names() {
        let label = "a".repeat(63);
        let whole = format!("{label}.{label}.{label}.{}", "a".repeat(61));
        for good in [
            "localhost",
            "a",
            "1",
            "a-b.example",
            "EXAMPLE.com",
            &label,
            &whole,
        ] {
            assert!(is_hostname(good), "{good}");
        }
        for bad in [
            "",
            ".",
            "a.",
            ".a",
            "a..b",
            "-a",
            "a-",
            "a_b",
            "a b",
            "ü.example",
            &format!("{label}a"),
            &format!("{whole}a"),
        ] {
            assert!(!is_hostname(bad), "{bad}");
        }
    }

    #[test]
    fn addresses() {
        assert!(is_ipv4("192.0.2.1"));
        for bad in [
            "",
            "1.2.3",
            "1.2.3.256",
            "01.2.3.4",
            "1.2.3.4 ",
            "1.2.3.4/8",
            "0x7f.1.1.1",
        ] {
            assert!(!is_ipv4(bad), "{bad}");
        }
        for good in [
            "::",
            "::1",
            "2001:db8::1",
            "::ffff:192.0.2.1",
            "1:2:3:4:5:6:7:8",
        ] {
            assert!(is_ipv6(good), "{good}");
        }
        for bad in [
            "",
            ":",
            "1::2::3",
            "12345::",
            "fe80::1%eth0",
            "[::1]",
            "1:2:3:4:5:6:7",
        ] {
            assert!(!is_ipv6(bad), "{bad}");
        }
    }
}
