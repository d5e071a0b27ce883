//! The live line: pages, items, rate, queue, errors.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use huntsman::Observe;
use huntsman::core::Event;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A live line on a terminal; nothing anywhere else, or when `quiet`.
pub(crate) fn bar(quiet: bool) -> ProgressBar {
    if quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::no_length();
    bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(5));
    let style = ProgressStyle::with_template("{spinner} {elapsed} {wide_msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// Keeps the live line up to date.
pub(crate) struct Progress {
    bar: ProgressBar,
    pages: AtomicU64,
    items: AtomicU64,
    errors: AtomicU64,
}

impl Progress {
    pub(crate) fn new(bar: ProgressBar) -> Self {
        Self {
            bar,
            pages: AtomicU64::new(0),
            items: AtomicU64::new(0),
            errors: AtomicU64::new(0),
        }
    }
}

impl Observe for Progress {
    fn on(&self, event: &Event<'_>) {
        match event {
            Event::Parsed { .. } | Event::Unchanged { .. } => {
                self.pages.fetch_add(1, Ordering::Relaxed);
            }
            Event::Failed { .. } | Event::ParseFailed { .. } => {
                self.errors.fetch_add(1, Ordering::Relaxed);
            }
            Event::Settled {
                records, counts, ..
            } => {
                let items = self.items.fetch_add(*records, Ordering::Relaxed) + records;
                if self.bar.is_hidden() {
                    return;
                }
                let pages = self.pages.load(Ordering::Relaxed);
                let errors = self.errors.load(Ordering::Relaxed);
                let seconds = self.bar.elapsed().as_secs_f64().max(0.001);
                // Precise enough for a rate that people read.
                let rate = format!("{:.0}", pages as f64 / seconds);
                self.bar.set_message(format!(
                    "{pages} pages ({rate}/s), {items} items, {} queued, {} under way, {errors} errors",
                    counts.queued, counts.leased
                ));
            }
            _ => {}
        }
    }
}
