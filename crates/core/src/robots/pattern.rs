//! Path patterns: `*` for any characters, `$` at the end for the end.

use crate::canonical::is_unreserved;

/// A path pattern, in normal spelling.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pattern {
    text: String,
    anchored: bool,
}

impl Pattern {
    pub(super) fn new(path: &str) -> Self {
        let anchored = path.ends_with('$');
        let path = path.strip_suffix('$').unwrap_or(path);
        Self {
            text: normal(path),
            anchored,
        }
    }

    /// Its length in octets: the longest pattern decides.
    pub(super) fn len(&self) -> usize {
        self.text.len() + usize::from(self.anchored)
    }

    pub(super) fn matches(&self, path: &str) -> bool {
        let mut pieces = self.text.split('*');
        let first = pieces.next().unwrap_or_default();
        let Some(mut rest) = path.strip_prefix(first) else {
            return false;
        };
        let mut starred = false;
        let mut pieces = pieces.peekable();
        while let Some(piece) = pieces.next() {
            starred = true;
            if self.anchored && pieces.peek().is_none() {
                return rest.ends_with(piece);
            }
            // The leftmost place leaves the most for the pieces to come.
            let Some(at) = rest.find(piece) else {
                return false;
            };
            rest = rest.get(at + piece.len()..).unwrap_or_default();
        }
        starred || !self.anchored || rest.is_empty()
    }
}

/// Escapes in upper case, escaped unreserved characters plain, other than ASCII escaped
/// (RFC 9309 §2.2.2).
pub(super) fn normal(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut out = String::with_capacity(path.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at).copied() {
        let escaped = (byte == b'%')
            .then(|| path.get(at + 1..at + 3))
            .flatten()
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escaped {
            Some(code) if is_unreserved(code) => out.push(char::from(code)),
            Some(code) => out.push_str(&format!("%{code:02X}")),
            None if byte.is_ascii() => out.push(char::from(byte)),
            None => out.push_str(&format!("%{byte:02X}")),
        }
        at += if escaped.is_some() { 3 } else { 1 };
    }
    out
}
