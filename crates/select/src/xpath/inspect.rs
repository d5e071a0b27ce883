//! Looking through an expression without evaluating it.

use xpath_eval::{Expr, FilterExpr, FunctionCall, NodeTest, PathExpr, PrimaryExpr, QName, Step};

/// The functions of [XPath 1.0, section 4](https://www.w3.org/TR/1999/REC-xpath-19991116/#corelib).
const CORE: [&str; 27] = [
    "boolean",
    "ceiling",
    "concat",
    "contains",
    "count",
    "false",
    "floor",
    "id",
    "lang",
    "last",
    "local-name",
    "name",
    "namespace-uri",
    "normalize-space",
    "not",
    "number",
    "position",
    "round",
    "starts-with",
    "string",
    "string-length",
    "substring",
    "substring-after",
    "substring-before",
    "sum",
    "translate",
    "true",
];

/// A function that is not part of XPath itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extension {
    /// `re:test(string, pattern, flags?)` of EXSLT.
    Test,
    /// `has-class(name, …)` of parsel.
    HasClass,
}

pub(super) fn extension(call: &FunctionCall) -> Option<Extension> {
    match (call.name.prefix.as_deref(), call.name.local.as_str()) {
        (Some("re"), "test") => Some(Extension::Test),
        (None, "has-class") => Some(Extension::HasClass),
        _ => None,
    }
}

/// What [`any`] comes across.
enum Part<'e> {
    Call(&'e FunctionCall),
    Variable(&'e QName),
    Test(&'e NodeTest),
}

/// Rejects what could only fail, or silently match nothing, once it is evaluated.
pub(super) fn check(expression: &Expr) -> Result<(), String> {
    let mut wrong = None;
    any(expression, &mut |part| {
        wrong = match part {
            Part::Call(call) => wrong_call(call),
            Part::Variable(name) => Some(format!("the variable `${}` has no value", written(name))),
            Part::Test(
                NodeTest::NamespaceWildcard(prefix)
                | NodeTest::QName(QName {
                    prefix: Some(prefix),
                    ..
                }),
            ) => Some(format!(
                "the namespace prefix `{prefix}` is bound to nothing"
            )),
            Part::Test(_) => None,
        };
        wrong.is_some()
    });
    wrong.map_or(Ok(()), Err)
}

fn wrong_call(call: &FunctionCall) -> Option<String> {
    match extension(call) {
        Some(Extension::Test) if !matches!(call.args.len(), 2 | 3) => {
            Some("re:test() takes two or three arguments".to_owned())
        }
        Some(Extension::HasClass) if call.args.is_empty() => {
            Some("has-class() takes at least one argument".to_owned())
        }
        Some(_) => None,
        None if call.name.prefix.is_none() && CORE.contains(&call.name.local.as_str()) => None,
        None => Some(format!("unknown function `{}()`", written(&call.name))),
    }
}

fn written(name: &QName) -> String {
    match &name.prefix {
        Some(prefix) => format!("{prefix}:{}", name.local),
        None => name.local.clone(),
    }
}

pub(super) fn has_extension(expression: &Expr) -> bool {
    any(
        expression,
        &mut |part| matches!(part, Part::Call(call) if extension(call).is_some()),
    )
}

/// Whether `position()` or `last()` occurs anywhere, even where it means another context.
pub(super) fn mentions_position(expression: &Expr) -> bool {
    any(
        expression,
        &mut |part| matches!(part, Part::Call(call) if matches!(call.name.local.as_str(), "position" | "last")),
    )
}

fn any(expression: &Expr, found: &mut dyn FnMut(Part<'_>) -> bool) -> bool {
    match expression {
        Expr::Or(left, right)
        | Expr::And(left, right)
        | Expr::Equality(left, _, right)
        | Expr::Relational(left, _, right)
        | Expr::Additive(left, _, right)
        | Expr::Multiplicative(left, _, right)
        | Expr::Union(left, right) => any(left, found) || any(right, found),
        Expr::Negate(operand) => any(operand, found),
        Expr::Path(PathExpr::Location(path)) => any_step(&path.steps, found),
        Expr::Path(PathExpr::Filter(filter)) => any_filter(filter, found),
        Expr::Path(PathExpr::FilterLocation(filter, path)) => {
            any_filter(filter, found) || any_step(&path.steps, found)
        }
    }
}

fn any_step(steps: &[Step], found: &mut dyn FnMut(Part<'_>) -> bool) -> bool {
    steps.iter().any(|step| {
        found(Part::Test(&step.node_test)) || step.predicates.iter().any(|inner| any(inner, found))
    })
}

fn any_filter(filter: &FilterExpr, found: &mut dyn FnMut(Part<'_>) -> bool) -> bool {
    let primary = match &filter.primary {
        PrimaryExpr::Variable(name) => found(Part::Variable(name)),
        PrimaryExpr::Parenthesized(inner) => any(inner, found),
        PrimaryExpr::Literal(_) | PrimaryExpr::Number(_) => false,
        PrimaryExpr::Function(call) => {
            found(Part::Call(call)) || call.args.iter().any(|inner| any(inner, found))
        }
    };
    primary || filter.predicates.iter().any(|inner| any(inner, found))
}
