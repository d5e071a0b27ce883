//! Text to tree, with bounds on what a hostile page can make of it.
//!

use std::cell::{Cell, RefCell};

use html5ever::tokenizer::{EndTag, StartTag, Tag, TagToken, Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::{TreeBuilder, TreeSink};
use html5ever::{LocalName, local_name};

use crate::tokenizer;
use crate::tree::{Id, Sink, Tree};

#[cfg(test)]
mod tests;

/// Elements nest this deep, as in browsers; a start tag below that is left out, its content
/// stays. The parser takes quadratic time in the depth.
const DEPTH: usize = 512;

/// How many times more elements than tags a page may have before the rest of it is ignored.
/// Misnested formatting elements are cloned into every paragraph that follows.
const GROWTH: usize = 64;

/// What a text parses to.
pub(crate) struct Parsed {
    pub(crate) tree: Tree,
    /// Whether some element is a `<base>`.
    pub(crate) has_base: bool,
}

pub(crate) fn parse(text: &str) -> Parsed {
    let guard = Guard {
        builder: TreeBuilder::new(Sink::for_page(text.len()), Default::default()),
        tags: Cell::new(0),
        open: Cell::new(0),
        closed: Cell::new(0),
        dropped: RefCell::new(Vec::new()),
    };
    let sink = tokenizer::tokenize(text, guard).builder.sink;
    Parsed {
        has_base: sink.has_base(),
        tree: sink.finish(),
    }
}

/// Stands between tokenizer and tree builder and leaves out tags that nest too deep.
struct Guard {
    builder: TreeBuilder<Id, Sink>,
    /// Start tags seen.
    tags: Cell<usize>,
    /// Start tags less end tags: at least the depth, unless end tags are stray.
    open: Cell<usize>,
    /// End tags since an element was last put into the tree.
    closed: Cell<usize>,
    /// Names of the start tags left out whose end tags have not come yet.
    dropped: RefCell<Vec<LocalName>>,
}

impl Guard {
    /// Whether the tag takes part in building.
    fn admits(&self, tag: &Tag) -> bool {
        match tag.kind {
            StartTag => {
                self.tags.set(self.tags.get() + 1);
                if never_nests(&tag.name) {
                    return true;
                }
                self.open.set(self.open.get() + 1);
                if self.open.get() > DEPTH && self.depth() >= DEPTH {
                    self.dropped.borrow_mut().push(tag.name.clone());
                    return false;
                }
                true
            }
            EndTag => {
                self.open.set(self.open.get().saturating_sub(1));
                let mut dropped = self.dropped.borrow_mut();
                // An end tag far from its start tag would make this search quadratic.
                let near = dropped.len().saturating_sub(64);
                if let Some(at) = dropped[near..].iter().rposition(|name| *name == tag.name) {
                    dropped.truncate(near + at);
                    return false;
                }
                self.closed.set(self.closed.get() + 1);
                true
            }
        }
    }

    /// The depth of the element last put in, less the end tags since.
    fn depth(&self) -> usize {
        self.builder.sink.depth().saturating_sub(self.closed.get())
    }
}

/// Void elements and those whose content is text.
fn never_nests(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("area")
            | local_name!("base")
            | local_name!("br")
            | local_name!("col")
            | local_name!("embed")
            | local_name!("hr")
            | local_name!("img")
            | local_name!("input")
            | local_name!("link")
            | local_name!("meta")
            | local_name!("param")
            | local_name!("source")
            | local_name!("track")
            | local_name!("wbr")
            | local_name!("script")
            | local_name!("style")
            | local_name!("textarea")
            | local_name!("title")
            | local_name!("xmp")
            | local_name!("iframe")
            | local_name!("noembed")
            | local_name!("noframes")
            | local_name!("plaintext")
    )
}

impl TokenSink for Guard {
    type Handle = Id;

    fn process_token(&self, token: Token, line_number: u64) -> TokenSinkResult<Id> {
        if let TagToken(tag) = &token
            && !self.admits(tag)
        {
            return TokenSinkResult::Continue;
        }
        let created = self.builder.sink.created();
        if created > 100_000 && created / GROWTH > self.tags.get() && token != Token::EOFToken {
            return TokenSinkResult::Continue;
        }
        let before = self.builder.sink.last();
        let result = self.builder.process_token(token, line_number);
        if self.builder.sink.last() != before {
            self.closed.set(0);
        }
        result
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}
