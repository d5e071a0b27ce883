//! What the consumer is told by the group: which partitions are its own.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, ConsumerContext, Rebalance};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::statistics::Statistics;
use rdkafka::topic_partition_list::TopicPartitionList;

use crate::refusal::refusal;
use crate::reports::Reports;

/// The partitions that are read, and what is said of brokers.
#[derive(Debug, Default)]
pub(super) struct Context {
    reports: Reports,
    /// None before the group has said so.
    assigned: Mutex<Option<BTreeSet<i32>>>,
    /// Those that librdkafka has last seen of the topic.
    seen: Mutex<BTreeSet<i32>>,
    /// Whether it is worth a line that no broker is there: once, until one has been.
    is_up: AtomicBool,
}

impl Context {
    fn assigned(&self) -> MutexGuard<'_, Option<BTreeSet<i32>>> {
        self.assigned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brokers are there.
    pub(super) fn is_up(&self) {
        self.is_up.store(true, Ordering::Relaxed);
    }

    /// It reads these.
    pub(super) fn assign(&self, partitions: impl IntoIterator<Item = i32>) {
        let mut assigned = self.assigned();
        assigned.get_or_insert_default().extend(partitions);
    }

    /// Partitions of the topic that are not read.
    pub(super) fn unread(&self) -> BTreeSet<i32> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let assigned = self.assigned();
        let own = assigned.as_ref();
        let unread = seen.iter().copied();
        unread
            .filter(|partition| own.is_some_and(|own| !own.contains(partition)))
            .collect()
    }

    /// The partitions that are its own, once that is known.
    pub(super) fn partitions(&self) -> Option<BTreeSet<i32>> {
        self.assigned().clone()
    }
}

impl AsRef<Reports> for Context {
    fn as_ref(&self) -> &Reports {
        &self.reports
    }
}

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, text: &str) {
        self.reports.log(level, facility, text);
    }

    /// They come where a reader follows its topic alone.
    fn stats(&self, statistics: Statistics) {
        let partitions = statistics
            .topics
            .values()
            .flat_map(|topic| &topic.partitions);
        // The one below 0 is librdkafka's own.
        let there = partitions.filter(|(id, partition)| **id >= 0 && !partition.unknown);
        let there = there.map(|(id, _)| *id).collect();
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = there;
    }

    fn error(&self, error: KafkaError, reason: &str) {
        let code = error.rdkafka_error_code();
        match code.and_then(|code| refusal(code, reason)) {
            // A broker of several, or a token that cannot be had for now: the reading goes on.
            Some(refused) if self.is_up.load(Ordering::Relaxed) => {
                tracing::warn!(target: "kafka", "{refused}");
            }
            _ => tracing::debug!(target: "kafka", "{reason}"),
        }
        let is_down = code == Some(RDKafkaErrorCode::AllBrokersDown);
        if is_down && self.is_up.swap(false, Ordering::Relaxed) {
            tracing::warn!(target: "kafka", "no broker is there; it goes on once one is");
        }
        self.reports.error(error, reason);
    }
}

impl ConsumerContext for Context {
    fn post_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        let ids = |list: &TopicPartitionList| -> Vec<i32> {
            let elements = list.elements();
            elements.iter().map(|element| element.partition()).collect()
        };
        match rebalance {
            Rebalance::Assign(list) => {
                tracing::info!(target: "kafka", partitions = ?ids(list), "partitions are assigned");
                self.assign(ids(list));
            }
            Rebalance::Revoke(list) => {
                tracing::info!(target: "kafka", partitions = ?ids(list), "partitions are taken away");
                let gone = ids(list);
                let mut assigned = self.assigned();
                let own = assigned.get_or_insert_default();
                own.retain(|partition| !gone.contains(partition));
                // The group is about to say which ones come in their place.
                if own.is_empty() {
                    *assigned = None;
                }
            }
            Rebalance::Error(error) => tracing::warn!(target: "kafka", "the group: {error}"),
        }
    }

    fn commit_callback(&self, result: KafkaResult<()>, _: &TopicPartitionList) {
        if let Err(error) = result {
            // What was not committed is read again.
            tracing::warn!(target: "kafka", "offsets are not committed: {error}");
        }
    }
}
