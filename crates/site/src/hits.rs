//! How often each path of each host was asked for.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Different (host, path) pairs that are counted one by one: a crawl of a site without end must
/// not grow the table without end.
const MOST_PATHS: usize = 65_536;

/// Counts requests, in total and by (host, path).
#[derive(Debug, Default)]
pub(crate) struct Hits {
    total: AtomicU64,
    paths: Mutex<HashMap<String, HashMap<String, u64>>>,
}

impl Hits {
    pub(crate) fn count(&self, host: &str, path: &str) {
        self.total.fetch_add(1, Ordering::Relaxed);
        let mut hosts = self.paths.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seen) = hosts.get_mut(host).and_then(|paths| paths.get_mut(path)) {
            *seen += 1;
        } else if hosts.values().map(HashMap::len).sum::<usize>() < MOST_PATHS {
            hosts
                .entry(host.to_owned())
                .or_default()
                .insert(path.to_owned(), 1);
        }
    }

    pub(crate) fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    pub(crate) fn of(&self, host: &str, path: &str) -> u64 {
        let hosts = self.paths.lock().unwrap_or_else(PoisonError::into_inner);
        hosts
            .get(host)
            .and_then(|paths| paths.get(path))
            .copied()
            .unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stays_bounded_and_the_total_does_not() {
        let hits = Hits::default();
        for n in 0..MOST_PATHS + 10 {
            hits.count("trap.test", &format!("/{n}"));
        }
        assert_eq!(hits.total(), (MOST_PATHS + 10) as u64);
        assert_eq!(hits.of("trap.test", "/0"), 1);
        assert_eq!(hits.of("trap.test", &format!("/{}", MOST_PATHS + 1)), 0);
        hits.count("trap.test", "/0");
        assert_eq!(
            hits.of("trap.test", "/0"),
            2,
            "a path in the table is counted on"
        );
    }
}
