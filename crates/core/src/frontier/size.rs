//! How large records are that are not written anywhere: an estimate.

use crate::item::AnyItem;

/// To measure each would cost as much as to export it.
const EVERY: u32 = 16;

/// Measures one record in sixteen, the first among them, and takes the others to be as large.
#[derive(Debug, Default)]
pub(super) struct Estimate {
    seen: u32,
    last: u64,
}

impl Estimate {
    /// Bytes of the item as JSON, about.
    pub(super) fn of(&mut self, item: &dyn AnyItem) -> u64 {
        if self.seen.is_multiple_of(EVERY) {
            let mut count = Count(0);
            // What cannot be written is known to the one who writes it.
            let _written = serde_json::to_writer(&mut count, item.fields());
            self.last = count.0;
        }
        self.seen = self.seen.wrapping_add(1);
        self.last
    }
}

/// Counts the bytes that are written to it.
struct Count(u64);

impl std::io::Write for Count {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
