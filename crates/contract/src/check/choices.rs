//! The values of `enum` and `const`.

use std::collections::HashSet;
use std::fmt;

use huntsman_core::violation::shortened;
use serde_json::Value;

use super::digest::digest;
use super::number::Number;

/// A set of JSON values. Equality is that of JSON: 1 is 1.0, and the order of members is nothing.
#[derive(Debug)]
pub(super) struct Choices {
    texts: HashSet<Box<str>>,
    numbers: Vec<Number<'static>>,
    others: HashSet<u128>,
    /// What a message says of them.
    must: String,
}

impl Choices {
    pub(super) fn of(values: Vec<Value>) -> Self {
        let mut choices = Self {
            texts: HashSet::new(),
            numbers: Vec::new(),
            others: HashSet::new(),
            must: must(&values),
        };
        for value in values {
            choices.others.insert(digest(&value));
            choices.numbers.extend(Number::of(&value));
            if let Value::String(text) = value {
                choices.texts.insert(text.into());
            }
        }
        choices
    }

    pub(super) fn have_text(&self, text: &str) -> bool {
        self.texts.contains(text)
    }

    pub(super) fn have_number(&self, number: Number<'_>) -> bool {
        self.numbers.iter().any(|choice| choice.same(&number))
    }

    pub(super) fn have_boolean(&self, value: bool) -> bool {
        self.are(digest(&value))
    }

    /// Whether one of them has this [`digest`].
    pub(super) fn are(&self, hash: u128) -> bool {
        self.others.contains(&hash)
    }
}

fn must(values: &[Value]) -> String {
    let texts: Vec<String> = values.iter().take(20).map(Value::to_string).collect();
    match texts.as_slice() {
        [one] if values.len() == 1 => format!("must be {}", shortened(one)),
        all => format!("must be one of {}", shortened(&all.join(", "))),
    }
}

impl fmt::Display for Choices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.must)
    }
}
