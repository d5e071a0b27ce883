//! Counters: a fold over events.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use huntsman_core::{Event, HostKey, Observe, Url, Violation};

use super::report::{HostReport, Report, SinkReport};
use crate::clock::Clock;

/// Hosts that have a row of their own; the rest share one, so that memory stays bounded.
const MAX_HOSTS: usize = 1000;
/// The row of the rest.
const OTHER_HOSTS: &str = "(other hosts)";
/// Distinct reasons that are counted apart; a spider may make up any number of them.
const MAX_REASONS: usize = 100;
/// The row of the rest.
const OTHER_REASONS: &str = "(other reasons)";

/// Why items are left out that an earlier round of the job has delivered.
const REPEATED: &str = "delivered by an earlier round";

/// Folds events into a report.
pub(crate) struct Stats {
    report: Mutex<Report>,
    /// Which row of the report a sink has.
    rows: Mutex<HashMap<String, usize>>,
    /// In a crawl with a job: hosts whose row has changed since it was last kept.
    pub(super) changed: Mutex<Option<BTreeSet<String>>>,
    /// Seconds that earlier runs of the job took.
    pub(super) earlier: OnceLock<f64>,
    clock: Clock,
}

impl Stats {
    pub(crate) fn new(clock: Clock) -> Self {
        let report = Report {
            runs: 1,
            ..Report::default()
        };
        Self {
            report: Mutex::new(report),
            rows: Mutex::default(),
            changed: Mutex::default(),
            earlier: OnceLock::new(),
            clock,
        }
    }

    pub(super) fn report(&self) -> MutexGuard<'_, Report> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Seconds that the crawl has taken, in all its runs.
    pub(crate) fn seconds(&self) -> f64 {
        self.earlier.get().copied().unwrap_or_default() + self.clock.elapsed().as_secs_f64()
    }

    /// What a sink took and left out in earlier runs.
    pub(crate) fn taken_before(&self, sink: &str, records: u64, skipped: u64) {
        let mut report = self.report();
        let sink = self.sink(&mut report, sink);
        (sink.records, sink.skipped) = (records, skipped);
    }

    /// The row of this sink, made where there is none yet.
    fn sink<'a>(&self, report: &'a mut Report, name: &str) -> &'a mut SinkReport {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let is_its = |row: &usize| report.sinks.get(*row).is_some_and(|one| one.name == name);
        let row = rows.get(name).copied().filter(is_its);
        let row = row.unwrap_or_else(|| {
            let name = name.to_owned();
            rows.insert(name.clone(), report.sinks.len());
            report.sinks.push(SinkReport {
                name,
                ..SinkReport::default()
            });
            report.sinks.len() - 1
        });
        &mut report.sinks[row]
    }

    /// The row of a host is about to change.
    fn touch(&self, url: &Url, hosts: &BTreeMap<String, HostReport>) {
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(changed) = changed.as_mut() {
            changed.insert(row(hosts, &HostKey::of(url)).to_owned());
        }
    }

    /// The report as it stands.
    pub(crate) fn snapshot(&self) -> Report {
        self.report().clone()
    }
}

impl Observe for Stats {
    fn on(&self, event: &Event<'_>) {
        let mut report = self.report();
        if let Some(url) = of_host(event) {
            self.touch(url, &report.hosts);
        }
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
                *report.statuses.entry(status.as_u16()).or_default() += 1;
                fetched(report, url, *bytes, *latency);
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
            Event::Unchanged { url } => {
                report.unchanged += 1;
                host(&mut report.hosts, url).unchanged += 1;
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
            Event::Settled { .. } => settled(report, event),
            Event::Delivered { sink, records } => self.sink(report, sink).records += records,
            Event::SinkFailed { sink, reason, .. } => {
                self.sink(report, sink).error = Some((*reason).to_owned());
            }
            _ => {}
        }
    }
}

fn fetched(report: &mut Report, url: &Url, bytes: u64, latency: Duration) {
    report.responses += 1;
    report.bytes += bytes;
    let host = host(&mut report.hosts, url);
    host.responses += 1;
    host.bytes += bytes;
    host.latency_ms += latency.as_secs_f64() * 1000.0;
}

fn settled(report: &mut Report, event: &Event<'_>) {
    let Event::Settled {
        records,
        quarantined,
        repeated,
        ..
    } = event
    else {
        return;
    };
    report.items += records - quarantined;
    report.quarantined += quarantined;
    if *repeated > 0 {
        *report.dropped.entry(REPEATED.to_owned()).or_default() += repeated;
    }
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
    let key = row(hosts, &key);
    if !hosts.contains_key(key) {
        hosts.insert(key.to_owned(), HostReport::default());
    }
    hosts
        .get_mut(key)
        .expect("it was put in if it was not there")
}

/// In which row a host is counted.
fn row<'a>(hosts: &BTreeMap<String, HostReport>, key: &'a HostKey) -> &'a str {
    let known = hosts.contains_key(key.as_str()) || hosts.len() < MAX_HOSTS;
    if known { key.as_str() } else { OTHER_HOSTS }
}

/// The URL of an event that counts for its host.
fn of_host<'a>(event: &Event<'a>) -> Option<&'a Url> {
    match event {
        Event::Fetched { url, .. }
        | Event::Retried { url, .. }
        | Event::Failed { url, .. }
        | Event::Parsed { url, .. }
        | Event::ParseFailed { url, .. } => Some(url),
        _ => None,
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(120).collect()
}
