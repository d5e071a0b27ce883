//! Data of any schema.

mod defaults;
mod view;
mod write;

pub use view::Typed;

/// A value of some schema. What it means stands in the schema: which symbol, which field, which
/// branch, and whether a number is a date. [`AvroSchema::view`](crate::AvroSchema::view) puts the
/// two together.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// True or false.
    Boolean(bool),
    /// 32 bits, signed.
    Int(i32),
    /// 64 bits, signed.
    Long(i64),
    /// 32 bits, IEEE 754.
    Float(f32),
    /// 64 bits, IEEE 754.
    Double(f64),
    /// Any bytes.
    Bytes(Vec<u8>),
    /// Unicode text.
    String(String),
    /// As many bytes as the schema says.
    Fixed(Vec<u8>),
    /// The index of a symbol.
    Enum(usize),
    /// The index of a branch, and a value of it.
    Union(usize, Box<Self>),
    /// Values of one type, in order.
    Array(Vec<Self>),
    /// Keys and values, in the order in which they were written, each key once.
    Map(Vec<(String, Self)>),
    /// The values of all fields, in the order of the schema.
    Record(Vec<Self>),
}

impl Value {
    /// The value itself, where it is one of a union; unions do not stand in unions.
    #[must_use]
    pub fn inner(&self) -> &Self {
        match self {
            Self::Union(_, value) => value,
            other => other,
        }
    }

    /// What it is, for messages.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "a boolean",
            Self::Int(_) => "an int",
            Self::Long(_) => "a long",
            Self::Float(_) => "a float",
            Self::Double(_) => "a double",
            Self::Bytes(_) => "bytes",
            Self::String(_) => "a string",
            Self::Fixed(_) => "a fixed",
            Self::Enum(_) => "an enum",
            Self::Union(..) => "a union",
            Self::Array(_) => "an array",
            Self::Map(_) => "a map",
            Self::Record(_) => "a record",
        }
    }
}

/// Bytes whose values are code points, as Avro writes `bytes` in JSON; `None` if there is a
/// character beyond U+00FF.
pub(crate) fn bytes_of(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).ok())
        .collect()
}

/// The inverse of [`bytes_of`].
pub(crate) fn text_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// The text of a float that is no number, as Java writes it.
pub(crate) fn no_number(value: f64) -> Option<&'static str> {
    if value.is_nan() {
        Some("NaN")
    } else if value == f64::INFINITY {
        Some("Infinity")
    } else if value == f64::NEG_INFINITY {
        Some("-Infinity")
    } else {
        None
    }
}

/// The inverse of [`no_number`].
pub(crate) fn no_number_of(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}
