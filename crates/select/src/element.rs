//! One element of a document.

use std::fmt;

use crate::css::Search;
use crate::tree::{NodeRef, Tag};
use crate::{SelectError, Selection, xpath};

/// An element of a [`Document`](crate::Document): a reference, cheap to copy.
///
/// ```
/// use huntsman_select::Document;
///
/// let page = Document::html(r#"<p class="lead">Hello <b>world</b></p>"#);
/// let lead = page.css("p.lead")?.first().unwrap();
/// assert_eq!(lead.name(), "p");
/// assert_eq!(lead.attr("class"), Some("lead"));
/// assert_eq!(lead.text(), "Hello world");
/// assert_eq!(lead.inner_html(), "Hello <b>world</b>");
/// # Ok::<(), huntsman_select::SelectError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Element<'a> {
    pub(crate) node: NodeRef<'a>,
    tag: &'a Tag,
}

impl<'a> Element<'a> {
    pub(crate) fn wrap(node: NodeRef<'a>) -> Option<Self> {
        node.tag().map(|tag| Self { node, tag })
    }

    pub(crate) fn tag(self) -> &'a Tag {
        self.tag
    }

    /// The matches of a CSS selector in the tree that starts at this element. As in parsel the
    /// element itself can match, and nothing outside it takes part: `div p` asks for a `div`
    /// at or below this element. `:scope` is this element, and a selector may start with a
    /// combinator, as in `> li`.
    ///
    /// # Errors
    /// [`SelectError::Css`] if the selector is malformed.
    pub fn css(&self, selector: &str) -> Result<Selection<'a>, SelectError> {
        Search::within(*self, selector).map(Selection::later)
    }

    /// The value of an XPath 1.0 expression with this element as context node. As in lxml a
    /// path that starts with `/` starts at the document: use `.//` for what is below.
    ///
    /// # Errors
    /// [`SelectError::XPath`] if the expression is malformed or cannot be evaluated.
    pub fn xpath(&self, expression: &str) -> Result<Selection<'a>, SelectError> {
        let mut found = Vec::new();
        xpath::select(*self, expression, &mut found)?;
        Ok(Selection::of(found))
    }

    /// The tag name, in lower case for HTML elements.
    pub fn name(&self) -> &'a str {
        &self.tag.name.local
    }

    /// The value of an attribute; names of HTML attributes are in lower case.
    pub fn attr(&self, name: &str) -> Option<&'a str> {
        self.tag.attribute(name)
    }

    /// The attributes as name and value, ordered by name.
    pub fn attrs(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let attrs = self.tag.attrs.iter();
        attrs.map(|attribute| (&*attribute.name.local, &*attribute.value))
    }

    /// The text of all descendant text nodes, concatenated as it is in the page.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.node.push_text(&mut text);
        text
    }

    /// The element with its content as HTML, written by the
    /// [HTML standard's serialization](https://html.spec.whatwg.org/multipage/parsing.html#serialising-html-fragments).
    pub fn html(&self) -> String {
        let mut html = String::new();
        self.node.push_html(&mut html);
        html
    }

    /// The element's content as HTML.
    pub fn inner_html(&self) -> String {
        let mut html = String::new();
        self.node.push_inner_html(&mut html);
        html
    }
}

impl PartialEq for Element<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl Eq for Element<'_> {}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}", self.name())?;
        for (name, value) in self.attrs() {
            write!(f, " {name}={value:?}")?;
        }
        write!(f, ">")
    }
}
