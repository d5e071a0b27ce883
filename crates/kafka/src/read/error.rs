//! Why a topic, or a record of it, cannot be read.

use thiserror::Error;

/// Why a topic cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The address has no sense.
    #[error("{0}")]
    Place(String),
    /// The brokers refuse, or have no such topic.
    #[error("cannot read {place}: {reason}")]
    Broker {
        /// The brokers and the topic.
        place: String,
        /// Why not.
        reason: String,
    },
    /// The registry of its schemas refuses, or cannot be asked.
    #[error("cannot read {place}: {reason}")]
    Registry {
        /// The brokers and the topic.
        place: String,
        /// What the registry says.
        reason: String,
    },
    /// One record is not what the address says that records are.
    #[error(transparent)]
    Record(#[from] Undecodable),
}

/// A record that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("partition {partition}, offset {offset}: {reason}")]
pub struct Undecodable {
    /// Its partition.
    pub partition: i32,
    /// Its offset there.
    pub offset: i64,
    /// What is wrong with it.
    pub reason: String,
}
