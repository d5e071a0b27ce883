//! Arrays, and bytes that come one by one.

use serde::Serialize;
use serde::ser::{SerializeSeq, SerializeTuple, SerializeTupleStruct};

use super::serializer::{Datum, Done};
use super::shape::Shape;
use super::text::fits_bytes;
use super::{EncodeError, Encoder};
use crate::varint;

/// A sequence that is being written.
pub(super) struct Sequence<'a> {
    pub(super) encoder: &'a Encoder,
    node: usize,
    depth: usize,
    pub(super) out: &'a mut Vec<u8>,
    /// Where it begins, and where its first item does.
    start: usize,
    body: usize,
    /// How many items were promised, and how many came.
    promised: usize,
    count: usize,
}

impl<'a> Datum<'a> {
    pub(super) fn sequence(self, len: Option<usize>) -> Result<Sequence<'a>, EncodeError> {
        let promised = len.unwrap_or(0);
        match self.shape() {
            Shape::Array(_) => {
                let depth = Encoder::deeper(self.depth)?;
                let start = self.out.len();
                if promised > 0 {
                    varint::write_length(promised, self.out);
                }
                Ok(self.begin(start, depth, promised))
            }
            Shape::Bytes(_) | Shape::Fixed(..) => {
                let (start, depth) = (self.out.len(), self.depth);
                Ok(self.begin(start, depth, 0))
            }
            Shape::Union(union) => {
                let fits = |shape: &Shape| match shape {
                    Shape::Array(_) => Some(true),
                    Shape::Bytes(_) => Some(false),
                    Shape::Fixed(size, _) => len.is_none_or(|len| len == *size).then_some(false),
                    _ => None,
                };
                match union.pick(self.encoder, fits) {
                    Some(number) => self.branch(union, number).sequence(len),
                    None => self.refuse("a sequence"),
                }
            }
            _ => self.refuse("a sequence"),
        }
    }

    fn begin(self, start: usize, depth: usize, promised: usize) -> Sequence<'a> {
        Sequence {
            encoder: self.encoder,
            node: self.node,
            depth,
            start,
            body: self.out.len(),
            out: self.out,
            promised,
            count: 0,
        }
    }
}

impl<'a> Sequence<'a> {
    pub(super) fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        let index = self.count;
        self.count += 1;
        let items = match &self.encoder.shapes[self.node] {
            Shape::Array(items) => *items,
            _ => self.encoder.byte,
        };
        self.encoder
            .write(items, self.depth, value, self.out)
            .map_err(|error| error.in_index(index))
    }

    /// Completes the sequence, and gives back where it was written to.
    pub(super) fn finish(self) -> Result<&'a mut Vec<u8>, EncodeError> {
        let Self {
            out, start, body, ..
        } = self;
        let shape = &self.encoder.shapes[self.node];
        if let Shape::Array(_) = shape {
            if self.count != self.promised {
                out.drain(start..body);
                if self.count > 0 {
                    varint::insert_length(start, self.count, out);
                }
            }
            out.push(0);
            return Ok(out);
        }
        if !fits_bytes(shape, &out[start..]) {
            let found = format!("a sequence of {} bytes", out.len() - start);
            return Err(self.encoder.mismatch(self.node, found));
        }
        if let Shape::Bytes(_) = shape {
            varint::insert_length(start, out.len() - start, out);
        }
        Ok(out)
    }
}

impl SerializeSeq for Sequence<'_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.item(value)
    }

    fn end(self) -> Done {
        self.finish().map(drop)
    }
}

impl SerializeTuple for Sequence<'_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.item(value)
    }

    fn end(self) -> Done {
        self.finish().map(drop)
    }
}

impl SerializeTupleStruct for Sequence<'_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.item(value)
    }

    fn end(self) -> Done {
        self.finish().map(drop)
    }
}
