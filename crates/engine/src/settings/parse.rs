//! `[parse]`: which responses are parsed, and on how many cores.

use std::fmt;

use huntsman_core::StatusCode;
use serde::{Deserialize, Serialize};

/// Which responses are parsed, and on how many cores.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ParseSettings {
    /// Statuses that reach `parse`; the others reach `failed`.
    pub statuses: Statuses,
    /// Pages parsed at once; unset: as many as there are cores.
    pub threads: Option<usize>,
}

/// A set of status codes, written as `200-299, 404`.
///
/// ```
/// use huntsman::{StatusCode, settings::Statuses};
/// let statuses: Statuses = "200-299, 404".parse().unwrap();
/// assert!(statuses.contains(StatusCode::NOT_FOUND));
/// assert!(!statuses.contains(StatusCode::GONE));
/// assert_eq!(statuses.to_string(), "200-299, 404");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Statuses(Vec<(u16, u16)>);

impl Statuses {
    /// Every status there is.
    #[must_use]
    pub fn all() -> Self {
        Self(vec![(100, 999)])
    }

    /// Whether `status` is one of them.
    #[must_use]
    pub fn contains(&self, status: StatusCode) -> bool {
        let code = status.as_u16();
        self.0
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&code))
    }
}

impl Default for Statuses {
    /// 200–299.
    fn default() -> Self {
        Self(vec![(200, 299)])
    }
}

impl std::str::FromStr for Statuses {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let code = |text: &str| {
            let code = text
                .trim()
                .parse::<u16>()
                .ok()
                .filter(|code| (100..1000).contains(code));
            code.ok_or_else(|| format!("{text:?} is no status code"))
        };
        let range = |part: &str| match part.split_once('-') {
            Some((first, last)) => match (code(first)?, code(last)?) {
                (first, last) if first <= last => Ok((first, last)),
                (first, last) => Err(format!(
                    "{first}-{last} is no range: it begins with the lower one"
                )),
            },
            None => code(part).map(|code| (code, code)),
        };
        text.split(',')
            .map(range)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl TryFrom<String> for Statuses {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Statuses> for String {
    fn from(statuses: Statuses) -> Self {
        statuses.to_string()
    }
}

impl fmt::Display for Statuses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (first, last)) in self.0.iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            if first == last {
                write!(f, "{comma}{first}")?;
            } else {
                write!(f, "{comma}{first}-{last}")?;
            }
        }
        Ok(())
    }
}
