//! An item on its way to the disk: a serializer that writes down what it is told.

use std::fmt;

use serde::ser::{self, Serialize, Serializer};

use super::names::Names;
use super::tag;
use crate::bytes::{put_bytes, put_uint};

/// Writes values at the end of `out`.
pub(super) struct Tape<'a> {
    pub(super) out: &'a mut Vec<u8>,
    pub(super) names: &'a mut Names,
    pub(super) depth: u32,
    /// What the item is told when it asks who reads.
    pub(super) human_readable: bool,
    /// Whether it asked.
    pub(super) asked: &'a std::cell::Cell<bool>,
}

/// Why an item cannot be written down.
#[derive(Debug)]
pub(super) struct TapeError(pub(super) String);

impl fmt::Display for TapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TapeError {}

impl ser::Error for TapeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

type Done = Result<(), TapeError>;

impl Tape<'_> {
    fn put(&mut self, tag: u8, bytes: &[u8]) -> Done {
        self.out.push(tag);
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    fn name(&mut self, name: &'static str) -> Done {
        let too_many = || TapeError("its types have more names than can be kept".to_owned());
        let number = self.names.number(name).ok_or_else(too_many)?;
        put_uint(self.out, u64::from(number));
        Ok(())
    }

    fn variant(&mut self, of: &'static str, index: u32, name: &'static str) -> Done {
        self.name(of)?;
        put_uint(self.out, u64::from(index));
        self.name(name)
    }

    /// A length that may be unknown: 0 stands for that.
    fn hint(&mut self, length: Option<usize>) {
        put_uint(self.out, length.map_or(0, |length| length as u64 + 1));
    }

    fn inner<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.deeper()?;
        value.serialize(&mut *self)?;
        self.depth -= 1;
        Ok(())
    }

    fn deeper(&mut self) -> Done {
        self.depth += 1;
        if self.depth > tag::DEEPEST {
            let reason = format!("it is nested more than {} deep", tag::DEEPEST);
            return Err(TapeError(reason));
        }
        Ok(())
    }

    fn close(&mut self) -> Done {
        self.depth -= 1;
        self.put(tag::END, &[])
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Done {
        self.out.push(tag::FIELD);
        self.name(name)?;
        value.serialize(self)
    }

    fn skipped(&mut self, name: &'static str) -> Done {
        self.out.push(tag::SKIPPED);
        self.name(name)
    }
}

macro_rules! plain {
    ($($method:ident: $type:ty => $tag:ident;)+) => {
        $(fn $method(self, value: $type) -> Done {
            self.put(tag::$tag, &value.to_le_bytes())
        })+
    };
}

impl Serializer for &mut Tape<'_> {
    type Ok = ();
    type Error = TapeError;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    plain! {
        serialize_i8: i8 => I8;
        serialize_i16: i16 => I16;
        serialize_i32: i32 => I32;
        serialize_i64: i64 => I64;
        serialize_i128: i128 => I128;
        serialize_u8: u8 => U8;
        serialize_u16: u16 => U16;
        serialize_u32: u32 => U32;
        serialize_u64: u64 => U64;
        serialize_u128: u128 => U128;
        serialize_f32: f32 => F32;
        serialize_f64: f64 => F64;
    }

    fn is_human_readable(&self) -> bool {
        self.asked.set(true);
        self.human_readable
    }

    fn serialize_bool(self, value: bool) -> Done {
        self.put(if value { tag::TRUE } else { tag::FALSE }, &[])
    }

    fn serialize_char(self, value: char) -> Done {
        self.put(tag::CHAR, &u32::from(value).to_le_bytes())
    }

    fn serialize_str(self, value: &str) -> Done {
        self.out.push(tag::TEXT);
        put_bytes(self.out, value.as_bytes());
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Done {
        self.out.push(tag::BYTES);
        put_bytes(self.out, value);
        Ok(())
    }

    fn serialize_none(self) -> Done {
        self.put(tag::NONE, &[])
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        self.out.push(tag::SOME);
        self.inner(value)
    }

    fn serialize_unit(self) -> Done {
        self.put(tag::UNIT, &[])
    }

    fn serialize_unit_struct(self, name: &'static str) -> Done {
        self.out.push(tag::UNIT_STRUCT);
        self.name(name)
    }

    fn serialize_unit_variant(self, of: &'static str, index: u32, name: &'static str) -> Done {
        self.out.push(tag::UNIT_VARIANT);
        self.variant(of, index, name)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Done {
        self.out.push(tag::NEWTYPE_STRUCT);
        self.name(name)?;
        self.inner(value)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        of: &'static str,
        index: u32,
        name: &'static str,
        value: &T,
    ) -> Done {
        self.out.push(tag::NEWTYPE_VARIANT);
        self.variant(of, index, name)?;
        self.inner(value)
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Self, TapeError> {
        self.out.push(tag::SEQ);
        self.hint(length);
        self.deeper()?;
        Ok(self)
    }

    fn serialize_tuple(self, length: usize) -> Result<Self, TapeError> {
        self.out.push(tag::TUPLE);
        put_uint(self.out, length as u64);
        self.deeper()?;
        Ok(self)
    }

    fn serialize_tuple_struct(self, name: &'static str, length: usize) -> Result<Self, TapeError> {
        self.out.push(tag::TUPLE_STRUCT);
        self.name(name)?;
        put_uint(self.out, length as u64);
        self.deeper()?;
        Ok(self)
    }

    fn serialize_tuple_variant(
        self,
        of: &'static str,
        index: u32,
        name: &'static str,
        length: usize,
    ) -> Result<Self, TapeError> {
        self.out.push(tag::TUPLE_VARIANT);
        self.variant(of, index, name)?;
        put_uint(self.out, length as u64);
        self.deeper()?;
        Ok(self)
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Self, TapeError> {
        self.out.push(tag::MAP);
        self.hint(length);
        self.deeper()?;
        Ok(self)
    }

    fn serialize_struct(self, name: &'static str, length: usize) -> Result<Self, TapeError> {
        self.out.push(tag::STRUCT);
        self.name(name)?;
        put_uint(self.out, length as u64);
        self.deeper()?;
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        of: &'static str,
        index: u32,
        name: &'static str,
        length: usize,
    ) -> Result<Self, TapeError> {
        self.out.push(tag::STRUCT_VARIANT);
        self.variant(of, index, name)?;
        put_uint(self.out, length as u64);
        self.deeper()?;
        Ok(self)
    }
}

macro_rules! elements {
    ($($trait:ident::$method:ident;)+) => {
        $(impl ser::$trait for &mut Tape<'_> {
            type Ok = ();
            type Error = TapeError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
                value.serialize(&mut **self)
            }

            fn end(self) -> Done {
                self.close()
            }
        })+
    };
}

elements! {
    SerializeSeq::serialize_element;
    SerializeTuple::serialize_element;
    SerializeTupleStruct::serialize_field;
    SerializeTupleVariant::serialize_field;
}

macro_rules! fields {
    ($($trait:ident;)+) => {
        $(impl ser::$trait for &mut Tape<'_> {
            type Ok = ();
            type Error = TapeError;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Done {
                self.field(name, value)
            }

            fn skip_field(&mut self, name: &'static str) -> Done {
                self.skipped(name)
            }

            fn end(self) -> Done {
                self.close()
            }
        })+
    };
}

fields! {
    SerializeStruct;
    SerializeStructVariant;
}

impl ser::SerializeMap for &mut Tape<'_> {
    type Ok = ();
    type Error = TapeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        key.serialize(&mut **self)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        value.serialize(&mut **self)
    }

    fn end(self) -> Done {
        self.close()
    }
}
