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
            commit: Duration::from_secs(1),
            feeds: BTreeMap::new(),
        }
    }
}
