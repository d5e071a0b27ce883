//! Items that cannot be sent, told before they are settled.

use std::sync::Arc;

use huntsman_core::{Record, Violation};

use crate::message::{Message, Messages};

/// What Kafka calls a message that is too large: the setting of the topic that says so.
const TOO_LARGE: &str = "max.message.bytes";
/// And one that cannot be made.
const NO_MESSAGE: &str = "serialization";

/// What a request takes beside its one message: the head of a batch and of a record.
const AROUND: usize = 100;

/// Headers that tell of an item take less than this, beside its URL.
const HEADERS: usize = 2048;

/// Tells items that would be no message of the topic.
#[derive(Debug)]
pub(crate) struct Judge {
    pub(crate) messages: Arc<Messages>,
    pub(crate) topic: String,
    /// The most that a message can have.
    pub(crate) max_bytes: usize,
}

impl Judge {
    pub(crate) fn refuses(&self, record: &Record) -> Option<Violation> {
        let body = match self.messages.body_size(record) {
            Ok(body) => body,
            Err(reason) => return Some(violation(NO_MESSAGE, reason)),
        };
        if body + record.url.len() + HEADERS <= self.max_bytes {
            return None;
        }
        let (topic, most) = (&self.topic, self.max_bytes);
        let made = made(&self.messages, record, topic, most, &mut Message::default());
        made.err()
    }
}

/// Makes the message of a record, or says what is against it: `topic` takes so many bytes at most.
pub(crate) fn made(
    messages: &Messages,
    record: &Record,
    topic: &str,
    most: usize,
    message: &mut Message,
) -> Result<(), Violation> {
    messages
        .make(record, message)
        .map_err(|reason| violation(NO_MESSAGE, reason))?;
    if fits(message, most) {
        return Ok(());
    }
    let size = message.size() + AROUND;
    Err(violation(
        TOO_LARGE,
        format!("it is {size} bytes, and the topic {topic} takes {most}"),
    ))
}

/// Whether a topic that takes so many bytes takes this message.
pub(crate) fn fits(message: &Message, most: usize) -> bool {
    message.size() + AROUND <= most
}

fn violation(rule: &str, message: String) -> Violation {
    Violation {
        path: String::new(),
        rule: rule.to_owned(),
        message,
        value: String::new(),
    }
}
