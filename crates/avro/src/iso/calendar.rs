//! Dates and times: ISO 8601 text, and numbers since 1970-01-01 or midnight.

const DAY: i64 = 86_400;

/// What a number of a time or timestamp counts.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Unit {
    Millis,
    Micros,
    Nanos,
}

impl Unit {
    fn digits(self) -> u32 {
        match self {
            Self::Millis => 3,
            Self::Micros => 6,
            Self::Nanos => 9,
        }
    }

    fn per_second(self) -> i64 {
        10_i64.pow(self.digits())
    }
}

/// `2026-11-24` as days since 1970-01-01. Years beyond four digits have a sign: `+12026-01-01`.
pub(crate) fn date(text: &str) -> Option<i64> {
    let mut scan = Scan(text.as_bytes());
    let days = scan.date()?;
    scan.0.is_empty().then_some(days)
}

/// `12:30`, `12:30:00`, `12:30:00.25` since midnight; digits finer than the unit are cut off.
pub(crate) fn time(text: &str, unit: Unit) -> Option<i64> {
    let mut scan = Scan(text.as_bytes());
    let (seconds, fraction) = scan.time(unit)?;
    scan.0
        .is_empty()
        .then_some(seconds * unit.per_second() + fraction)
}

/// `2026-11-24T12:30:00Z`, or with an offset as `+01:00`, if `utc`; else without either. Digits
/// finer than the unit are cut off; what 64 bits do not hold is none.
pub(crate) fn timestamp(text: &str, unit: Unit, utc: bool) -> Option<i64> {
    let mut scan = Scan(text.as_bytes());
    let days = scan.date()?;
    scan.one_of(b"Tt ")?;
    let (seconds, fraction) = scan.time(unit)?;
    let offset = if utc { scan.offset()? } else { 0 };
    let seconds = i128::from(days * DAY + seconds - offset);
    let value = seconds * i128::from(unit.per_second()) + i128::from(fraction);
    scan.0.is_empty().then(|| i64::try_from(value).ok())?
}

/// `2026-11-24`.
pub(crate) fn date_text(days: i64) -> String {
    let (year, month, day) = civil(days);
    let sign = match year {
        0..=9999 => "",
        10_000.. => "+",
        _ => "-",
    };
    format!("{sign}{:04}-{month:02}-{day:02}", year.abs())
}

/// `12:30:00`, or with 3, 6 or 9 digits of a second where there are some; `None` outside of a day.
pub(crate) fn time_text(value: i64, unit: Unit) -> Option<String> {
    let (seconds, fraction) = (value / unit.per_second(), value % unit.per_second());
    (value >= 0 && seconds < DAY).then(|| clock(seconds, fraction, unit))
}

/// `2026-11-24T12:30:00Z` if `utc`, else without the `Z`.
pub(crate) fn timestamp_text(value: i64, unit: Unit, utc: bool) -> String {
    let seconds = value.div_euclid(unit.per_second());
    let fraction = value.rem_euclid(unit.per_second());
    let date = date_text(seconds.div_euclid(DAY));
    let time = clock(seconds.rem_euclid(DAY), fraction, unit);
    format!("{date}T{time}{}", if utc { "Z" } else { "" })
}

fn clock(seconds: i64, fraction: i64, unit: Unit) -> String {
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut text = format!("{hour:02}:{minute:02}:{second:02}");
    if fraction != 0 {
        let (mut fraction, mut digits) = (fraction, unit.digits() as usize);
        while fraction % 1000 == 0 {
            fraction /= 1000;
            digits -= 3;
        }
        text += &format!(".{fraction:0digits$}");
    }
    text
}

/// Days since 1970-01-01 of a day in the Gregorian calendar, by the count from 0000-03-01 in eras of
/// 400 years.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The inverse of [`days`].
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// What is left of a text.
struct Scan<'a>(&'a [u8]);

impl Scan<'_> {
    fn one_of(&mut self, bytes: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        bytes.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }

    /// So many digits.
    fn digits(&mut self, count: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        self.0 = rest;
        let value = |sum, digit: &u8| sum * 10 + i64::from(digit - b'0');
        Some(digits.iter().fold(0, value))
    }

    /// Two digits within bounds.
    fn part(&mut self, most: i64) -> Option<i64> {
        self.digits(2).filter(|part| *part <= most)
    }

    fn date(&mut self) -> Option<i64> {
        let sign = self.one_of(b"+-");
        let count = match sign {
            None => 4,
            Some(_) => self.0.iter().take_while(|b| b.is_ascii_digit()).count(),
        };
        if !(4..=9).contains(&count) {
            return None;
        }
        let year = self.digits(count)? * if sign == Some(b'-') { -1 } else { 1 };
        self.one_of(b"-")?;
        let month = self.part(12)?;
        self.one_of(b"-")?;
        let day = self.part(month_length(year, month))?;
        (month > 0 && day > 0).then(|| days(year, month, day))
    }

    /// Seconds since midnight, and what is beyond in the unit.
    fn time(&mut self, unit: Unit) -> Option<(i64, i64)> {
        let hour = self.part(23)?;
        self.one_of(b":")?;
        let minute = self.part(59)?;
        let mut seconds = hour * 3600 + minute * 60;
        if self.one_of(b":").is_none() {
            return Some((seconds, 0));
        }
        seconds += self.part(59)?;
        if self.one_of(b".,").is_none() {
            return Some((seconds, 0));
        }
        let mut fraction = self.digits(1)?;
        for _ in 1..unit.digits() {
            fraction = fraction * 10 + self.digits(1).unwrap_or(0);
        }
        while self.digits(1).is_some() {}
        Some((seconds, fraction))
    }

    /// Seconds east of UTC.
    fn offset(&mut self) -> Option<i64> {
        let sign = match self.one_of(b"Zz+-")? {
            b'+' => 1,
            b'-' => -1,
            _ => return Some(0),
        };
        let hour = self.part(23)?;
        self.one_of(b":")?;
        Some(sign * (hour * 3600 + self.part(59)? * 60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_numbers_are_the_same() {
        for (text, number) in [
            ("1970-01-01", 0),
            ("2026-11-24", 20_781),
            ("2024-02-29", 19_782),
            ("0000-03-01", -719_468),
            ("1969-12-31", -1),
            ("+12026-01-01", 3_672_879),
            ("-0001-12-31", -719_529),
        ] {
            assert_eq!(date(text), Some(number), "{text}");
            assert_eq!(date_text(number), text);
        }
        for (text, unit, number) in [
            ("00:00:00", Unit::Millis, 0),
            ("12:30:00.250", Unit::Millis, 45_000_250),
            ("23:59:59.999999", Unit::Micros, 86_399_999_999),
        ] {
            assert_eq!(time(text, unit), Some(number), "{text}");
            assert_eq!(time_text(number, unit).as_deref(), Some(text));
        }
        for (text, unit, number) in [
            ("1970-01-01T00:00:00Z", Unit::Nanos, 0),
            ("1969-12-31T23:59:59.999Z", Unit::Millis, -1),
            ("2026-11-24T12:30:00Z", Unit::Millis, 1_795_523_400_000),
            ("1677-09-21T00:12:43.145224192Z", Unit::Nanos, i64::MIN),
            ("-292275055-05-16T16:47:04.192Z", Unit::Millis, i64::MIN),
        ] {
            assert_eq!(timestamp(text, unit, true), Some(number), "{text}");
            assert_eq!(timestamp_text(number, unit, true), text);
            let local = text.trim_end_matches('Z');
            assert_eq!(timestamp(local, unit, false), Some(number), "{local}");
            assert_eq!(timestamp_text(number, unit, false), local);
        }
    }

    #[test]
    fn each_day_is_itself() {
        for day in (-800_000..800_000).step_by(7) {
            assert_eq!(date(&date_text(day)), Some(day));
        }
    }

    #[test]
    fn offsets_count_and_finer_digits_are_cut_off() {
        let millis = |text| timestamp(text, Unit::Millis, true);
        let noon = millis("2026-11-24T12:00:00Z");
        assert_eq!(millis("2026-11-24T13:00:00+01:00"), noon);
        assert_eq!(millis("2026-11-24 06:30:00.0009-05:30"), noon);
        assert_eq!(millis("2026-11-24t12:00z"), noon);
    }

    #[test]
    fn what_is_no_date_or_time_is_refused() {
        for text in [
            "",
            "2026",
            "2026-13-01",
            "2026-00-01",
            "2026-02-29",
            "2026-1-1",
            "26-01-01",
            "2026-11-24 ",
            "2026-11-24T00:00:00Z",
            "+2026",
            "12026-01-01",
            "２026-01-01",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
        for text in [
            "24:00",
            "12",
            "12:60",
            "12:00:60",
            "12:00:00.",
            "12:00:00x",
            "-1:00",
        ] {
            assert_eq!(time(text, Unit::Millis), None, "{text}");
        }
        assert_eq!(timestamp("2026-11-24T12:00:00", Unit::Millis, true), None);
        assert_eq!(timestamp("2026-11-24T12:00:00Z", Unit::Millis, false), None);
        assert_eq!(timestamp("2262-04-12T00:00:00Z", Unit::Nanos, true), None);
        assert_eq!(time_text(-1, Unit::Millis), None);
        assert_eq!(time_text(86_400_000, Unit::Millis), None);
    }
}
