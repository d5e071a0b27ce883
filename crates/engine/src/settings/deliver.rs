//! `[deliver]`: how records reach the sinks.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::text;

/// How records reach the sinks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeliverSettings {
    /// Records written at once, at most.
    pub batch: usize,
    /// Longest time that a record waits for others before it is written.
    #[serde(with = "text::duration")]
    pub linger: Duration,
    /// Records that may wait for the slowest sink; past it, no page is leased.
    pub backlog: u64,
}

impl Default for DeliverSettings {
    fn default() -> Self {
        Self {
            batch: 500,
            linger: Duration::from_millis(200),
            backlog: 10_000,
        }
    }
}
