//! Character references.

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};
use html5ever::tendril::StrTendril;

/// Appends what the reference at the start of `text`, a `&`, stands for, and says how many
/// bytes it has. What is no reference is appended as it is.
pub(super) fn replace(text: &str, in_attribute: bool, out: &mut StrTendril) -> usize {
    let rest = &text[1..];
    let length = match rest.strip_prefix('#') {
        Some(number) => numeric(number, out).map(|length| length + 2),
        None => named(rest, in_attribute, out).map(|length| length + 1),
    };
    length.unwrap_or_else(|| {
        out.push_char('&');
        1
    })
}

fn numeric(text: &str, out: &mut StrTendril) -> Option<usize> {
    let (digits, radix) = match text.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => (hexadecimal, 16),
        None => (text, 10),
    };
    let count = digits
        .bytes()
        .take_while(|byte| char::from(*byte).is_digit(radix))
        .count();
    if count == 0 {
        return None;
    }
    // What does not fit is beyond the last character, like the greatest that does.
    let code = u32::from_str_radix(&digits[..count], radix).unwrap_or(u32::MAX);
    out.push_char(character(code));
    let semicolon = digits[count..].starts_with(';');
    Some(text.len() - digits.len() + count + usize::from(semicolon))
}

fn character(code: u32) -> char {
    let replaced = match code {
        0 => None,
        0x80..=0x9f => C1_REPLACEMENTS[(code - 0x80) as usize].or(char::from_u32(code)),
        _ => char::from_u32(code),
    };
    replaced.unwrap_or('\u{fffd}')
}

/// The longest name that `text` starts with: the table has the starts of names, too.
fn named(text: &str, in_attribute: bool, out: &mut StrTendril) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut found = None;
    let mut end = 0;
    while let Some(byte) = bytes.get(end)
        && (byte.is_ascii_alphanumeric() || *byte == b';')
    {
        end += 1;
        match NAMED_ENTITIES.get(&text[..end]) {
            Some((0, _)) => {}
            Some(characters) => found = Some((end, characters)),
            None => break,
        }
    }
    let (length, (first, second)) = found?;
    let next = bytes.get(length);
    if in_attribute
        && bytes[length - 1] != b';'
        && next.is_some_and(|next| next.is_ascii_alphanumeric() || *next == b'=')
    {
        return None;
    }
    out.push_char(char::from_u32(*first)?);
    if *second != 0 {
        out.push_char(char::from_u32(*second)?);
    }
    Some(length)
}
