//! A value as an element.

use std::fmt::Display;

use serde::Serialize;
use serde::ser::{Error as _, Serializer};
use serde_json::ser::{CompactFormatter, Formatter};
use serde_json::{Error, Result};

use super::parent::Parent;
use super::text::{Control, Within, escape, is_name};
use crate::formats::object;

/// Where elements are written, and how.
pub(super) struct Elements<'a> {
    pub(super) out: &'a mut Vec<u8>,
    pub(super) indent: &'static str,
    pub(super) control: Control,
    /// Elements that are open.
    pub(super) depth: usize,
}

/// What an element is called.
#[derive(Debug, Clone, Copy)]
pub(super) enum Tag<'a> {
    /// As a field.
    Field(&'a str),
    /// As the item, with the name of its type where there are several.
    Item(&'a str, Option<&'static str>),
    /// As an element of a list.
    Value,
    /// As an entry of a map.
    Entry(&'a str),
}

impl Elements<'_> {
    /// Begins a line, where there is an indent.
    fn line(&mut self) {
        if !self.indent.is_empty() {
            self.out.push(b'\n');
            for _ in 0..self.depth {
                self.out.extend_from_slice(self.indent.as_bytes());
            }
        }
    }

    fn put(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn escaped(&mut self, text: &str, within: Within) -> Result<()> {
        escape(text, within, self.control, self.out).map_err(Error::custom)
    }

    /// `<name`, without its end.
    fn start(&mut self, tag: &Tag<'_>) -> Result<()> {
        match tag {
            Tag::Item(name, None) => {
                self.put("<");
                self.put(name);
                return Ok(());
            }
            Tag::Item(name, Some(kind)) => {
                self.put("<");
                self.put(name);
                self.put(" type=\"");
                self.escaped(kind, Within::Attribute)?;
            }
            Tag::Field(name) if is_name(name) => {
                self.line();
                self.put("<");
                self.put(name);
                return Ok(());
            }
            Tag::Value => {
                self.line();
                self.put("<value");
                return Ok(());
            }
            Tag::Field(key) | Tag::Entry(key) => {
                self.line();
                self.put("<entry key=\"");
                self.escaped(key, Within::Attribute)?;
            }
        }
        self.put("\"");
        Ok(())
    }

    pub(super) fn open(&mut self, tag: &Tag<'_>) -> Result<()> {
        self.start(tag)?;
        self.put(">");
        self.depth += 1;
        Ok(())
    }

    pub(super) fn close(&mut self, tag: &Tag<'_>, children: bool) {
        self.depth -= 1;
        if children {
            self.line();
        }
        self.put("</");
        self.put(match tag {
            Tag::Field(name) if is_name(name) => name,
            Tag::Item(name, _) => name,
            Tag::Value => "value",
            Tag::Field(_) | Tag::Entry(_) => "entry",
        });
        self.put(">");
    }
}

/// The element that a value becomes.
pub(super) struct Element<'a, 'o> {
    pub(super) to: &'a mut Elements<'o>,
    pub(super) tag: Tag<'a>,
}

impl<'a, 'o> Element<'a, 'o> {
    fn leaf(self, content: impl FnOnce(&mut Elements<'o>) -> Result<()>) -> Result<()> {
        self.demand_field()?;
        self.to.open(&self.tag)?;
        content(self.to)?;
        self.to.close(&self.tag, false);
        Ok(())
    }

    /// An item is a struct or a map.
    fn demand_field(&self) -> Result<()> {
        match self.tag {
            Tag::Item(..) => Err(Error::custom("it is not written as a struct or a map")),
            _ => Ok(()),
        }
    }

    fn nothing(self) -> Result<()> {
        self.demand_field()?;
        self.to.start(&self.tag)?;
        self.to.put(" xsi:nil=\"true\"/>");
        Ok(())
    }

    fn float(self, value: f64, finite: impl FnOnce(&mut Vec<u8>)) -> Result<()> {
        self.leaf(|to| {
            match value {
                _ if value.is_finite() => finite(to.out),
                _ if value.is_nan() => to.put("NaN"),
                _ if value > 0.0 => to.put("INF"),
                _ => to.put("-INF"),
            }
            Ok(())
        })
    }

    fn parent(self) -> Result<Parent<'a, 'o>> {
        self.to.open(&self.tag)?;
        Ok(Parent::new(self.to, self.tag))
    }

    fn list(self) -> Result<Parent<'a, 'o>> {
        self.demand_field()?;
        self.parent()
    }

    /// A variant with data is an entry with its name.
    fn variant(self, name: &'static str) -> Result<Parent<'a, 'o>> {
        self.list()?.of_variant(name)
    }
}

macro_rules! numbers {
    ($($serialize:ident $write:ident $type:ty;)+) => {
        $(fn $serialize(self, value: $type) -> Result<()> {
            self.leaf(|to| CompactFormatter.$write(to.out, value).map_err(Error::io))
        })+
    };
}

impl<'a, 'o> Serializer for Element<'a, 'o> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Parent<'a, 'o>;
    type SerializeTuple = Parent<'a, 'o>;
    type SerializeTupleStruct = Parent<'a, 'o>;
    type SerializeTupleVariant = Parent<'a, 'o>;
    type SerializeMap = Parent<'a, 'o>;
    type SerializeStruct = Parent<'a, 'o>;
    type SerializeStructVariant = Parent<'a, 'o>;

    numbers! {
        serialize_bool write_bool bool;
        serialize_i8 write_i8 i8;
        serialize_i16 write_i16 i16;
        serialize_i32 write_i32 i32;
        serialize_i64 write_i64 i64;
        serialize_i128 write_i128 i128;
        serialize_u8 write_u8 u8;
        serialize_u16 write_u16 u16;
        serialize_u32 write_u32 u32;
        serialize_u64 write_u64 u64;
        serialize_u128 write_u128 u128;
    }

    fn serialize_f32(self, value: f32) -> Result<()> {
        self.float(value.into(), |out| {
            // A vector takes all.
            CompactFormatter.write_f32(out, value).unwrap_or_default();
        })
    }

    fn serialize_f64(self, value: f64) -> Result<()> {
        self.float(value, |out| {
            CompactFormatter.write_f64(out, value).unwrap_or_default();
        })
    }

    fn serialize_char(self, value: char) -> Result<()> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<()> {
        self.leaf(|to| to.escaped(value, Within::Element))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<()> {
        self.leaf(|to| object::base64(value, to.out).map_err(Error::io))
    }

    fn serialize_none(self) -> Result<()> {
        self.nothing()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<()> {
        self.nothing()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<()> {
        self.nothing()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<()> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<()> {
        let mut parent = self.list()?;
        parent.child(Tag::Entry(variant), value)?;
        parent.finish();
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Parent<'a, 'o>> {
        self.list()
    }

    fn serialize_tuple(self, _: usize) -> Result<Parent<'a, 'o>> {
        self.list()
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Parent<'a, 'o>> {
        self.list()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parent<'a, 'o>> {
        self.variant(variant)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Parent<'a, 'o>> {
        self.parent()
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Parent<'a, 'o>> {
        self.parent()
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parent<'a, 'o>> {
        self.variant(variant)
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<()> {
        self.serialize_str(&value.to_string())
    }
}
