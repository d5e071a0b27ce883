//! Names of tags and attributes, interned.

use std::cell::RefCell;

use html5ever::{LocalName, local_name};

/// How many names are remembered; a power of two.
const SLOTS: usize = 256;

thread_local! {
    static REMEMBERED: RefCell<Vec<LocalName>> = const { RefCell::new(Vec::new()) };
}

/// The names met before, each in the place that its text leads to: comparing it there is
/// cheaper than interning it anew.
pub(super) struct Names {
    slots: Vec<LocalName>,
}

impl Names {
    /// With what this thread's pages before have left.
    pub(super) fn new() -> Self {
        let mut slots = REMEMBERED.take();
        slots.resize(SLOTS, local_name!(""));
        Self { slots }
    }

    /// The name in lower case.
    pub(super) fn intern(&mut self, name: &str) -> LocalName {
        let hash = name.bytes().fold(name.len(), |hash, byte| {
            (hash ^ usize::from(byte | 0x20)).wrapping_mul(0x0100_0193)
        });
        let slot = &mut self.slots[(hash >> 7) % SLOTS];
        if **slot == *name || (**slot).eq_ignore_ascii_case(name) {
            return slot.clone();
        }
        let mut canonical = name.to_ascii_lowercase();
        if canonical.contains('\0') {
            canonical = canonical.replace('\0', "\u{fffd}");
        }
        *slot = LocalName::from(canonical);
        slot.clone()
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        REMEMBERED.set(std::mem::take(&mut self.slots));
    }
}
