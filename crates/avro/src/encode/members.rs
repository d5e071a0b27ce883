//! Maps and structs, as a record or as a map.

use serde::Serialize;
use serde::ser::{SerializeMap, SerializeStruct};

use super::key::Key;
use super::record::RecordFields;
use super::serializer::{Datum, Done};
use super::shape::Shape;
use super::{EncodeError, Encoder};
use crate::varint;

/// A map or struct that is being written.
pub(super) enum Members<'a> {
    /// With the field whose value comes next, where key and value come apart.
    Record(RecordFields<'a>, usize),
    Map(Entries<'a>),
}

/// A map that is being written.
pub(super) struct Entries<'a> {
    encoder: &'a Encoder,
    values: usize,
    depth: usize,
    out: &'a mut Vec<u8>,
    start: usize,
    body: usize,
    promised: usize,
    count: usize,
    /// Where the last key is.
    key: std::ops::Range<usize>,
}

impl<'a> Datum<'a> {
    #[inline]
    pub(super) fn members(self, len: Option<usize>) -> Result<Members<'a>, EncodeError> {
        match self.shape() {
            Shape::Record(record) => {
                let depth = Encoder::deeper(self.depth)?;
                let fields = RecordFields::new(self.encoder, record, depth, self.out);
                Ok(Members::Record(fields, 0))
            }
            Shape::Map(values) => {
                let (depth, promised) = (Encoder::deeper(self.depth)?, len.unwrap_or(0));
                let start = self.out.len();
                if promised > 0 {
                    varint::write_length(promised, self.out);
                }
                Ok(Members::Map(Entries {
                    encoder: self.encoder,
                    values: *values,
                    depth,
                    start,
                    body: self.out.len(),
                    out: self.out,
                    promised,
                    count: 0,
                    key: 0..0,
                }))
            }
            Shape::Union(union) => match union.members.first() {
                Some(number) => self.branch(union, *number).members(len),
                None => self.refuse("a map or struct"),
            },
            _ => self.refuse("a map or struct"),
        }
    }
}

impl<'a> Members<'a> {
    #[inline]
    pub(super) fn entry<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Done {
        match self {
            Self::Record(fields, _) => fields.field(key, value),
            Self::Map(entries) => {
                entries.key(key);
                entries.value(value)
            }
        }
    }

    /// An entry that is not there.
    pub(super) fn skip(&mut self, key: &str) -> Done {
        match self {
            Self::Record(fields, _) => fields.skip(key),
            Self::Map(_) => Ok(()),
        }
    }

    /// Completes it, and gives back where it was written to.
    pub(super) fn finish(self) -> Result<&'a mut Vec<u8>, EncodeError> {
        match self {
            Self::Record(fields, _) => fields.finish(),
            Self::Map(entries) => Ok(entries.finish()),
        }
    }
}

impl<'a> Entries<'a> {
    fn key(&mut self, key: &str) {
        self.count += 1;
        varint::write_length(key.len(), self.out);
        let start = self.out.len();
        self.out.extend_from_slice(key.as_bytes());
        self.key = start..self.out.len();
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.encoder
            .write(self.values, self.depth, value, self.out)
            .map_err(|error| error.in_key(&String::from_utf8_lossy(&self.out[self.key.clone()])))
    }

    fn finish(self) -> &'a mut Vec<u8> {
        if self.count != self.promised {
            self.out.drain(self.start..self.body);
            if self.count > 0 {
                varint::insert_length(self.start, self.count, self.out);
            }
        }
        self.out.push(0);
        self.out
    }
}

impl SerializeMap for Members<'_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        match self {
            Self::Record(fields, next) => {
                *next = key.serialize(Key(|name: &str| fields.find(name)))?;
                Ok(())
            }
            Self::Map(entries) => key.serialize(Key(|text: &str| {
                entries.key(text);
                Ok(())
            })),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        match self {
            Self::Record(fields, next) => fields.at(*next, value),
            Self::Map(entries) => entries.value(value),
        }
    }

    fn end(self) -> Done {
        self.finish().map(drop)
    }
}

impl SerializeStruct for Members<'_> {
    type Ok = ();
    type Error = EncodeError;

    #[inline]
    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Done {
        self.entry(key, value)
    }

    fn skip_field(&mut self, key: &'static str) -> Done {
        self.skip(key)
    }

    fn end(self) -> Done {
        self.finish().map(drop)
    }
}
