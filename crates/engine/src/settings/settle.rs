//! `[settle]`: how a job commits the pages that are done, and what it keeps of them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::text;

/// How a job commits the pages that are done, and what it keeps of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SettleSettings {
    /// With a job: longest time that a page that is done waits for others, so that they share a
    /// commit. It waits only while there is more to fetch, or pages are under way.
    #[serde(with = "text::duration")]
    pub delay: Duration,
    /// With a job: keep what became of every URL, for `crawl why` and `--again`.
    pub history: bool,
}

impl Default for SettleSettings {
    fn default() -> Self {
        Self {
            delay: Duration::from_millis(10),
            history: true,
        }
    }
}
