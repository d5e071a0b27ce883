//! The names in items: of structs, fields and variants, each stored once.
//!
//! serde hands them over as text that lives as long as the program. What comes back from the disk
//! has to live as long; so each different name is made once and kept.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use crate::bytes::misread;
use crate::error::StoreError;

/// In the place of a name that a damaged store has lost.
pub(crate) const LOST: &str = "\0lost";

/// The most names that are made: far more than any spider's types have.
const MOST: usize = 1 << 16;

static MADE: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);

/// This name, with a life as long as the program's.
fn lasting(name: &str) -> Result<&'static str, StoreError> {
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let made = made.get_or_insert_with(HashSet::new);
    if let Some(known) = made.get(name) {
        return Ok(known);
    }
    if made.len() >= MOST {
        return Err(misread("it has more names than types can have"));
    }
    let name: &'static str = Box::leak(name.into());
    made.insert(name);
    Ok(name)
}

/// The names that a store knows, by number.
#[derive(Debug, Default)]
pub(crate) struct Names {
    by_text: HashMap<&'static str, u32>,
    texts: Vec<&'static str>,
    /// How many of them are on disk.
    stored: usize,
}

impl Names {
    /// The number of a name, which is given one if it is new, as long as there are any.
    pub(crate) fn number(&mut self, name: &'static str) -> Option<u32> {
        if let Some(number) = self.by_text.get(name) {
            return Some(*number);
        }
        if self.texts.len() >= MOST {
            return None;
        }
        let number = u32::try_from(self.texts.len()).ok()?;
        self.by_text.insert(name, number);
        self.texts.push(name);
        Some(number)
    }

    pub(crate) fn text(&self, number: u32) -> Result<&'static str, StoreError> {
        let text = usize::try_from(number)
            .ok()
            .and_then(|at| self.texts.get(at));
        text.copied()
            .filter(|text| *text != LOST)
            .ok_or_else(|| misread("it uses a name that is not there"))
    }

    /// Adds the next name from the disk.
    pub(crate) fn restore(&mut self, name: &str) -> Result<(), StoreError> {
        let name = lasting(name)?;
        if name == LOST {
            // One for each that is lost.
            self.by_text.remove(name);
        }
        self.number(name)
            .ok_or_else(|| misread("it has more names than types can have"))?;
        self.stored = self.texts.len();
        Ok(())
    }

    /// Those that are not on disk yet, with their numbers.
    pub(crate) fn unstored(&self) -> impl Iterator<Item = (u32, &'static str)> {
        (0..)
            .zip(&self.texts)
            .skip(self.stored)
            .map(|(at, text)| (at, *text))
    }

    pub(crate) fn all_stored(&mut self) {
        self.stored = self.texts.len();
    }
}
