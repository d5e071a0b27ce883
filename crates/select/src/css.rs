//! CSS selectors with parsel's pseudo-elements `::text` and `::attr(name)`.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::cache::Cache;
use crate::tree::{Data, Id, Tree};
use crate::{Element, Node, SelectError};

mod grammar;
mod matching;
mod syntax;

use matching::Matcher;

thread_local! {
    static WHOLE: Cache<Vec<Query>> = Cache::new();
    static SCOPED: Cache<Vec<Query>> = Cache::new();
}

/// The part of a selector group that is matched in one go.
struct Query {
    matcher: Matcher,
    output: Output,
    /// Whether the descendants of a match give output like the match itself.
    subtree: bool,
}

/// What a matched element gives.
#[derive(Debug, Clone, PartialEq)]
enum Output {
    Element,
    Text,
    Attribute(String),
}

/// Where a selector is matched.
#[derive(Clone, Copy)]
enum Scope<'a> {
    Whole(&'a Tree),
    In(Element<'a>),
}

/// Orders matches by document; an attribute comes after its element.
type Key = (Id, usize);

/// A selector with where to match it: what it matches can be asked for later.
#[derive(Clone)]
pub(crate) struct Search<'a> {
    scope: Scope<'a>,
    queries: Rc<Vec<Query>>,
}

impl<'a> Search<'a> {
    pub(crate) fn whole(tree: &'a Tree, selector: &str) -> Result<Self, SelectError> {
        let queries = WHOLE.with(|cache| cache.get(selector, |text| compile(text, false)))?;
        let scope = Scope::Whole(tree);
        Ok(Self { scope, queries })
    }

    pub(crate) fn within(element: Element<'a>, selector: &str) -> Result<Self, SelectError> {
        let queries = SCOPED.with(|cache| cache.get(selector, |text| compile(text, true)))?;
        let scope = Scope::In(element);
        Ok(Self { scope, queries })
    }

    /// Appends all matches.
    pub(crate) fn all(&self, out: &mut Vec<Node<'a>>) {
        run(self.scope, &self.queries, out);
    }

    /// The first match, without looking further where matches are met in their order.
    pub(crate) fn first(&self) -> Option<Node<'a>> {
        let mut first = None;
        match self.queries.as_slice() {
            [query] if query.subtree || query.output != Output::Text => {
                let _stopped = query.each(self.scope, |_, node| {
                    first = Some(node);
                    ControlFlow::Break(())
                });
                first
            }
            _ => {
                let mut all = Vec::new();
                self.all(&mut all);
                all.into_iter().next()
            }
        }
    }
}

fn compile(text: &str, scoped: bool) -> Result<Vec<Query>, SelectError> {
    let error = |reason: String| SelectError::Css {
        selector: text.to_owned(),
        reason,
    };
    let mut parts: Vec<syntax::Part> = Vec::new();
    for part in syntax::parts(text, scoped).map_err(error)? {
        let same = |known: &&mut syntax::Part| {
            known.output == part.output && known.subtree == part.subtree
        };
        match parts.iter_mut().find(same) {
            Some(known) => {
                known.selector.push(',');
                known.selector.push_str(&part.selector);
            }
            None => parts.push(part),
        }
    }
    parts
        .into_iter()
        .map(|part| {
            Ok(Query {
                matcher: Matcher::new(grammar::parse(&part.selector).map_err(error)?),
                output: part.output,
                subtree: part.subtree,
            })
        })
        .collect()
}

fn run<'a>(scope: Scope<'a>, queries: &[Query], out: &mut Vec<Node<'a>>) {
    if let [query] = queries {
        // Nearly always the matches come in order; only then is there nothing to sort.
        let (before, mut last, mut ordered) = (out.len(), None, true);
        let _whole = query.each(scope, |key, node| {
            ordered &= last < Some(key);
            last = Some(key);
            out.push(node);
            ControlFlow::Continue(())
        });
        if ordered {
            return;
        }
        out.truncate(before);
    }
    let mut found = Vec::new();
    for query in queries {
        let _whole = query.each(scope, |key, node| {
            found.push((key, node));
            ControlFlow::Continue(())
        });
    }
    found.sort_by_key(|(key, _)| *key);
    found.dedup_by_key(|(key, _)| *key);
    out.extend(found.into_iter().map(|(_, node)| node));
}

impl Query {
    fn each<'a>(
        &self,
        scope: Scope<'a>,
        mut give: impl FnMut(Key, Node<'a>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if self.subtree {
            // Matches come in document order, so one inside the last one was given with it.
            let mut until = None;
            return self.each_match(scope, |matched| {
                if Some(matched.node.id()) <= until {
                    return ControlFlow::Continue(());
                }
                matched.node.subtree().try_for_each(|node| {
                    until = Some(node.id());
                    match (&self.output, node.data()) {
                        (Output::Text, Data::Text(text)) => {
                            give((node.id(), 0), Node::Text(Cow::Borrowed(text)))
                        }
                        (Output::Attribute(name), Data::Element(tag)) => {
                            give_value(node.id(), tag.attribute(name), &mut give)
                        }
                        _ => ControlFlow::Continue(()),
                    }
                })
            });
        }
        self.each_match(scope, |matched| match &self.output {
            Output::Element => give((matched.node.id(), 0), Node::Element(matched)),
            Output::Attribute(name) => give_value(matched.node.id(), matched.attr(name), &mut give),
            Output::Text => matched
                .node
                .children()
                .try_for_each(|child| match child.text() {
                    Some(text) => give((child.id(), 0), Node::Text(Cow::Borrowed(text))),
                    None => ControlFlow::Continue(()),
                }),
        })
    }

    fn each_match<'a>(
        &self,
        scope: Scope<'a>,
        found: impl FnMut(Element<'a>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        match scope {
            Scope::Whole(tree) => self.matcher.each(tree.nodes(), None, found),
            Scope::In(element) => self
                .matcher
                .each(element.node.subtree(), Some(element), found),
        }
    }
}

fn give_value<'a>(
    id: Id,
    value: Option<&'a str>,
    give: &mut impl FnMut(Key, Node<'a>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    match value {
        Some(value) => give((id, 1), Node::Text(Cow::Borrowed(value))),
        None => ControlFlow::Continue(()),
    }
}

#[cfg(test)]
mod tests {
    use crate::Document;

    #[test]
    fn names_the_selector_and_what_is_wrong() {
        let page = Document::html("<p>");
        for (selector, reason) in [
            (
                "p:contains('x')",
                "it has a pseudo-class or pseudo-element that is unknown; for `:contains()` use \
                 contains() of XPath",
            ),
            ("p::before", "unknown pseudo-element `::before`"),
            ("p::attr()", "unknown pseudo-element `::attr()`"),
            ("p::text b", "unknown pseudo-element `::text b`"),
            ("a,,b", "an empty selector"),
            ("", "an empty selector"),
        ] {
            let error = page.css(selector).unwrap_err().to_string();
            assert_eq!(error, format!("css selector `{selector}`: {reason}"));
            assert!(page.root().css(selector).is_err());
        }
        for selector in [
            "p[",
            "p >",
            "p:nth-child(x)",
            "p:not(::text)",
            "..",
            "é\u{0}(",
        ] {
            assert!(page.css(selector).is_err(), "{selector}");
        }
    }

    #[test]
    fn tag_names_narrow_without_changing_matches() {
        let page = Document::html(
            "<svg><linearGradient id=g /><a id=s /></svg><a id=h class='x-y'><b-c id=c>t</b-c></a>",
        );
        for (selector, ids) in [
            ("A", "h"),
            ("linearGradient", "g"),
            ("lineargradient", ""),
            ("a > B-C", "c"),
            ("a.x-y, b-c", "h c"),
            ("a, .x-y", "s h"),
            ("a, #c, linearGradient", "g s h c"),
            ("[id]>b-c", "c"),
            ("a[class]", "h"),
            ("b", ""),
        ] {
            let ids: Vec<_> = ids.split_whitespace().collect();
            let selected = page.css(selector).unwrap();
            let found: Vec<_> = selected.iter().filter_map(|node| node.attr("id")).collect();
            assert_eq!(found, ids, "{selector}");
            assert_eq!(page.root().css(selector).unwrap(), selected, "{selector}");
        }
    }

    #[test]
    fn scope_bounds_a_selector_inside_an_element() {
        let page = Document::html("<div id=a><p><b>1</b></p><div id=c><p><b>2</b></p></div></div>");
        let inner = page.css("#c").unwrap().first().unwrap();
        assert_eq!(inner.css("div b::text").unwrap().getall(), ["2"]);
        assert_eq!(inner.css("#a b::text").unwrap().len(), 0);
        assert_eq!(inner.css("#a #c, #a").unwrap().len(), 0);
        let outer = page.css("#a").unwrap().first().unwrap();
        assert_eq!(outer.css("> p b::text").unwrap().getall(), ["1"]);
        assert_eq!(
            outer.css(":scope > div").unwrap().attr("id").as_deref(),
            Some("c")
        );
        assert_eq!(outer.css("div").unwrap().len(), 2);
    }

    #[test]
    fn the_first_match_is_the_first_of_all() {
        let page = Document::html(
            "<div class=o id=a><p class=i>1<b>2</b></p><div class=o>3<i title=t>4</i></div>5</div>\
             <p id=z><!-- c -->6</p>",
        );
        for selector in [
            "div",
            "p",
            "b, i",
            "div::text",
            "div ::text",
            "p::text",
            "b, p::text",
            "::text",
            "[title]::attr(title)",
            "div ::attr(title)",
            "p::attr(id)",
            "#z",
            "#z::text",
            "q",
            "q::text",
            "div div::text, #z",
            ".o .o",
            "*",
            "*::text",
            ":not(div)",
            "p + div",
        ] {
            let all = page.css(selector).unwrap();
            let nodes: Vec<_> = all.iter().collect();
            let first = page.css(selector).unwrap();
            assert_eq!(first.is_empty(), nodes.is_empty(), "{selector}");
            assert_eq!(
                first.get(),
                nodes.first().map(|node| node.get()),
                "{selector}"
            );
            assert_eq!(first.text(), all.texts().first().cloned(), "{selector}");
            assert_eq!(first.first(), all.elements().next(), "{selector}");
            assert_eq!(first, all, "{selector}");
            assert_eq!(
                page.root().css(selector).unwrap().get(),
                first.get(),
                "{selector}"
            );
        }
    }
}
