//! The XPath data model over the tree.

use std::cmp::Ordering;

use ego_tree::NodeRef;
use html5ever::QualName;
use scraper::Node as TreeNode;
use xpath_eval::{ExpandedName, Node, NodeKind};

use crate::node::push_text;

/// A node of the tree, or an attribute of one. Names have no namespaces, as lxml has it for
/// HTML: `//svg` finds the element whatever its namespace.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct XNode<'a> {
    node: NodeRef<'a, TreeNode>,
    /// The attribute's index among those of `node`.
    attribute: Option<u32>,
}

impl<'a> XNode<'a> {
    pub(super) fn of(node: NodeRef<'a, TreeNode>) -> Self {
        Self {
            node,
            attribute: None,
        }
    }

    pub(super) fn tree(self) -> NodeRef<'a, TreeNode> {
        self.node
    }

    /// Name and value, if this is an attribute.
    pub(super) fn attribute(self) -> Option<(&'a QualName, &'a str)> {
        let element = self.node.value().as_element()?;
        let (name, value) = element.attrs.get(self.attribute? as usize)?;
        Some((name, value))
    }

    /// The value of an attribute of this element.
    pub(super) fn value_of(self, name: &str) -> Option<&'a str> {
        if self.attribute.is_some() {
            return None;
        }
        crate::element::attribute(self.node.value().as_element()?, name)
    }

    /// The string value where it is stored in one piece.
    fn stored(self) -> Option<&'a str> {
        if let Some((_, value)) = self.attribute() {
            return Some(value);
        }
        match self.node.value() {
            TreeNode::Text(text) => Some(text),
            TreeNode::Comment(text) => Some(text),
            TreeNode::ProcessingInstruction(instruction) => Some(instruction),
            TreeNode::Element(_) => {
                let mut children = self.node.children();
                match (children.next().map(|child| child.value()), children.next()) {
                    (None, _) => Some(""),
                    (Some(TreeNode::Text(text)), None) => Some(text),
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
        match self.node.value() {
            TreeNode::Element(_) => NodeKind::Element,
            TreeNode::Text(_) => NodeKind::Text,
            TreeNode::Comment(_) => NodeKind::Comment,
            TreeNode::ProcessingInstruction(_) => NodeKind::ProcessingInstruction,
            TreeNode::Document | TreeNode::Fragment | TreeNode::Doctype(_) => NodeKind::Root,
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
            .filter(|child| !child.value().is_doctype())
            .map(Self::of)
    }

    fn attributes(self) -> impl Iterator<Item = Self> + 'a {
        let element = self.node.value().as_element();
        let count = element.map_or(0, |element| element.attrs.len());
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
        let local_name = if let Some((name, _)) = self.attribute() {
            match &name.prefix {
                Some(prefix) => format!("{prefix}:{}", name.local),
                None => name.local.to_string(),
            }
        } else {
            match self.node.value() {
                TreeNode::Element(element) => element.name().to_owned(),
                TreeNode::ProcessingInstruction(instruction) => instruction.target.to_string(),
                _ => return None,
            }
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
        push_text(self.node, &mut text);
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
        match (self.attribute(), self.node.value()) {
            (Some((name, _)), _) => name.prefix.is_none() && &*name.local == local_name,
            (None, TreeNode::Element(element)) => element.name() == local_name,
            _ => false,
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
