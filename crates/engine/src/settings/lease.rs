//! `[lease]`: when requests are handed out.

use std::time::Duration;

use huntsman_core::frontier::PaceOf;
use huntsman_core::host::is_this_machine;
use huntsman_core::pace::Pace;
use huntsman_core::{HostKey, Url};
use serde::{Deserialize, Serialize};

use super::text;

/// When requests are handed out, and how many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LeaseSettings {
    /// Least time between two requests to one host. Unset: 1 s, and 0 for this machine itself.
    #[serde(with = "text::maybe_duration")]
    pub delay: Option<Duration>,
    /// Share of the delay added at random.
    pub jitter: f64,
    /// Requests to one host at once.
    pub per_host: u32,
    /// Pages under way at once: fetched, parsed or not yet settled.
    pub unsettled: usize,
    /// Stop leasing after so many pages; none for no limit.
    pub max_pages: Option<u64>,
    /// Stop leasing after this time; none for no limit.
    #[serde(with = "text::maybe_duration")]
    pub max_time: Option<Duration>,
}

impl Default for LeaseSettings {
    fn default() -> Self {
        Self {
            delay: None,
            jitter: 0.5,
            per_host: 8,
            unsettled: 256,
            max_pages: None,
            max_time: None,
        }
    }
}

impl LeaseSettings {
    /// The pace towards a host, which is this machine itself or not.
    #[must_use]
    pub fn pace(&self, is_this_machine: bool) -> Pace {
        let polite = if is_this_machine {
            Duration::ZERO
        } else {
            Duration::from_secs(1)
        };
        Pace {
            delay: self.delay.unwrap_or(polite),
            jitter: self.jitter,
            concurrency: self.per_host,
        }
    }

    /// The pace towards each host, for a frontier.
    pub fn pace_of(&self) -> impl PaceOf + use<> {
        let lease = self.clone();
        move |host: &HostKey| {
            let url = Url::parse(&format!("http://{host}/"));
            lease.pace(url.is_ok_and(|url| is_this_machine(&url)))
        }
    }
}
