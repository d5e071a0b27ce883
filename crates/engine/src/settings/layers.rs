//! Where each value comes from.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};
use thiserror::Error;

use super::feeds::{FeedOrigins, feed_key};
use super::{KEYS, Settings};

/// Who set a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The built-in default.
    BuiltIn,
    /// A settings file, by name.
    File(String),
    /// An environment variable, by name.
    Environment(String),
    /// The spider's `configure`.
    Spider,
    /// The command line.
    CommandLine,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => f.write_str("built-in"),
            Self::File(name) | Self::Environment(name) => f.write_str(name),
            Self::Spider => f.write_str("spider"),
            Self::CommandLine => f.write_str("command line"),
        }
    }
}

/// Why a setting was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SettingsError {
    /// There is no such key.
    #[error("no setting {key:?} ({origin}); did you mean {nearest:?}?")]
    Unknown {
        /// What was written.
        key: String,
        /// The most alike key that there is.
        nearest: &'static str,
        /// Who wrote it.
        origin: String,
    },
    /// The value does not suit the key.
    #[error("{key} = {value} ({origin}): {reason}")]
    Value {
        /// The key.
        key: String,
        /// What was written.
        value: String,
        /// Who wrote it.
        origin: String,
        /// What is wrong.
        reason: String,
    },
    /// The file is not TOML.
    #[error("{file}: {reason}")]
    File {
        /// Its name.
        file: String,
        /// Where and why.
        reason: String,
    },
}

/// Settings that are being put together, layer on layer.
///
/// ```
/// use huntsman::settings::{Layers, Origin};
/// let mut layers = Layers::default();
/// layers.set("fetch.timeout", "5s", Origin::CommandLine).unwrap();
/// assert_eq!(layers.settings().fetch.timeout.as_secs(), 5);
/// let error = layers.set("fetch.timout", "5s", Origin::CommandLine).unwrap_err();
/// assert!(error.to_string().contains("did you mean \"fetch.timeout\""));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Layers {
    pub(super) settings: Settings,
    origins: BTreeMap<&'static str, Origin>,
    pub(super) feed_origins: FeedOrigins,
}

impl Layers {
    /// The settings as they stand.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Every key with its value as text and its origin, sorted by key.
    #[must_use]
    pub fn table(&self) -> Vec<(&'static str, String, Origin)> {
        let all = tree(&self.settings);
        let row = |key: &'static str| {
            let value = lookup(&all, key).map_or_else(String::new, shown);
            (key, value, self.origin(key))
        };
        KEYS.iter().map(|key| row(key.name)).collect()
    }

    fn origin(&self, key: &str) -> Origin {
        self.origins.get(key).cloned().unwrap_or(Origin::BuiltIn)
    }

    /// Sets one key from text, as `-s KEY=VALUE` and the environment do. Lists are written with
    /// commas; `none` or an empty text takes a limit away. `deliver.NAME.WORD` is a word of a feed.
    ///
    /// # Errors
    /// The key is unknown, or the text does not suit it.
    pub fn set(&mut self, key: &str, text: &str, origin: Origin) -> Result<(), SettingsError> {
        if let Some((feed, word)) = feed_key(key) {
            return self.set_feed(feed, word, text, origin);
        }
        let name = known(key, &origin)?;
        let default = tree(&Settings::default());
        let default = lookup(&default, name);
        if let Some(value) = from_text(default, text)
            && self.put(name, value, origin.clone()).is_ok()
        {
            return Ok(());
        }
        self.put(name, Value::String(text.trim().to_owned()), origin)
    }

    /// Sets what a settings file says. All its problems are reported, not only the first.
    ///
    /// # Errors
    /// The file is not TOML, or keys or values in it are not accepted.
    pub fn file(&mut self, file: &str, text: &str) -> Result<(), Vec<SettingsError>> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            let at = error.span().map_or(0, |span| span.start);
            let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
            let reason = format!("line {line}: {}", error.message());
            vec![SettingsError::File {
                file: file.to_owned(),
                reason,
            }]
        })?;
        let mut errors = Vec::new();
        for (table, values) in &table {
            let toml::Value::Table(values) = values else {
                errors.extend(known(table, &Origin::File(file.to_owned())).err());
                continue;
            };
            for (name, value) in values {
                let origin = Origin::File(file.to_owned());
                let key = format!("{table}.{name}");
                let set = match value {
                    toml::Value::Table(words) if feed_key(&format!("{key}.place")).is_some() => {
                        self.feed_table(name, words, &origin)
                    }
                    _ => known(&key, &origin).and_then(|key| self.put(key, json(value), origin)),
                };
                errors.extend(set.err());
            }
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }

    /// Sets what the variables that begin with `CRAWL_` say: `CRAWL_FETCH_TIMEOUT=5s`.
    ///
    /// # Errors
    /// Such a variable names no key, or its value does not suit.
    pub fn environment(
        &mut self,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<(), Vec<SettingsError>> {
        let mut errors = Vec::new();
        for (name, value) in variables {
            let Some(rest) = name.strip_prefix("CRAWL_") else {
                continue;
            };
            // The first underscore parts table and name; names have underscores themselves.
            let key = rest.to_ascii_lowercase().replacen('_', ".", 1);
            errors.extend(
                self.set(&key, &value, Origin::Environment(name.clone()))
                    .err(),
            );
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }

    /// Lets a spider's `configure` change what it wants; what differs afterwards is its own.
    pub fn spider(&mut self, configure: impl FnOnce(&mut Settings)) {
        let settings = self.settings.clone();
        configure(&mut self.settings);
        self.spider_feeds(&settings);
        let before = tree(&settings);
        let after = tree(&self.settings);
        for key in KEYS {
            if lookup(&before, key.name) != lookup(&after, key.name) {
                self.origins.insert(key.name, Origin::Spider);
            }
        }
    }

    /// What cannot work in the settings as they stand, each with who set it.
    ///
    /// # Errors
    /// All problems found.
    pub fn check(&self) -> Result<(), Vec<SettingsError>> {
        let all = tree(&self.settings);
        let problem = |(key, reason): (&'static str, String)| SettingsError::Value {
            key: key.to_owned(),
            value: lookup(&all, key).map_or_else(String::new, shown),
            origin: self.origin(key).to_string(),
            reason,
        };
        let problems: Vec<_> = self.settings.problems().into_iter().map(problem).collect();
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems)
        }
    }

    fn put(
        &mut self,
        key: &'static str,
        value: Value,
        origin: Origin,
    ) -> Result<(), SettingsError> {
        let mut all = tree(&self.settings);
        let written = shown(&value);
        if let Some(place) = lookup_mut(&mut all, key) {
            *place = value;
        }
        self.settings = serde_json::from_value(all).map_err(|error| SettingsError::Value {
            key: key.to_owned(),
            value: written,
            origin: origin.to_string(),
            reason: error.to_string(),
        })?;
        self.origins.insert(key, origin);
        Ok(())
    }
}

fn known(key: &str, origin: &Origin) -> Result<&'static str, SettingsError> {
    if let Some(found) = KEYS.iter().find(|known| known.name == key) {
        return Ok(found.name);
    }
    let names = || KEYS.iter().map(|known| known.name);
    // A key without its table is met with the one of that name.
    let last = |name: &'static str| name.rsplit('.').next().unwrap_or(name);
    let bare = !key.contains('.') && !names().any(|name| name.starts_with(&format!("{key}.")));
    let nearest = if bare {
        let near = crate::nearest::nearest(key, names().map(last));
        near.and_then(|near| names().find(|name| last(name) == near))
    } else {
        crate::nearest::nearest(key, names())
    };
    Err(SettingsError::Unknown {
        key: key.to_owned(),
        nearest: nearest.unwrap_or("fetch.timeout"),
        origin: origin.to_string(),
    })
}

fn tree(settings: &Settings) -> Value {
    serde_json::to_value(settings).expect("settings are plain data")
}

fn lookup<'a>(all: &'a Value, key: &str) -> Option<&'a Value> {
    key.split('.').try_fold(all, |value, part| value.get(part))
}

fn lookup_mut<'a>(all: &'a mut Value, key: &str) -> Option<&'a mut Value> {
    key.split('.')
        .try_fold(all, |value, part| value.get_mut(part))
}

/// Text as something other than text, where the default or the text itself suggests it.
fn from_text(default: Option<&Value>, text: &str) -> Option<Value> {
    let text = text.trim();
    match default {
        Some(Value::Array(_)) => {
            let parts = text
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty());
            Some(Value::Array(parts.map(Value::from).collect()))
        }
        // A text that may be unset; where it may not, the word is taken as it is.
        Some(Value::String(_)) => (text == "none").then_some(Value::Null),
        Some(Value::Null) if text.is_empty() || text == "none" => Some(Value::Null),
        _ => {
            let value = serde_json::from_str::<Value>(text).ok()?;
            (value.is_number() || value.is_boolean()).then_some(value)
        }
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().map(shown).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

fn json(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text.clone()),
        toml::Value::Integer(number) => Value::from(*number),
        toml::Value::Float(number) => Value::from(*number),
        toml::Value::Boolean(flag) => Value::Bool(*flag),
        toml::Value::Datetime(time) => Value::String(time.to_string()),
        toml::Value::Array(parts) => Value::Array(parts.iter().map(json).collect()),
        toml::Value::Table(table) => Value::Object(
            table
                .iter()
                .map(|(k, v)| (k.clone(), json(v)))
                .collect::<Map<_, _>>(),
        ),
    }
}
