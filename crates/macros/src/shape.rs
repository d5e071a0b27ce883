//! What a type is, as far as its name tells.

use std::fmt;

use serde_json::Value;
use syn::{GenericArgument, PathArguments, Type};

/// The shape of the JSON that serde writes for a type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    Bool,
    /// Inclusive bounds.
    Int(i128, i128),
    Float,
    Text,
    Optional(Box<Self>),
    List(Box<Self>),
    Map(Box<Self>),
    /// The name does not tell.
    Unknown,
}

impl Shape {
    /// The shape of `ty`, by its name.
    pub(crate) fn of(ty: &Type) -> Self {
        let ty = plain(ty);
        let boxed = |ty| Box::new(Self::of(ty));
        if let Some(inner) = optional(ty) {
            return Self::Optional(boxed(inner));
        }
        if let Some(inner) = element(ty) {
            return Self::List(boxed(inner));
        }
        if let Some(inner) = value(ty) {
            return Self::Map(boxed(inner));
        }
        let Type::Path(path) = ty else {
            return Self::Unknown;
        };
        path.path
            .segments
            .last()
            .filter(|segment| segment.arguments.is_none())
            .map_or(Self::Unknown, |segment| {
                Self::named(&segment.ident.to_string())
            })
    }

    fn named(name: &str) -> Self {
        let signed = |bits: u32| Self::Int(-(1 << (bits - 1)), (1 << (bits - 1)) - 1);
        let unsigned = |bits: u32| Self::Int(0, (1 << bits) - 1);
        match name {
            "bool" => Self::Bool,
            "i8" => signed(8),
            "i16" => signed(16),
            "i32" => signed(32),
            "i64" | "isize" => signed(64),
            "u8" => unsigned(8),
            "u16" => unsigned(16),
            "u32" => unsigned(32),
            "u64" | "usize" => unsigned(64),
            "f32" | "f64" => Self::Float,
            "String" | "str" | "char" => Self::Text,
            _ => Self::Unknown,
        }
    }

    /// The shape of a value that is there.
    pub(crate) fn present(&self) -> &Self {
        match self {
            Self::Optional(inner) => inner.present(),
            other => other,
        }
    }

    /// Whether `value` may be a value of this shape.
    pub(crate) fn takes(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Unknown, _)
            | (Self::Bool, Value::Bool(_))
            | (Self::Float, Value::Number(_))
            | (Self::Text, Value::String(_))
            | (Self::Optional(_), Value::Null) => true,
            (Self::Int(least, most), Value::Number(number)) => number
                .as_i128()
                .is_some_and(|number| (*least..=*most).contains(&number)),
            (Self::Optional(inner), value) => inner.takes(value),
            (Self::List(inner), Value::Array(values)) => {
                values.iter().all(|value| inner.takes(value))
            }
            (Self::Map(inner), Value::Object(pairs)) => {
                pairs.values().all(|value| inner.takes(value))
            }
            _ => false,
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("true or false"),
            Self::Int(least, most) => write!(f, "an integer from {least} to {most}"),
            Self::Float => f.write_str("a number"),
            Self::Text => f.write_str("text"),
            Self::Optional(inner) => write!(f, "{inner}, or null"),
            Self::List(_) => f.write_str("a list"),
            Self::Map(_) => f.write_str("a map"),
            Self::Unknown => f.write_str("of a type of its own"),
        }
    }
}

/// `ty` without what serde does not show: references, boxes, and the groups that macros make.
pub(crate) fn plain(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => plain(&group.elem),
        Type::Paren(group) => plain(&group.elem),
        Type::Reference(reference) => plain(&reference.elem),
        _ => argument(ty, &["Box", "Arc"]).map_or(ty, plain),
    }
}

/// The `T` of `Option<T>`.
pub(crate) fn optional(ty: &Type) -> Option<&Type> {
    argument(ty, &["Option"])
}

/// The `T` of `Vec<T>` or `[T]`.
pub(crate) fn element(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Slice(slice) => Some(&slice.elem),
        _ => argument(ty, &["Vec"]),
    }
}

/// The `T` of `BTreeMap<_, T>` or `HashMap<_, T>`.
pub(crate) fn value(ty: &Type) -> Option<&Type> {
    arguments(ty, &["BTreeMap", "HashMap"]).nth(1)
}

fn argument<'a>(ty: &'a Type, names: &'static [&str]) -> Option<&'a Type> {
    arguments(ty, names).next()
}

/// The type arguments of a type that has one of these names.
fn arguments<'a>(ty: &'a Type, names: &'static [&str]) -> impl Iterator<Item = &'a Type> {
    let last = match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    };
    last.filter(|segment| names.iter().any(|name| segment.ident == name))
        .and_then(|segment| match &segment.arguments {
            PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
            _ => None,
        })
        .into_iter()
        .flatten()
        .filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
}
