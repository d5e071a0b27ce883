//! Which items a sink gets, and which of their fields.

mod avro;
mod items;
mod picked;
mod refused;
mod types;
