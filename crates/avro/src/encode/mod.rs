//! Items to bytes, in step with a schema: what serde delivers is written as it comes.

mod decimal;
mod error;
mod key;
mod members;
mod number;
mod probe;
mod quick;
mod record;
mod sequence;
mod serializer;
mod shape;
mod text;
mod union;
mod variant;

pub use error::{EncodeError, EncodeFault};
pub use record::RecordFields;

use serde::Serialize;

use crate::cursor::MAX_DEPTH;
use crate::schema::AvroSchema;
use crate::varint;
use serializer::Datum;
use shape::{Shape, Text};

/// Writes items of one schema in the binary encoding. It is made once for a schema; encoding
/// builds no value in between.
///
/// What an item may deliver for a type:
///
/// | Avro | takes |
/// | --- | --- |
/// | `null` | nothing: `None`, `()`, a unit struct |
/// | `int`, `long` | integers in range |
/// | `float`, `double` | numbers in range, integers if they stay exact; the texts `NaN`, `Infinity`, `-Infinity` |
/// | `string` | text; with `"contentMediaType": "application/json"` anything, which becomes JSON text |
/// | `bytes`, `fixed` | bytes; sequences of integers from 0 to 255; text whose code points are the bytes, as in Avro's own JSON |
/// | `enum` | a symbol, as text or as a unit variant |
/// | `array`, `map` | sequences and tuples; maps and structs, keys being text, integers or booleans |
/// | record | structs and maps by the names of fields, in any order |
/// | date, times, timestamps | the raw number; ISO 8601 text, whose digits finer than the unit are cut off |
/// | decimal | text or numbers of the scale and precision at most; bytes of the unscaled value |
/// | big-decimal | text; integers; bytes as they are |
/// | uuid | text as in RFC 4122; 16 bytes for a `fixed` |
/// | duration | text as `P1Y2M3DT4H5M6.007S`; 12 bytes |
///
/// Fields in the order of the schema are written straight away; others are put into order. A field
/// that is missing, or skipped by serde, takes its default; without one it is an error. So is a
/// field that the schema does not have.
///
/// In a union, what is delivered decides: nothing takes `null`; otherwise the first branch that has
/// the value as it is, then the first that has it in another form (a number as text, an integer as
/// `double`). Among several records, and a map, the names of the fields decide: the record called
/// as the struct if they fit it, else the first that has all of them and misses none without
/// default, else the map. A variant with data takes the branch of its name, if there is one.
/// Otherwise a variant with data is a map from its name to its data.
///
/// Values may stand 128 deep within each other.
///
/// ```
/// use huntsman_avro::{AvroSchema, Encoder};
/// use serde::Serialize;
///
/// #[derive(Serialize)]
/// struct Quote {
///     text: &'static str,
///     likes: Option<u32>,
///     day: &'static str,
/// }
///
/// let schema = AvroSchema::parse(
///     r#"{"type": "record", "name": "Quote", "fields": [
///         {"name": "text", "type": "string"},
///         {"name": "likes", "type": ["null", "int"], "default": null},
///         {"name": "day", "type": {"type": "int", "logicalType": "date"}}]}"#,
/// )?;
/// let encoder = Encoder::new(&schema);
/// let mut bytes = Vec::new();
/// encoder.encode(&Quote { text: "So it goes.", likes: Some(3), day: "2026-11-24" }, &mut bytes)?;
/// assert_eq!(
///     schema.view(&schema.decode(&bytes)?).to_string(),
///     r#"{"text":"So it goes.","likes":3,"day":"2026-11-24"}"#
/// );
///
/// let error = encoder
///     .encode(&Quote { text: "", likes: Some(u32::MAX), day: "1970-01-01" }, &mut bytes)
///     .unwrap_err();
/// assert_eq!(error.to_string(), "likes: the number 4294967295 is no null or int");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Encoder {
    /// By the index of the node.
    shapes: Box<[Shape]>,
    /// Types for messages.
    labels: Box<[Box<str>]>,
    root: usize,
    /// The node of single bytes.
    byte: usize,
}

impl Encoder {
    /// Compiles a schema.
    #[must_use]
    pub fn new(schema: &AvroSchema) -> Self {
        shape::compile(schema)
    }

    /// Appends an item.
    ///
    /// # Errors
    /// The item is no data of the schema: where, what was expected and what came. Nothing is
    /// appended.
    pub fn encode<T: Serialize + ?Sized>(
        &self,
        item: &T,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        let start = out.len();
        self.write(self.root, 0, item, out)
            .inspect_err(|_| out.truncate(start))
    }

    /// Appends an item as the branch of this number of the union that the schema is, whatever other
    /// branches would take it.
    ///
    /// ```
    /// # use huntsman_avro::{AvroSchema, Encoder};
    /// let schema = AvroSchema::parse(r#"["int", "long"]"#)?;
    /// let mut bytes = Vec::new();
    /// Encoder::new(&schema).encode_branch(1, &7, &mut bytes)?;
    /// assert_eq!(bytes, [2, 14]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Encoder::encode`]; the schema is no union, or has no such branch.
    pub fn encode_branch<T: Serialize + ?Sized>(
        &self,
        branch: usize,
        item: &T,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        let Some(node) = self.branch(branch) else {
            return Err(self.mismatch(self.root, format!("a value of branch {branch}")));
        };
        let start = out.len();
        varint::write_length(branch, out);
        self.write(node, 0, item, out)
            .inspect_err(|_| out.truncate(start))
    }

    /// Appends a record whose fields `write` hands over; with a number, as this branch of the union
    /// that the schema is. Whether it did: it does not if `write` says `false`, if a field without a
    /// default is missing, or if this is no record. Nothing is appended then; [`Encoder::encode`]
    /// says what is wrong.
    ///
    /// ```
    /// # use huntsman_avro::{AvroSchema, Encoder};
    /// let schema = AvroSchema::parse(
    ///     r#"{"type": "record", "name": "Book", "fields": [
    ///         {"name": "title", "type": "string"}, {"name": "pages", "type": "int"}]}"#,
    /// )?;
    /// let (encoder, mut bytes) = (Encoder::new(&schema), Vec::new());
    /// let written = encoder.encode_fields(None, &mut bytes, |fields| {
    ///     let (Ok(title), Ok(pages)) = (fields.number("title"), fields.number("pages")) else {
    ///         return false;
    ///     };
    ///     fields.set(title, "Emma").is_ok() && fields.set(pages, &474).is_ok()
    /// });
    /// assert!(written);
    /// assert_eq!(bytes, b"\x08Emma\xb4\x07");
    /// assert!(!encoder.encode_fields(None, &mut bytes, |fields| fields.number("year").is_ok()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn encode_fields(
        &self,
        branch: Option<usize>,
        out: &mut Vec<u8>,
        write: impl FnOnce(&mut RecordFields<'_>) -> bool,
    ) -> bool {
        let node = branch.map_or(Some(self.root), |branch| self.branch(branch));
        let Some(Shape::Record(record)) = node.map(|node| &self.shapes[node]) else {
            return false;
        };
        let start = out.len();
        if let Some(branch) = branch {
            varint::write_length(branch, out);
        }
        let mut fields = RecordFields::new(self, record, 1, &mut *out);
        let written = write(&mut fields) && fields.is_whole() && fields.finish().is_ok();
        if !written {
            out.truncate(start);
        }
        written
    }

    fn branch(&self, branch: usize) -> Option<usize> {
        match &self.shapes[self.root] {
            Shape::Union(union) => union.branches.get(branch).copied(),
            _ => None,
        }
    }

    /// Writes a value of a node.
    #[inline]
    fn write<T: Serialize + ?Sized>(
        &self,
        node: usize,
        depth: usize,
        value: &T,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        match &self.shapes[node] {
            Shape::String(Text::Json) => json(value, out),
            Shape::Union(union) if union.needs_value => {
                self.write_by_value(union, node, depth, value, out)
            }
            _ => value.serialize(Datum {
                encoder: self,
                node,
                depth,
                out,
            }),
        }
    }

    fn mismatch(&self, node: usize, found: impl Into<String>) -> EncodeError {
        EncodeError::mismatch(&self.labels[node], found)
    }

    /// One level further in.
    fn deeper(depth: usize) -> Result<usize, EncodeError> {
        if depth == MAX_DEPTH {
            return Err(EncodeError::new(EncodeFault::TooDeep));
        }
        Ok(depth + 1)
    }
}

/// Writes a value as a string of JSON.
fn json<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let start = out.len();
    serde_json::to_writer(&mut *out, value)
        .map_err(|error| EncodeError::new(EncodeFault::Item(error.to_string())))?;
    varint::insert_length(start, out.len() - start, out);
    Ok(())
}
