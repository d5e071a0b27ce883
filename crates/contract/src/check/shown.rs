//! A value as JSON, for a message: no more of it is written than is shown.

use std::io::{self, Write};

use huntsman_core::violation::shortened;
use serde::Serialize;

/// Four bytes a character, of the 80 that are shown and one more.
const ENOUGH: usize = 4 * 81;

/// The start of `value` as JSON. What is not JSON (NaN) is `null`, as usual.
pub(super) fn shown<T: Serialize + ?Sized>(value: &T) -> String {
    let mut start = Start(Vec::new());
    // An error is the end of the room, or a value that cannot be written; what there is is shown.
    let whole = serde_json::to_writer(&mut start, value).is_ok();
    let text = String::from_utf8_lossy(&start.0);
    let text = text.trim_end_matches('\u{fffd}');
    if whole || text.chars().count() > 80 {
        shortened(text)
    } else {
        format!("{text}…")
    }
}

struct Start(Vec<u8>);

impl Write for Start {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = ENOUGH - self.0.len();
        if room == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let taken = bytes.len().min(room);
        self.0.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
