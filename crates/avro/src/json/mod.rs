//! The JSON encoding of the specification: what `avro-tools` reads and writes.

mod read;
mod write;

pub use read::JsonError;
