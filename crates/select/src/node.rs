//! One match of a selection.

use std::borrow::Cow;

use crate::{Element, SelectError, Selection, pattern};

/// One match: what parsel calls a `Selector`. Everything that works on a [`Selection`] works
/// on it directly.
///
/// ```
/// use huntsman_select::Document;
///
/// let page = Document::html("<li><b>1</b> one</li><li><b>2</b> two</li>");
/// let mut seen = Vec::new();
/// for item in page.css("li")? {
///     seen.push((item.css("b::text")?.get(), item.text()));
/// }
/// assert_eq!(seen[1], (Some("2".to_owned()), "2 two".to_owned()));
/// # Ok::<(), huntsman_select::SelectError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Node<'a> {
    /// An element.
    Element(Element<'a>),
    /// A text node, the value of an attribute, or an XPath string.
    Text(Cow<'a, str>),
    /// The content of a comment.
    Comment(&'a str),
    /// An XPath number.
    Number(f64),
    /// An XPath boolean.
    Bool(bool),
}

impl<'a> Node<'a> {
    /// The element, if the match is one.
    pub fn element(&self) -> Option<Element<'a>> {
        match self {
            Self::Element(element) => Some(*element),
            _ => None,
        }
    }

    /// [`Element::css`]; nothing matches in anything but an element.
    ///
    /// # Errors
    /// [`SelectError::Css`] if the selector is malformed.
    pub fn css(&self, selector: &str) -> Result<Selection<'a>, SelectError> {
        self.element()
            .map_or_else(|| Ok(Selection::default()), |element| element.css(selector))
    }

    /// [`Element::xpath`]; nothing matches in anything but an element.
    ///
    /// # Errors
    /// [`SelectError::XPath`] if the expression is malformed or cannot be evaluated.
    pub fn xpath(&self, expression: &str) -> Result<Selection<'a>, SelectError> {
        self.element().map_or_else(
            || Ok(Selection::default()),
            |element| element.xpath(expression),
        )
    }

    /// The value of an attribute, if the match is an element that has it.
    pub fn attr(&self, name: &str) -> Option<&'a str> {
        self.element()?.attr(name)
    }

    /// As parsel's `get`: the outer HTML of an element, a text as it is, `<!--…-->` for a
    /// comment, a number with at least one decimal, `1` or `0` for a boolean.
    pub fn get(&self) -> String {
        self.value().into_owned()
    }

    /// The text of an element with its descendants, or the text itself, without the white
    /// space around it.
    pub fn text(&self) -> String {
        match self {
            Self::Element(element) => trimmed(element.text()),
            Self::Comment(text) => text.trim().to_owned(),
            other => other.value().trim().to_owned(),
        }
    }

    /// The matches of a regular expression in [`Node::get`], by the rules of
    /// [`Selection::re`].
    ///
    /// # Errors
    /// [`SelectError::Regex`] if the pattern is malformed.
    pub fn re(&self, pattern: &str) -> Result<Vec<String>, SelectError> {
        let mut found = Vec::new();
        pattern::compile(pattern)?.find_in(&self.value(), &mut |text| {
            found.push(text);
            true
        });
        Ok(found)
    }

    /// The first of [`Node::re`].
    ///
    /// # Errors
    /// [`SelectError::Regex`] if the pattern is malformed.
    pub fn re_first(&self, pattern: &str) -> Result<Option<String>, SelectError> {
        Ok(pattern::compile(pattern)?.first_in(&self.value()))
    }

    pub(crate) fn value(&self) -> Cow<'_, str> {
        match self {
            Self::Element(element) => Cow::Owned(element.html()),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Comment(text) => Cow::Owned(format!("<!--{text}-->")),
            Self::Number(number) if number.is_nan() => Cow::Borrowed("nan"),
            Self::Number(number) => Cow::Owned(format!("{number:?}")),
            Self::Bool(truth) => Cow::Borrowed(if *truth { "1" } else { "0" }),
        }
    }
}

/// `text` without the white space around it, in the same allocation.
fn trimmed(mut text: String) -> String {
    text.truncate(text.trim_end().len());
    let leading = text.len() - text.trim_start().len();
    text.drain(..leading);
    text
}
