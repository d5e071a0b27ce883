//! `[deliver.NAME]`: feeds by name, each with words as they stand in addresses. A table within is a
//! group of words: `[deliver.NAME.kafka]`.

use std::collections::BTreeMap;

use super::layers::{Layers, Origin, SettingsError};
use super::{KEYS, Settings};

/// The words of one feed with their values as text: `place`, `fields` … What words there are, and
/// what they mean, is not known here.
pub type FeedWords = BTreeMap<String, String>;

/// Who set the words of feeds.
#[derive(Debug, Clone, Default)]
pub(super) struct FeedOrigins(BTreeMap<(String, String), Origin>);

/// One word of a feed, as [`Layers::feeds`] tells it.
#[derive(Debug, Clone, Copy)]
pub struct FeedWord<'a> {
    /// The feed's name.
    pub feed: &'a str,
    /// The word.
    pub word: &'a str,
    /// Its value; it may be a secret, or have one in it.
    pub value: &'a str,
    /// Who set it.
    pub origin: &'a Origin,
}

/// Feed and word of a key: `deliver.cheap.place`.
pub(super) fn feed_key(key: &str) -> Option<(&str, &str)> {
    let (feed, word) = key.strip_prefix("deliver.")?.split_once('.')?;
    let is_key = |known: &super::Key| known.name.strip_prefix("deliver.") == Some(feed);
    (!word.is_empty() && !KEYS.iter().any(is_key)).then_some((feed, word))
}

impl Layers {
    /// Every word of every feed, sorted.
    pub fn feeds(&self) -> impl Iterator<Item = FeedWord<'_>> {
        let feeds = self.settings().deliver.feeds.iter();
        let words = feeds.flat_map(|(feed, words)| words.iter().map(move |pair| (feed, pair)));
        words.map(|(feed, (word, value))| FeedWord {
            feed,
            word,
            value,
            origin: self.feed_origin(feed, word),
        })
    }

    fn feed_origin(&self, feed: &str, word: &str) -> &Origin {
        let key = (feed.to_owned(), word.to_owned());
        self.feed_origins.0.get(&key).unwrap_or(&Origin::BuiltIn)
    }

    /// Sets a word of a feed.
    pub(super) fn set_feed(
        &mut self,
        feed: &str,
        word: &str,
        text: &str,
        origin: Origin,
    ) -> Result<(), SettingsError> {
        demand_name(feed, &origin)?;
        let words = self.settings.deliver.feeds.entry(feed.to_owned());
        words.or_default().insert(word.to_owned(), text.to_owned());
        let key = (feed.to_owned(), word.to_owned());
        self.feed_origins.0.insert(key, origin);
        Ok(())
    }

    /// Sets what a table of a settings file says of a feed.
    pub(super) fn feed_table(
        &mut self,
        feed: &str,
        table: &toml::Table,
        origin: &Origin,
    ) -> Result<(), SettingsError> {
        demand_name(feed, origin)?;
        let words = self.settings.deliver.feeds.entry(feed.to_owned());
        words.or_default();
        self.feed_words(feed, "", table, origin)
    }

    /// Sets the words of a table; those of a table within it have its name before theirs.
    fn feed_words(
        &mut self,
        feed: &str,
        before: &str,
        table: &toml::Table,
        origin: &Origin,
    ) -> Result<(), SettingsError> {
        for (word, value) in table {
            let word = format!("{before}{word}");
            if let toml::Value::Table(inner) = value {
                self.feed_words(feed, &format!("{word}."), inner, origin)?;
                continue;
            }
            let text = text(value).ok_or_else(|| SettingsError::Value {
                key: format!("deliver.{feed}.{word}"),
                value: "a list of lists or tables".to_owned(),
                origin: origin.to_string(),
                reason: "the words of a feed are texts, numbers, true or false, or lists of such"
                    .to_owned(),
            })?;
            self.set_feed(feed, &word, &text, origin.clone())?;
        }
        Ok(())
    }

    /// Takes note of the words that a spider has changed.
    pub(super) fn spider_feeds(&mut self, before: &Settings) {
        for (feed, words) in &self.settings.deliver.feeds {
            let before = before.deliver.feeds.get(feed);
            for (word, value) in words {
                if before.and_then(|words| words.get(word)) != Some(value) {
                    let key = (feed.clone(), word.clone());
                    self.feed_origins.0.insert(key, Origin::Spider);
                }
            }
        }
    }
}

fn demand_name(feed: &str, origin: &Origin) -> Result<(), SettingsError> {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    if !feed.is_empty() && feed.chars().all(fits) {
        return Ok(());
    }
    Err(SettingsError::Value {
        key: "deliver".to_owned(),
        value: format!("[deliver.{feed:?}]"),
        origin: origin.to_string(),
        reason: "the name of a feed has letters, digits, - and _".to_owned(),
    })
}

/// A value as an address has it: a list with commas.
fn text(value: &toml::Value) -> Option<String> {
    Some(match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(parts) => {
            let parts: Option<Vec<String>> = parts
                .iter()
                .map(|part| text(part).filter(|_| !part.is_array()))
                .collect();
            parts?.join(",")
        }
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Float(number) => number.to_string(),
        toml::Value::Boolean(flag) => flag.to_string(),
        toml::Value::Datetime(time) => time.to_string(),
        toml::Value::Table(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "[deliver]\nbatch = 7\n\
        [deliver.cheap]\nplace = 'cheap.csv'\nfields = ['title', 'price:cost']\n\
        batch_items = 1000\noverwrite = true\nshare = 0.5\n[deliver.none]\n\
        [deliver.cheap.kafka]\nlinger.ms = 5\n'sasl.username' = 'me'\n";

    #[test]
    fn tables_within_deliver_are_feeds() {
        let mut layers = Layers::default();
        layers.file("crawl.toml", FILE).unwrap();
        layers
            .set("deliver.cheap.place", "dear.csv", Origin::CommandLine)
            .unwrap();
        layers.spider(|settings| {
            let words = settings.deliver.feeds.entry("all".to_owned()).or_default();
            words.insert("place".to_owned(), "all.json".to_owned());
        });
        let shown: Vec<String> = layers
            .feeds()
            .map(|w| format!("{}.{} = {} ({})", w.feed, w.word, w.value, w.origin))
            .collect();
        insta::assert_snapshot!(shown.join("\n"), @"
        all.place = all.json (spider)
        cheap.batch_items = 1000 (crawl.toml)
        cheap.fields = title,price:cost (crawl.toml)
        cheap.kafka.linger.ms = 5 (crawl.toml)
        cheap.kafka.sasl.username = me (crawl.toml)
        cheap.overwrite = true (crawl.toml)
        cheap.place = dear.csv (command line)
        cheap.share = 0.5 (crawl.toml)
        ");
        let settings = layers.settings();
        assert_eq!(settings.deliver.batch, 7);
        assert!(settings.deliver.feeds["none"].is_empty());
        // Other keys are set by way of a tree: what is no key is kept.
        layers
            .set("fetch.retries", "1", Origin::CommandLine)
            .unwrap();
        assert_eq!(layers.settings().deliver.feeds.len(), 3);
    }

    #[test]
    fn what_is_no_feed_is_refused() {
        let mut layers = Layers::default();
        let errors = layers.file(
            "crawl.toml",
            "[deliver.a]\nfields = [{ title = 'x' }]\n[deliver.b]\nfields = [['x']]\n\
             [deliver.'c d']\nplace = 'x'\n[deliver.batch]\nplace = 'x'\n[fetch.a]\nplace = 'x'\n",
        );
        let mut lines: Vec<_> = errors
            .unwrap_err()
            .iter()
            .map(ToString::to_string)
            .collect();
        for key in [
            "deliver.batch.place",
            "deliver.a b.place",
            "deliver..place",
            "fetch.a.place",
        ] {
            let error = layers.set(key, "x", Origin::CommandLine).unwrap_err();
            lines.push(error.to_string());
        }
        insta::assert_snapshot!(lines.join("\n"));
    }
}
