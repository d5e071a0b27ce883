//! A value says to a serializer what the item once said.

use serde::ser::{
    Serialize, SerializeMap as _, SerializeSeq as _, SerializeStruct as _,
    SerializeStructVariant as _, SerializeTuple as _, SerializeTupleStruct as _,
    SerializeTupleVariant as _, Serializer,
};

use super::node::Node;

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => to.serialize_bool(*value),
            Self::I8(value) => to.serialize_i8(*value),
            Self::I16(value) => to.serialize_i16(*value),
            Self::I32(value) => to.serialize_i32(*value),
            Self::I64(value) => to.serialize_i64(*value),
            Self::I128(value) => to.serialize_i128(*value),
            Self::U8(value) => to.serialize_u8(*value),
            Self::U16(value) => to.serialize_u16(*value),
            Self::U32(value) => to.serialize_u32(*value),
            Self::U64(value) => to.serialize_u64(*value),
            Self::U128(value) => to.serialize_u128(*value),
            Self::F32(value) => to.serialize_f32(*value),
            Self::F64(value) => to.serialize_f64(*value),
            Self::Char(value) => to.serialize_char(*value),
            Self::Text(value) => to.serialize_str(value),
            Self::Bytes(value) => to.serialize_bytes(value),
            Self::None => to.serialize_none(),
            Self::Some(value) => to.serialize_some(&**value),
            Self::Unit => to.serialize_unit(),
            Self::UnitStruct(name) => to.serialize_unit_struct(name),
            Self::UnitVariant(it) => to.serialize_unit_variant(it.of, it.index, it.name),
            Self::NewtypeStruct(name, value) => to.serialize_newtype_struct(name, &**value),
            Self::NewtypeVariant(it, value) => {
                to.serialize_newtype_variant(it.of, it.index, it.name, &**value)
            }
            compound => compound.compound(to),
        }
    }
}

/// Opens a compound, hands over its parts and closes it.
macro_rules! parts {
    ($open:expr, $parts:expr, $method:ident) => {{
        let mut open = $open?;
        for part in $parts {
            open.$method(part)?;
        }
        open.end()
    }};
}

macro_rules! fields {
    ($open:expr, $fields:expr) => {{
        let mut open = $open?;
        for field in $fields {
            match &field.value {
                Some(value) => open.serialize_field(field.name, value)?,
                None => open.skip_field(field.name)?,
            }
        }
        open.end()
    }};
}

impl Node {
    fn compound<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Seq(length, parts) => {
                parts!(to.serialize_seq(*length), parts, serialize_element)
            }
            Self::Tuple(length, parts) => {
                parts!(to.serialize_tuple(*length), parts, serialize_element)
            }
            Self::TupleStruct(name, length, parts) => {
                parts!(
                    to.serialize_tuple_struct(name, *length),
                    parts,
                    serialize_field
                )
            }
            Self::TupleVariant(it, length, parts) => parts!(
                to.serialize_tuple_variant(it.of, it.index, it.name, *length),
                parts,
                serialize_field
            ),
            Self::Map(length, entries) => {
                let mut open = to.serialize_map(*length)?;
                for (key, value) in entries {
                    open.serialize_entry(key, value)?;
                }
                open.end()
            }
            Self::Struct(name, length, fields) => {
                fields!(to.serialize_struct(name, *length), fields)
            }
            Self::StructVariant(it, length, fields) => fields!(
                to.serialize_struct_variant(it.of, it.index, it.name, *length),
                fields
            ),
            plain => plain.serialize(to),
        }
    }
}
