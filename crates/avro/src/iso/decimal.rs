//! Decimal numbers: text, and the unscaled value as big-endian two's complement.

/// The most bytes of an unscaled value that are made text; more digits than any use needs.
const MAX_BYTES: usize = 4096;

/// The most digits that are read; they fit into [`MAX_BYTES`].
const MAX_DIGITS: usize = 9000;

/// Why a text is no decimal of a precision and scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is no decimal number.
    NotNumber,
    /// It has more digits after the point than the scale has.
    Scale,
    /// It has more digits than the precision has.
    Precision,
}

/// An unscaled value: big-endian two's complement, as short as may be.
#[derive(Debug)]
pub(crate) enum Unscaled {
    /// The bytes from the index on.
    Small([u8; 16], usize),
    Large(Vec<u8>),
}

impl AsRef<[u8]> for Unscaled {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Small(bytes, start) => &bytes[*start..],
            Self::Large(bytes) => bytes,
        }
    }
}

/// The parts of `-12.50`: sign, digits before the point, digits after it.
fn parts(text: &str) -> Option<(bool, &str, &str)> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let valid = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    (valid(whole) && valid(fraction)).then(|| {
        let fraction = if digits.contains('.') { fraction } else { "" };
        (negative, whole, fraction)
    })
}

/// The unscaled value of a text. Zeros past the scale are no more digits.
pub(crate) fn unscaled(text: &str, precision: usize, scale: usize) -> Result<Unscaled, Fault> {
    let (negative, whole, fraction) = parts(text).ok_or(Fault::NotNumber)?;
    let (fraction, beyond) = fraction.split_at(fraction.len().min(scale));
    if beyond.bytes().any(|b| b != b'0') {
        return Err(Fault::Scale);
    }
    let zeros = scale - fraction.len();
    let digits = || {
        let padding = std::iter::repeat_n(b'0', zeros);
        whole
            .bytes()
            .chain(fraction.bytes())
            .chain(padding)
            .skip_while(|b| *b == b'0')
    };
    // A scale may be as large as its author likes; a text may not.
    if zeros > MAX_DIGITS || digits().take(MAX_DIGITS + 1).count() > precision.min(MAX_DIGITS) {
        return Err(Fault::Precision);
    }
    Ok(value(negative, digits()))
}

/// The unscaled value and the scale of a text, whatever scale it has.
pub(crate) fn with_scale(text: &str) -> Option<(Unscaled, i32)> {
    let (negative, whole, fraction) = parts(text)?;
    let scale = i32::try_from(fraction.len()).ok()?;
    let digits = whole
        .bytes()
        .chain(fraction.bytes())
        .skip_while(|b| *b == b'0');
    (whole.len() + fraction.len() <= MAX_DIGITS).then(|| (value(negative, digits), scale))
}

fn value(negative: bool, digits: impl Iterator<Item = u8> + Clone) -> Unscaled {
    if digits.clone().count() <= 38 {
        let magnitude = digits.fold(0_i128, |sum, digit| sum * 10 + i128::from(digit - b'0'));
        let bytes = if negative { -magnitude } else { magnitude }.to_be_bytes();
        let start = shortest(&bytes);
        return Unscaled::Small(bytes, start);
    }
    // Little-endian, in base 2^32.
    let mut limbs: Vec<u32> = Vec::new();
    for digit in digits {
        let mut carry = u64::from(digit - b'0');
        for limb in &mut limbs {
            let sum = u64::from(*limb) * 10 + carry;
            *limb = low(sum);
            carry = sum >> 32;
        }
        if carry > 0 {
            limbs.push(low(carry));
        }
    }
    let mut bytes = vec![0];
    bytes.extend(limbs.iter().rev().flat_map(|limb| limb.to_be_bytes()));
    if negative {
        negate(&mut bytes);
    }
    let start = shortest(&bytes);
    bytes.drain(..start);
    Unscaled::Large(bytes)
}

#[expect(clippy::cast_possible_truncation, reason = "the low half is meant")]
fn low(sum: u64) -> u32 {
    sum as u32
}

fn negate(bytes: &mut [u8]) {
    let mut carry = true;
    for byte in bytes.iter_mut().rev() {
        (*byte, carry) = (!*byte).overflowing_add(u8::from(carry));
    }
}

/// Where the bytes start that are needed: at least one, and the sign stays.
fn shortest(bytes: &[u8]) -> usize {
    let same = |pair: &[u8]| matches!((pair[0], pair[1] & 0x80), (0, 0) | (0xff, 0x80));
    bytes.windows(2).take_while(|pair| same(pair)).count()
}

/// The text of an unscaled value; no bytes are zero. `None` for a number beyond all use.
pub(crate) fn text(bytes: &[u8], scale: i64) -> Option<String> {
    let (negative, digits) = digits(bytes)?;
    let mut digits = digits;
    if scale < 0 {
        let zeros = usize::try_from(-scale)
            .ok()
            .filter(|zeros| *zeros <= MAX_DIGITS)?;
        if digits != "0" {
            digits.extend(std::iter::repeat_n('0', zeros));
        }
    }
    let scale = usize::try_from(scale.max(0))
        .ok()
        .filter(|scale| *scale <= MAX_DIGITS)?;
    if digits.len() <= scale {
        digits.insert_str(0, &"0".repeat(scale + 1 - digits.len()));
    }
    if scale > 0 {
        digits.insert(digits.len() - scale, '.');
    }
    Some(if negative {
        format!("-{digits}")
    } else {
        digits
    })
}

/// Whether an unscaled value has no more digits than this.
pub(crate) fn has_at_most(bytes: &[u8], precision: usize) -> bool {
    // Fewer bits than the digits have need no look.
    8 * bytes.len() <= 3 * precision.min(MAX_DIGITS)
        || digits(bytes).is_some_and(|(_, digits)| digits.len() <= precision)
}

/// The sign and the digits of a number.
fn digits(bytes: &[u8]) -> Option<(bool, String)> {
    let negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
    let bytes = &bytes[shortest(bytes)..];
    if bytes.len() <= 16 {
        let mut wide = [if negative { 0xff } else { 0 }; 16];
        wide[16 - bytes.len()..].copy_from_slice(bytes);
        return Some((
            negative,
            i128::from_be_bytes(wide).unsigned_abs().to_string(),
        ));
    }
    if bytes.len() > MAX_BYTES {
        return None;
    }
    let mut magnitude = bytes.to_vec();
    if negative {
        negate(&mut magnitude);
    }
    let mut groups: Vec<u32> = Vec::new();
    let mut start = 0;
    while start < magnitude.len() {
        let mut rest = 0_u64;
        for byte in &mut magnitude[start..] {
            let sum = rest << 8 | u64::from(*byte);
            *byte = u8::try_from(sum / 1_000_000_000).expect("less than 256 times the divisor");
            rest = sum % 1_000_000_000;
        }
        groups.push(low(rest));
        start += magnitude[start..]
            .iter()
            .take_while(|byte| **byte == 0)
            .count();
    }
    let mut text = groups.last().map_or(String::from("0"), u32::to_string);
    for group in groups.iter().rev().skip(1) {
        text += &format!("{group:09}");
    }
    Some((negative, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(text: &str, scale: usize) -> String {
        let bytes = unscaled(text, 10_000, scale).unwrap();
        super::text(bytes.as_ref(), i64::try_from(scale).unwrap()).unwrap()
    }

    #[test]
    fn bytes_are_as_the_specification_says() {
        for (text, scale, bytes) in [
            ("0", 0, &[0][..]),
            ("12.50", 2, &[0x04, 0xe2]),
            ("-1", 0, &[0xff]),
            ("127", 0, &[0x7f]),
            ("128", 0, &[0x00, 0x80]),
            ("-128", 0, &[0x80]),
            ("-129", 0, &[0xff, 0x7f]),
            ("-0", 0, &[0]),
        ] {
            assert_eq!(unscaled(text, 10, scale).unwrap().as_ref(), bytes, "{text}");
        }
    }

    #[test]
    fn text_comes_back() {
        let long = "98765432109876543210987654321098765432109876543210";
        let thousand = "7".repeat(1000);
        for digits in [
            "0",
            "1",
            "12",
            "1000000000000000000000000000",
            long,
            &thousand,
        ] {
            assert_eq!(round(digits, 0), digits);
            assert_eq!(round(&format!("{digits}.50"), 2), format!("{digits}.50"));
            if digits != "0" {
                assert_eq!(round(&format!("-{digits}"), 0), format!("-{digits}"));
            }
        }
        assert_eq!(round("+0.05", 2), "0.05");
        assert_eq!(round("-0.05", 3), "-0.050");
        assert_eq!(round("1.5000", 1), "1.5");
        assert_eq!(super::text(&[], 2).unwrap(), "0.00");
        assert_eq!(super::text(&[5], -3).unwrap(), "5000");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let fault = |text: &str, precision, scale| unscaled(text, precision, scale).unwrap_err();
        for text in ["", "-", "1.", ".5", "1e3", " 1", "1,5", "NaN", "١"] {
            assert_eq!(fault(text, 9, 2), Fault::NotNumber, "{text}");
        }
        assert_eq!(fault("1.005", 9, 2), Fault::Scale);
        assert_eq!(fault("1000", 5, 2), Fault::Precision);
        assert_eq!(fault(&"9".repeat(20_000), 100_000, 0), Fault::Precision);
        assert_eq!(fault("1", usize::MAX, usize::MAX), Fault::Precision);
        assert!(unscaled("999.99", 5, 2).is_ok());
        assert!(unscaled("000999.99", 5, 2).is_ok());
        assert!(text(&[1; 5000], 0).is_none());
        assert!(text(&[1], 1 << 40).is_none());
        assert!(has_at_most(&[0x03, 0xe7], 3) && !has_at_most(&[0x03, 0xe8], 3));
    }

    #[test]
    fn any_scale_is_kept() {
        let (bytes, scale) = with_scale("-12.500").unwrap();
        assert_eq!(text(bytes.as_ref(), scale.into()).unwrap(), "-12.500");
        assert!(with_scale("x").is_none());
    }
}
