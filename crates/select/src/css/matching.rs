//! Whether an element matches a selector.

use std::ops::ControlFlow;

use html5ever::{LocalName, Namespace, local_name, ns};
use selectors::attr::{AttrSelectorOperation, CaseSensitivity, NamespaceConstraint};
use selectors::bloom::BloomFilter;
use selectors::context::{
    MatchingContext, MatchingForInvalidation, MatchingMode, NeedsSelectorFlags, QuirksMode,
    SelectorCaches,
};
use selectors::matching::{ElementSelectorFlags, matches_selector};
use selectors::parser::{Component, Selector, SelectorList};
use selectors::{Element as _, OpaqueElement};

use super::grammar::{Grammar, Name, Never, Value};
use crate::Element;
use crate::tree::{Data, NodeRef, Tag};

/// A group of selectors, with what rules most elements out before they are matched.
pub(super) struct Matcher {
    selectors: SelectorList<Grammar>,
    /// One for each selector; none if one of them rules nothing out.
    keys: Option<Vec<Key>>,
}

/// What the last compound of a selector asks of an element at least.
#[derive(Default)]
struct Key {
    /// In lower case, and as it is written.
    name: Option<(LocalName, LocalName)>,
    id: Option<LocalName>,
    class: Option<LocalName>,
}

impl Matcher {
    pub(super) fn new(selectors: SelectorList<Grammar>) -> Self {
        let keys = selectors.slice().iter().map(Key::of).collect();
        Self { selectors, keys }
    }

    /// The elements among `nodes` that match, in their order, until `found` has enough. `scope` is
    /// what `:scope` means, if not the `html` element.
    pub(super) fn each<'a>(
        &self,
        nodes: impl Iterator<Item = NodeRef<'a>>,
        scope: Option<Element<'a>>,
        mut found: impl FnMut(Element<'a>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut caches = SelectorCaches::default();
        let mut context = MatchingContext::new(
            MatchingMode::Normal,
            None,
            &mut caches,
            QuirksMode::NoQuirks,
            NeedsSelectorFlags::No,
            MatchingForInvalidation::No,
        );
        context.scope_element = scope.map(|scope| Subject(scope).opaque());
        for element in nodes.filter_map(Element::wrap) {
            let possible = self
                .keys
                .as_ref()
                .is_none_or(|keys| keys.iter().any(|key| key.admits(element.tag())));
            if possible && self.matches(element, &mut context) {
                found(element)?;
            }
        }
        ControlFlow::Continue(())
    }

    fn matches(&self, element: Element<'_>, context: &mut MatchingContext<'_, Grammar>) -> bool {
        let selectors = self.selectors.slice();
        selectors
            .iter()
            .any(|selector| matches_selector(selector, 0, None, &Subject(element), context))
    }
}

impl Key {
    fn of(selector: &Selector<Grammar>) -> Option<Self> {
        let mut key = Self::default();
        for component in selector.iter_raw_match_order() {
            match component {
                Component::Combinator(_) => break,
                Component::LocalName(name) => {
                    key.name = Some((name.lower_name.0.clone(), name.name.0.clone()));
                }
                Component::ID(id) => key.id = Some(id.0.clone()),
                Component::Class(class) => key.class = Some(class.0.clone()),
                _ => {}
            }
        }
        (key.name.is_some() || key.id.is_some() || key.class.is_some()).then_some(key)
    }

    fn admits(&self, tag: &Tag) -> bool {
        let local = &tag.name.local;
        self.name
            .as_ref()
            .is_none_or(|(lower, name)| lower == local || name == local)
            && self
                .id
                .as_ref()
                .is_none_or(|id| has_id(tag, id, CaseSensitivity::CaseSensitive))
            && self
                .class
                .as_ref()
                .is_none_or(|class| has_class(tag, class, CaseSensitivity::CaseSensitive))
    }
}

fn has_id(tag: &Tag, id: &str, case: CaseSensitivity) -> bool {
    tag.known_attribute(&local_name!("id"))
        .is_some_and(|value| case.eq(value.as_bytes(), id.as_bytes()))
}

fn has_class(tag: &Tag, class: &str, case: CaseSensitivity) -> bool {
    tag.known_attribute(&local_name!("class"))
        .is_some_and(|value| {
            value
                .split_ascii_whitespace()
                .any(|known| case.eq(known.as_bytes(), class.as_bytes()))
        })
}

/// An element as the matching sees it.
#[derive(Debug, Clone, Copy)]
struct Subject<'a>(Element<'a>);

impl<'a> Subject<'a> {
    fn first_of(mut nodes: impl Iterator<Item = NodeRef<'a>>) -> Option<Self> {
        nodes.find_map(Element::wrap).map(Self)
    }

    fn node(self) -> NodeRef<'a> {
        self.0.node
    }
}

impl selectors::Element for Subject<'_> {
    type Impl = Grammar;

    fn opaque(&self) -> OpaqueElement {
        OpaqueElement::new(self.0.tag())
    }

    fn parent_element(&self) -> Option<Self> {
        self.node().parent().and_then(Element::wrap).map(Self)
    }

    fn prev_sibling_element(&self) -> Option<Self> {
        let previous = self.node().previous();
        Self::first_of(std::iter::successors(previous, |node| node.previous()))
    }

    fn next_sibling_element(&self) -> Option<Self> {
        let next = self.node().next();
        Self::first_of(std::iter::successors(next, |node| node.next()))
    }

    fn first_element_child(&self) -> Option<Self> {
        Self::first_of(self.node().children())
    }

    fn is_html_element_in_html_document(&self) -> bool {
        self.0.tag().name.ns == ns!(html)
    }

    fn has_local_name(&self, name: &Name) -> bool {
        self.0.tag().name.local == name.0
    }

    fn has_namespace(&self, namespace: &Namespace) -> bool {
        self.0.tag().name.ns == *namespace
    }

    fn is_same_type(&self, other: &Self) -> bool {
        self.0.tag().name == other.0.tag().name
    }

    fn attr_matches(
        &self,
        namespace: &NamespaceConstraint<&Namespace>,
        name: &Name,
        operation: &AttrSelectorOperation<&Value>,
    ) -> bool {
        self.0.tag().attrs.iter().any(|attribute| {
            let elsewhere = matches!(
                namespace,
                NamespaceConstraint::Specific(wanted) if **wanted != attribute.name.ns
            );
            !elsewhere && attribute.name.local == name.0 && operation.eval_str(&attribute.value)
        })
    }

    fn has_id(&self, id: &Name, case: CaseSensitivity) -> bool {
        has_id(self.0.tag(), &id.0, case)
    }

    fn has_class(&self, class: &Name, case: CaseSensitivity) -> bool {
        has_class(self.0.tag(), &class.0, case)
    }

    fn is_empty(&self) -> bool {
        !self
            .node()
            .children()
            .any(|child| matches!(child.data(), Data::Element(_) | Data::Text(_)))
    }

    fn is_root(&self) -> bool {
        let parent = self.node().parent();
        parent.is_some_and(|parent| matches!(parent.data(), Data::Document))
    }

    fn is_link(&self) -> bool {
        self.0.tag().name.local == local_name!("link")
    }

    fn match_non_ts_pseudo_class(
        &self,
        class: &Never,
        _: &mut MatchingContext<'_, Grammar>,
    ) -> bool {
        match *class {}
    }

    fn match_pseudo_element(&self, element: &Never, _: &mut MatchingContext<'_, Grammar>) -> bool {
        match *element {}
    }

    // No page has shadow trees, parts or states while it is only read.

    fn parent_node_is_shadow_root(&self) -> bool {
        false
    }

    fn containing_shadow_host(&self) -> Option<Self> {
        None
    }

    fn is_pseudo_element(&self) -> bool {
        false
    }

    fn is_html_slot_element(&self) -> bool {
        false
    }

    fn is_part(&self, _: &Name) -> bool {
        false
    }

    fn imported_part(&self, _: &Name) -> Option<Name> {
        None
    }

    fn has_custom_state(&self, _: &Name) -> bool {
        false
    }

    fn apply_selector_flags(&self, _: ElementSelectorFlags) {}

    fn add_element_unique_hashes(&self, _: &mut BloomFilter) -> bool {
        false
    }
}
