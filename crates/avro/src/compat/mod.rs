//! Evolution: whether a schema can read what another one wrote.
//!
//! The verdicts are those of Java's `SchemaCompatibility`, which registries ask: logical types and
//! constraints are not looked at, and names are compared without their namespace.

mod kind;
mod mode;
mod read;

use std::fmt;

pub use kind::IncompatibilityKind;
pub use mode::{Conflict, Direction, Mode, UnknownMode, check};

use crate::schema::AvroSchema;

/// How many incompatibilities are told at most.
pub const MAX_TOLD: usize = 100;

/// A place where a reader cannot read what a writer wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incompatibility {
    /// What is in the way.
    pub kind: IncompatibilityKind,
    /// Where, as a JSON pointer into the reader's schema; the index of a writer's branch where only
    /// the writer has a union: `/fields/2/type/symbols`, or `/` for the whole.
    pub path: String,
    /// The field, by names: `address.zip`; empty outside of fields.
    pub field: String,
    /// What is wrong there, and what would mend it.
    pub message: String,
}

impl fmt::Display for Incompatibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path)?;
        if !self.field.is_empty() {
            write!(f, "field `{}`: ", self.field)?;
        }
        f.write_str(&self.message)
    }
}

/// Whether every value written with the one schema can be read with the other.
///
/// ```
/// use huntsman_avro::AvroSchema;
/// use huntsman_avro::compat::can_read;
///
/// let (int, long) = (AvroSchema::parse(r#""int""#)?, AvroSchema::parse(r#""long""#)?);
/// assert!(can_read(&long, &int).is_ok());
/// assert!(can_read(&int, &long).is_err());
/// # Ok::<(), huntsman_avro::SchemaError>(())
/// ```
///
/// # Errors
/// What is in the way, at most [`MAX_TOLD`] places.
pub fn can_read(reader: &AvroSchema, writer: &AvroSchema) -> Result<(), Vec<Incompatibility>> {
    read::check(reader, writer)
}
