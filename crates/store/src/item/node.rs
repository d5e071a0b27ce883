//! A value of serde's data model.

/// A value, as an item handed it to a serializer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Bool(bool),
    I8(i8),
    I16(i16),
    I32(i32),
    I64(i64),
    I128(i128),
    U8(u8),
    U16(u16),
    U32(u32),
    U64(u64),
    U128(u128),
    F32(f32),
    F64(f64),
    Char(char),
    Text(Box<str>),
    Bytes(Box<[u8]>),
    None,
    Some(Box<Self>),
    Unit,
    UnitStruct(&'static str),
    UnitVariant(Variant),
    NewtypeStruct(&'static str, Box<Self>),
    NewtypeVariant(Variant, Box<Self>),
    /// With the length that was announced, if one was.
    Seq(Option<usize>, Vec<Self>),
    Tuple(usize, Vec<Self>),
    TupleStruct(&'static str, usize, Vec<Self>),
    TupleVariant(Variant, usize, Vec<Self>),
    Map(Option<usize>, Vec<(Self, Self)>),
    Struct(&'static str, usize, Vec<Field>),
    StructVariant(Variant, usize, Vec<Field>),
}

/// Which variant of which enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Variant {
    pub(super) of: &'static str,
    pub(super) index: u32,
    pub(super) name: &'static str,
}

/// A field, with its value unless it was left out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) value: Option<Node>,
}
