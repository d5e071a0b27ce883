//! Settings: one table for each verb, every value with its origin.
//!
//! Layers, later ones win: built-in < `crawl.toml` < environment `CRAWL_…` < the spider's
//! `configure` < command line.

mod admit;
mod deliver;
mod feeds;
mod fetch;
mod gates;
mod keys;
mod layers;
mod lease;
mod parse;
mod refine;
mod settle;
mod text;

use serde::{Deserialize, Serialize};

pub use admit::AdmitSettings;
pub use deliver::DeliverSettings;
pub use feeds::{FeedWord, FeedWords};
pub use fetch::FetchSettings;
pub use gates::GateSettings;
pub use keys::{KEYS, Key};
pub use layers::{Layers, Origin, SettingsError};
pub use lease::LeaseSettings;
pub use parse::{ParseSettings, Statuses};
pub use refine::RefineSettings;
pub use settle::SettleSettings;

/// All settings of a crawl, resolved.
///
/// ```
/// use huntsman::Settings;
/// let mut settings = Settings::default();
/// settings.admit.hosts = vec!["example.com".into()];
/// assert!(settings.problems().is_empty());
/// settings.fetch.concurrency = 0;
/// assert_eq!(settings.problems()[0].0, "fetch.concurrency");
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Which found requests may enter the frontier.
    pub admit: AdmitSettings,
    /// When requests are handed out.
    pub lease: LeaseSettings,
    /// How requests are sent.
    pub fetch: FetchSettings,
    /// Which responses are parsed, and on how many cores.
    pub parse: ParseSettings,
    /// What becomes of items that break their contract.
    pub refine: RefineSettings,
    /// What a job keeps of a page that is done.
    pub settle: SettleSettings,
    /// How records reach the sinks.
    pub deliver: DeliverSettings,
    /// What a run must have done to be called good.
    pub gates: GateSettings,
}

impl Settings {
    /// What cannot work, as key and reason; empty when all is well.
    #[must_use]
    pub fn problems(&self) -> Vec<(&'static str, String)> {
        let (lease, fetch, deliver) = (&self.lease, &self.fetch, &self.deliver);
        let (refine, gates) = (&self.refine, &self.gates);
        let jitter = lease.jitter.is_finite() && (0.0..=10.0).contains(&lease.jitter);
        let rules = [
            (
                self.admit.max_url_length > 0,
                "admit.max_url_length",
                AT_LEAST_1,
            ),
            (deliver.backlog > 0, "deliver.backlog", AT_LEAST_1),
            (
                deliver.backlog_bytes > 0,
                "deliver.backlog_bytes",
                "must be at least 1 byte",
            ),
            (deliver.batch > 0, "deliver.batch", AT_LEAST_1),
            (
                fetch.body_budget >= fetch.max_body,
                "fetch.body_budget",
                "must be at least fetch.max_body, else nothing could be fetched",
            ),
            (fetch.concurrency > 0, "fetch.concurrency", AT_LEAST_1),
            (
                fetch.max_body > 0,
                "fetch.max_body",
                "must be at least 1 byte",
            ),
            (
                !fetch.timeout.is_zero(),
                "fetch.timeout",
                "must be longer than 0",
            ),
            (
                http_token(&fetch.user_agent),
                "fetch.user_agent",
                "must be visible ASCII and begin with a product name",
            ),
            (jitter, "lease.jitter", "must be between 0 and 10"),
            (share(refine.max_rejected), "refine.max_rejected", NO_SHARE),
            (refine.max_keys > 0, "refine.max_keys", AT_LEAST_1),
            (share(gates.max_errors), "gates.max_errors", NO_SHARE),
            (share(gates.max_rejected), "gates.max_rejected", NO_SHARE),
            (
                gates.max_change.is_none_or(|change| change >= 0.0),
                "gates.max_change",
                "must not be negative",
            ),
            (lease.per_host > 0, "lease.per_host", AT_LEAST_1),
            (lease.unsettled > 0, "lease.unsettled", AT_LEAST_1),
            (self.parse.threads != Some(0), "parse.threads", AT_LEAST_1),
        ];
        let broken = rules.into_iter().filter(|(ok, ..)| !ok);
        let mut problems: Vec<_> = broken
            .map(|(_, key, reason)| (key, reason.to_owned()))
            .collect();
        problems.extend(gates.coverage().err().map(|why| ("gates.coverage", why)));
        problems
    }
}

const AT_LEAST_1: &str = "must be at least 1";
const NO_SHARE: &str = "must be a share from 0 to 1";

fn share(setting: Option<f64>) -> bool {
    setting.is_none_or(gates::is_share)
}

fn http_token(agent: &str) -> bool {
    !huntsman_core::robots::product_token(agent).is_empty()
        && agent.bytes().all(|b| b == b' ' || b.is_ascii_graphic())
}

#[cfg(test)]
mod tests;
