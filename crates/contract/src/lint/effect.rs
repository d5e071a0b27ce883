//! What a change of one word does to valid items.

use std::cmp::Ordering;

use serde_json::Value;

use super::Effect;
use crate::check::number::{Divisor, Number};
use crate::format::Format;
use crate::words::Word;

/// `None` for no change. At one place a word may have two values, on the field and in the type;
/// both hold.
pub(super) fn effect(word: Word, new: &[Value], old: &[Value]) -> Option<Effect> {
    match word {
        Word::MinLength
        | Word::Minimum
        | Word::ExclusiveMinimum
        | Word::MinItems
        | Word::MinProperties => by_order(new, old, Ordering::Greater),
        Word::MaxLength
        | Word::Maximum
        | Word::ExclusiveMaximum
        | Word::MaxItems
        | Word::MaxProperties => by_order(new, old, Ordering::Less),
        Word::UniqueItems | Word::Unique => by_flag(flag(new), flag(old)),
        Word::AdditionalFields => by_flag(!flag(new), !flag(old)),
        Word::MultipleOf => by_sets(new, old, divides),
        Word::Enum => by_sets(new, old, |wide, narrow| match (wide, narrow) {
            (Value::Array(wide), Value::Array(narrow)) => narrow
                .iter()
                .all(|value| wide.iter().any(|w| same(w, value))),
            _ => wide == narrow,
        }),
        Word::Const => by_sets(new, old, same),
        Word::Rules => by_sets(&rules(new), &rules(old), |wide, narrow| wide == narrow),
        Word::LogicalType => by_sets(&formats(new), &formats(old), |wide, narrow| wide == narrow),
        Word::Pattern | Word::Format => by_sets(new, old, |wide, narrow| wide == narrow),
        Word::ContentMediaType => None,
    }
}

/// The bound that counts.
fn strongest(values: &[Value], tighter: Ordering) -> Option<Number<'static>> {
    let numbers = values.iter().filter_map(Number::of);
    numbers.reduce(|best, next| match next.compare(&best) {
        Some(order) if order == tighter => next,
        _ => best,
    })
}

/// By the bounds that count; `tighter` is how a narrower one compares with a wider one.
fn by_order(new: &[Value], old: &[Value], tighter: Ordering) -> Option<Effect> {
    match (strongest(new, tighter), strongest(old, tighter)) {
        (None, None) => None,
        (Some(_), None) => Some(Effect::Tightened),
        (None, Some(_)) => Some(Effect::Loosened),
        (Some(new), Some(old)) => match new.compare(&old) {
            Some(Ordering::Equal) | None => None,
            Some(order) if order == tighter => Some(Effect::Tightened),
            Some(_) => Some(Effect::Loosened),
        },
    }
}

fn flag(values: &[Value]) -> bool {
    values.contains(&Value::Bool(true))
}

fn by_flag(new: bool, old: bool) -> Option<Effect> {
    match (new, old) {
        (true, false) => Some(Effect::Tightened),
        (false, true) => Some(Effect::Loosened),
        _ => None,
    }
}

/// Constraints that all hold; `allows(a, b)` says that what obeys `b` obeys `a`.
fn by_sets(
    new: &[Value],
    old: &[Value],
    allows: impl Fn(&Value, &Value) -> bool,
) -> Option<Effect> {
    let follow = |these: &[Value], those: &[Value]| {
        these
            .iter()
            .all(|this| those.iter().any(|that| allows(this, that)))
    };
    match (follow(new, old), follow(old, new)) {
        (true, true) => None,
        (true, false) => Some(Effect::Loosened),
        (false, _) => Some(Effect::Tightened),
    }
}

/// Whether multiples of `narrow` are multiples of `wide`.
fn divides(wide: &Value, narrow: &Value) -> bool {
    let divisor = Number::of(wide).and_then(Divisor::new);
    let number = Number::of(narrow);
    matches!((divisor, number), (Some(divisor), Some(number)) if divisor.divides(number))
}

/// Equal as JSON: 1 is 1.0.
fn same(a: &Value, b: &Value) -> bool {
    crate::check::digest(a) == crate::check::digest(b)
}

/// The expressions of rules; how they are called is nothing.
fn rules(values: &[Value]) -> Vec<Value> {
    let all = values.iter().filter_map(Value::as_array).flatten();
    all.filter_map(|rule| rule.get("expr").cloned()).collect()
}

/// Logical types that ask for a form of text.
fn formats(values: &[Value]) -> Vec<Value> {
    let known = |value: &&Value| {
        value
            .as_str()
            .is_some_and(|name| Format::named(name).is_some())
    };
    values.iter().filter(known).cloned().collect()
}
