//! Words and names: what a place may be given.

use huntsman_core::{Attribute, Kind};
use serde_json::Value;

use super::Object;
use super::error::ItemSchemaError;

/// The words that are said of a place, in order.
pub(super) fn words(
    attributes: &[Attribute],
    reserved: &[&str],
    place: &str,
) -> Result<Object, ItemSchemaError> {
    let mut words = Object::new();
    for Attribute { word, value } in attributes {
        if reserved.contains(word) || words.contains_key(*word) {
            let reason = if reserved.contains(word) {
                "the derive says it otherwise"
            } else {
                "it is there twice"
            };
            return Err(ItemSchemaError::Word {
                place: place.to_owned(),
                word: (*word).to_owned(),
                value: (*value).to_owned(),
                reason: reason.to_owned(),
            });
        }
        words.insert((*word).to_owned(), json_of(word, value, place)?);
    }
    Ok(words)
}

/// The value of a word.
pub(super) fn json_of(word: &str, text: &str, place: &str) -> Result<Value, ItemSchemaError> {
    serde_json::from_str(text).map_err(|error| ItemSchemaError::Word {
        place: place.to_owned(),
        word: word.to_owned(),
        value: text.to_owned(),
        reason: format!("not JSON: {error}"),
    })
}

/// The error for words of elements that are none.
pub(super) fn no_words(word: &str, value: &Value, place: &str) -> ItemSchemaError {
    ItemSchemaError::Word {
        place: place.to_owned(),
        word: word.to_owned(),
        value: value.to_string(),
        reason: "it is an object of words".to_owned(),
    }
}

/// Refuses words in the place of a named type.
pub(super) fn demand_none(within: &Object, name: &str, place: &str) -> Result<(), ItemSchemaError> {
    match within.keys().next() {
        None => Ok(()),
        Some(word) => Err(ItemSchemaError::Elements {
            place: place.to_owned(),
            word: word.clone(),
            name: name.to_owned(),
        }),
    }
}

/// Refuses a name that Avro forbids.
pub(super) fn demand_name(
    name: &str,
    what: &'static str,
    place: &str,
    remedy: &'static str,
) -> Result<(), ItemSchemaError> {
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    if name.starts_with(letter) && name.chars().all(|c| letter(c) || c.is_ascii_digit()) {
        return Ok(());
    }
    Err(ItemSchemaError::Name {
        place: place.to_owned(),
        what,
        name: name.to_owned(),
        remedy,
    })
}

/// Whether a word means something for a type that words can stand in.
pub(super) fn fits(word: &str, kind: &Kind) -> bool {
    match word {
        "items" => matches!(kind, Kind::List(_) | Kind::Map(_)),
        "minItems" | "maxItems" | "uniqueItems" => matches!(kind, Kind::List(_)),
        "minProperties" | "maxProperties" => matches!(kind, Kind::Map(_)),
        "minLength" | "maxLength" => matches!(kind, Kind::Text | Kind::Bytes),
        "pattern" | "format" => matches!(kind, Kind::Text),
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => {
            matches!(
                kind,
                Kind::Int(_) | Kind::UInt(_) | Kind::Float(_) | Kind::Logical(_)
            )
        }
        _ => true,
    }
}
