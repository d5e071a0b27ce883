//! The selectors that there are: those of CSS that ask for the structure of a page alone.

use std::fmt;

use cssparser::{BasicParseErrorKind, ParseErrorKind, ToCss};
use html5ever::{LocalName, Namespace};
use precomputed_hash::PrecomputedHash;
use selectors::parser::{
    NonTSPseudoClass, ParseRelative, Parser, PseudoElement, SelectorImpl, SelectorList,
    SelectorParseErrorKind,
};

/// The types that selectors are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Grammar;

impl SelectorImpl for Grammar {
    type ExtraMatchingData<'a> = ();
    type AttrValue = Value;
    type Identifier = Name;
    type LocalName = Name;
    type NamespacePrefix = Name;
    type NamespaceUrl = Namespace;
    type BorrowedNamespaceUrl = Namespace;
    type BorrowedLocalName = Name;
    type NonTSPseudoClass = Never;
    type PseudoElement = Never;
}

impl<'i> Parser<'i> for Grammar {
    type Impl = Self;
    type Error = SelectorParseErrorKind;

    fn parse_is_and_where(&self) -> bool {
        true
    }

    fn parse_has(&self) -> bool {
        true
    }
}

/// A name, a class or an id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Name(pub(super) LocalName);

impl From<&str> for Name {
    fn from(name: &str) -> Self {
        Self(name.into())
    }
}

impl ToCss for Name {
    fn to_css<W: fmt::Write>(&self, to: &mut W) -> fmt::Result {
        to.write_str(&self.0)
    }
}

impl PrecomputedHash for Name {
    fn precomputed_hash(&self) -> u32 {
        self.0.precomputed_hash()
    }
}

/// What an attribute is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value(String);

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl AsRef<str> for Value {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl ToCss for Value {
    fn to_css<W: fmt::Write>(&self, to: &mut W) -> fmt::Result {
        cssparser::serialize_string(&self.0, to)
    }
}

/// A pseudo-class or pseudo-element that depends on more than the page: there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Never {}

impl NonTSPseudoClass for Never {
    fn is_active_or_hover(&self) -> bool {
        match *self {}
    }

    fn is_user_action_state(&self) -> bool {
        match *self {}
    }
}

impl PseudoElement for Never {}

impl ToCss for Never {
    fn to_css<W: fmt::Write>(&self, _: &mut W) -> fmt::Result {
        match *self {}
    }
}

/// Parses a group of selectors; an error says in one line what is wrong.
pub(super) fn parse(text: &str) -> Result<SelectorList<Grammar>, String> {
    let mut parser = cssparser::Parser::new(text);
    SelectorList::parse(&Grammar, &mut parser, ParseRelative::No)
        .map_err(|error| reason(&error.kind, text))
}

fn reason(kind: &ParseErrorKind<SelectorParseErrorKind>, text: &str) -> String {
    let kind = match kind {
        ParseErrorKind::Basic(BasicParseErrorKind::EndOfInput) => {
            return "it ends too early".to_owned();
        }
        ParseErrorKind::Basic(_) => return "it has a token where none can be".to_owned(),
        ParseErrorKind::Custom(kind) => format!("{kind:?}"),
    };
    if !kind.starts_with("Unsupported") {
        return format!("malformed ({kind})");
    }
    let mut reason = "it has a pseudo-class or pseudo-element that is unknown".to_owned();
    if text.contains(":contains(") {
        reason.push_str("; for `:contains()` use contains() of XPath");
    }
    reason
}
