//! Text as the content of an element or of an attribute (XML 1.0, fifth edition).

/// What becomes of characters that XML cannot have: U+0000 to U+001F but for tab, line feed and
/// carriage return, U+FFFE and U+FFFF (production 2, `Char`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Control {
    /// The item is refused.
    Refuse,
    /// U+FFFD stands for each.
    Replace,
}

/// Where text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    Element,
    /// Between double quotes.
    Attribute,
}

/// Appends text, escaped: what a parser reads is the same text.
pub(super) fn escape(
    text: &str,
    within: Within,
    control: Control,
    out: &mut Vec<u8>,
) -> Result<(), String> {
    let bytes = text.as_bytes();
    let mut rest = 0;
    for (index, byte) in bytes.iter().enumerate() {
        if !SPECIAL[usize::from(*byte)] {
            continue;
        }
        let (instead, length): (&[u8], usize) = match (*byte, within) {
            (b'<', _) => (b"&lt;", 1),
            // Only in `]]>` it has to be.
            (b'>', _) => (b"&gt;", 1),
            (b'&', _) => (b"&amp;", 1),
            // A parser would read it as a line feed (2.11), and in an attribute any white space as
            // a space (3.3.3).
            (b'\r', _) => (b"&#13;", 1),
            (b'"', Within::Attribute) => (b"&quot;", 1),
            (b'\t', Within::Attribute) => (b"&#9;", 1),
            (b'\n', Within::Attribute) => (b"&#10;", 1),
            (b'"' | b'\t' | b'\n', Within::Element) => continue,
            (0xef, _) => match &bytes[index..] {
                [_, 0xbf, last @ (0xbe | 0xbf), ..] => {
                    (forbidden(control, 0xff40 | u32::from(*last))?, 3)
                }
                _ => continue,
            },
            (byte, _) => (forbidden(control, byte.into())?, 1),
        };
        out.extend_from_slice(&bytes[rest..index]);
        out.extend_from_slice(instead);
        rest = index + length;
    }
    out.extend_from_slice(&bytes[rest..]);
    Ok(())
}

/// Bytes that need a second look: controls, `"`, `&`, `<`, `>`, and the first of U+FFFE.
const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        special[byte] = true;
        byte += 1;
    }
    special[b'"' as usize] = true;
    special[b'&' as usize] = true;
    special[b'<' as usize] = true;
    special[b'>' as usize] = true;
    special[0xef] = true;
    special
};

fn forbidden(control: Control, character: u32) -> Result<&'static [u8], String> {
    match control {
        Control::Replace => Ok("\u{fffd}".as_bytes()),
        Control::Refuse => Err(format!(
            "XML cannot have the character U+{character:04X}; with control=replace, U+FFFD stands \
             for it"
        )),
    }
}

/// Whether an element may be called so: an `NCName` (Namespaces in XML 1.0, production 4).
pub(super) fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(starts_name) && characters.all(is_in_name)
}

fn starts_name(c: char) -> bool {
    matches!(c,
        'A'..='Z' | '_' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}'
        | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}'
        | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}'
        | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'
        | '\u{10000}'..='\u{effff}')
}

fn is_in_name(c: char) -> bool {
    starts_name(c)
        || matches!(c,
            '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(text: &str, within: Within, control: Control) -> Result<String, String> {
        let mut out = Vec::new();
        escape(text, within, control, &mut out)?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn markup_is_escaped_and_white_space_kept() {
        let element = |text| escaped(text, Within::Element, Control::Refuse).unwrap();
        assert_eq!(element("a<b>&\"'"), "a&lt;b&gt;&amp;\"'");
        assert_eq!(element("\t\r\n\r"), "\t&#13;\n&#13;");
        assert_eq!(
            element("é😀\u{feff}\u{fffd}\u{85}\u{7f}"),
            "é😀\u{feff}\u{fffd}\u{85}\u{7f}"
        );
        let attribute = |text| escaped(text, Within::Attribute, Control::Refuse).unwrap();
        assert_eq!(attribute("\"\t\r\n<'"), "&quot;&#9;&#13;&#10;&lt;'");
    }

    #[test]
    fn what_xml_cannot_have_is_refused_or_replaced() {
        for (text, name) in [
            ("a\0", "U+0000"),
            ("\u{1f}b", "U+001F"),
            ("\u{fffe}", "U+FFFE"),
            ("x\u{ffff}y", "U+FFFF"),
        ] {
            let error = escaped(text, Within::Element, Control::Refuse).unwrap_err();
            assert!(error.contains(name), "{error}");
            let replaced: String = text
                .chars()
                .map(|c| {
                    if c.is_ascii_alphabetic() {
                        c
                    } else {
                        '\u{fffd}'
                    }
                })
                .collect();
            for within in [Within::Element, Within::Attribute] {
                assert_eq!(escaped(text, within, Control::Replace).unwrap(), replaced);
            }
        }
    }

    #[test]
    fn names_are_told_from_others() {
        for name in ["a", "_a", "a-b.c", "é", "xml", "item2", "名前"] {
            assert!(is_name(name), "{name}");
        }
        for other in ["", "a b", "1x", "-a", "a:b", "a/", "<", "\u{b7}a"] {
            assert!(!is_name(other), "{other}");
        }
    }
}
