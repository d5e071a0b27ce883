//! Apache Avro, by the specification 1.12: schemas, data, evolution.
//!
//! What a schema says beyond the specification is kept word for word, and means nothing here.

mod canonical;
pub mod codegen;
pub mod compat;
#[cfg(feature = "container")]
pub mod container;
mod cursor;
mod decode;
mod encode;
mod fingerprint;
pub mod iso;
mod json;
mod nearest;
mod resolve;
pub mod schema;
pub mod single_object;
mod value;
mod varint;

pub use cursor::{DecodeError, DecodeFault};
pub use encode::{EncodeError, EncodeFault, Encoder, RecordFields};
pub use fingerprint::{Algorithm, Fingerprint, UnknownAlgorithm, crc_64_avro};
pub use json::JsonError;
pub use resolve::{ResolveError, Resolver};
pub use schema::{AvroSchema, Node, NodeId, SchemaError, Type};
pub use single_object::{SingleObject, SingleObjectError};
pub use value::{Typed, Value};
