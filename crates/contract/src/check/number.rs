//! Numbers, compared without rounding.
//!
//! An integer and a float are compared as the numbers that they are: 2⁵³+1 is more than the float
//! 2⁵³. A decimal in text is compared with a float by the shortest decimal text that stands for
//! the float, and so is whether a float is a multiple: 0.3 is a multiple of 0.1. NaN and the
//! infinities are beyond every bound and multiples of nothing.

use std::cmp::Ordering;
use std::fmt::{self, Write};

use serde_json::Value;

/// A number as an item or a schema gives it.
#[derive(Debug, Clone, Copy)]
pub enum Number<'a> {
    /// A whole one.
    Int(i128),
    /// A binary one.
    Float(f64),
    /// A binary one of 32 bits: it is the number of its shortest text, as JSON writes it.
    Single(f32),
    /// A decimal one.
    Text(Decimal<'a>),
}

/// A decimal number in text: its digits, where they are.
#[derive(Debug, Clone, Copy)]
pub struct Decimal<'a> {
    negative: bool,
    whole: &'a [u8],
    fraction: &'a [u8],
    exponent: i64,
}

impl<'a> Decimal<'a> {
    /// Reads `-12.50`: [`Decimal::parse`] without an exponent.
    #[must_use]
    pub fn plain(text: &'a str) -> Option<Self> {
        let exponent = text.contains(['e', 'E']);
        (!exponent).then(|| Self::parse(text)).flatten()
    }

    /// Reads `-12.50`, and with an exponent `1.25e1`; no spaces, no bare point.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, digits) = match mantissa.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((_, "")) => return None,
            Some((whole, fraction)) => (whole.as_bytes(), fraction.as_bytes()),
            None => (digits.as_bytes(), &b""[..]),
        };
        let numeric = |digits: &[u8]| digits.iter().all(u8::is_ascii_digit);
        if whole.is_empty() || !numeric(whole) || !numeric(fraction) {
            return None;
        }
        Some(Self {
            negative,
            whole,
            fraction,
            exponent: i64::from(exponent),
        })
    }

    /// The digits from the first to the last that is not 0, and the power of ten of the last.
    fn significant(&self) -> (impl Iterator<Item = u8> + use<'a>, i64) {
        let (whole, fraction) = (self.whole, self.fraction);
        let at = move |index: usize| match whole.get(index) {
            Some(digit) => digit - b'0',
            None => fraction[index - whole.len()] - b'0',
        };
        let all = whole.len() + fraction.len();
        let start = (0..all).find(|index| at(*index) != 0).unwrap_or(all);
        let end = (start..all).rev().find(|index| at(*index) != 0);
        let end = end.map_or(start, |last| last + 1);
        let power = self.exponent + length(whole.len()) - length(end);
        ((start..end).map(at), if start == all { 0 } else { power })
    }

    /// Digits before the point, and behind it, without zeros that say nothing.
    #[must_use]
    pub fn places(&self) -> (usize, usize) {
        let (digits, power) = self.significant();
        let count = length(digits.count());
        let before = usize::try_from(count + power).unwrap_or(0);
        (before, usize::try_from(-power).unwrap_or(0))
    }

    fn compare(&self, other: &Self) -> Ordering {
        let ((mine, power), (its, its_power)) = (self.significant(), other.significant());
        let (count, its_count) = (self.count(), other.count());
        if count == 0 || its_count == 0 {
            let sign = |number: &Self, count| match (count, number.negative) {
                (0, _) => 0,
                (_, true) => -1,
                (_, false) => 1,
            };
            return sign(self, count).cmp(&sign(other, its_count));
        }
        if self.negative != other.negative {
            return other.negative.cmp(&self.negative);
        }
        let size = (count + power).cmp(&(its_count + its_power));
        let size = size.then_with(|| mine.cmp(its));
        if self.negative { size.reverse() } else { size }
    }

    fn count(&self) -> i64 {
        length(self.significant().0.count())
    }
}

fn length(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// Room for the shortest text of any float, and for any `i128`.
pub(super) struct Room {
    bytes: [u8; 48],
    used: usize,
}

impl Room {
    pub(super) const EMPTY: Self = Self {
        bytes: [0; 48],
        used: 0,
    };

    /// What was written.
    pub(super) fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes[..self.used]).ok()
    }

    /// The decimal that `number` is, with its text in `self`. `None` if it is not finite.
    fn decimal<'a>(&'a mut self, number: Number<'a>) -> Option<Decimal<'a>> {
        match number {
            Number::Int(int) => write!(self, "{int}").ok()?,
            Number::Float(float) if float.is_finite() => write!(self, "{float:e}").ok()?,
            Number::Single(float) if float.is_finite() => write!(self, "{float:e}").ok()?,
            Number::Float(_) | Number::Single(_) => return None,
            Number::Text(decimal) => return Some(decimal),
        }
        Decimal::parse(self.text()?)
    }
}

impl Write for Room {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.used + text.len();
        let room = self.bytes.get_mut(self.used..end).ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.used = end;
        Ok(())
    }
}

impl Number<'_> {
    /// The number that a JSON value is.
    #[must_use]
    pub fn of(value: &Value) -> Option<Number<'static>> {
        let number = value.as_number()?;
        number
            .as_i128()
            .map(Number::Int)
            .or_else(|| number.as_f64().map(Number::Float))
    }

    /// An integer that may be beyond `i128`; nothing in a schema is.
    #[must_use]
    pub fn of_u128(int: u128) -> Self {
        #[expect(
            clippy::cast_precision_loss,
            reason = "as a float, its size is what counts"
        )]
        i128::try_from(int).map_or(Number::Float(int as f64), Number::Int)
    }

    /// Decimal digits before the point, and behind it; `None` if it is not finite.
    #[must_use]
    pub fn places(&self) -> Option<(usize, usize)> {
        let mut room = Room::EMPTY;
        Some(room.decimal(*self)?.places())
    }

    /// A float of 32 bits as the one of 64 bits with the same shortest text: 0.1 for `0.1f32`.
    fn widened(self) -> Self {
        let Number::Single(float) = self else {
            return self;
        };
        let mut room = Room::EMPTY;
        let text = write!(room, "{float:e}").ok().and_then(|()| room.text());
        let wide = text.and_then(|text| text.parse().ok());
        Number::Float(wide.unwrap_or(f64::from(float)))
    }

    /// Which is more; `None` if one is not finite.
    #[must_use]
    pub fn compare(&self, other: &Number<'_>) -> Option<Ordering> {
        match (self.widened(), other.widened()) {
            (Number::Int(a), Number::Int(b)) => Some(a.cmp(&b)),
            (Number::Float(a), Number::Float(b)) => {
                let finite = a.is_finite() && b.is_finite();
                finite.then(|| a.partial_cmp(&b)).flatten()
            }
            (Number::Int(a), Number::Float(b)) => int_and_float(a, b),
            (Number::Float(a), Number::Int(b)) => int_and_float(b, a).map(Ordering::reverse),
            (a, b) => {
                let (mut mine, mut its) = (Room::EMPTY, Room::EMPTY);
                Some(mine.decimal(a)?.compare(&its.decimal(b)?))
            }
        }
    }

    /// Whether they are the same number.
    #[must_use]
    pub fn same(&self, other: &Number<'_>) -> bool {
        self.compare(other) == Some(Ordering::Equal)
    }

    /// Calls `take` with the sign, each digit and the power of ten of the last one; the same for
    /// the same number. Nothing for one that is not finite.
    pub fn canonical(&self, mut take: impl FnMut(u8), mut place: impl FnMut(bool, i64)) {
        let exact = match self.widened() {
            // Whole floats are the integers that they are, not their shortest text.
            Number::Float(float) if float.fract() == 0.0 && float.abs() < 1e38 =>
            {
                #[expect(clippy::cast_possible_truncation, reason = "whole, and below 2^127")]
                Number::Int(float as i128)
            }
            number => number,
        };
        let mut room = Room::EMPTY;
        if let Some(decimal) = room.decimal(exact) {
            let (digits, power) = decimal.significant();
            let mut some = false;
            for digit in digits {
                some = true;
                take(digit);
            }
            place(decimal.negative && some, power);
        }
    }
}

impl fmt::Display for Number<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Int(int) => write!(f, "{int}"),
            Number::Float(float) => match serde_json::Number::from_f64(*float) {
                Some(number) => write!(f, "{number}"),
                None => write!(f, "{float}"),
            },
            Number::Single(float) => write!(f, "{float}"),
            Number::Text(decimal) => {
                let text = |digits| std::str::from_utf8(digits).unwrap_or_default();
                let sign = if decimal.negative { "-" } else { "" };
                write!(
                    f,
                    "{sign}{}.{}",
                    text(decimal.whole),
                    text(decimal.fraction)
                )
            }
        }
    }
}

fn int_and_float(int: i128, float: f64) -> Option<Ordering> {
    if !float.is_finite() {
        return None;
    }
    // 2^127, which no i128 reaches.
    const BEYOND: f64 = 170_141_183_460_469_231_731_687_303_715_884_105_728.0;
    if float.abs() >= BEYOND {
        return Some(if float > 0.0 {
            Ordering::Less
        } else {
            Ordering::Greater
        });
    }
    #[expect(clippy::cast_possible_truncation, reason = "below 2^127")]
    let whole = float.trunc() as i128;
    let rest = || 0.0_f64.partial_cmp(&float.fract());
    Some(int.cmp(&whole).then(rest().unwrap_or(Ordering::Equal)))
}

/// What others must be a multiple of.
#[derive(Debug, Clone, Copy)]
pub struct Divisor {
    given: Number<'static>,
    /// Its significant digits as a number: at most 20 of them.
    digits: u128,
    power: i64,
}

impl Divisor {
    /// `None` unless `number` is finite and above 0.
    #[must_use]
    pub fn new(number: Number<'static>) -> Option<Self> {
        if number.compare(&Number::Int(0)) != Some(Ordering::Greater) {
            return None;
        }
        let mut room = Room::EMPTY;
        let (digits, power) = room.decimal(number)?.significant();
        let digits = digits.fold(0, |all: u128, digit| all * 10 + u128::from(digit));
        Some(Self {
            given: number,
            digits,
            power,
        })
    }

    /// Whether `number` is a multiple.
    #[must_use]
    pub fn divides(&self, number: Number<'_>) -> bool {
        if let (Number::Int(number), Number::Int(divisor)) = (number, self.given) {
            return number % divisor == 0;
        }
        let mut room = Room::EMPTY;
        let Some(decimal) = room.decimal(number) else {
            return false;
        };
        let (digits, power) = decimal.significant();
        let rest = digits.fold(0, |rest, digit| {
            (rest * 10 + u128::from(digit)) % self.digits
        });
        if decimal.count() == 0 {
            return true;
        }
        // The last digit is not 0: no power of ten below the divisor's can be made up for.
        (self.power..power).fold(rest, |rest, _| rest * 10 % self.digits) == 0
            && power >= self.power
    }
}

impl fmt::Display for Divisor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.given.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{Equal, Greater, Less};

    use super::{Decimal, Divisor, Number};

    fn text(text: &str) -> Number<'_> {
        Number::Text(Decimal::parse(text).expect("a decimal"))
    }

    #[test]
    fn numbers_of_all_kinds_are_compared_without_rounding() {
        let beyond = 9_007_199_254_740_993;
        for (a, b, order) in [
            (
                Number::Int(beyond),
                Number::Float(9_007_199_254_740_992.0),
                Greater,
            ),
            (Number::Int(i128::MAX), Number::Float(f64::MAX), Less),
            (Number::Int(i128::MIN), Number::Float(-1.8e38), Greater),
            (Number::Int(-2), Number::Float(-2.5), Greater),
            (Number::Int(3), Number::Float(2.5), Greater),
            (Number::Int(0), Number::Float(-0.0), Equal),
            (Number::Single(0.1), Number::Float(0.1), Equal),
            (text("0.10"), Number::Float(0.1), Equal),
            (text("-0.0"), Number::Int(0), Equal),
            (text("-0.0001"), Number::Int(0), Less),
            (
                text("123456789012345678901234567890.5"),
                Number::Float(1.2345678901234568e29),
                Less,
            ),
            (text("-12.5"), text("-12.49"), Less),
            (text("100"), text("1e2"), Equal),
            (text("99.9"), text("100"), Less),
        ] {
            assert_eq!(a.compare(&b), Some(order), "{a:?} {b:?}");
            assert_eq!(b.compare(&a), Some(order.reverse()), "{b:?} {a:?}");
        }
        for none in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(Number::Float(none).compare(&Number::Int(0)), None);
            assert_eq!(Number::Float(none).compare(&Number::Float(none)), None);
            assert_eq!(text("1").compare(&Number::Float(none)), None);
        }
    }

    #[test]
    fn only_decimal_numbers_are_read() {
        for bad in [
            "", "-", ".5", "1.", "1,5", "1e", "1e1.5", "0x1", " 1", "NaN", "--1", "١",
        ] {
            assert!(Decimal::parse(bad).is_none(), "{bad}");
        }
        assert!(Decimal::parse("1e5").is_some() && Decimal::plain("1e5").is_none());
    }

    #[test]
    fn places_are_those_of_the_value() {
        for (number, places) in [
            ("0", (0, 0)),
            ("00.00", (0, 0)),
            ("12.50", (2, 1)),
            ("0.05", (0, 2)),
            ("1200", (4, 0)),
            ("1e3", (4, 0)),
            ("-1.5e-3", (0, 4)),
        ] {
            assert_eq!(text(number).places(), Some(places), "{number}");
        }
        assert_eq!(Number::Float(f64::NAN).places(), None);
    }

    #[test]
    fn multiples_of_any_size() {
        let divisor = |number| Divisor::new(number).expect("a divisor");
        let least = divisor(Number::Float(5e-324));
        assert!(least.divides(Number::Float(5e-324)) && least.divides(Number::Float(1e308)));
        assert!(divisor(Number::Int(u64::MAX.into())).divides(Number::Int(0)));
        assert!(divisor(Number::Float(1e300)).divides(Number::Float(3e300)));
        assert!(!divisor(Number::Float(1e300)).divides(Number::Float(3e299)));
        assert!(Divisor::new(Number::Int(0)).is_none() && Divisor::new(Number::Int(-1)).is_none());
    }
}
