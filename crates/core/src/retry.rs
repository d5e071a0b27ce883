//! Retry: whether and when a request that brought no page is tried again.

use std::time::Duration;

use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};

use crate::fetch::FetchError;
use crate::time::Timestamp;

/// When to try again, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetryPolicy {
    /// Tries after the first one.
    pub limit: u32,
    /// Wait before the first of them; doubled for each further one.
    pub backoff: Duration,
    /// The longest wait, also where a server asks for more by `Retry-After`.
    pub max_backoff: Duration,
}

impl RetryPolicy {
    /// How long to wait before trying again after `error`, when `tried` retries were made already;
    /// `None` to give up.
    ///
    /// `asked` is what the server asked for by `Retry-After`; it only ever makes the wait longer.
    #[must_use]
    pub fn wait(
        &self,
        error: &FetchError,
        tried: u32,
        asked: Option<Duration>,
    ) -> Option<Duration> {
        let worth_it = match error {
            FetchError::Status(status) => is_retriable(*status),
            other => other.is_transient(),
        };
        if !worth_it || tried >= self.limit {
            return None;
        }
        let doubled = self
            .backoff
            .saturating_mul(1u32.checked_shl(tried).unwrap_or(u32::MAX));
        Some(doubled.max(asked.unwrap_or_default()).min(self.max_backoff))
    }
}

/// Statuses that may be another the next time: Scrapy's list, and Cloudflare's 520–524.
#[must_use]
pub fn is_retriable(status: StatusCode) -> bool {
    matches!(
        status.as_u16(),
        408 | 425 | 429 | 500 | 502 | 503 | 504 | 520..=524
    )
}

/// What `Retry-After` asks for, in seconds or as an HTTP date (RFC 9110 §10.2.3); `None` where it
/// is missing or unreadable.
#[must_use]
pub fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(Duration::from_secs(u64::from(seconds)));
    }
    let date = http_date(text)?;
    Some(date.since(now))
}

/// An IMF-fixdate: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7). The two obsolete forms are
/// not sent any more.
fn http_date(text: &str) -> Option<Timestamp> {
    let (_, rest) = text.split_once(", ")?;
    let mut parts = rest.split(' ');
    let day: u64 = parts.next()?.parse().ok()?;
    let month = parts.next()?;
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month = u64::try_from(MONTHS.iter().position(|name| *name == month)?).ok()? + 1;
    let year: u64 = parts.next()?.parse().ok()?;
    let mut clock = parts
        .next()?
        .split(':')
        .map(|part| part.parse::<u64>().ok());
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let valid = parts.next() == Some("GMT")
        && (1970..10_000).contains(&year)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    if !valid {
        return None;
    }
    let seconds = ((days_since_epoch(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    Some(Timestamp(seconds * 1000))
}

/// Days from 1970-01-01 in the Gregorian calendar, counting years from March so that the leap day
/// comes last.
fn days_since_epoch(year: u64, month: u64, day: u64) -> u64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let before_year = year * 365 + year / 4 - year / 100 + year / 400;
    before_year + (month * 153 + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const POLICY: RetryPolicy = RetryPolicy {
        limit: 3,
        backoff: Duration::from_secs(1),
        max_backoff: Duration::from_secs(60),
    };

    fn after(text: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, HeaderValue::from_str(text).unwrap());
        retry_after(&headers, Timestamp(784_111_777_000))
    }

    #[test]
    fn both_forms_of_retry_after() {
        assert_eq!(after("120"), Some(Duration::from_secs(120)));
        // 784111777 is the example date of RFC 9110.
        assert_eq!(after("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        assert_eq!(
            after("Sun, 06 Nov 1994 08:50:37 GMT"),
            Some(Duration::from_secs(60))
        );
        assert_eq!(after("Sat, 05 Nov 1994 08:50:37 GMT"), Some(Duration::ZERO));
        for bad in [
            "soon",
            "-1",
            "Sun, 06 Nov 1994",
            "Sun, 06 Foo 1994 08:49:37 GMT",
            "1.5",
        ] {
            assert_eq!(after(bad), None, "{bad}");
        }
    }

    #[test]
    fn leap_days_count() {
        assert_eq!(
            http_date("Thu, 29 Feb 2024 00:00:00 GMT"),
            Some(Timestamp(1_709_164_800_000))
        );
        assert_eq!(
            http_date("Fri, 01 Mar 2024 00:00:00 GMT"),
            Some(Timestamp(1_709_251_200_000))
        );
        assert_eq!(
            http_date("Thu, 01 Jan 1970 00:00:00 GMT"),
            Some(Timestamp(0))
        );
    }

    #[test]
    fn doubling_up_to_the_limit() {
        let error = FetchError::Timeout(Duration::from_secs(1));
        let waits: Vec<_> = (0..4)
            .map(|tried| POLICY.wait(&error, tried, None))
            .collect();
        let seconds = |s| Some(Duration::from_secs(s));
        assert_eq!(waits, [seconds(1), seconds(2), seconds(4), None]);
        assert_eq!(POLICY.wait(&error, 0, seconds(30)), seconds(30));
        assert_eq!(POLICY.wait(&error, 0, seconds(3000)), seconds(60));
    }

    #[test]
    fn what_will_not_change_is_given_up() {
        let not_found = FetchError::Status(StatusCode::NOT_FOUND);
        assert_eq!(POLICY.wait(&not_found, 0, None), None);
        assert_eq!(POLICY.wait(&FetchError::TooLarge(1), 0, None), None);
        let busy = FetchError::Status(StatusCode::SERVICE_UNAVAILABLE);
        assert!(POLICY.wait(&busy, 0, None).is_some());
    }
}
