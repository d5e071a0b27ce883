//! The byte that begins each value, after serde's data model. Numbers are never given anew.

pub(super) const END: u8 = 0;
pub(super) const FALSE: u8 = 1;
pub(super) const TRUE: u8 = 2;
pub(super) const I8: u8 = 3;
pub(super) const I16: u8 = 4;
pub(super) const I32: u8 = 5;
pub(super) const I64: u8 = 6;
pub(super) const I128: u8 = 7;
pub(super) const U8: u8 = 8;
pub(super) const U16: u8 = 9;
pub(super) const U32: u8 = 10;
pub(super) const U64: u8 = 11;
pub(super) const U128: u8 = 12;
pub(super) const F32: u8 = 13;
pub(super) const F64: u8 = 14;
pub(super) const CHAR: u8 = 15;
pub(super) const TEXT: u8 = 16;
pub(super) const BYTES: u8 = 17;
pub(super) const NONE: u8 = 18;
pub(super) const SOME: u8 = 19;
pub(super) const UNIT: u8 = 20;
pub(super) const UNIT_STRUCT: u8 = 21;
pub(super) const UNIT_VARIANT: u8 = 22;
pub(super) const NEWTYPE_STRUCT: u8 = 23;
pub(super) const NEWTYPE_VARIANT: u8 = 24;
pub(super) const SEQ: u8 = 25;
pub(super) const TUPLE: u8 = 26;
pub(super) const TUPLE_STRUCT: u8 = 27;
pub(super) const TUPLE_VARIANT: u8 = 28;
pub(super) const MAP: u8 = 29;
pub(super) const STRUCT: u8 = 30;
pub(super) const STRUCT_VARIANT: u8 = 31;
/// A field of a struct, and one that was left out.
pub(super) const FIELD: u8 = 32;
pub(super) const SKIPPED: u8 = 33;

/// Values within values, at most: enough for any type, too few for the stack to end.
pub(super) const DEEPEST: u32 = 200;
