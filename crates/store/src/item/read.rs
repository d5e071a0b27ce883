//! An item on its way back from the disk.

use super::names::Names;
use super::node::{Field, Node, Variant};
use super::tag;
use crate::bytes::{Reader, misread};
use crate::error::StoreError;

/// Reads one value.
pub(super) fn node(reader: &mut Reader<'_>, names: &Names, depth: u32) -> Result<Node, StoreError> {
    let tag = reader.byte()?;
    of_tag(tag, reader, names, depth)
}

fn of_tag(tag: u8, reader: &mut Reader<'_>, names: &Names, depth: u32) -> Result<Node, StoreError> {
    if depth > tag::DEEPEST {
        return Err(misread("it is nested too deep"));
    }
    Ok(match tag {
        tag::FALSE => Node::Bool(false),
        tag::TRUE => Node::Bool(true),
        tag::I8 => Node::I8(i8::from_le_bytes(reader.array()?)),
        tag::I16 => Node::I16(i16::from_le_bytes(reader.array()?)),
        tag::I32 => Node::I32(i32::from_le_bytes(reader.array()?)),
        tag::I64 => Node::I64(i64::from_le_bytes(reader.array()?)),
        tag::I128 => Node::I128(i128::from_le_bytes(reader.array()?)),
        tag::U8 => Node::U8(reader.byte()?),
        tag::U16 => Node::U16(u16::from_le_bytes(reader.array()?)),
        tag::U32 => Node::U32(u32::from_le_bytes(reader.array()?)),
        tag::U64 => Node::U64(u64::from_le_bytes(reader.array()?)),
        tag::U128 => Node::U128(u128::from_le_bytes(reader.array()?)),
        tag::F32 => Node::F32(f32::from_le_bytes(reader.array()?)),
        tag::F64 => Node::F64(f64::from_le_bytes(reader.array()?)),
        tag::CHAR => {
            let code = u32::from_le_bytes(reader.array()?);
            Node::Char(char::from_u32(code).ok_or_else(|| misread("a character is none"))?)
        }
        tag::TEXT => Node::Text(reader.text()?.into()),
        tag::BYTES => Node::Bytes(reader.bytes()?.into()),
        tag::NONE => Node::None,
        tag::SOME => Node::Some(Box::new(node(reader, names, depth + 1)?)),
        tag::UNIT => Node::Unit,
        tag::UNIT_STRUCT => Node::UnitStruct(name(reader, names)?),
        tag::UNIT_VARIANT => Node::UnitVariant(variant(reader, names)?),
        compound => return within(compound, reader, names, depth + 1),
    })
}

/// A value that holds others.
fn within(tag: u8, reader: &mut Reader<'_>, names: &Names, depth: u32) -> Result<Node, StoreError> {
    Ok(match tag {
        tag::NEWTYPE_STRUCT => {
            let name = name(reader, names)?;
            Node::NewtypeStruct(name, Box::new(node(reader, names, depth)?))
        }
        tag::NEWTYPE_VARIANT => {
            let variant = variant(reader, names)?;
            Node::NewtypeVariant(variant, Box::new(node(reader, names, depth)?))
        }
        tag::SEQ => Node::Seq(hint(reader)?, elements(reader, names, depth)?),
        tag::TUPLE => Node::Tuple(reader.narrow()?, elements(reader, names, depth)?),
        tag::TUPLE_STRUCT => {
            let (name, length) = (name(reader, names)?, reader.narrow()?);
            Node::TupleStruct(name, length, elements(reader, names, depth)?)
        }
        tag::TUPLE_VARIANT => {
            let (variant, length) = (variant(reader, names)?, reader.narrow()?);
            Node::TupleVariant(variant, length, elements(reader, names, depth)?)
        }
        tag::MAP => {
            let hint = hint(reader)?;
            let mut pairs = elements(reader, names, depth)?.into_iter();
            let mut entries = Vec::with_capacity(pairs.len() / 2);
            while let Some(key) = pairs.next() {
                let value = pairs.next().ok_or_else(|| misread("a key has no value"))?;
                entries.push((key, value));
            }
            Node::Map(hint, entries)
        }
        tag::STRUCT => {
            let (name, length) = (name(reader, names)?, reader.narrow()?);
            Node::Struct(name, length, fields(reader, names, depth)?)
        }
        tag::STRUCT_VARIANT => {
            let (variant, length) = (variant(reader, names)?, reader.narrow()?);
            Node::StructVariant(variant, length, fields(reader, names, depth)?)
        }
        _ => return Err(misread("a value is of no known kind")),
    })
}

fn name(reader: &mut Reader<'_>, names: &Names) -> Result<&'static str, StoreError> {
    names.text(reader.narrow()?)
}

fn variant(reader: &mut Reader<'_>, names: &Names) -> Result<Variant, StoreError> {
    Ok(Variant {
        of: name(reader, names)?,
        index: reader.narrow()?,
        name: name(reader, names)?,
    })
}

fn hint(reader: &mut Reader<'_>) -> Result<Option<usize>, StoreError> {
    let length: usize = reader.narrow()?;
    Ok(length.checked_sub(1))
}

fn elements(reader: &mut Reader<'_>, names: &Names, depth: u32) -> Result<Vec<Node>, StoreError> {
    let mut elements = Vec::new();
    loop {
        match reader.byte()? {
            tag::END => return Ok(elements),
            tag => elements.push(of_tag(tag, reader, names, depth)?),
        }
    }
}

fn fields(reader: &mut Reader<'_>, names: &Names, depth: u32) -> Result<Vec<Field>, StoreError> {
    let mut fields = Vec::new();
    loop {
        let skipped = match reader.byte()? {
            tag::END => return Ok(fields),
            tag::FIELD => false,
            tag::SKIPPED => true,
            _ => return Err(misread("a struct has something else than fields")),
        };
        let name = name(reader, names)?;
        let value = if skipped {
            None
        } else {
            Some(node(reader, names, depth)?)
        };
        fields.push(Field { name, value });
    }
}
