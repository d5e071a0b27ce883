//! What serde calls on a walk.

use serde::ser::{Serialize, Serializer};

use super::fit::Scalar;
use super::list::List;
use super::members::Members;
use super::stop::Stop;
use super::walk::Walk;

macro_rules! scalars {
    ($($method:ident: $type:ty => |$value:ident| $scalar:expr;)+) => {
        $(fn $method(self, $value: $type) -> Result<(), Stop> { self.scalar($scalar) })+
    };
}

impl<'a, 's> Serializer for Walk<'a, 's> {
    type Ok = ();
    type Error = Stop;
    type SerializeSeq = List<'a, 's>;
    type SerializeTuple = List<'a, 's>;
    type SerializeTupleStruct = List<'a, 's>;
    type SerializeTupleVariant = List<'a, 's>;
    type SerializeMap = Members<'a, 's>;
    type SerializeStruct = Members<'a, 's>;
    type SerializeStructVariant = Members<'a, 's>;

    scalars! {
        serialize_bool: bool => |v| Scalar::Boolean(v);
        serialize_i8: i8 => |v| Scalar::Int(v.into());
        serialize_i16: i16 => |v| Scalar::Int(v.into());
        serialize_i32: i32 => |v| Scalar::Int(v.into());
        serialize_i64: i64 => |v| Scalar::Int(v.into());
        serialize_i128: i128 => |v| Scalar::Int(v);
        serialize_u8: u8 => |v| Scalar::Int(v.into());
        serialize_u16: u16 => |v| Scalar::Int(v.into());
        serialize_u32: u32 => |v| Scalar::Int(v.into());
        serialize_u64: u64 => |v| Scalar::Int(v.into());
        serialize_u128: u128 => |v| i128::try_from(v).map_or(Scalar::Huge, Scalar::Int);
        serialize_f32: f32 => |v| Scalar::Single(v);
        serialize_f64: f64 => |v| Scalar::Double(v);
        serialize_char: char => |v| Scalar::Text(v.encode_utf8(&mut [0; 4]));
        serialize_str: &str => |v| Scalar::Text(v);
        serialize_bytes: &[u8] => |v| Scalar::Bytes(v);
    }

    fn serialize_none(self) -> Result<(), Stop> {
        self.scalar(Scalar::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Stop> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Stop> {
        self.scalar(Scalar::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Stop> {
        self.scalar(Scalar::Null)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Stop> {
        self.scalar(Scalar::Text(variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Stop> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Stop> {
        self.variant(variant, value);
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List<'a, 's>, Stop> {
        Ok(self.list())
    }

    fn serialize_tuple(self, _: usize) -> Result<List<'a, 's>, Stop> {
        Ok(self.list())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<List<'a, 's>, Stop> {
        Ok(self.list())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<List<'a, 's>, Stop> {
        Ok(self.variant_list(variant))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Members<'a, 's>, Stop> {
        Ok(self.members(None))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Members<'a, 's>, Stop> {
        Ok(self.members(Some(name)))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Members<'a, 's>, Stop> {
        Ok(self.variant_members(variant))
    }
}
