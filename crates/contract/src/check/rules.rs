//! The constraints of one place, sorted by what they apply to.

use std::fmt::Display;

use regex::Regex;

use super::choices::Choices;
use super::number::{Divisor, Number};
use crate::cel::Rule;
use crate::format::Format;
use crate::words::{Constraint, Word};

/// Takes note of a broken rule: its word, and what the value must be.
pub(super) trait Broken {
    fn broken(&mut self, word: Word, must: &dyn Display);
}

/// Constraints of a field, or of a type's own object.
#[derive(Debug, Default)]
pub(super) struct Rules {
    pub(super) length: Bounds,
    patterns: Vec<Regex>,
    formats: Vec<(Word, Format)>,
    bounds: Vec<(Word, Number<'static>)>,
    multiples: Vec<Divisor>,
    items: Bounds,
    properties: Bounds,
    pub(super) choices: Vec<(Word, Choices)>,
    pub(super) unique_items: bool,
    pub(super) unique: bool,
    pub(super) additional_fields: bool,
    pub(super) cel: Vec<Rule>,
}

/// The least and the most of a count.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) least: u64,
    pub(super) most: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            least: 0,
            most: u64::MAX,
        }
    }
}

impl Bounds {
    fn at_least(&mut self, least: u64) {
        self.least = self.least.max(least);
    }

    fn at_most(&mut self, most: u64) {
        self.most = self.most.min(most);
    }

    fn check(self, count: usize, words: (Word, Word), unit: Unit, broken: &mut impl Broken) {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        if count < self.least {
            let (n, unit) = (self.least, unit.of(self.least));
            let must = format_args!("must have at least {n} {unit}, has {count}");
            broken.broken(words.0, &must);
        } else if count > self.most {
            let (n, unit) = (self.most, unit.of(self.most));
            let must = format_args!("must have at most {n} {unit}, has {count}");
            broken.broken(words.1, &must);
        }
    }
}

/// What is counted, one and many.
#[derive(Debug, Clone, Copy)]
struct Unit(&'static str, &'static str);

impl Unit {
    fn of(self, count: u64) -> &'static str {
        if count == 1 { self.0 } else { self.1 }
    }
}

impl Rules {
    pub(super) fn new(constraints: impl IntoIterator<Item = (Word, Constraint)>) -> Self {
        let mut rules = Self::default();
        for (word, constraint) in constraints {
            rules.add(word, constraint);
        }
        rules
    }

    fn add(&mut self, word: Word, constraint: Constraint) {
        match constraint {
            Constraint::MinLength(least) => self.length.at_least(least),
            Constraint::MaxLength(most) => self.length.at_most(most),
            Constraint::Pattern(pattern) => self.patterns.push(*pattern),
            Constraint::Format(format) => self.formats.push((word, format)),
            Constraint::Minimum(bound)
            | Constraint::Maximum(bound)
            | Constraint::ExclusiveMinimum(bound)
            | Constraint::ExclusiveMaximum(bound) => self.bounds.push((word, bound)),
            Constraint::MultipleOf(divisor) => self.multiples.push(divisor),
            Constraint::MinItems(least) => self.items.at_least(least),
            Constraint::MaxItems(most) => self.items.at_most(most),
            Constraint::UniqueItems => self.unique_items = true,
            Constraint::MinProperties(least) => self.properties.at_least(least),
            Constraint::MaxProperties(most) => self.properties.at_most(most),
            Constraint::Enum(values) => self.choices.push((word, Choices::of(values))),
            Constraint::Const(value) => self.choices.push((word, Choices::of(vec![value]))),
            Constraint::Unique => self.unique = true,
            Constraint::AdditionalFields => self.additional_fields = true,
            Constraint::Rules(rules) => self.cel.extend(rules),
        }
    }

    /// Whether there is something to look at once a whole scalar is known.
    pub(super) fn looks_at_scalars(&self) -> bool {
        self.unique || !self.cel.is_empty()
    }

    /// Whether there is something to look at once a whole list, map, record or bytes is known.
    pub(super) fn looks_at_wholes(&self) -> bool {
        self.looks_at_scalars() || self.unique_items || !self.choices.is_empty()
    }

    pub(super) fn text(&self, text: &str, broken: &mut impl Broken) {
        self.length(text, broken);
        for pattern in &self.patterns {
            if !pattern.is_match(text) {
                broken.broken(Word::Pattern, &format_args!("must match {pattern}"));
            }
        }
        for (word, format) in &self.formats {
            if !format.fits(text) {
                broken.broken(*word, &format_args!("must be {}", format.noun()));
            }
        }
        for (word, choices) in &self.choices {
            if !choices.have_text(text) {
                broken.broken(*word, choices);
            }
        }
    }

    fn length(&self, text: &str, broken: &mut impl Broken) {
        let Bounds { least, most } = self.length;
        let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
        // A character has one to four bytes: most texts need not be counted.
        if least <= bytes.div_ceil(4) && bytes <= most {
            return;
        }
        let words = (Word::MinLength, Word::MaxLength);
        let unit = Unit("character", "characters");
        self.length.check(text.chars().count(), words, unit, broken);
    }

    pub(super) fn number(&self, number: Number<'_>, broken: &mut impl Broken) {
        self.bounds(number, broken);
        for (word, choices) in &self.choices {
            if !choices.have_number(number) {
                broken.broken(*word, choices);
            }
        }
    }

    fn bounds(&self, number: Number<'_>, broken: &mut impl Broken) {
        for (word, bound) in &self.bounds {
            let order = number.compare(bound);
            let (fits, must) = match word {
                Word::Minimum => (order.is_some_and(|o| o.is_ge()), "at least"),
                Word::Maximum => (order.is_some_and(|o| o.is_le()), "at most"),
                Word::ExclusiveMinimum => (order.is_some_and(|o| o.is_gt()), "more than"),
                _ => (order.is_some_and(|o| o.is_lt()), "less than"),
            };
            if !fits {
                broken.broken(*word, &format_args!("must be {must} {bound}"));
            }
        }
        for divisor in &self.multiples {
            if !divisor.divides(number) {
                let must = format_args!("must be a multiple of {divisor}");
                broken.broken(Word::MultipleOf, &must);
            }
        }
    }

    /// A date or time in text: bounds are about its number, choices about either.
    pub(super) fn moment(&self, text: &str, number: i64, broken: &mut impl Broken) {
        let number = Number::Int(number.into());
        self.bounds(number, broken);
        for (word, choices) in &self.choices {
            if !choices.have_text(text) && !choices.have_number(number) {
                broken.broken(*word, choices);
            }
        }
    }

    pub(super) fn boolean(&self, value: bool, broken: &mut impl Broken) {
        for (word, choices) in &self.choices {
            if !choices.have_boolean(value) {
                broken.broken(*word, choices);
            }
        }
    }

    pub(super) fn bytes(&self, count: usize, broken: &mut impl Broken) {
        let words = (Word::MinLength, Word::MaxLength);
        self.length
            .check(count, words, Unit("byte", "bytes"), broken);
    }

    pub(super) fn items(&self, count: usize, broken: &mut impl Broken) {
        let words = (Word::MinItems, Word::MaxItems);
        self.items
            .check(count, words, Unit("item", "items"), broken);
    }

    pub(super) fn properties(&self, count: usize, broken: &mut impl Broken) {
        let words = (Word::MinProperties, Word::MaxProperties);
        let unit = Unit("entry", "entries");
        self.properties.check(count, words, unit, broken);
    }
}
