//! Variants of Rust enums that have data: the branch of their name, or a map from it to the data.

use serde::Serialize;
use serde::ser::{SerializeStructVariant, SerializeTupleVariant};

use super::members::Members;
use super::record::RecordFields;
use super::sequence::Sequence;
use super::serializer::{Datum, Done};
use super::shape::Shape;
use super::{EncodeError, Encoder};
use crate::varint;

/// Where the data of a variant go.
pub(super) struct Tagged<'a> {
    datum: Datum<'a>,
    around: Around,
}

/// What stands around the data.
struct Around {
    step: Step,
    /// What follows them.
    after: Vec<u8>,
}

/// Where they are within the variant's own place.
enum Step {
    Here,
    Key(&'static str),
    Field(&'static str),
}

impl<'a> Tagged<'a> {
    pub(super) fn new(datum: Datum<'a>, variant: &'static str) -> Result<Self, EncodeError> {
        match datum.shape() {
            Shape::Union(union) => match (union.names.get(variant), union.members.last()) {
                (Some(number), _) => Ok(Self {
                    datum: datum.branch(union, *number),
                    around: Around {
                        step: Step::Here,
                        after: Vec::new(),
                    },
                }),
                // The map is the last, if there is one.
                (None, Some(number)) => Self::new(datum.branch(union, *number), variant),
                (None, None) => datum.refuse(format!("the variant `{variant}` with data")),
            },
            Shape::Map(values) => {
                varint::write_length(1, datum.out);
                varint::write_length(variant.len(), datum.out);
                datum.out.extend_from_slice(variant.as_bytes());
                Self::within(datum, *values, Step::Key(variant), vec![0])
            }
            Shape::Record(record) => {
                let fields = RecordFields::new(datum.encoder, record, datum.depth, datum.out);
                let (index, after) = fields.only(variant)?;
                let node = record.fields[index].node;
                Self::within(datum, node, Step::Field(variant), after)
            }
            _ => datum.refuse(format!("the variant `{variant}` with data")),
        }
    }

    fn within(
        datum: Datum<'a>,
        node: usize,
        step: Step,
        after: Vec<u8>,
    ) -> Result<Self, EncodeError> {
        let depth = Encoder::deeper(datum.depth)?;
        Ok(Self {
            datum: Datum {
                node,
                depth,
                ..datum
            },
            around: Around { step, after },
        })
    }

    pub(super) fn value<T: Serialize + ?Sized>(self, value: &T) -> Done {
        let Datum {
            encoder,
            node,
            depth,
            out,
        } = self.datum;
        let written = encoder.write(node, depth, value, out);
        self.around.place(written)?;
        out.extend(self.around.after);
        Ok(())
    }

    pub(super) fn sequence(self, len: usize) -> Result<TaggedSequence<'a>, EncodeError> {
        let begun = self.datum.sequence(Some(len));
        Ok(TaggedSequence {
            inner: self.around.place(begun)?,
            around: self.around,
        })
    }

    pub(super) fn members(self, len: usize) -> Result<TaggedMembers<'a>, EncodeError> {
        let begun = self.datum.members(Some(len));
        Ok(TaggedMembers {
            inner: self.around.place(begun)?,
            around: self.around,
        })
    }
}

impl Around {
    /// Adds the step to the data to an error within them.
    fn place<T>(&self, result: Result<T, EncodeError>) -> Result<T, EncodeError> {
        result.map_err(|error| match self.step {
            Step::Here => error,
            Step::Key(key) => error.in_key(key),
            Step::Field(name) => error.in_field(name),
        })
    }
}

/// A tuple variant that is being written.
pub(super) struct TaggedSequence<'a> {
    inner: Sequence<'a>,
    around: Around,
}

/// A struct variant that is being written.
pub(super) struct TaggedMembers<'a> {
    inner: Members<'a>,
    around: Around,
}

impl SerializeTupleVariant for TaggedSequence<'_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        let written = self.inner.item(value);
        self.around.place(written)
    }

    fn end(self) -> Done {
        let out = self.around.place(self.inner.finish())?;
        out.extend(self.around.after);
        Ok(())
    }
}

impl SerializeStructVariant for TaggedMembers<'_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Done {
        let written = self.inner.entry(key, value);
        self.around.place(written)
    }

    fn skip_field(&mut self, key: &'static str) -> Done {
        let skipped = self.inner.skip(key);
        self.around.place(skipped)
    }

    fn end(self) -> Done {
        let out = self.around.place(self.inner.finish())?;
        out.extend(self.around.after);
        Ok(())
    }
}
