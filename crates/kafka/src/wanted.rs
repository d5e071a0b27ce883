//! What the words of an address ask for.

use std::time::Duration;

use huntsman_core::ExportError;
use huntsman_export::Words;

use crate::address::{Address, check_topic};
use crate::item_header::ItemHeader;
use crate::properties::LINGER;
use crate::registry::RegistryWords;

/// The words of this crate.
pub(crate) const WORDS: &[&str] = &[
    "acks",
    "compression",
    "create",
    "dead_letters",
    "flush_timeout",
    "guarantee",
    "headers",
    "idempotence",
    "key",
    "key_as",
    "key_subject",
    "linger",
    "normalize",
    "partitioner",
    "partitions",
    "references",
    "registry",
    "replication",
    "retention",
    "schema",
    "schema_id",
    "subject",
    "tombstone",
    "value",
];

/// What the values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    /// A plain datum, or one in the frame of a registry.
    Avro,
    SingleObject,
}

/// The topic that is made if it is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewTopic {
    pub(crate) partitions: i32,
    pub(crate) replication: i32,
    pub(crate) retention: Option<Duration>,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) address: Address,
    /// What messages call the sink.
    pub(crate) place: String,
    pub(crate) form: Form,
    /// The field that is the key, or an expression.
    pub(crate) key: Option<String>,
    /// Whether the key is written as Avro, and not as text.
    pub(crate) is_key_avro: bool,
    /// Where schemas are agreed on.
    pub(crate) registry: Option<RegistryWords>,
    /// The field that says of an item that it is gone, or an expression.
    pub(crate) tombstone: Option<String>,
    pub(crate) headers: Vec<ItemHeader>,
    pub(crate) create: Option<NewTopic>,
    pub(crate) dead_letters: Option<String>,
    /// Whether transactions are used in a crawl with a job.
    pub(crate) transactions: bool,
    pub(crate) flush_timeout: Duration,
    /// Properties of librdkafka by words of ours.
    pub(crate) properties: Vec<(&'static str, String)>,
    /// What tells the sink from others of the same job on the topic.
    pub(crate) sink: String,
}

impl Wanted {
    pub(crate) fn read(address: Address, words: &Words) -> Result<Self, ExportError> {
        let registry = RegistryWords::read(&address, words)?;
        let wanted = Self {
            place: address.place(),
            form: form(words, registry.is_some())?,
            key: field(words, "key")?,
            is_key_avro: is_key_avro(words)?,
            registry,
            tombstone: field(words, "tombstone")?,
            headers: ItemHeader::read(words)?,
            create: create(words)?,
            dead_letters: words.get("dead_letters").map(str::to_owned),
            transactions: transactions(words)?,
            flush_timeout: duration(words, "flush_timeout")?.unwrap_or(Duration::from_secs(60)),
            properties: properties(words)?,
            sink: sink_of(words),
            address,
        };
        match duration(words, "linger")? {
            Some(linger) if linger >= wanted.flush_timeout => {
                return Err(words.refused("linger", "it is shorter than flush_timeout"));
            }
            None if LINGER >= wanted.flush_timeout => {
                let reason = "it is longer than linger, which is 100ms unless it is said";
                return Err(words.refused("flush_timeout", reason));
            }
            _ => {}
        }
        if wanted.tombstone.is_some() && wanted.key.is_none() {
            return Err(words.refused("tombstone", "a tombstone has a key: add key=FIELD"));
        }
        if let Some(topic) = &wanted.dead_letters {
            check_topic(topic).map_err(|reason| words.refused("dead_letters", &reason))?;
            if *topic == wanted.address.topic {
                return Err(words.refused("dead_letters", "it is another topic"));
            }
        }
        Ok(wanted)
    }
}

/// What tells a sink from others of the same job on its topic.
pub(crate) fn sink_of(words: &Words) -> String {
    let told = ["types", "filter", "fields", "value", "key"].into_iter();
    let told = told.filter_map(|word| Some(format!("{word}={}", words.get(word)?)));
    told.collect::<Vec<_>>().join(" ")
}

fn form(words: &Words, has_registry: bool) -> Result<Form, ExportError> {
    match words.get("value") {
        None if has_registry => Ok(Form::Avro),
        Some("avro") => Ok(Form::Avro),
        Some("json" | "single-object") if has_registry => {
            Err(words.refused("value", "with a registry, values are avro"))
        }
        None | Some("json") => Ok(Form::Json),
        Some("single-object") => Ok(Form::SingleObject),
        Some(_) => Err(words.refused("value", "it is json, avro or single-object")),
    }
}

fn is_key_avro(words: &Words) -> Result<bool, ExportError> {
    match words.get("key_as") {
        Some(_) if words.get("key").is_none() => {
            Err(words.refused("key_as", "there is no key: add key=FIELD"))
        }
        None | Some("text") => Ok(false),
        Some("avro") => Ok(true),
        Some(_) => Err(words.refused("key_as", "it is text or avro")),
    }
}

fn field(words: &Words, word: &str) -> Result<Option<String>, ExportError> {
    match words.get(word) {
        Some("") => Err(words.refused(word, "name a field, or write an expression")),
        name => Ok(name.map(str::to_owned)),
    }
}

fn create(words: &Words) -> Result<Option<NewTopic>, ExportError> {
    let create = words.flag("create", false)?;
    let mut only = ["partitions", "replication", "retention"].into_iter();
    if let (false, Some(word)) = (create, only.find(|word| words.get(word).is_some())) {
        return Err(words.refused(word, "it is for a topic that is made: add create=true"));
    }
    // -1 is what the broker has as its default.
    let count = |word| match words.parse::<i32>(word)? {
        Some(count) if count < 1 => Err(words.refused(word, "it is 1 or more")),
        count => Ok(count.unwrap_or(-1)),
    };
    Ok(create.then_some(NewTopic {
        partitions: count("partitions")?,
        replication: count("replication")?,
        retention: duration(words, "retention")?,
    }))
}

fn transactions(words: &Words) -> Result<bool, ExportError> {
    match words.get("guarantee") {
        None | Some("exactly_once") => Ok(true),
        Some("at_least_once") => Ok(false),
        Some(_) => Err(words.refused("guarantee", "it is exactly_once or at_least_once")),
    }
}

fn duration(words: &Words, word: &str) -> Result<Option<Duration>, ExportError> {
    let Some(text) = words.get(word) else {
        return Ok(None);
    };
    let read = humantime::parse_duration(text.trim());
    read.map(Some)
        .map_err(|error| words.refused(word, &format!("{error}; write 50ms, 30s or 7days")))
}

/// Words that are short for properties.
fn properties(words: &Words) -> Result<Vec<(&'static str, String)>, ExportError> {
    let mut properties = Vec::new();
    for (word, property) in [
        ("acks", "acks"),
        ("compression", "compression.type"),
        ("idempotence", "enable.idempotence"),
        ("partitioner", "partitioner"),
    ] {
        if let Some(value) = words.get(word) {
            properties.push((property, value.to_owned()));
        }
    }
    if let Some(linger) = duration(words, "linger")? {
        // Down to microseconds: librdkafka takes a fraction.
        properties.push(("linger.ms", (linger.as_secs_f64() * 1000.0).to_string()));
    }
    Ok(properties)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[(&'static str, &'static str)]) -> Result<Wanted, ExportError> {
        let address = Address::read("kafka://h/t").unwrap();
        Wanted::read(address, &Words::new("kafka://h/t", words.iter().copied()))
    }

    #[test]
    fn words_without_sense_are_refused() {
        for (words, part) in [
            (
                &[("value", "xml")][..],
                "value=xml: it is json, avro or single-object",
            ),
            (&[("key", "")], "name a field"),
            (&[("key_as", "avro")], "add key=FIELD"),
            (&[("key", "a"), ("key_as", "json")], "it is text or avro"),
            (
                &[("value", "json"), ("registry", "http://r")],
                "values are avro",
            ),
            (&[("tombstone", "gone")], "add key=FIELD"),
            (&[("headers", "url,colour")], "some of record_id"),
            (&[("partitions", "3")], "add create=true"),
            (
                &[("create", "true"), ("partitions", "0")],
                "it is 1 or more",
            ),
            (&[("create", "true"), ("retention", "soon")], "7days"),
            (&[("guarantee", "maybe")], "exactly_once or at_least_once"),
            (&[("dead_letters", "t")], "it is another topic"),
            (&[("dead_letters", "a b")], "has the topic"),
            (&[("linger", "5")], "write 50ms"),
            (
                &[("linger", "2s"), ("flush_timeout", "1s")],
                "it is shorter than flush_timeout",
            ),
            (&[("flush_timeout", "50ms")], "it is longer than linger"),
        ] {
            let error = read(words).unwrap_err().to_string();
            assert!(error.contains(part), "{words:?}: {error}");
        }
    }

    #[test]
    fn words_stand_for_properties() {
        let wanted = read(&[
            ("linger", "2500us"),
            ("compression", "zstd"),
            ("headers", "url"),
        ])
        .unwrap();
        let expected = [("compression.type", "zstd"), ("linger.ms", "2.5")];
        assert_eq!(
            wanted.properties,
            expected.map(|(name, value)| (name, value.to_owned()))
        );
        assert_eq!(wanted.headers, [ItemHeader::Url]);
        assert!(wanted.transactions && wanted.create.is_none());
    }
}
