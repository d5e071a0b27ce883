//! Keys of maps, as text.

use std::fmt::Display;

use serde::Serialize;
use serde::ser::{Impossible, Serializer};

use super::EncodeError;

/// Takes a key: text, a number or a boolean, as JSON has them.
pub(super) struct Key<F>(pub(super) F);

impl<R, F: FnOnce(&str) -> Result<R, EncodeError>> Key<F> {
    fn shown(self, key: impl Display) -> Result<R, EncodeError> {
        (self.0)(&key.to_string())
    }

    fn refuse<T>(found: &str) -> Result<T, EncodeError> {
        Err(EncodeError::mismatch(
            "key: text, an integer or a boolean is one",
            found,
        ))
    }
}

/// Serialises these by their text.
macro_rules! shown {
    ($($method:ident: $type:ty),*) => {$(
        fn $method(self, key: $type) -> Result<R, EncodeError> {
            self.shown(key)
        }
    )*};
}

impl<R, F: FnOnce(&str) -> Result<R, EncodeError>> Serializer for Key<F> {
    type Ok = R;
    type Error = EncodeError;
    type SerializeSeq = Impossible<R, EncodeError>;
    type SerializeTuple = Impossible<R, EncodeError>;
    type SerializeTupleStruct = Impossible<R, EncodeError>;
    type SerializeTupleVariant = Impossible<R, EncodeError>;
    type SerializeMap = Impossible<R, EncodeError>;
    type SerializeStruct = Impossible<R, EncodeError>;
    type SerializeStructVariant = Impossible<R, EncodeError>;

    shown! {
        serialize_bool: bool, serialize_char: char,
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_i128: i128, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32,
        serialize_u64: u64, serialize_u128: u128
    }

    #[inline]
    fn serialize_str(self, key: &str) -> Result<R, EncodeError> {
        (self.0)(key)
    }

    fn serialize_f32(self, _: f32) -> Result<R, EncodeError> {
        Self::refuse("a float")
    }

    fn serialize_f64(self, _: f64) -> Result<R, EncodeError> {
        Self::refuse("a float")
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<R, EncodeError> {
        Self::refuse("a value of bytes")
    }

    fn serialize_none(self) -> Result<R, EncodeError> {
        Self::refuse("nothing (null)")
    }

    fn serialize_some<T: Serialize + ?Sized>(self, key: &T) -> Result<R, EncodeError> {
        key.serialize(self)
    }

    fn serialize_unit(self) -> Result<R, EncodeError> {
        Self::refuse("nothing (null)")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<R, EncodeError> {
        Self::refuse("nothing (null)")
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<R, EncodeError> {
        (self.0)(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        key: &T,
    ) -> Result<R, EncodeError> {
        key.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<R, EncodeError> {
        Self::refuse("a variant with data")
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, EncodeError> {
        Self::refuse("a sequence")
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, EncodeError> {
        Self::refuse("a sequence")
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, EncodeError> {
        Self::refuse("a sequence")
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, EncodeError> {
        Self::refuse("a variant with data")
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, EncodeError> {
        Self::refuse("a map or struct")
    }

    fn serialize_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStruct, EncodeError> {
        Self::refuse("a map or struct")
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, EncodeError> {
        Self::refuse("a variant with data")
    }
}
