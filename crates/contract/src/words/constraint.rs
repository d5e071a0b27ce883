//! Words with their values, read from a schema.

use huntsman_core::violation::shortened;
use regex::Regex;
use serde_json::{Map, Value};

use super::{WORDS, Word, nearest};
use crate::cel::Rule;
use crate::check::number::{Divisor, Number};
use crate::format::Format;

/// A constraint that cannot be kept as it is written. All name the place in the schema.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The value of a word is not what the word needs.
    #[error("{place}: {word} must be {must}, not {value}")]
    Value {
        /// Where in the schema: `fields[2].type`.
        place: String,
        /// The word.
        word: &'static str,
        /// What its value must be.
        must: &'static str,
        /// What it is, as JSON, shortened.
        value: String,
    },
    /// A regular expression that cannot be compiled.
    #[error("{place}: the pattern {pattern} is no regular expression: {reason}")]
    Pattern {
        /// Where in the schema.
        place: String,
        /// The expression.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No value can obey.
    #[error("{place}: no value obeys both {low} and {high}")]
    Empty {
        /// Where in the schema.
        place: String,
        /// The lower bound: `minLength 8`.
        low: String,
        /// The upper bound: `maxLength 3`.
        high: String,
    },
    /// A rule in CEL that cannot be compiled.
    #[error("{place}: confluent:rules: the rule {rule} is no CEL expression: {reason}")]
    Rule {
        /// Where in the schema.
        place: String,
        /// The rule's name.
        rule: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// A word with its value.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each is the word that it is named after")]
pub enum Constraint {
    MinLength(u64),
    MaxLength(u64),
    Pattern(Box<Regex>),
    Format(Format),
    Minimum(Number<'static>),
    Maximum(Number<'static>),
    ExclusiveMinimum(Number<'static>),
    ExclusiveMaximum(Number<'static>),
    MultipleOf(Divisor),
    MinItems(u64),
    MaxItems(u64),
    UniqueItems,
    MinProperties(u64),
    MaxProperties(u64),
    Enum(Vec<Value>),
    Const(Value),
    Unique,
    AdditionalFields,
    Rules(Vec<Rule>),
}

/// What a place of a schema says: its constraints, and what looks like a slip.
///
/// # Errors
/// The first value that does not suit its word.
pub fn read(
    attributes: &Map<String, Value>,
    place: &str,
    warnings: &mut Vec<String>,
) -> Result<Vec<(Word, Constraint)>, CheckError> {
    let mut found = Vec::new();
    for (written, value) in attributes {
        if let Some(word) = Word::written(written) {
            let constraint = one(word, value, place, warnings)?;
            found.extend(constraint.map(|constraint| (word, constraint)));
        } else if let Some(meant) = nearest(written, WORDS.iter().map(|(known, ..)| *known)) {
            warnings.push(format!(
                "{place} has the word {written:?}; did you mean {meant:?}?"
            ));
        }
    }
    Ok(found)
}

/// The constraint of one word; `None` if it demands nothing.
fn one(
    word: Word,
    value: &Value,
    place: &str,
    warnings: &mut Vec<String>,
) -> Result<Option<Constraint>, CheckError> {
    let wrong = |must| CheckError::Value {
        place: place.to_owned(),
        word: word.text(),
        must,
        value: shortened(&value.to_string()),
    };
    let count = || count(value).ok_or_else(|| wrong("a whole number from 0 on"));
    let number = || Number::of(value).ok_or_else(|| wrong("a number"));
    let text = || value.as_str().ok_or_else(|| wrong("a text"));
    let flag = |constraint| match value {
        Value::Bool(true) => Ok(Some(constraint)),
        Value::Bool(false) => Ok(None),
        _ => Err(wrong("true or false")),
    };
    Ok(Some(match word {
        Word::MinLength => Constraint::MinLength(count()?),
        Word::MaxLength => Constraint::MaxLength(count()?),
        Word::Pattern => Constraint::Pattern(Box::new(pattern(text()?, place)?)),
        Word::Format => return Ok(format(word, text()?, place, warnings)),
        // The specification has invalid ones ignored.
        Word::LogicalType => {
            return Ok(format(
                word,
                value.as_str().unwrap_or_default(),
                place,
                warnings,
            ));
        }
        Word::Minimum => Constraint::Minimum(number()?),
        Word::Maximum => Constraint::Maximum(number()?),
        Word::ExclusiveMinimum => Constraint::ExclusiveMinimum(number()?),
        Word::ExclusiveMaximum => Constraint::ExclusiveMaximum(number()?),
        Word::MultipleOf => {
            let divisor = Number::of(value).and_then(Divisor::new);
            Constraint::MultipleOf(divisor.ok_or_else(|| wrong("a number above 0"))?)
        }
        Word::MinItems => Constraint::MinItems(count()?),
        Word::MaxItems => Constraint::MaxItems(count()?),
        Word::UniqueItems => return flag(Constraint::UniqueItems),
        Word::MinProperties => Constraint::MinProperties(count()?),
        Word::MaxProperties => Constraint::MaxProperties(count()?),
        Word::Enum => match value {
            Value::Array(values) if !values.is_empty() => Constraint::Enum(values.clone()),
            _ => return Err(wrong("a list of at least one value")),
        },
        Word::Const => Constraint::Const(value.clone()),
        Word::Unique => return flag(Constraint::Unique),
        Word::AdditionalFields => return flag(Constraint::AdditionalFields),
        Word::ContentMediaType => {
            // What it means is in the type, which knows it itself.
            text()?;
            return Ok(None);
        }
        Word::Rules => Constraint::Rules(Rule::read(value, place)?),
    }))
}

/// A count as JSON Schema has it: `8`, or `8.0`.
fn count(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let float = value.as_f64()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the next line sees whether anything was lost"
        )]
        let whole = float as u64;
        #[expect(clippy::cast_precision_loss, reason = "equal only if nothing was lost")]
        let same = whole as f64 == float;
        same.then_some(whole)
    })
}

fn pattern(text: &str, place: &str) -> Result<Regex, CheckError> {
    Regex::new(text).map_err(|error| {
        let reason = match &error {
            // The last line says what is wrong; those before draw it.
            regex::Error::Syntax(drawn) => {
                let last = drawn.lines().last().unwrap_or_default();
                last.strip_prefix("error: ").unwrap_or(last).to_owned()
            }
            other => other.to_string(),
        };
        CheckError::Pattern {
            place: place.to_owned(),
            pattern: shortened(text),
            reason,
        }
    })
}

/// A `logicalType` that is no format is none of ours, unless it is nearly one.
fn format(word: Word, name: &str, place: &str, warnings: &mut Vec<String>) -> Option<Constraint> {
    let known = Format::ALL.iter().map(|(name, _)| *name);
    if let Some(format) = Format::named(name) {
        return Some(Constraint::Format(format));
    }
    let shown = shortened(name);
    if let Some(meant) = nearest_format(name) {
        warnings.push(format!(
            "{place} has the {} {shown:?}; did you mean {meant:?}?",
            word.text()
        ));
    } else if word == Word::Format {
        let all = known.collect::<Vec<_>>().join(", ");
        warnings.push(format!(
            "{place} has the format {shown:?}, which is not checked; known are {all}"
        ));
    }
    None
}

fn nearest_format(name: &str) -> Option<&'static str> {
    const OTHER_NAMES: [(&str, &str); 8] = [
        ("e-mail", "email"),
        ("emial", "email"),
        ("mail", "email"),
        ("url", "uri"),
        ("host", "hostname"),
        ("ip", "ipv4"),
        ("guid", "uuid"),
        ("datetime", "date-time"),
    ];
    let lower = name.to_lowercase();
    let other = OTHER_NAMES.iter().find(|(other, _)| *other == lower);
    other
        .map(|(_, meant)| *meant)
        .or_else(|| nearest(name, Format::ALL.iter().map(|(name, _)| *name)))
}
