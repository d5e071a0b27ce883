//! Durations of Avro: months, days and milliseconds, as text of ISO 8601.

/// `P1Y2M3DT4H5M6.007S` as 12 bytes: months, days and milliseconds, each little-endian. Years are
/// 12 months, weeks 7 days; hours, minutes and seconds become milliseconds.
pub(crate) fn bytes(text: &str) -> Option<[u8; 12]> {
    let text = text.strip_prefix('P')?;
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    if time.unwrap_or(date).is_empty() {
        return None;
    }
    let mut sums = [0_u32; 3];
    let mut add = |sum: usize, number: u32, times: u32| {
        sums[sum] = sums[sum].checked_add(number.checked_mul(times)?)?;
        Some(())
    };
    read(date, "YMWD", |letter, number| {
        let number = number.parse().ok()?;
        match letter {
            'Y' => add(0, number, 12),
            'M' => add(0, number, 1),
            'W' => add(1, number, 7),
            _ => add(1, number, 1),
        }
    })?;
    read(
        time.unwrap_or_default(),
        "HMS",
        |letter, number| match letter {
            'H' => add(2, number.parse().ok()?, 3_600_000),
            'M' => add(2, number.parse().ok()?, 60_000),
            _ => {
                let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
                let digits = fraction.len();
                if !(1..=3).contains(&digits) {
                    return None;
                }
                add(2, whole.parse().ok()?, 1000)?;
                add(2, fraction.parse().ok()?, [100, 10, 1][digits - 1])
            }
        },
    )?;
    let mut bytes = [0; 12];
    for (to, sum) in bytes.chunks_exact_mut(4).zip(sums) {
        to.copy_from_slice(&sum.to_le_bytes());
    }
    Some(bytes)
}

/// Takes numbers, each with a letter of these, in their order.
fn read(
    mut text: &str,
    mut letters: &str,
    mut take: impl FnMut(char, &str) -> Option<()>,
) -> Option<()> {
    while !text.is_empty() {
        let at = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let letter = text[at..].chars().next()?;
        letters = letters.split_once(letter)?.1;
        take(letter, &text[..at])?;
        text = &text[at + letter.len_utf8()..];
    }
    Some(())
}

/// `P14M3DT14706.007S`; `PT0S` for nothing.
pub(crate) fn text(bytes: [u8; 12]) -> String {
    let part =
        |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    let (months, days, millis) = (part(0), part(4), part(8));
    let mut text = String::from("P");
    if months > 0 {
        text += &format!("{months}M");
    }
    if days > 0 {
        text += &format!("{days}D");
    }
    if millis % 1000 > 0 {
        text += &format!("T{}.{:03}S", millis / 1000, millis % 1000);
    } else if millis > 0 || text.len() == 1 {
        text += &format!("T{}S", millis / 1000);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_back() {
        for text in [
            "PT0S",
            "P1M",
            "P2D",
            "PT3S",
            "P14M3DT14706.007S",
            "P4294967295M",
        ] {
            assert_eq!(super::text(bytes(text).unwrap()), text);
        }
        let long = bytes("P1Y2M1W3DT4H5M6.007S").unwrap();
        assert_eq!(super::text(long), "P14M10DT14706.007S");
        assert_eq!(super::text(bytes("PT0.5S").unwrap()), "PT0.500S");
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in [
            "",
            "P",
            "PT",
            "P1",
            "P1S",
            "1D",
            "P1D1M",
            "PT1.5H",
            "PT1.2345S",
            "P-1D",
            "P1DT",
            "P4294967296M",
            "P400000000Y",
            "PT1S1S",
            "Pé",
        ] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }
}
