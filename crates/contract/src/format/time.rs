//! Dates and times of RFC 3339.
//!
//! Days are those of the Gregorian calendar, from year 0000 to 9999. A time has seconds and an
//! offset. Second 60 is one only where a leap second can be: at 23:59:60 in UTC, whatever the
//! offset makes of it. `T` and `Z` may be in lower case.

/// Whether `text` is a `full-date`.
#[must_use]
pub fn is_date(text: &str) -> bool {
    date(text).is_some()
}

/// Whether `text` is a `full-time`: with an offset.
#[must_use]
pub fn is_time(text: &str) -> bool {
    let at = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(at);
    match (time(clock), offset(zone)) {
        (Some(clock), Some(minutes)) => !clock.leap || clock.minute_of_day(minutes) == 23 * 60 + 59,
        _ => false,
    }
}

/// Whether `text` is a `date-time`: with an offset.
#[must_use]
pub fn is_date_time(text: &str) -> bool {
    let (Some(day), Some(rest)) = (text.get(..10), text.get(10..)) else {
        return false;
    };
    is_date(day) && rest.strip_prefix(['T', 't']).is_some_and(is_time)
}

/// Days from 1970-01-01 to the `full-date` that `text` is.
#[must_use]
pub fn date(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let year = digits(&bytes[..4])?;
    let month = digits(&bytes[5..7])?;
    let day = digits(&bytes[8..])?;
    let fits = (1..=12).contains(&month) && day >= 1 && day <= days_in(year, month);
    fits.then(|| days_before(year, month) + day - 1)
}

/// A time of day, without an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// Nanoseconds since midnight; what is finer is cut off.
    pub nanos: i64,
    /// Whether its second is 60.
    pub leap: bool,
}

impl Clock {
    /// The minute of the day in UTC, when the clock is so many minutes ahead of it.
    fn minute_of_day(self, ahead: i64) -> i64 {
        // The leap second belongs to the minute before.
        let seconds = self.nanos / 1_000_000_000 - i64::from(self.leap);
        (seconds / 60 - ahead).rem_euclid(24 * 60)
    }
}

/// The `partial-time` that `text` is: `12:30:00`, `12:30:00.25`.
#[must_use]
pub fn time(text: &str) -> Option<Clock> {
    let bytes = text.as_bytes();
    if bytes.len() < 8 || bytes[2] != b':' || bytes[5] != b':' {
        return None;
    }
    let (hour, minute) = (digits(&bytes[..2])?, digits(&bytes[3..5])?);
    let second = digits(&bytes[6..8])?;
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let nanos = match bytes.get(8) {
        None => 0,
        Some(b'.') => fraction(&bytes[9..])?,
        Some(_) => return None,
    };
    Some(Clock {
        nanos: ((hour * 60 + minute) * 60 + second) * 1_000_000_000 + nanos,
        leap: second == 60,
    })
}

/// How many minutes a zone is ahead of UTC: `Z`, `+01:00`.
#[must_use]
pub fn offset(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    match bytes {
        b"Z" | b"z" => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hour, minute) = (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?);
            let minutes = hour * 60 + minute;
            let fits = hour <= 23 && minute <= 59;
            fits.then_some(if *sign == b'-' { -minutes } else { minutes })
        }
        _ => None,
    }
}

/// Nanoseconds of the digits behind a point, at least one.
fn fraction(bytes: &[u8]) -> Option<i64> {
    if bytes.is_empty() || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let used = &bytes[..bytes.len().min(9)];
    Some((used.len()..9).fold(digits(used)?, |nanos, _| nanos * 10))
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0, |number, byte| {
        byte.is_ascii_digit()
            .then(|| number * 10 + i64::from(byte - b'0'))
    })
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from 1970-01-01 to the first of a month.
fn days_before(year: i64, month: i64) -> i64 {
    let leaps = |year: i64| year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let years = 365 * (year - 1970) + leaps(year - 1) - leaps(1969);
    years + (1..month).map(|month| days_in(year, month)).sum::<i64>()
}

#[cfg(test)]
mod tests {
    use super::{date, is_date, is_date_time, is_time};

    #[test]
    fn days_are_counted_from_1970() {
        assert_eq!(date("1970-01-01"), Some(0));
        assert_eq!(date("1969-12-31"), Some(-1));
        assert_eq!(date("2000-03-01"), Some(11_017));
        assert_eq!(date("2026-11-24"), Some(20_781));
        assert_eq!(date("0000-01-01"), Some(-719_528));
        assert_eq!(date("9999-12-31"), Some(2_932_896));
    }

    #[test]
    fn dates() {
        for good in ["2024-02-29", "2000-02-29", "1963-06-19"] {
            assert!(is_date(good), "{good}");
        }
        for bad in [
            "",
            "2023-02-29",
            "1900-02-29",
            "2020-00-01",
            "2020-13-01",
            "2020-01-00",
            "2020-04-31",
            "2020-1-01",
            "20200101",
            "2020-01-01T",
            "2020-01-0१",
            "1963-06-1৪",
            "2020-01-01 ",
        ] {
            assert!(!is_date(bad), "{bad}");
        }
    }

    #[test]
    fn times() {
        for good in [
            "08:30:06Z",
            "08:30:06.283185z",
            "23:59:60Z",
            "01:29:60+01:30",
            "15:59:60-08:00",
            "23:29:60+23:30",
            "00:29:60+00:30",
            "08:30:06+00:20",
        ] {
            assert!(is_time(good), "{good}");
        }
        for bad in [
            "",
            "08:30:06",
            "08:30Z",
            "24:00:00Z",
            "00:60:00Z",
            "00:00:61Z",
            "22:59:60Z",
            "23:58:60Z",
            "23:59:60+01:00",
            "01:02:03+24:00",
            "01:02:03+00:60",
            "01:02:03Z+00:30",
            "8:30:06Z",
            "08:30:06.Z",
            "08:30:06#Z",
            "08:30:06 PST",
            "0১:00:00Z",
            "08:30:06+0:00",
        ] {
            assert!(!is_time(bad), "{bad}");
        }
    }

    #[test]
    fn dates_with_times() {
        for good in [
            "1963-06-19T08:30:06.283185Z",
            "1963-06-19t08:30:06z",
            "1998-12-31T23:59:60Z",
            "1998-12-31T15:59:60.123-08:00",
        ] {
            assert!(is_date_time(good), "{good}");
        }
        for bad in [
            "",
            "1963-06-19",
            "1963-06-19 08:30:06Z",
            "1963-06-19T08:30:06",
            "1998-12-31T23:58:60Z",
            "1990-02-31T15:59:59Z",
            "06/19/1963 08:30:06 PST",
            "1963-06-1৪T00:00:00Z",
        ] {
            assert!(!is_date_time(bad), "{bad}");
        }
    }
}
