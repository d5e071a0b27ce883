//! JSON Lines: one JSON object a line.

use huntsman_core::AnyItem;
use serde::de::IgnoredAny;

use super::{Ends, Format, LOOK, Resume, begins, is_space, json_object};

/// Objects, each ended by `\n`.
pub(crate) struct Lines;

impl Format for Lines {
    fn label(&self) -> &'static str {
        "JSON Lines"
    }

    fn begin(&self, _: &mut Vec<u8>) {}

    fn separate(&self, _: bool, _: &mut Vec<u8>) {}

    fn record(&mut self, item: &dyn AnyItem, out: &mut Vec<u8>) -> Result<(), String> {
        json_object(item, out)?;
        out.push(b'\n');
        Ok(())
    }

    fn end(&self, _: bool, _: &mut Vec<u8>) {}

    fn resume(&self, old: &Ends) -> Result<Resume, String> {
        if old.head.first() != Some(&b'{') {
            return Err(begins(&old.head));
        }
        let end = old.head.iter().position(|byte| *byte == b'\n');
        let line = end.map_or(&old.head[..], |end| &old.head[..end]);
        // A first line that is longer than the look is believed.
        let seen_whole = end.is_some() || old.head.len() < LOOK;
        if seen_whole && serde_json::from_slice::<IgnoredAny>(line).is_err() {
            return Err("its first line is not a JSON object".to_owned());
        }
        if old.tail.trim_ascii_end().last() != Some(&b'}') {
            return Err("its last line is cut off".to_owned());
        }
        let ended = old
            .tail
            .iter()
            .rev()
            .take_while(|byte| is_space(byte))
            .any(|b| *b == b'\n');
        Ok(Resume {
            keep: old.len,
            joint: if ended { b"" } else { b"\n" },
            empty: false,
        })
    }
}
