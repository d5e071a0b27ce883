//! The serde serializer: each value goes where its kind is written.

use serde::Serialize;
use serde::ser::Serializer;

use super::members::Members;
use super::sequence::Sequence;
use super::shape::Shape;
use super::variant::{Tagged, TaggedMembers, TaggedSequence};
use super::{EncodeError, Encoder};

/// A value that is about to come, with its place in the schema and where it goes.
pub(super) struct Datum<'a> {
    pub(super) encoder: &'a Encoder,
    pub(super) node: usize,
    pub(super) depth: usize,
    pub(super) out: &'a mut Vec<u8>,
}

pub(super) type Done = Result<(), EncodeError>;

impl<'a> Datum<'a> {
    pub(super) fn shape(&self) -> &'a Shape {
        &self.encoder.shapes[self.node]
    }

    /// The same for another node.
    pub(super) fn at(self, node: usize) -> Self {
        Self { node, ..self }
    }

    pub(super) fn refuse<T>(&self, found: impl Into<String>) -> Result<T, EncodeError> {
        Err(self.encoder.mismatch(self.node, found))
    }

    fn boolean(self, value: bool) -> Done {
        match self.shape() {
            Shape::Boolean => {
                self.out.push(u8::from(value));
                Ok(())
            }
            Shape::Union(union) => {
                let exact = |shape: &Shape| matches!(shape, Shape::Boolean).then_some(true);
                match union.pick(self.encoder, exact) {
                    Some(branch) => self.branch(union, branch).boolean(value),
                    None => self.refuse(value.to_string()),
                }
            }
            _ => self.refuse(value.to_string()),
        }
    }

    fn nothing(self) -> Done {
        match self.shape() {
            Shape::Null => Ok(()),
            Shape::Union(union) => match union.null {
                Some(branch) => {
                    self.branch(union, branch);
                    Ok(())
                }
                None => self.refuse("nothing (null)"),
            },
            _ => self.refuse("nothing (null)"),
        }
    }
}

impl<'a> Serializer for Datum<'a> {
    type Ok = ();
    type Error = EncodeError;
    type SerializeSeq = Sequence<'a>;
    type SerializeTuple = Sequence<'a>;
    type SerializeTupleStruct = Sequence<'a>;
    type SerializeTupleVariant = TaggedSequence<'a>;
    type SerializeMap = Members<'a>;
    type SerializeStruct = Members<'a>;
    type SerializeStructVariant = TaggedMembers<'a>;

    fn serialize_bool(self, value: bool) -> Done {
        self.boolean(value)
    }

    fn serialize_i8(self, value: i8) -> Done {
        self.long(value.into())
    }

    fn serialize_i16(self, value: i16) -> Done {
        self.long(value.into())
    }

    fn serialize_i32(self, value: i32) -> Done {
        self.long(value.into())
    }

    fn serialize_i64(self, value: i64) -> Done {
        self.long(value)
    }

    fn serialize_i128(self, value: i128) -> Done {
        self.integer(value)
    }

    fn serialize_u8(self, value: u8) -> Done {
        self.long(value.into())
    }

    fn serialize_u16(self, value: u16) -> Done {
        self.long(value.into())
    }

    fn serialize_u32(self, value: u32) -> Done {
        self.long(value.into())
    }

    fn serialize_u64(self, value: u64) -> Done {
        match i64::try_from(value) {
            Ok(value) => self.long(value),
            Err(_) => self.integer(value.into()),
        }
    }

    fn serialize_u128(self, value: u128) -> Done {
        match i128::try_from(value) {
            Ok(value) => self.integer(value),
            Err(_) => self.refuse(format!("the number {value}")),
        }
    }

    fn serialize_f32(self, value: f32) -> Done {
        self.single(value)
    }

    fn serialize_f64(self, value: f64) -> Done {
        self.double(value)
    }

    fn serialize_char(self, value: char) -> Done {
        self.text(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Done {
        self.text(value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Done {
        self.bytes(value)
    }

    fn serialize_none(self) -> Done {
        self.nothing()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Done {
        self.nothing()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Done {
        self.nothing()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Done {
        self.text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Done {
        Tagged::new(self, variant)?.value(value)
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Sequence<'a>, EncodeError> {
        self.sequence(len)
    }

    fn serialize_tuple(self, len: usize) -> Result<Sequence<'a>, EncodeError> {
        self.sequence(Some(len))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        len: usize,
    ) -> Result<Sequence<'a>, EncodeError> {
        self.sequence(Some(len))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<TaggedSequence<'a>, EncodeError> {
        Tagged::new(self, variant)?.sequence(len)
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Members<'a>, EncodeError> {
        self.members(len)
    }

    fn serialize_struct(self, _: &'static str, len: usize) -> Result<Members<'a>, EncodeError> {
        self.members(Some(len))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<TaggedMembers<'a>, EncodeError> {
        Tagged::new(self, variant)?.members(len)
    }
}
