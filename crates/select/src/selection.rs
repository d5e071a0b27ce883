//! What a selector matched.

use std::cell::OnceCell;
use std::{fmt, slice, vec};

use crate::css::Search;
use crate::{Element, Node, SelectError, pattern, xpath};

/// The matches of a selector, in document order: what parsel calls a `SelectorList`.
///
/// Iterating gives [`Node`]s, on which `css`, `xpath`, `attr`, `text`, `get` and `re` work
/// directly. [`Selection::elements`] gives only the elements, as [`Element`]s.
///
/// ```
/// use huntsman_select::Document;
///
/// let page = Document::html(r#"
///     <div class="quote"><span class="text">Simplicity.</span><a href="/tag/1">1</a></div>
///     <div class="quote"><span class="text">Clarity.</span><a href="/tag/2">2</a></div>"#);
/// for quote in page.css("div.quote")? {
///     assert!(quote.css("span.text::text")?.get().is_some());
/// }
/// assert_eq!(page.css("a::attr(href)")?.getall(), ["/tag/1", "/tag/2"]);
/// assert_eq!(page.css("a")?.xpath("@href")?.re_first(r"\d+")?.as_deref(), Some("1"));
/// # Ok::<(), huntsman_select::SelectError>(())
/// ```
///
/// A CSS selector is matched when its matches are asked for, and no further than the first where
/// that is what is asked for.
#[derive(Clone, Default)]
pub struct Selection<'a> {
    nodes: OnceCell<Vec<Node<'a>>>,
    first: OnceCell<Option<Node<'a>>>,
    /// What gives the nodes; none if they are there from the start.
    search: Option<Search<'a>>,
}

impl<'a> Selection<'a> {
    pub(crate) fn of(nodes: Vec<Node<'a>>) -> Self {
        Self {
            nodes: OnceCell::from(nodes),
            ..Self::default()
        }
    }

    pub(crate) fn later(search: Search<'a>) -> Self {
        Self {
            search: Some(search),
            ..Self::default()
        }
    }

    fn nodes(&self) -> &[Node<'a>] {
        self.nodes.get_or_init(|| self.searched())
    }

    fn searched(&self) -> Vec<Node<'a>> {
        let mut nodes = Vec::new();
        if let Some(search) = &self.search {
            search.all(&mut nodes);
        }
        nodes
    }

    fn first_node(&self) -> Option<&Node<'a>> {
        match (self.nodes.get(), &self.search) {
            (Some(nodes), _) => nodes.first(),
            (None, Some(search)) => self.first.get_or_init(|| search.first()).as_ref(),
            (None, None) => None,
        }
    }

    /// The number of matches.
    pub fn len(&self) -> usize {
        self.nodes().len()
    }

    /// Whether nothing matched.
    pub fn is_empty(&self) -> bool {
        self.first_node().is_none()
    }

    /// The matches in order.
    pub fn iter(&self) -> slice::Iter<'_, Node<'a>> {
        self.nodes().iter()
    }

    /// The first match by the rules of [`Node::get`].
    pub fn get(&self) -> Option<String> {
        self.first_node().map(Node::get)
    }

    /// Every match by the rules of [`Node::get`].
    pub fn getall(&self) -> Vec<String> {
        self.nodes().iter().map(Node::get).collect()
    }

    /// The text of the first match: [`Node::text`], trimmed.
    pub fn text(&self) -> Option<String> {
        self.first_node().map(Node::text)
    }

    /// The text of every match: [`Node::text`], trimmed.
    pub fn texts(&self) -> Vec<String> {
        self.nodes().iter().map(Node::text).collect()
    }

    /// The value of an attribute of the first element.
    pub fn attr(&self, name: &str) -> Option<String> {
        self.first()?.attr(name).map(str::to_owned)
    }

    /// The first element among the matches.
    pub fn first(&self) -> Option<Element<'a>> {
        match self.first_node()? {
            Node::Element(element) => Some(*element),
            _ => self.elements().next(),
        }
    }

    /// The elements among the matches.
    pub fn elements(&self) -> impl Iterator<Item = Element<'a>> {
        self.nodes().iter().filter_map(Node::element)
    }

    /// [`Element::css`] of each element, the results one after the other.
    ///
    /// # Errors
    /// [`SelectError::Css`] if the selector is malformed.
    pub fn css(&self, selector: &str) -> Result<Self, SelectError> {
        let mut found = Vec::new();
        for element in self.elements() {
            Search::within(element, selector)?.all(&mut found);
        }
        Ok(Self::of(found))
    }

    /// [`Element::xpath`] of each element, the results one after the other.
    ///
    /// # Errors
    /// [`SelectError::XPath`] if the expression is malformed or cannot be evaluated.
    pub fn xpath(&self, expression: &str) -> Result<Self, SelectError> {
        let mut found = Vec::new();
        for element in self.elements() {
            xpath::select(element, expression, &mut found)?;
        }
        Ok(Self::of(found))
    }

    /// The matches of a regular expression in [`Node::get`] of every match, as parsel's `re`:
    /// the whole match if the pattern has no group, else all groups one after the other, a
    /// group that took no part as an empty string; a group named `extract` is wanted alone,
    /// and once per node. Character references other than `&lt;` and `&amp;` are replaced by
    /// their characters. The syntax is that of the `regex` crate, without look-around and
    /// back-references.
    ///
    /// # Errors
    /// [`SelectError::Regex`] if the pattern is malformed.
    pub fn re(&self, pattern: &str) -> Result<Vec<String>, SelectError> {
        let compiled = pattern::compile(pattern)?;
        let mut found = Vec::new();
        for node in self.nodes() {
            compiled.find_in(&node.value(), &mut |text| {
                found.push(text);
                true
            });
        }
        Ok(found)
    }

    /// The first of [`Selection::re`], without looking further.
    ///
    /// # Errors
    /// [`SelectError::Regex`] if the pattern is malformed.
    pub fn re_first(&self, pattern: &str) -> Result<Option<String>, SelectError> {
        let compiled = pattern::compile(pattern)?;
        Ok(self
            .nodes()
            .iter()
            .find_map(|node| compiled.first_in(&node.value())))
    }
}

impl PartialEq for Selection<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.nodes() == other.nodes()
    }
}

impl fmt::Debug for Selection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Selection")
            .field("nodes", &self.nodes())
            .finish()
    }
}

impl<'a> IntoIterator for Selection<'a> {
    type Item = Node<'a>;
    type IntoIter = vec::IntoIter<Node<'a>>;

    fn into_iter(mut self) -> Self::IntoIter {
        let nodes = self.nodes.take().unwrap_or_else(|| self.searched());
        nodes.into_iter()
    }
}

impl<'s, 'a> IntoIterator for &'s Selection<'a> {
    type Item = &'s Node<'a>;
    type IntoIter = slice::Iter<'s, Node<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
