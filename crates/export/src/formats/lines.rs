//! JSON Lines: one JSON object a line.

use huntsman_core::{ExportError, Record, Schema};
use serde::de::IgnoredAny;

use super::object::Objects;
use super::{begins, is_space};
use crate::format::{Encode, Ends, Format, Keep, LOOK};
use crate::words::Words;

/// JSON Lines, one object (RFC 8259) a line: `jsonl`, `jl`, `ndjson`. It has no words.
#[derive(Debug, Clone, Copy)]
pub struct JsonLines;

impl Format for JsonLines {
    fn names(&self) -> &'static [&'static str] {
        &["jsonl", "jl", "ndjson"]
    }

    fn encoder(
        &self,
        schemas: &'static [&'static Schema],
        _: &Words,
    ) -> Result<Box<dyn Encode>, ExportError> {
        Ok(Box::new(Lines(Objects::new(schemas, ""))))
    }
}

/// Objects, each ended by `\n`.
struct Lines(Objects);

impl Encode for Lines {
    fn label(&self) -> &'static str {
        "JSON Lines"
    }

    fn begin(&mut self, _: &mut Vec<u8>) -> Result<(), String> {
        Ok(())
    }

    fn record(&mut self, record: &Record, out: &mut Vec<u8>) -> Result<(), String> {
        self.0.write(&*record.item, out)?;
        out.push(b'\n');
        Ok(())
    }

    fn end(&mut self, _: bool, _: &mut Vec<u8>) -> Result<(), String> {
        Ok(())
    }

    fn append(&mut self, old: &Ends) -> Result<Keep, String> {
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
        Ok(Keep {
            keep: old.len,
            joint: if ended { b"" } else { b"\n" },
            empty: false,
        })
    }
}
