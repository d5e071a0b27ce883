//! The XPath data model over the tree.

use std::cmp::Ordering;

use html5ever::Attribute;
use xpath_eval::{ExpandedName, Node, NodeKind};

use crate::tree::{Data, NodeRef};

/// A node of the tree, or an attribute of one. Names have no namespaces, as lxml has it for
/// HTML: `//svg` finds the element whatever its namespace.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct XNode<'a> {
    node: NodeRef<'a>,
    /// The attribute's index among those of `node`.
    attribute: Option<u32>,
}

impl<'a> XNode<'a> {
    pub(super) fn of(node: NodeRef<'a>) -> Self {
        Self {
            node,
            attribute: None,
        }
    }

    pub(super) fn tree(self) -> NodeRef<'a> {
        self.node
    }

    /// The attribute, if this is one.
    pub(super) fn attribute(self) -> Option<&'a Attribute> {
        self.node.tag()?.attrs.get(self.attribute? as usize)
    }

    /// The value of an attribute of this element.
    pub(super) fn value_of(self, name: &str) -> Option<&'a str> {
        if self.attribute.is_some() {
            return None;
        }
        self.node.tag()?.attribute(name)
    }

    /// The string value where it is stored in one piece.
    fn stored(self) -> Option<&'a str> {
        if let Some(attribute) = self.attribute() {
            return Some(&attribute.value);
        }
        match self.node.data() {
            Data::Text(text) | Data::Comment(text) => Some(text),
            Data::Element(_) => {
                let mut children = self.node.children();
                match (children.next().map(NodeRef::data), children.next()) {
                    (None, _) => Some(""),
                    (Some(Data::Text(text)), None) => Some(text),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

impl<'a> Node<'a> for XNode<'a> {
    fn kind(self) -> NodeKind {
        if self.attribute.is_some() {
            return NodeKind::Attribute;
        }
        match self.node.data() {
            Data::Element(_) => NodeKind::Element,
            Data::Text(_) => NodeKind::Text,
            Data::Comment(_) => NodeKind::Comment,
            Data::Document | Data::Doctype(_) => NodeKind::Root,
        }
    }

    fn parent(self) -> Option<Self> {
        match self.attribute {
            Some(_) => Some(Self::of(self.node)),
            None => self.node.parent().map(Self::of),
        }
    }

    fn children(self) -> impl Iterator<Item = Self> + 'a {
        let children = self.attribute.is_none().then(|| self.node.children());
        children
            .into_iter()
            .flatten()
            .filter(|child| !matches!(child.data(), Data::Doctype(_)))
            .map(Self::of)
    }

    fn attributes(self) -> impl Iterator<Item = Self> + 'a {
        let count = self.node.tag().map_or(0, |tag| tag.attrs.len());
        let count = if self.attribute.is_some() { 0 } else { count };
        (0..count).map(move |index| Self {
            node: self.node,
            attribute: u32::try_from(index).ok(),
        })
    }

    fn namespaces(self) -> impl Iterator<Item = Self> + 'a {
        std::iter::empty()
    }

    fn expanded_name(self) -> Option<ExpandedName> {
        let local_name = if let Some(Attribute { name, .. }) = self.attribute() {
            match &name.prefix {
                Some(prefix) => format!("{prefix}:{}", name.local),
                None => name.local.to_string(),
            }
        } else {
            self.node.tag()?.name.local.to_string()
        };
        Some(ExpandedName {
            namespace_uri: None,
            local_name,
        })
    }

    fn string_value(self) -> String {
        if let Some(text) = self.stored() {
            return text.to_owned();
        }
        let mut text = String::new();
        self.node.push_text(&mut text);
        text
    }

    fn document_order(self, other: Self) -> Ordering {
        // The tree is stored in document order.
        let key = |node: Self| (node.node.id(), node.attribute);
        key(self).cmp(&key(other))
    }

    fn has_expanded_name(self, namespace_uri: Option<&str>, local_name: &str) -> bool {
        if namespace_uri.is_some() {
            return false;
        }
        match (self.attribute(), self.node.tag()) {
            (Some(Attribute { name, .. }), _) => {
                name.prefix.is_none() && *name.local == *local_name
            }
            (None, Some(tag)) => *tag.name.local == *local_name,
            (None, None) => false,
        }
    }

    fn with_string_value<R>(self, f: impl FnOnce(&str) -> R) -> R {
        match self.stored() {
            Some(text) => f(text),
            None => f(&self.string_value()),
        }
    }

    fn is_id_attribute(self) -> bool {
        self.has_expanded_name(None, "id")
    }
}
