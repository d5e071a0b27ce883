//! Evaluating a plan.

use xpath_eval::{EvaluationContext, Expr, Node, QName, Value, evaluate, evaluate_boolean};

use super::plan::{Leg, Plan};
use super::tree::XNode;
use crate::pattern;

type Evaluated<'a> = Result<Value<XNode<'a>>, String>;

/// The context of [XPath 1.0, section 1](https://www.w3.org/TR/1999/REC-xpath-19991116/#section-Introduction):
/// a node, its position counted from 1, and the number of nodes.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    node: XNode<'a>,
    position: usize,
    size: usize,
}

impl<'a> Context<'a> {
    pub(super) fn of(node: XNode<'a>) -> Self {
        Self {
            node,
            position: 1,
            size: 1,
        }
    }
}

impl Plan {
    pub(super) fn evaluate<'a>(&self, at: &Context<'a>) -> Evaluated<'a> {
        match self {
            Self::Plain(expression) => with_operands(expression, at, &[]),
            Self::Or(..) | Self::And(..) | Self::Not(_) | Self::HasClass(_) | Self::Test(_) => {
                self.holds(at).map(Value::Boolean)
            }
            Self::Applied(expression, operands) => {
                let operands: Result<Vec<_>, _> = operands
                    .iter()
                    .map(|operand| operand.evaluate(at))
                    .collect();
                with_operands(expression, at, &operands?)
            }
            Self::Filtered(set, predicates) => {
                let nodes = node_set(set.evaluate(at)?)?;
                passing(nodes, predicates).map(Value::NodeSet)
            }
            Self::Walked(start, legs) => {
                let mut nodes = node_set(start.evaluate(at)?)?;
                for leg in legs {
                    nodes = leg.walk(nodes, at)?;
                }
                Ok(Value::NodeSet(nodes))
            }
        }
    }

    /// The value as a boolean.
    fn holds(&self, at: &Context<'_>) -> Result<bool, String> {
        match self {
            Self::Plain(expression) => {
                evaluate_boolean(expression, &context(at)).map_err(|error| error.to_string())
            }
            Self::Or(left, right) => Ok(left.holds(at)? || right.holds(at)?),
            Self::And(left, right) => Ok(left.holds(at)? && right.holds(at)?),
            Self::Not(inner) => inner.holds(at).map(|truth| !truth),
            Self::HasClass(names) => has_classes(names, at),
            Self::Test(args) => test(args, at),
            other => other.evaluate(at).map(|value| value.to_boolean()),
        }
    }

    fn text(&self, at: &Context<'_>) -> Result<String, String> {
        self.evaluate(at).map(|value| value.to_xpath_string())
    }
}

impl Leg {
    fn walk<'a>(&self, from: Vec<XNode<'a>>, at: &Context<'a>) -> Result<Vec<XNode<'a>>, String> {
        let step = |from: Vec<XNode<'a>>| {
            let reached = with_operands(&self.path, at, &[Value::NodeSet(from)])?;
            node_set(reached)
        };
        if !self.positional {
            return passing(step(from)?, &self.predicates);
        }
        let mut found = Vec::new();
        for node in from {
            let mut reached = step(vec![node])?;
            // Positions on these axes count from the node backwards.
            if self.is_reverse() {
                reached.reverse();
            }
            found.extend(passing(reached, &self.predicates)?);
        }
        found.sort_by(|one, other| one.document_order(*other));
        found.dedup();
        Ok(found)
    }

    fn is_reverse(&self) -> bool {
        use xpath_eval::{Axis, PathExpr};
        let Expr::Path(PathExpr::FilterLocation(_, path)) = &self.path else {
            return false;
        };
        path.steps.last().is_some_and(|step| {
            matches!(
                step.axis,
                Axis::Ancestor | Axis::AncestorOrSelf | Axis::Preceding | Axis::PrecedingSibling
            )
        })
    }
}

/// The nodes that pass the predicates; each predicate counts positions among those that passed
/// the one before.
fn passing<'a>(mut nodes: Vec<XNode<'a>>, predicates: &[Plan]) -> Result<Vec<XNode<'a>>, String> {
    for predicate in predicates {
        let size = nodes.len();
        let mut passed = Vec::new();
        for (index, node) in nodes.into_iter().enumerate() {
            let at = Context {
                node,
                position: index + 1,
                size,
            };
            let keep = match predicate {
                Plan::Plain(_) | Plan::Applied(..) => match predicate.evaluate(&at)? {
                    Value::Number(number) => number == at.position as f64,
                    other => other.to_boolean(),
                },
                _ => predicate.holds(&at)?,
            };
            if keep {
                passed.push(node);
            }
        }
        nodes = passed;
    }
    Ok(nodes)
}

fn node_set<'a>(value: Value<XNode<'a>>) -> Result<Vec<XNode<'a>>, String> {
    match value {
        Value::NodeSet(nodes) => Ok(nodes),
        _ => Err("a path or predicate follows what is not a node-set".to_owned()),
    }
}

fn context<'a, 'hook>(at: &Context<'a>) -> EvaluationContext<'a, 'hook, XNode<'a>> {
    let mut context = EvaluationContext::new(at.node);
    context.position = at.position;
    context.size = at.size;
    context
}

/// Evaluates with each operand bound to the variable named by its index.
fn with_operands<'a>(
    expression: &Expr,
    at: &Context<'a>,
    operands: &[Value<XNode<'a>>],
) -> Evaluated<'a> {
    let lookup = |name: &QName| operands.get(name.local.parse::<usize>().ok()?).cloned();
    let mut context = context(at);
    context.variables = Some(&lookup);
    evaluate(expression, &context).map_err(|error| error.to_string())
}

fn has_classes(names: &[Plan], at: &Context<'_>) -> Result<bool, String> {
    let Some(classes) = at.node.value_of("class") else {
        return Ok(false);
    };
    for name in names {
        let name = name.text(at)?;
        if !classes.split_ascii_whitespace().any(|class| class == name) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// [`re:test`](http://exslt.org/regexp/functions/test/) with the flags `i` and `g`; `g` makes
/// no difference to whether there is a match.
fn test(args: &[Plan], at: &Context<'_>) -> Result<bool, String> {
    let text = args[0].text(at)?;
    let mut pattern = args[1].text(at)?;
    if let Some(flags) = args.get(2) {
        let flags = flags.text(at)?;
        if let Some(unknown) = flags.chars().find(|flag| !matches!(flag, 'i' | 'g')) {
            return Err(format!("re:test() has no flag `{unknown}`"));
        }
        if flags.contains('i') {
            pattern.insert_str(0, "(?i)");
        }
    }
    let compiled = pattern::compile(&pattern).map_err(|error| error.to_string())?;
    Ok(compiled.is_match(&text))
}
