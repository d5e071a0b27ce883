//! What librdkafka tells: of each message whether it was delivered, and what is wrong with brokers.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use huntsman_core::Record;
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::producer::{DeliveryResult, ProducerContext};

use crate::clock::now;
use crate::probe::one_line;
use crate::refusal::refusal;
use crate::transaction::meaning;
use crate::under_way::{Sent, UnderWay};

/// A refusal that lasts is told again after so long; librdkafka tells it each time it tries.
const AGAIN: Duration = Duration::from_secs(600);

/// A message that was not delivered.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) sent: Sent,
    pub(crate) reason: String,
}

#[derive(Debug, Default)]
struct Told {
    /// The first one: those behind it often fail because it did.
    failure: Option<Failure>,
    broker: Option<(Code, String)>,
    /// The kind of refusal that the user was told of last, and when.
    warned: Option<(Code, Instant)>,
    /// And that no broker is there.
    down: Option<Instant>,
}

impl Told {
    /// Whether the user is to be told of a refusal: of each kind once, and again while it lasts.
    fn is_news(&mut self, code: Code, now: Instant) -> bool {
        let is_known = self
            .warned
            .is_some_and(|(known, at)| known == code && now.duration_since(at) < AGAIN);
        if !is_known {
            self.warned = Some((code, now));
        }
        !is_known
    }

    /// Whether the user is to be told that no broker is there: once, and again while it lasts.
    fn is_down(&mut self, now: Instant) -> bool {
        let is_known = self.down.is_some_and(|at| now.duration_since(at) < AGAIN);
        if !is_known {
            self.down = Some(now);
        }
        !is_known
    }

    fn is_refused(&self) -> bool {
        let broker = self.broker.as_ref();
        broker.is_some_and(|(code, reason)| refusal(*code, reason).is_some())
    }
}

/// What was told so far.
#[derive(Debug, Default)]
pub(crate) struct Reports {
    told: Mutex<Told>,
    deliveries: Mutex<Deliveries>,
    /// What a refusal is a warning about; none where who asks for it is told.
    place: Option<String>,
}

/// What became of messages.
#[derive(Debug, Default)]
struct Deliveries {
    under_way: UnderWay,
    confirmed: u64,
    failed: u64,
}

impl Reports {
    /// Those of a producer that goes on whatever brokers say: the user is told when they refuse it.
    pub(crate) fn of(place: &str) -> Self {
        Self {
            place: Some(place.to_owned()),
            ..Self::default()
        }
    }

    /// Those of a producer that takes the place of another one.
    pub(crate) fn anew(&self) -> Self {
        let before = self.told();
        let told = Told {
            warned: before.warned,
            down: before.down,
            ..Told::default()
        };
        drop(before);
        Self {
            told: Mutex::new(told),
            place: self.place.clone(),
            ..Self::default()
        }
    }

    /// Brokers have taken what they were given: whatever they refuse from here on is news.
    pub(crate) fn is_taken(&self) {
        let was_told = {
            let mut told = self.told();
            told.broker = None;
            told.warned.take().is_some() | told.down.take().is_some()
        };
        if let Some(place) = self.place.as_ref().filter(|_| was_told) {
            tracing::info!(target: "kafka", "{place}: brokers take it again");
        }
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what messages are made of until they have their reports; the number to give with the first.
    pub(crate) fn sending(&self, records: &[Record]) -> usize {
        self.deliveries().under_way.keep(records)
    }

    /// Messages from this number on were not taken by the producer, and get no report.
    pub(crate) fn unsent(&self, number: usize) {
        self.deliveries().under_way.truncate(number);
    }

    fn deliveries(&self) -> MutexGuard<'_, Deliveries> {
        self.deliveries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Messages that the brokers have.
    pub(crate) fn confirmed(&self) -> u64 {
        self.deliveries().confirmed
    }

    /// Messages that they do not have.
    pub(crate) fn failed(&self) -> u64 {
        self.deliveries().failed
    }

    /// The first message that was not delivered; it is told once.
    pub(crate) fn failure(&self) -> Option<Failure> {
        self.told().failure.take()
    }

    /// What was last said against a broker; a refusal stands until the next one.
    pub(crate) fn broker(&self) -> Option<(Code, String)> {
        self.told().broker.clone()
    }

    /// Why brokers refuse the client, if they do.
    pub(crate) fn refused(&self) -> Option<String> {
        let (code, reason) = self.broker()?;
        refusal(code, &reason)
    }

    /// Messages that have their report.
    pub(crate) fn reported(&self) -> u64 {
        let deliveries = self.deliveries();
        deliveries.confirmed + deliveries.failed
    }
}

impl ClientContext for Reports {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, text: &str) {
        tracing::debug!(target: "librdkafka", ?level, facility, "{text}");
    }

    fn error(&self, error: KafkaError, reason: &str) {
        let code = error.rdkafka_error_code();
        let Some(code) = code else { return };
        let mut told = self.told();
        let was_refused = told.is_refused();
        // It says less than what was said before it.
        if code == Code::AllBrokersDown {
            if let Some(place) = self.place.as_ref().filter(|_| !was_refused)
                && told.is_down(now())
            {
                let why = told.broker.as_ref().map_or(reason, |(_, reason)| reason);
                tracing::warn!(
                    target: "kafka",
                    "{place}: no broker is there ({}); what is crawled waits for one", one_line(why)
                );
            }
            return;
        }
        let refused = refusal(code, reason);
        if let (Some(place), Some(refused)) = (&self.place, &refused)
            && told.is_news(code, now())
        {
            tracing::warn!(target: "kafka", "{place}: {refused}; it waits, and tries again");
        }
        if !was_refused || refused.is_some() {
            told.broker = Some((code, reason.to_owned()));
        }
    }
}

impl ConsumerContext for Reports {}

impl AsRef<Self> for Reports {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl ProducerContext for Reports {
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, number: usize) {
        let mut deliveries = self.deliveries();
        let Err((error, _)) = result else {
            deliveries.under_way.reported(number);
            deliveries.confirmed += 1;
            return;
        };
        let sent = deliveries.under_way.of(number).cloned();
        deliveries.under_way.reported(number);
        deliveries.failed += 1;
        let code = error.rdkafka_error_code();
        // These were thrown away since something else had failed.
        if let Some(Code::PurgeQueue | Code::PurgeInflight) = code {
            return;
        }
        let reason = code.map_or_else(|| error.to_string(), meaning);
        if let Some(sent) = sent {
            self.told().failure.get_or_insert(Failure { sent, reason });
        }
    }
}

#[cfg(test)]
mod tests {
    use huntsman_testkit::Price;
    use rdkafka::config::ClientConfig;
    use rdkafka::mocking::MockCluster;
    use rdkafka::producer::{BaseProducer, BaseRecord, Producer, PurgeConfig};

    use super::*;
    use crate::delivered::delivered;

    #[test]
    fn a_refusal_is_told_once_and_again_while_it_lasts() {
        let (login, tls) = (Code::Authentication, Code::SSL);
        let start = now();
        let reports = Reports::of("kafka://h/t");
        let is_news = |code, seconds| {
            let at = start + Duration::from_secs(seconds);
            reports.told().is_news(code, at)
        };
        assert!(is_news(login, 0) && !is_news(login, 10) && !is_news(login, 599));
        assert!(is_news(login, 600) && !is_news(login, 601));
        assert!(is_news(tls, 602), "another one");
        reports.is_taken();
        assert!(is_news(tls, 603), "it was taken meanwhile");
    }

    fn producer(servers: &str) -> BaseProducer<Reports> {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", servers);
        config.set("message.timeout.ms", "500");
        config
            .create_with_context(Reports::default())
            .expect("properties of librdkafka")
    }

    fn send(producer: &BaseProducer<Reports>, number: u32) {
        let record = Price::numbered(number).record(number);
        let number = producer.context().sending(&[record]);
        let message = BaseRecord::with_opaque_to("prices", number).payload("a price");
        producer
            .send::<str, str>(message)
            .map_err(|(error, _)| error)
            .expect("the queue has room");
    }

    #[test]
    fn what_is_confirmed_is_kept_no_longer() {
        let cluster = MockCluster::new(1).expect("a cluster");
        let producer = producer(&cluster.bootstrap_servers());
        (0..3).for_each(|number| send(&producer, number));
        assert!(delivered(&producer, 3, Duration::from_secs(60)));
        let reports = producer.context();
        assert_eq!((reports.confirmed(), reports.failed()), (3, 0));
        assert!(reports.deliveries().under_way.is_empty());
    }

    #[test]
    fn the_first_that_fails_is_known() {
        // Nothing listens there.
        let producer = producer("127.0.0.1:1");
        let first = Price::numbered(7).record(7);
        (7..9).for_each(|number| send(&producer, number));
        assert!(delivered(&producer, 2, Duration::from_secs(60)));
        let reports = producer.context();
        assert_eq!((reports.confirmed(), reports.failed()), (0, 2));
        let failure = reports.failure().expect("it is told");
        assert_eq!((failure.sent.id, failure.sent.url), (first.id, first.url));
        assert!(reports.failure().is_none() && reports.deliveries().under_way.is_empty());
    }

    /// Something else has failed before.
    #[test]
    fn what_is_thrown_away_is_counted_and_no_reason() {
        let producer = producer("127.0.0.1:1");
        send(&producer, 7);
        producer.purge(PurgeConfig::default().queue().inflight());
        assert!(delivered(&producer, 1, Duration::from_secs(60)));
        let reports = producer.context();
        assert_eq!((reports.confirmed(), reports.failed()), (0, 1));
        assert!(reports.failure().is_none() && reports.deliveries().under_way.is_empty());
    }

    #[test]
    fn that_no_broker_is_there_is_told_once_until_one_is() {
        let reports = Reports::of("kafka://h/t");
        let start = now();
        let is_down = |seconds| reports.told().is_down(start + Duration::from_secs(seconds));
        assert!(is_down(0) && !is_down(1) && !is_down(599) && is_down(600));
        reports.is_taken();
        assert!(is_down(601));
    }

    #[test]
    fn what_is_not_sent_is_kept_no_longer() {
        let reports = Reports::default();
        let number = reports.sending(&[Price::numbered(1).record(1)]);
        reports.unsent(number);
        assert!(reports.deliveries().under_way.is_empty());
    }
}
