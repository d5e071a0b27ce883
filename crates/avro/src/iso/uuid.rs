//! UUIDs as text, by RFC 4122.

/// Where the hyphens stand.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// `f81d4fae-7dec-11d0-a765-00a0c91e6bf6` as bytes; capital digits too.
pub(crate) fn bytes(text: &str) -> Option<[u8; 16]> {
    let text = text.as_bytes();
    if text.len() != 36 || HYPHENS.iter().any(|at| text[*at] != b'-') {
        return None;
    }
    let mut digits = (0..36).filter(|at| !HYPHENS.contains(at));
    let mut digit = || char::from(text[digits.next()?]).to_digit(16);
    let mut bytes = [0; 16];
    for byte in &mut bytes {
        *byte = u8::try_from(digit()? << 4 | digit()?).ok()?;
    }
    Some(bytes)
}

/// Text with small digits.
pub(crate) fn text(bytes: [u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for byte in bytes {
        if HYPHENS.contains(&text.len()) {
            text.push('-');
        }
        text += &format!("{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_back() {
        let text = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
        assert_eq!(super::text(bytes(text).unwrap()), text);
        assert_eq!(bytes(&text.to_uppercase()), bytes(text));
    }

    #[test]
    fn what_is_no_uuid_is_refused() {
        for text in [
            "",
            "f81d4fae7dec11d0a76500a0c91e6bf6",
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf",
            "g81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf6 ",
            "f81d4fae-7dec-11d0-a765-00a0c91e6bé",
            "+81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        ] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }
}
