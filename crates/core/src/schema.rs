//! What the fields of an item are, known before the first page.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::violation::{Place, Violation};

/// The fields of an item type, in order.
#[derive(Debug, PartialEq)]
pub struct Schema {
    /// The type's name, as in Rust: `Quote`.
    pub name: &'static str,
    /// The namespace that makes the name unique among schemas, `com.example`; empty for none.
    pub namespace: &'static str,
    /// The type's doc comment.
    pub doc: &'static str,
    /// Names that it had before.
    pub aliases: &'static [&'static str],
    /// Its fields in the order in which they are written.
    pub fields: &'static [Field],
    /// What else a schema says of it, rules across fields above all.
    pub attributes: &'static [Attribute],
    /// The text of the Avro schema that the type was made from, if it was; it says more than the
    /// fields here.
    pub avro: Option<&'static str>,
}

impl Schema {
    /// A schema of this name with these fields, and nothing else said.
    #[must_use]
    pub const fn new(name: &'static str, fields: &'static [Field]) -> Self {
        Self {
            name,
            namespace: "",
            doc: "",
            aliases: &[],
            fields,
            attributes: &[],
            avro: None,
        }
    }

    /// The same with this doc comment.
    #[must_use]
    pub const fn doc(self, doc: &'static str) -> Self {
        Self { doc, ..self }
    }
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
    /// Names that it had before.
    pub aliases: &'static [&'static str],
    /// The value that readers take where a record lacks the field, as JSON.
    pub default: Option<&'static str>,
    /// What else a schema says of it, constraints above all.
    pub attributes: &'static [Attribute],
}

impl Field {
    /// A field of this name and type, and nothing else said.
    #[must_use]
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            doc: "",
            aliases: &[],
            default: None,
            attributes: &[],
        }
    }

    /// The same with this doc comment.
    #[must_use]
    pub const fn doc(self, doc: &'static str) -> Self {
        Self { doc, ..self }
    }
}

/// A word of a schema with its value: `minLength` and `8`. What words there are and what they mean
/// is not known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute {
    /// The word, as in a schema file.
    pub word: &'static str,
    /// Its value as JSON.
    pub value: &'static str,
}

/// A logical type: a type of Avro with a narrower meaning, by the specification 1.12. The text in
/// parentheses is what serde writes of it here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Logical {
    /// A day: `int`, days since 1970-01-01 (`2026-11-24`).
    Date,
    /// A time of day: `int`, milliseconds since midnight (`12:30:00.250`).
    TimeMillis,
    /// A time of day: `long`, microseconds since midnight.
    TimeMicros,
    /// An instant: `long`, milliseconds since 1970-01-01T00:00Z (`2026-11-24T12:30:00Z`).
    TimestampMillis,
    /// An instant: `long`, microseconds since 1970-01-01T00:00Z.
    TimestampMicros,
    /// A date and time without a zone: `long`, milliseconds (`2026-11-24T12:30:00`).
    LocalTimestampMillis,
    /// A date and time without a zone: `long`, microseconds.
    LocalTimestampMicros,
    /// A UUID: `string` (`f81d4fae-7dec-11d0-a765-00a0c91e6bf6`).
    Uuid,
    /// A decimal number: `bytes`, big-endian two's complement of the unscaled value (`12.50`).
    Decimal {
        /// Digits in all, at most.
        precision: u32,
        /// Digits after the point.
        scale: u32,
    },
}

/// The names that a field may take: an `enum` of Avro.
#[derive(Debug, PartialEq, Eq)]
pub struct Symbols {
    /// The type's name, as in Rust.
    pub name: &'static str,
    /// The type's doc comment.
    pub doc: &'static str,
    /// The names as serde writes them, in order.
    pub symbols: &'static [&'static str],
    /// The one that readers take for a name that they do not know.
    pub default: Option<&'static str>,
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
    /// Bytes.
    Bytes,
    /// So many bytes, as a type of this name.
    Fixed {
        /// The type's name.
        name: &'static str,
        /// How many.
        size: usize,
    },
    /// One of a set of names.
    Enum(&'static Symbols),
    /// One of several types.
    Union(&'static [Self]),
    /// A value of a logical type.
    Logical(Logical),
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

    /// Whether [`FieldType::check`] has anything to do.
    const CHECKS: bool = false;

    /// Adds to `found` what rules written in Rust have against this value; those that a schema can
    /// express are not among them.
    fn check(&self, place: &Place<'_>, found: &mut Vec<Violation>) {
        let _unused = (place, found);
    }
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

impl FieldType for bytes::Bytes {
    const KIND: Kind = Kind::Bytes;
}

impl<T: FieldType> FieldType for Option<T> {
    const KIND: Kind = Kind::Optional(&T::KIND);
    const CHECKS: bool = T::CHECKS;

    fn check(&self, place: &Place<'_>, found: &mut Vec<Violation>) {
        if let Some(value) = self {
            value.check(place, found);
        }
    }
}

impl<T: FieldType> FieldType for Vec<T> {
    const KIND: Kind = Kind::List(&T::KIND);
    const CHECKS: bool = T::CHECKS;

    fn check(&self, place: &Place<'_>, found: &mut Vec<Violation>) {
        self.as_slice().check(place, found);
    }
}

impl<T: FieldType> FieldType for [T] {
    const KIND: Kind = Kind::List(&T::KIND);
    const CHECKS: bool = T::CHECKS;

    fn check(&self, place: &Place<'_>, found: &mut Vec<Violation>) {
        if T::CHECKS {
            for (index, value) in self.iter().enumerate() {
                value.check(&place.index(index), found);
            }
        }
    }
}

impl<T: FieldType> FieldType for BTreeMap<String, T> {
    const KIND: Kind = Kind::Map(&T::KIND);
    const CHECKS: bool = T::CHECKS;

    fn check(&self, place: &Place<'_>, found: &mut Vec<Violation>) {
        if T::CHECKS {
            for (key, value) in self {
                value.check(&place.key(key), found);
            }
        }
    }
}

impl<T: FieldType, S> FieldType for HashMap<String, T, S> {
    const KIND: Kind = Kind::Map(&T::KIND);
    const CHECKS: bool = T::CHECKS;

    fn check(&self, place: &Place<'_>, found: &mut Vec<Violation>) {
        if T::CHECKS {
            for (key, value) in self {
                value.check(&place.key(key), found);
            }
        }
    }
}

macro_rules! passed_on {
    ($($pointer:ty),+) => {
        $(impl<T: FieldType + ?Sized> FieldType for $pointer {
            const KIND: Kind = T::KIND;
            const CHECKS: bool = T::CHECKS;

            fn check(&self, place: &Place<'_>, found: &mut Vec<Violation>) {
                (**self).check(place, found);
            }
        })+
    };
}

passed_on!(Box<T>, Arc<T>, &T);
