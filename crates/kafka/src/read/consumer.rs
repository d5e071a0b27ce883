//! The thread that polls: librdkafka's calls block, and must come often.
//!
//! A consumer that does not poll for `max.poll.interval.ms` loses its partitions. So the thread polls
//! on while nobody takes what it has: it pauses its partitions, and reads on later.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::{Offset, TopicPartitionList};

use super::context::Context;
use super::error::ReadError;
use super::handover::Handover;
use super::reader::Polled;
use super::record::Received;
use super::source::Source;
use crate::probe::one_line;
use crate::refusal::{is_of_token, refusal};
use crate::reports::Reports;

/// One look at whether it is to end.
const LOOK: Duration = Duration::from_millis(100);
/// So long may the other side take before partitions are paused, which throws away what was fetched
/// ahead. It is far below the least `max.poll.interval.ms`.
const PATIENCE: Duration = Duration::from_secs(1);
/// A batch ends with the record that makes it so large.
const MOST_RECORDS: usize = 500;
const MOST_BYTES: usize = 1 << 20;

/// What polls.
pub(super) struct Poll {
    pub(super) consumer: Arc<BaseConsumer<Context>>,
    pub(super) source: Source,
    pub(super) handover: Arc<Handover<Result<Polled, ReadError>>>,
    pub(super) stop: Arc<AtomicBool>,
    /// Partitions that were read to their end.
    pub(super) ended: BTreeSet<i32>,
}

impl Poll {
    /// Polls until it is told to stop, or cannot go on.
    pub(super) fn run(mut self) {
        while !self.is_stopped() {
            let mut records = Vec::new();
            let mut failed = self.follow().and_then(|()| self.gather(&mut records));
            if !records.is_empty() {
                failed = failed.and(self.hand_over(records));
            }
            let told = match failed {
                Err(error) => Err(error),
                Ok(()) if self.is_at_end() => Ok(Polled::End),
                Ok(()) => continue,
            };
            while !self.is_stopped() && !self.handover.is_free_within(LOOK) {}
            if !self.is_stopped() {
                self.handover.put(told);
            }
            return self.stay();
        }
    }

    /// Reads the partitions too that the topic has got since, from their beginning. A group is told of
    /// them by itself.
    fn follow(&self) -> Result<(), ReadError> {
        if !self.source.follows() {
            return Ok(());
        }
        let context = self.consumer.context();
        let further = context.unread();
        if further.is_empty() {
            return Ok(());
        }
        tracing::info!(target: "kafka", partitions = ?further, "the topic has got partitions");
        let mut list = TopicPartitionList::new();
        let added = further.iter().try_for_each(|partition| {
            list.add_partition_offset(self.source.topic(), *partition, Offset::Beginning)
        });
        let added = added.and_then(|()| self.consumer.incremental_assign(&list));
        added.map_err(|error| self.source.broker_error(error.to_string()))?;
        context.assign(further);
        Ok(())
    }

    /// Stays in the group, for what is still to be done and committed.
    fn stay(&mut self) {
        while !self.is_stopped() {
            self.pause(true);
            // What comes nonetheless is not done, so it comes again.
            let _unread = self.poll(LOOK);
        }
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Waits for records for a moment, and takes those that are there.
    fn gather(&mut self, records: &mut Vec<Received>) -> Result<(), ReadError> {
        let (mut wait, mut bytes) = (LOOK, 0);
        while records.len() < MOST_RECORDS && bytes < MOST_BYTES {
            let Some(received) = self.poll(wait)? else {
                break;
            };
            // Nothing but a partition's end, or trouble that passes.
            let Some(received) = received else {
                if !records.is_empty() || self.is_at_end() || self.is_stopped() {
                    break;
                }
                continue;
            };
            bytes += received.size();
            records.push(received);
            wait = Duration::ZERO;
        }
        Ok(())
    }

    /// None if nothing came; none within if it was no record.
    fn poll(&mut self, wait: Duration) -> Result<Option<Option<Received>>, ReadError> {
        use RDKafkaErrorCode as Code;
        Ok(match self.consumer.poll(wait) {
            None => None,
            Some(Ok(message)) => {
                self.consumer.context().is_up();
                Some(Some(Received::of(&message)))
            }
            Some(Err(KafkaError::PartitionEOF(partition))) => {
                self.ended.insert(partition);
                Some(None)
            }
            Some(Err(KafkaError::MessageConsumptionFatal(code))) => return Err(self.failed(code)),
            Some(Err(error)) => match error.rdkafka_error_code() {
                Some(Code::Authentication) if self.has_lost_token() => Some(None),
                Some(
                    code @ (Code::TopicAuthorizationFailed
                    | Code::GroupAuthorizationFailed
                    | Code::UnknownTopicOrPartition
                    | Code::UnknownTopic
                    | Code::UnknownPartition
                    | Code::Authentication
                    | Code::InvalidGroupId
                    | Code::AutoOffsetReset),
                ) => return Err(self.failed(code)),
                // Brokers that are away, a group that is moved: librdkafka goes on by itself.
                _ => {
                    tracing::debug!(target: "kafka", "{error}");
                    Some(None)
                }
            },
        })
    }

    /// What was last said of brokers.
    fn said(&self) -> Option<(RDKafkaErrorCode, String)> {
        let reports: &Reports = self.consumer.context().as_ref().as_ref();
        reports.broker()
    }

    fn has_lost_token(&self) -> bool {
        self.said()
            .is_some_and(|(code, reason)| is_of_token(code, &reason))
    }

    fn failed(&self, code: RDKafkaErrorCode) -> ReadError {
        let said = self.said().filter(|(known, _)| *known == code);
        let reason = match code {
            RDKafkaErrorCode::UnknownTopicOrPartition
            | RDKafkaErrorCode::UnknownTopic
            | RDKafkaErrorCode::UnknownPartition => "the topic or a partition of it is gone".into(),
            _ => said.map_or_else(
                || code.to_string(),
                |(code, said)| refusal(code, &said).unwrap_or_else(|| one_line(&said)),
            ),
        };
        self.source.broker_error(reason)
    }

    /// Whether all that is to be read is read.
    fn is_at_end(&mut self) -> bool {
        if !self.source.until_end {
            return false;
        }
        let Some(own) = self.consumer.context().partitions() else {
            return false;
        };
        self.ended.retain(|partition| own.contains(partition));
        self.ended.len() == own.len()
    }

    /// Waits until the batch is taken; what goes wrong meanwhile.
    fn hand_over(&mut self, mut records: Vec<Received>) -> Result<(), ReadError> {
        let mut failed = Ok(());
        if !self.handover.is_free_within(PATIENCE) {
            let mut is_paused = false;
            while !self.handover.is_free_within(Duration::ZERO) {
                if self.is_stopped() {
                    return Ok(());
                }
                is_paused |= self.pause(true);
                match self.poll(LOOK) {
                    // Of a partition that came just now.
                    Ok(Some(Some(received))) => records.push(received),
                    Ok(_) => {}
                    Err(error) => failed = failed.and(Err(error)),
                }
            }
            if is_paused {
                self.pause(false);
            }
        }
        self.handover.put(Ok(Polled::Records(records)));
        failed
    }

    fn pause(&self, pause: bool) -> bool {
        let done = self.consumer.assignment().and_then(|own| match pause {
            true => self.consumer.pause(&own),
            false => self.consumer.resume(&own),
        });
        if let Err(error) = &done {
            tracing::warn!(target: "kafka", "partitions cannot be paused: {error}");
        }
        done.is_ok()
    }
}
