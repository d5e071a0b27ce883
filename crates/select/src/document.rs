//! A parsed page.

use std::fmt;

use html5ever::{LocalName, local_name};

use crate::css::Search;
use crate::tree::{NodeRef, Tree};
use crate::{Element, SelectError, Selection, parse};

/// A parsed HTML page. Parsing follows the HTML standard and cannot fail: any text has a tree,
/// with at least an `html` element.
///
/// ```
/// use huntsman_select::Document;
///
/// let page = Document::html("<title>Quotes</title><a href=' /page/2 '>next</a>");
/// assert_eq!(page.css("title::text")?.get().as_deref(), Some("Quotes"));
/// assert_eq!(page.xpath("count(//a)")?.get().as_deref(), Some("1.0"));
/// assert_eq!(page.links().collect::<Vec<_>>(), ["/page/2"]);
/// # Ok::<(), huntsman_select::SelectError>(())
/// ```
pub struct Document {
    tree: Tree,
    has_base: bool,
}

impl Document {
    /// Parses a page; see the [crate's limits](crate#limits).
    pub fn html(text: &str) -> Self {
        let parsed = parse::parse(text);
        Self {
            tree: parsed.tree,
            has_base: parsed.has_base,
        }
    }

    /// The `html` element.
    pub fn root(&self) -> Element<'_> {
        let root = self.tree.document().children().find_map(Element::wrap);
        root.unwrap_or_else(|| unreachable!("any page has an html element"))
    }

    /// The matches of a CSS selector in the whole document.
    ///
    /// # Errors
    /// [`SelectError::Css`] if the selector is malformed.
    pub fn css<'a>(&'a self, selector: &str) -> Result<Selection<'a>, SelectError> {
        Search::whole(&self.tree, selector).map(Selection::later)
    }

    /// The value of an XPath 1.0 expression with the `html` element as context node.
    ///
    /// # Errors
    /// [`SelectError::XPath`] if the expression is malformed or cannot be evaluated.
    pub fn xpath<'a>(&'a self, expression: &str) -> Result<Selection<'a>, SelectError> {
        self.root().xpath(expression)
    }

    /// The `href` of the first `<base>` that has one, as it is written; the
    /// [document base URL](https://html.spec.whatwg.org/multipage/urls-and-fetching.html#document-base-url)
    /// comes from it.
    pub fn base_href(&self) -> Option<&str> {
        if !self.has_base {
            return None;
        }
        let base = local_name!("base");
        self.tree
            .nodes()
            .find_map(|node| href(node, |name| *name == base))
    }

    /// The `href` of every `a` and `area` in document order, without the white space around
    /// it, leaving out those without one or with an empty one.
    pub fn links(&self) -> impl Iterator<Item = &str> {
        let (a, area) = (local_name!("a"), local_name!("area"));
        self.tree
            .nodes()
            .filter_map(move |node| href(node, |name| *name == a || *name == area))
            .map(str::trim)
            .filter(|link| !link.is_empty())
    }
}

fn href(node: NodeRef<'_>, wanted: impl Fn(&LocalName) -> bool) -> Option<&str> {
    node.tag()
        .filter(|tag| wanted(&tag.name.local))?
        .known_attribute(&local_name!("href"))
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("nodes", &self.tree.len())
            .finish_non_exhaustive()
    }
}
