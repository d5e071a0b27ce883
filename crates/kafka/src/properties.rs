//! Properties of librdkafka: ours, and those that a user names.

use std::fs;
use std::time::Duration;

use huntsman_core::ExportError;
use huntsman_core::nearest::nearest_first;
use rdkafka::config::ClientConfig;
use rdkafka::error::KafkaError;

use crate::position::Names;
use crate::wanted::{WORDS, Wanted};

/// For so long, in milliseconds, a transaction may be open: after that, the records of one that a broker
/// did not end are sent again. Brokers allow 15 minutes, unless they are told otherwise.
const TRANSACTION: u64 = 600_000;

/// So many KiB of messages may wait in the producer; librdkafka would take a GiB. What waits for long is
/// in no cache any more when it is sent.
const QUEUE: usize = 2048;

/// So long a message waits for others. While a partition's request is under way, librdkafka looks
/// without a pause whether it is confirmed, once a message behind it has waited longer. So this is
/// more than a request takes, and the queue holds less than a broker takes in that time.
pub(crate) const LINGER: Duration = Duration::from_millis(100);

/// librdkafka takes a `message.max.bytes` from here to there. What a topic has beyond that is held to
/// before.
const LIMITS: [usize; 2] = [1000, 1_000_000_000];

/// The most that `queue.buffering.max.kbytes` can be.
const KBYTES: usize = i32::MAX as usize;

/// So many bytes are in a batch at most. librdkafka would wait for a million: half of the queue.
const BATCH: usize = 400_000;

/// Names to offer when one is wrong: those that users need. librdkafka knows more.
const KNOWN: &[&str] = &[
    "batch.num.messages",
    "batch.size",
    "bootstrap.servers",
    "client.id",
    "client.rack",
    "compression.level",
    "compression.type",
    "debug",
    "delivery.timeout.ms",
    "enable.idempotence",
    "https.ca.location",
    "linger.ms",
    "max.in.flight.requests.per.connection",
    "message.max.bytes",
    "message.send.max.retries",
    "message.timeout.ms",
    "metadata.max.age.ms",
    "partitioner",
    "queue.buffering.max.kbytes",
    "queue.buffering.max.messages",
    "queue.buffering.max.ms",
    "reconnect.backoff.max.ms",
    "reconnect.backoff.ms",
    "request.required.acks",
    "request.timeout.ms",
    "retries",
    "retry.backoff.max.ms",
    "retry.backoff.ms",
    "sasl.kerberos.service.name",
    "sasl.mechanism",
    "sasl.mechanisms",
    "sasl.oauthbearer.client.id",
    "sasl.oauthbearer.client.secret",
    "sasl.oauthbearer.config",
    "sasl.oauthbearer.extensions",
    "sasl.oauthbearer.method",
    "sasl.oauthbearer.scope",
    "sasl.oauthbearer.token.endpoint.url",
    "sasl.password",
    "sasl.username",
    "security.protocol",
    "socket.connection.setup.timeout.ms",
    "socket.keepalive.enable",
    "socket.timeout.ms",
    "ssl.ca.location",
    "ssl.ca.pem",
    "ssl.certificate.location",
    "ssl.certificate.pem",
    "ssl.endpoint.identification.algorithm",
    "ssl.key.location",
    "ssl.key.password",
    "ssl.key.pem",
    "ssl.keystore.location",
    "ssl.keystore.password",
    "sticky.partitioning.linger.ms",
    "transaction.timeout.ms",
];

/// What the properties of the registry begin with.
pub(crate) const REGISTRY: &str = "registry.";

/// What the sink itself decides.
const OURS: [&str; 3] = ["bootstrap.servers", "transactional.id", "group.id"];

/// Two names of librdkafka for one property: the one that is used here stands second. It takes
/// properties in any order, so one that has two names may be said by one of them only.
const ALIASES: [(&str, &str); 10] = [
    ("auto.commit.enable", "enable.auto.commit"),
    ("compression.codec", "compression.type"),
    ("delivery.timeout.ms", "message.timeout.ms"),
    ("fetch.message.max.bytes", "max.partition.fetch.bytes"),
    ("max.in.flight", "max.in.flight.requests.per.connection"),
    ("message.send.max.retries", "retries"),
    ("metadata.broker.list", "bootstrap.servers"),
    ("queue.buffering.max.ms", "linger.ms"),
    ("request.required.acks", "acks"),
    ("sasl.mechanism", "sasl.mechanisms"),
];

/// Files and folders. Of one that is missing, librdkafka tells neither name nor reason.
const FILES: [&str; 5] = [
    "https.ca.location",
    "ssl.ca.location",
    "ssl.certificate.location",
    "ssl.key.location",
    "ssl.keystore.location",
];
/// In the place of a file: wherever systems have it.
const SEARCHED: &str = "probe";

/// The user's properties: words of the address with a dot in their name, and those behind `kafka.`,
/// which stand in a table of that name.
pub(crate) fn of_user(wanted: &Wanted) -> Result<Vec<(&str, &str)>, ExportError> {
    let found = of_words(&wanted.place, &wanted.address.words, WORDS)?;
    let by_word = |name: &str| wanted.properties.iter().any(|(own, _)| *own == name);
    match found.iter().find(|(name, _)| by_word(name)) {
        Some((name, _)) => Err(ExportError::Place(format!(
            "`{}` says {name} twice, by a word and as a property",
            wanted.place
        ))),
        None => Ok(found),
    }
}

/// Whether the user has left what a promise needs: every replica confirms, and nothing is repeated.
pub(crate) fn can_promise(wanted: &Wanted) -> bool {
    let said = of_user(wanted).unwrap_or_default().into_iter();
    let words = wanted.properties.iter();
    let mut all = said.chain(words.map(|(name, value)| (*name, value.as_str())));
    all.all(|(name, value)| match name {
        "acks" => ["all", "-1"].contains(&value),
        "enable.idempotence" => ["true", "t", "1"].contains(&value.to_ascii_lowercase().as_str()),
        _ => true,
    })
}

/// The same of the words of any address at this place, which may have these words beside them.
pub(crate) fn of_words<'a>(
    place: &str,
    words: &'a [(String, String)],
    known: &[&str],
) -> Result<Vec<(&'a str, &'a str)>, ExportError> {
    let refused = |reason: String| ExportError::Place(format!("`{place}` {reason}"));
    let mut properties: Vec<(&str, &str)> = Vec::new();
    for (word, value) in words {
        if word.starts_with(REGISTRY) {
            continue;
        }
        let name = match word.strip_prefix("kafka.") {
            Some(name) => name,
            None if word.contains('.') => word,
            None => {
                return Err(refused(format!(
                    "has the unknown word {word:?}: there are {}, and the properties of librdkafka \
                     as linger.ms=5",
                    nearest_first(word, known.iter().copied()).join(", ")
                )));
            }
        };
        let said = name;
        let name = canonical(name);
        if OURS.contains(&name) {
            return Err(refused(format!(
                "has {said}=, which follows from the address and the job"
            )));
        }
        if properties.iter().any(|(known, _)| *known == name) {
            return Err(refused(format!("says {name} twice, also as {said}")));
        }
        if FILES.contains(&name)
            && value != SEARCHED
            && let Err(error) = fs::metadata(value)
        {
            return Err(refused(format!("has {name}={value}: {error}")));
        }
        properties.push((name, value.as_str()));
    }
    match lacks_token(&properties) {
        true => Err(refused(
            "has OAUTHBEARER, and nothing that gives a token: add sasl.oauthbearer.method=oidc and \
             sasl.oauthbearer.token.endpoint.url=URL"
                .to_owned(),
        )),
        false => Ok(properties),
    }
}

/// The one name of a property.
fn canonical(name: &str) -> &str {
    let found = ALIASES.iter().find(|(alias, _)| *alias == name);
    found.map_or(name, |(_, name)| *name)
}

/// Whether a token is wanted that a program of the user would have to make; librdkafka would wait for
/// it and say nothing.
fn lacks_token(properties: &[(&str, &str)]) -> bool {
    let is = |name: &str, value: &str| {
        let mut found = properties.iter().filter(|(known, _)| *known == name);
        found.any(|(_, said)| said.eq_ignore_ascii_case(value))
    };
    is("sasl.mechanisms", "OAUTHBEARER")
        && !is("sasl.oauthbearer.method", "oidc")
        && !is("enable.sasl.oauthbearer.unsecure.jwt", "true")
}

/// What every client of the sink has.
pub(crate) fn client(wanted: &Wanted) -> Result<ClientConfig, ExportError> {
    let mut config = ClientConfig::new();
    config.set("client.id", "huntsman");
    for (name, value) in of_user(wanted)? {
        config.set(name, value);
    }
    config.set("bootstrap.servers", &wanted.address.servers);
    Ok(config)
}

/// The user's own limit of a message.
pub(crate) fn own_max_bytes(wanted: &Wanted) -> Result<Option<usize>, ExportError> {
    let config = client(wanted)?;
    Ok(config
        .get("message.max.bytes")
        .and_then(|bytes| bytes.parse().ok()))
}

/// The producer: every message is confirmed by all replicas, once. `limits` are the sizes of messages
/// that its topics take.
pub(crate) fn producer(
    wanted: &Wanted,
    names: Option<&Names>,
    limits: [usize; 2],
) -> Result<ClientConfig, ExportError> {
    let mut config = client(wanted)?;
    let defaults = [
        ("acks", "all"),
        ("enable.idempotence", "true"),
        // As the clients of Java and Python do: a key has one place, whoever sends it.
        ("partitioner", "murmur2_random"),
    ];
    for (name, value) in defaults {
        set_default(&mut config, name, value);
    }
    for (name, value) in &wanted.properties {
        config.set(*name, value);
    }
    let [least, most] = [limits[0].min(limits[1]), limits[0].max(limits[1])];
    let max_bytes = most.clamp(LIMITS[0], LIMITS[1]).to_string();
    set_default(&mut config, "message.max.bytes", &max_bytes);
    // A broker holds whole batches to the limit of its topic, not only messages.
    set_default(
        &mut config,
        "batch.size",
        &least.clamp(1, BATCH).to_string(),
    );
    set_default(&mut config, "linger.ms", &LINGER.as_millis().to_string());
    // What waits for brokers beyond that is in the outbox, which has a budget of its own. A queue has
    // room for one message in any case, and for what comes behind it.
    let queue = QUEUE.max(2 * most.div_ceil(1024)).min(KBYTES);
    set_default(
        &mut config,
        "queue.buffering.max.kbytes",
        &queue.to_string(),
    );
    match names {
        Some(names) => {
            config.set("transactional.id", &names.transactional_id);
            set_default(
                &mut config,
                "transaction.timeout.ms",
                &TRANSACTION.to_string(),
            );
        }
        // Brokers may be away for as long as they like: the crawl waits for them.
        None => set_default(&mut config, "message.timeout.ms", "0"),
    }
    Ok(config)
}

/// How long a producer's transaction may be open.
pub(crate) fn transaction_timeout(producer: &ClientConfig) -> Duration {
    let set = producer.get("transaction.timeout.ms");
    Duration::from_millis(
        set.and_then(|text| text.parse().ok())
            .unwrap_or(TRANSACTION),
    )
}

pub(crate) fn set_default(config: &mut ClientConfig, name: &str, value: &str) {
    if config.get(name).is_none() {
        config.set(name, value);
    }
}

/// The consumer that asks for topics and for the position. It makes no topic by asking for it.
pub(crate) fn consumer(wanted: &Wanted, group: &str) -> Result<ClientConfig, ExportError> {
    let mut config = client(wanted)?;
    config.set("group.id", group);
    config.set("allow.auto.create.topics", "false");
    config.set("enable.auto.commit", "false");
    config.set("isolation.level", "read_committed");
    Ok(config)
}

/// Whether the value of a property may be one to hide.
fn is_secret(name: &str) -> bool {
    let parts = [
        "config", "jaas", "key", "password", "pem", "secret", "username",
    ];
    parts.into_iter().any(|part| name.contains(part))
}

/// Why a client cannot be made of its properties.
pub(crate) fn refused(wanted: &Wanted, error: &KafkaError) -> ExportError {
    ExportError::Place(refused_at(&wanted.place, error))
}

/// The same for a client of any place.
pub(crate) fn refused_at(place: &str, error: &KafkaError) -> String {
    match error {
        KafkaError::ClientConfig(_, reason, name, _) if reason.contains("No such") => {
            let near = nearest_first(name, KNOWN.iter().copied());
            let near: Vec<_> = near.into_iter().take(3).collect();
            format!(
                "`{place}` has the unknown property {name}: librdkafka has {} …",
                near.join(", ")
            )
        }
        KafkaError::ClientConfig(_, reason, name, value) => {
            let value = if is_secret(name) { "***" } else { value };
            format!("`{place}` has {name}={value}: {reason}")
        }
        error => format!("`{place}`: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use huntsman_export::Words;

    use super::*;
    use crate::address::Address;

    fn wanted(query: &str, words: &[(&str, &str)]) -> Wanted {
        let address = Address::read(&format!("kafka://h/t?{query}")).unwrap();
        let words = Words::new("kafka://h/t", words.iter().copied());
        Wanted::read(address, &words).unwrap()
    }

    #[test]
    fn another_name_of_a_property_is_that_property() {
        let words = "queue.buffering.max.ms=5&delivery.timeout.ms=7000&message.send.max.retries=9";
        let config = producer(&wanted(words, &[]), None, [1000, 1000]).unwrap();
        for (name, value) in [
            ("linger.ms", "5"),
            ("message.timeout.ms", "7000"),
            ("retries", "9"),
        ] {
            assert_eq!(config.get(name), Some(value), "{name}");
        }
        for (alias, _) in ALIASES {
            assert_eq!(config.get(alias), None, "{alias}");
        }
    }

    #[test]
    fn a_property_is_said_once() {
        for (query, words, part) in [
            (
                "linger.ms=5&queue.buffering.max.ms=6",
                &[][..],
                "says linger.ms twice, also as",
            ),
            (
                "kafka.request.required.acks=1",
                &[("acks", "all")],
                "says acks twice, by a word",
            ),
            (
                "metadata.broker.list=x",
                &[],
                "has metadata.broker.list=, which follows",
            ),
        ] {
            let error = of_user(&wanted(query, words)).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn a_promise_needs_all_replicas_and_no_repetition() {
        for (query, words, can) in [
            ("", &[][..], true),
            ("", &[("acks", "-1"), ("idempotence", "true")], true),
            ("", &[("acks", "1"), ("idempotence", "false")], false),
            ("request.required.acks=0", &[], false),
            ("enable.idempotence=False", &[], false),
            ("enable.idempotence=True", &[], true),
        ] {
            assert_eq!(can_promise(&wanted(query, words)), can, "{query} {words:?}");
        }
    }
}
