//! What the fields of an item are, known before the first page.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The fields of an item type, in order.
#[derive(Debug, PartialEq)]
pub struct Schema {
    /// The type's name, as in Rust: `Quote`.
    pub name: &'static str,
    /// The type's doc comment.
    pub doc: &'static str,
    /// Its fields in the order in which they are written.
    pub fields: &'static [Field],
}

/// One field of an item.
#[derive(Debug, PartialEq)]
pub struct Field {
    /// The name under which it is written, after serde's `rename`.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
    /// The field's doc comment.
    pub doc: &'static str,
}

/// The type of a field.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// True or false.
    Bool,
    /// A signed integer of so many bits.
    Int(u8),
    /// An unsigned integer of so many bits.
    UInt(u8),
    /// A floating-point number of so many bits.
    Float(u8),
    /// Unicode text.
    Text,
    /// A value or null.
    Optional(&'static Self),
    /// Values of one type, in order.
    List(&'static Self),
    /// Text keys with values of one type.
    Map(&'static Self),
    /// A nested struct.
    Struct(&'static Schema),
    /// Whatever serde writes; promised nothing.
    Any,
}

/// A type that may be a field of an item.
///
/// ```
/// use huntsman_core::{FieldType, Kind};
/// assert_eq!(<Option<u32> as FieldType>::KIND, Kind::Optional(&Kind::UInt(32)));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not known as a field type",
    note = "derive `Item` on it to nest it, or mark the field `#[item(any)]` to leave its type open"
)]
pub trait FieldType {
    /// How the type is described in a schema.
    const KIND: Kind;
}

macro_rules! kinds {
    ($($kind:expr => $($type:ty),+;)+) => {
        $($(impl FieldType for $type { const KIND: Kind = $kind; })+)+
    };
}

kinds! {
    Kind::Bool => bool;
    Kind::Int(8) => i8;
    Kind::Int(16) => i16;
    Kind::Int(32) => i32;
    Kind::Int(64) => i64, isize;
    Kind::UInt(8) => u8;
    Kind::UInt(16) => u16;
    Kind::UInt(32) => u32;
    Kind::UInt(64) => u64, usize;
    Kind::Float(32) => f32;
    Kind::Float(64) => f64;
    Kind::Text => String, str, char, url::Url;
    Kind::Any => serde_json::Value;
}

impl<T: FieldType> FieldType for Option<T> {
    const KIND: Kind = Kind::Optional(&T::KIND);
}

impl<T: FieldType> FieldType for Vec<T> {
    const KIND: Kind = Kind::List(&T::KIND);
}

impl<T: FieldType> FieldType for [T] {
    const KIND: Kind = Kind::List(&T::KIND);
}

impl<T: FieldType> FieldType for BTreeMap<String, T> {
    const KIND: Kind = Kind::Map(&T::KIND);
}

impl<T: FieldType, S> FieldType for HashMap<String, T, S> {
    const KIND: Kind = Kind::Map(&T::KIND);
}

impl<T: FieldType + ?Sized> FieldType for Box<T> {
    const KIND: Kind = T::KIND;
}

impl<T: FieldType + ?Sized> FieldType for Arc<T> {
    const KIND: Kind = T::KIND;
}

impl<T: FieldType + ?Sized> FieldType for &T {
    const KIND: Kind = T::KIND;
}
