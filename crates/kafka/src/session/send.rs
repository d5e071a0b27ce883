//! One record to the producer: as its message, or as a dead letter.

use std::time::Duration;

use huntsman_core::{ExportError, Record, Stream};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::BaseRecord;

use super::Session;
use crate::judge::made;
use crate::letter::shorten;
use crate::message::Message;

/// How long one look takes at whether a full queue has room.
const FULL: Duration = Duration::from_millis(20);

impl Session {
    /// Sends the message of a record, which has this number; whether it is a dead letter.
    pub(super) fn one(
        &self,
        record: &Record,
        number: usize,
        message: &mut Message,
    ) -> Result<bool, ExportError> {
        let send = |topic, message| self.send(record, number, topic, message);
        let [most, dead] = self.max_bytes;
        let topic = &self.wanted.address.topic;
        let Err(unfit) = made(&self.messages, record, topic, most, message) else {
            return send(topic, message).map(|()| false);
        };
        let is_letter = record.item.stream() == Stream::Quarantine;
        if is_letter && self.messages.make_short(record, most, message) == Ok(true) {
            return send(topic, message).map(|()| false);
        }
        let Some(letters) = &self.wanted.dead_letters else {
            return Err(self.item_error(record, &format!("{} ({})", unfit.message, unfit.rule)));
        };
        let made = self.messages.make_dead(record, topic, &unfit, message);
        made.map_err(|further| {
            let reason = format!("{}; nor as a dead letter: {further}", unfit.message);
            self.item_error(record, &reason)
        })?;
        if !shorten(message, dead) {
            let reason = format!("{}; not even a short letter fits {letters}", unfit.message);
            return Err(self.item_error(record, &reason));
        }
        send(letters, message).map(|()| true)
    }

    fn item_error(&self, record: &Record, reason: &str) -> ExportError {
        ExportError::Item {
            id: record.id.to_string(),
            url: record.url.to_string(),
            place: self.wanted.place.clone(),
            reason: reason.to_owned(),
        }
    }

    /// Puts a message in the queue of the producer; while it is full, waits.
    fn send(
        &self,
        record: &Record,
        number: usize,
        topic: &str,
        message: &mut Message,
    ) -> Result<(), ExportError> {
        let mut next = BaseRecord::with_opaque_to(topic, number);
        next.timestamp = message.time;
        next.headers = message.headers.take();
        next.key = message.key();
        next.payload = message.value();
        loop {
            match self.producer.send::<[u8], [u8]>(next) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                    next = back
                }
                Err((error, _)) => {
                    let code = error.rdkafka_error_code();
                    self.demand_delivered()?;
                    return Err(match code {
                        Some(code) if !is_of_item(code) => self.failed_by(code),
                        _ => self.item_error(record, &error.to_string()),
                    });
                }
            }
            self.demand_delivered()?;
            self.demand_going()?;
            self.producer.poll(FULL);
        }
    }
}

/// Whether the error is about one item, and not about the sink.
fn is_of_item(code: RDKafkaErrorCode) -> bool {
    matches!(
        code,
        RDKafkaErrorCode::MessageSizeTooLarge | RDKafkaErrorCode::InvalidMessage
    )
}
