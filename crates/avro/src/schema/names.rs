//! Which names are allowed, and what a name means where it stands.

use super::{Name, Type};

pub(super) const LETTERS: &str =
    "names start with A-Z, a-z or _, and go on with these and 0-9 (specification 1.12, Names)";
pub(super) const RESERVED: &str = "that is a primitive type (specification 1.12, Names)";

/// Whether a name follows the rule `[A-Za-z_][A-Za-z0-9_]*`.
pub(super) fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Whether names joined by dots follow the rule; none at all is the null namespace.
fn is_namespace(namespace: &str) -> bool {
    namespace.is_empty() || namespace.split('.').all(is_name)
}

/// The primitive type of this name.
pub(super) fn primitive(name: &str) -> Option<Type> {
    Some(match name {
        "null" => Type::Null,
        "boolean" => Type::Boolean,
        "int" => Type::Int,
        "long" => Type::Long,
        "float" => Type::Float,
        "double" => Type::Double,
        "bytes" => Type::Bytes,
        "string" => Type::String,
        _ => return None,
    })
}

/// A name as it is meant in a namespace: with dots it is full, without it is of the namespace. A
/// dot at the start stands for the null namespace.
pub(super) fn full(name: &str, namespace: &str) -> Name {
    let (namespace, name) = name.rsplit_once('.').unwrap_or((namespace, name));
    Name {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
    }
}

/// The rule that a full name of a type breaks, if it does.
pub(super) fn broken_rule(name: &Name) -> Option<&'static str> {
    if !is_name(&name.name) || !is_namespace(&name.namespace) {
        return Some(LETTERS);
    }
    primitive(&name.name).map(|_| RESERVED)
}
