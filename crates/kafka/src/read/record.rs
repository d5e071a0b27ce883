//! A record as it came.

use rdkafka::message::{BorrowedMessage, Headers as _, Message as _};

use super::error::Undecodable;

/// A record of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its partition.
    pub partition: i32,
    /// Its offset there.
    pub offset: i64,
    /// When it was made, or written by the broker, as the topic has it; milliseconds since 1970, UTC.
    pub timestamp: Option<i64>,
    /// Its key.
    pub key: Option<Vec<u8>>,
    /// Its value; none is a tombstone.
    pub value: Option<Vec<u8>>,
    /// Its headers in their order; a name may be there more than once.
    pub headers: Vec<(String, Option<Vec<u8>>)>,
}

impl Received {
    pub(super) fn of(message: &BorrowedMessage<'_>) -> Self {
        let headers = message
            .headers()
            .into_iter()
            .flat_map(|headers| headers.iter());
        Self {
            partition: message.partition(),
            offset: message.offset(),
            timestamp: message.timestamp().to_millis(),
            key: message.key().map(<[u8]>::to_vec),
            value: message.payload().map(<[u8]>::to_vec),
            headers: headers
                .map(|header| (header.key.to_owned(), header.value.map(<[u8]>::to_vec)))
                .collect(),
        }
    }

    /// The error that it is not what it should be.
    #[must_use]
    pub fn undecodable(&self, reason: impl Into<String>) -> Undecodable {
        Undecodable {
            partition: self.partition,
            offset: self.offset,
            reason: reason.into(),
        }
    }

    /// The last value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        let mut named = self.headers.iter().rev().filter(|(known, _)| known == name);
        named.next()?.1.as_deref()
    }

    /// About what it takes in memory, in bytes.
    pub(super) fn size(&self) -> usize {
        let long = |part: &Option<Vec<u8>>| part.as_ref().map_or(0, Vec::len);
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| name.len() + long(value));
        size_of::<Self>() + long(&self.key) + long(&self.value) + headers.sum::<usize>()
    }
}
