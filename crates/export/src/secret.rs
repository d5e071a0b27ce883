//! Secrets: what stands for a value of the environment, and what no message may repeat.

use std::fs::File;
use std::io::{self, Read as _};

use huntsman_core::ExportError;

use crate::hidden::{MASK, hidden, is_secret, password};
use crate::query;

/// Values that a feed was told, and nobody else is.
#[derive(Debug, Default)]
pub(crate) struct Secrets(Vec<String>);

/// An address with the values of the environment in place of `${NAME}`, as feeds have them; `$${` is
/// `${`. For what is read from an address of the form that feeds have.
///
/// ```
/// let address = "kafka://localhost/urls?sasl.password=${NO_SUCH_VARIABLE}";
/// let error = huntsman_export::filled(address).unwrap_err().to_string();
/// assert!(error.contains("NO_SUCH_VARIABLE"), "{error}");
/// ```
///
/// # Errors
/// There is no such variable, or it is badly written. The error repeats no value.
pub fn filled(address: &str) -> Result<String, ExportError> {
    let environment = |name: &str| std::env::var(name).ok();
    let filled = Secrets::default().fill(address, query::encoded, &environment);
    filled.map_err(|reason| {
        let shown = address.split('?').next().unwrap_or_default();
        ExportError::Place(format!("`{}` {reason}", hidden("place", shown)))
    })
}

impl Secrets {
    fn add(&mut self, value: &str) {
        // In each form that a system may repeat it in.
        for form in [value.to_owned(), query::decoded(value)] {
            if !form.is_empty() && !self.0.contains(&form) {
                self.0.push(form);
            }
        }
        // One that has another in it goes first.
        self.0.sort_by_key(|form| std::cmp::Reverse(form.len()));
    }

    /// The value of a word, if the word's name says that it is one.
    pub(crate) fn add_word(&mut self, word: &str, value: &str) {
        if is_secret(word) {
            self.add(value);
        }
    }

    /// The password in an address, if it has one.
    pub(crate) fn add_address(&mut self, address: &str) {
        if let Some(password) = password(address) {
            self.add(&address[password]);
        }
    }

    /// The text with the values of the environment in place of `${NAME}`, and what a file holds in
    /// place of `${file:PATH}`, as `encode` writes them; `$${` is `${`.
    ///
    /// # Errors
    /// The reason: there is no such variable or file, or it is badly written.
    pub(crate) fn fill(
        &mut self,
        text: &str,
        encode: impl Fn(&str) -> String,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<String, String> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            let (before, after) = (&rest[..at], &rest[at + 2..]);
            if let Some(before) = before.strip_suffix('$') {
                filled.push_str(before);
                filled.push_str("${");
                rest = after;
                continue;
            }
            filled.push_str(before);
            let is_name = |name: &str| {
                let mut letters = name.chars();
                letters
                    .next()
                    .is_some_and(|c| c.is_alphabetic() || c == '_')
                    && letters.all(|c| c.is_alphanumeric() || c == '_')
            };
            let named = after.split_once('}');
            let file = named.and_then(|(name, after)| Some((name.strip_prefix("file:")?, after)));
            let name = named.filter(|(name, _)| is_name(name));
            let (value, after) = if let Some((path, after)) = file {
                (content(path)?, after)
            } else {
                // What is no name may be a part of a secret, and is not repeated.
                let (name, after) = name.ok_or(
                    "has `${` without the name of a variable behind it: write ${NAME}, or \
                     ${file:PATH}, or $${ for the characters themselves",
                )?;
                let value = environment(name).filter(|value| !value.is_empty());
                let value = value.ok_or_else(|| {
                    format!("has ${{{name}}}, and the environment has no variable of that name")
                })?;
                (value, after)
            };
            let encoded = encode(&value);
            filled.push_str(&encoded);
            self.add(&encoded);
            self.add(&value);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// The text without them.
    fn hide(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.0 {
            text = text.replace(secret.as_str(), MASK);
        }
        text
    }

    /// The error without them.
    pub(crate) fn hidden(&self, error: ExportError) -> ExportError {
        if self.0.is_empty() {
            return error;
        }
        match error {
            ExportError::Io { place, source } => {
                let told = source.to_string();
                let shown = self.hide(&told);
                let source = if shown == told {
                    source
                } else {
                    io::Error::new(source.kind(), shown)
                };
                let place = self.hide(&place);
                ExportError::Io { place, source }
            }
            ExportError::NotOurs {
                place,
                expected,
                reason,
            } => ExportError::NotOurs {
                place: self.hide(&place),
                expected,
                reason: self.hide(&reason),
            },
            // What an item and its page are called is no secret of the feed.
            ExportError::Item {
                id,
                url,
                place,
                reason,
            } => ExportError::Item {
                id,
                url,
                place: self.hide(&place),
                reason: self.hide(&reason),
            },
            ExportError::Place(text) => ExportError::Place(self.hide(&text)),
            other => ExportError::Other(self.hide(&other.to_string())),
        }
    }
}

/// What a file holds, without the end of its last line; a secret is short.
fn content(path: &str) -> Result<String, String> {
    const MOST: u64 = 1 << 20;
    let shown = path.escape_debug();
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(MOST).read_to_string(&mut text));
    read.map_err(|error| format!("has ${{file:{shown}}}, which cannot be read: {error}"))?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(format!("has ${{file:{shown}}}, which is empty")),
        text => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> Result<(String, Secrets), String> {
        let environment = |name: &str| match name {
            "PASSWORD" => Some("p/w@1".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        let mut secrets = Secrets::default();
        let text = secrets.fill(text, query::encoded_all, &environment)?;
        Ok((text, secrets))
    }

    #[test]
    fn values_stand_in_place_of_names() {
        for (text, expected) in [
            ("plain $1 {x} %(a)s", "plain $1 {x} %(a)s"),
            ("db://me:${PASSWORD}@h/d", "db://me:p%2Fw%401@h/d"),
            ("${PASSWORD}${PASSWORD}", "p%2Fw%401p%2Fw%401"),
            ("$${PASSWORD} $$${PASSWORD}", "${PASSWORD} $${PASSWORD}"),
        ] {
            assert_eq!(filled(text).unwrap().0, expected);
        }
    }

    #[test]
    fn what_has_no_value_is_refused() {
        for (text, reason) in [
            ("${PASSWORT}", "has ${PASSWORT}, and the environment has no"),
            ("${EMPTY}", "has ${EMPTY}, and the environment has no"),
            ("${PASSWORD", "without the name of a variable"),
            ("${}", "without the name of a variable"),
            ("${1}", "without the name of a variable"),
            ("${a b}", "without the name of a variable"),
        ] {
            let error = filled(text).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn a_file_stands_in_place_of_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        std::fs::write(at("secret"), "p/w@1\n").unwrap();
        std::fs::write(at("empty"), "\n").unwrap();
        let (text, secrets) = filled(&format!("a${{file:{}}}b", at("secret"))).unwrap();
        assert_eq!(text, "ap%2Fw%401b");
        assert_eq!(secrets.hide("p/w@1 p%2Fw%401"), "*** ***");
        for (name, reason) in [("empty", "is empty"), ("none", "cannot be read")] {
            let error = filled(&format!("${{file:{}}}", at(name))).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn no_error_repeats_a_secret() {
        let (_, mut secrets) = filled("x://${PASSWORD}@h").unwrap();
        secrets.add_address("post://me:open%20sesame@desk/box");
        secrets.add_word("token", "hush");
        secrets.add_word("key", "upc");
        let text = || "a p/w@1 b p%2Fw%401 c open%20sesame d open sesame e hush f upc".to_owned();
        let shown = "a *** b *** c *** d *** e *** f upc";
        let io = io::Error::new(io::ErrorKind::NotFound, text());
        for error in [
            ExportError::Place(text()),
            ExportError::Other(text()),
            ExportError::Io {
                place: text(),
                source: io,
            },
            ExportError::NotOurs {
                place: text(),
                expected: "a box",
                reason: text(),
            },
            ExportError::Item {
                id: "1".to_owned(),
                url: "http://h/".to_owned(),
                place: text(),
                reason: text(),
            },
        ] {
            let parts = error.to_string().matches("f upc").count();
            let told = secrets.hidden(error).to_string();
            assert_eq!(told.matches(shown).count(), parts, "{told}");
        }
    }
}
