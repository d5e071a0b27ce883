//! XPath 1.0: compiling, the values an expression gives, and the way from and to the tree.

use std::borrow::Cow;

use xpath_eval::Value;

use crate::cache::Cache;
use crate::tree::Data;
use crate::{Element, Node, SelectError};

mod inspect;
mod plan;
mod run;
mod tree;

use plan::Plan;
use tree::XNode;

thread_local! {
    static PLANS: Cache<Plan> = Cache::new();
}

/// Nesting an expression may have; parsing and evaluating it recurse.
const NESTING: usize = 64;

pub(crate) fn select<'a>(
    element: Element<'a>,
    expression: &str,
    out: &mut Vec<Node<'a>>,
) -> Result<(), SelectError> {
    let error = |reason: String| SelectError::XPath {
        expression: expression.to_owned(),
        reason,
    };
    let plan = PLANS
        .with(|cache| cache.get(expression, compile))
        .map_err(error)?;
    let context = run::Context::of(XNode::of(element.node));
    match plan.evaluate(&context).map_err(error)? {
        Value::NodeSet(nodes) => out.extend(nodes.into_iter().filter_map(match_of)),
        Value::String(text) => out.push(Node::Text(Cow::Owned(text))),
        Value::Number(number) => out.push(Node::Number(number)),
        Value::Boolean(truth) => out.push(Node::Bool(truth)),
    }
    Ok(())
}

fn compile(expression: &str) -> Result<Plan, String> {
    if nesting(expression) > NESTING {
        return Err(format!("nested deeper than {NESTING} levels"));
    }
    let parsed = xpath_eval::parse(expression)
        .map_err(|error| format!("{} at byte {}", error.message, error.position))?;
    inspect::check(&parsed)?;
    Ok(Plan::of(parsed))
}

/// How deep brackets nest, counting signs in a row as nesting too.
fn nesting(expression: &str) -> usize {
    let (mut depth, mut signs, mut deepest) = (0_usize, 0_usize, 0);
    for byte in expression.bytes() {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            b'-' => signs += 1,
            _ => {}
        }
        if !(byte == b'-' || byte.is_ascii_whitespace()) {
            signs = 0;
        }
        deepest = deepest.max(depth + signs);
    }
    deepest
}

/// The document node itself is no match, as in lxml.
fn match_of(node: XNode<'_>) -> Option<Node<'_>> {
    if let Some(attribute) = node.attribute() {
        return Some(Node::Text(Cow::Borrowed(&attribute.value)));
    }
    match node.tree().data() {
        Data::Element(_) => Element::wrap(node.tree()).map(Node::Element),
        Data::Text(text) => Some(Node::Text(Cow::Borrowed(text))),
        Data::Comment(text) => Some(Node::Comment(text)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::Document;

    #[test]
    fn names_the_expression_and_what_is_wrong() {
        let page = Document::html("<p>");
        for (expression, reason) in [
            (
                "//p[",
                "unexpected end of input, expected an expression at byte 4",
            ),
            ("//p[foo()]", "unknown function `foo()`"),
            (
                "//svg:path",
                "the namespace prefix `svg` is bound to nothing",
            ),
            ("//p[@a=$x]", "the variable `$x` has no value"),
            ("re:test(.)", "re:test() takes two or three arguments"),
            ("has-class()", "has-class() takes at least one argument"),
            (
                "//p[contains(.)]",
                "contains() expects 2 argument(s), got 1",
            ),
            ("count(1)", "expected a node-set in count() argument"),
            ("re:test('a', 'b', 'q')", "re:test() has no flag `q`"),
        ] {
            let error = page.xpath(expression).unwrap_err().to_string();
            assert_eq!(error, format!("xpath expression `{expression}`: {reason}"));
        }
        for expression in [
            "",
            "//",
            "1 +",
            "'",
            "//p[@]",
            "p]",
            "a b",
            "::",
            "\u{0}",
            "//p/re:test(., 'a')",
        ] {
            assert!(page.xpath(expression).is_err(), "{expression}");
        }
        for deep in [
            format!("{}1{}", "(".repeat(9_000), ")".repeat(9_000)),
            "-".repeat(90_000) + "1",
        ] {
            let error = page.xpath(&deep).unwrap_err().to_string();
            assert!(error.ends_with("nested deeper than 64 levels"));
        }
        assert!(
            page.xpath("//q[re:test(@a, '(')]").unwrap().is_empty(),
            "never evaluated"
        );
        assert!(page.xpath("re:test(., '(')").is_err());
    }
}
