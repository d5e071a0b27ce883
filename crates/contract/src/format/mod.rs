//! Forms of text that a schema can ask for by name.
//!
//! | name | rule |
//! | --- | --- |
//! | `email` | HTML's, with a dot in the domain, and lengths as SMTP has them: see [`email`] |
//! | `uri` | RFC 3986, with a scheme: see [`uri`] |
//! | `hostname` | RFC 1123: labels of letters, digits and inner hyphens, 63 each, 253 in all |
//! | `ipv4` | four decimal numbers, no leading zeros |
//! | `ipv6` | RFC 4291, without a zone |
//! | `uuid` | RFC 9562: 8-4-4-4-12 hexadecimal digits of either case, any version |
//! | `date`, `time`, `date-time` | RFC 3339: see [`time`] |

pub mod email;
pub mod host;
pub mod time;
pub mod uri;
pub mod uuid;

/// A form of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// `someone@example.com`
    Email,
    /// `https://example.com/a?b#c`
    Uri,
    /// `example.com`
    Hostname,
    /// `192.0.2.1`
    Ipv4,
    /// `2001:db8::1`
    Ipv6,
    /// `f81d4fae-7dec-11d0-a765-00a0c91e6bf6`
    Uuid,
    /// `2026-11-24`
    Date,
    /// `12:30:00Z`
    Time,
    /// `2026-11-24T12:30:00Z`
    DateTime,
}

impl Format {
    /// All of them, with their names.
    pub const ALL: [(&'static str, Self); 9] = [
        ("email", Self::Email),
        ("uri", Self::Uri),
        ("hostname", Self::Hostname),
        ("ipv4", Self::Ipv4),
        ("ipv6", Self::Ipv6),
        ("uuid", Self::Uuid),
        ("date", Self::Date),
        ("time", Self::Time),
        ("date-time", Self::DateTime),
    ];

    /// The format of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let known = Self::ALL.iter().find(|(known, _)| *known == name)?;
        Some(known.1)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        let known = Self::ALL.iter().find(|(_, format)| *format == self);
        known.map_or("", |(name, _)| name)
    }

    /// What a text of this form is called in a message.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Email => "an e-mail address",
            Self::Uri => "an absolute URI",
            Self::Hostname => "a host name",
            Self::Ipv4 => "an IPv4 address",
            Self::Ipv6 => "an IPv6 address",
            Self::Uuid => "a UUID",
            Self::Date => "a date such as 2026-11-24",
            Self::Time => "a time such as 12:30:00Z",
            Self::DateTime => "a date and time such as 2026-11-24T12:30:00Z",
        }
    }

    /// Whether `text` has this form.
    ///
    /// ```
    /// use huntsman_contract::Format;
    /// assert!(Format::Date.fits("2024-02-29"));
    /// assert!(!Format::Date.fits("2023-02-29"));
    /// ```
    #[must_use]
    pub fn fits(self, text: &str) -> bool {
        match self {
            Self::Email => email::is_email(text),
            Self::Uri => uri::is_uri(text),
            Self::Hostname => host::is_hostname(text),
            Self::Ipv4 => host::is_ipv4(text),
            Self::Ipv6 => host::is_ipv6(text),
            Self::Uuid => uuid::is_uuid(text),
            Self::Date => time::is_date(text),
            Self::Time => time::is_time(text),
            Self::DateTime => time::is_date_time(text),
        }
    }
}
