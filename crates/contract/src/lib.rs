//! The contract: items obey a schema, and what does not is caught with its reason.

pub mod cel;
pub mod check;
pub mod documents;
mod extract;
pub mod format;
mod from_item;
mod item_fields;
mod json_schema;
pub mod lint;
pub mod policy;
pub mod quarantine;
pub mod records;
pub mod validate;
pub mod words;

pub use check::{CheckError, Checks, Sight};
pub use extract::field_schema;
pub use format::Format;
pub use from_item::{ItemSchemaError, avro_schema, avsc, checked_schema};
pub use huntsman_avro::AvroSchema;
pub use item_fields::ItemFields;
pub use json_schema::json_schema;
