//! Cuts a tag short that has more attributes than any page needs.
//!
//! The tokenizer compares each attribute of a tag with all before it, so that one tag with
//! 100,000 attributes costs seconds. The scan here follows tags, quotes, comments and raw text
//! only as closely as finding such a tag takes.

use memchr::{memchr, memchr3, memmem};

/// A tag keeps this many attributes.
const ATTRIBUTES: usize = 1024;

/// No tag below this length can have more than that: a name and a separator each.
const SHORTEST: usize = 2 * ATTRIBUTES;

/// Elements whose content is text: a `<` inside starts no tag.
const RAW: [&[u8]; 4] = [b"script", b"style", b"textarea", b"title"];

/// The pieces of `text` that remain; all of it, in one piece, for any honest page.
pub(crate) fn without_attribute_floods(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut pieces = Vec::with_capacity(1);
    let mut raw = RawText::default();
    let (mut kept_from, mut at) = (0, 0);
    while let Some(hop) = memchr(b'<', &bytes[at..]) {
        at += hop + 1;
        match bytes.get(at) {
            Some(b'!') if bytes[at..].starts_with(b"!--") => {
                // Without an end the rest of the page is a comment.
                let Some(end) = memmem::find(&bytes[at + 1..], b"-->") else {
                    break;
                };
                at += end + 4;
            }
            Some(byte) if byte.is_ascii_alphabetic() => {
                let end = tag_end(bytes, at);
                if end - at > SHORTEST
                    && let Some(cut) = flood(&bytes[at..end])
                {
                    pieces.push(&text[kept_from..at + cut]);
                    kept_from = end;
                }
                at = raw.end(bytes, at, end);
            }
            _ => {}
        }
    }
    pieces.push(&text[kept_from..]);
    pieces
}

/// Where the `>` is that closes the tag whose name starts at `from`.
fn tag_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(hop) = memchr3(b'>', b'"', b'\'', &bytes[at..]) {
        at += hop;
        let quote = bytes[at];
        if quote == b'>' {
            return at;
        }
        // A quote delimits only after `=`; anywhere else it is part of a name or value.
        let value = bytes[from..at].trim_ascii_end().ends_with(b"=");
        at += 1;
        if value {
            at += memchr(quote, &bytes[at..]).map_or(bytes.len() - at, |close| close + 1);
        }
    }
    bytes.len()
}

/// Finds the ends of raw text.
#[derive(Default)]
struct RawText {
    /// Elements that no end tag closes any more: looking again would be quadratic.
    unclosed: [bool; RAW.len()],
    /// Whether SVG or MathML came up, in which these are elements like any other.
    foreign: bool,
}

impl RawText {
    /// The end of the text content of a raw text element, or `end` for any other tag.
    fn end(&mut self, bytes: &[u8], name: usize, end: usize) -> usize {
        let tag = &bytes[name..end];
        self.foreign |= named(tag, b"svg") || named(tag, b"math");
        let Some(index) = RAW.iter().position(|raw| named(tag, raw)) else {
            return end;
        };
        if self.foreign || self.unclosed[index] {
            return end;
        }
        let close = memmem::find_iter(&bytes[end..], b"</")
            .find(|close| named(&bytes[end + close + 2..], RAW[index]));
        self.unclosed[index] = close.is_none();
        close.map_or(end, |close| end + close)
    }
}

fn named(tag: &[u8], name: &[u8]) -> bool {
    tag.get(..name.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(name))
        && !tag.get(name.len()).is_some_and(u8::is_ascii_alphanumeric)
}

/// Where in the tag the attributes become too many.
fn flood(tag: &[u8]) -> Option<usize> {
    let (mut count, mut at) = (0, 0);
    while at < tag.len() {
        match tag[at] {
            quote @ (b'"' | b'\'') if tag[..at].trim_ascii_end().ends_with(b"=") => {
                at += 1;
                at += memchr(quote, &tag[at..]).unwrap_or(tag.len() - at);
                count += usize::from(tag.get(at + 1).is_some_and(|next| !separates(*next)));
            }
            byte if separates(byte) && tag.get(at + 1).is_some_and(|next| !separates(*next)) => {
                count += 1;
            }
            _ => {}
        }
        if count > ATTRIBUTES {
            return Some(at);
        }
        at += 1;
    }
    None
}

fn separates(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b'/'
}

#[cfg(test)]
mod tests {
    use super::without_attribute_floods;
    use std::fmt::Write;

    fn flooded(attribute: impl Fn(usize) -> String) -> String {
        let mut tag = String::from("<p>before</p><a");
        for index in 0..5_000 {
            write!(tag, " {}", attribute(index)).unwrap();
        }
        tag + ">link</a>after"
    }

    #[test]
    fn cuts_a_flood_whatever_its_attributes_look_like() {
        let shapes: [fn(usize) -> String; 3] = [
            |index| format!("a{index}"),
            |index| format!("a{index}=\"x > y\""),
            |index| format!("a{index} = 'v w'"),
        ];
        for shape in shapes {
            let page = flooded(shape);
            let pieces = without_attribute_floods(&page);
            let kept: String = pieces.concat();
            assert!(kept.starts_with("<p>before</p><a a0"), "{}", &kept[..40]);
            assert!(kept.ends_with(">link</a>after"));
            assert!(
                kept.len() < page.len() / 2,
                "{} of {}",
                kept.len(),
                page.len()
            );
        }
    }

    #[test]
    fn leaves_scripts_comments_and_long_values_alone() {
        let words = "a b = 'c < d' ".repeat(5_000);
        for page in [
            format!("<script>if (x <y) {{ {words} }}</script><p>"),
            format!("<!-- <a {words} --><p>"),
            format!(
                "<img src=\"data:{words}\"><p title=\"{}\">",
                words.replace('\'', "\"").replace('"', "")
            ),
            format!("x < y {words}"),
        ] {
            assert_eq!(without_attribute_floods(&page), [page.as_str()]);
        }
    }
}
