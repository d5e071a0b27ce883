//! `[admit]`: which found requests may enter the frontier.

use serde::{Deserialize, Serialize};

/// Which found requests may enter the frontier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AdmitSettings {
    /// Hosts that may be visited, with their subdomains; empty for all.
    pub hosts: Vec<String>,
    /// Links to follow from a seed; none for no limit.
    pub max_depth: Option<u16>,
    /// Longest URL, in bytes.
    pub max_url_length: usize,
    /// Obey robots.txt.
    pub robots: bool,
}

impl Default for AdmitSettings {
    fn default() -> Self {
        Self {
            hosts: Vec::new(),
            max_depth: None,
            max_url_length: 8192,
            robots: true,
        }
    }
}
