//! What asks a Schema Registry, or is one.

mod asked;
mod opened;
mod served;

pub(crate) use asked::{check, compat, delete, list, register, schema};
pub(crate) use served::registry as serve;
