//! The tree of a page: nodes in one array, linked by their places in it.
//!
//! A tree that is read is in document order: a node is stored before its descendants and they
//! before its next sibling, with nothing left over. Walks are then scans of the array, and
//! comparing two nodes is comparing two numbers. While it is built that need not hold.

use std::num::NonZeroU32;
use std::ops::{Index, IndexMut};

use html5ever::tendril::StrTendril;
use html5ever::{Attribute, LocalName, QualName};

mod order;
mod sink;
mod write;

pub(crate) use sink::Sink;

/// The place of a node, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id(NonZeroU32);

impl Id {
    /// The root of every tree.
    const DOCUMENT: Self = Self(NonZeroU32::MIN);

    fn at(index: usize) -> Self {
        let place = u32::try_from(index + 1).ok().and_then(NonZeroU32::new);
        Self(place.expect("invariant: a page makes fewer nodes than 32 bits count"))
    }

    fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

#[derive(Debug, Default)]
pub(crate) struct Stored {
    parent: Option<Id>,
    previous: Option<Id>,
    next: Option<Id>,
    first: Option<Id>,
    last: Option<Id>,
    data: Data,
}

/// What a node is.
#[derive(Debug, Default)]
pub(crate) enum Data {
    #[default]
    Document,
    /// With its name.
    Doctype(StrTendril),
    Text(StrTendril),
    Comment(StrTendril),
    Element(Tag),
}

/// What the start tag of an element says.
#[derive(Debug)]
pub(crate) struct Tag {
    pub(crate) name: QualName,
    /// Ordered by name.
    pub(crate) attrs: Vec<Attribute>,
}

impl Tag {
    /// The value of an attribute without a prefix. A plain scan: elements have few attributes,
    /// and interning the name would cost more.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attrs
            .iter()
            .find(|attribute| attribute.name.prefix.is_none() && *attribute.name.local == *name)
            .map(|attribute| &*attribute.value)
    }

    /// The value of an attribute whose name is interned.
    pub(crate) fn known_attribute(&self, name: &LocalName) -> Option<&str> {
        self.attrs
            .iter()
            .find(|attribute| attribute.name.local == *name && attribute.name.prefix.is_none())
            .map(|attribute| &*attribute.value)
    }
}

/// All nodes of a page.
#[derive(Debug)]
pub(crate) struct Tree {
    nodes: Vec<Stored>,
}

impl Tree {
    /// A document with room for some nodes.
    fn with_capacity(capacity: usize) -> Self {
        let mut nodes = Vec::with_capacity(capacity);
        nodes.push(Stored::default());
        Self { nodes }
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn document(&self) -> NodeRef<'_> {
        self.node(Id::DOCUMENT)
    }

    /// All nodes in document order.
    pub(crate) fn nodes(&self) -> Nodes<'_> {
        Nodes {
            tree: self,
            next: 0,
            end: self.nodes.len(),
        }
    }

    fn node(&self, id: Id) -> NodeRef<'_> {
        NodeRef { tree: self, id }
    }

    /// The node that follows the last descendant.
    fn beyond(&self, mut id: Id) -> Option<Id> {
        loop {
            let node = &self[id];
            if node.next.is_some() {
                return node.next;
            }
            id = node.parent?;
        }
    }
}

impl Index<Id> for Tree {
    type Output = Stored;

    fn index(&self, id: Id) -> &Stored {
        &self.nodes[id.index()]
    }
}

impl IndexMut<Id> for Tree {
    fn index_mut(&mut self, id: Id) -> &mut Stored {
        &mut self.nodes[id.index()]
    }
}

/// A node in its tree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NodeRef<'a> {
    tree: &'a Tree,
    id: Id,
}

impl PartialEq for NodeRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && std::ptr::eq(self.tree, other.tree)
    }
}

impl Eq for NodeRef<'_> {}

impl<'a> NodeRef<'a> {
    pub(crate) fn id(self) -> Id {
        self.id
    }

    pub(crate) fn data(self) -> &'a Data {
        &self.stored().data
    }

    fn stored(self) -> &'a Stored {
        &self.tree[self.id]
    }

    /// The tag, if this is an element.
    pub(crate) fn tag(self) -> Option<&'a Tag> {
        match self.data() {
            Data::Element(tag) => Some(tag),
            _ => None,
        }
    }

    /// The text, if this is a text node.
    pub(crate) fn text(self) -> Option<&'a str> {
        match self.data() {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn parent(self) -> Option<Self> {
        self.other(self.stored().parent)
    }

    pub(crate) fn previous(self) -> Option<Self> {
        self.other(self.stored().previous)
    }

    pub(crate) fn next(self) -> Option<Self> {
        self.other(self.stored().next)
    }

    pub(crate) fn first(self) -> Option<Self> {
        self.other(self.stored().first)
    }

    pub(crate) fn children(self) -> impl Iterator<Item = Self> + use<'a> {
        std::iter::successors(self.first(), |child| child.next())
    }

    /// This node and all below it, in document order.
    pub(crate) fn subtree(self) -> Nodes<'a> {
        let beyond = self.tree.beyond(self.id);
        Nodes {
            tree: self.tree,
            next: self.id.index(),
            end: beyond.map_or(self.tree.len(), Id::index),
        }
    }

    /// Appends the text of all text nodes at or below this one.
    pub(crate) fn push_text(self, out: &mut String) {
        for text in self.subtree().filter_map(NodeRef::text) {
            out.push_str(text);
        }
    }

    fn other(self, id: Option<Id>) -> Option<Self> {
        let tree = self.tree;
        id.map(|id| Self { tree, id })
    }
}

/// Nodes that are stored one after the other.
#[derive(Debug, Clone)]
pub(crate) struct Nodes<'a> {
    tree: &'a Tree,
    next: usize,
    end: usize,
}

impl<'a> Iterator for Nodes<'a> {
    type Item = NodeRef<'a>;

    fn next(&mut self) -> Option<NodeRef<'a>> {
        if self.next >= self.end {
            return None;
        }
        let id = Id::at(self.next);
        self.next += 1;
        Some(self.tree.node(id))
    }
}
