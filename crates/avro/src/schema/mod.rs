//! A schema as a graph of nodes: a named type that is used twice, or within itself, is one node.

mod defaults;
mod error;
mod import;
mod logical;
mod named;
mod names;
mod parse;
mod path;
mod referring;
#[cfg(test)]
mod tests;
mod unknown;

use std::fmt;
use std::sync::Arc;

pub use error::SchemaError;
pub use parse::{MAX_DEPTH, MAX_TEXT};

use serde_json::{Map, Value};

/// A schema that was read and found valid.
///
/// Nodes refer to each other by [`NodeId`], so a recursive type needs no care. The text is kept as
/// it was given: what is registered, stored or written to a file says all that its author said.
#[derive(Debug, Clone)]
pub struct AvroSchema {
    pub(crate) text: Arc<str>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) root: NodeId,
}

/// A node of one schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(crate) u32);

/// A type, at one place of a schema; a named type has one node however often it is used.
#[derive(Debug, Clone)]
pub struct Node {
    /// The type.
    pub kind: Type,
    /// Its narrower meaning, if there is a valid one; an unknown or invalid one is left in the
    /// attributes, and the type is what counts.
    pub logical: Option<LogicalType>,
    /// What else its JSON object says, in order: words that the specification does not know.
    pub attributes: Map<String, Value>,
}

/// What a type is.
#[derive(Debug, Clone)]
pub enum Type {
    /// No value.
    Null,
    /// True or false.
    Boolean,
    /// 32 bits, signed.
    Int,
    /// 64 bits, signed.
    Long,
    /// 32 bits, IEEE 754.
    Float,
    /// 64 bits, IEEE 754.
    Double,
    /// Any bytes.
    Bytes,
    /// Unicode text.
    String,
    /// So many bytes, under a name.
    Fixed(Fixed),
    /// One of a list of names.
    Enum(Enum),
    /// Values of one type, in order.
    Array(NodeId),
    /// Text keys with values of one type.
    Map(NodeId),
    /// One of several types, in order.
    Union(Vec<NodeId>),
    /// Named fields.
    Record(Record),
}

/// A full name, as the specification resolves it: `com.example.User`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// `com.example`; empty for none.
    pub namespace: String,
    /// `User`.
    pub name: String,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.namespace.is_empty() {
            write!(f, "{}.", self.namespace)?;
        }
        f.write_str(&self.name)
    }
}

/// A `fixed`.
#[derive(Debug, Clone)]
pub struct Fixed {
    /// Its name.
    pub name: Name,
    /// What it is for; empty for none.
    pub doc: String,
    /// Names that it had before.
    pub aliases: Vec<Name>,
    /// How many bytes.
    pub size: usize,
}

/// An `enum`.
#[derive(Debug, Clone)]
pub struct Enum {
    /// Its name.
    pub name: Name,
    /// What it is for; empty for none.
    pub doc: String,
    /// Names that it had before.
    pub aliases: Vec<Name>,
    /// The names that it may take, in order.
    pub symbols: Vec<String>,
    /// What readers take for a name that they do not know.
    pub default: Option<String>,
}

/// A `record`.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its name.
    pub name: Name,
    /// What it is for; empty for none.
    pub doc: String,
    /// Names that it had before.
    pub aliases: Vec<Name>,
    /// Its fields, in order.
    pub fields: Vec<Field>,
}

/// A field of a record.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it is for; empty for none.
    pub doc: String,
    /// Names that it had before.
    pub aliases: Vec<String>,
    /// Its type.
    pub kind: NodeId,
    /// The value that readers take where a record lacks the field, as the schema gives it.
    pub default: Option<Value>,
    /// How it counts when records are sorted.
    pub order: Order,
    /// What else its JSON object says, in order: words that the specification does not know.
    pub attributes: Map<String, Value>,
}

/// How a field counts when records are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// As its values are ordered; so it is unless the schema says otherwise.
    #[default]
    Ascending,
    /// The other way round.
    Descending,
    /// Not at all.
    Ignore,
}

/// A logical type of the specification 1.12.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogicalType {
    /// On `bytes` or `fixed`: a number, as the unscaled value in big-endian two's complement.
    Decimal {
        /// Digits in all, at most.
        precision: usize,
        /// Digits after the point.
        scale: usize,
    },
    /// On `bytes`: a decimal number that carries its own scale.
    BigDecimal,
    /// On `string` or `fixed` of 16 bytes.
    Uuid,
    /// On `int`: days since 1970-01-01.
    Date,
    /// On `int`: milliseconds since midnight.
    TimeMillis,
    /// On `long`: microseconds since midnight.
    TimeMicros,
    /// On `long`: milliseconds since 1970-01-01T00:00Z.
    TimestampMillis,
    /// On `long`: microseconds since 1970-01-01T00:00Z.
    TimestampMicros,
    /// On `long`: nanoseconds since 1970-01-01T00:00Z.
    TimestampNanos,
    /// On `long`: milliseconds, without a time zone.
    LocalTimestampMillis,
    /// On `long`: microseconds, without a time zone.
    LocalTimestampMicros,
    /// On `long`: nanoseconds, without a time zone.
    LocalTimestampNanos,
    /// On `fixed` of 12 bytes: months, days and milliseconds, each as 32 bits, little-endian.
    Duration,
}

impl AvroSchema {
    /// The text as it was given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The node of the whole.
    #[must_use]
    pub fn root(&self) -> NodeId {
        self.root
    }

    /// A node of this schema.
    ///
    /// # Panics
    /// When `id` comes from another schema and there is no such node here.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// All nodes: the index is that of [`NodeId::index`].
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The named type of this full name: `com.example.User`.
    #[must_use]
    pub fn find(&self, full_name: &str) -> Option<NodeId> {
        let named = |node: &Node| node.name().is_some_and(|name| name.is(full_name));
        let index = self.nodes.iter().position(named)?;
        Some(NodeId(u32::try_from(index).ok()?))
    }
}

impl Name {
    /// Whether this is the name written as `full`.
    #[must_use]
    pub fn is(&self, full: &str) -> bool {
        let (namespace, name) = full.rsplit_once('.').unwrap_or(("", full));
        self.name == name && self.namespace == namespace
    }
}

impl Node {
    /// The full name, if the type has one.
    #[must_use]
    pub fn name(&self) -> Option<&Name> {
        match &self.kind {
            Type::Record(record) => Some(&record.name),
            Type::Enum(symbols) => Some(&symbols.name),
            Type::Fixed(fixed) => Some(&fixed.name),
            _ => None,
        }
    }

    /// Names that the type had before; none for a type without a name.
    #[must_use]
    pub fn aliases(&self) -> &[Name] {
        match &self.kind {
            Type::Record(record) => &record.aliases,
            Type::Enum(symbols) => &symbols.aliases,
            Type::Fixed(fixed) => &fixed.aliases,
            _ => &[],
        }
    }

    /// The record, if it is one.
    #[must_use]
    pub fn as_record(&self) -> Option<&Record> {
        match &self.kind {
            Type::Record(record) => Some(record),
            _ => None,
        }
    }
}

impl Type {
    /// The specification's word for it: `string`, `record`, `union`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Int => "int",
            Self::Long => "long",
            Self::Float => "float",
            Self::Double => "double",
            Self::Bytes => "bytes",
            Self::String => "string",
            Self::Fixed(_) => "fixed",
            Self::Enum(_) => "enum",
            Self::Array(_) => "array",
            Self::Map(_) => "map",
            Self::Union(_) => "union",
            Self::Record(_) => "record",
        }
    }
}

impl NodeId {
    /// Its place in [`AvroSchema::nodes`].
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}
