//! What is looked at before the first request: brokers, topics, their limits.

use std::time::Duration;

use huntsman_core::ExportError;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::{FromClientConfig, FromClientConfigAndContext};
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use tokio::runtime::Handle;

use crate::properties;
use crate::refusal::unreachable;
use crate::reports::Reports;
use crate::wanted::Wanted;

/// So many times a second, an answer is waited for.
const TRIES: usize = 10;
const TRY: Duration = Duration::from_secs(1);

/// A topic that was just made is looked for so often.
const LOOK: Duration = Duration::from_millis(20);

/// So long, what librdkafka has to say is listened to.
const DRAIN: Duration = Duration::from_millis(50);

/// A consumer that knows brokers and topics. It blocks.
pub(crate) struct Probe<'a> {
    wanted: &'a Wanted,
    consumer: BaseConsumer<Reports>,
    admin: AdminClient<DefaultClientContext>,
}

/// What a broker has of a topic.
pub(crate) enum Topic {
    /// These partitions, each on so many brokers.
    There {
        partitions: Vec<i32>,
        replication: usize,
    },
    Missing,
}

/// Asks the brokers for a topic; the reason if they do not answer, or refuse to.
pub(crate) fn look<C>(consumer: &BaseConsumer<C>, topic: &str) -> Result<Topic, String>
where
    C: ConsumerContext + AsRef<Reports>,
{
    use RDKafkaErrorCode as Code;
    let reports: &Reports = consumer.context().as_ref().as_ref();
    let mut answered = false;
    for _ in 0..TRIES {
        let Ok(metadata) = consumer.fetch_metadata(Some(topic), TRY) else {
            demand_no_refusal(consumer, reports)?;
            continue;
        };
        answered = true;
        let found = metadata.topics().iter().find(|found| found.name() == topic);
        match found.and_then(|found| found.error()).map(Code::from) {
            None if let Some(found) = found
                && let [first, ..] = found.partitions() =>
            {
                let partitions = found.partitions().iter();
                return Ok(Topic::There {
                    partitions: partitions.map(|one| one.id()).collect(),
                    replication: first.replicas().len(),
                });
            }
            Some(Code::UnknownTopicOrPartition | Code::UnknownTopic) => return Ok(Topic::Missing),
            // There is an election.
            None | Some(Code::LeaderNotAvailable) => drop(consumer.poll(TRY)),
            Some(Code::TopicAuthorizationFailed) => {
                return Err(format!("this user may not see the topic {topic}"));
            }
            Some(code) => return Err(format!("the topic {topic}: {code}")),
        }
    }
    if answered {
        return Err(format!("the topic {topic} has no leader"));
    }
    let said = reports.broker().map(|(_, reason)| reason);
    let said = unreachable(said.as_deref());
    Err(format!("no broker can be reached in {TRIES} s: {said}"))
}

/// Looks at what brokers said while nothing came.
fn demand_no_refusal<C>(consumer: &BaseConsumer<C>, reports: &Reports) -> Result<(), String>
where
    C: ConsumerContext,
{
    // Errors are handed over while the consumer is polled; without patience one poll takes a single
    // line of librdkafka's log, and many may stand before them.
    while let Some(Err(_)) = consumer.poll(DRAIN) {}
    reports.refused().map_or(Ok(()), Err)
}

impl<'a> Probe<'a> {
    pub(crate) fn new(wanted: &'a Wanted, group: &str) -> Result<Self, ExportError> {
        let config = properties::consumer(wanted, group)?;
        let consumer = BaseConsumer::from_config_and_context(&config, Reports::default());
        let consumer = consumer.map_err(|error| properties::refused(wanted, &error))?;
        let admin = AdminClient::from_config(&properties::client(wanted)?);
        let admin = admin.map_err(|error| properties::refused(wanted, &error))?;
        Ok(Self {
            wanted,
            consumer,
            admin,
        })
    }

    /// What is needed further on. Its thread ends within 100 ms, which nobody waits for.
    pub(crate) fn end(self, runtime: &Handle) -> BaseConsumer<Reports> {
        let admin = self.admin;
        drop(runtime.spawn_blocking(move || drop(admin)));
        self.consumer
    }

    fn failed(&self, reason: &str) -> ExportError {
        ExportError::Other(format!("cannot write {}: {reason}", self.wanted.place))
    }

    /// The topic of the sink is there, or is made; so is that of dead letters.
    pub(crate) fn topics(&self, runtime: &Handle) -> Result<(), ExportError> {
        let dead = self.wanted.dead_letters.as_deref();
        for topic in [Some(self.wanted.address.topic.as_str()), dead]
            .into_iter()
            .flatten()
        {
            let found = self.topic(topic)?;
            if let Topic::There { .. } = found {
                self.tell_difference(topic, &found);
                continue;
            }
            if self.wanted.create.is_none() {
                let reason = format!("there is no topic {topic}: make it, or add create=true");
                return Err(self.failed(&reason));
            }
            runtime.block_on(self.create(topic))?;
            self.await_topic(topic)?;
        }
        Ok(())
    }

    /// Says what a topic that is there has otherwise than it was asked for.
    fn tell_difference(&self, topic: &str, found: &Topic) {
        let (
            Some(asked),
            Topic::There {
                partitions,
                replication,
            },
        ) = (&self.wanted.create, found)
        else {
            return;
        };
        for (word, asked, there) in [
            ("partitions", asked.partitions, partitions.len()),
            ("replication", asked.replication, *replication),
        ] {
            // Below 0 nothing was asked for.
            if usize::try_from(asked).is_ok_and(|asked| asked != there) {
                let place = &self.wanted.place;
                tracing::warn!(
                    target: "kafka",
                    "{place}: the topic {topic} is there with {word}={there}, and is left as it is: \
                     {word}={asked} is for one that is made"
                );
            }
        }
    }

    /// Waits until brokers that answer know a topic that was just made.
    fn await_topic(&self, topic: &str) -> Result<(), ExportError> {
        for _ in 0..TRIES * 10 {
            if matches!(self.topic(topic)?, Topic::There { .. }) {
                return Ok(());
            }
            drop(self.consumer.poll(LOOK));
        }
        Err(self.failed(&format!(
            "the topic {topic} was made, and is not to be seen"
        )))
    }

    fn topic(&self, topic: &str) -> Result<Topic, ExportError> {
        look(&self.consumer, topic).map_err(|reason| self.failed(&reason))
    }

    async fn create(&self, topic: &str) -> Result<(), ExportError> {
        let Some(new) = &self.wanted.create else {
            return Ok(());
        };
        let retention = new.retention.map(|time| time.as_millis().to_string());
        let mut asked = NewTopic::new(
            topic,
            new.partitions,
            TopicReplication::Fixed(new.replication),
        );
        if let Some(retention) = &retention {
            asked = asked.set("retention.ms", retention);
        }
        let options = AdminOptions::new().operation_timeout(Some(10 * TRY));
        let made = self.admin.create_topics([&asked], &options).await;
        let code = match made {
            Ok(results) => results
                .into_iter()
                .find_map(|result| result.err().map(|(_, code)| code)),
            Err(KafkaError::AdminOp(code)) => Some(code),
            Err(error) => {
                return Err(self.failed(&format!("the topic {topic} cannot be made: {error}")));
            }
        };
        match code {
            None | Some(RDKafkaErrorCode::TopicAlreadyExists) => Ok(()),
            Some(code) => Err(self.failed(&format!("the topic {topic} cannot be made: {code}"))),
        }
    }

    /// How large a message of a topic can be; none for a user who may not ask.
    pub(crate) fn max_bytes(&self, topic: &str, runtime: &Handle) -> Option<usize> {
        let options = AdminOptions::new().request_timeout(Some(5 * TRY));
        let resource = ResourceSpecifier::Topic(topic);
        let described = runtime.block_on(self.admin.describe_configs([&resource], &options));
        let described = described
            .ok()
            .and_then(|mut all| all.pop())
            .and_then(Result::ok);
        let entry = described.and_then(|all| all.get("max.message.bytes")?.value.clone());
        let most = entry.and_then(|bytes| bytes.parse().ok());
        if most.is_none() {
            tracing::warn!(
                target: "kafka",
                "this user is not told the max.message.bytes of the topic {topic}: messages have \
                 message.max.bytes at most"
            );
        }
        most
    }
}

/// Text in one line.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
