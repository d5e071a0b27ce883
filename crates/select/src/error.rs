//! What can be wrong with a selector, an expression or a pattern.

/// A selector, expression or pattern that cannot be used. The page is never to blame: every
/// page parses, and a selector that matches nothing gives an empty selection.
///
/// ```
/// use huntsman_select::Document;
///
/// let page = Document::html("<p>text</p>");
/// let error = page.css("p[").unwrap_err();
/// assert!(error.to_string().starts_with("css selector `p[`: "));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectError {
    /// A CSS selector with a syntax error or an unknown pseudo-class or pseudo-element.
    #[error("css selector `{selector}`: {reason}")]
    Css {
        /// The selector as it was given.
        selector: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An XPath expression with a syntax error, an unknown function or wrong arguments.
    #[error("xpath expression `{expression}`: {reason}")]
    XPath {
        /// The expression as it was given.
        expression: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A regular expression that the `regex` crate does not accept.
    #[error("regular expression `{pattern}`: {reason}")]
    Regex {
        /// The pattern as it was given.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
}
