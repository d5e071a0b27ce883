//! `[deliver]`: how records reach the sinks.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{FeedWords, text};

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
    /// Longest time that a record may wait for the slowest sink, its commit included; past it, no
    /// page is leased. None for no limit.
    #[serde(with = "text::maybe_duration")]
    pub backlog_age: Option<Duration>,
    /// Bytes of records that may wait for the slowest sink; past it, no page is leased. With a job
    /// as they are on disk, else as JSON, estimated from every sixteenth.
    #[serde(with = "text::size")]
    pub backlog_bytes: u64,
    /// With a job: longest time until what a sink took is durable there.
    #[serde(with = "text::duration")]
    pub commit: Duration,
    /// Feeds by name, the tables within: `[deliver.NAME]`. The `crawl` command makes sinks of them.
    pub feeds: BTreeMap<String, FeedWords>,
}

impl Default for DeliverSettings {
    fn default() -> Self {
        Self {
            batch: 500,
            linger: Duration::from_millis(200),
            backlog: 10_000,
            backlog_age: None,
            backlog_bytes: 256 << 20,
            commit: Duration::from_secs(1),
            feeds: BTreeMap::new(),
        }
    }
}
