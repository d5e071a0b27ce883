//! Observing: counters, logs and the report, from events alone.

mod gates;
mod lasting;
mod log;
mod report;
mod stats;

use std::sync::Arc;

use huntsman_core::frontier::Admission;
use huntsman_core::{Event, Observe, Violation};

use crate::admit::Screened;

pub(crate) use gates::judge;
pub use gates::{Gate, LastFindings, LastRun};
pub(crate) use log::Log;
pub use report::{Finish, HostReport, Report, SinkReport};
pub(crate) use stats::Stats;

/// All who want to know.
#[derive(Clone, Default)]
pub(crate) struct Observers(pub(crate) Vec<Arc<dyn Observe>>);

impl Observers {
    pub(crate) fn on(&self, event: &Event<'_>) {
        for observer in &self.0 {
            observer.on(event);
        }
    }

    pub(crate) fn admitted(&self, admission: Admission) {
        if admission != Admission::default() {
            self.on(&Event::Admitted {
                new: admission.new,
                known: admission.known,
            });
        }
    }

    /// Tells of an item that an earlier run has settled, and that a sink cannot take.
    pub(crate) fn refused(&self, url: &str, violation: &Violation) {
        // It was one when the item was settled.
        if let Ok(url) = url.parse() {
            self.on(&Event::Flawed {
                url: &url,
                violations: std::slice::from_ref(violation),
                kept: false,
                quarantined: false,
            });
        }
    }

    /// Tells what became of the links of a page, but for those that are admitted.
    pub(crate) fn screened(&self, screened: &Screened) {
        for (url, refusal) in &screened.refused {
            self.on(&Event::Refused { url, refusal });
        }
        if screened.bad > 0 {
            self.on(&Event::BadLinks {
                count: screened.bad,
            });
        }
        if screened.repeated > 0 {
            self.on(&Event::Admitted {
                new: 0,
                known: screened.repeated,
            });
        }
    }
}
