//! Items that cannot be sent, told before they are settled.

use std::sync::Arc;

use huntsman_core::{Record, Violation};

use crate::message::{Message, Messages};
use crate::session::fits;

/// What Kafka calls a message that is too large: the setting of the topic that says so.
const TOO_LARGE: &str = "max.message.bytes";
/// And one that cannot be made.
const NO_MESSAGE: &str = "serialization";

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
        let mut message = Message::default();
        let made = self.messages.make(record, &mut message);
        let fits = made.and_then(|()| fits(message.size(), &self.topic, self.max_bytes));
        fits.err().map(|reason| violation(TOO_LARGE, reason))
    }
}

fn violation(rule: &str, message: String) -> Violation {
    Violation {
        path: String::new(),
        rule: rule.to_owned(),
        message,
        value: String::new(),
    }
}
