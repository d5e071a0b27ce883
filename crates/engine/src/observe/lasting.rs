//! Counters go on where the last run of a job left them.

use std::sync::PoisonError;

use huntsman_core::Lasting;
use huntsman_core::frontier::Saved;
use huntsman_core::lasting::Settling;

use super::report::{HostReport, Report};
use super::stats::Stats;

/// Under this the counters are, but for those of hosts.
const ALL: &str = "all";
/// Under this and its name those of a host are.
const HOST: &str = "host/";

impl Lasting for Stats {
    fn name(&self) -> &str {
        "report"
    }

    fn is_of_a_round(&self) -> bool {
        true
    }

    fn changed(&self, settling: &[Settling]) -> Vec<Saved> {
        let mut report = self.report();
        let mut saved = vec![Saved {
            name: ALL.into(),
            value: self.after(&mut report, settling),
        }];
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        for name in changed.iter_mut().flat_map(std::mem::take) {
            let host = report.hosts.get(&name).map(serde_json::to_vec);
            if let Some(Ok(value)) = host {
                let name = format!("{HOST}{name}").into();
                saved.push(Saved { name, value });
            }
        }
        saved
    }

    fn restore(&self, saved: Vec<Saved>) -> Result<(), String> {
        let mut report = self.report();
        for Saved { name, value } in saved {
            let bad = |error: serde_json::Error| error.to_string();
            if let Some(host) = name.strip_prefix(HOST) {
                let row: HostReport = serde_json::from_slice(&value).map_err(bad)?;
                report.hosts.insert(host.to_owned(), row);
            } else if &*name == ALL {
                let hosts = std::mem::take(&mut report.hosts);
                let earlier: Report = serde_json::from_slice(&value).map_err(bad)?;
                let runs = earlier.runs + 1;
                *report = Report {
                    hosts,
                    runs,
                    ..earlier
                };
            }
        }
        self.earlier.set(report.seconds).unwrap_or_default();
        *self.changed.lock().unwrap_or_else(PoisonError::into_inner) = Some(Default::default());
        Ok(())
    }
}

impl Stats {
    /// The counters as they are once these pages are committed.
    fn after(&self, report: &mut Report, settling: &[Settling]) -> Vec<u8> {
        let items = settling.iter().map(|page| page.items).sum::<u64>();
        let quarantined = settling.iter().map(|page| page.quarantined).sum::<u64>();
        let hosts = std::mem::take(&mut report.hosts);
        report.items += items;
        report.quarantined += quarantined;
        report.seconds = self.seconds();
        // A map of names and numbers can always be written.
        let value = serde_json::to_vec(report).unwrap_or_default();
        report.items -= items;
        report.quarantined -= quarantined;
        report.hosts = hosts;
        value
    }
}
