//! What starts with `<!`: comments, document types and CDATA sections.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{CommentToken, Doctype, DoctypeToken, TokenSink};
use memchr::memmem;

use super::{Nulls, Tokenizer, is_space};

impl<S: TokenSink> Tokenizer<'_, S> {
    pub(super) fn declaration(&mut self) {
        let rest = &self.text.as_bytes()[self.at + 2..];
        let keyword = rest.get(..7).unwrap_or_default();
        if rest.starts_with(b"--") {
            self.comment(self.at + 4);
        } else if keyword.eq_ignore_ascii_case(b"doctype") {
            self.doctype(self.at + 9);
        } else if keyword == b"[CDATA["
            && self
                .sink
                .adjusted_current_node_present_but_not_in_html_namespace()
        {
            self.cdata(self.at + 9);
        } else {
            self.bogus_comment(self.at + 2);
        }
    }

    fn comment(&mut self, from: usize) {
        let bytes = &self.text.as_bytes()[from..];
        let (length, closing) = if bytes.starts_with(b">") {
            (0, 1)
        } else if bytes.starts_with(b"->") {
            (0, 2)
        } else {
            closed(bytes).unwrap_or_else(|| unclosed(bytes))
        };
        self.at = from + length + closing;
        let text = self.clean(from, from + length);
        self.emit(CommentToken(text));
    }

    fn cdata(&mut self, from: usize) {
        let bytes = &self.text.as_bytes()[from..];
        let end = memmem::find(bytes, b"]]>").map_or(self.text.len(), |hop| from + hop);
        self.at = self.text.len().min(end + 3);
        let text = self.slice(from, end);
        self.characters(text, Nulls::Tokens);
    }

    fn doctype(&mut self, from: usize) {
        self.at = from;
        let mut doctype = Doctype::default();
        if self.doctype_parts(&mut doctype).is_none() {
            doctype.force_quirks = true;
        }
        self.at = self.find(b'>', self.at) + 1;
        self.emit(DoctypeToken(doctype));
    }

    /// Reads up to what is wrong, or up to the `>`.
    fn doctype_parts(&mut self, doctype: &mut Doctype) -> Option<()> {
        if self.past_spaces()? == b'>' {
            return None;
        }
        let from = self.at;
        let ends = |byte: u8| is_space(byte) || byte == b'>';
        let length = self.text.as_bytes()[from..]
            .iter()
            .position(|byte| ends(*byte));
        self.at = length.map_or(self.text.len(), |length| from + length);
        let mut name = self.clean(from, self.at);
        name.make_ascii_lowercase();
        doctype.name = Some(name);
        if self.past_spaces()? == b'>' {
            return Some(());
        }
        let keyword = self.text.as_bytes().get(self.at..self.at + 6)?;
        let public = keyword.eq_ignore_ascii_case(b"public");
        if !public && !keyword.eq_ignore_ascii_case(b"system") {
            return None;
        }
        self.at += 6;
        self.past_spaces()?;
        if public {
            self.quoted(&mut doctype.public_id)?;
            if self.past_spaces()? == b'>' {
                return Some(());
            }
        }
        self.quoted(&mut doctype.system_id)?;
        self.past_spaces()?;
        // Anything that follows is left out, and does no harm.
        Some(())
    }

    fn quoted(&mut self, id: &mut Option<StrTendril>) -> Option<()> {
        let quote = self.peek().filter(|byte| matches!(byte, b'"' | b'\''))?;
        let from = self.at + 1;
        let length = self.text.as_bytes()[from..]
            .iter()
            .position(|byte| *byte == quote || *byte == b'>');
        let end = length.map_or(self.text.len(), |length| from + length);
        *id = Some(self.clean(from, end));
        self.at = end;
        if self.peek()? != quote {
            return None;
        }
        self.at += 1;
        Some(())
    }

    /// The next byte that is no space.
    fn past_spaces(&mut self) -> Option<u8> {
        while is_space(self.peek()?) {
            self.at += 1;
        }
        self.peek()
    }
}

/// How long a comment is, and what ends it.
fn closed(text: &[u8]) -> Option<(usize, usize)> {
    let mut at = 0;
    loop {
        at += memmem::find(&text[at..], b"--")?;
        let rest = &text[at + 2..];
        if rest.starts_with(b">") {
            return Some((at, 3));
        }
        if rest.starts_with(b"!>") {
            return Some((at, 4));
        }
        at += 1;
    }
}

/// How much of a comment counts that the page ends in, and what is left out of its end.
fn unclosed(text: &[u8]) -> (usize, usize) {
    let dropped = [&b"--!"[..], b"--", b"-"]
        .into_iter()
        .find(|end| text.ends_with(end))
        .map_or(0, <[u8]>::len);
    (text.len() - dropped, dropped)
}
