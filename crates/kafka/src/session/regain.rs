//! The end of a transaction, also when brokers were away for longer than one can be open.

use std::time::Duration;

use huntsman_core::ExportError;
use rdkafka::config::{ClientConfig, FromClientConfigAndContext};
use rdkafka::producer::{BaseProducer, Producer};

use super::{Handed, Session, failed};
use crate::position::Kept;
use crate::properties;
use crate::reports::Reports;
use crate::wanted::Wanted;

impl Session {
    /// Ends the transaction with this position; nothing is done if nothing has changed.
    pub(super) fn end(&mut self, kept: Option<Kept>) -> Result<(), ExportError> {
        let (Some(kept), Some(_)) = (kept, &self.transaction) else {
            return Ok(());
        };
        while let Some(transaction) = &mut self.transaction {
            let done = transaction.commit(&self.producer, self.sent, kept);
            let is_done = match self.told(done) {
                Ok(()) => true,
                Err(error) => self.regain(error, Some(kept))?,
            };
            if is_done {
                break;
            }
        }
        if let Some(transaction) = &mut self.transaction {
            transaction.committed(kept);
        }
        (self.taken, self.handed) = (Vec::new(), Handed::default());
        self.producer.context().is_taken();
        Ok(())
    }

    /// After an error of a transaction that was open for too long, or for which brokers do not let the
    /// client in, begins another one with the same records, once there are brokers that take it. Whether
    /// that is not needed: it was committed with `kept`.
    pub(super) fn regain(
        &mut self,
        mut error: ExportError,
        kept: Option<Kept>,
    ) -> Result<bool, ExportError> {
        loop {
            let reports = self.producer.context();
            let is_refused = reports.refused().is_some();
            let anew = reports.anew();
            let lost = self.transaction.as_mut();
            let Some(transaction) = lost.filter(|one| one.is_lost(is_refused)) else {
                return Err(error);
            };
            tracing::warn!(
                target: "kafka",
                "{error}; its transaction is lost, and the {} items in it are sent in another one, once \
                 a broker takes it",
                self.taken.len()
            );
            // The old one ends before: its messages are no more under way.
            (self.producer, self.sent) = (producer(&self.wanted, &self.config, anew)?, 0);
            if transaction.renew(&self.producer, kept)? {
                return Ok(true);
            }
            let taken = std::mem::take(&mut self.taken);
            let handed = self.hand_over(&taken);
            self.taken = taken;
            match handed {
                Ok(handed) => {
                    self.handed = handed;
                    return Ok(false);
                }
                Err(next) => error = next,
            }
        }
    }

    /// A refusal tells more than a message that was not delivered because of it, and that more than the
    /// transaction that failed with it.
    fn told(&self, done: Result<(), ExportError>) -> Result<(), ExportError> {
        done.map_err(|error| {
            self.producer.poll(Duration::ZERO);
            if self.patience.is_over() && !self.patience.has_given_up() {
                return self.not_confirmed(self.taken.len() as u64);
            }
            let refused = self.producer.context().refused();
            let refused = refused.map(|refused| failed(&self.wanted, &refused));
            let deleted = || Some(failed(&self.wanted, &self.deleted()?));
            let told = refused.or_else(|| self.undelivered());
            told.or_else(deleted).unwrap_or(error)
        })
    }
}

/// A producer that has done nothing yet.
pub(super) fn producer(
    wanted: &Wanted,
    config: &ClientConfig,
    reports: Reports,
) -> Result<BaseProducer<Reports>, ExportError> {
    let made = BaseProducer::from_config_and_context(config, reports);
    made.map_err(|error| properties::refused(wanted, &error))
}
