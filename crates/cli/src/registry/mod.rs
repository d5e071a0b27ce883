//! What asks a Schema Registry, or is one.

mod asked;
mod checked;
mod opened;
mod sent;
mod served;

pub(crate) use asked::{compat, delete, list, register, schema};
pub(crate) use checked::check;
pub(crate) use served::registry as serve;
