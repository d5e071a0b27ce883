//! Takes a selector group apart at its commas and pseudo-elements.

use super::Output;

/// One selector of a group, without its pseudo-element.
pub(super) struct Part {
    pub(super) selector: String,
    pub(super) output: Output,
    pub(super) subtree: bool,
}

/// The selectors of the group `text`. With `scoped` each is bound to the scope element: its
/// leftmost compound matches only there or below, as in parsel.
pub(super) fn parts(text: &str, scoped: bool) -> Result<Vec<Part>, String> {
    let mut parts = Vec::with_capacity(1);
    let mut from = 0;
    let commas = TopLevel::of(text)
        .filter(|(_, byte)| *byte == b',')
        .map(|(at, _)| at);
    for end in commas.chain([text.len()]) {
        parts.push(part(text[from..end].trim_ascii(), scoped)?);
        from = end + 1;
    }
    Ok(parts)
}

fn part(text: &str, scoped: bool) -> Result<Part, String> {
    if text.is_empty() {
        return Err("an empty selector".to_owned());
    }
    let pseudo = TopLevel::of(text)
        .find(|(at, byte)| *byte == b':' && text.as_bytes().get(at + 1) == Some(&b':'));
    let Some((at, _)) = pseudo else {
        return Ok(Part {
            selector: bound(text, scoped),
            output: Output::Element,
            subtree: false,
        });
    };
    let output = output(&text[at + 2..])
        .ok_or_else(|| format!("unknown pseudo-element `{}`", &text[at..]))?;
    let (selector, subtree) = subject(&text[..at]);
    Ok(Part {
        selector: bound(&selector, scoped),
        output,
        subtree,
    })
}

fn output(pseudo: &str) -> Option<Output> {
    if pseudo.eq_ignore_ascii_case("text") {
        return Some(Output::Text);
    }
    let name = pseudo
        .strip_prefix("attr(")?
        .strip_suffix(')')?
        .trim_ascii();
    let valid = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '.' | '@');
    (!name.is_empty() && name.chars().all(valid)).then(|| Output::Attribute(name.to_owned()))
}

/// What stands before a pseudo-element, and whether it means the whole subtree: parsel reads
/// `div ::text` and `div *::text` as the text in the `div` and in everything below it.
fn subject(text: &str) -> (String, bool) {
    let whole = text.strip_suffix('*').unwrap_or(text);
    let trimmed = whole.trim_ascii_end();
    if trimmed.is_empty() {
        return (":scope".to_owned(), true);
    }
    if trimmed.ends_with(['>', '+', '~']) {
        return (format!("{trimmed} *"), false);
    }
    if trimmed.len() < whole.len() {
        return (trimmed.to_owned(), true);
    }
    (text.to_owned(), false)
}

fn combines(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'>' | b'+' | b'~')
}

/// Binds a selector to the scope element where that changes what it matches.
fn bound(selector: &str, scoped: bool) -> String {
    if selector.starts_with(['>', '+', '~']) {
        return format!(":scope {selector}");
    }
    let compound = TopLevel::of(selector).find(|(_, byte)| combines(*byte));
    match compound {
        Some((end, _)) if scoped && !selector.starts_with(":scope") => {
            let (first, rest) = selector.split_at(end);
            format!("{first}:is(:scope, :scope *){rest}")
        }
        _ => selector.to_owned(),
    }
}

/// The bytes of a selector outside of brackets and strings, with their positions.
struct TopLevel<'s> {
    bytes: &'s [u8],
    at: usize,
}

impl<'s> TopLevel<'s> {
    fn of(text: &'s str) -> Self {
        Self {
            bytes: text.as_bytes(),
            at: 0,
        }
    }
}

impl Iterator for TopLevel<'_> {
    type Item = (usize, u8);

    fn next(&mut self) -> Option<(usize, u8)> {
        let mut depth = 0_usize;
        loop {
            let at = self.at;
            let byte = *self.bytes.get(at)?;
            self.at += 1;
            match byte {
                b'(' | b'[' => depth += 1,
                b')' | b']' => depth = depth.saturating_sub(1),
                b'\\' => self.at += 1,
                b'"' | b'\'' => self.skip_string(byte),
                _ if depth == 0 => return Some((at, byte)),
                _ => {}
            }
        }
    }
}

impl TopLevel<'_> {
    fn skip_string(&mut self, quote: u8) {
        while let Some(byte) = self.bytes.get(self.at) {
            self.at += if *byte == b'\\' { 2 } else { 1 };
            if *byte == quote {
                return;
            }
        }
    }
}
