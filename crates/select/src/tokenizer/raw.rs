//! Text in which only one end tag is markup: titles, styles and scripts.

use html5ever::tokenizer::TokenSink;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::states::RawKind::Rcdata;
use memchr::{memchr, memchr2, memmem};

use super::{Nulls, Tokenizer, is_space};

impl<S: TokenSink> Tokenizer<'_, S> {
    /// Raw text up to its end tag, and that tag.
    pub(super) fn raw(&mut self, kind: RawKind) {
        let end = match kind {
            RawKind::ScriptData | RawKind::ScriptDataEscaped(_) => self.script_end(),
            Rcdata | RawKind::Rawtext => self.raw_end(self.at),
        };
        while self.at < end {
            let text = if matches!(kind, Rcdata) {
                let (text, stop) = self.text_until(end);
                if stop == self.at {
                    self.at += 1;
                    self.slice(stop, stop + 1)
                } else {
                    self.at = stop;
                    text
                }
            } else {
                let text = self.slice(self.at, end);
                self.at = end;
                text
            };
            self.characters(text, Nulls::Replaced);
        }
        if end < self.text.len() {
            self.end_tag();
        }
    }

    /// Where the end tag is that ends the raw text, or else the end of the page.
    fn raw_end(&self, from: usize) -> usize {
        let rest = &self.text.as_bytes()[from..];
        memmem::find_iter(rest, b"</")
            .map(|hop| from + hop)
            .find(|at| self.closes(*at))
            .unwrap_or(self.text.len())
    }

    /// Whether the end tag of the element whose text this is stands at `at`.
    fn closes(&self, at: usize) -> bool {
        let name = self.text.as_bytes().get(at + 2..).unwrap_or_default();
        word_delimited(name, self.last_start.as_bytes())
    }

    /// Like `raw_end`, but a script in a comment in a script hides its end tag.
    fn script_end(&self) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = self.at;
        loop {
            // Outside of comments.
            loop {
                let Some(hop) = memchr(b'<', &bytes[at..]) else {
                    return bytes.len();
                };
                at += hop;
                if bytes[at..].starts_with(b"<!--") {
                    at += 2;
                    break;
                }
                if bytes[at..].starts_with(b"</") && self.closes(at) {
                    return at;
                }
                at += 1;
            }
            let mut hidden = false;
            loop {
                let Some(hop) = memchr2(b'<', b'-', &bytes[at..]) else {
                    return bytes.len();
                };
                at += hop;
                let rest = &bytes[at..];
                if rest.starts_with(b"-->") {
                    at += 3;
                    break;
                }
                let start = if hidden { &b"</"[..] } else { b"<" };
                if !hidden && rest.starts_with(b"</") && self.closes(at) {
                    return at;
                }
                if rest.starts_with(start) && word_delimited(&rest[start.len()..], b"script") {
                    hidden = !hidden;
                }
                at += 1;
            }
        }
    }
}

/// Whether `text` starts with the word, and that ends there.
fn word_delimited(text: &[u8], word: &[u8]) -> bool {
    text.get(..word.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(word))
        && text
            .get(word.len())
            .is_some_and(|byte| is_space(*byte) || matches!(byte, b'/' | b'>'))
}
