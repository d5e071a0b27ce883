//! Which subject a part of a topic's messages has (Confluent's subject name strategies).

use std::fmt;
use std::str::FromStr;

use crate::error::RegistryError;
use crate::registry::Registry;

/// A part of a message that has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The key.
    Key,
    /// The value.
    Value,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key => "key",
            Self::Value => "value",
        })
    }
}

/// How subjects are named.
///
/// ```
/// use huntsman_registry::Strategy;
///
/// assert_eq!("topic-record".parse(), Ok(Strategy::TopicRecord));
/// assert_eq!("associated".parse::<Strategy>()?.to_string(), "associated");
/// # Ok::<(), huntsman_registry::UnknownStrategy>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strategy {
    /// `TOPIC-key`, `TOPIC-value`: one schema, evolving, for each part of a topic.
    #[default]
    Topic,
    /// The record's full name: one evolution, whatever topics it is in.
    Record,
    /// `TOPIC-` and the record's full name: several types in a topic, each with its evolution.
    TopicRecord,
    /// What the registry has tied to the topic (Confluent 8.2); or else this.
    Associated(Otherwise),
}

/// What is done where a registry has tied nothing to a topic, or knows of no such thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Otherwise {
    /// As [`Strategy::Topic`].
    #[default]
    Topic,
    /// As [`Strategy::Record`].
    Record,
    /// As [`Strategy::TopicRecord`].
    TopicRecord,
    /// It is an error.
    Refused,
}

const NAMES: [(&str, Strategy); 7] = [
    ("topic", Strategy::Topic),
    ("record", Strategy::Record),
    ("topic-record", Strategy::TopicRecord),
    ("associated", Strategy::Associated(Otherwise::Topic)),
    ("associated:record", Strategy::Associated(Otherwise::Record)),
    (
        "associated:topic-record",
        Strategy::Associated(Otherwise::TopicRecord),
    ),
    ("associated:none", Strategy::Associated(Otherwise::Refused)),
];

/// A name that is no strategy's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no strategy `{0}`: topic, record, topic-record and associated are; associated:record, \
     associated:topic-record and associated:none say what is done where nothing is associated"
)]
pub struct UnknownStrategy(pub String);

impl FromStr for Strategy {
    type Err = UnknownStrategy;

    fn from_str(name: &str) -> Result<Self, UnknownStrategy> {
        let found = NAMES.iter().find(|(known, _)| *known == name);
        found
            .map(|(_, strategy)| *strategy)
            .ok_or_else(|| UnknownStrategy(name.to_owned()))
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = NAMES.iter().find(|(_, strategy)| strategy == self);
        f.write_str(found.map_or("", |(name, _)| name))
    }
}

/// The cluster that topics are of, where nobody says which.
const ANY_CLUSTER: &str = "-";

impl Strategy {
    /// The subject of a part of a topic's messages; `record` is the full name of the schema, if it is
    /// one that has a name. Only [`Strategy::Associated`] asks the registry, for the topic of the Kafka
    /// cluster with this id, or of any where that is not known.
    ///
    /// # Errors
    /// The schema has no name where one is needed, several subjects are tied to the topic, or the
    /// registry cannot be asked.
    pub async fn subject(
        self,
        registry: &dyn Registry,
        cluster: Option<&str>,
        topic: &str,
        part: Part,
        record: Option<&str>,
    ) -> Result<String, RegistryError> {
        let named = || {
            record.ok_or_else(|| {
                RegistryError::Setting(format!(
                    "the {part} of {topic} has a schema without a name: name its subject by the topic"
                ))
            })
        };
        let otherwise = match self {
            Self::Topic => Otherwise::Topic,
            Self::Record => Otherwise::Record,
            Self::TopicRecord => Otherwise::TopicRecord,
            Self::Associated(otherwise) => {
                match associated(registry, cluster, topic, part).await? {
                    Some(subject) => return Ok(subject),
                    None => otherwise,
                }
            }
        };
        match otherwise {
            Otherwise::Topic => Ok(format!("{topic}-{part}")),
            Otherwise::Record => Ok(named()?.to_owned()),
            Otherwise::TopicRecord => Ok(format!("{topic}-{}", named()?)),
            Otherwise::Refused => Err(RegistryError::Setting(format!(
                "the registry has tied no subject to the {part} of {topic}"
            ))),
        }
    }
}

/// The subject that the registry has tied to the topic, if it has.
async fn associated(
    registry: &dyn Registry,
    cluster: Option<&str>,
    topic: &str,
    part: Part,
) -> Result<Option<String>, RegistryError> {
    let cluster = cluster.unwrap_or(ANY_CLUSTER);
    let all = match registry.associations(cluster, topic).await {
        Ok(all) => all,
        // Registries before 8.2 know of no such thing.
        Err(error) if error.is_not_found() => return Ok(None),
        Err(error) => return Err(error),
    };
    let part_name = part.to_string();
    let mut found: Vec<_> = all
        .into_iter()
        .filter(|one| one.part.eq_ignore_ascii_case(&part_name))
        .map(|one| one.subject)
        .collect();
    if found.len() > 1 {
        return Err(RegistryError::Setting(format!(
            "the registry has tied several subjects to the {part} of {topic}: {}",
            found.join(", ")
        )));
    }
    Ok(found.pop())
}
