//! CSS selectors with parsel's pseudo-elements `::text` and `::attr(name)`.

use std::borrow::Cow;
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

pub(crate) fn select_all<'a>(
    tree: &'a Tree,
    selector: &str,
    out: &mut Vec<Node<'a>>,
) -> Result<(), SelectError> {
    let queries = WHOLE.with(|cache| cache.get(selector, |text| compile(text, false)))?;
    run(Scope::Whole(tree), &queries, out);
    Ok(())
}

pub(crate) fn select_in<'a>(
    element: Element<'a>,
    selector: &str,
    out: &mut Vec<Node<'a>>,
) -> Result<(), SelectError> {
    let queries: Rc<_> = SCOPED.with(|cache| cache.get(selector, |text| compile(text, true)))?;
    run(Scope::In(element), &queries, out);
    Ok(())
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
        if query.output == Output::Element {
            query.each_match(scope, |matched| out.push(Node::Element(matched)));
            return;
        }
        // Nearly always the matches come in order; only then is there nothing to sort.
        let (before, mut last, mut ordered) = (out.len(), None, true);
        query.each(scope, |key, node| {
            ordered &= last < Some(key);
            last = Some(key);
            out.push(node);
        });
        if ordered {
            return;
        }
        out.truncate(before);
    }
    let mut found = Vec::new();
    for query in queries {
        query.each(scope, |key, node| found.push((key, node)));
    }
    found.sort_by_key(|(key, _)| *key);
    found.dedup_by_key(|(key, _)| *key);
    out.extend(found.into_iter().map(|(_, node)| node));
}

impl Query {
    fn each<'a>(&self, scope: Scope<'a>, mut give: impl FnMut(Key, Node<'a>)) {
        if self.subtree {
            // Matches come in document order, so one inside the last one was given with it.
            let mut until = None;
            self.each_match(scope, |matched| {
                if Some(matched.node.id()) <= until {
                    return;
                }
                for node in matched.node.subtree() {
                    until = Some(node.id());
                    match (&self.output, node.data()) {
                        (Output::Text, Data::Text(text)) => {
                            give((node.id(), 0), Node::Text(Cow::Borrowed(text)));
                        }
                        (Output::Attribute(name), Data::Element(tag)) => {
                            if let Some(value) = tag.attribute(name) {
                                give((node.id(), 1), Node::Text(Cow::Borrowed(value)));
                            }
                        }
                        _ => {}
                    }
                }
            });
            return;
        }
        self.each_match(scope, |matched| match &self.output {
            Output::Element => give((matched.node.id(), 0), Node::Element(matched)),
            Output::Attribute(name) => {
                if let Some(value) = matched.attr(name) {
                    give((matched.node.id(), 1), Node::Text(Cow::Borrowed(value)));
                }
            }
            Output::Text => {
                for child in matched.node.children() {
                    if let Some(text) = child.text() {
                        give((child.id(), 0), Node::Text(Cow::Borrowed(text)));
                    }
                }
            }
        });
    }

    fn each_match<'a>(&self, scope: Scope<'a>, found: impl FnMut(Element<'a>)) {
        match scope {
            Scope::Whole(tree) => self.matcher.each(tree.nodes(), None, found),
            Scope::In(element) => {
                self.matcher
                    .each(element.node.subtree(), Some(element), found);
            }
        }
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
}
