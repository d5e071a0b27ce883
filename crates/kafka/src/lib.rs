//! Kafka topics for the items of Huntsman.
//!
//! [`Kafka`] is a connector: [`connect`] makes its addresses known.
//!
//! ```text
//! crawl quotes --demo -o 'kafka://localhost:9092/quotes?create=true&key=author'
//! crawl quotes --demo -o 'kafka://localhost:9092/quotes?registry=http://localhost:8081'
//! ```
//!
//! # Addresses
//!
//! `kafka://HOST[:PORT][,HOST…]/TOPIC`; a port is 9092 unless it is said.
//!
//! | word | means | without it |
//! |---|---|---|
//! | `value` | `json`, `avro` (a datum, or Confluent's wire format with a registry), `single-object` (Avro 1.12) | `avro` with a registry, else `json` |
//! | `key` | a field, or an expression (CEL, `this` is the item): `key=this.shop + '-' + this.sku` | no key |
//! | `key_as` | `text` (text as it is, all else as JSON) or `avro` (the field's schema; `"string"` for an expression) | `text` |
//! | `tombstone` | a field or an expression: where it is true, the message has a key and no value | all have values |
//! | `headers` | `all`, `none`, or some of `record_id`, `fingerprint`, `url`, `spider`, `crawl_time`, `schema`; each is `huntsman.NAME` | `all` |
//! | `registry` | URLs of a schema registry, or `file:DIR` for one in a folder | none |
//! | `subject` | `topic` (`TOPIC-value`, `TOPIC-key`), `record`, `topic-record`, or `associated`: what the registry ties to the topic of this cluster, else as `topic` | `topic` |
//! | `key_subject` | the same for keys of `key_as=avro` | as `subject`; `topic` where that wants a name and the key's schema has none |
//! | `schema` | `register` the items' own; `look-up`: it has to be there; `latest`, an id or a GUID: items are written with that | `register` |
//! | `references` | `NAME:SUBJECT:VERSION,…`: types of the items that are schemas of their own; theirs is registered without them | none |
//! | `normalize` | schemas that differ in their spelling alone are one | `false` |
//! | `schema_id` | `prefix`, or `header` for the GUID of registries from 8.0 on | `prefix` |
//! | `create` | a topic that is missing is made, with `partitions`, `replication`, `retention` | `false`; the broker's own numbers |
//! | `dead_letters` | a topic for items that cannot be sent: too large (`max.message.bytes`), no data of the schema, a tombstone without key | they are rejected before they are settled, and go to the quarantine; one that a job has kept already is left out and counted |
//! | `guarantee` | `exactly_once` or `at_least_once` | `exactly_once` with a job |
//! | `acks`, `compression`, `idempotence`, `linger`, `partitioner` | as librdkafka has them; `linger` is a time, `5ms` | `all`, none, `true`, `100ms`, `murmur2_random` |
//! | `flush_timeout` | how long the end waits for what is not confirmed | `1m` |
//!
//! Any other word with a dot is a property of librdkafka: `security.protocol=sasl_ssl`; also behind
//! `kafka.`, as in the table `[deliver.NAME.kafka]`. Words behind `registry.` are those that
//! Confluent's clients have for a registry: `registry.basic.auth.user.info`,
//! `registry.bearer.auth.token`, `registry.ssl.ca.location`, `registry.ssl.certificate.location`,
//! `registry.ssl.key.location`, `registry.bearer.auth.logical.cluster`,
//! `registry.bearer.auth.identity.pool.id`, `registry.request.timeout.ms`, `registry.max.retries`,
//! and `registry.url`.
//!
//! # Before the first request
//!
//! Brokers answer, topics are there or made, a login is accepted, schemas are registered or found,
//! and the broker has transactions where they are used. What is not so ends the crawl before it
//! begins, and nothing is crawled.
//!
//! # What is there, and when
//!
//! Messages are confirmed by all replicas, by an idempotent producer; every one is accounted for by
//! its delivery report. Without transactions, brokers may be away for as long as they like: what
//! they have not confirmed waits here, 2 MiB at most, and behind it in the outbox. At the end,
//! what is not confirmed within `flush_timeout`, without any progress, is counted in the error.
//!
//! With a job, the messages between two commits and the sink's position are one transaction: the
//! position is an offset of the group `huntsman-JOB-TOPIC`, on partition 0 of the topic. Readers
//! with `isolation.level=read_committed` see each item once, whenever the crawl was killed. If a broker
//! is away for more than 10 minutes (`transaction.timeout.ms`), the transaction is lost, and its
//! records are sent in another one. The transactional id has the group's name: a run that is opened fences an older one.
//!
//! # Rejected items
//!
//! A feed of the quarantine (`refine.quarantine=kafka://…`) has the items as they are, in JSON, and in
//! headers `huntsman.rules` (`PATH:RULE,…`), `huntsman.error` and `huntsman.schema_fingerprint`. Dead
//! letters of `dead_letters` have the first two, `huntsman.topic`, and with a registry
//! `huntsman.schema_subject` and `huntsman.schema_id`. Both have all headers of items. What is too large for its
//! topic is shortened: texts, lists and maps; `huntsman.truncated` has the bytes of the whole item.

mod address;
mod agreed;
mod clock;
mod cluster;
mod delivered;
mod field;
mod frame;
mod item_header;
mod judge;
mod key;
mod letter;
mod message;
mod patience;
mod position;
mod probe;
mod properties;
pub mod read;
mod refusal;
mod registry;
mod reports;
mod schemas;
mod session;
mod sink;
mod transaction;
mod under_way;
mod wanted;

use huntsman_export::Catalog;

pub use sink::Kafka;

/// The catalog with topics of Kafka.
///
/// ```
/// let catalog = huntsman_kafka::connect(huntsman_export::Catalog::default());
/// assert!(catalog.schemes().any(|scheme| scheme == "kafka"));
/// ```
#[must_use]
pub fn connect(catalog: Catalog) -> Catalog {
    catalog.connector(Kafka)
}
