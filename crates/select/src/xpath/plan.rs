//! How an expression is evaluated.
//!
//! The evaluator knows the functions of XPath 1.0 and has no place for others. An expression
//! without other functions is left to it whole; one with them is taken apart as far as they
//! reach, and what lies between is still the evaluator's.

use xpath_eval::{
    Axis, Expr, FilterExpr, FunctionCall, LocationPath, NodeTest, PathExpr, PrimaryExpr, QName,
    Step,
};

use super::inspect::{Extension, extension, has_extension, mentions_position};

pub(super) enum Plan {
    /// Left to the evaluator.
    Plain(Expr),
    Or(Box<Self>, Box<Self>),
    And(Box<Self>, Box<Self>),
    Not(Box<Self>),
    HasClass(Vec<Self>),
    Test(Vec<Self>),
    /// An operator or function whose operands are evaluated first and put in as variables.
    Applied(Expr, Vec<Self>),
    /// The nodes of a set that pass predicates in turn.
    Filtered(Box<Self>, Vec<Self>),
    /// Steps from the nodes of a set.
    Walked(Box<Self>, Vec<Leg>),
}

/// Some steps of a path, evaluated from a set that is put in as a variable.
pub(super) struct Leg {
    pub(super) path: Expr,
    /// The predicates of the last step, where they are not part of the path.
    pub(super) predicates: Vec<Plan>,
    /// Whether the predicates ask for positions, which count anew from each node of the set.
    pub(super) positional: bool,
}

impl Plan {
    pub(super) fn of(expression: Expr) -> Self {
        if !has_extension(&expression) {
            return Self::Plain(expression);
        }
        match expression {
            Expr::Or(left, right) => Self::Or(Self::boxed(*left), Self::boxed(*right)),
            Expr::And(left, right) => Self::And(Self::boxed(*left), Self::boxed(*right)),
            Expr::Equality(left, op, right) => Self::applied([*left, *right], |left, right| {
                Expr::Equality(left, op, right)
            }),
            Expr::Relational(left, op, right) => Self::applied([*left, *right], |left, right| {
                Expr::Relational(left, op, right)
            }),
            Expr::Additive(left, op, right) => Self::applied([*left, *right], |left, right| {
                Expr::Additive(left, op, right)
            }),
            Expr::Multiplicative(left, op, right) => {
                Self::applied([*left, *right], |left, right| {
                    Expr::Multiplicative(left, op, right)
                })
            }
            Expr::Union(left, right) => Self::applied([*left, *right], Expr::Union),
            Expr::Negate(operand) => Self::Applied(
                Expr::Negate(Box::new(operand_at(0))),
                vec![Self::of(*operand)],
            ),
            Expr::Path(PathExpr::Location(path)) => {
                let start = LocationPath {
                    is_absolute: path.is_absolute,
                    steps: if path.is_absolute {
                        Vec::new()
                    } else {
                        vec![here()]
                    },
                };
                let start = Self::Plain(Expr::Path(PathExpr::Location(start)));
                Self::Walked(Box::new(start), legs(path.steps))
            }
            Expr::Path(PathExpr::Filter(filter)) => Self::filter(filter),
            Expr::Path(PathExpr::FilterLocation(filter, path)) => {
                Self::Walked(Box::new(Self::filter(filter)), legs(path.steps))
            }
        }
    }

    fn boxed(expression: Expr) -> Box<Self> {
        Box::new(Self::of(expression))
    }

    fn applied(operands: [Expr; 2], operator: impl FnOnce(Box<Expr>, Box<Expr>) -> Expr) -> Self {
        let expression = operator(Box::new(operand_at(0)), Box::new(operand_at(1)));
        Self::Applied(expression, operands.map(Self::of).into())
    }

    fn filter(filter: FilterExpr) -> Self {
        let primary = match filter.primary {
            PrimaryExpr::Parenthesized(inner) => Self::of(*inner),
            PrimaryExpr::Function(call) => Self::call(call),
            other => Self::Plain(Expr::Path(PathExpr::Filter(FilterExpr {
                primary: other,
                predicates: Vec::new(),
            }))),
        };
        if filter.predicates.is_empty() {
            return primary;
        }
        let predicates = filter.predicates.into_iter().map(Self::of).collect();
        Self::Filtered(Box::new(primary), predicates)
    }

    fn call(call: FunctionCall) -> Self {
        let found = extension(&call);
        let bare = |call| {
            Expr::Path(PathExpr::Filter(FilterExpr {
                primary: PrimaryExpr::Function(call),
                predicates: Vec::new(),
            }))
        };
        if found.is_none() && !call.args.iter().any(has_extension) {
            return Self::Plain(bare(call));
        }
        let mut args: Vec<Self> = call.args.into_iter().map(Self::of).collect();
        match found {
            Some(Extension::HasClass) => Self::HasClass(args),
            Some(Extension::Test) => Self::Test(args),
            None if call.name.local == "not" && args.len() == 1 => {
                Self::Not(Box::new(args.remove(0)))
            }
            None => {
                let call = FunctionCall {
                    name: call.name,
                    args: (0..args.len()).map(operand_at).collect(),
                };
                Self::Applied(bare(call), args)
            }
        }
    }

    /// Whether the plan as a predicate cannot depend on the position of the node.
    fn is_positionless(&self) -> bool {
        match self {
            Self::HasClass(args) | Self::Test(args) => args.iter().all(Self::mentions_none),
            Self::Or(left, right) | Self::And(left, right) => {
                left.is_positionless() && right.is_positionless()
            }
            Self::Not(inner) => inner.is_positionless(),
            Self::Plain(expression) => {
                !mentions_position(expression)
                    && matches!(
                        expression,
                        Expr::Or(..)
                            | Expr::And(..)
                            | Expr::Equality(..)
                            | Expr::Relational(..)
                            | Expr::Path(PathExpr::Location(_))
                    )
            }
            _ => false,
        }
    }

    fn mentions_none(&self) -> bool {
        matches!(self, Self::Plain(expression) if !mentions_position(expression))
    }
}

/// Cuts a path after each step whose predicates have to be evaluated here.
fn legs(steps: Vec<Step>) -> Vec<Leg> {
    let mut legs = Vec::new();
    let mut pending: Vec<Step> = Vec::new();
    for mut step in steps {
        if !step.predicates.iter().any(has_extension) {
            pending.push(step);
            continue;
        }
        let predicates: Vec<Plan> = step.predicates.drain(..).map(Plan::of).collect();
        let positional = !predicates.iter().all(Plan::is_positionless);
        if positional && !pending.is_empty() {
            legs.push(leg(std::mem::take(&mut pending), Vec::new(), false));
        }
        pending.push(step);
        legs.push(leg(std::mem::take(&mut pending), predicates, positional));
    }
    if !pending.is_empty() {
        legs.push(leg(pending, Vec::new(), false));
    }
    legs
}

fn leg(steps: Vec<Step>, predicates: Vec<Plan>, positional: bool) -> Leg {
    let start = FilterExpr {
        primary: PrimaryExpr::Variable(operand_name(0)),
        predicates: Vec::new(),
    };
    let path = LocationPath {
        is_absolute: false,
        steps,
    };
    Leg {
        path: Expr::Path(PathExpr::FilterLocation(start, path)),
        predicates,
        positional,
    }
}

fn here() -> Step {
    Step {
        axis: Axis::SelfAxis,
        node_test: NodeTest::Node,
        predicates: Vec::new(),
    }
}

/// The variable that stands for an operand.
fn operand_at(index: usize) -> Expr {
    Expr::Path(PathExpr::Filter(FilterExpr {
        primary: PrimaryExpr::Variable(operand_name(index)),
        predicates: Vec::new(),
    }))
}

fn operand_name(index: usize) -> QName {
    QName {
        prefix: None,
        local: index.to_string(),
    }
}
