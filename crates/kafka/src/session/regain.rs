//! The end of a transaction, also when brokers were away for longer than one can be open.

use std::time::{Duration, Instant};

use huntsman_core::ExportError;
use rdkafka::config::{ClientConfig, FromClientConfigAndContext};
use rdkafka::producer::BaseProducer;

use super::Session;
use crate::position::Kept;
use crate::properties;
use crate::reports::Reports;
use crate::wanted::Wanted;

impl Session {
    /// Ends the transaction with this position; nothing is done if nothing has changed.
    pub(super) fn end(
        &mut self,
        kept: Option<Kept>,
        until: Option<Instant>,
    ) -> Result<(), ExportError> {
        let (Some(kept), Some(_)) = (kept, &self.transaction) else {
            return Ok(());
        };
        while let Some(transaction) = &mut self.transaction {
            let done = transaction.commit(&self.producer, self.sent, kept, until);
            let is_done = match self.told(done) {
                Ok(()) => true,
                Err(error) => self.regain(error, Some(kept), until)?,
            };
            if is_done {
                break;
            }
        }
        if let Some(transaction) = &mut self.transaction {
            transaction.committed(kept);
        }
        (self.taken, self.taken_bytes) = (Vec::new(), 0);
        Ok(())
    }

    /// After an error of a transaction that was open for too long, begins another one with the same
    /// records, once there are brokers. Whether that is not needed: it was committed with `kept`.
    pub(super) fn regain(
        &mut self,
        mut error: ExportError,
        kept: Option<Kept>,
        until: Option<Instant>,
    ) -> Result<bool, ExportError> {
        loop {
            let lost = self.transaction.as_mut();
            let Some(transaction) = lost.filter(|transaction| transaction.is_lost(until)) else {
                return Err(error);
            };
            tracing::warn!(
                target: "kafka",
                "{error}: its transaction was open for longer than transaction.timeout.ms, so {} \
                 items are sent once more when there is a broker",
                self.taken.len()
            );
            // The old one ends before: its messages are no more under way.
            (self.producer, self.sent) = (producer(&self.wanted, &self.config)?, 0);
            if transaction.renew(&self.producer, kept, until)? {
                return Ok(true);
            }
            let taken = std::mem::take(&mut self.taken);
            let handed = self.hand_over(&taken);
            self.taken = taken;
            match handed {
                Ok(bytes) => {
                    self.taken_bytes = bytes;
                    return Ok(false);
                }
                Err(next) => error = next,
            }
        }
    }

    /// A message that was not delivered tells more than the transaction that failed with it.
    fn told(&self, done: Result<(), ExportError>) -> Result<(), ExportError> {
        done.map_err(|error| {
            self.producer.poll(Duration::ZERO);
            self.demand_delivered().err().unwrap_or(error)
        })
    }
}

/// A producer that has done nothing yet.
pub(super) fn producer(
    wanted: &Wanted,
    config: &ClientConfig,
) -> Result<BaseProducer<Reports>, ExportError> {
    let made = BaseProducer::from_config_and_context(config, Reports::default());
    made.map_err(|error| properties::refused(wanted, &error))
}
