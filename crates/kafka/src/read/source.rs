//! What is read: an address with its words.

use std::fmt;
use std::path::PathBuf;

use huntsman_core::ExportError;
use huntsman_export::Words;

use super::error::ReadError;
use crate::address::Address;
use crate::properties;
use crate::registry::RegistryWords;
use crate::wanted::WORDS;

/// The words of reading. Those of a sink may stand beside them and mean nothing: one address serves
/// both.
const READ_WORDS: &[&str] = &[
    "from",
    "group",
    "partition",
    "registry",
    "schema_file",
    "until",
    "value",
];

/// Words that any feed may have.
const OF_FEEDS: &[&str] = &[
    "batch_bytes",
    "batch_items",
    "batch_time",
    "fields",
    "filter",
    "format",
    "on_error",
    "types",
];

/// What the values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    /// Behind the id of a schema in the registry; or by a schema that is given.
    Avro,
    SingleObject,
    /// Text if it is some, all else as base64.
    Bytes,
}

/// A topic that is to be read: `kafka://host:port,host/topic?group=readers&from=beginning`.
///
/// | word | what it says |
/// | --- | --- |
/// | `group` | the group that reads: its offsets are committed, its members share the partitions. Without one, all partitions are read, those that come later from their beginning, and nothing is committed |
/// | `from` | `beginning` or `end` (the default): where a group begins that has no offset yet |
/// | `until` | `end`: reading ends once all that was there is read |
/// | `partition` | `0,2`: these partitions and no others |
/// | `value` | `json`, `avro`, `single-object` or `bytes`; `avro` where there is a registry, else `json` |
/// | `registry` | where the schemas of the values are |
/// | `schema_file` | files of schemas: of plain Avro or single objects; with a registry, the schema to read as |
///
/// Properties of librdkafka stand beside them (`isolation.level=read_uncommitted`), and the words of
/// a sink, which mean nothing here.
///
/// ```
/// use huntsman_kafka::read::Source;
///
/// let source = Source::read("kafka://localhost/quotes?group=readers&key=url")?;
/// assert_eq!(source.place(), "kafka://localhost:9092/quotes");
/// assert_eq!(source.registry(), None);
/// assert!(Source::read("kafka://localhost/quotes?form=beginning").is_err());
/// # Ok::<(), huntsman_kafka::read::ReadError>(())
/// ```
#[derive(Clone)]
pub struct Source {
    pub(super) address: Address,
    pub(super) place: String,
    pub(super) group: Option<String>,
    pub(super) from_beginning: bool,
    pub(super) until_end: bool,
    /// None are all.
    pub(super) partitions: Vec<i32>,
    pub(super) form: Form,
    pub(super) registry: Option<RegistryWords>,
    pub(super) schemas: Vec<PathBuf>,
    pub(super) properties: Vec<(String, String)>,
}

impl fmt::Debug for Source {
    /// Without the properties: a password may be among them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("place", &self.place)
            .field("group", &self.group)
            .field("form", &self.form)
            .finish_non_exhaustive()
    }
}

impl Source {
    /// Reads an address; `${NAME}` in it is a value of the environment.
    ///
    /// # Errors
    /// [`ReadError::Place`]: the address or a word of it has no sense.
    pub fn read(address: &str) -> Result<Self, ReadError> {
        Self::read_with(address, &[])
    }

    /// A topic that is worked off: with a group, from the beginning unless the address says `from=end`.
    ///
    /// # Errors
    /// As [`Source::read`], and that no group is named.
    pub fn of_work(address: &str) -> Result<Self, ReadError> {
        let source = Self::read(address)?;
        if source.group.is_none() {
            return Err(ReadError::Place(format!(
                "`{}` names no group, which knows what is done: add group=NAME",
                source.place
            )));
        }
        let from = |pair: &str| pair.starts_with("from=");
        let (_, query) = address.split_once('?').unwrap_or_default();
        Ok(Self {
            from_beginning: source.from_beginning || !query.split('&').any(from),
            ..source
        })
    }

    /// The same with these words in the place of its own.
    ///
    /// # Errors
    /// As [`Source::read`].
    pub fn read_with(address: &str, instead: &[(&str, String)]) -> Result<Self, ReadError> {
        let place_error = |error: ExportError| ReadError::Place(error.to_string());
        let filled = huntsman_export::filled(address).map_err(place_error)?;
        let mut address = Address::read(&filled).map_err(place_error)?;
        let mut words = std::mem::take(&mut address.words);
        words.retain(|(word, _)| instead.iter().all(|(other, _)| word != other));
        words.extend(
            instead
                .iter()
                .map(|(word, value)| ((*word).to_owned(), value.clone())),
        );
        address.words = words;
        let place = address.place();
        let all = address.words.iter();
        let all = all.map(|(word, value)| (word.as_str(), value.as_str()));
        let registry = RegistryWords::read(&address, &Words::new(&place, all));
        let registry = registry.map_err(place_error)?;
        let reading = Reading {
            place: &place,
            words: &address.words,
            has_registry: registry.is_some(),
        };
        let partitions = reading.list("partition").into_iter();
        let partitions = partitions.map(|text| match text.parse::<u16>() {
            Ok(partition) => Ok(i32::from(partition)),
            Err(_) => Err(reading.refused("partition", "they are numbers between commas: 0,2")),
        });
        Ok(Self {
            group: reading.text("group")?,
            from_beginning: reading.choice("from", &["end", "beginning"])? == 1,
            until_end: reading.choice("until", &["stopped", "end"])? == 1,
            partitions: partitions.collect::<Result<_, _>>()?,
            form: reading.form()?,
            schemas: reading
                .list("schema_file")
                .into_iter()
                .map(PathBuf::from)
                .collect(),
            properties: reading.properties()?,
            registry,
            address,
            place,
        })
    }

    /// What messages call it: `kafka://localhost:9092/quotes`.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The topic's name.
    #[must_use]
    pub fn topic(&self) -> &str {
        &self.address.topic
    }

    /// The registry that it names: `file:DIR`, or URLs, which may have a login in them.
    #[must_use]
    pub fn registry(&self) -> Option<&str> {
        Some(&self.registry.as_ref()?.address)
    }

    /// Whether values are JSON, with no schema about.
    #[must_use]
    pub fn is_plain_json(&self) -> bool {
        self.form == Form::Json
    }

    /// Whether offsets are committed.
    #[must_use]
    pub fn has_group(&self) -> bool {
        self.group.is_some()
    }

    /// Whether partitions are read that come later: of all, and without an end.
    pub(super) fn follows(&self) -> bool {
        !self.has_group() && self.partitions.is_empty() && !self.until_end
    }

    pub(super) fn broker_error(&self, reason: impl Into<String>) -> ReadError {
        ReadError::Broker {
            place: self.place.clone(),
            reason: reason.into(),
        }
    }
}

/// The words of an address.
struct Reading<'a> {
    place: &'a str,
    words: &'a [(String, String)],
    has_registry: bool,
}

impl Reading<'_> {
    /// The last one counts.
    fn get(&self, word: &str) -> Option<&str> {
        let mut said = self.words.iter().rev().filter(|(known, _)| known == word);
        said.next().map(|(_, value)| value.as_str())
    }

    fn refused(&self, word: &str, reason: &str) -> ReadError {
        let value = huntsman_export::hidden(word, self.get(word).unwrap_or_default());
        let value = value.escape_debug();
        ReadError::Place(format!("`{}` has {word}={value}: {reason}", self.place))
    }

    fn text(&self, word: &str) -> Result<Option<String>, ReadError> {
        match self.get(word) {
            Some("") => Err(self.refused(word, "it is empty")),
            text => Ok(text.map(str::to_owned)),
        }
    }

    fn list(&self, word: &str) -> Vec<&str> {
        let parts = self.get(word).unwrap_or_default().split(',');
        parts
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect()
    }

    /// The index of a choice; the first one is the default.
    fn choice(&self, word: &str, choices: &[&str]) -> Result<usize, ReadError> {
        let Some(value) = self.get(word) else {
            return Ok(0);
        };
        let chosen = choices.iter().position(|choice| *choice == value);
        chosen.ok_or_else(|| self.refused(word, &format!("it is {}", choices.join(" or "))))
    }

    fn form(&self) -> Result<Form, ReadError> {
        let has_registry = self.has_registry;
        let form = match self.get("value") {
            None if has_registry => Form::Avro,
            None | Some("json") => Form::Json,
            Some("avro") => Form::Avro,
            Some("single-object") => Form::SingleObject,
            Some("bytes") => Form::Bytes,
            Some(_) => {
                let reason = "it is json, avro, single-object or bytes";
                return Err(self.refused("value", reason));
            }
        };
        match (form, self.list("schema_file").len()) {
            (Form::Avro, 0) if !has_registry => Err(self.refused(
                "value",
                "by which schema? Say registry=URL, or schema_file=FILE of plain Avro",
            )),
            (Form::SingleObject, 0) => Err(self.refused(
                "value",
                "single objects are read by their schemas: add schema_file=FILE,FILE",
            )),
            (Form::Avro, 2..) => {
                Err(self.refused("schema_file", "only single objects have several schemas"))
            }
            _ => Ok(form),
        }
    }

    fn properties(&self) -> Result<Vec<(String, String)>, ReadError> {
        let known = [READ_WORDS, WORDS, OF_FEEDS].concat();
        let is_own = |word: &str| known.contains(&word);
        let others: Vec<_> = self
            .words
            .iter()
            .filter(|(word, _)| !is_own(word))
            .cloned()
            .collect();
        let properties = properties::of_words(self.place, &others, READ_WORDS);
        let properties = properties.map_err(|error| ReadError::Place(error.to_string()))?;
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Ok(properties.into_iter().map(owned).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_without_sense_are_refused() {
        for (words, part) in [
            ("gruop=a", "there are group"),
            ("group=", "it is empty"),
            ("from=start", "it is end or beginning"),
            ("until=noon", "it is stopped or end"),
            ("partition=0,x", "numbers between commas"),
            ("value=xml", "json, avro, single-object or bytes"),
            ("value=avro", "by which schema?"),
            ("value=single-object", "add schema_file=FILE,FILE"),
            ("value=avro&schema_file=a,b", "several schemas"),
            ("group.id=a", "follows from the address"),
            (
                "sasl.password=${NO_SUCH_VARIABLE}",
                "no variable of that name",
            ),
        ] {
            let error = Source::read(&format!("kafka://h/t?{words}")).unwrap_err();
            let ReadError::Place(text) = error else {
                panic!("{words}: {error}");
            };
            assert!(text.contains(part), "{words}: {text}");
        }
    }

    #[test]
    fn the_address_of_a_sink_can_be_read() {
        let source = Source::read_with(
            "kafka://h/t?registry=http://r:8081&key=url&linger.ms=5&create=true&group=a&from=end",
            &[("group", "b".to_owned()), ("from", "beginning".to_owned())],
        )
        .unwrap();
        assert_eq!(source.group.as_deref(), Some("b"));
        assert!(source.from_beginning && !source.until_end);
        assert_eq!(source.form, Form::Avro);
        assert_eq!(source.registry.unwrap().address, "http://r:8081");
        assert_eq!(
            source.properties,
            [("linger.ms".to_owned(), "5".to_owned())]
        );
    }
}
