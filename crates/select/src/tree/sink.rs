//! What the tree builder of html5ever makes trees with.

use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};

use html5ever::tendril::StrTendril;
use html5ever::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::{Attribute, QualName, local_name};

use super::{Data, Id, Stored, Tag, Tree};

/// A tree that is being built, with what the guard and the document ask for. Parse errors are
/// dropped, and the content of a `<template>` is its children, as in libxml2.
pub(crate) struct Sink {
    tree: RefCell<Tree>,
    /// The node last put into the tree that is no text.
    last: Cell<Option<Id>>,
    created: Cell<usize>,
    has_base: Cell<bool>,
}

impl Sink {
    /// An empty document, with room for as many nodes as a page of this length usually has.
    pub(crate) fn for_page(length: usize) -> Self {
        Self {
            tree: RefCell::new(Tree::with_capacity((length / 24).clamp(8, 4096))),
            last: Cell::new(None),
            created: Cell::new(0),
            has_base: Cell::new(false),
        }
    }

    pub(crate) fn last(&self) -> Option<Id> {
        self.last.get()
    }

    /// Elements made so far.
    pub(crate) fn created(&self) -> usize {
        self.created.get()
    }

    /// Whether some element is a `<base>`.
    pub(crate) fn has_base(&self) -> bool {
        self.has_base.get()
    }

    /// How many nodes are above the last one.
    pub(crate) fn depth(&self) -> usize {
        let tree = self.tree.borrow();
        let last = self.last.get();
        std::iter::successors(last, |id| tree[*id].parent)
            .count()
            .saturating_sub(1)
    }
}

impl Tree {
    fn create(&mut self, data: Data) -> Id {
        let id = Id::at(self.nodes.len());
        self.nodes.push(Stored {
            data,
            ..Stored::default()
        });
        id
    }

    fn append(&mut self, parent: Id, child: NodeOrText<Id>) {
        let last = self[parent].last;
        if let Some(child) = self.placed(child, last) {
            let last = self[parent].last;
            self.link(child, Some(parent), last, None);
        }
    }

    fn insert_before(&mut self, sibling: Id, child: NodeOrText<Id>) {
        let previous = self[sibling].previous;
        if let Some(child) = self.placed(child, previous) {
            let Stored {
                parent, previous, ..
            } = self[sibling];
            self.link(child, parent, previous, Some(sibling));
        }
    }

    /// The node to be linked; none if its text became part of the text before.
    fn placed(&mut self, child: NodeOrText<Id>, previous: Option<Id>) -> Option<Id> {
        match child {
            NodeOrText::AppendNode(id) => {
                self.detach(id);
                Some(id)
            }
            NodeOrText::AppendText(text) => {
                if let Some(previous) = previous
                    && let Data::Text(before) = &mut self[previous].data
                {
                    before.push_tendril(&text);
                    return None;
                }
                Some(self.create(Data::Text(text)))
            }
        }
    }

    fn link(&mut self, id: Id, parent: Option<Id>, previous: Option<Id>, next: Option<Id>) {
        let node = &mut self[id];
        (node.parent, node.previous, node.next) = (parent, previous, next);
        match (previous, parent) {
            (Some(previous), _) => self[previous].next = Some(id),
            (None, Some(parent)) => self[parent].first = Some(id),
            (None, None) => {}
        }
        match (next, parent) {
            (Some(next), _) => self[next].previous = Some(id),
            (None, Some(parent)) => self[parent].last = Some(id),
            (None, None) => {}
        }
    }

    fn detach(&mut self, id: Id) {
        let node = &mut self[id];
        let (parent, previous, next) = (node.parent.take(), node.previous.take(), node.next.take());
        match (previous, parent) {
            (Some(previous), _) => self[previous].next = next,
            (None, Some(parent)) => self[parent].first = next,
            (None, None) => {}
        }
        match (next, parent) {
            (Some(next), _) => self[next].previous = previous,
            (None, Some(parent)) => self[parent].last = previous,
            (None, None) => {}
        }
    }

    fn tag_mut(&mut self, id: Id) -> Option<&mut Tag> {
        match &mut self[id].data {
            Data::Element(tag) => Some(tag),
            _ => None,
        }
    }
}

fn sort(attrs: &mut [Attribute]) {
    if attrs.len() > 1 {
        attrs.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    }
}

impl TreeSink for Sink {
    type Output = Tree;
    type Handle = Id;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Tree {
        self.tree.into_inner().ordered()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Id {
        Id::DOCUMENT
    }

    fn elem_name<'a>(&'a self, target: &'a Id) -> Ref<'a, QualName> {
        Ref::map(self.tree.borrow(), |tree| match &tree[*target].data {
            Data::Element(tag) => &tag.name,
            _ => unreachable!("the tree builder asks for names of elements alone"),
        })
    }

    fn create_element(&self, name: QualName, mut attrs: Vec<Attribute>, _: ElementFlags) -> Id {
        self.created.set(self.created.get() + 1);
        if name.local == local_name!("base") {
            self.has_base.set(true);
        }
        sort(&mut attrs);
        let tag = Tag { name, attrs };
        self.tree.borrow_mut().create(Data::Element(tag))
    }

    fn create_comment(&self, text: StrTendril) -> Id {
        self.tree.borrow_mut().create(Data::Comment(text))
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> Id {
        // HTML has none: its tokenizer makes comments of them.
        self.create_comment(StrTendril::format(format_args!("?{target} {data}")))
    }

    fn append(&self, parent: &Id, child: NodeOrText<Id>) {
        if let NodeOrText::AppendNode(id) = child {
            self.last.set(Some(id));
        }
        self.tree.borrow_mut().append(*parent, child);
    }

    fn append_based_on_parent_node(&self, element: &Id, previous: &Id, child: NodeOrText<Id>) {
        if self.tree.borrow()[*element].parent.is_some() {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn append_doctype_to_document(&self, name: StrTendril, _: StrTendril, _: StrTendril) {
        let mut tree = self.tree.borrow_mut();
        let doctype = tree.create(Data::Doctype(name));
        tree.append(Id::DOCUMENT, NodeOrText::AppendNode(doctype));
    }

    fn get_template_contents(&self, target: &Id) -> Id {
        *target
    }

    fn same_node(&self, one: &Id, other: &Id) -> bool {
        one == other
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Id, child: NodeOrText<Id>) {
        if let NodeOrText::AppendNode(id) = child {
            self.last.set(Some(id));
        }
        self.tree.borrow_mut().insert_before(*sibling, child);
    }

    fn add_attrs_if_missing(&self, target: &Id, attrs: Vec<Attribute>) {
        if let Some(tag) = self.tree.borrow_mut().tag_mut(*target) {
            for attribute in attrs {
                if !tag.attrs.iter().any(|known| known.name == attribute.name) {
                    tag.attrs.push(attribute);
                }
            }
            sort(&mut tag.attrs);
        }
    }

    fn remove_from_parent(&self, target: &Id) {
        self.tree.borrow_mut().detach(*target);
    }

    fn reparent_children(&self, node: &Id, parent: &Id) {
        let mut tree = self.tree.borrow_mut();
        while let Some(child) = tree[*node].first {
            tree.append(*parent, NodeOrText::AppendNode(child));
        }
    }
}
