//! The binary form of `numeric`: digits of the base 10 000 (`numeric_recv` in PostgreSQL).

/// Appends the number of a plain decimal text.
pub(super) fn write(text: &str, out: &mut Vec<u8>) -> Result<(), String> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() && fraction.is_empty() || !is_number(whole) || !is_number(fraction) {
        return Err(format!("{} is no number", text.escape_debug()));
    }
    // Groups of four digits, to the left and to the right of the point.
    let lead = whole.len().div_ceil(4) * 4 - whole.len();
    let trail = fraction.len().div_ceil(4) * 4 - fraction.len();
    let zeros = |count| std::iter::repeat_n(b'0', count);
    let digits: Vec<u8> = zeros(lead)
        .chain(whole.bytes())
        .chain(fraction.bytes())
        .chain(zeros(trail))
        .collect();
    let value = |four: &[u8]| {
        let digits = four.iter().map(|digit| i16::from(digit - b'0'));
        digits.fold(0, |value, digit| value * 10 + digit)
    };
    let groups: Vec<i16> = digits.chunks(4).map(value).collect();
    let weight = whole.len().div_ceil(4);
    let leading = groups.iter().take_while(|group| **group == 0).count();
    let trailing = groups.iter().rev().take_while(|group| **group == 0).count();
    let kept = groups
        .get(leading..groups.len() - trailing)
        .unwrap_or_default();
    let beyond = |_| "it has more digits than PostgreSQL keeps".to_owned();
    let count = i16::try_from(kept.len()).map_err(beyond)?;
    let signed = |size: usize| i64::try_from(size).unwrap_or(i64::MAX);
    let weight = if kept.is_empty() {
        0
    } else {
        i16::try_from(signed(weight) - signed(leading) - 1).map_err(beyond)?
    };
    let scale = i16::try_from(fraction.len()).map_err(beyond)?;
    let is_negative = text.starts_with('-') && !kept.is_empty();
    let sign: u16 = if is_negative { 0x4000 } else { 0 };
    out.extend(count.to_be_bytes());
    out.extend(weight.to_be_bytes());
    out.extend(sign.to_be_bytes());
    out.extend(scale.to_be_bytes());
    kept.iter()
        .for_each(|group| out.extend(group.to_be_bytes()));
    Ok(())
}

/// Whether `numeric` with this modifier has room for so many digits, `scale` of them after the
/// point.
pub(super) fn has_room(modifier: i32, digits: usize, scale: usize) -> bool {
    if modifier < 4 {
        return true;
    }
    let modifier = modifier - 4;
    let precision = modifier >> 16 & 0xffff;
    // Eleven bits with a sign.
    let own = ((modifier & 0x7ff) ^ 0x400) - 0x400;
    let (digits, scale) = (
        i32::try_from(digits).unwrap_or(i32::MAX),
        i32::try_from(scale).unwrap_or(i32::MAX),
    );
    own >= scale && precision - own >= digits - scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_groups_of_four_digits() {
        let shown = |text: &str| {
            let mut out = Vec::new();
            write(text, &mut out).unwrap();
            let words = out.chunks(2);
            let words = words.map(|pair| i16::from_be_bytes([pair[0], pair[1]]));
            words.collect::<Vec<_>>()
        };
        assert_eq!(shown("0"), [0, 0, 0, 0]);
        assert_eq!(shown("0.00"), [0, 0, 0, 2]);
        assert_eq!(shown("12.50"), [2, 0, 0, 2, 12, 5000]);
        assert_eq!(shown("-12345.678"), [3, 1, 0x4000, 3, 1, 2345, 6780]);
        assert_eq!(shown("0.00012"), [2, -1, 0, 5, 1, 2000]);
        assert_eq!(shown("100000000"), [1, 2, 0, 0, 1]);
        assert!(write("1e5", &mut Vec::new()).is_err());
        assert!(write("", &mut Vec::new()).is_err());
    }

    #[test]
    fn a_modifier_says_how_much_room_there_is() {
        let modifier = |precision: i32, scale: i32| (precision << 16 | scale & 0x7ff) + 4;
        assert!(has_room(-1, 500, 200));
        assert!(has_room(modifier(10, 2), 10, 2));
        assert!(has_room(modifier(12, 4), 10, 2));
        assert!(!has_room(modifier(10, 4), 10, 2));
        assert!(!has_room(modifier(10, 0), 10, 2));
        assert!(!has_room(modifier(10, -2), 10, 0));
    }
}
