//! Regular expressions by parsel's rules.

use std::borrow::Cow;
use std::rc::Rc;

use regex::Regex;

use crate::SelectError;
use crate::cache::Cache;

thread_local! {
    static PATTERNS: Cache<Pattern> = Cache::new();
}

/// A compiled pattern and which of its groups are wanted.
pub(crate) struct Pattern {
    regex: Regex,
    extract: Option<usize>,
}

pub(crate) fn compile(pattern: &str) -> Result<Rc<Pattern>, SelectError> {
    PATTERNS.with(|cache| {
        cache.get(pattern, |pattern| {
            let regex = Regex::new(pattern).map_err(|error| SelectError::Regex {
                pattern: pattern.to_owned(),
                reason: reason(&error),
            })?;
            let extract = regex
                .capture_names()
                .position(|name| name == Some("extract"));
            Ok(Pattern { regex, extract })
        })
    })
}

/// The last line says what is wrong; those before it draw a picture of where.
pub(crate) fn reason(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

impl Pattern {
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// Hands each string found in `text` to `take` until that says no.
    pub(crate) fn find_in(&self, text: &str, take: &mut dyn FnMut(String) -> bool) {
        if let Some(group) = self.extract {
            let found = self.regex.captures(text).and_then(|found| found.get(group));
            if let Some(found) = found {
                take(without_references(found.as_str()));
            }
        } else if self.regex.captures_len() == 1 {
            for found in self.regex.find_iter(text) {
                if !take(without_references(found.as_str())) {
                    return;
                }
            }
        } else {
            for found in self.regex.captures_iter(text) {
                for group in found.iter().skip(1) {
                    let group = group.map_or("", |group| group.as_str());
                    if !take(without_references(group)) {
                        return;
                    }
                }
            }
        }
    }

    pub(crate) fn first_in(&self, text: &str) -> Option<String> {
        let mut first = None;
        self.find_in(text, &mut |found| {
            first = Some(found);
            false
        });
        first
    }
}

/// Replaces the character references that serialized HTML can hold, keeping `&lt;` and `&amp;`
/// so that the result cannot turn into other markup.
fn without_references(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let name = rest[1..].split_once(';').map(|(name, _)| name);
        match name.and_then(|name| Some((name, character(name)?))) {
            Some((name, character)) => {
                out.push_str(&character);
                rest = &rest[name.len() + 2..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<Cow<'static, str>> {
    let code = match name {
        "gt" => return Some(Cow::Borrowed(">")),
        "quot" => return Some(Cow::Borrowed("\"")),
        "apos" => return Some(Cow::Borrowed("'")),
        "nbsp" => return Some(Cow::Borrowed("\u{a0}")),
        _ => name.strip_prefix('#')?,
    };
    let code = match code.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => code.parse(),
    };
    code.ok()
        .and_then(char::from_u32)
        .map(|found| Cow::Owned(found.to_string()))
}

#[cfg(test)]
mod tests {
    use super::{compile, without_references};

    #[test]
    fn keeps_the_references_that_are_markup() {
        assert_eq!(
            without_references("a &gt; b &amp; &lt;c&gt; &#39;&#x41; & &;"),
            "a > b &amp; &lt;c> 'A & &;"
        );
    }

    #[test]
    fn says_what_is_wrong_with_a_pattern() {
        let error = compile("a(b").err().unwrap().to_string();
        assert_eq!(error, "regular expression `a(b`: unclosed group");
    }
}
