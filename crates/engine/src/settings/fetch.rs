//! `[fetch]`: how requests are sent.

use std::time::Duration;

use huntsman_core::retry::RetryPolicy;
use serde::{Deserialize, Serialize};

use super::text;

/// How requests are sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FetchSettings {
    /// Connections at once, over all hosts.
    pub concurrency: usize,
    /// Longest time from sending to the last byte.
    #[serde(with = "text::duration")]
    pub timeout: Duration,
    /// Longest time until connected.
    #[serde(with = "text::duration")]
    pub connect_timeout: Duration,
    /// Largest body, in bytes after decompression.
    #[serde(with = "text::size")]
    pub max_body: u64,
    /// Bytes of bodies in memory at once; a request reserves `max_body` of it while it is fetched.
    #[serde(with = "text::size")]
    pub body_budget: u64,
    /// What the crawler calls itself; robots.txt is read for the word before the first `/`.
    pub user_agent: String,
    /// Tries after the first one.
    pub retries: u32,
    /// Wait before the first of them; doubled for each further one.
    #[serde(with = "text::duration")]
    pub backoff: Duration,
    /// The longest such wait, also when a server asks for more.
    #[serde(with = "text::duration")]
    pub max_backoff: Duration,
    /// Redirects in a row.
    pub max_redirects: usize,
    /// Send and store cookies.
    pub cookies: bool,
    /// Hosts that may have a private address.
    pub allow_private: Vec<String>,
    /// Addresses of hosts, `HOST=ADDR:PORT`, instead of asking DNS.
    pub resolve: Vec<String>,
}

impl Default for FetchSettings {
    fn default() -> Self {
        Self {
            concurrency: 32,
            timeout: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(10),
            max_body: 8 << 20,
            body_budget: 256 << 20,
            user_agent: concat!("Huntsman/", env!("CARGO_PKG_VERSION")).to_owned(),
            retries: 2,
            backoff: Duration::from_secs(1),
            max_backoff: Duration::from_secs(120),
            max_redirects: 10,
            cookies: true,
            allow_private: Vec::new(),
            resolve: Vec::new(),
        }
    }
}

impl FetchSettings {
    /// When to try again, and how often.
    #[must_use]
    pub fn retry(&self) -> RetryPolicy {
        RetryPolicy {
            limit: self.retries,
            backoff: self.backoff,
            max_backoff: self.max_backoff,
        }
    }
}
