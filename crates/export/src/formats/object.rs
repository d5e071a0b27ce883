//! One item as a JSON object (RFC 8259).

use std::io::{self, Write};

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use huntsman_core::{AnyItem, Kind, Schema};
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use super::typed::{Typed, mentions_bytes, mentions_open};

/// Writes items as JSON objects: compact ones, or indented by so many spaces.
#[derive(Debug, Clone, Copy)]
pub(super) struct Objects {
    indent: &'static str,
    /// Some item has a field of bytes, which serde may write as a sequence.
    bytes: bool,
    /// Nothing in the items is bytes, so that serde_json's own way is ours.
    plain: bool,
}

impl Objects {
    pub(super) fn new(schemas: &[&'static Schema], indent: &'static str) -> Self {
        let has_bytes = |schema: &&'static Schema| mentions_bytes(&Kind::Struct(schema));
        let may_have_bytes = |schema: &&'static Schema| mentions_open(&Kind::Struct(schema));
        Self {
            indent,
            bytes: schemas.iter().any(has_bytes),
            plain: indent.is_empty() && !schemas.iter().any(may_have_bytes),
        }
    }

    /// Appends an item.
    pub(super) fn write(self, item: &dyn AnyItem, out: &mut Vec<u8>) -> Result<(), String> {
        let start = out.len();
        let written = if self.plain {
            item.json(out)
        } else if self.bytes {
            let kind = Kind::Struct(item.schema());
            self.value(&Typed::new(kind, item.fields()), out)
        } else {
            self.value(item.fields(), out)
        };
        written.map_err(|error| error.to_string())?;
        if out[start..].first() != Some(&b'{') {
            return Err("it is not written as a struct or a map".to_owned());
        }
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(self, value: &T, out: &mut Vec<u8>) -> serde_json::Result<()> {
        if self.indent.is_empty() {
            return compact(value, out);
        }
        let indented = Indented(PrettyFormatter::with_indent(self.indent.as_bytes()));
        value.serialize(&mut Serializer::with_formatter(out, indented))
    }
}

/// Appends a value as JSON without white space.
pub(super) fn compact<T: Serialize + ?Sized>(
    value: &T,
    out: &mut Vec<u8>,
) -> serde_json::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, Compact))
}

/// Appends bytes as the text that stands for them in all formats of text: base64 (RFC 4648).
pub(super) fn base64<W: ?Sized + Write>(bytes: &[u8], out: &mut W) -> io::Result<()> {
    write!(out, "{}", Base64Display::new(bytes, &STANDARD))
}

fn quoted<W: ?Sized + Write>(bytes: &[u8], out: &mut W) -> io::Result<()> {
    out.write_all(b"\"")?;
    base64(bytes, out)?;
    out.write_all(b"\"")
}

/// serde_json's own compact way, but for bytes.
struct Compact;

impl Formatter for Compact {
    fn write_byte_array<W: ?Sized + Write>(&mut self, out: &mut W, bytes: &[u8]) -> io::Result<()> {
        quoted(bytes, out)
    }
}

/// serde_json's own indented way, but for bytes.
struct Indented(PrettyFormatter<'static>);

macro_rules! passed_on {
    ($($method:ident($($arg:ident: $type:ty),*);)+) => {
        $(fn $method<W: ?Sized + Write>(&mut self, out: &mut W, $($arg: $type),*) -> io::Result<()> {
            self.0.$method(out, $($arg),*)
        })+
    };
}

impl Formatter for Indented {
    fn write_byte_array<W: ?Sized + Write>(&mut self, out: &mut W, bytes: &[u8]) -> io::Result<()> {
        quoted(bytes, out)
    }

    passed_on! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        begin_object_value();
        end_object_value();
    }
}
