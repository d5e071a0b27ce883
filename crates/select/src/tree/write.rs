//! A tree as HTML, by the standard's
//! [serialization](https://html.spec.whatwg.org/multipage/parsing.html#serialising-html-fragments).

use html5ever::{local_name, ns};

use super::{Data, NodeRef, Tag};

impl NodeRef<'_> {
    /// Appends the node with all below it. Iterative: pages nest deep.
    pub(crate) fn push_html(self, out: &mut String) {
        let mut at = self;
        loop {
            at.push_start(out);
            if let Some(first) = at.first().filter(|_| !at.tag().is_some_and(is_void)) {
                at = first;
                continue;
            }
            loop {
                at.push_end(out);
                if at == self {
                    return;
                }
                if let Some(next) = at.next() {
                    at = next;
                    break;
                }
                let Some(parent) = at.parent() else {
                    return;
                };
                at = parent;
            }
        }
    }

    /// Appends all below the node.
    pub(crate) fn push_inner_html(self, out: &mut String) {
        for child in self.children() {
            child.push_html(out);
        }
    }

    fn push_start(self, out: &mut String) {
        match self.data() {
            Data::Element(tag) => push_tag(tag, out),
            Data::Text(text) => {
                if self.parent().and_then(NodeRef::tag).is_some_and(is_raw) {
                    out.push_str(text);
                } else {
                    push_escaped(text, false, out);
                }
            }
            Data::Comment(text) => out.extend(["<!--", text, "-->"]),
            Data::Doctype(name) => out.extend(["<!DOCTYPE ", name, ">"]),
            Data::Document => {}
        }
    }

    fn push_end(self, out: &mut String) {
        if let Some(tag) = self.tag().filter(|tag| !is_void(tag)) {
            out.extend(["</", &tag.name.local, ">"]);
        }
    }
}

fn push_tag(tag: &Tag, out: &mut String) {
    out.push('<');
    out.push_str(&tag.name.local);
    for attribute in &tag.attrs {
        let prefix = match attribute.name.ns {
            ns!(xml) => "xml:",
            ns!(xmlns) if attribute.name.local != local_name!("xmlns") => "xmlns:",
            ns!(xlink) => "xlink:",
            _ => "",
        };
        out.extend([" ", prefix, &attribute.name.local, "=\""]);
        push_escaped(&attribute.value, true, out);
        out.push('"');
    }
    out.push('>');
}

fn push_escaped(text: &str, quoted: bool, out: &mut String) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let (escape, length) = match byte {
            b'&' => ("&amp;", 1),
            b'<' => ("&lt;", 1),
            b'>' => ("&gt;", 1),
            b'"' if quoted => ("&quot;", 1),
            0xc2 if text.as_bytes()[at + 1] == 0xa0 => ("&nbsp;", 2),
            _ => continue,
        };
        out.extend([&text[from..at], escape]);
        from = at + length;
    }
    out.push_str(&text[from..]);
}

/// Elements whose text is written as it is.
fn is_raw(tag: &Tag) -> bool {
    tag.name.ns == ns!(html)
        && matches!(
            tag.name.local,
            local_name!("style")
                | local_name!("script")
                | local_name!("xmp")
                | local_name!("iframe")
                | local_name!("noembed")
                | local_name!("noframes")
                | local_name!("noscript")
                | local_name!("plaintext")
        )
}

fn is_void(tag: &Tag) -> bool {
    tag.name.ns == ns!(html)
        && matches!(
            tag.name.local,
            local_name!("area")
                | local_name!("base")
                | local_name!("basefont")
                | local_name!("bgsound")
                | local_name!("br")
                | local_name!("col")
                | local_name!("embed")
                | local_name!("frame")
                | local_name!("hr")
                | local_name!("img")
                | local_name!("input")
                | local_name!("keygen")
                | local_name!("link")
                | local_name!("meta")
                | local_name!("param")
                | local_name!("source")
                | local_name!("track")
                | local_name!("wbr")
        )
}
