//! The [tokenization stage](https://html.spec.whatwg.org/multipage/parsing.html#tokenization) of
//! the HTML standard, for a page that is there as a whole.
//!
//! The tokenizer of html5ever takes its input in chunks and looks at one character at a time,
//! which is half the cost of a page. This one jumps from one delimiter to the next, and its
//! tokens are slices of one shared copy of the page. The tests compare them with html5ever's.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    CharacterTokens, CommentToken, EOFToken, NullCharacterToken, TagToken, Token, TokenSink,
    TokenSinkResult,
};
use html5ever::{LocalName, local_name};
use memchr::{memchr, memchr2};

mod declaration;
mod names;
mod raw;
mod reference;
mod tag;

use names::Names;

/// What is longer is cut here, since positions in a page have 32 bits.
const LONGEST: usize = 1 << 30;

/// Hands the tokens of `text` to `sink`, which is given back.
pub(crate) fn tokenize<S: TokenSink>(text: &str, sink: S) -> S {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = &text[..text.floor_char_boundary(LONGEST)];
    let page = if memchr(b'\r', text.as_bytes()).is_some() {
        StrTendril::from(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        StrTendril::from_slice(text)
    };
    let mut tokenizer = Tokenizer {
        page: &page,
        text: &page,
        at: 0,
        state: State::Data,
        has_nulls: memchr(0, page.as_bytes()).is_some(),
        last_start: local_name!(""),
        names: Names::new(),
        sink,
    };
    tokenizer.run();
    tokenizer.sink
}

/// How what comes next is to be read.
#[derive(Clone, Copy)]
enum State {
    Data,
    Raw(RawKind),
    Plaintext,
}

/// What becomes of NUL characters in a text.
#[derive(Clone, Copy)]
enum Nulls {
    /// The tree builder decides.
    Tokens,
    /// They are replaced.
    Replaced,
}

struct Tokenizer<'p, S> {
    /// The page as the buffer that tokens share.
    page: &'p StrTendril,
    text: &'p str,
    at: usize,
    state: State,
    /// Whether the page has NUL characters, which need replacing in many places.
    has_nulls: bool,
    /// The name of the last start tag: only its end tag ends raw text.
    last_start: LocalName,
    names: Names,
    sink: S,
}

impl<S: TokenSink> Tokenizer<'_, S> {
    fn run(&mut self) {
        while self.at < self.text.len() {
            match self.state {
                State::Data => self.data(),
                State::Raw(kind) => self.raw(kind),
                State::Plaintext => {
                    let text = self.slice(self.at, self.text.len());
                    self.at = self.text.len();
                    self.characters(text, Nulls::Replaced);
                }
            }
        }
        self.emit(EOFToken);
        self.sink.end();
    }

    /// Text up to the next tag, and that tag.
    fn data(&mut self) {
        let bytes = self.text.as_bytes();
        if bytes[self.at] != b'<' {
            let (text, end) = self.text_until(self.text.len());
            self.at = end;
            self.characters(text, Nulls::Tokens);
            return;
        }
        match bytes.get(self.at + 1) {
            Some(byte) if byte.is_ascii_alphabetic() => self.start_tag(),
            Some(b'/') => match bytes.get(self.at + 2) {
                Some(byte) if byte.is_ascii_alphabetic() => self.end_tag(),
                Some(b'>') => self.at += 3,
                Some(_) => self.bogus_comment(self.at + 2),
                None => self.literal(2),
            },
            Some(b'!') => self.declaration(),
            Some(b'?') => self.bogus_comment(self.at + 1),
            _ => self.literal(1),
        }
    }

    /// A `<` that starts no markup is text.
    fn literal(&mut self, length: usize) {
        let text = self.slice(self.at, self.at + length);
        self.at += length;
        self.emit(CharacterTokens(text));
    }

    /// The text up to the next `<`, or up to `limit`, and where it ends; with its character
    /// references replaced.
    fn text_until(&self, limit: usize) -> (StrTendril, usize) {
        let bytes = &self.text.as_bytes()[..limit];
        let hop = |at: usize| memchr2(b'<', b'&', &bytes[at..]).map_or(limit, |hop| at + hop);
        let (mut from, mut end) = (self.at, hop(self.at));
        if bytes.get(end) != Some(&b'&') {
            return (self.slice(from, end), end);
        }
        let mut out = StrTendril::new();
        while bytes.get(end) == Some(&b'&') {
            out.push_slice(&self.text[from..end]);
            from = end;
            from += reference::replace(&self.text[end..limit], false, &mut out);
            end = hop(from);
        }
        out.push_slice(&self.text[from..end]);
        (out, end)
    }

    /// A piece of the page, without a copy.
    fn slice(&self, from: usize, to: usize) -> StrTendril {
        let narrow = |position| u32::try_from(position).expect("invariant: pages are cut");
        self.page.subtendril(narrow(from), narrow(to - from))
    }

    /// A piece of the page in which NUL characters are replaced.
    fn clean(&self, from: usize, to: usize) -> StrTendril {
        if !self.has_nulls {
            return self.slice(from, to);
        }
        StrTendril::from(self.text[from..to].replace('\0', "\u{fffd}"))
    }

    fn characters(&mut self, text: StrTendril, nulls: Nulls) {
        if text.is_empty() {
            return;
        }
        if !self.has_nulls {
            self.emit(CharacterTokens(text));
            return;
        }
        for (index, piece) in text.split('\0').enumerate() {
            if index > 0 {
                self.emit(match nulls {
                    Nulls::Tokens => NullCharacterToken,
                    Nulls::Replaced => CharacterTokens(StrTendril::from_char('\u{fffd}')),
                });
            }
            if !piece.is_empty() {
                self.emit(CharacterTokens(StrTendril::from_slice(piece)));
            }
        }
    }

    fn bogus_comment(&mut self, from: usize) {
        let end = self.find(b'>', from);
        self.at = end + 1;
        let text = self.clean(from, end);
        self.emit(CommentToken(text));
    }

    /// Where `byte` is next, or else the end.
    fn find(&self, byte: u8, from: usize) -> usize {
        let hop = memchr(byte, &self.text.as_bytes()[from..]);
        hop.map_or(self.text.len(), |hop| from + hop)
    }

    fn emit(&mut self, token: Token) {
        let is_tag = matches!(token, TagToken(_));
        if is_tag {
            self.state = State::Data;
        }
        match self.sink.process_token(token, 1) {
            TokenSinkResult::Plaintext => self.state = State::Plaintext,
            TokenSinkResult::RawData(kind) => self.state = State::Raw(kind),
            // There is nobody to run scripts, and the encoding is known.
            TokenSinkResult::Continue
            | TokenSinkResult::Script(_)
            | TokenSinkResult::EncodingIndicator(_) => {}
        }
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b' ')
}
