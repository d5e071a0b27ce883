//! Whether the words of a field fit its type, and each other.

use std::cmp::Ordering;

use serde_json::Value;
use syn::{Error, Result};

use crate::shape::Shape;
use crate::words::{At, Constraint, On, Words};

/// What two constraints may not do to each other: the first is below the second, or equal to it
/// where that is said.
const ORDERED: &[(&str, &str, bool)] = &[
    ("min_length", "max_length", true),
    ("minimum", "maximum", true),
    ("minimum", "exclusive_maximum", false),
    ("exclusive_minimum", "maximum", false),
    ("exclusive_minimum", "exclusive_maximum", false),
    ("min_items", "max_items", true),
    ("min_properties", "max_properties", true),
];

/// Refuses words that say nothing of a value of this shape, and words that no value can obey.
pub(crate) fn demand(words: &Words, shape: &Shape) -> Result<()> {
    one_type(words)?;
    parameters(words)?;
    if let Some(word) = words.constraints.first()
        && words.is_open()
    {
        let message = format!(
            "`{}` says nothing of a field whose type is left open",
            word.known.name
        );
        return Err(Error::new(word.span, message));
    }
    if let Some(At(_, span)) = &words.each
        && (words.is_open() || words.replaces())
    {
        let message = "`each` is for lists and maps, and another word says what this field is";
        return Err(Error::new(*span, message));
    }
    replaced(words, shape)?;
    let shape = &if words.replaces() {
        Shape::Unknown
    } else {
        shape.clone()
    };
    for constraint in &words.constraints {
        fits(constraint, shape)?;
    }
    in_order(&words.constraints)?;
    if let Some(At(value, span)) = &words.default
        && !words.is_open()
        && !shape.takes(value)
    {
        let message = format!("this default is not a value of the field, which is {shape}");
        return Err(Error::new(*span, message));
    }
    each(words, shape)
}

/// The words for elements, against what the elements are.
fn each(words: &Words, shape: &Shape) -> Result<()> {
    let Some(At(words, span)) = &words.each else {
        return Ok(());
    };
    match shape.present() {
        Shape::List(inner) | Shape::Map(inner) => demand(words, inner),
        Shape::Unknown if words.kind_span().is_none() => demand(words, &Shape::Unknown),
        Shape::Unknown => Err(Error::new(
            *span,
            "what the elements are can be said only where the field is written as `Vec<…>`, \
             `BTreeMap<…>` or `HashMap<…>`",
        )),
        other => {
            let message = format!("`each` is for lists and maps: this field is {other}");
            Err(Error::new(*span, message))
        }
    }
}

/// At most one word says what the type is.
fn one_type(words: &Words) -> Result<()> {
    let spans = [
        words.any,
        words.bytes,
        words.fixed.as_ref().map(|at| at.1),
        words.logical.as_ref().map(|at| at.1),
    ];
    match spans.iter().flatten().nth(1) {
        Some(span) => Err(Error::new(
            *span,
            "only one of `any`, `bytes`, `fixed` and `logical` can say what the field is",
        )),
        None => Ok(()),
    }
}

/// The words that belong to `fixed` and to `logical = "decimal"`.
fn parameters(words: &Words) -> Result<()> {
    let decimal = words.logical.as_ref().filter(|at| at.0 == "decimal");
    match (&words.fixed, &words.size) {
        (Some(At(_, span)), None) => {
            return Err(Error::new(
                *span,
                "`fixed` needs `size`, the number of bytes",
            ));
        }
        (None, Some(At(_, span))) => {
            return Err(Error::new(*span, "`size` belongs to `fixed`"));
        }
        _ => {}
    }
    match (decimal, &words.precision, &words.scale) {
        (None, Some(At(_, span)), _) | (None, None, Some(At(_, span))) => Err(Error::new(
            *span,
            "`precision` and `scale` belong to `logical = \"decimal\"`",
        )),
        (Some(At(_, span)), None, _) => Err(Error::new(
            *span,
            "a decimal needs `precision`, the number of its digits: `precision = 10, scale = 2`",
        )),
        (Some(_), Some(At(0, span)), _) => {
            Err(Error::new(*span, "a decimal has at least one digit"))
        }
        (Some(_), Some(At(precision, _)), Some(At(scale, span))) if scale > precision => {
            Err(Error::new(*span, "`scale` is at most `precision`"))
        }
        _ => Ok(()),
    }
}

/// Whether a value of this shape can be what the words say it is.
fn replaced(words: &Words, shape: &Shape) -> Result<()> {
    let present = shape.present();
    if let Some(At(logical, span)) = &words.logical {
        let may = match present {
            Shape::Text | Shape::Unknown => true,
            Shape::Int(..) => logical != "uuid",
            Shape::Float => logical == "decimal",
            _ => false,
        };
        if !may {
            let message =
                format!("a field that is {present} cannot be of logical type `{logical}`");
            return Err(Error::new(*span, message));
        }
    }
    let bytes = words.bytes.or_else(|| words.fixed.as_ref().map(|at| at.1));
    match (bytes, present) {
        (None, _) | (_, Shape::Unknown) => Ok(()),
        (_, Shape::List(element)) if **element == Shape::Int(0, 255) => Ok(()),
        (Some(span), _) => {
            let message = format!("a field that is {present} is not written as bytes");
            Err(Error::new(span, message))
        }
    }
}

/// Whether a constraint means something for a value of this shape.
fn fits(constraint: &Constraint, shape: &Shape) -> Result<()> {
    let present = shape.present();
    let (name, span) = (constraint.known.name, constraint.span);
    let fits = matches!(
        (constraint.known.on, present),
        (_, Shape::Unknown)
            | (On::Text, Shape::Text)
            | (On::Number, Shape::Int(..) | Shape::Float)
            | (On::List, Shape::List(_))
            | (On::Map, Shape::Map(_))
            | (On::Any, _)
    );
    if !fits {
        let what = match constraint.known.on {
            On::Text => "text",
            On::Number => "numbers",
            On::Any => "all values",
            On::List => "lists",
            On::Map => "maps",
        };
        let message = format!(
            "`{name}` is for {what}, and this field is {present}{}",
            instead(constraint, present)
        );
        return Err(Error::new(span, message));
    }
    let wrong = match &constraint.value {
        Value::Array(values) => values.iter().find(|value| !shape.takes(value)),
        _ => None,
    };
    match wrong {
        Some(value) => {
            let message = format!("{value} is not a value of the field, which is {shape}");
            Err(Error::new(span, message))
        }
        None => Ok(()),
    }
}

/// What was probably meant, if that can be told.
fn instead(constraint: &Constraint, shape: &Shape) -> String {
    let least = constraint.known.name.starts_with("min");
    let name = match (constraint.known.on, shape) {
        (On::Text, Shape::Int(..) | Shape::Float) => ["maximum", "minimum"],
        (On::List | On::Map | On::Number, Shape::Text) => ["max_length", "min_length"],
        (On::Text | On::Map | On::Number, Shape::List(_)) => ["max_items", "min_items"],
        (On::Text | On::List | On::Number, Shape::Map(_)) => ["max_properties", "min_properties"],
        _ => return String::new(),
    };
    if !constraint.known.name.starts_with("m") || constraint.known.name == "multiple_of" {
        return match shape {
            Shape::List(_) | Shape::Map(_) => {
                format!(
                    ": for its elements there is `each({} = …)`",
                    constraint.known.name
                )
            }
            _ => String::new(),
        };
    }
    format!(": there is `{}`", name[usize::from(least)])
}

fn in_order(constraints: &[Constraint]) -> Result<()> {
    let find = |name| constraints.iter().find(|c| c.known.name == name);
    for (low, high, may_be_equal) in ORDERED {
        let (Some(least), Some(most)) = (find(*low), find(*high)) else {
            continue;
        };
        let order = compare(&least.value, &most.value);
        if order == Ordering::Greater || (order == Ordering::Equal && !may_be_equal) {
            return Err(Error::new(
                least.span,
                format!(
                    "no value obeys both `{low} = {}` and `{high} = {}`",
                    least.value, most.value
                ),
            ));
        }
    }
    Ok(())
}

fn compare(a: &Value, b: &Value) -> Ordering {
    let whole = |value: &Value| value.as_number().and_then(serde_json::Number::as_i128);
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => a
            .as_f64()
            .partial_cmp(&b.as_f64())
            .unwrap_or(Ordering::Equal),
    }
}
