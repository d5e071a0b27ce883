//! What was found so far: counts, coverage of fields, and broken rules with examples.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use huntsman_core::contract::{Coverage, Findings};
use huntsman_core::{Url, Violation};

use super::broken::{self, Broken};

/// The counters of a run. Each thread has its own, as long as there are not too many threads.
pub(crate) struct Tally {
    shares: [Share; SHARES],
    rules: Mutex<Broken>,
}

/// On cache lines of its own, so that threads do not slow each other down.
#[repr(align(128))]
#[derive(Default)]
struct Share(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    ends: [u64; ENDS],
    coerced: u64,
    /// By number of the type.
    kinds: Vec<Fields>,
}

#[derive(Default)]
struct Fields {
    items: u64,
    /// By number of the path.
    present: Vec<u64>,
}

/// What became of an item.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum End {
    /// Kept, and nothing is wrong with it.
    Clean,
    /// Kept, although something is.
    Flawed,
    Dropped,
    Quarantined,
}

const ENDS: usize = 4;
const SHARES: usize = 16;

impl Tally {
    pub(crate) fn new() -> Self {
        Self {
            shares: Default::default(),
            rules: Mutex::default(),
        }
    }

    /// Counts one item of the type numbered `kind`, in which the paths `present` have a value.
    pub(crate) fn note(
        &self,
        kind: usize,
        present: impl Iterator<Item = usize>,
        end: End,
        coerced: bool,
    ) {
        let mut counts = locked(&self.shares[own_share()].0);
        counts.ends[end as usize] += 1;
        counts.coerced += u64::from(coerced);
        if counts.kinds.len() <= kind {
            counts.kinds.resize_with(kind + 1, Fields::default);
        }
        let fields = &mut counts.kinds[kind];
        fields.items += 1;
        for path in present {
            if fields.present.len() <= path {
                fields.present.resize(path + 1, 0);
            }
            fields.present[path] += 1;
        }
    }

    /// Counts the rules that an item of the type named `kind` breaks, each once.
    pub(crate) fn flaws(&self, kind: &str, violations: &[Violation], url: &Url) {
        let named = broken::named(kind, violations);
        locked(&self.rules).add(kind, named, url);
    }

    /// All counts; `kinds` are the types by number, with their paths by number.
    pub(crate) fn findings<'a>(
        &self,
        kinds: impl Iterator<Item = (&'a str, &'a [String])>,
    ) -> Findings {
        let mut findings = Findings::default();
        let kinds: Vec<_> = kinds.collect();
        for (name, paths) in &kinds {
            let coverage = findings.coverage.entry((*name).to_owned()).or_default();
            coverage
                .fields
                .extend(paths.iter().map(|path| (path.clone(), 0)));
        }
        for share in &self.shares {
            let counts = locked(&share.0);
            let of = |end: End| counts.ends[end as usize];
            findings.checked += counts.ends.iter().sum::<u64>();
            findings.quarantined += of(End::Quarantined);
            findings.dropped += of(End::Dropped);
            findings.warned += of(End::Flawed);
            findings.coerced += counts.coerced;
            for (fields, (name, paths)) in counts.kinds.iter().zip(&kinds) {
                if let Some(coverage) = findings.coverage.get_mut(*name) {
                    add(coverage, fields, paths);
                }
            }
        }
        findings.rules = locked(&self.rules).0.clone();
        findings
    }
}

fn add(coverage: &mut Coverage, fields: &Fields, paths: &[String]) {
    coverage.items += fields.items;
    for (count, path) in fields.present.iter().zip(paths) {
        if let Some(sum) = coverage.fields.get_mut(path) {
            *sum += count;
        }
    }
}

/// Counters that a panic left behind are off by one item at most.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The share of this thread.
fn own_share() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static OWN: Cell<usize> = Cell::new(NEXT.fetch_add(1, Ordering::Relaxed) % SHARES);
    }
    OWN.with(Cell::get)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_all_threads_add_up() {
        let tally = Tally::new();
        std::thread::scope(|scope| {
            for _ in 0..40 {
                scope.spawn(|| {
                    tally.note(1, [0, 2].into_iter(), End::Clean, false);
                    tally.note(0, [].into_iter(), End::Quarantined, false);
                    tally.note(0, [].into_iter(), End::Dropped, false);
                    tally.note(1, [2].into_iter(), End::Flawed, true);
                });
            }
        });
        let paths = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
        let kinds = [("Author", &paths[..1]), ("Quote", &paths[..])];
        let found = tally.findings(kinds.into_iter());
        assert_eq!(
            (found.checked, found.quarantined, found.dropped),
            (160, 40, 40)
        );
        assert_eq!((found.warned, found.coerced), (40, 40));
        assert_eq!(found.coverage["Author"].items, 80);
        assert_eq!(found.coverage["Quote"].items, 80);
        let fields: Vec<_> = found.coverage["Quote"].fields.values().copied().collect();
        assert_eq!(fields, [40, 0, 80]);
    }
}
