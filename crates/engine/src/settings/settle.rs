//! `[settle]`: what a job keeps of a page that is done.

use serde::{Deserialize, Serialize};

/// What a job keeps of a page that is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SettleSettings {
    /// With a job: keep what became of every URL, for `crawl why` and `--again`.
    pub history: bool,
}

impl Default for SettleSettings {
    fn default() -> Self {
        Self { history: true }
    }
}
