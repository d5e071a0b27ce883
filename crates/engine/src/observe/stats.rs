//! Counters: a fold over events.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use huntsman_core::{Event, HostKey, Observe, Url, Violation};

use super::report::{HostReport, Report};

/// Hosts that have a row of their own; the rest share one, so that memory stays bounded.
const MAX_HOSTS: usize = 1000;
/// The row of the rest.
const OTHER_HOSTS: &str = "(other hosts)";
/// Distinct reasons that are counted apart; a spider may make up any number of them.
const MAX_REASONS: usize = 100;
/// The row of the rest.
const OTHER_REASONS: &str = "(other reasons)";

/// Folds events into a report.
#[derive(Default)]
pub(crate) struct Stats(Mutex<Report>);

impl Stats {
    fn report(&self) -> MutexGuard<'_, Report> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The report as it stands.
    pub(crate) fn snapshot(&self) -> Report {
        self.report().clone()
    }
}

impl Observe for Stats {
    fn on(&self, event: &Event<'_>) {
        let mut report = self.report();
        let report = &mut *report;
        match event {
            Event::Admitted { new, known } => report.offered(*new, *known),
            Event::Refused { refusal, .. } => count(&mut report.refused, refusal.rule),
            Event::BadLinks { count } => report.bad_links += count,
            Event::Fetched {
                url,
                status,
                bytes,
                latency,
            } => {
                report.responses += 1;
                report.bytes += bytes;
                *report.statuses.entry(status.as_u16()).or_default() += 1;
                let host = host(&mut report.hosts, url);
                host.responses += 1;
                host.bytes += bytes;
                host.latency_ms += latency.as_secs_f64() * 1000.0;
            }
            Event::Redirected { .. } => report.redirects += 1,
            Event::Retried { url, error, .. } => {
                count(&mut report.retries, &error.kind());
                host(&mut report.hosts, url).retries += 1;
            }
            Event::Failed { url, error } => {
                count(&mut report.failed, &error.kind());
                host(&mut report.hosts, url).failed += 1;
            }
            Event::Parsed { url, items, .. } => {
                report.pages += 1;
                report.items_yielded += items;
                host(&mut report.hosts, url).pages += 1;
            }
            Event::Heard { items, .. } => report.items_yielded += items,
            Event::ParseFailed { url, reason } => {
                report.parse_failed += 1;
                let line = reason.lines().next().unwrap_or_default();
                count(&mut report.parse_failures, &shortened(line));
                host(&mut report.hosts, url).parse_failed += 1;
            }
            Event::Dropped { reason, .. } | Event::RefineFailed { reason, .. } => {
                count(&mut report.dropped, &shortened(reason))
            }
            Event::Flawed {
                violations, kept, ..
            } if !kept => rejected(report, violations),
            Event::Settled {
                records,
                quarantined,
                ..
            } => settled(report, *records, *quarantined),
            Event::Delivered { sink, records } => report.sink(sink).records += records,
            Event::SinkFailed { sink, reason, .. } => {
                report.sink(sink).error = Some((*reason).to_owned());
            }
            _ => {}
        }
    }
}

fn settled(report: &mut Report, records: u64, quarantined: u64) {
    report.items += records - quarantined;
    report.quarantined += quarantined;
}

/// An item counts under the first rule that it breaks.
fn rejected(report: &mut Report, violations: &[Violation]) {
    let rule = violations.first().map_or("no reason", |first| &first.rule);
    count(&mut report.rejected, rule);
}

fn count(map: &mut BTreeMap<String, u64>, key: &str) {
    let room = map.contains_key(key) || map.len() < MAX_REASONS;
    let key = if room { key } else { OTHER_REASONS };
    if let Some(count) = map.get_mut(key) {
        *count += 1;
    } else {
        map.insert(key.to_owned(), 1);
    }
}

fn host<'a>(hosts: &'a mut BTreeMap<String, HostReport>, url: &Url) -> &'a mut HostReport {
    let key = HostKey::of(url);
    let known = hosts.contains_key(key.as_str()) || hosts.len() < MAX_HOSTS;
    let key = if known { key.as_str() } else { OTHER_HOSTS };
    if !hosts.contains_key(key) {
        hosts.insert(key.to_owned(), HostReport::default());
    }
    hosts
        .get_mut(key)
        .expect("it was put in if it was not there")
}

fn shortened(text: &str) -> String {
    text.chars().take(120).collect()
}
