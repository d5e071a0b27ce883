//! Bounds that leave no value.

use std::cmp::Ordering;

use super::number::Number;
use crate::words::{CheckError, Constraint, Word};

/// Refuses constraints of one place that no value obeys, as far as that can be seen from bounds.
pub(super) fn demand_some(
    constraints: &[&(Word, Constraint)],
    place: &str,
) -> Result<(), CheckError> {
    let words = || constraints.iter().copied();
    for (low_word, low) in words().filter_map(lower) {
        for (high_word, high) in words().filter_map(upper) {
            if kind(low_word) != kind(high_word) {
                continue;
            }
            let closed = !matches!(low_word, Word::ExclusiveMinimum)
                && !matches!(high_word, Word::ExclusiveMaximum);
            let fits = match low.compare(&high) {
                Some(Ordering::Less) => true,
                Some(Ordering::Equal) => closed,
                _ => false,
            };
            if !fits {
                return Err(CheckError::Empty {
                    place: place.to_owned(),
                    low: format!("{} {low}", low_word.text()),
                    high: format!("{} {high}", high_word.text()),
                });
            }
        }
    }
    Ok(())
}

type Bound = (Word, Number<'static>);

fn lower((word, constraint): &(Word, Constraint)) -> Option<Bound> {
    let bound = match constraint {
        Constraint::MinLength(n) | Constraint::MinItems(n) | Constraint::MinProperties(n) => {
            Number::Int((*n).into())
        }
        Constraint::Minimum(bound) | Constraint::ExclusiveMinimum(bound) => *bound,
        _ => return None,
    };
    Some((*word, bound))
}

fn upper((word, constraint): &(Word, Constraint)) -> Option<Bound> {
    let bound = match constraint {
        Constraint::MaxLength(n) | Constraint::MaxItems(n) | Constraint::MaxProperties(n) => {
            Number::Int((*n).into())
        }
        Constraint::Maximum(bound) | Constraint::ExclusiveMaximum(bound) => *bound,
        _ => return None,
    };
    Some((*word, bound))
}

/// What a bound counts.
fn kind(word: Word) -> u8 {
    match word {
        Word::MinLength | Word::MaxLength => 0,
        Word::MinItems | Word::MaxItems => 1,
        Word::MinProperties | Word::MaxProperties => 2,
        _ => 3,
    }
}
