//! HTML documents, CSS and XPath selectors, regular expressions and encodings for Huntsman.
//!
//! A [`Document`] is a parsed page. Its `css` and `xpath` give a [`Selection`], whose members
//! are [`Node`]s on which the same methods work; who knows parsel reads `SelectorList` for
//! `Selection` and `Selector` for `Node`. CSS knows parsel's pseudo-elements: `a::text` is the
//! text nodes that are children of an `a`, `a ::text` those anywhere in it, `a::attr(href)` an
//! attribute. XPath is version 1.0 with `re:test` and `has-class`.
//!
//! ```
//! use huntsman_select::Document;
//!
//! let page = Document::html(r#"<ul><li class="a b">one</li><li>two</li></ul>"#);
//! assert_eq!(page.css("li::text")?.getall(), ["one", "two"]);
//! assert_eq!(page.xpath("//li[has-class('b')]/text()")?.get().as_deref(), Some("one"));
//! assert_eq!(page.css("ul")?.css("li.a::attr(class)")?.re(r"\w")?, ["a", "b"]);
//! # Ok::<(), huntsman_select::SelectError>(())
//! ```
//!
//! # Differences from parsel
//!
//! - Pages are parsed as browsers do (the HTML standard), not as libxml2 does: broken markup
//!   can give another tree, tables get a `tbody`, and HTML is written by the standard's rules
//!   (`checked=""`, `&nbsp;`, attributes ordered by name).
//! - Regular expressions have no look-around and no back-references.
//! - Of the EXSLT functions there is only `re:test`.
//!
//! # Limits
//!
//! A hostile page costs a bounded amount of time per byte: elements nest 512 deep and have
//! 1,024 attributes, and what goes beyond that is left out while its text stays. A page that
//! misnested formatting elements blow up to many times its size is cut where that shows, and one
//! of more than 1 GiB is cut there.

mod cache;
mod css;
mod document;
mod element;
pub mod encoding;
mod error;
mod node;
mod parse;
mod pattern;
mod selection;
mod tokenizer;
mod tree;
mod xpath;

pub use document::Document;
pub use element::Element;
pub use error::SelectError;
pub use node::Node;
pub use selection::Selection;
