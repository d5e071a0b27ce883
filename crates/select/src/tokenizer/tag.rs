//! Start tags, end tags and attributes.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{EndTag, StartTag, Tag, TagKind, TagToken, TokenSink};
use html5ever::{Attribute, QualName, ns};
use memchr::{memchr, memchr2};

use super::{Tokenizer, is_space, reference};

/// A tag keeps this many attributes. Each is compared with all before it, and one tag with
/// 100,000 would cost seconds.
const ATTRIBUTES: usize = 1024;

impl<'p, S: TokenSink> Tokenizer<'p, S> {
    pub(super) fn start_tag(&mut self) {
        self.at += 1;
        match self.tag(StartTag) {
            Some(tag) => {
                self.last_start = tag.name.clone();
                self.emit(TagToken(tag));
            }
            None => self.at = self.text.len(),
        }
    }

    pub(super) fn end_tag(&mut self) {
        self.at += 2;
        match self.tag(EndTag) {
            Some(tag) => self.emit(TagToken(tag)),
            None => self.at = self.text.len(),
        }
    }

    /// The tag here, or nothing if the page ends within it.
    fn tag(&mut self, kind: TagKind) -> Option<Tag> {
        let name = self.word(0, |byte| is_space(byte) || matches!(byte, b'/' | b'>'));
        let mut tag = Tag {
            kind,
            name: self.names.intern(name),
            self_closing: false,
            attrs: Vec::new(),
            had_duplicate_attributes: false,
        };
        loop {
            self.skip_spaces();
            match self.peek()? {
                b'>' => {
                    self.at += 1;
                    return Some(tag);
                }
                b'/' => {
                    self.at += 1;
                    if self.peek()? == b'>' {
                        self.at += 1;
                        tag.self_closing = true;
                        return Some(tag);
                    }
                }
                _ => self.attribute(&mut tag)?,
            }
        }
    }

    fn attribute(&mut self, tag: &mut Tag) -> Option<()> {
        // A name may start with `=`.
        let name = self.word(1, |byte| {
            is_space(byte) || matches!(byte, b'/' | b'>' | b'=')
        });
        self.skip_spaces();
        let value = if self.peek()? == b'=' {
            self.at += 1;
            self.skip_spaces();
            self.value()?
        } else {
            StrTendril::new()
        };
        if tag.kind == EndTag || tag.attrs.len() >= ATTRIBUTES {
            return Some(());
        }
        let local = self.names.intern(name);
        if tag.attrs.iter().any(|known| known.name.local == local) {
            tag.had_duplicate_attributes = true;
            return Some(());
        }
        tag.attrs.push(Attribute {
            name: QualName::new(None, ns!(), local),
            value,
        });
        Some(())
    }

    fn value(&mut self) -> Option<StrTendril> {
        match self.peek()? {
            quote @ (b'"' | b'\'') => {
                let from = self.at + 1;
                let bytes = &self.text.as_bytes()[from..];
                let mut hop = memchr2(quote, b'&', bytes)?;
                let plain = bytes[hop] == quote;
                if !plain {
                    hop += memchr(quote, &bytes[hop..])?;
                }
                self.at = from + hop + 1;
                Some(self.replaced(from, from + hop, plain))
            }
            b'>' => Some(StrTendril::new()),
            _ => {
                let from = self.at;
                let value = self.word(0, |byte| is_space(byte) || byte == b'>');
                let plain = memchr(b'&', value.as_bytes()).is_none();
                Some(self.replaced(from, self.at, plain))
            }
        }
    }

    /// A piece of the page with its character references replaced, if it is not `plain`.
    fn replaced(&self, from: usize, to: usize, plain: bool) -> StrTendril {
        if plain {
            return self.clean(from, to);
        }
        let mut out = StrTendril::new();
        let mut at = from;
        while let Some(hop) = memchr(b'&', &self.text.as_bytes()[at..to]) {
            out.push_tendril(&self.clean(at, at + hop));
            at += hop;
            at += reference::replace(&self.text[at..to], true, &mut out);
        }
        out.push_tendril(&self.clean(at, to));
        out
    }

    /// What comes before the byte that ends it, but at least the first bytes.
    fn word(&mut self, first: usize, ends: impl Fn(u8) -> bool) -> &'p str {
        let (text, from) = (self.text, self.at);
        let rest = &text.as_bytes()[from + first..];
        let length = rest.iter().position(|byte| ends(*byte));
        self.at = length.map_or(text.len(), |length| from + first + length);
        &text[from..self.at]
    }

    fn skip_spaces(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}
