//! Leasing: how many more requests there is room for.

use std::num::NonZeroUsize;

use crate::settings::Settings;

/// The bounds that leasing keeps to. Pull, never push: nothing is leased that has no room on the
/// whole of its way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    connections: usize,
    body_budget: u64,
    max_body: u64,
    unsettled: usize,
    backlog: u64,
    max_pages: Option<u64>,
}

/// What is taken at this moment.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Taken {
    /// Leases that hold a connection, or wait for robots.txt to take one.
    pub(crate) connections: usize,
    /// Bytes of bodies that wait for their parse or are parsed.
    pub(crate) bodies: u64,
    /// Leases in all.
    pub(crate) unsettled: usize,
    /// Records that the slowest sink has yet to take.
    pub(crate) backlog: u64,
    /// Pages done.
    pub(crate) pages: u64,
}

impl Bounds {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            connections: settings.fetch.concurrency,
            body_budget: settings.fetch.body_budget,
            max_body: settings.fetch.max_body,
            unsettled: settings.lease.unsettled,
            backlog: settings.deliver.backlog,
            max_pages: settings.lease.max_pages,
        }
    }

    /// How many requests may be leased now.
    pub(crate) fn room(&self, taken: &Taken) -> Option<NonZeroUsize> {
        if taken.backlog >= self.backlog {
            return None;
        }
        // Each connection may yet bring a body of the largest size.
        let reserved = self.max_body.saturating_mul(taken.connections as u64);
        let bytes = self
            .body_budget
            .saturating_sub(taken.bodies)
            .saturating_sub(reserved);
        let bodies = usize::try_from(bytes / self.max_body).unwrap_or(usize::MAX);
        let room = self
            .connections
            .saturating_sub(taken.connections)
            .min(bodies)
            .min(self.unsettled.saturating_sub(taken.unsettled))
            .min(self.pages_left(taken));
        NonZeroUsize::new(room)
    }

    fn pages_left(&self, taken: &Taken) -> usize {
        let Some(max) = self.max_pages else {
            return usize::MAX;
        };
        let begun = taken.pages + taken.unsettled as u64;
        usize::try_from(max.saturating_sub(begun)).unwrap_or(usize::MAX)
    }

    /// Whether as many pages are done as were asked for.
    pub(crate) fn pages_done(&self, taken: &Taken) -> bool {
        self.max_pages.is_some_and(|max| taken.pages >= max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds() -> Bounds {
        let mut settings = Settings::default();
        settings.fetch.concurrency = 10;
        settings.fetch.max_body = 100;
        settings.fetch.body_budget = 800;
        settings.lease.unsettled = 20;
        settings.lease.max_pages = Some(50);
        settings.deliver.backlog = 1000;
        Bounds::new(&settings)
    }

    #[test]
    fn the_narrowest_bound_counts() {
        let room = |taken: Taken| bounds().room(&taken).map_or(0, NonZeroUsize::get);
        let none = Taken::default();
        assert_eq!(room(none), 8, "bytes for eight bodies");
        assert_eq!(
            room(Taken {
                connections: 3,
                unsettled: 3,
                ..none
            }),
            5
        );
        assert_eq!(
            room(Taken {
                bodies: 350,
                ..none
            }),
            4
        );
        assert_eq!(
            room(Taken {
                unsettled: 19,
                ..none
            }),
            1
        );
        assert_eq!(
            room(Taken {
                backlog: 1000,
                ..none
            }),
            0
        );
        assert_eq!(
            room(Taken {
                pages: 45,
                unsettled: 2,
                ..none
            }),
            3
        );
        assert_eq!(
            room(Taken {
                bodies: 5000,
                ..none
            }),
            0
        );
    }
}
