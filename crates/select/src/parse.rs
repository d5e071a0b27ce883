//! Text to tree, with bounds on what a hostile page can make of it.
//!
//! The tree that comes out is in document order: a node is stored before its descendants and
//! they before its next sibling, with nothing left over. Walks of the whole document are then
//! scans of an array, and comparing two nodes is comparing two numbers.

use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};

use ego_tree::iter::Edge;
use ego_tree::{NodeId, Tree};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{EndTag, StartTag, Tag, TagToken, Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeBuilder, TreeSink};
use html5ever::{Attribute, LocalName, QualName, expanded_name, local_name, ns};
use scraper::{Html, HtmlTreeSink, Node};

use crate::tokenizer;

/// Elements nest this deep, as in browsers; a start tag below that is left out, its content
/// stays. The parser takes quadratic time in the depth.
const DEPTH: usize = 512;

/// How many times more elements than tags a page may have before the rest of it is ignored.
/// Misnested formatting elements are cloned into every paragraph that follows.
const GROWTH: usize = 64;

/// What a text parses to.
pub(crate) struct Parsed {
    pub(crate) html: Html,
    /// Whether some element is a `<base>`.
    pub(crate) has_base: bool,
}

pub(crate) fn parse(text: &str) -> Parsed {
    let sink = Sink {
        inner: HtmlTreeSink::new(Html::new_document()),
        last: Cell::new(None),
        created: Cell::new(0),
        has_base: Cell::new(false),
    };
    let guard = Guard {
        builder: TreeBuilder::new(sink, Default::default()),
        tags: Cell::new(0),
        open: Cell::new(0),
        closed: Cell::new(0),
        dropped: RefCell::new(Vec::new()),
    };
    let sink = tokenizer::tokenize(text, guard).builder.sink;
    let has_base = sink.has_base.get();
    let mut html = sink.inner.finish();
    if !in_document_order(&html.tree) {
        html.tree = reordered(&html.tree);
    }
    Parsed { html, has_base }
}

fn in_document_order(tree: &Tree<Node>) -> bool {
    let mut stored = tree.nodes();
    let matching = tree
        .root()
        .descendants()
        .all(|node| stored.next().is_some_and(|other| other.id() == node.id()));
    matching && stored.next().is_none()
}

fn reordered(tree: &Tree<Node>) -> Tree<Node> {
    let root = tree.root();
    let mut out = Tree::with_capacity(root.value().clone(), tree.values().len());
    let mut parents = vec![out.root().id()];
    for edge in root.traverse().skip(1) {
        match edge {
            Edge::Open(node) => {
                let parent = *parents.last().expect("invariant: the root is closed last");
                let id = out
                    .get_mut(parent)
                    .expect("invariant: ids come from this tree")
                    .append(node.value().clone())
                    .id();
                parents.push(id);
            }
            Edge::Close(_) => {
                parents.pop();
            }
        }
    }
    out
}

/// Stands between tokenizer and tree builder and leaves out tags that nest too deep.
struct Guard {
    builder: TreeBuilder<NodeId, Sink>,
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
        let sink = &self.builder.sink;
        let html = sink.inner.0.borrow();
        let Some(node) = sink.last.get().and_then(|id| html.tree.get(id)) else {
            return 0;
        };
        node.ancestors().count().saturating_sub(self.closed.get())
    }
}

/// Void elements and those whose content is text.
fn never_nests(name: &LocalName) -> bool {
    matches!(
        &**name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
            | "script"
            | "style"
            | "textarea"
            | "title"
            | "xmp"
            | "iframe"
            | "noembed"
            | "noframes"
            | "plaintext"
    )
}

impl TokenSink for Guard {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line_number: u64) -> TokenSinkResult<NodeId> {
        if let TagToken(tag) = &token
            && !self.admits(tag)
        {
            return TokenSinkResult::Continue;
        }
        let created = self.builder.sink.created.get();
        if created > 100_000 && created / GROWTH > self.tags.get() && token != Token::EOFToken {
            return TokenSinkResult::Continue;
        }
        let before = self.builder.sink.last.get();
        let result = self.builder.process_token(token, line_number);
        if self.builder.sink.last.get() != before {
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

/// scraper's sink, which also notes what the guard and the document ask for. Parse errors are
/// dropped, and the content of a `<template>` is its children, as in libxml2.
struct Sink {
    inner: HtmlTreeSink,
    /// The element last put into the tree.
    last: Cell<Option<NodeId>>,
    created: Cell<usize>,
    has_base: Cell<bool>,
}

impl Sink {
    fn note(&self, child: &NodeOrText<NodeId>) {
        if let NodeOrText::AppendNode(id) = child {
            self.last.set(Some(*id));
        }
    }
}

impl TreeSink for Sink {
    type Output = Html;
    type Handle = NodeId;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Html {
        self.inner.finish()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        self.inner.get_document()
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        self.inner.elem_name(target)
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, flags: ElementFlags) -> NodeId {
        self.created.set(self.created.get() + 1);
        let template = name.expanded() == expanded_name!(html "template");
        if name.local == local_name!("base") {
            self.has_base.set(true);
        }
        let id = self.inner.create_element(name, attrs, flags);
        if template {
            let content = self.inner.get_template_contents(&id);
            self.inner.remove_from_parent(&content);
        }
        id
    }

    fn create_comment(&self, text: StrTendril) -> NodeId {
        self.inner.create_comment(text)
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> NodeId {
        self.inner.create_pi(target, data)
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.note(&child);
        self.inner.append(parent, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &NodeId,
        previous: &NodeId,
        child: NodeOrText<NodeId>,
    ) {
        self.note(&child);
        self.inner
            .append_based_on_parent_node(element, previous, child);
    }

    fn append_doctype_to_document(&self, name: StrTendril, public: StrTendril, system: StrTendril) {
        self.inner.append_doctype_to_document(name, public, system);
    }

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        *target
    }

    fn same_node(&self, one: &NodeId, other: &NodeId) -> bool {
        one == other
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.inner.set_quirks_mode(mode);
    }

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        self.note(&child);
        self.inner.append_before_sibling(sibling, child);
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attrs: Vec<Attribute>) {
        self.inner.add_attrs_if_missing(target, attrs);
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.inner.remove_from_parent(target);
    }

    fn reparent_children(&self, node: &NodeId, parent: &NodeId) {
        self.inner.reparent_children(node, parent);
    }
}
