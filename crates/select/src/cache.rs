//! Compiled selectors, expressions and patterns, kept per thread under their text.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// How many texts one cache holds. A spider has tens; past the bound the texts are evidently
/// generated, and the cache starts again from nothing.
const CAPACITY: usize = 256;

/// The texts used last, compared one by one before the map is asked: a spider's inner loop
/// turns around a handful of selectors, and comparing short strings is cheaper than hashing.
const RECENT: usize = 8;

/// A bounded map from a text to what it compiles to.
pub(crate) struct Cache<T> {
    inner: RefCell<Entries<T>>,
}

struct Entries<T> {
    map: HashMap<Rc<str>, Rc<T>>,
    recent: Vec<(Rc<str>, Rc<T>)>,
    oldest: usize,
}

impl<T> Cache<T> {
    pub(crate) fn new() -> Self {
        Self {
            inner: RefCell::new(Entries {
                map: HashMap::new(),
                recent: Vec::with_capacity(RECENT),
                oldest: 0,
            }),
        }
    }

    /// What `text` compiles to, compiling it at its first use. Failures are not kept.
    pub(crate) fn get<E>(
        &self,
        text: &str,
        compile: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Rc<T>, E> {
        let mut entries = self.inner.borrow_mut();
        if let Some((_, found)) = entries.recent.iter().find(|(key, _)| **key == *text) {
            return Ok(Rc::clone(found));
        }
        let known = entries
            .map
            .get_key_value(text)
            .map(|(key, value)| (Rc::clone(key), Rc::clone(value)));
        let (key, value) = match known {
            Some(entry) => entry,
            None => {
                let entry = (Rc::<str>::from(text), Rc::new(compile(text)?));
                if entries.map.len() >= CAPACITY {
                    entries.map.clear();
                }
                entries.map.insert(Rc::clone(&entry.0), Rc::clone(&entry.1));
                entry
            }
        };
        entries.remember(key, Rc::clone(&value));
        Ok(value)
    }
}

impl<T> Entries<T> {
    fn remember(&mut self, key: Rc<str>, value: Rc<T>) {
        if self.recent.len() < RECENT {
            self.recent.push((key, value));
        } else {
            self.recent[self.oldest] = (key, value);
            self.oldest = (self.oldest + 1) % RECENT;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CAPACITY, Cache};

    fn compile(text: &str) -> Result<usize, String> {
        text.parse().map_err(|_| format!("not a number: {text}"))
    }

    #[test]
    fn compiles_a_text_once_and_keeps_no_failure() {
        let cache = Cache::new();
        let mut compiled = 0;
        for text in ["1", "2", "1", "1"] {
            cache
                .get(text, |text| {
                    compiled += 1;
                    compile(text)
                })
                .unwrap();
        }
        assert_eq!(compiled, 2);
        assert!(cache.get("x", compile).is_err());
        assert_eq!(cache.inner.borrow().map.len(), 2);
    }

    #[test]
    fn stays_bounded_and_right_under_many_texts() {
        let cache = Cache::new();
        for round in 0..2 {
            for number in 0..3 * CAPACITY {
                assert_eq!(
                    *cache.get(&number.to_string(), compile).unwrap(),
                    number,
                    "{round}"
                );
            }
        }
        assert!(cache.inner.borrow().map.len() <= CAPACITY);
    }
}
