//! The encoding a page declares in its own bytes, by HTML's
//! [prescan](https://html.spec.whatwg.org/multipage/parsing.html#prescan-a-byte-stream-to-determine-its-encoding).

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};
use memchr::{memchr, memmem};

/// How far a declaration is looked for.
const PRESCANNED: usize = 1024;

/// The encoding that a `<meta>`, or else an XML declaration, in the first 1,024 bytes names.
pub(super) fn declared(body: &[u8]) -> Option<&'static Encoding> {
    let head = &body[..body.len().min(PRESCANNED)];
    meta(head).or_else(|| xml(head))
}

fn meta(head: &[u8]) -> Option<&'static Encoding> {
    let mut at = 0;
    while let Some(hop) = memchr(b'<', head.get(at..)?) {
        at += hop + 1;
        let rest = &head[at..];
        if rest.starts_with(b"!--") {
            // `<!-->` is a comment too: the two dashes can be the same.
            at += memmem::find(&rest[1..], b"-->")? + 4;
        } else if is_meta(rest) {
            let mut attributes = Attributes {
                bytes: head,
                at: at + 4,
            };
            if let Some(encoding) = meta_encoding(&mut attributes) {
                return Some(encoding);
            }
            at = attributes.at;
        } else if starts_tag(rest) {
            at += rest
                .iter()
                .position(|byte| byte.is_ascii_whitespace() || *byte == b'>')?;
            let mut attributes = Attributes { bytes: head, at };
            while attributes.next().is_some() {}
            at = attributes.at;
        } else if rest.first().is_some_and(|byte| b"!/?".contains(byte)) {
            at += memchr(b'>', rest)?;
        }
    }
    None
}

fn is_meta(rest: &[u8]) -> bool {
    rest.len() > 4
        && rest[..4].eq_ignore_ascii_case(b"meta")
        && (rest[4].is_ascii_whitespace() || rest[4] == b'/')
}

fn starts_tag(rest: &[u8]) -> bool {
    rest.strip_prefix(b"/")
        .unwrap_or(rest)
        .first()
        .is_some_and(u8::is_ascii_alphabetic)
}

/// What one `<meta>` says: `charset`, or `content` if `http-equiv` is there to go with it.
fn meta_encoding(attributes: &mut Attributes<'_>) -> Option<&'static Encoding> {
    let (mut pragma, mut charset, mut content) = (false, None, None);
    for (name, value) in attributes {
        if name.eq_ignore_ascii_case(b"http-equiv") {
            pragma |= value.eq_ignore_ascii_case(b"content-type");
        } else if name.eq_ignore_ascii_case(b"charset") && charset.is_none() {
            charset = Some(value);
        } else if name.eq_ignore_ascii_case(b"content") && content.is_none() {
            content = charset_in(value);
        }
    }
    let label = charset.or(content.filter(|_| pragma))?;
    Some(in_ascii(Encoding::for_label(label)?))
}

/// A declaration that could be read as ASCII is not in UTF-16.
fn in_ascii(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == UTF_16LE || encoding == UTF_16BE {
        UTF_8
    } else if encoding == X_USER_DEFINED {
        WINDOWS_1252
    } else {
        encoding
    }
}

fn xml(head: &[u8]) -> Option<&'static Encoding> {
    let declaration = head.strip_prefix(b"<?xml")?;
    let declaration = &declaration[..memchr(b'>', declaration)?];
    let from = memmem::find(declaration, b"encoding")? + b"encoding".len();
    let value = declaration[from..].trim_ascii_start().strip_prefix(b"=")?;
    let value = value.trim_ascii_start();
    let quote = *value.first().filter(|byte| b"\"'".contains(byte))?;
    let label = &value[1..=memchr(quote, &value[1..])?];
    Some(in_ascii(Encoding::for_label(label)?))
}

/// The value of `charset=` in a `Content-Type`, by HTML's
/// [extraction](https://html.spec.whatwg.org/multipage/urls-and-fetching.html#extracting-character-encodings-from-meta-elements).
pub(super) fn charset_in(value: &[u8]) -> Option<&[u8]> {
    const NAME: &[u8] = b"charset";
    let mut from = 0;
    loop {
        let found = value[from..]
            .windows(NAME.len())
            .position(|window| window.eq_ignore_ascii_case(NAME))?;
        from += found + NAME.len();
        if let Some(rest) = value[from..].trim_ascii_start().strip_prefix(b"=") {
            let rest = rest.trim_ascii_start();
            return match *rest.first()? {
                quote @ (b'"' | b'\'') => Some(&rest[1..=memchr(quote, &rest[1..])?]),
                _ => rest
                    .split(|byte| byte.is_ascii_whitespace() || *byte == b';')
                    .next(),
            };
        }
    }
}

/// The attributes of a tag as name and value, from after its name to its `>`.
struct Attributes<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Attributes<'b> {
    fn skip(&mut self, skipped: impl Fn(u8) -> bool) {
        while self.bytes.get(self.at).is_some_and(|byte| skipped(*byte)) {
            self.at += 1;
        }
    }

    fn until(&mut self, ends: impl Fn(u8) -> bool) -> &'b [u8] {
        let from = self.at;
        self.skip(|byte| !ends(byte));
        &self.bytes[from..self.at]
    }
}

impl<'b> Iterator for Attributes<'b> {
    type Item = (&'b [u8], &'b [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        self.skip(|byte| byte.is_ascii_whitespace() || byte == b'/');
        if *self.bytes.get(self.at)? == b'>' {
            return None;
        }
        let start = self.at;
        // A `=` that starts a name is part of it.
        self.at += 1;
        self.until(|byte| byte.is_ascii_whitespace() || b"=/>".contains(&byte));
        let name = &self.bytes[start..self.at];
        self.skip(|byte| byte.is_ascii_whitespace());
        if self.bytes.get(self.at) != Some(&b'=') {
            return Some((name, b""));
        }
        self.at += 1;
        self.skip(|byte| byte.is_ascii_whitespace());
        let value = match *self.bytes.get(self.at)? {
            quote @ (b'"' | b'\'') => {
                self.at += 1;
                let value = self.until(|byte| byte == quote);
                self.bytes.get(self.at)?;
                self.at += 1;
                value
            }
            _ => self.until(|byte| byte.is_ascii_whitespace() || byte == b'>'),
        };
        Some((name, value))
    }
}
