//! Reading what another version of a schema wrote.

mod compile;
mod read;

use crate::cursor::{Cursor, DecodeError};
use crate::schema::{AvroSchema, NodeId};
use crate::value::Value;

/// Reads data of a writer's schema as values of a reader's, as the specification 1.12 says. It is
/// made once for a pair of schemas.
///
/// - Named types match by their names without namespace, or where the reader has the writer's full
///   name as an alias. Fields match by name, then by the reader's aliases; two fields of the writer
///   that match one of the reader are an error.
/// - An `int` is read as `long`, `float` or `double`, a `long` as `float` or `double`, a `float` as
///   `double`; `string` and `bytes` as each other.
/// - A field that the writer lacks takes the reader's default; one that the reader lacks is read
///   over. A symbol that the reader lacks takes the default of the reader's enum.
/// - In a reader's union the first branch of the same type and full name counts, then the first of
///   the same name, then the first to which the type can be promoted, as in Java. A branch of a
///   writer's union that the reader has no place for is an error once a value has it.
/// - Decimals match if their precision and scale are the same, as the specification has it; other
///   logical types are not looked at.
///
/// ```
/// use huntsman_avro::{AvroSchema, Resolver};
///
/// let old = AvroSchema::parse(
///     r#"{"type": "record", "name": "Quote", "fields": [
///         {"name": "text", "type": "string"},
///         {"name": "likes", "type": "int"}]}"#,
/// )?;
/// let new = AvroSchema::parse(
///     r#"{"type": "record", "name": "Quote", "fields": [
///         {"name": "quote", "type": "string", "aliases": ["text"]},
///         {"name": "likes", "type": "long"},
///         {"name": "lang", "type": "string", "default": "en"}]}"#,
/// )?;
/// let resolver = Resolver::new(&old, &new)?;
/// let value = resolver.decode(b"\x04Hi\x06")?;
/// assert_eq!(new.view(&value).to_string(), r#"{"quote":"Hi","likes":3,"lang":"en"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Resolver {
    writer: AvroSchema,
    plans: Vec<Plan>,
    root: usize,
}

/// The reader cannot read what the writer writes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{reason}", if path.is_empty() { String::new() } else { format!("{path}: ") })]
pub struct ResolveError {
    /// The field of the reader, from the outermost on: `address.zip`; empty outside of fields.
    pub path: String,
    /// What does not match, and what would mend it.
    pub reason: String,
}

/// How a value of one type becomes one of another. Plans refer to each other by their index.
#[derive(Debug, Clone)]
enum Plan {
    /// The types are the same, down to the last: read by this one of the writer.
    Same(NodeId),
    Promote(Promotion),
    /// For each of the writer's symbols the reader's.
    Enum(NodeId, Box<[Option<usize>]>),
    Array(usize),
    Map(usize),
    Record {
        /// The writer's fields, in order.
        fields: Box<[Part]>,
        /// The reader's fields that it lacks.
        defaults: Box<[(usize, Value)]>,
        /// How many fields the reader has.
        count: usize,
    },
    /// For each branch of the writer its plan.
    FromUnion(Box<[usize]>),
    /// Into this branch of the reader.
    IntoUnion(usize, usize),
    /// A branch of the writer that the reader has no place for.
    Never(String),
}

#[derive(Debug, Clone, Copy)]
enum Promotion {
    IntToLong,
    IntToFloat,
    IntToDouble,
    LongToFloat,
    LongToDouble,
    FloatToDouble,
    StringToBytes,
    BytesToString,
}

/// What becomes of a field of the writer.
#[derive(Debug, Clone)]
enum Part {
    /// It is this one of the reader, by this plan.
    Read(usize, usize),
    Skip(NodeId),
}

impl Resolver {
    /// Compiles a pair of schemas.
    ///
    /// # Errors
    /// The reader can read nothing of what the writer writes: the first place that does not match.
    pub fn new(writer: &AvroSchema, reader: &AvroSchema) -> Result<Self, ResolveError> {
        compile::compile(writer, reader)
    }

    /// Reads one value, all of the bytes, with the care of [`AvroSchema::decode`]. It is one of the
    /// reader's schema.
    ///
    /// # Errors
    /// The bytes are no value of the writer's schema, or the reader has no place for it.
    pub fn decode(&self, bytes: &[u8]) -> Result<Value, DecodeError> {
        let mut cursor = Cursor::new(bytes);
        let value = self.read(&mut cursor)?;
        cursor.end()?;
        Ok(value)
    }

    pub(crate) fn read(&self, cursor: &mut Cursor<'_>) -> Result<Value, DecodeError> {
        self.read_by(self.root, cursor)
    }
}
