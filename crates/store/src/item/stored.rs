//! An item that came back from the disk.

use std::cell::Cell;

use huntsman_core::visit::{self, Visit, Visited};
use huntsman_core::{AnyItem, Item, Schema, Stream};
use serde::ser::{Serialize, Serializer};

use super::names::Names;
use super::node::Node;
use super::write::{Tape, TapeError};
use super::{read, tag};
use crate::bytes::{Reader, misread};
use crate::error::StoreError;

/// An item that an earlier run found, as sinks see it: its schema, its stream, and every word that
/// it said to a serializer. Its Rust type is gone; rules written in Rust were applied before it
/// was stored.
#[derive(Debug)]
pub struct Stored {
    schema: &'static Schema,
    stream: Stream,
    /// What it says to formats for people.
    readable: Node,
    /// What it says to the others, where that differs.
    pub(super) compact: Option<Node>,
}

impl Item for Stored {
    fn schemas() -> &'static [&'static Schema] {
        // The types are those of the run that found them.
        &[]
    }

    fn schema(&self) -> &'static Schema {
        self.schema
    }

    fn fields(&self) -> &dyn erased_serde::Serialize {
        self
    }

    fn visit(&self, visit: &mut dyn Visit) -> Visited {
        visit::fields(self, visit)
    }

    fn stream(&self) -> Stream {
        self.stream
    }
}

impl Serialize for Stored {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.compact {
            Some(compact) if !serializer.is_human_readable() => compact.serialize(serializer),
            _ => self.readable.serialize(serializer),
        }
    }
}

/// Appends an item: its stream, and what it says. An item that asks for whom it writes is written
/// for both.
pub(crate) fn encode(
    item: &dyn AnyItem,
    names: &mut Names,
    out: &mut Vec<u8>,
) -> Result<(), String> {
    out.push(match item.stream() {
        Stream::Items => 0,
        Stream::Quarantine => 1,
    });
    let asked = Cell::new(false);
    let mut say = |out: &mut Vec<u8>, human_readable| {
        let mut tape = Tape {
            out,
            names: &mut *names,
            depth: 0,
            human_readable,
            asked: &asked,
        };
        item.fields()
            .serialize(&mut tape)
            .map_err(|TapeError(reason)| reason)
    };
    let begin = out.len();
    say(out, true)?;
    if asked.get() {
        let mut compact = Vec::new();
        say(&mut compact, false)?;
        if out[begin..] != compact {
            out.extend_from_slice(&compact);
        }
    }
    out.push(tag::END);
    Ok(())
}

/// Reads what [`encode`] wrote, as an item of this schema.
pub(crate) fn decode(
    reader: &mut Reader<'_>,
    names: &Names,
    schema: &'static Schema,
) -> Result<Stored, StoreError> {
    let stream = match reader.byte()? {
        0 => Stream::Items,
        1 => Stream::Quarantine,
        _ => return Err(misread("an item belongs to no stream")),
    };
    let readable = read::node(reader, names, 0)?;
    let compact = match reader.0.first() {
        Some(&tag::END) => None,
        _ => Some(read::node(reader, names, 0)?),
    };
    if reader.byte()? != tag::END {
        return Err(misread("an item has no end"));
    }
    Ok(Stored {
        schema,
        stream,
        readable,
        compact,
    })
}
