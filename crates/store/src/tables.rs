//! The tables of a store and their keys.
//!
//! | table | key | value |
//! | --- | --- | --- |
//! | `about` | word | what the job is, and its counts, as JSON |
//! | `hosts` | host number | name, requests queued, pace |
//! | `changed` | number | hosts that are not, or not as they are now, among the `hosts` yet |
//! | `queue` | host, priority, order | a request |
//! | `moved` | number | requests that came into the `queue` or left it, which it does not, or not all, know yet |
//! | `delayed` | time, order | a request, with its host |
//! | `seen` | mark of a request | nothing |
//! | `fresh` | number | marks that are not, or not all, among the `seen` yet |
//! | `outbox` | sequence number | an item, with where it is from |
//! | `names`, `types` | number | names in items; schemas with a digest |
//! | `sinks` | sink | its position |
//! | `history` | number | what became of a request |
//! | `delivered` | digest | nothing: an item of an earlier round |
//! | `values` | word | what else a run wants the next one to know |
//!
//! Every value ends with a checksum over key and value; marks and digests alone rest on the checksums of
//! the database's pages.

use std::cmp::Reverse;

use huntsman_core::Timestamp;
use redb::TableDefinition;

use crate::mark::Marking;

/// The version of all this.
pub(crate) const FORMAT: u32 = 4;

/// The same but for the marks, which are fingerprints: it is read and written as it is, since those do
/// not say what host they are of.
pub(crate) const BY_FINGERPRINT: u32 = 3;

/// Whether stores of this format are read.
pub(crate) fn is_read(format: u32) -> bool {
    matches!(format, BY_FINGERPRINT | FORMAT)
}

/// The marks in stores of this format.
pub(crate) fn marking(format: u32) -> Marking {
    match format {
        ..=BY_FINGERPRINT => Marking::Fingerprint,
        _ => Marking::Host,
    }
}

pub(crate) const ABOUT: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("about");
pub(crate) const HOSTS: TableDefinition<'_, u32, &[u8]> = TableDefinition::new("hosts");
pub(crate) const CHANGED: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("changed");
pub(crate) const QUEUE: TableDefinition<'_, &[u8; 16], &[u8]> = TableDefinition::new("queue");
pub(crate) const MOVED: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("moved");
pub(crate) const DELAYED: TableDefinition<'_, &[u8; 16], &[u8]> = TableDefinition::new("delayed");
pub(crate) const SEEN: TableDefinition<'_, &[u8; 16], ()> = TableDefinition::new("seen");
pub(crate) const FRESH: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("fresh");
pub(crate) const OUTBOX: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("outbox");
pub(crate) const NAMES: TableDefinition<'_, u32, &[u8]> = TableDefinition::new("names");
pub(crate) const TYPES: TableDefinition<'_, u32, &[u8]> = TableDefinition::new("types");
pub(crate) const VALUES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("values");
pub(crate) const HISTORY: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("history");
pub(crate) const DELIVERED: TableDefinition<'_, &[u8; 16], ()> = TableDefinition::new("delivered");
pub(crate) const SINKS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("sinks");

/// A place in the queue of a host: the least is leased first.
pub(crate) type Slot = (Reverse<i32>, u64);

/// Where a request's row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) host: u32,
    pub(crate) slot: Slot,
    /// Set when it waited for its own time: it stands among the delayed then.
    pub(crate) until: Option<Timestamp>,
}

impl Place {
    pub(crate) fn key(&self) -> [u8; 16] {
        let (Reverse(priority), order) = self.slot;
        match self.until {
            Some(until) => pair(until.0, order),
            None => {
                // Turned so that the highest priority has the least key.
                let turned = !(priority.cast_unsigned() ^ (1 << 31));
                pair(u64::from(self.host) << 32 | u64::from(turned), order)
            }
        }
    }

    /// Back from a key of the queue.
    pub(crate) fn of_queue(key: &[u8; 16]) -> Self {
        let (first, order) = unpair(key);
        let [host, turned] = [first >> 32, first & u64::from(u32::MAX)]
            .map(|half| u32::try_from(half).unwrap_or_default());
        let priority = (!turned ^ (1 << 31)).cast_signed();
        Self {
            host,
            slot: (Reverse(priority), order),
            until: None,
        }
    }
}

/// The time and the order of a delayed request.
pub(crate) fn of_delayed(key: &[u8; 16]) -> (Timestamp, u64) {
    let (until, order) = unpair(key);
    (Timestamp(until), order)
}

/// The keys of all requests queued for a host.
pub(crate) fn of_host(host: u32) -> std::ops::RangeInclusive<[u8; 16]> {
    let first = u64::from(host) << 32;
    pair(first, 0)..=pair(first | u64::from(u32::MAX), u64::MAX)
}

fn pair(first: u64, second: u64) -> [u8; 16] {
    (u128::from(first) << 64 | u128::from(second)).to_be_bytes()
}

fn unpair(key: &[u8; 16]) -> (u64, u64) {
    let whole = u128::from_be_bytes(*key);
    let [first, second] = [whole >> 64, whole & u128::from(u64::MAX)]
        .map(|half| u64::try_from(half).unwrap_or_default());
    (first, second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stand_in_the_order_of_slots() {
        let place = |priority, order| Place {
            host: 7,
            slot: (Reverse(priority), order),
            until: None,
        };
        let sorted = [
            place(i32::MAX, 9),
            place(5, 1),
            place(5, 2),
            place(0, 1),
            place(-1, 0),
            place(i32::MIN, u64::MAX),
        ];
        for pair in sorted.windows(2) {
            assert!(pair[0].key() < pair[1].key(), "{pair:?}");
            assert!(pair[0].slot < pair[1].slot, "{pair:?}");
        }
        for place in sorted {
            assert_eq!(Place::of_queue(&place.key()), place);
            assert!(of_host(7).contains(&place.key()));
            assert!(!of_host(6).contains(&place.key()) && !of_host(8).contains(&place.key()));
        }
    }
}
