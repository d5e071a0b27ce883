//! Events as log lines, through `tracing`.

use huntsman_core::{Event, Observe};
use tracing::{debug, info, warn};

/// Writes what a person may want to look into; the target is the verb.
pub(crate) struct Log;

impl Observe for Log {
    fn on(&self, event: &Event<'_>) {
        match event {
            Event::Fetched {
                url,
                status,
                bytes,
                latency,
            } => {
                let ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
                debug!(target: "fetch", %url, status = status.as_u16(), bytes, ms, "fetched");
            }
            Event::Redirected { from, to } => debug!(target: "fetch", %from, %to, "redirected"),
            Event::Retried { url, error, after } => {
                info!(target: "fetch", %url, %error, ?after, "will be tried again");
            }
            Event::Failed { url, error } => warn!(target: "fetch", %url, %error, "given up"),
            Event::ParseFailed { url, reason } => {
                warn!(target: "parse", %url, %reason, "page failed")
            }
            Event::Dropped { url, reason } => {
                info!(target: "refine", %url, %reason, "item dropped")
            }
            Event::RefineFailed { url, item, reason } => {
                warn!(target: "refine", %url, item, reason, "step failed, item dropped");
            }
            Event::Flawed {
                url,
                violations,
                kept,
                quarantined,
            } => {
                let what = match (kept, quarantined) {
                    (true, _) => "item kept although it breaks a rule",
                    (false, true) => "item rejected",
                    (false, false) => "item dropped",
                };
                for violation in *violations {
                    warn!(target: "refine", %url, rule = violation.rule, "{what}: {violation}");
                }
            }
            Event::Refused { url, refusal } => debug!(target: "admit", %url, %refusal, "refused"),
            Event::Robots { origin, outcome } => {
                debug!(target: "admit", origin, outcome, "robots.txt")
            }
            Event::Delivered { sink, records } => {
                debug!(target: "deliver", sink, records, "delivered")
            }
            // The end of a crawl has its own line.
            Event::SinkFailed {
                sink,
                reason,
                goes_on,
            } if *goes_on => {
                warn!(target: "deliver", sink, reason, "sink failed; the crawl goes on without it")
            }
            _ => {}
        }
    }
}
