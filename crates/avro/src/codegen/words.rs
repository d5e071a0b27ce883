//! Constraints: from words of a schema to words of the derive.

use serde_json::{Map, Value};

use super::layout;

/// What the derive knows of the type that a value has in Rust.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Bool,
    Int(i64, i64),
    Float,
    Text,
    List,
    Map,
    /// Nothing: all words are taken.
    Unknown,
}

#[derive(Clone, Copy, PartialEq)]
enum Takes {
    Count,
    Number,
    Positive,
    Text,
    Format,
    Values,
    Flag,
}

/// In a schema, in the derive, what it takes, and the shape that it is for.
type Known = (&'static str, &'static str, Takes, Option<Shape>);

const KNOWN: [Known; 16] = [
    ("minLength", "min_length", Takes::Count, Some(Shape::Text)),
    ("maxLength", "max_length", Takes::Count, Some(Shape::Text)),
    ("pattern", "pattern", Takes::Text, Some(Shape::Text)),
    ("format", "format", Takes::Format, Some(Shape::Text)),
    ("minimum", "minimum", Takes::Number, Some(Shape::Float)),
    ("maximum", "maximum", Takes::Number, Some(Shape::Float)),
    (
        "exclusiveMinimum",
        "exclusive_minimum",
        Takes::Number,
        Some(Shape::Float),
    ),
    (
        "exclusiveMaximum",
        "exclusive_maximum",
        Takes::Number,
        Some(Shape::Float),
    ),
    (
        "multipleOf",
        "multiple_of",
        Takes::Positive,
        Some(Shape::Float),
    ),
    ("enum", "one_of", Takes::Values, None),
    ("minItems", "min_items", Takes::Count, Some(Shape::List)),
    ("maxItems", "max_items", Takes::Count, Some(Shape::List)),
    (
        "uniqueItems",
        "unique_items",
        Takes::Flag,
        Some(Shape::List),
    ),
    (
        "minProperties",
        "min_properties",
        Takes::Count,
        Some(Shape::Map),
    ),
    (
        "maxProperties",
        "max_properties",
        Takes::Count,
        Some(Shape::Map),
    ),
    ("unique", "unique", Takes::Flag, None),
];

/// The formats that the derive takes.
const FORMATS: [&str; 9] = [
    "email",
    "uri",
    "uuid",
    "hostname",
    "ipv4",
    "ipv6",
    "date",
    "time",
    "date-time",
];

/// Words of the derive, and those words of the schema that it has no name for.
#[derive(Default)]
pub(super) struct Read {
    /// The name in the derive, and the word with its value.
    pub(super) constraints: Vec<(&'static str, String)>,
    /// As they are.
    pub(super) others: Vec<(String, Value)>,
    /// Constraints that the derive would refuse here.
    pub(super) refused: Vec<String>,
}

/// Reads what a place of a schema says of a value of this shape.
pub(super) fn read(attributes: &Map<String, Value>, shape: Shape, nullable: bool) -> Read {
    let mut read = Read::default();
    for (word, value) in attributes {
        // An unknown logical type that is a format stands for it.
        let is_format = word == "logicalType" && shape == Shape::Text && is_format(value);
        let word = if is_format { "format" } else { word };
        match KNOWN.iter().find(|(known, ..)| *known == word) {
            None if word == "items" || word == "each" => read.refused.push(word.to_owned()),
            None => read.others.push((word.to_owned(), value.clone())),
            Some((_, _, Takes::Flag, _)) if *value == Value::Bool(false) => {}
            Some(known) if fits(*known, shape) && takes(known.2, value, shape, nullable) => {
                read.constraints
                    .push((known.1, written(known.1, known.2, value)));
            }
            Some(_) => read.refused.push(word.to_owned()),
        }
    }
    read
}

fn written(name: &str, takes: Takes, value: &Value) -> String {
    if takes == Takes::Flag {
        name.to_owned()
    } else {
        format!("{name} = {}", layout::json(value))
    }
}

fn is_format(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|format| FORMATS.contains(&format))
}

fn fits((_, _, _, wanted): Known, shape: Shape) -> bool {
    match (wanted, shape) {
        (None, _) | (_, Shape::Unknown) | (Some(Shape::Float), Shape::Int(..)) => true,
        (Some(wanted), shape) => wanted == shape,
    }
}

/// Whether the derive takes this value for a word.
fn takes(takes: Takes, value: &Value, shape: Shape, nullable: bool) -> bool {
    match takes {
        Takes::Count => value.is_u64(),
        Takes::Number => value.is_number(),
        Takes::Positive => value.as_f64().is_some_and(|number| number > 0.0),
        Takes::Text => value.is_string(),
        Takes::Format => is_format(value),
        Takes::Flag => *value == Value::Bool(true),
        Takes::Values => value.as_array().is_some_and(|values| {
            let may = |value: &Value| match (shape, value) {
                (_, Value::Null) => nullable || shape == Shape::Unknown,
                (Shape::Bool, value) => value.is_boolean(),
                (Shape::Int(least, most), value) => value
                    .as_i64()
                    .is_some_and(|number| (least..=most).contains(&number)),
                (Shape::Float, value) => value.is_number(),
                (Shape::Text, value) => value.is_string(),
                (Shape::List | Shape::Map, _) => false,
                (Shape::Unknown, _) => true,
            };
            !values.is_empty() && values.iter().all(may)
        }),
    }
}

/// Whether the derive has a name for a word.
pub(super) fn is_known(word: &str) -> bool {
    KNOWN.iter().any(|(known, ..)| *known == word)
}
